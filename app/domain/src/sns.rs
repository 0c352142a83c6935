//! Messages that topics of SNS send by HTTPS: which topic, whose certificate, and what was
//! signed.
//!
//! The signature is the only proof of who calls, and the message itself says where the
//! certificate is. So its address is held against the topic before anything is fetched:
//! exactly SNS's host in the topic's region, a plain path, nothing else. All of it is written
//! in a small alphabet, so no two readers of addresses can disagree on what it says.

use crate::{
    estate::{AccountId, Region, Scope},
    limits,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A topic of SNS by its ARN, `arn:aws:sns:eu-west-1:123456789012:alarms`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TopicArn {
    text: String,
    scope: Scope,
}

/// Why a text is no topic's ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write the ARN of a topic, as arn:aws:sns:eu-west-1:123456789012:alarms")]
pub struct TopicArnError;

/// The partition of a region, as ARNs name it.
fn partition(region: &Region) -> &'static str {
    match region.as_str() {
        name if name.starts_with("cn-") => "aws-cn",
        name if name.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

impl TopicArn {
    /// Reads an ARN. Topics that keep an order (`.fifo`) send nothing by HTTPS and are none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut part = || parts.next();
        let (arn, in_partition, service) = (part()?, part()?, part()?);
        let (region, account, name) = (part()?, part()?, part()?);
        let region = Region::parse(region)?;
        let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = arn == "arn"
            && service == "sns"
            && in_partition == partition(&region)
            && (1..=limits::TOPIC_NAME_CHARS_MAX).contains(&name.len())
            && name.bytes().all(named)
            && parts.next().is_none();
        let account = AccountId::parse(account)?;
        fits.then(|| Self {
            text: text.to_owned(),
            scope: Scope { account, region },
        })
    }

    /// A topic by its name, which must be one.
    #[must_use]
    pub fn named(scope: &Scope, name: &str) -> Self {
        let (region, account) = (&scope.region, &scope.account);
        Self {
            text: format!("arn:{}:sns:{region}:{account}:{name}", partition(region)),
            scope: scope.clone(),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Account and region.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The end of names in DNS in its partition.
    fn suffix(&self) -> &'static str {
        match partition(&self.scope.region) {
            "aws-cn" => "amazonaws.com.cn",
            _ => "amazonaws.com",
        }
    }

    /// Names of which one stands in the certificate that signs its messages. AWS's own
    /// validator knows them by a table of regions (AWS SDK for Java 2, `SnsHostProvider`):
    /// regions of old share one, later ones have their own. All of them are SNS's, so a
    /// region that the table does not know yet is known here.
    #[must_use]
    pub fn certificate_names(&self) -> [String; 4] {
        let (region, suffix) = (&self.scope.region, self.suffix());
        [
            format!("sns.{suffix}"),
            format!("sns-signing.{region}.{suffix}"),
            format!("sns-{region}.{suffix}"),
            // Both of GovCloud's regions sign by the name of one.
            match partition(region) {
                "aws-us-gov" => format!("sns-us-gov-west-1.{suffix}"),
                _ => format!("sns.{region}.{suffix}"),
            },
        ]
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for TopicArn {
    type Error = TopicArnError;
    fn try_from(text: String) -> Result<Self, TopicArnError> {
        Self::parse(&text).ok_or(TopicArnError)
    }
}

impl From<TopicArn> for String {
    fn from(topic: TopicArn) -> Self {
        topic.text
    }
}

/// The address of a certificate that may sign a topic's messages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateUrl(String);

impl CertificateUrl {
    /// Takes an address; none when it is not SNS's own in the region of the topic.
    #[must_use]
    pub fn of(topic: &TopicArn, text: &str) -> Option<Self> {
        let origin = format!("https://sns.{}.{}/", topic.scope.region, topic.suffix());
        let file = text.strip_prefix(&origin)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let name = file.strip_suffix(".pem")?;
        let fits = text.len() <= limits::CERTIFICATE_URL_CHARS_MAX
            && !name.is_empty()
            && name.bytes().all(plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// All of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file that is asked for, with a slash before it.
    #[must_use]
    pub fn path(&self) -> &str {
        let file = self.0.rfind('/').unwrap_or_default();
        self.0.get(file..).unwrap_or_default()
    }
}

/// How a message is signed: a topic's attribute `SignatureVersion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureVersion {
    /// RSA over SHA-1, what topics do unless they are told otherwise.
    One,
    /// RSA over SHA-256.
    Two,
}

impl SignatureVersion {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }

    /// Reads its number.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }
}

/// What confirms a subscription. Whoever has it can do so, so it is in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfirmToken(String);

impl ConfirmToken {
    /// Takes a token; none when it is no printable ASCII of a bounded length.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=limits::TOPIC_TOKEN_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text, for SNS.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConfirmToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmToken(…)")
    }
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicMessageKind {
    /// Something was published.
    Notification,
    /// Somebody subscribed us.
    Subscription(ConfirmToken),
    /// Somebody ended our subscription.
    Unsubscription,
}

/// What proves a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Seal {
    /// How it is signed.
    pub version: SignatureVersion,
    /// The signature.
    pub signature: Vec<u8>,
    /// Where the certificate is whose key signed it.
    pub certificate: CertificateUrl,
    /// What was signed.
    pub text: String,
}

impl fmt::Debug for Seal {
    /// Without what was signed, which may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal")
            .field("version", &self.version)
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

/// Why a message is not proved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Its certificate could not be had; later it may.
    #[error("the certificate could not be fetched: {0}")]
    Later(String),
    /// It is not what it says.
    #[error("{0}")]
    Never(String),
}

/// A message of a topic, read and not yet proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicMessage {
    /// What it is about.
    pub kind: TopicMessageKind,
    /// SNS's id of it: the same at each try to deliver it.
    pub id: String,
    /// The topic that it says it is of.
    pub topic: TopicArn,
    /// When it was written.
    pub at: Timestamp,
    /// What proves it.
    pub seal: Seal,
}

impl TopicMessage {
    /// Whether it may be from now: neither old enough to be somebody's recording nor from a
    /// future that no clock explains.
    #[must_use]
    pub const fn is_of(&self, now: Timestamp) -> bool {
        let age_ms = now.since_ms(self.at);
        -limits::TOPIC_MESSAGE_AHEAD_MS <= age_ms && age_ms <= limits::TOPIC_MESSAGE_OLD_MS
    }
}

/// What is signed: each field's name and value in a line of its own (Amazon SNS Developer
/// Guide, "Verifying the signatures of Amazon SNS messages"). The fields are the caller's to
/// choose and to put in order.
#[must_use]
pub fn signed_text(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        text.extend([name, "\n", value, "\n"]);
    }
    text
}

/// How the subscription to a topic stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TopicState {
    /// Nothing was heard of it.
    Unheard,
    /// Somebody subscribed us; it is to be confirmed.
    Waiting,
    /// It is confirmed, or messages come, which says the same.
    Confirmed,
    /// SNS took no confirmation.
    Refused,
    /// Somebody ended it.
    Unsubscribed,
}

