//! Reading back: what AWS shows against what a plan predicted.

use super::{Call, Plan};
use crate::{
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, Timing},
    cron, limits,
    time::{MINUTE_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// AWS may run a scheduled action late, and then takes a moment to show it.
const LATE_MS: i64 = limits::FIRING_LATE_MS + MINUTE_MS;

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

/// A plan that was carried out.
#[derive(Debug, Clone, Copy)]
pub struct Applied<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// When its steps were done.
    pub at: Timestamp,
    /// What it put into AWS was taken out again then.
    pub ended_at: Option<Timestamp>,
}

/// Where live state differs at `now` from what a plan predicted. Within minutes of
/// an edge, numbers are not judged: AWS may be late and still right.
///
/// `beside` are the other plans carried out on this target: an event that follows
/// another sets numbers of its own before the earlier one's return is looked for.
#[must_use]
pub fn differences(
    applied: Applied<'_>,
    beside: &[Applied<'_>],
    live: &Target,
    now: Timestamp,
) -> Vec<Difference> {
    let plan = applied.plan;
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
    compare_numbers(applied, beside, live, now, &mut found);
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

/// The instants at which a plan itself sets capacity.
fn own_settings(applied: Applied<'_>) -> Vec<Setting> {
    let setting = |call: &Call| match call {
        Call::SetCapacity { capacity, .. } => Some(Setting {
            at: applied.at,
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
    let steps = applied.plan.steps.iter();
    let settings = steps.filter_map(|step| setting(&step.call));
    let in_force = |setting: &Setting| applied.ended_at.is_none_or(|ended| setting.at < ended);
    settings.filter(in_force).collect()
}

/// What the plan, the plans beside it and everybody else's scheduled actions have
/// set since the plan took effect, in order. None where that cannot be told: it has
/// not taken effect, or an action cannot be read.
fn settings(
    applied: Applied<'_>,
    beside: &[Applied<'_>],
    live: &Target,
    now: Timestamp,
) -> Option<Vec<Setting>> {
    let plan = applied.plan;
    let mut settings = own_settings(applied);
    settings.retain(|setting| setting.at <= now);
    let since = settings.iter().map(|setting| setting.at).min()?;
    let of_others = beside.iter().flat_map(|other| own_settings(*other));
    settings.extend(of_others.filter(|setting| since <= setting.at && setting.at <= now));
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
        let kind = live.reference.kind;
        let firings = cron::firings(kind, action, since, now.plus_ms(1)).ok()?;
        let sets = action.capacity;
        settings.extend(firings.into_iter().map(|at| Setting {
            at,
            sets,
            direct: false,
        }));
    }
    settings.sort_by_key(|setting| setting.at);
    Some(settings)
}

/// Whether one of AWS's own firings is so fresh that it may still be under way.
fn is_under_way(settings: &[Setting], now: Timestamp) -> bool {
    settings
        .iter()
        .any(|setting| !setting.direct && now.since_ms(setting.at) <= LATE_MS)
}

/// Whether the numbers say nothing yet, because AWS may be about to change them.
/// What [`differences`] does not find then may still come.
#[must_use]
pub fn is_unsettled(
    applied: Applied<'_>,
    beside: &[Applied<'_>],
    live: &Target,
    now: Timestamp,
) -> bool {
    settings(applied, beside, live, now).is_some_and(|settings| is_under_way(&settings, now))
}

/// Replays what was set and compares what this leaves with what is live. What
/// cannot be predicted is not judged.
fn compare_numbers(
    applied: Applied<'_>,
    beside: &[Applied<'_>],
    live: &Target,
    now: Timestamp,
    found: &mut Vec<Difference>,
) {
    let Some(settings) = settings(applied, beside, live, now) else {
        return;
    };
    if is_under_way(&settings, now) {
        return;
    }
    let base = &applied.plan.base;
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
