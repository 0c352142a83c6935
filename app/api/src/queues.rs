//! Queues of events: messages that could not be taken in.

#[cfg(feature = "server")]
use crate::{ApiResult, Page, PageQuery};
use domain::{ids::SetAsideId, queues::QueueRef, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A message that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetAsideRow {
    /// Its id.
    pub id: SetAsideId,
    /// Where it came from.
    pub queue: QueueRef,
    /// The queue's own id of it.
    pub message: String,
    /// Why it could not be read; none where it was begun again and again without an end.
    pub error: Option<String>,
    /// How often it was taken.
    pub takings: u32,
    /// When it was sent, where that is known.
    pub sent_at: Option<Timestamp>,
    /// When it was set aside.
    pub at: Timestamp,
}

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetAsideDetail {
    /// As in the list.
    pub row: SetAsideRow,
    /// What it says.
    pub body: String,
}

/// What can be asked of messages that were set aside.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Queues {
    /// A page of them, newest first.
    async fn list_set_aside(&self, query: PageQuery) -> ApiResult<Page<SetAsideRow>>;
    /// One.
    async fn set_aside(&self, id: SetAsideId) -> ApiResult<SetAsideDetail>;
    /// Takes one in once more.
    async fn take_again(&self, id: SetAsideId) -> ApiResult<()>;
    /// Lets go of one for good.
    async fn discard_set_aside(&self, id: SetAsideId) -> ApiResult<()>;
}
