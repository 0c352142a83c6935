//! Sources that call us: what they are answered, how they stand, and a mapping on trial.

#[cfg(feature = "server")]
use crate::{ApiResult, log_queries::LogQueryView};
use domain::{
    alarms::{AlarmState, Priority},
    estate::Environment,
    mappings::MappingText,
    sources::{Link, SourceName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Things it told of.
    pub told: u32,
    /// Those of which it was news.
    pub changed: u32,
    /// New ones for which the source has no room.
    pub left_out: u32,
}

/// A source that calls us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceView {
    /// Its name.
    pub name: SourceName,
    /// The word of the configuration: `prometheus`, `json`, `sns`.
    pub kind: String,
    /// The path that it calls.
    pub path: String,
    /// Its last call that was taken in.
    pub called_at: Option<Timestamp>,
    /// Its last call that could not be read, and why.
    pub refused: Option<Refusal>,
    /// The alarms that it has now; none where AWS's events tell of alarms that are read.
    pub alarms: Option<u64>,
    /// The most that it may have.
    pub alarms_max: Option<u32>,
    /// How often it may call in a minute.
    pub calls_a_minute_max: u32,
    /// Whether it calls as often as it must; none where it need not.
    pub heartbeat: Option<HeartbeatView>,
    /// How what it posts tells of alarms, where that is configured.
    pub mapping: Option<MappingText>,
}

/// A call that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// Whether a source calls as often as it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeartbeatView {
    /// Minutes from a call to the next, at most.
    pub minutes: u32,
    /// The state of its alarm; `insufficient_data` until the first call.
    pub state: AlarmState,
    /// When it is late unless it calls; none before the first call.
    pub due_at: Option<Timestamp>,
}

/// A mapping to be tried on a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The source whose environment rule is used; without it the label `environment` tells.
    #[serde(default)]
    pub source: Option<SourceName>,
    /// The mapping.
    pub mapping: MappingText,
    /// A body as the source posts it.
    pub sample: String,
}

/// What would come of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tried {
    /// The alarms that it tells of.
    pub alarms: Vec<TriedAlarm>,
}

/// An alarm as a sample tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TriedAlarm {
    /// Its name, which its labels make.
    pub name: String,
    /// Its state.
    pub state: AlarmState,
    /// Since when; the time of the call where the sample does not say.
    pub state_at: Timestamp,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Where it belongs.
    pub environment: Environment,
    /// How much it matters.
    pub priority: Priority,
    /// The rule that says so, from 1; 0 for none.
    pub priority_rule: u32,
    /// What that rule looks at.
    pub priority_because: Option<String>,
    /// What it is about.
    pub description: String,
    /// Why it has its state.
    pub reason: String,
    /// Where to read on.
    pub links: Vec<Link>,
}

/// What can be asked about sources.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Sources {
    /// All that the configuration names, in its order.
    async fn list_sources(&self) -> ApiResult<Vec<SourceView>>;
    /// The queries of logs that the configuration names, in its order.
    async fn list_log_queries(&self) -> ApiResult<Vec<LogQueryView>>;
    /// What a mapping makes of a sample. Nothing is written.
    async fn try_mapping(&self, trial: Trial) -> ApiResult<Tried>;
}