impl TopicState {
    /// All.
    pub const ALL: [Self; 5] = [
        Self::Unheard,
        Self::Waiting,
        Self::Confirmed,
        Self::Refused,
        Self::Unsubscribed,
    ];

    /// The word stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unheard => "unheard",
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// Reads what [`TopicState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after a message; none when it says nothing new. `told_at` is when the last
    /// message about the subscription was written: what is older comes late and changes nothing.
    ///
    /// A signature says which topic a message is of and not to whom it was sent. So a
    /// notification, which another subscriber may have handed on, ends no wait for a
    /// confirmation and moves no `told_at`.
    #[must_use]
    pub fn after(
        self,
        told_at: Option<Timestamp>,
        kind: &TopicMessageKind,
        at: Timestamp,
    ) -> Option<Self> {
        if told_at.is_some_and(|told_at| at <= told_at) {
            return None;
        }
        let after = match kind {
            // A subscription that waits has nothing that could be ended: it is another's.
            TopicMessageKind::Notification | TopicMessageKind::Unsubscription
                if self == Self::Waiting =>
            {
                return None;
            }
            TopicMessageKind::Notification => Self::Confirmed,
            TopicMessageKind::Subscription(_) => Self::Waiting,
            TopicMessageKind::Unsubscription => Self::Unsubscribed,
        };
        // A subscription is confirmed by the token that came last.
        (after != self || after == Self::Waiting).then_some(after)
    }
}

