//! Reading back: what AWS shows against what a plan predicted.

use super::{Call, Plan, ScheduleTarget, schedule::after};
use crate::{
    alarms::definition::AlarmField,
    aws_timing::{Object, ObjectKind},
    capacity::{
        Capacity, CapacityChange, ScheduledAction, SpotMix, Target, TargetKind, TargetRef, Timing,
    },
    cron, limits,
    mixes::{Mix, SpotStrategy},
    processes::Process,
    refreshes::{Refresh, RefreshState},
    schedules::{
        Level, Power, ScheduleName, SpotShare, Timetable,
        compile::{object_prefix, stopped_since},
    },
    time::{MINUTE_MS, SECOND_MS, Timestamp},
    timers::Timer,
};
use serde::{Deserialize, Serialize};

/// AWS may run a scheduled action late, and then takes a moment to show it.
const LATE_MS: i64 = limits::FIRING_LATE_MS + MINUTE_MS;

/// EventBridge Scheduler goes on trying while a machine or a database is in between.
const TRIED_MS: i64 = limits::SCHEDULE_RETRY_S_MAX as i64 * SECOND_MS;

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
    /// What was to run is stopped, or the other way round.
    Power {
        /// Predicted.
        expected: Power,
        /// So many run.
        on: u32,
        /// Of so many.
        all: u32,
    },
    /// AWS tells of no instance refresh.
    RefreshMissing,
    /// An instance refresh that was to be cancelled goes on.
    RefreshGoesOn,
    /// An instance refresh ended before every instance was replaced.
    RefreshEnded {
        /// How.
        state: RefreshState,
        /// Percent that were replaced.
        percent: u32,
        /// Why, in AWS's words.
        reason: String,
    },
    /// Spot is bought in other pools.
    Strategy {
        /// Predicted.
        expected: SpotStrategy,
        /// Live, where AWS tells.
        found: Option<SpotStrategy>,
    },
    /// AWS will run an action of a schedule at another time than it should.
    NextRun {
        /// Its name.
        action: String,
        /// Predicted.
        expected: Timestamp,
        /// As AWS tells.
        found: Timestamp,
    },
    /// A process is suspended that was to run, or runs that was to be suspended.
    Process {
        /// Which.
        process: Process,
        /// Live.
        suspended: bool,
    },
    /// The alarm is gone.
    AlarmGone,
    /// The actions of an alarm are on that were to be off, or the other way round.
    AlarmActions {
        /// Live.
        enabled: bool,
    },
    /// An alarm that was to be deleted is still there.
    AlarmLeft,
    /// The metric filter that counts lines for an alarm is not there.
    FilterGone {
        /// Its name.
        filter: String,
    },
    /// A metric filter that was to be deleted is still there.
    FilterLeft {
        /// Its name.
        filter: String,
    },
    /// A part of an alarm is another.
    AlarmField {
        /// Which.
        field: AlarmField,
        /// Predicted.
        expected: String,
        /// Live; none where the alarm is no longer one on a metric.
        found: Option<String>,
    },
    /// One of several targets has this.
    OnTarget {
        /// The target's name.
        target: String,
        /// What is not as predicted.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        difference: Box<Difference>,
    },
}

impl Difference {
    /// The same, said of one of several targets.
    #[must_use]
    pub fn on(self, target: &str) -> Self {
        Self::OnTarget {
            target: target.to_owned(),
            difference: Box::new(self),
        }
    }
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
            Call::SetProcesses {
                suspend, resume, ..
            } => compare_processes(suspend, resume, live, &mut found),
            Call::SetPower { power, .. } => push_power(*power, live, &mut found),
            Call::SetMix { mix, .. } => push_mix(*mix, live, &mut found),
            // Told by other readings.
            Call::SetCapacity { .. }
            | Call::SetAlarmActions { .. }
            | Call::PutAlarm { .. }
            | Call::DeleteAlarm { .. }
            | Call::PutMetricFilter { .. }
            | Call::DeleteMetricFilter { .. }
            | Call::StartRefresh { .. }
            | Call::CancelRefresh { .. } => {}
            // Schedules alone have these.
            Call::PutTimer { .. }
            | Call::DeleteTimer { .. }
            | Call::PutScheduledActions { .. }
            | Call::DeleteScheduledActions { .. } => {}
        }
    }
    compare_numbers(applied, beside, live, now, &mut found);
    found
}

/// Where a refresh that a plan started stands; none while it goes on.
#[must_use]
pub fn refresh_differences(ours: Option<&Refresh>) -> Option<Vec<Difference>> {
    let Some(refresh) = ours else {
        return Some(vec![Difference::RefreshMissing]);
    };
    match refresh.state {
        state if state.is_active() => None,
        RefreshState::Successful => Some(Vec::new()),
        state => Some(vec![Difference::RefreshEnded {
            state,
            percent: refresh.percent,
            reason: refresh.reason.clone(),
        }]),
    }
}

