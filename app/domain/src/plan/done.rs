//! Whether a call has already done what it is for, as live state shows.
//!
//! A call that may have been made before is looked for before it is made again:
//! repeating a one-time action after its time is refused by AWS although the
//! first put was carried out.

use super::{Call, differences::is_put};
use crate::{
    aws_timing::Effect,
    capacity::{CapacityChange, ScheduledAction, Target, Timing},
    mixes::Mix,
    schedules::Power,
    time::Timestamp,
    timers::Timer,
};

impl Call {
    /// Whether its live target shows that the call was made and took effect.
    #[must_use]
    pub fn is_done(&self, live: &Target, now: Timestamp) -> bool {
        match self {
            Self::PutScheduledAction { action, .. } => stands(action, live, now),
            Self::PutScheduledActions { actions, .. } => {
                actions.iter().all(|action| stands(action, live, now))
            }
            Self::DeleteScheduledAction { name, .. } => {
                live.actions.iter().all(|there| &there.name != name)
            }
            Self::DeleteScheduledActions { names, .. } => live
                .actions
                .iter()
                .all(|there| !names.contains(&there.name)),
            Self::SetCapacity { capacity, .. } => holds(live, *capacity),
            Self::PutTimer { timer, .. } => {
                let name = &timer.object.name;
                let mut timers = live.timers.iter();
                match timers.find(|there| there.object.name == *name) {
                    Some(there) => there.does_the_same(timer, now),
                    None => self.time_has_passed(now) && has_fired(timer, live),
                }
            }
            Self::DeleteTimer { name, .. } => {
                live.timers.iter().all(|there| &there.object.name != name)
            }
            Self::SetMix { mix, .. } => buys(live, *mix),
            Self::SetPower { power, .. } => live.power() == Some(*power),
            Self::SetProcesses {
                suspend, resume, ..
            } => {
                suspend.iter().all(|process| live.is_suspended(*process))
                    && !resume.iter().any(|process| live.is_suspended(*process))
            }
            // Its target does not tell: a list of refreshes does, an alarm, or a log group.
            Self::StartRefresh { .. }
            | Self::CancelRefresh { .. }
            | Self::SetAlarmActions { .. }
            | Self::PutAlarm { .. }
            | Self::DeleteAlarm { .. }
            | Self::PutMetricFilter { .. }
            | Self::DeleteMetricFilter { .. } => false,
        }
    }

    /// Whether it puts what fires once, and that time is past: AWS refuses that.
    #[must_use]
    pub fn time_has_passed(&self, now: Timestamp) -> bool {
        match self {
            Self::PutScheduledAction { action, .. } => is_past(&action.timing, now),
            Self::PutScheduledActions { actions, .. } => {
                actions.iter().all(|action| is_past(&action.timing, now))
            }
            Self::PutTimer { timer, .. } => {
                let timing = timer.object.timing();
                timing.is_some_and(|timing| is_past(&timing, now))
            }
            _ => false,
        }
    }

    /// As it can be made now, without what AWS would refuse for its time is past; none where
    /// nothing is left.
    #[must_use]
    pub fn due_after(self, now: Timestamp) -> Option<Self> {
        if self.time_has_passed(now) {
            return None;
        }
        Some(match self {
            Self::PutScheduledAction { target, action } => Self::PutScheduledAction {
                target,
                action: action.due_after(now)?,
            },
            Self::PutScheduledActions { target, actions } => {
                let actions = actions.into_iter();
                let actions = actions.filter_map(|action| action.due_after(now));
                let actions: Vec<_> = actions.collect();
                if actions.is_empty() {
                    return None;
                }
                Self::PutScheduledActions { target, actions }
            }
            Self::PutTimer { timer, .. } if timer.object.end.is_some_and(|end| end <= now) => {
                return None;
            }
            Self::PutTimer {
                target,
                timer,
                replaces,
            } => Self::PutTimer {
                target,
                timer: timer.as_of(now),
                replaces,
            },
            call => call,
        })
    }
}

impl ScheduledAction {
    /// As it can be put now: AWS refuses a start or an end that is past. None where its only
    /// time, or its end, is.
    pub(super) fn due_after(mut self, now: Timestamp) -> Option<Self> {
        if let Timing::Recurring {
            starts_at, ends_at, ..
        } = &mut self.timing
        {
            if ends_at.is_some_and(|end| end <= now) {
                return None;
            }
            *starts_at = starts_at.filter(|start| *start > now);
        }
        (!is_past(&self.timing, now)).then_some(self)
    }
}

fn is_past(timing: &Timing, now: Timestamp) -> bool {
    matches!(timing, Timing::Once { at } if *at <= now)
}

/// Whether a live target has an action, or shows that it has run.
fn stands(action: &ScheduledAction, live: &Target, now: Timestamp) -> bool {
    match live.actions.iter().find(|there| there.name == action.name) {
        Some(there) => is_put(action, there, live.reference.kind, now),
        // A one-time action disappears when it has run.
        None => is_past(&action.timing, now) && holds(live, action.capacity),
    }
}

/// Whether live state is as the firings of a timer leave it.
fn has_fired(timer: &Timer, live: &Target) -> bool {
    match timer.object.effect() {
        Ok(Effect::Mix(share)) => buys(live, Mix::from(share)),
        Ok(Effect::Running(running)) => {
            let power = if running {
                Power::Running
            } else {
                Power::Stopped
            };
            live.power() == Some(power)
        }
        Ok(Effect::Sizes(sizes)) => holds(live, sizes),
        // Application Auto Scaling has actions of its own for these.
        Ok(Effect::Bounds(_)) | Err(_) => false,
    }
}

/// Whether the group buys its instances so.
fn buys(live: &Target, wanted: Mix) -> bool {
    live.mix.is_some_and(|mix| mix.is(wanted))
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
