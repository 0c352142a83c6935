//! What is checked of a schedule before anybody approves it.

use super::{
    ScheduleSituation, after,
    own::{Own, Replaced, is_timer},
};
use crate::{
    alarms::AlarmReading,
    capacity::Target,
    checks::Finding,
    cron,
    freezes::Freeze,
    limits,
    plan::shared_checks::{
        action_quota, max_below_policy, mixes, policies, spot_without_rebalance,
    },
    schedules::{Level, Note, NoteKind, Power, SpotShare, Timetable},
    time::{DAY_MS, MINUTE_MS, Timestamp},
};
use std::ops::Range;

/// Nothing can start anything at it.
pub(super) const fn is_off(level: Level) -> bool {
    match level {
        Level::Group { capacity, .. } => capacity.max == 0,
        Level::Bounds { max, .. } => max == 0,
        Level::Power { .. } => false,
    }
}

/// The people of one environment decide: targets of another cannot be touched along
/// with theirs, not even to leave them.
pub(super) fn several_environments(situation: &ScheduleSituation<'_>) -> Option<Finding> {
    let all = situation.targets.iter().chain(situation.leaving);
    let mut environments: Vec<&str> = all.map(|target| target.environment.as_str()).collect();
    environments.sort_unstable();
    environments.dedup();
    (environments.len() > 1).then(|| Finding::SeveralEnvironments {
        environments: environments.into_iter().map(str::to_owned).collect(),
    })
}

/// What concerns the schedule and not one of its targets.
pub(super) fn check_whole(
    timetable: &Timetable<'_>,
    situation: &ScheduleSituation<'_>,
    findings: &mut Vec<Finding>,
) {
    let schedule = timetable.schedule();
    for target in situation.missing {
        findings.push(Finding::TargetMissing {
            target: target.clone(),
        });
    }
    findings.extend(several_environments(situation));
    for (target, other) in situation.schedules {
        findings.push(Finding::OtherSchedule {
            target: target.name.clone(),
            schedule: other.to_string(),
        });
    }
    let past = schedule.overrides().iter();
    let past = past.filter(|one| one.until <= situation.now).count();
    if past > 0 {
        findings.push(Finding::OverridesPast {
            count: u32::try_from(past).unwrap_or(u32::MAX),
        });
    }
}

pub(super) fn check_target(
    target: &Target,
    own: &Own<'_>,
    done: &Replaced,
    changes: &[(Timestamp, Level)],
    situation: &ScheduleSituation<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let firings = resizes(changes);
    check_foreign(target, own, changes, &firings, &mut findings);
    for (of, event) in situation.events {
        let late = event.until.plus_ms(limits::FIRING_LATE_MS);
        let inside = |at: &Timestamp| (event.from..=late).contains(at);
        if *of == target.reference && (inside(&situation.now) || firings.iter().any(inside)) {
            findings.push(Finding::EventOverlap {
                change: event.change,
                from: event.from,
                until: event.until,
            });
        }
    }
    for process in &target.suspended {
        let process = process.clone();
        match process.as_str() {
            "ScheduledActions" | "ScheduledScaling" => {
                findings.push(Finding::ProcessBlocks { process });
            }
            "Launch" | "Terminate" => findings.push(Finding::ProcessSuspended { process }),
            _ => {}
        }
    }
    // New objects stand beside the old until those are deleted.
    let puts = done.puts.iter();
    let added = puts.filter(|put| !is_timer(put) && !own.stands(put));
    findings.extend(action_quota(target, added.count()));
    let minutes = situation.below_desired_minutes;
    check_levels(target, changes, minutes, &mut findings);
    check_stopped(target, changes, situation.now, &mut findings);
    findings
}

/// When the sizes change: scheduled actions fire then. Timers set the rest.
fn resizes(changes: &[(Timestamp, Level)]) -> Vec<Timestamp> {
    let sizes = |level| match level {
        Level::Group { capacity, .. } => Level::Group {
            capacity,
            spot: None,
        },
        level => level,
    };
    let pairs = changes.iter().zip(changes.iter().skip(1));
    let resized = pairs.filter(|((_, before), (_, after))| sizes(*before) != sizes(*after));
    resized.map(|(_, (at, _))| *at).collect()
}

/// Collisions with scheduled actions that are not the schedule's own.
fn check_foreign(
    target: &Target,
    own: &Own<'_>,
    changes: &[(Timestamp, Level)],
    firings: &[Timestamp],
    findings: &mut Vec<Finding>,
) {
    let (Some((from, _)), Some((last, _))) = (changes.first(), changes.last()) else {
        return;
    };
    // Without changes of its own a schedule still wants its one capacity to last.
    let until = last.plus_ms(limits::FOREIGN_LOOK_MS);
    for action in &own.foreign {
        let kind = target.reference.kind;
        let found = match cron::firings(kind, action, *from, until) {
            Ok(found) => found,
            Err(error) => {
                findings.push(Finding::ActionUnreadable {
                    action: action.name.clone(),
                    reason: error.reason,
                });
                continue;
            }
        };
        if let Some(at) = found.iter().find(|at| firings.binary_search(at).is_ok()) {
            findings.push(Finding::SameInstant {
                action: action.name.clone(),
                at: *at,
            });
        } else if let Some(at) = found.first() {
            findings.push(Finding::ForeignAction {
                action: action.name.clone(),
                at: *at,
                sets: action.capacity,
            });
        }
    }
}

