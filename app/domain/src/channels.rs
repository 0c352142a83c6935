//! Channels: where messages about alarms go, what each kind promises, and how
//! fast it may be used.

use crate::{
    i18n::Lang, limits, names::short_name, notifications::Event, people::Reach, time::Timestamp,
};
use serde::{Deserialize, Serialize};

short_name! {
    /// A channel's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    ChannelName,
    /// Why a text is no name of a channel.
    ChannelNameError
}

/// What kind of place a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A channel in Slack: one message for each alarm, edited in place.
    Slack,
    /// A service in PagerDuty, which calls whoever is on duty.
    Pagerduty,
    /// Any address that takes signed JSON.
    Webhook,
    /// Mailboxes, by a mail server: a thread of mail for each life of an alarm.
    Email,
    /// A channel in Discord, by a webhook: one message for each alarm, edited in place.
    Discord,
    /// A channel in Microsoft Teams, by a workflow: a card for each message.
    Teams,
    /// A telephone, by texts of Amazon SNS: one for each message, each at most once.
    Sms,
    /// The sandbox's own, which keeps messages for looking at.
    Inbox,
}

impl ChannelKind {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Slack,
        Self::Pagerduty,
        Self::Webhook,
        Self::Email,
        Self::Discord,
        Self::Teams,
        Self::Sms,
        Self::Inbox,
    ];

    /// The word in the configuration and for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Pagerduty => "pagerduty",
            Self::Webhook => "webhook",
            Self::Email => "email",
            Self::Discord => "discord",
            Self::Teams => "teams",
            Self::Sms => "sms",
            Self::Inbox => "inbox",
        }
    }

    /// Reads what [`ChannelKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether such a channel is told of such an event: PagerDuty's events have
    /// no way to give an incident back, and no telephone rings for what somebody has
    /// or for a list.
    #[must_use]
    pub const fn is_told(self, event: Event) -> bool {
        !matches!(
            (self, event),
            (Self::Pagerduty, Event::Released | Event::Digest)
                | (
                    Self::Sms,
                    Event::Acknowledged | Event::Digest | Event::Changed
                )
        )
    }

    /// Whether one message may tell of several alarms: where people read. What opens something
    /// for each alarm, and what programs read, stays apart.
    #[must_use]
    pub const fn is_bundled(self) -> bool {
        match self {
            Self::Slack | Self::Email | Self::Discord | Self::Teams | Self::Sms | Self::Inbox => {
                true
            }
            Self::Pagerduty | Self::Webhook => false,
        }
    }

    /// Whether a message is sent again when nobody knows whether it arrived: where a repeat does
    /// no harm. A text rings twice.
    #[must_use]
    pub const fn repeats(self) -> bool {
        !matches!(self, Self::Sms)
    }

    /// Whether a message opens something there that a later one must close.
    #[must_use]
    pub const fn stays_open(self) -> bool {
        matches!(self, Self::Pagerduty)
    }

    /// How fast messages may follow each other.
    #[must_use]
    pub const fn pace(self) -> Pace {
        match self {
            // Slack, "Rate limits": chat.postMessage takes one a second for each channel.
            Self::Slack => Pace {
                burst: 3,
                refill_ms: 1_000,
            },
            // PagerDuty, "Events API v2": about 120 a minute for each key; what is
            // refused for being too many is lost there, so we stay below.
            Self::Pagerduty => Pace {
                burst: 20,
                refill_ms: 600,
            },
            // Exchange Online, "Sending limits": 30 messages a minute for a mailbox, the
            // fewest of the common services.
            Self::Email => Pace {
                burst: 10,
                refill_ms: 2_000,
            },
            // Discord names no number and asks to follow its answers; a webhook has been
            // seen to take five in two seconds, and a channel thirty a minute.
            Self::Discord => Pace {
                burst: 5,
                refill_ms: 2_000,
            },
            // Teams, "Create an Incoming Webhook": slowed down from four a second on. The
            // workflow's own plan may allow less, and says so by 429.
            Self::Teams => Pace {
                burst: 4,
                refill_ms: 1_000,
            },
            // Amazon SNS, "Quotas": far more a second for an account; so many are read.
            Self::Sms => Pace {
                burst: 5,
                refill_ms: 5_000,
            },
            Self::Webhook | Self::Inbox => Pace {
                burst: 50,
                refill_ms: 50,
            },
        }
    }
}

/// A telephone's number in the international form of E.164: `+` and 8 to 15 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads one; none when it is no such number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let fits = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        fits.then(|| Self(text.to_owned()))
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What people are shown of it: a number is personal.
    #[must_use]
    pub fn shown(&self) -> String {
        let hidden = self.0.len() - 4;
        format!("…{}", &self.0[hidden..])
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

/// A channel as it is configured, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub name: ChannelName,
    /// Its kind.
    pub kind: ChannelKind,
    /// The language of its messages.
    pub lang: Lang,
    /// Where messages go, for people: a host, a channel. Never a secret.
    pub place: String,
    /// The environments whose applied change requests it is told of.
    pub changes: Reach,
}

