//! The objects with which AWS itself keeps the time, and what AWS does with them.
//!
//! The cast: an [`Object`] is one scheduled action of an Auto Scaling group, one
//! of Application Auto Scaling, or one schedule of EventBridge Scheduler, exactly
//! as its API takes it. [`run`] is an executor of AWS's documented rules: given
//! objects and the state they find, it tells the state of every resource over
//! time. It was written from the documentation alone and shares nothing with
//! what makes objects out of schedules, so that each proves the other.
//!
//! Where AWS documents nothing, the executor does not guess: it answers
//! [`Fault::Undefined`], so that nobody can come to rely on a guess.
//!
//! It may not read a clock, and it never calls the evaluator of schedules.

mod actions;
mod execute;
mod firings;
mod replace;

#[cfg(all(test, feature = "tzdb"))]
mod tests;

pub use execute::{Effect, Restart, Run, quota, run};
pub(crate) use replace::NO_END_MS;
pub use replace::{Replacement, Step, replace};

use crate::{capacity::Capacity, schedules::SpotShare, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What stands before `service:action` in the target of a schedule that calls
/// AWS's API (EventBridge Scheduler User Guide, "Using universal targets").
pub const UNIVERSAL_TARGET: &str = "arn:aws:scheduler:::aws-sdk:";

/// The services that keep time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKind {
    /// A scheduled action of an EC2 Auto Scaling group.
    AsgScheduledAction,
    /// A scheduled action of Application Auto Scaling.
    AppautoscalingScheduledAction,
    /// A schedule of EventBridge Scheduler.
    SchedulerSchedule,
}

/// One object, as the service's API takes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Object {
    /// Which service keeps it.
    pub kind: ObjectKind,
    /// Unique in its group, in its scalable target, or among all schedules.
    pub name: String,
    /// The group's name, the id of the scalable target (`service/cluster/name`),
    /// or the API call that a schedule makes.
    pub target: String,
    /// Not before. Of a group's action without a recurrence, its one time.
    pub start: Option<Timestamp>,
    /// Not at this instant and not after it.
    pub end: Option<Timestamp>,
    /// When it fires, in the dialect of its service.
    pub recurrence: Option<String>,
    /// The IANA zone of the recurrence.
    pub timezone: String,
    /// What the call is given.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub input: Value,
    /// Of a schedule of EventBridge Scheduler, which else tries for a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_policy: Option<RetryPolicy>,
    /// Of a schedule of EventBridge Scheduler, which asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flexible_time_window: Option<FlexibleTimeWindow>,
}

/// How long EventBridge Scheduler tries a call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetryPolicy {
    /// How often after the first time.
    pub maximum_retry_attempts: u32,
    /// For how many seconds.
    pub maximum_event_age_seconds: u32,
}

/// Whether EventBridge Scheduler may fire late on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum FlexibleTimeWindow {
    /// It may not.
    Off,
}

/// What an object acts on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Resource {
    /// An Auto Scaling group.
    Group {
        /// Its name.
        name: String,
    },
    /// An ECS service.
    Service {
        /// `cluster/name`.
        name: String,
    },
    /// Every instance that bears a tag.
    TaggedInstances {
        /// The tag's key.
        key: String,
        /// Its value.
        value: String,
    },
    /// An RDS instance.
    Database {
        /// Its identifier.
        name: String,
    },
    /// An Aurora cluster.
    DatabaseCluster {
        /// Its identifier.
        name: String,
    },
    /// A managed node group of EKS.
    NodeGroup {
        /// Its cluster.
        cluster: String,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group { name } => write!(f, "asg:{name}"),
            Self::Service { name } => write!(f, "ecs:{name}"),
            Self::TaggedInstances { key, value } => write!(f, "ec2:{key}={value}"),
            Self::Database { name } => write!(f, "rds:{name}"),
            Self::DatabaseCluster { name } => write!(f, "rds_cluster:{name}"),
            Self::NodeGroup { cluster, name } => write!(f, "eks:{cluster}/{name}"),
        }
    }
}

/// What of a resource a schedule can set; none is what was never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct State {
    /// Sizes of a group, a service or a node group.
    pub sizes: Option<Capacity>,
    /// The mix of a group.
    pub mix: Option<SpotShare>,
    /// Whether an instance or a database runs.
    pub running: Option<bool>,
    /// Since when a stopped database has been stopped, if that was before the run.
    pub stopped_at: Option<Timestamp>,
}

/// Why AWS would refuse objects, or why nobody can know what it would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The service refuses the object.
    #[error("`{name}` is refused: {reason}")]
    Refused {
        /// The object.
        name: String,
        /// Why.
        reason: String,
    },
    /// AWS documents no behaviour for this.
    #[error("what `{name}` does at {local} is documented nowhere: {reason}")]
    Undefined {
        /// The object.
        name: String,
        /// The local time it is about.
        local: String,
        /// What is not documented.
        reason: &'static str,
    },
    /// Two objects act on one resource at one time.
    #[error("`{first}` and `{second}` both act on {resource} at {at}")]
    Collision {
        /// One.
        first: String,
        /// The other.
        second: String,
        /// On what.
        resource: Resource,
        /// When.
        at: Timestamp,
    },
    /// More objects than the service keeps for one target.
    #[error("{count} objects for {resource}; AWS allows {count_max}")]
    TooMany {
        /// For what.
        resource: Resource,
        /// So many.
        count: usize,
        /// Allowed.
        count_max: usize,
    },
}

impl Fault {
    fn refused(object: &Object, reason: impl Into<String>) -> Self {
        Self::Refused {
            name: object.name.clone(),
            reason: reason.into(),
        }
    }
}