/// Whether a refresh that was cancelled goes on.
#[must_use]
pub fn cancel_differences(refreshes: &[Refresh]) -> Vec<Difference> {
    let goes_on = |refresh: &Refresh| refresh.state == RefreshState::Running;
    match refreshes.iter().any(goes_on) {
        true => vec![Difference::RefreshGoesOn],
        false => Vec::new(),
    }
}

fn compare_processes(
    suspend: &[Process],
    resume: &[Process],
    live: &Target,
    found: &mut Vec<Difference>,
) {
    let suspend = suspend.iter().map(|process| (*process, true));
    let resume = resume.iter().map(|process| (*process, false));
    let differs = |(process, wanted): &(Process, bool)| live.is_suspended(*process) != *wanted;
    found.extend(
        suspend
            .chain(resume)
            .filter(differs)
            .map(|(process, wanted)| Difference::Process {
                process,
                suspended: !wanted,
            }),
    );
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
fn own_settings(applied: Applied<'_>, target: &TargetRef) -> Vec<Setting> {
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
    let steps = steps.filter(|step| step.call.target() == Some(target));
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
    let mut settings = own_settings(applied, &live.reference);
    settings.retain(|setting| setting.at <= now);
    let since = settings.iter().map(|setting| setting.at).min()?;
    let of_others = beside
        .iter()
        .flat_map(|other| own_settings(*other, &live.reference));
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
        .chain(plan.event()?.base.actions.iter().filter(vanished));
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
    let Some(base) = applied.plan.event().map(|event| &event.base) else {
        return;
    };
    let start = Capacity {
        min: base.min,
        desired: base.desired.unwrap_or(base.min),
        max: base.max,
    };
    let expected = settings
        .iter()
        .fold(start, |capacity, setting| capacity.with(setting.sets));
    // Between open bounds a policy moves the desired capacity as it sees fit.
    let fixed = !live.scales_itself() || expected.min == expected.max;
    push_numbers(expected, live.capacity, fixed, found);
}

fn push_numbers(expected: Capacity, live: Capacity, desired: bool, found: &mut Vec<Difference>) {
    let mut compare = |field: &str, expected: u32, live: u32| {
        if expected != live {
            found.push(Difference::Number {
                field: field.into(),
                expected,
                found: live,
            });
        }
    };
    compare("min", expected.min, live.min);
    compare("max", expected.max, live.max);
    if desired {
        compare("desired", expected.desired, live.desired);
    }
}

/// A schedule that stands on a target, and what else may have moved its numbers.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The schedule.
    pub timetable: &'a Timetable<'a>,
    /// What it did to the target.
    pub part: &'a ScheduleTarget,
    /// Scale events hold the target at this time, or returned it just now.
    pub in_event: bool,
}

/// Where live state differs at `now` from what a schedule wants. AWS's own noise is
/// none: a start that moves with every run, a one-time action that has run.
#[must_use]
pub fn schedule_differences(
    standing: Standing<'_>,
    live: &Target,
    now: Timestamp,
) -> Vec<Difference> {
    let part = standing.part;
    let mut found = Vec::new();
    for object in part.objects.iter().filter(|object| !object.has_ended(now)) {
        match object.action() {
            Some(action) => compare_kept(&action, live, now, &mut found),
            None => compare_timer(object, part, live, now, &mut found),
        }
    }
    let schedule = standing.timetable.schedule().name();
    found.extend(left_behind(schedule, live, &part.objects, now));
    compare_level(standing, live, now, &mut found);
    found
}

/// What stands on a target in a schedule's name, but for the objects that it is to
/// keep. AWS takes a while to delete a timer that has run.
#[must_use]
pub fn left_behind(
    schedule: &ScheduleName,
    live: &Target,
    kept: &[Object],
    now: Timestamp,
) -> Vec<Difference> {
    let is_left = |kind: ObjectKind, name: &str| {
        name.starts_with(&object_prefix(kind, schedule))
            && kept.iter().all(|object| object.name != name)
    };
    let kind = ObjectKind::of_actions(live.reference.kind);
    let actions = live.actions.iter().map(|action| &action.name);
    let actions = actions.filter(|name| is_left(kind, name));
    let timers = live.timers.iter().map(|timer| &timer.object);
    let timers = timers.filter(|object| !object.has_ended(now));
    let timers = timers.map(|object| &object.name);
    let timers = timers.filter(|name| is_left(ObjectKind::SchedulerSchedule, name));
    let left = |name: &String| Difference::ActionLeft {
        action: name.clone(),
    };
    actions.chain(timers).map(left).collect()
}

