//! The timeline: targets below each other, their planned and their actual capacity over
//! days.

#[cfg(feature = "server")]
use crate::ApiResult;
use crate::{
    capacity::EventRow,
    page::{Page, PageQuery},
};
use domain::{
    capacity::TargetRef, estate::Environment, freezes::Freeze, ids::TargetId, time::Timestamp,
    timeline::PlannedStep,
};
use serde::{Deserialize, Serialize};

/// Days that are shown unless asked otherwise.
pub const TIMELINE_DAYS_DEFAULT: u32 = 7;

/// Which part of which targets' time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TimelineQuery {
    /// Only targets of these environments; empty means all that the caller sees.
    pub environment: Vec<Environment>,
    /// Words that the target's name contains.
    pub text: String,
    /// Where it begins; none means a while before today, by the caller's clock.
    pub from: Option<Timestamp>,
    /// How many days, 1 to 28.
    pub days: u32,
    /// Which page of targets.
    pub page: PageQuery,
}

impl Default for TimelineQuery {
    fn default() -> Self {
        Self {
            environment: Vec::new(),
            text: String::new(),
            from: None,
            days: TIMELINE_DAYS_DEFAULT,
            page: PageQuery::default(),
        }
    }
}

/// What was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActualStep {
    /// From when, until the next one.
    pub at: Timestamp,
    /// How many served; none while nobody looked.
    pub in_service: Option<u32>,
}

/// One target's time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lane {
    /// The target's id.
    pub target: TargetId,
    /// Which, in AWS's terms.
    pub reference: TargetRef,
    /// Its environment.
    pub environment: Environment,
    /// A policy moves its capacity between minimum and maximum.
    pub scales_itself: bool,
    /// The schedule that stands on it.
    pub schedule: Option<String>,
    /// Suspended processes: AWS may not do what is planned.
    pub suspended: Vec<String>,
    /// What is planned, the first step at the start of the timeline.
    pub planned: Vec<PlannedStep>,
    /// What was there, where it changed.
    pub actual: Vec<ActualStep>,
    /// Scale events, soonest first.
    pub events: Vec<EventRow>,
}

/// Targets below each other over the same days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timeline {
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
    /// When it was made: what is before was, what is after is planned.
    pub now: Timestamp,
    /// The targets by environment and name, none that is gone.
    pub lanes: Page<Lane>,
    /// Freezes of that time that touch what the caller sees.
    pub freezes: Vec<Freeze>,
}

/// What can be asked about time.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Timelines {
    /// Planned and actual capacity of a page of targets.
    async fn timeline(&self, query: TimelineQuery) -> ApiResult<Timeline>;
}
