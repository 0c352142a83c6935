//! Alarms: list, detail, chart, history, acknowledgement.

#[cfg(feature = "server")]
use crate::{ApiResult, Page};
use crate::{page::PageQuery, silences::SilenceRow};
use domain::{
    alarms::{
        AlarmKind, AlarmRule, AlarmState, AlarmTransition, FlapRule, Priority, Series,
        definition::AlarmDefinition,
    },
    channels::ChannelName,
    estate::{Environment, Scope},
    ids::{AlarmId, TargetId},
    sources::{AlarmNotes, SourceKind, SourceName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Which column a list of alarms is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmSort {
    /// State (ALARM first), then priority, then the newest change.
    #[default]
    Urgency,
    /// The newest change first.
    Newest,
    /// By name.
    Name,
}

/// Which alarms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AlarmQuery {
    /// Only in these states; empty means all.
    pub state: Vec<AlarmState>,
    /// Only of these environments; empty means all that the caller sees.
    pub environment: Vec<Environment>,
    /// Only of these priorities; empty means all.
    pub priority: Vec<Priority>,
    /// Only of these kinds of source; empty means all.
    pub source: Vec<SourceKind>,
    /// Only acknowledged, or only not.
    pub acknowledged: Option<bool>,
    /// Words that name or description contain, all of them, any case.
    pub text: String,
    /// Order.
    pub sort: AlarmSort,
    /// Which page.
    pub page: PageQuery,
}

/// Who looked after an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What they wrote.
    pub note: Option<String>,
}

/// An alarm in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmRow {
    /// Its id.
    pub id: AlarmId,
    /// Its name.
    pub name: String,
    /// Account and region; none of what lies outside of AWS.
    pub scope: Option<Scope>,
    /// What kind of system tells of it.
    pub source: SourceKind,
    /// The name of the source that calls us; none of what is read.
    pub source_name: Option<SourceName>,
    /// Its environment.
    pub environment: Environment,
    /// How much it matters.
    pub priority: Priority,
    /// Its state.
    pub state: AlarmState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why, in the source's words, shortened.
    pub reason: String,
    /// Who looks after it; gone when it leaves ALARM.
    pub acknowledged: Option<Acknowledgement>,
    /// Nobody is told of it until then, unless the last silence is ended before.
    pub silenced_until: Option<Timestamp>,
    /// Grows with every change, so that older news is recognised.
    pub version: i64,
}

/// What holds an alarm back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inhibited {
    /// The alarm that stands; none where the caller may not see it.
    pub by: Option<AlarmId>,
    /// Its name.
    pub name: Option<String>,
    /// It is over, and holds the other back until then; none while it stands.
    pub until: Option<Timestamp>,
}

/// An alarm with all that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmDetail {
    /// As in the list; the reason in full.
    pub row: AlarmRow,
    /// Its ARN; empty for an alarm that is not CloudWatch's.
    pub arn: String,
    /// What kind.
    pub kind: AlarmKind,
    /// Its description.
    pub description: String,
    /// What makes it go off.
    pub rule: AlarmRule,
    /// Actions are on.
    pub actions_enabled: bool,
    /// Who is told, as ARNs.
    pub alarm_actions: Vec<String>,
    /// All that it is told to do; none of what is not an alarm on one metric.
    pub definition: Option<Box<AlarmDefinition>>,
    /// The number of the priority rule that fitted; 0 for none.
    pub priority_rule: u32,
    /// What that rule looks at, in the caller's language.
    pub priority_because: Option<String>,
    /// The target its metric belongs to, if it is one of ours.
    pub target: Option<TargetId>,
    /// When the source was last read.
    pub read_at: Timestamp,
    /// The source no longer has it, or nobody asks any more: see `configured`.
    pub gone: bool,
    /// Its account and region, or the source that calls, are configured.
    pub configured: bool,
    /// What a source that calls us tells beside the state.
    pub notes: AlarmNotes,
    /// The AWS console's page of this alarm.
    pub console_url: Option<String>,
    /// Matchers that fit it: what a silence of it begins with.
    pub matchers: String,
    /// The silences that hold for it now, or will.
    pub silences: Vec<SilenceRow>,
    /// Nobody new is told of it while another stands.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub inhibited: Option<Inhibited>,
    /// It went off so often lately that it counts as standing until it has calmed down: how
    /// often, and within how many minutes.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub flapping: Option<FlapRule>,
    /// Who is told next while nobody takes it on.
    pub next_told: Option<NextTold>,
    /// When its acknowledgement ends by itself.
    pub acknowledged_until: Option<Timestamp>,
}

/// Who is told of an alarm, and when, unless somebody takes it on before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextTold {
    /// When.
    pub at: Timestamp,
    /// Which channels.
    pub channels: Vec<ChannelName>,
}

/// The chart behind an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmChart {
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
    /// The metric; empty when the source has no data.
    pub series: Series,
    /// The threshold line.
    pub threshold: Option<f64>,
    /// State changes in the range, oldest first.
    pub transitions: Vec<AlarmTransition>,
    /// Why there is no series, in the caller's language.
    pub note: Option<String>,
}

/// Counts for filters and headlines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmCount {
    /// State.
    pub state: AlarmState,
    /// Priority.
    pub priority: Priority,
    /// Environment.
    pub environment: Environment,
    /// How many.
    pub count: u64,
}

/// What can be asked about alarms.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Alarms {
    /// A page of alarms.
    async fn list_alarms(&self, query: AlarmQuery) -> ApiResult<Page<AlarmRow>>;
    /// How many there are, by state, priority and environment.
    async fn count_alarms(&self) -> ApiResult<Vec<AlarmCount>>;
    /// One alarm.
    async fn alarm(&self, id: AlarmId) -> ApiResult<AlarmDetail>;
    /// Its chart over the last hours, at most 168.
    async fn alarm_chart(&self, id: AlarmId, hours: u32) -> ApiResult<AlarmChart>;
    /// Its state changes, newest first.
    async fn alarm_history(&self, id: AlarmId) -> ApiResult<Vec<AlarmTransition>>;
    /// Takes an alarm on. Refused when it is not in ALARM.
    async fn acknowledge_alarm(&self, id: AlarmId, note: String) -> ApiResult<AlarmRow>;
    /// Gives it back.
    async fn unacknowledge_alarm(&self, id: AlarmId) -> ApiResult<AlarmRow>;
}
