//! Lines of logs around an alarm.

#[cfg(feature = "server")]
use crate::ApiResult;
#[cfg(feature = "server")]
use domain::ids::AlarmId;
use domain::{log_lines::LogLine, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Lines of logs around the last time that an alarm went off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmLogs {
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
    /// What was read, by log group.
    pub groups: Vec<LogGroupLines>,
    /// Metric filters whose log groups were not read, for there are too many.
    pub left_out: u32,
    /// Why no log group was read, in the caller's language.
    pub note: Option<String>,
    /// The permission that is missing, in IAM's words, if that is why.
    pub missing: Option<String>,
}

/// Lines of one log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogGroupLines {
    /// The log group.
    pub group: String,
    /// The metric filter that reads it; none where the service's own naming names it.
    pub filter: Option<String>,
    /// Which lines are shown, as a filter pattern of CloudWatch Logs; empty for all.
    pub pattern: String,
    /// The lines, the oldest first.
    pub lines: Vec<LogLine>,
    /// There are more, or there may be.
    pub more: bool,
    /// Why there are none, in the caller's language.
    pub note: Option<String>,
    /// The permission that is missing, in IAM's words, if that is why.
    pub missing: Option<String>,
    /// The AWS console's page of the log group at this time.
    pub console_url: Option<String>,
}

/// What can be asked about logs.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Logs {
    /// Lines of logs around the last time that an alarm went off.
    async fn alarm_logs(&self, id: AlarmId) -> ApiResult<AlarmLogs>;
}
