//! Schedules: those that stand in AWS, and what the text of one would mean.

#[cfg(feature = "server")]
use crate::ApiResult;
use crate::changes::ChangeRow;
use domain::{
    aws_timing::Object,
    capacity::TargetRef,
    estate::{Environment, Scope},
    ids::{ChangeId, TargetId},
    plan::Difference,
    schedules::{Level, Schedule, TargetKind},
    time::{Timestamp, Zone},
    trail::Attribution,
};
use serde::{Deserialize, Serialize};

/// A schedule in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRow {
    /// Its name.
    pub name: String,
    /// The environment of its targets.
    pub environment: Environment,
    /// Where its targets are.
    pub scope: Scope,
    /// Their kind.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: TargetKind,
    /// Their names.
    pub targets: Vec<String>,
    /// The zone of its clock.
    pub timezone: String,
    /// The rule that holds now: `window:day`, `base` …
    pub rule: String,
    /// The capacity that holds now.
    pub level: Level,
    /// Its next change of capacity or rule, if there is one within a year.
    pub next: Option<NextChange>,
    /// Until when AWS has its objects.
    pub good_until: Timestamp,
    /// How many things in AWS are not as it wants them.
    pub drift: u32,
    /// The change request that people approved.
    pub change: ChangeId,
    /// When that was carried out.
    pub applied_at: Timestamp,
}

/// A change that is to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextChange {
    /// When.
    pub at: Timestamp,
    /// The rule that holds then.
    pub rule: String,
    /// Its capacity.
    pub level: Level,
}

/// A schedule with all that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleDetail {
    /// As in the list.
    #[serde(flatten)]
    pub row: ScheduleRow,
    /// The schedule, and the rules of its zones.
    pub reading: ScheduleReading,
    /// Its targets, and the objects that AWS keeps for each.
    pub parts: Vec<SchedulePart>,
    /// What is not as it wants it, and since when.
    pub drift_since: Option<Timestamp>,
    /// The same, one by one.
    pub differences: Vec<Difference>,
    /// Who made the differences, as far as CloudTrail has told.
    pub drift_by: Option<Attribution>,
    /// The calendars that it names, and how they do.
    pub calendars: Vec<ScheduleCalendar>,
    /// An edit that the console proposes because a calendar names other days.
    pub calendar_edit: Option<ChangeId>,
    /// The newest change requests about it.
    pub changes: Vec<ChangeRow>,
    /// Why the caller cannot propose a change of it.
    pub propose_refused: Option<String>,
}

/// A calendar of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleCalendar {
    /// Its name.
    pub name: String,
    /// When it was last read well.
    pub read_at: Option<Timestamp>,
    /// Why the last reading failed, in English.
    pub error: Option<String>,
    /// It is in the configuration; else its days stay as they are.
    pub followed: bool,
}

/// A target of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchedulePart {
    /// Its id.
    pub id: Option<TargetId>,
    /// Which, in AWS's terms.
    pub target: TargetRef,
    /// The objects of the schedule that AWS keeps for it.
    pub objects: Vec<Object>,
}

/// The text of a schedule, read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleReading {
    /// The schedule, if the text is one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub schedule: Option<Schedule>,
    /// The rules of its zones, so that whoever has the reading can tell what holds when.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub zones: Vec<Zone>,
    /// The text in its usual form.
    pub text: String,
    /// Why the text is none.
    pub error: Option<TextError>,
}

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextError {
    /// The line, from 1; none when it is about the whole text.
    pub line: Option<u32>,
    /// The way to the field, as `windows[2].capacity.min`; empty when it is about none.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// A target's scheduled actions, told as a schedule that does the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Adoption {
    /// Where the target is.
    pub scope: Scope,
    /// The schedule, proved equal; empty when they are none.
    pub reading: ScheduleReading,
    /// The actions whose places it takes.
    pub takes_over: Vec<String>,
    /// Why they are none.
    pub refused: Option<String>,
}

/// The text of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScheduleText {
    /// YAML or JSON, as in a file.
    pub text: String,
}

/// What can be asked about schedules.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Schedules {
    /// Schedules that stand, by environment and name.
    async fn list_schedules(&self) -> ApiResult<Vec<ScheduleRow>>;
    /// One of them.
    async fn schedule(&self, name: String) -> ApiResult<ScheduleDetail>;
    /// A target's scheduled actions as a schedule; nothing is kept.
    async fn adopt_actions(&self, target: TargetId) -> ApiResult<Adoption>;
    /// Reads a text; nothing is kept. What is wrong with it is an answer, too.
    async fn read_schedule(&self, text: String) -> ApiResult<ScheduleReading>;
}
