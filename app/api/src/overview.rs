//! The overview: what needs me now, and how the estate is doing.

#[cfg(feature = "server")]
use crate::ApiResult;
use crate::{
    alarms::{AlarmCount, AlarmRow},
    changes::ChangeRow,
};
use domain::{
    estate::Environment,
    ids::{ChangeId, TargetId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Something that will change capacity by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upcoming {
    /// When.
    pub at: Timestamp,
    /// The target.
    pub target: TargetId,
    /// Its name.
    pub target_name: String,
    /// Its environment.
    pub environment: Environment,
    /// The scheduled action.
    pub action: String,
    /// What it sets, as `min 2 · desired 4`.
    pub sets: String,
    /// The change request it comes from, if it is one of ours.
    pub change: Option<ChangeId>,
}

/// An applied change that AWS no longer shows as applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drift {
    /// The change request.
    pub change: ChangeId,
    /// The target.
    pub target: TargetId,
    /// Its name.
    pub target_name: String,
    /// Its environment.
    pub environment: Environment,
    /// What differs, in the caller's language.
    pub differences: Vec<String>,
    /// First seen.
    pub since: Timestamp,
}

/// An environment over the last 24 hours, in buckets of one length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentDay {
    /// Which.
    pub environment: Environment,
    /// Starts of the buckets, ascending.
    pub at: Vec<Timestamp>,
    /// Length of a bucket.
    pub bucket_s: u32,
    /// Instances and tasks in service, summed over targets.
    pub in_service: Vec<Option<u32>>,
    /// Desired, summed over targets.
    pub desired: Vec<Option<u32>>,
    /// Requests per minute at the load balancers, where their metrics are known.
    pub requests_per_minute: Vec<Option<f64>>,
}

/// How fresh the estate's data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeHealth {
    /// Account and region.
    pub scope: String,
    /// Last complete reading.
    pub read_at: Option<Timestamp>,
    /// Why the last attempt failed, in the caller's language.
    pub error: Option<String>,
}

/// The whole page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Counts of alarms.
    pub alarms: Vec<AlarmCount>,
    /// The most urgent alarms that nobody looks after, at most ten.
    pub urgent: Vec<AlarmRow>,
    /// Change requests the caller may approve, at most ten.
    pub waiting: Vec<ChangeRow>,
    /// The caller's own proposals, which wait for others, at most ten.
    pub proposed: Vec<ChangeRow>,
    /// Change requests that were carried out without an approval and wait for a review,
    /// at most ten.
    pub to_review: Vec<ChangeRow>,
    /// Scale events that wait or run, at most ten.
    pub events: Vec<ChangeRow>,
    /// Drift, at most ten.
    pub drift: Vec<Drift>,
    /// Checks of the estate that need a look.
    pub checks: u32,
    /// Of them, what does not work as it is set up.
    pub checks_failing: u32,
    /// Next scheduled changes that AWS will make, soonest first, at most ten.
    pub upcoming: Vec<Upcoming>,
    /// The last day, by environment.
    pub days: Vec<EnvironmentDay>,
    /// How fresh it all is.
    pub scopes: Vec<ScopeHealth>,
    /// When this was put together.
    pub at: Timestamp,
}

/// What can be asked for the overview.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Overviews {
    /// The page for this caller.
    async fn overview(&self) -> ApiResult<Overview>;
}
