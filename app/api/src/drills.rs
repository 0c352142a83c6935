//! Drills: list, preview, start, end, and what they proved.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{
    alarms::Priority,
    channels::ChannelName,
    drills::{DrillName, Expected, Receipt, Verdict},
    estate::{Environment, Scope},
    ids::{AlarmId, DrillId},
    labels::Labels,
    sources::{SourceKind, SourceName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a drill plays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DrillSubject {
    /// As this alarm: what is not named below is taken from it.
    #[serde(default)]
    pub as_alarm: Option<AlarmId>,
    /// In this environment; needed without an alarm.
    #[serde(default)]
    pub environment: Option<Environment>,
    /// As if it came from such a source; `cloudwatch` when none is named.
    #[serde(default)]
    pub source: Option<SourceKind>,
    /// As if the source of this name had told of it.
    #[serde(default)]
    pub source_name: Option<SourceName>,
    /// The name that routes and silences see; channels and pages see it marked.
    #[serde(default)]
    pub name: Option<String>,
    /// How much it matters; by the rules when none is named.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Labels that routes and silences see.
    #[serde(default)]
    pub labels: Labels,
    /// As if in this account and region.
    #[serde(default)]
    pub scope: Option<Scope>,
    /// How long it stands if nobody ends it; ten minutes when none is named.
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// A drill to be started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDrill {
    /// What it plays.
    pub subject: DrillSubject,
    /// The channels that the preview named and that it may call: it starts only when these are
    /// still the ones that would be told, so that nobody is called by surprise.
    pub tells: Vec<ChannelName>,
    /// It fails unless somebody takes it on within so many minutes.
    #[serde(default)]
    pub acknowledge_minutes: Option<u32>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// What a drill would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillPreview {
    /// Its environment.
    pub environment: Environment,
    /// Its name, without the mark.
    pub name: String,
    /// How much it would matter.
    pub priority: Priority,
    /// How long it would stand.
    pub minutes: u32,
    /// Who would be told, and when.
    pub expected: Vec<Expected>,
    /// What to start it with: those that nothing holds back.
    pub tells: Vec<ChannelName>,
}

/// A drill that begins by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecurringDrillRow {
    /// Its name in the configuration.
    pub name: DrillName,
    /// Its environment.
    pub environment: Environment,
    /// The alarm's name that routes and silences see.
    pub plays: String,
    /// When it begins, as `tue 1..7 10:00`.
    pub at: String,
    /// By whose clock.
    pub timezone: String,
    /// How long it stands if nobody ends it.
    pub minutes: u32,
    /// Within so many minutes somebody must take it on.
    pub acknowledge_minutes: Option<u32>,
    /// When it begins next; none where no such day is near.
    pub next_at: Option<Timestamp>,
}

/// Who took a drill on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillAcknowledgement {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillRow {
    /// Its id.
    pub id: DrillId,
    /// Its alarm, as long as that is kept.
    pub alarm: AlarmId,
    /// Its environment.
    pub environment: Environment,
    /// The alarm's name, with the mark.
    pub name: String,
    /// How much it is said to matter.
    pub priority: Priority,
    /// Why.
    pub note: Option<String>,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// When it ends by itself, or ended.
    pub ends_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
    /// It fails unless somebody takes it on within so many minutes.
    pub acknowledge_minutes: Option<u32>,
    /// What it proved.
    pub verdict: Verdict,
    /// Why the caller may not end it, in their language.
    pub end_refused: Option<String>,
}

/// A drill with its receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrillDetail {
    /// The drill.
    pub row: DrillRow,
    /// Who has it, or had it when it ended.
    #[cfg_attr(feature = "openapi", schema(nullable))]
    pub acknowledged: Option<DrillAcknowledgement>,
    /// What each channel got.
    pub receipts: Vec<Receipt>,
    /// Those that did not get it.
    pub missed: Vec<ChannelName>,
}

/// What can be asked about drills.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Drills {
    /// The newest drills.
    async fn list_drills(&self) -> ApiResult<Vec<DrillRow>>;
    /// Those that begin by themselves.
    async fn list_recurring_drills(&self) -> ApiResult<Vec<RecurringDrillRow>>;
    /// Who would be told.
    async fn preview_drill(&self, subject: DrillSubject) -> ApiResult<DrillPreview>;
    /// Starts one.
    async fn start_drill(&self, drill: NewDrill) -> ApiResult<DrillId>;
    /// One, with what each channel got.
    async fn drill(&self, id: DrillId) -> ApiResult<DrillDetail>;
    /// Ends one before its time.
    async fn end_drill(&self, id: DrillId) -> ApiResult<()>;
}
