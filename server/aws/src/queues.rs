//! Queues from which events are taken (Amazon SQS API Reference, AWS JSON 1.0).

use crate::{
    error::{kind_of, own_error},
    permissions::Action,
    signed::{Model, Request, Service, Signed},
};
use aws_types::SdkConfig;
use domain::{
    limits::{QUEUE_BATCH_MAX, QUEUE_WAIT_S},
    queues::{QueueMessage, QueueRef},
    time::Timestamp,
};
use ports::CloudError;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::sync::Mutex;

const SQS: Service = Service {
    id: "SQS",
    name: "sqs",
    fips: "sqs-fips",
};
const MODEL: Model = Model {
    name: "AmazonSQS",
    content_type: "application/x-amz-json-1.0",
};

/// How often a message was taken.
const TAKINGS: &str = "ApproximateReceiveCount";
/// When it was sent, in milliseconds since 1970.
const SENT_AT: &str = "SentTimestamp";

/// A client for one account and region.
#[derive(Debug)]
pub struct Queues {
    signed: Signed,
    /// The address of each queue, by name: it does not change while the queue is there.
    urls: Mutex<HashMap<String, String>>,
}

impl Queues {
    /// Makes a client of the same configuration as the SDK's.
    ///
    /// # Errors
    /// As [`Signed::new`].
    pub fn new(config: &SdkConfig) -> Result<Self, CloudError> {
        Ok(Self {
            signed: Signed::new(config, &SQS)?,
            urls: Mutex::default(),
        })
    }

    /// Asks where a queue is, once.
    async fn url(&self, name: &str) -> Result<String, CloudError> {
        let mut urls = self.urls.lock().await;
        if let Some(url) = urls.get(name) {
            return Ok(url.clone());
        }
        let url = self.find(name).await?;
        urls.insert(name.to_owned(), url.clone());
        Ok(url)
    }

    async fn find(&self, name: &str) -> Result<String, CloudError> {
        let action = Action::GetQueueUrl;
        let request = Request::target(MODEL, action, &json!({ "QueueName": name }));
        let answer: UrlJson = self.signed.json(action, request).await?;
        Ok(answer.queue_url)
    }

    /// Takes messages, waiting a moment for the first.
    ///
    /// # Errors
    /// As every call.
    pub async fn receive(&self, queue: &QueueRef) -> Result<Vec<QueueMessage>, CloudError> {
        let question = json!({
            "QueueUrl": self.url(&queue.name).await?,
            "MaxNumberOfMessages": QUEUE_BATCH_MAX,
            "WaitTimeSeconds": QUEUE_WAIT_S,
            "MessageSystemAttributeNames": [TAKINGS, SENT_AT],
        });
        self.messages(&question).await
    }

    async fn messages(&self, question: &Value) -> Result<Vec<QueueMessage>, CloudError> {
        let action = Action::ReceiveMessage;
        let request = Request::target(MODEL, action, question);
        let answer: MessagesJson = self.signed.json(action, request).await?;
        Ok(answer.messages.into_iter().map(Into::into).collect())
    }

    /// Deletes messages by their receipts, at most [`QUEUE_BATCH_MAX`].
    ///
    /// # Errors
    /// As every call. What could not be deleted comes again.
    pub async fn delete(&self, queue: &QueueRef, receipts: &[String]) -> Result<(), CloudError> {
        let entries = receipts
            .iter()
            .enumerate()
            .map(|(index, receipt)| json!({ "Id": index.to_string(), "ReceiptHandle": receipt }));
        let question = json!({
            "QueueUrl": self.url(&queue.name).await?,
            "Entries": entries.collect::<Vec<_>>(),
        });
        let request = Request::named(MODEL, "DeleteMessageBatch", &question);
        let action = Action::DeleteMessage;
        let answer: DeletedJson = self.signed.json(action, request).await?;
        let Some(failed) = answer.failed.first() else {
            return Ok(());
        };
        let kind = kind_of(&failed.code, &failed.message, 400);
        Err(own_error(action, kind, &failed.message))
    }

    /// Tries a permission on a queue and changes nothing: no messages at all cannot be taken,
    /// and nothing has the receipt that is deleted.
    ///
    /// # Errors
    /// As every call.
    pub async fn probe(&self, action: Action, name: &str) -> Result<(), CloudError> {
        let url = self.find(name).await?;
        match action {
            Action::GetQueueUrl => Ok(()),
            Action::ReceiveMessage => {
                let question = json!({ "QueueUrl": url, "MaxNumberOfMessages": 0 });
                self.messages(&question).await.map(|_| ())
            }
            _ => {
                let question = json!({ "QueueUrl": url, "ReceiptHandle": "nothing" });
                let request = Request::target(MODEL, Action::DeleteMessage, &question);
                let sent = self.signed.send(Action::DeleteMessage, request).await;
                sent.map(|_| ())
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UrlJson {
    queue_url: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MessagesJson {
    /// Left out where there are none.
    #[serde(default)]
    messages: Vec<MessageJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MessageJson {
    message_id: String,
    receipt_handle: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    attributes: HashMap<String, String>,
}

impl From<MessageJson> for QueueMessage {
    fn from(message: MessageJson) -> Self {
        let number = |name: &str| message.attributes.get(name)?.parse::<i64>().ok();
        let takings = number(TAKINGS).and_then(|count| u32::try_from(count).ok());
        Self {
            takings: takings.unwrap_or(1),
            sent_at: number(SENT_AT).map(Timestamp::from_ms),
            id: message.message_id,
            receipt: message.receipt_handle,
            body: message.body,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeletedJson {
    #[serde(default)]
    failed: Vec<FailedJson>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FailedJson {
    code: String,
    #[serde(default)]
    message: String,
}