fn compare_timer(
    wanted: &Object,
    part: &ScheduleTarget,
    live: &Target,
    now: Timestamp,
    found: &mut Vec<Difference>,
) {
    let action = wanted.name.clone();
    let mut there = live.timers.iter();
    let Some(there) = there.find(|there| there.object.name == wanted.name) else {
        found.push(Difference::ActionMissing { action });
        return;
    };
    let role_arn = part.base.timer_role.as_deref().unwrap_or_default();
    if !there.does_the_same(&Timer::new(wanted.clone(), role_arn), now) {
        found.push(Difference::ActionDiffers { action });
    }
}

fn compare_kept(
    wanted: &ScheduledAction,
    live: &Target,
    now: Timestamp,
    found: &mut Vec<Difference>,
) {
    let kind = live.reference.kind;
    let action = || wanted.name.clone();
    let mut there = live.actions.iter();
    let Some(there) = there.find(|there| there.name == wanted.name) else {
        found.push(Difference::ActionMissing { action: action() });
        return;
    };
    if !is_put(wanted, there, kind, now) {
        found.push(Difference::ActionDiffers { action: action() });
        return;
    }
    let expected = cron::next_firing(kind, wanted, now).ok().flatten();
    let told = there.next_run_at.filter(|at| *at > now);
    if let (Some(expected), Some(told)) = (expected, told)
        && expected != told
    {
        found.push(Difference::NextRun {
            action: action(),
            expected,
            found: told,
        });
    }
}

/// Whether an action is there as it is wanted, whatever ran before now.
pub(super) fn is_put(
    wanted: &ScheduledAction,
    there: &ScheduledAction,
    kind: TargetKind,
    now: Timestamp,
) -> bool {
    let tells_start = ObjectKind::of_actions(kind).tells_start();
    there.capacity == wanted.capacity
        && there
            .timing
            .means_the_same(&wanted.timing, tells_start, now)
}

/// Compares the numbers with what the schedule wants now. Whatever else moves them
/// leaves nothing to be judged.
fn compare_level(
    standing: Standing<'_>,
    live: &Target,
    now: Timestamp,
    found: &mut Vec<Difference>,
) {
    let (_, level) = standing.timetable.capacity_at(now);
    let kind = live.reference.kind;
    let late_ms = match kind.has_actions() {
        true => LATE_MS,
        false => LATE_MS + TRIED_MS,
    };
    let recent = standing.timetable.timeline(now.plus_ms(-late_ms), now);
    if recent.iter().any(|change| change.level != level) {
        return;
    }
    if let Some(wanted) = level.spot() {
        push_mix(wanted.into(), live, found);
    }
    if standing.in_event || !standing.part.base.actions.is_empty() {
        return;
    }
    let expected = after(live, level);
    match level {
        Level::Power { state } => {
            if !(state == Power::Stopped && is_started_by_aws(standing.timetable, kind, now)) {
                push_power(state, live, found);
            }
        }
        // What moves the desired size of a node group runs inside its cluster, and AWS
        // does not tell.
        _ => {
            let fixed = kind != TargetKind::Eks || expected.min == expected.max;
            push_numbers(expected, live.capacity, fixed, found);
        }
    }
}

/// A database that was to be stopped for so long that AWS starts it again and again,
/// until its timer stops it an hour later.
fn is_started_by_aws(timetable: &Timetable<'_>, kind: TargetKind, now: Timestamp) -> bool {
    let longest_ago = now.plus_ms(-limits::DATABASE_STOPPED_MS_MAX);
    kind.restarts_itself() && stopped_since(timetable, now) <= longest_ago
}

fn push_power(expected: Power, live: &Target, found: &mut Vec<Difference>) {
    if live.power() != Some(expected) {
        found.push(Difference::Power {
            expected,
            on: live.capacity.desired,
            all: live.capacity.max,
        });
    }
}

/// A group without a mixed instances policy buys everything on demand.
fn push_mix(wanted: Mix, live: &Target, found: &mut Vec<Difference>) {
    let there = live.mix.map_or(SpotShare::ALL_ON_DEMAND, SpotMix::share);
    let Mix {
        share: wanted,
        strategy,
    } = wanted;
    let live_strategy = live.mix.and_then(|mix| mix.strategy);
    if let Some(expected) = strategy
        && live_strategy != strategy
    {
        found.push(Difference::Strategy {
            expected,
            found: live_strategy,
        });
    }
    for (field, expected, there) in [
        (
            "on_demand_base",
            wanted.on_demand_base,
            there.on_demand_base,
        ),
        (
            "on_demand_percent",
            wanted.on_demand_percent,
            there.on_demand_percent,
        ),
    ] {
        if expected != there {
            found.push(Difference::Number {
                field: field.into(),
                expected,
                found: there,
            });
        }
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests;
