//! Channels: where messages about alarms are sent.

use async_trait::async_trait;
use domain::{
    i18n::Lang,
    ids::{DeliveryId, ThreadId},
    notifications::{Event, FailureKind, Message},
    time::Timestamp,
};

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its id: the same at every attempt, so that a channel can know a repeat.
    pub id: DeliveryId,
    /// Its thread: the same for all that is said of one life of an alarm.
    pub thread: ThreadId,
    /// What it says.
    pub event: Event,
    /// About what.
    pub message: Message,
    /// In which language.
    pub lang: Lang,
    /// The alarm's page.
    pub link: Option<String>,
    /// The channel's own name of the message that is to be edited, if one was sent.
    pub reference: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What a channel gave for a message that it took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// To find the message there.
    pub id: String,
    /// The channel's own name of the message, where later ones edit it.
    pub reference: Option<String>,
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SendError {
    /// What kind; the caller decides by it.
    pub kind: FailureKind,
    /// How long the channel asks to be left alone.
    pub retry_after_ms: Option<i64>,
    /// What the other side said, without secrets.
    pub message: String,
}

/// A channel. One attempt is one call: repeating it is the caller's matter.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Sends a message.
    ///
    /// # Errors
    /// [`SendError`] says whether it surely did not arrive.
    async fn send(&self, post: &Post) -> Result<Receipt, SendError>;
}
