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
    /// Its time is over; the return has not been seen in AWS yet.
    Returning,
    /// After the return, or after a return that was looked for in vain.
    Over,
    /// Ended before its start came: it never ran.
    Cancelled,
}

impl EventPhase {
    /// All, in the order of a life.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Returning,
        Self::Over,
        Self::Cancelled,
    ];

    /// The word shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Returning => "returning",
            Self::Over => "over",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads what [`EventPhase::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text)
    }
}

/// The life of a scale event that stands in AWS, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventLife {
    /// First instant of `[from, until)`.
    pub from: Timestamp,
    /// When it returns by itself.
    pub until: Timestamp,
    /// Ended before its time then.
    pub ended_at: Option<Timestamp>,
    /// Nobody waits for the return any more: it was seen, or given up.
    pub return_settled: bool,
}

impl EventLife {
    /// Where it stands at an instant.
    #[must_use]
    pub fn phase(&self, now: Timestamp) -> EventPhase {
        match self.ended_at {
            Some(ended_at) if ended_at < self.from => EventPhase::Cancelled,
            Some(_) => EventPhase::Over,
            None if now < self.from => EventPhase::Waiting,
            None if now < self.until => EventPhase::Running,
            None if self.return_settled => EventPhase::Over,
            None => EventPhase::Returning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_has_its_phases_in_order() {
        let at = |minute: i64| Timestamp::from_ms(minute * 60_000);
        let check = |ended_at: Option<i64>, return_settled, now, expected| {
            let life = EventLife {
                from: at(10),
                until: at(20),
                ended_at: ended_at.map(at),
                return_settled,
            };
            assert_eq!(life.phase(at(now)), expected, "{ended_at:?} {now}");
        };
        check(None, false, 9, EventPhase::Waiting);
        check(None, false, 10, EventPhase::Running);
        check(None, false, 19, EventPhase::Running);
        check(None, false, 20, EventPhase::Returning);
        check(None, true, 20, EventPhase::Over);
        check(Some(9), false, 9, EventPhase::Cancelled);
        check(Some(9), false, 30, EventPhase::Cancelled);
        check(Some(12), false, 13, EventPhase::Over);
    }
}
