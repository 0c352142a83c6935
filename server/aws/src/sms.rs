//! Text messages by SNS (Amazon SNS API Reference, Publish with `PhoneNumber`; Developer Guide,
//! "Publishing to a mobile phone").
//!
//! SNS knows no repeat of a text: whoever asks again after an answer that was lost wakes somebody
//! twice. So a call is made once, without the SDK's own attempts, and every outcome that does not
//! say that SNS refused it counts as one that may have arrived.

use crate::{
    cloud::AwsCloud,
    permissions::Action,
    signed::{Request, Service, Signed},
};
use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_types::SdkConfig;
use domain::{
    channels::PhoneNumber, estate::Scope, i18n::notifications::text_message,
    notifications::FailureKind,
};
use ports::{Channel, CloudError, CloudErrorKind, Post, Receipt, SendError};
use serde::Deserialize;
use std::{fmt, sync::Arc};

const API_VERSION: &str = "2010-03-31";
const SNS: Service = Service {
    id: "SNS",
    name: "sns",
    fips: "sns-fips",
};

/// A client for one account and region.
#[derive(Debug)]
pub struct Texts {
    signed: Signed,
}

impl Texts {
    /// Makes a client of the same configuration as the SDK's, but for its attempts.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let once = config.to_builder();
        let once = once.retry_config(RetryConfig::disabled()).build();
        let signed = Signed::new(&once, &SNS)?;
        Ok(Self { signed })
    }

    /// Sends a text; its id.
    ///
    /// # Errors
    /// As every call.
    pub async fn send(&self, to: &str, text: &str) -> Result<String, CloudError> {
        let action = Action::PublishText;
        let attribute = "MessageAttributes.entry.1";
        let parameters = [
            ("PhoneNumber".to_owned(), to.to_owned()),
            ("Message".to_owned(), text.to_owned()),
            // Not the cheapest way but the surest.
            (
                format!("{attribute}.Name"),
                "AWS.SNS.SMS.SMSType".to_owned(),
            ),
            (format!("{attribute}.Value.DataType"), "String".to_owned()),
            (
                format!("{attribute}.Value.StringValue"),
                "Transactional".to_owned(),
            ),
        ];
        let request = Request::query(API_VERSION, action, &parameters);
        let answer: Published = self.signed.xml(action, request).await?;
        Ok(answer.result.id)
    }

    /// Tries the permission and texts nobody, for the number is none.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self) -> Result<(), CloudError> {
        self.send("0", "-").await.map(|_| ())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename = "PublishResponse")]
struct Published {
    #[serde(rename = "PublishResult")]
    result: PublishedResult,
}

#[derive(Debug, Deserialize)]
struct PublishedResult {
    #[serde(rename = "MessageId")]
    id: String,
}

/// A telephone that is told by texts.
pub struct Sms {
    cloud: Arc<AwsCloud>,
    scope: Scope,
    to: PhoneNumber,
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, to, .. } = self;
        write!(f, "Sms({scope}, {})", to.shown())
    }
}

impl Sms {
    /// The telephone, and in which account and region it is texted.
    #[must_use]
    pub const fn new(cloud: Arc<AwsCloud>, scope: Scope, to: PhoneNumber) -> Self {
        Self { cloud, scope, to }
    }
}

#[async_trait]
impl Channel for Sms {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let link = post.link.as_deref();
        let text = text_message(post.lang, post.event, &post.message, link);
        let sent = self.cloud.text(&self.scope, self.to.as_str(), &text).await;
        let id = sent.map_err(|error| SendError {
            kind: failure(error.kind),
            retry_after_ms: None,
            // What AWS says of a number may repeat it.
            message: error
                .to_string()
                .replace(self.to.as_str(), &self.to.shown()),
        })?;
        Ok(Receipt {
            id,
            reference: None,
        })
    }
}

/// Which outcomes say that nothing was sent.
const fn failure(kind: CloudErrorKind) -> FailureKind {
    match kind {
        CloudErrorKind::Throttled => FailureKind::Limited,
        CloudErrorKind::Denied | CloudErrorKind::Credentials => FailureKind::Denied,
        CloudErrorKind::Invalid | CloudErrorKind::NotFound => FailureKind::Refused,
        CloudErrorKind::Unavailable => FailureKind::Uncertain,
    }
}