/// How long to wait after so many tries to confirm that failed.
#[must_use]
pub fn confirm_pause_ms(tries: u32) -> i64 {
    // Beyond sixteen doublings it is the longest anyway.
    let pause = limits::TOPIC_CONFIRM_PAUSE_MS << tries.saturating_sub(1).min(16);
    pause.min(limits::TOPIC_CONFIRM_PAUSE_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(region: &str) -> TopicArn {
        let region = Region::from(region);
        let text = format!(
            "arn:{}:sns:{region}:123456789012:alarms",
            partition(&region)
        );
        TopicArn::parse(&text).expect("an ARN")
    }

    #[test]
    fn only_the_arn_of_a_topic_is_one() {
        for good in [
            "arn:aws:sns:us-west-2:131990247566:dongie-standard-topic",
            "arn:aws-cn:sns:cn-north-1:123456789012:A_1",
            "arn:aws-us-gov:sns:us-gov-east-1:123456789012:a",
        ] {
            let topic = TopicArn::parse(good).expect(good);
            assert_eq!((topic.as_str(), topic.to_string().as_str()), (good, good));
        }
        for bad in [
            "",
            "alarms",
            "arn:aws:sqs:us-west-2:123456789012:a",
            "arn:aws:sns:us-west-2:12345:a",
            "arn:aws:sns:us-west-2:123456789012:",
            "arn:aws:sns:us-west-2:123456789012:a.fifo",
            "arn:aws:sns:us-west-2:123456789012:a:4b3c",
            "arn:aws:sns:us-west-2.evil.example:123456789012:a",
            "arn:aws:sns:cn-north-1:123456789012:a",
            "arn:aws-cn:sns:us-west-2:123456789012:a",
            "arn:aws:sns::123456789012:a",
            " arn:aws:sns:us-west-2:123456789012:a",
        ] {
            assert_eq!(TopicArn::parse(bad), None, "{bad}");
        }
        let long = format!(
            "arn:aws:sns:us-west-2:123456789012:{}",
            "a".repeat(limits::TOPIC_NAME_CHARS_MAX + 1)
        );
        assert_eq!(TopicArn::parse(&long), None);
    }

    #[test]
    fn a_certificate_is_at_sns_in_the_topics_own_region_and_nowhere_else() {
        let check = |region: &str, url: &str| CertificateUrl::of(&topic(region), url).is_some();
        for (region, good) in [
            (
                "us-west-2",
                "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-7506a1.pem",
            ),
            (
                "cn-north-1",
                "https://sns.cn-north-1.amazonaws.com.cn/S-1.pem",
            ),
            (
                "us-gov-west-1",
                "https://sns.us-gov-west-1.amazonaws.com/a_b.pem",
            ),
        ] {
            assert!(check(region, good), "{good}");
        }
        for bad in [
            "",
            "http://sns.us-east-1.amazonaws.com/x.pem",
            "HTTPS://sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-west-2.amazonaws.com/x.pem",
            "https://sns.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com.cn/x.pem",
            "https://sns.us-east-1.amazonaws.com.evil.com/x.pem",
            "https://sns.us-east-1.amazonaws.com@evil.com/x.pem",
            "https://evil@sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com:443/x.pem",
            "https://sns.us-east-1.amazonaws.com.:443/x.pem",
            "https://SNS.us-east-1.amazonaws.com/x.pem",
            "https://sns.US-EAST-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem.exe",
            "https://sns.us-east-1.amazonaws.com/x.PEM",
            "https://sns.us-east-1.amazonaws.com/.pem",
            "https://sns.us-east-1.amazonaws.com/x%2epem",
            "https://sns.us-east-1.amazonaws.com/%2e%2e/x.pem",
            "https://sns.us-east-1.amazonaws.com/../x.pem",
            "https://sns.us-east-1.amazonaws.com//x.pem",
            "https://sns.us-east-1.amazonaws.com\\x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem?a=b.pem",
            "https://sns.us-east-1.amazonaws.com/x?a=b.pem",
            "https://sns.us-east-1.amazonaws.com/x#b.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem\n",
            "\thttps://sns.us-east-1.amazonaws.com/x.pem",
            "https://bucket.s3.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/ｘ.pem",
            "//sns.us-east-1.amazonaws.com/x.pem",
        ] {
            assert!(!check("us-east-1", bad), "{bad}");
        }
        let long = "a".repeat(limits::CERTIFICATE_URL_CHARS_MAX);
        let long = format!("https://sns.us-east-1.amazonaws.com/{long}.pem");
        assert!(!check("us-east-1", &long));
        let url = CertificateUrl::of(
            &topic("us-east-1"),
            "https://sns.us-east-1.amazonaws.com/x.pem",
        );
        assert_eq!(url.expect("an address").path(), "/x.pem");
    }

    #[test]
    fn certificates_bear_the_names_that_awss_validator_wants() {
        for (region, name) in [
            ("us-west-2", "sns.amazonaws.com"),
            ("ap-northeast-2", "sns.amazonaws.com"),
            ("ap-east-1", "sns-signing.ap-east-1.amazonaws.com"),
            ("me-central-1", "sns-signing.me-central-1.amazonaws.com"),
            ("us-gov-west-1", "sns-us-gov-west-1.amazonaws.com"),
            ("us-gov-east-1", "sns-us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "sns-cn-north-1.amazonaws.com.cn"),
            ("cn-northwest-1", "sns-cn-northwest-1.amazonaws.com.cn"),
        ] {
            let names = topic(region).certificate_names();
            assert!(
                names.iter().any(|known| known == name),
                "{region}: {names:?}"
            );
        }
    }

    #[test]
    fn a_message_is_of_the_last_hour() {
        let message = |at| TopicMessage {
            kind: TopicMessageKind::Notification,
            id: "m".into(),
            topic: topic("us-east-1"),
            at: Timestamp::from_ms(at),
            seal: Seal {
                version: SignatureVersion::Two,
                signature: Vec::new(),
                certificate: CertificateUrl("https://x".into()),
                text: String::new(),
            },
        };
        let now = Timestamp::from_ms(100_000_000);
        for (age_ms, fits) in [
            (0, true),
            (limits::TOPIC_MESSAGE_OLD_MS, true),
            (limits::TOPIC_MESSAGE_OLD_MS + 1, false),
            (-limits::TOPIC_MESSAGE_AHEAD_MS, true),
            (-limits::TOPIC_MESSAGE_AHEAD_MS - 1, false),
        ] {
            let found = message(now.ms() - age_ms).is_of(now);
            assert_eq!(found, fits, "{age_ms}");
        }
    }

    #[test]
    fn what_comes_late_moves_no_subscription_back() {
        use TopicMessageKind::{Notification, Subscription, Unsubscription};
        let t = Timestamp::from_ms;
        let token = || Subscription(ConfirmToken::new("t").expect("a token"));
        for (state, told_at, kind, at, expected) in [
            (
                TopicState::Unheard,
                None,
                token(),
                10,
                Some(TopicState::Waiting),
            ),
            (
                TopicState::Unheard,
                None,
                Notification,
                10,
                Some(TopicState::Confirmed),
            ),
            (TopicState::Waiting, Some(10), token(), 10, None),
            (
                TopicState::Waiting,
                Some(10),
                token(),
                20,
                Some(TopicState::Waiting),
            ),
            (TopicState::Waiting, Some(10), Notification, 20, None),
            (TopicState::Waiting, Some(10), Unsubscription, 20, None),
            (TopicState::Confirmed, Some(10), Notification, 20, None),
            (
                TopicState::Confirmed,
                Some(10),
                Unsubscription,
                20,
                Some(TopicState::Unsubscribed),
            ),
            (TopicState::Unsubscribed, Some(20), Notification, 15, None),
            (TopicState::Unsubscribed, Some(20), token(), 15, None),
            (
                TopicState::Unsubscribed,
                Some(20),
                Notification,
                30,
                Some(TopicState::Confirmed),
            ),
            (
                TopicState::Refused,
                Some(20),
                token(),
                30,
                Some(TopicState::Waiting),
            ),
        ] {
            let found = state.after(told_at.map(t), &kind, t(at));
            assert_eq!(found, expected, "{state:?} {told_at:?} {kind:?} {at}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let pauses = [1, 2, 3, 9, 40, u32::MAX].map(confirm_pause_ms);
        let most = limits::TOPIC_CONFIRM_PAUSE_MS_MAX;
        assert_eq!(pauses, [15_000, 30_000, 60_000, most, most, most]);
    }
}
