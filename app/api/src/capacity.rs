//! Targets: list, detail, capacity over time.

use crate::page::PageQuery;
#[cfg(feature = "server")]
use crate::{ApiResult, Page};
use domain::{
    aws_timing::Effect,
    capacity::{Activity, Capacity, Target, TargetKind, TargetRef},
    estate::Environment,
    ids::{ChangeId, TargetId},
    scale_events::EventPhase,
    spot::Bought,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Which targets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TargetQuery {
    /// Only of these kinds; empty means all.
    pub kind: Vec<TargetKind>,
    /// Only of these environments; empty means all that the caller sees.
    pub environment: Vec<Environment>,
    /// Words that the name contains.
    pub text: String,
    /// Which page.
    pub page: PageQuery,
}

/// A target in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetRow {
    /// Its id.
    pub id: TargetId,
    /// Which, in AWS's terms.
    pub reference: TargetRef,
    /// Its environment.
    pub environment: Environment,
    /// Capacity.
    pub capacity: Capacity,
    /// How many serve.
    pub in_service: u32,
    /// How many are on their way.
    pub pending: u32,
    /// How many of the instances are spot.
    pub spot: u32,
    /// How those that serve are bought.
    pub bought: Bought,
    /// Suspended processes.
    pub suspended: Vec<String>,
    /// Scheduled actions, and timers of ours.
    pub actions: u32,
    /// Scaling policies that are on.
    pub policies: u32,
    /// When the next of them fires; those that AWS will not run do not count.
    pub next_action_at: Option<Timestamp>,
    /// A scale event that waits or runs.
    pub event: Option<EventRow>,
    /// When AWS was last read.
    pub read_at: Timestamp,
}

/// A scale event in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventRow {
    /// Its change request.
    pub change: ChangeId,
    /// Where it stands.
    pub phase: EventPhase,
    /// How many.
    pub count: u32,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// A target with all that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetDetail {
    /// Its id.
    pub id: TargetId,
    /// The live state, as last read.
    pub target: Target,
    /// What its timers do in the coming days, soonest first.
    pub runs: Vec<TimerRun>,
    /// Recent scaling activities, newest first.
    pub activities: Vec<Activity>,
    /// Why the activities could not be read, in the caller's language.
    pub activities_note: Option<String>,
    /// Scale events that wait or run.
    pub events: Vec<EventRow>,
    /// When AWS was last read.
    pub read_at: Timestamp,
    /// AWS no longer has it, or nobody asks any more: see `configured`.
    pub gone: bool,
    /// Its account and region are configured.
    pub configured: bool,
    /// Whether the caller may propose changes; if not, why, in the caller's language.
    pub propose_refused: Option<String>,
}

/// A timer fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimerRun {
    /// When.
    pub at: Timestamp,
    /// Which timer.
    pub timer: String,
    /// What it does.
    pub sets: Effect,
}

/// Capacity at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CapacitySample {
    /// When.
    pub at: Timestamp,
    /// Minimum.
    pub min: u32,
    /// Desired.
    pub desired: u32,
    /// Maximum.
    pub max: u32,
    /// In service.
    pub in_service: u32,
}

/// What can be asked about targets.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Targets {
    /// A page of targets, by environment and name.
    async fn list_targets(&self, query: TargetQuery) -> ApiResult<Page<TargetRow>>;
    /// One target.
    async fn target(&self, id: TargetId) -> ApiResult<TargetDetail>;
    /// Its capacity over the last hours, at most 168, oldest first.
    async fn target_samples(&self, id: TargetId, hours: u32) -> ApiResult<Vec<CapacitySample>>;
}
