//! Reading back: what AWS shows against what a plan predicted.

use super::{Call, Plan};
use crate::{
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, Timing},
    cron,
    time::{MINUTE_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// AWS may run a scheduled action this late (EC2 Auto Scaling User Guide,
/// "Scheduled scaling": up to two minutes), and then takes a moment to show it.
const LATE_MS: i64 = 3 * MINUTE_MS;

/// One thing that is not as predicted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// The target is gone.
    TargetGone,
    /// A scheduled action of the plan is not there.
    ActionMissing {
        /// Its name.
        action: String,
    },
    /// A scheduled action of the plan fires at another time or sets something else.
    ActionDiffers {
        /// Its name.
        action: String,
    },
    /// A scheduled action that was to be deleted is still there.
    ActionLeft {
        /// Its name.
        action: String,
    },
    /// A number is another.
    Number {
        /// `min`, `desired` or `max`.
        field: String,
        /// Predicted.
        expected: u32,
        /// Live.
        found: u32,
    },
}

/// Where live state differs from the plan at `now`, after the plan was applied
/// at `applied_at`. Within minutes of an edge, numbers are not judged: AWS may
/// be late and still right.
#[must_use]
pub fn differences(
    plan: &Plan,
    live: &Target,
    now: Timestamp,
    applied_at: Timestamp,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for step in &plan.steps {
        match &step.call {
            Call::PutScheduledAction { action, .. } => {
                compare_action(action, live, now, &mut found)
            }
            Call::DeleteScheduledAction { name, .. } => {
                if live.actions.iter().any(|action| &action.name == name) {
                    found.push(Difference::ActionLeft {
                        action: name.clone(),
                    });
                }
            }
            Call::SetCapacity { .. } => {}
        }
    }
    compare_numbers(plan, live, now, applied_at, &mut found);
    found
}

fn compare_action(
    wanted: &ScheduledAction,
    live: &Target,
    now: Timestamp,
    found: &mut Vec<Difference>,
) {
    // A one-time action disappears when it has run.
    if matches!(wanted.timing, Timing::Once { at } if at <= now) {
        return;
    }
    let action = || wanted.name.clone();
    match live
        .actions
        .iter()
        .find(|action| action.name == wanted.name)
    {
        None => found.push(Difference::ActionMissing { action: action() }),
        Some(there) if there.timing != wanted.timing || there.capacity != wanted.capacity => {
            found.push(Difference::ActionDiffers { action: action() });
        }
        Some(_) => {}
    }
}

/// What was set at an instant.
struct Setting {
    at: Timestamp,
    sets: CapacityChange,
    /// By our own call, in force at once; AWS's own firings may be late.
    direct: bool,
}

/// The instants at which the plan itself sets capacity.
fn own_settings(plan: &Plan, applied_at: Timestamp) -> Vec<Setting> {
    let setting = |call: &Call| match call {
        Call::SetCapacity { capacity, .. } => Some(Setting {
            at: applied_at,
            sets: *capacity,
            direct: true,
        }),
        Call::PutScheduledAction {
            action:
                ScheduledAction {
                    timing: Timing::Once { at },
                    capacity,
                    ..
                },
            ..
        } => Some(Setting {
            at: *at,
            sets: *capacity,
            direct: false,
        }),
        _ => None,
    };
    plan.steps
        .iter()
        .filter_map(|step| setting(&step.call))
        .collect()
}

/// Replays what the plan and everybody else's scheduled actions have set since
/// the plan took effect, and compares what this leaves with what is live.
fn compare_numbers(
    plan: &Plan,
    live: &Target,
    now: Timestamp,
    applied_at: Timestamp,
    found: &mut Vec<Difference>,
) {
    let mut settings = own_settings(plan, applied_at);
    settings.retain(|setting| setting.at <= now);
    let Some(since) = settings.iter().map(|setting| setting.at).min() else {
        return;
    };
    let is_own = |name: &str| {
        plan.steps.iter().any(|step| {
            matches!(&step.call, Call::PutScheduledAction { action, .. } if action.name == name)
        })
    };
    // One-time actions that have run are gone from AWS, but the plan knew them.
    let vanished =
        |action: &&ScheduledAction| live.actions.iter().all(|there| there.name != action.name);
    let others = live
        .actions
        .iter()
        .chain(plan.base.actions.iter().filter(vanished));
    for action in others.filter(|action| !is_own(&action.name)) {
        match cron::firings(live.reference.kind, action, since, now.plus_ms(1)) {
            Ok(firings) => {
                let sets = action.capacity;
                settings.extend(firings.into_iter().map(|at| Setting {
                    at,
                    sets,
                    direct: false,
                }));
            }
            // What cannot be read cannot be predicted: judge no number.
            Err(_) => return,
        }
    }
    settings.sort_by_key(|setting| setting.at);
    if settings
        .iter()
        .any(|setting| !setting.direct && now.since_ms(setting.at) <= LATE_MS)
    {
        return;
    }
    let base = &plan.base;
    let start = Capacity {
        min: base.min,
        desired: base.desired.unwrap_or(base.min),
        max: base.max,
    };
    let expected = settings
        .iter()
        .fold(start, |capacity, setting| capacity.with(setting.sets));
    let mut compare = |field: &str, expected: u32, live: u32| {
        if expected != live {
            found.push(Difference::Number {
                field: field.into(),
                expected,
                found: live,
            });
        }
    };
    compare("min", expected.min, live.capacity.min);
    compare("max", expected.max, live.capacity.max);
    // Between open bounds a policy moves the desired capacity as it sees fit.
    if !live.scales_itself() || expected.min == expected.max {
        compare("desired", expected.desired, live.capacity.desired);
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests;
