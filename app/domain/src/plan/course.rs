//! What will happen to a capacity: a plan's own calls and other owners'
//! scheduled actions, in the order in which AWS carries them out.

use super::{Call, Plan, scale_event::is_start};
use crate::{
    capacity::{Capacity, CapacityChange, Timing},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// One firing of another owner's scheduled action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Firing {
    /// When.
    pub at: Timestamp,
    /// Which action.
    pub action: String,
    /// What it sets.
    pub sets: CapacityChange,
}

/// Who sets a capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover<'a> {
    /// The plan, at its beginning.
    Start,
    /// Another owner's scheduled action, by name.
    Action(&'a str),
    /// The plan's return.
    Return,
}

/// A capacity from one instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Station<'a> {
    /// From when.
    pub at: Timestamp,
    /// Who sets it.
    pub by: Mover<'a>,
    /// What is set; the rest stays.
    pub sets: CapacityChange,
    /// What is there from then on.
    pub capacity: Capacity,
}

impl Plan {
    /// Every move of the capacity in a scale event, of a plan that begins at
    /// `begins_at` where it names no start of its own. Before the first one it is
    /// `before`. A schedule's course is its timeline.
    #[must_use]
    pub fn course(&self, begins_at: Timestamp) -> Vec<Station<'_>> {
        let Some(event) = self.event() else {
            return Vec::new();
        };
        let others = event.firings.iter();
        let others = others.map(|firing| (firing.at, Mover::Action(&firing.action), firing.sets));
        let own = self.steps.iter().filter_map(|step| match &step.call {
            Call::SetCapacity { capacity, .. } => Some((begins_at, Mover::Start, *capacity)),
            Call::DeleteScheduledAction { .. }
            | Call::PutScheduledActions { .. }
            | Call::DeleteScheduledActions { .. }
            | Call::PutTimer { .. }
            | Call::DeleteTimer { .. }
            | Call::SetMix { .. }
            | Call::SetPower { .. }
            | Call::StartRefresh { .. }
            | Call::CancelRefresh { .. }
            | Call::SetProcesses { .. }
            | Call::SetAlarmActions { .. }
            | Call::PutAlarm { .. }
            | Call::DeleteAlarm { .. }
            | Call::PutMetricFilter { .. }
            | Call::DeleteMetricFilter { .. } => None,
            Call::PutScheduledAction { action, .. } => {
                let by = match is_start(&action.name) {
                    true => Mover::Start,
                    false => Mover::Return,
                };
                match action.timing {
                    Timing::Once { at } => Some((at, by, action.capacity)),
                    Timing::Recurring { .. } => None,
                }
            }
        });
        let mut moves: Vec<_> = others.chain(own).collect();
        moves.sort_by_key(|(at, ..)| *at);
        let mut capacity = event.before;
        moves
            .into_iter()
            .map(|(at, by, sets)| {
                capacity = capacity.with(sets);
                Station {
                    at,
                    by,
                    sets,
                    capacity,
                }
            })
            .collect()
    }
}
