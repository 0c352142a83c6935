//! Whether a call has already done what it is for, as live state shows.
//!
//! A call that may have been made before is looked for before it is made again:
//! repeating a one-time action after its time is refused by AWS although the
//! first put was carried out.

use super::{Call, differences::is_same_timing};
use crate::{
    capacity::{CapacityChange, Target, Timing},
    time::Timestamp,
};

impl Call {
    /// Whether its live target shows that the call was made and took effect.
    #[must_use]
    pub fn is_done(&self, live: &Target, now: Timestamp) -> bool {
        match self {
            Self::PutScheduledAction { action, .. } => {
                let there = live.actions.iter().find(|there| there.name == action.name);
                match there {
                    Some(there) => {
                        let timing = (&action.timing, &there.timing);
                        is_same_timing(live.reference.kind, timing, now)
                            && there.capacity == action.capacity
                    }
                    // A one-time action disappears when it has run.
                    None => self.time_has_passed(now) && holds(live, action.capacity),
                }
            }
            Self::DeleteScheduledAction { name, .. } => {
                live.actions.iter().all(|there| &there.name != name)
            }
            Self::SetCapacity { capacity, .. } => holds(live, *capacity),
            Self::SetProcesses {
                suspend, resume, ..
            } => {
                suspend.iter().all(|process| live.is_suspended(*process))
                    && !resume.iter().any(|process| live.is_suspended(*process))
            }
            // Its target is none: an alarm shows it.
            Self::SetAlarmActions { .. } => false,
        }
    }

    /// Whether it puts a one-time action whose time is past: AWS refuses that.
    #[must_use]
    pub fn time_has_passed(&self, now: Timestamp) -> bool {
        let Self::PutScheduledAction { action, .. } = self else {
            return false;
        };
        matches!(action.timing, Timing::Once { at } if at <= now)
    }
}

/// Whether the live capacity is as set. The desired capacity counts only where
/// no policy moves it.
fn holds(live: &Target, set: CapacityChange) -> bool {
    let is = |wanted: Option<u32>, found: u32| wanted.is_none_or(|wanted| wanted == found);
    let capacity = live.capacity;
    is(set.min, capacity.min)
        && is(set.max, capacity.max)
        && (live.scales_itself() || is(set.desired, capacity.desired))
}
