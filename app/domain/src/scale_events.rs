//! Scale events: "be at N from T1 to T2, then return".

use crate::{
    capacity::{Capacity, CapacityChange},
    ids::TargetId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How firmly the count is held while the event lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Never fewer; policies may add more, up to the maximum.
    AtLeast,
    /// Neither more nor fewer.
    Exactly,
}

/// A scale event as its author wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScaleEvent {
    /// Whose capacity.
    pub target: TargetId,
    /// How firmly.
    pub hold: Hold,
    /// How many instances or tasks.
    pub count: u32,
    /// From when; none means as soon as it is approved.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Until when; then the capacity returns by itself.
    pub until: Timestamp,
    /// Why, for the approver and the audit log.
    pub reason: String,
}

impl ScaleEvent {
    /// What the event sets, over what would be there without it.
    ///
    /// "At least" leaves the desired capacity alone: AWS raises it to the new
    /// minimum by itself, and a number written here would cut off what a policy
    /// has added in the meantime. Nor does it lower a minimum that is higher.
    #[must_use]
    pub fn sets(&self, otherwise: Capacity) -> CapacityChange {
        match self.hold {
            Hold::AtLeast => CapacityChange {
                min: Some(self.count.max(otherwise.min)),
                desired: None,
                max: Some(self.count.max(otherwise.max)),
            },
            Hold::Exactly => CapacityChange {
                min: Some(self.count),
                desired: Some(self.count),
                max: Some(self.count),
            },
        }
    }
}

/// Where an applied scale event stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventPhase {
    /// Its start has not come.
    Waiting,
    /// Between start and return.
    Running,
    /// After the return.
    Over,
}

/// The phase of an event that holds `[from, until)`.
#[must_use]
pub fn phase(from: Timestamp, until: Timestamp, now: Timestamp) -> EventPhase {
    if now < from {
        EventPhase::Waiting
    } else if now < until {
        EventPhase::Running
    } else {
        EventPhase::Over
    }
}
