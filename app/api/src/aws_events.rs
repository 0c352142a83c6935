//! What AWS told by events: list, and one as it came.

use crate::page::PageQuery;
#[cfg(feature = "server")]
use crate::{ApiResult, Page};
use domain::{
    aws_events::{AwsEventKind, EndReason},
    estate::{Environment, Scope},
    ids::{AlarmId, AwsEventId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AwsEventQuery {
    /// Only of these kinds; empty means all.
    pub kind: Vec<AwsEventKind>,
    /// Words that name or subject contain, all of them, any case.
    pub text: String,
    /// Which page.
    pub page: PageQuery,
}

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AwsEventRow {
    /// Its id.
    pub id: AwsEventId,
    /// What it is about.
    pub kind: AwsEventKind,
    /// AWS's name for it.
    pub name: String,
    /// Account and region, if told.
    pub scope: Option<Scope>,
    /// The environment of what it is about.
    pub environment: Environment,
    /// What it is about: an alarm's name, an instance's id …; may be empty.
    pub subject: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// Why the instance ended, where that is known.
    pub explanation: Option<EndReason>,
    /// The alarm that the instance's end became.
    pub alarm: Option<AlarmId>,
}

/// An event as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AwsEventDetail {
    /// As in the list.
    pub row: AwsEventRow,
    /// What came, as JSON.
    pub payload: String,
}

/// What can be asked about events.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait AwsEvents {
    /// A page of events, newest first.
    async fn list_aws_events(&self, query: AwsEventQuery) -> ApiResult<Page<AwsEventRow>>;
    /// One event.
    async fn aws_event(&self, id: AwsEventId) -> ApiResult<AwsEventDetail>;
}
