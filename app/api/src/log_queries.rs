//! Queries of logs that run on a schedule: how the last run of each came out, and what it cost.

use domain::{
    alarms::AlarmState,
    estate::{Environment, Scope},
    ids::AlarmId,
    log_queries::LogQueryName,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A query of logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogQueryView {
    /// Its name, which is its alarm's.
    pub name: LogQueryName,
    /// Account and region.
    pub scope: Scope,
    /// The log groups that it reads.
    pub groups: Vec<String>,
    /// What it asks, in the language of Logs Insights.
    pub query: String,
    /// Minutes from one run to the next.
    pub every_minutes: u32,
    /// Minutes that one run looks at.
    pub window_minutes: u32,
    /// The rows that it may answer.
    pub above: u32,
    /// Where its alarm belongs.
    pub environment: Environment,
    /// Gigabytes that it may scan in a day.
    pub scan_gb_a_day: u32,
    /// When it ran last; none before the first run.
    pub ran_at: Option<Timestamp>,
    /// The rows that it answered then; none where it gave no answer.
    pub rows: Option<u32>,
    /// Bytes that this run scanned.
    pub scanned_bytes: u64,
    /// Bytes that its runs have scanned since midnight UTC.
    pub scanned_today_bytes: u64,
    /// The state of its alarm; `insufficient_data` until the first run.
    pub state: AlarmState,
    /// Why, in English; empty until the first run.
    pub reason: String,
    /// Its alarm.
    pub alarm: Option<AlarmId>,
}
