//! What the CloudWatch agent reports of a target's memory and disks.

#[cfg(feature = "server")]
use crate::ApiResult;
#[cfg(feature = "server")]
use domain::ids::TargetId;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Memory and disks of a target as the agent reported them last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentReport {
    /// Of the group as a whole, or by instance and disk.
    pub rows: Vec<AgentRow>,
    /// Metrics that are not among the rows, for there are too many.
    pub left_out: u32,
    /// Why nothing could be read, in the caller's language.
    pub note: Option<String>,
    /// The permission that is missing, in IAM's words, if that is why.
    pub missing: Option<String>,
}

/// One metric of the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentRow {
    /// Such as `mem_used_percent`.
    pub metric: String,
    /// The instance; none where it is of the group as a whole.
    pub instance: Option<String>,
    /// The other dimensions: `path=/`.
    pub part: String,
    /// Percent in the last period that has a value; none where none lately has.
    pub percent: Option<f64>,
    /// When that period began.
    pub at: Option<Timestamp>,
}

/// What can be asked about the agent.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Agent {
    /// What the agent reported last of a target's memory and disks.
    async fn target_agent(&self, id: TargetId) -> ApiResult<AgentReport>;
}
