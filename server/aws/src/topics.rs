//! Subscriptions to topics (Amazon SNS API Reference, Query protocol).

use crate::{
    error::own_error,
    permissions::Action,
    signed::{Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::sns::{ConfirmToken, TopicArn};
use ports::{CloudError, CloudErrorKind};
use serde::Deserialize;

const API_VERSION: &str = "2010-03-31";
const SNS: Service = Service {
    id: "SNS",
    name: "sns",
    fips: "sns-fips",
};

/// A client for one account and region.
#[derive(Debug)]
pub struct Topics {
    signed: Signed,
}

impl Topics {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        let signed = Signed::new(config, &SNS)?;
        Ok(Self { signed })
    }

    /// Confirms a subscription. Once more with the same token confirms nothing else.
    ///
    /// # Errors
    /// As every call.
    pub async fn confirm(&self, topic: &TopicArn, token: &ConfirmToken) -> Result<(), CloudError> {
        self.ask(topic.as_str(), token.reveal()).await
    }

    async fn ask(&self, topic: &str, token: &str) -> Result<(), CloudError> {
        let action = Action::ConfirmSubscription;
        let parameters = [
            ("TopicArn".to_owned(), topic.to_owned()),
            ("Token".to_owned(), token.to_owned()),
            // Or whoever reads a message could end the subscription by the address in it.
            ("AuthenticateOnUnsubscribe".to_owned(), "true".to_owned()),
        ];
        let request = Request::query(API_VERSION, action, &parameters);
        let answer: Confirmed = self.signed.xml(action, request).await?;
        match answer.result.subscription.starts_with("arn:") {
            true => Ok(()),
            // SNS answers so while it still waits.
            false => Err(own_error(
                action,
                CloudErrorKind::Unavailable,
                "SNS answered without a subscription",
            )),
        }
    }

    /// Tries the permission for a topic and confirms nothing, for the token is none.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self, topic: &TopicArn, nobody: &str) -> Result<(), CloudError> {
        self.ask(topic.as_str(), nobody).await
    }
}

/// The answer, as far as it is looked at: without a subscription it is none of SNS's.
#[derive(Debug, Deserialize)]
#[serde(rename = "ConfirmSubscriptionResponse")]
struct Confirmed {
    #[serde(rename = "ConfirmSubscriptionResult")]
    result: ConfirmedResult,
}

#[derive(Debug, Deserialize)]
struct ConfirmedResult {
    #[serde(rename = "SubscriptionArn")]
    subscription: String,
}