/// How fast a channel may be used: a token bucket's size and how long a token takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Messages that may go at once after a rest.
    pub burst: u32,
    /// How long it takes until one more may go.
    pub refill_ms: i64,
}

/// A token bucket, and the rest that a channel asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pace: Pace,
    /// The instant at which the bucket was, or will be, empty.
    empty_at: Timestamp,
    rests_until: Timestamp,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            empty_at: Timestamp::from_ms(i64::MIN),
            rests_until: Timestamp::from_ms(i64::MIN),
        }
    }

    /// Takes a token; `false` when there is none, or while the channel rests.
    ///
    /// The bucket is one instant: `burst` tokens take `burst × refill_ms` to come
    /// back, so it is full so long after it was empty, and a token taken moves
    /// that instant on.
    pub fn take(&mut self, now: Timestamp) -> bool {
        if now < self.rests_until {
            return false;
        }
        let full_ms = i64::from(self.pace.burst) * self.pace.refill_ms;
        let empty_at = self.empty_at.max(now.plus_ms(-full_ms));
        // A clock that was set back must not empty the bucket for that long.
        self.empty_at = empty_at.min(now);
        let taken = self.empty_at.plus_ms(self.pace.refill_ms);
        let may = taken <= now;
        if may {
            self.empty_at = taken;
        }
        may
    }

    /// The channel asked to be left alone: at most [`limits::CHANNEL_REST_MS_MAX`].
    pub fn rest(&mut self, now: Timestamp, ms: i64) {
        self.rests_until = now.plus_ms(ms.clamp(0, limits::CHANNEL_REST_MS_MAX));
    }

    /// Until when the channel asked to be left alone, if it did.
    #[must_use]
    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        (now < self.rests_until).then_some(self.rests_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephones_number_is_whole_and_shown_by_its_end() {
        for (text, fits) in [
            ("+821012345678", true),
            ("+12025550123", true),
            ("+1202555", false),
            ("+123456789012345", true),
            ("+1234567890123456", false),
            ("821012345678", false),
            ("+82 10 1234 5678", false),
            ("+021012345678", false),
            ("+8210123٤5678", false),
        ] {
            assert_eq!(PhoneNumber::parse(text).is_some(), fits, "{text}");
        }
        let number = PhoneNumber::parse("+821012345678").expect("a number");
        assert_eq!(number.shown(), "…5678");
        assert_eq!(format!("{number:?}"), "…5678");
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + ms)
    }

    #[test]
    fn a_bucket_gives_a_burst_and_then_one_at_a_time() {
        let mut bucket = Bucket::new(Pace {
            burst: 3,
            refill_ms: 1_000,
        });
        let mut taken = |ms: i64| bucket.take(at(ms));
        assert_eq!(
            [taken(0), taken(0), taken(0), taken(0)],
            [true, true, true, false]
        );
        assert_eq!(
            [taken(999), taken(1_000), taken(1_000)],
            [false, true, false]
        );
        assert_eq!(
            [taken(3_000), taken(3_000), taken(3_000)],
            [true, true, false]
        );
        // A long rest gives no more than the burst, and a clock set back takes nothing.
        let hour = 3_600_000;
        assert_eq!(
            [taken(hour), taken(hour), taken(hour), taken(hour)],
            [true, true, true, false]
        );
        assert!(!taken(0));
        assert!(taken(1_000));
    }

    #[test]
    fn a_channel_that_asks_for_rest_gets_it_within_limits() {
        let mut bucket = Bucket::new(ChannelKind::Webhook.pace());
        bucket.rest(at(0), 30_000);
        assert!(!bucket.take(at(29_999)));
        assert_eq!(bucket.rests_until(at(0)), Some(at(30_000)));
        assert!(bucket.take(at(30_000)));
        bucket.rest(at(0), i64::MAX);
        assert_eq!(
            bucket.rests_until(at(0)),
            Some(at(limits::CHANNEL_REST_MS_MAX))
        );
    }

    #[test]
    fn a_name_has_one_spelling() {
        for good in ["ops", "on-call-2"] {
            assert_eq!(
                good.parse::<ChannelName>().map(String::from),
                Ok(good.into())
            );
        }
        for bad in ["", "Ops", "a b", "é", &"x".repeat(33)] {
            assert_eq!(bad.parse::<ChannelName>(), Err(ChannelNameError), "{bad}");
        }
    }
}