/// What the capacities themselves mean for the target, where people wait so long for spot.
fn check_levels(
    target: &Target,
    changes: &[(Timestamp, Level)],
    minutes: u32,
    findings: &mut Vec<Finding>,
) {
    let live = target.capacity;
    if let Some((_, level)) = changes.first() {
        let now = after(target, *level);
        match level {
            _ if now.desired >= live.desired => {}
            Level::Power { .. } => findings.push(Finding::StopsNow {
                count: live.desired,
            }),
            _ => findings.push(Finding::ScalesDown {
                from: live.desired,
                to: now.desired,
            }),
        }
    }
    let sets_desired = changes
        .iter()
        .any(|(_, level)| matches!(level, Level::Group { .. }));
    if sets_desired && changes.len() > 1 && target.scales_itself() {
        findings.push(Finding::PolicyMovesDesired);
    }
    let shares: Vec<SpotShare> = changes
        .iter()
        .filter_map(|(_, level)| level.spot())
        .collect();
    if shares.is_empty() {
        findings.extend(spot_without_rebalance(target, None));
    } else {
        findings.extend(mixes(target, &shares, minutes));
    }
}

/// What it means to be stopped, for what can be started again.
fn check_stopped(
    target: &Target,
    changes: &[(Timestamp, Level)],
    now: Timestamp,
    findings: &mut Vec<Finding>,
) {
    let stopped = Level::Power {
        state: Power::Stopped,
    };
    if changes.iter().all(|(_, level)| *level != stopped) {
        return;
    }
    findings.push(Finding::DisksBilled);
    let end = now.plus_ms(limits::COMPILE_DAYS_DEFAULT * DAY_MS);
    let nexts = changes.iter().skip(1).map(|(next, _)| *next).chain([end]);
    let is_long = changes.iter().zip(nexts).any(|((at, level), next)| {
        *level == stopped && next.since_ms(*at) >= limits::DATABASE_STOPPED_MS_MAX
    });
    if target.reference.kind.restarts_itself() && is_long {
        findings.push(Finding::AwsStartsIt);
    }
}

/// The policies that move a target beside the schedule, and the least maximum that the
/// schedule leaves them.
pub(super) fn check_policies(
    target: &Target,
    changes: &[(Timestamp, Level)],
    alarms: &[AlarmReading],
) -> Vec<Finding> {
    let maxima = changes.iter().map(|(_, level)| after(target, *level).max);
    let least = maxima.filter(|max| *max > 0);
    let below = least.min().and_then(|max| max_below_policy(target, max));
    policies(target, alarms).chain(below).collect()
}

/// The freezes that cover any of the targets in a time.
fn freezes_over<'a>(
    situation: &ScheduleSituation<'a>,
    time: Range<Timestamp>,
) -> impl Iterator<Item = &'a Freeze> {
    let targets: Vec<&Target> = situation.targets.iter().chain(situation.leaving).collect();
    situation.freezes.iter().filter(move |freeze| {
        let covers = |target: &&Target| {
            let environment = &target.environment;
            freeze.overlaps(environment, time.start, time.end)
        };
        targets.iter().any(covers)
    })
}

/// Freezes that cover what is done from now on for so long.
pub(super) fn frozen_within(
    situation: &ScheduleSituation<'_>,
    length_ms: i64,
) -> impl Iterator<Item = Finding> {
    frozen_over(situation, situation.now..situation.now.plus_ms(length_ms))
}

/// Freezes that cover what holds in a time.
pub(super) fn frozen_over(
    situation: &ScheduleSituation<'_>,
    time: Range<Timestamp>,
) -> impl Iterator<Item = Finding> {
    freezes_over(situation, time).map(|freeze| Finding::Frozen {
        freeze: freeze.name.clone(),
        until: freeze.until,
    })
}

/// Freezes over the applying, those in which AWS would go on firing, and the runs
/// that a change of clock moves.
pub(super) fn check_freezes(
    timetable: &Timetable<'_>,
    situation: &ScheduleSituation<'_>,
    horizon: Range<Timestamp>,
    changes: &[(Timestamp, Level)],
    findings: &mut Vec<Finding>,
) {
    findings.extend(frozen_within(situation, MINUTE_MS));
    for freeze in freezes_over(situation, horizon.clone()) {
        let inside = |at: &&Timestamp| (freeze.from..freeze.until).contains(*at);
        let firings = changes.iter().skip(1).map(|(at, _)| at);
        let inside: Vec<_> = firings.filter(inside).collect();
        if let Some(first) = inside.first() {
            findings.push(Finding::FiresInFreeze {
                freeze: freeze.name.clone(),
                first: **first,
                count: u32::try_from(inside.len()).unwrap_or(u32::MAX),
            });
        }
    }
    let notes = timetable.outlook(horizon.start, horizon.end).notes;
    let clock = |note: &&Note| {
        matches!(
            note.kind,
            NoteKind::DstGap { .. } | NoteKind::DstFold { .. }
        )
    };
    let clock: Vec<_> = notes.iter().filter(clock).collect();
    if let Some(first) = clock.first() {
        findings.push(Finding::ClockChange {
            first: first.at,
            count: u32::try_from(clock.len()).unwrap_or(u32::MAX),
        });
    }
}
