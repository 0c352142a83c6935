//! Planning a schedule: from what AWS has of it to what it should have, and the
//! capacity that holds from the first moment.
//!
//! For each target: new objects are put, then the capacity of now is set, then old
//! objects are deleted. So nothing is ever turned off without the objects that turn
//! it on again standing in AWS already, and a kill between any two calls leaves what
//! the next run goes on from.

mod batches;
mod checks;
mod overrides;
mod own;

use super::{Call, Effect, OtherEvent, Plan, Step, power::switch};
use crate::{
    alarms::AlarmReading,
    aws_timing::{Fault, Object, Resource, replace},
    capacity::{Capacity, CapacityChange, ScheduledAction, SpotMix, Target, TargetRef},
    changes::Change,
    checks::Finding,
    freezes::Freeze,
    ids::ChangeId,
    limits,
    schedules::{
        Level, Power, Schedule, ScheduleName, SpotShare, Timetable,
        compile::{Compiled, compile},
        day_range,
    },
    time::{Timestamp, Zone},
};
use batches::batched;
use checks::{
    check_freezes, check_policies, check_target, check_whole, frozen_within, is_off,
    several_environments,
};
pub use overrides::{Overriding, plan_override};
use own::{Own, Replaced, is_timer};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, ops::Range};

/// What a schedule, or its removal, does to its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleEffect {
    /// Which schedule.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub schedule: ScheduleName,
    /// The change request by which the schedule that it takes the place of was
    /// applied: approvals are for this one to follow that one.
    pub replaces: Option<ChangeId>,
    /// What an override, or the end of one, makes of the schedule; none where the change
    /// request brings a whole schedule, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overriding: Option<Box<Overriding>>,
    /// Until when the objects make every change; none when there are none.
    pub good_until: Option<Timestamp>,
    /// What is done to each.
    pub targets: Vec<ScheduleTarget>,
}

impl ScheduleEffect {
    /// The schedule that holds once this is carried out; none where it goes on as it was, or
    /// is removed.
    #[must_use]
    pub fn brought<'a>(&'a self, change: &'a Change) -> Option<&'a Schedule> {
        match change {
            Change::ApplySchedule { schedule, .. } => Some(schedule),
            _ => self.overriding.as_ref().map(|one| &one.schedule),
        }
    }
}

/// What a schedule does to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleTarget {
    /// Which.
    pub target: TargetRef,
    /// Live capacity when the plan was made.
    pub before: Capacity,
    /// What holds once it is applied; none when the capacity stays as it is.
    pub level: Option<Level>,
    /// The live state it rests on.
    pub base: ScheduleBase,
    /// What AWS keeps of the schedule afterwards.
    pub objects: Vec<Object>,
}

/// The live state that the plan of a schedule rests on. If it changes, approvals are
/// void. A schedule sets every number itself, and so rests on none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleBase {
    /// A policy moves the desired capacity.
    pub scales_itself: bool,
    /// Suspended processes, sorted.
    pub suspended: Vec<String>,
    /// Scheduled actions that are not the schedule's own, by name, without the
    /// computed next run.
    pub actions: Vec<ScheduledAction>,
    /// Actions whose places it takes, as they stand.
    pub taken: Vec<ScheduledAction>,
    /// The role under which its timers call, where it needs any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer_role: Option<String>,
}

/// A target and the name of an action of it.
pub type Taken = BTreeSet<(TargetRef, String)>;

/// Everything that the plan of a schedule is made of, read beforehand.
pub struct ScheduleSituation<'a> {
    /// The live targets that it names.
    pub targets: &'a [Target],
    /// Targets that it names and AWS does not show.
    pub missing: &'a [String],
    /// Live targets that it stood on and names no more.
    pub leaving: &'a [Target],
    /// The alarms that the targets' policies name, as last read.
    pub alarms: &'a [AlarmReading],
    /// Names of actions that are its own although they do not begin as its names do:
    /// it has taken their places, or is about to.
    pub taken: &'a Taken,
    /// The schedule of its name that stands, if one does.
    pub replaces: Option<ChangeId>,
    /// Approved or applied scale events.
    pub events: &'a [(TargetRef, OtherEvent)],
    /// Other schedules that stand on these targets.
    pub schedules: &'a [(TargetRef, ScheduleName)],
    /// The role under which timers call in the targets' account, if one is configured.
    pub timer_role: Option<&'a str>,
    /// All freezes.
    pub freezes: &'a [Freeze],
    /// For how long people wait for spot capacity.
    pub below_desired_minutes: u32,
    /// The rules of a zone, by its name.
    pub zones: &'a dyn Fn(&str) -> Option<Zone>,
    /// Now.
    pub now: Timestamp,
}

/// Plans that a schedule holds from now on, in place of what AWS has of it.
#[must_use]
pub fn plan_schedule(timetable: &Timetable<'_>, situation: &ScheduleSituation<'_>) -> Plan {
    let schedule = timetable.schedule();
    let Range {
        start: from,
        end: until,
    } = horizon(timetable, situation.now);
    let compiled = compile(timetable, from, until);
    let (_, level) = timetable.capacity_at(from);

    let mut plan = empty(schedule.name(), Some(until), situation);
    let mut findings: Vec<_> = cannot_compile(&compiled).collect();
    check_whole(timetable, situation, &mut findings);
    let changes = changes(timetable, from..until);
    if let Some((at, level)) = changes.last()
        && is_off(*level)
        && timetable.next(*at, 1).is_empty()
    {
        findings.push(Finding::OffForGood { at: *at });
    }
    // An edge that comes while the calls are made would find no object yet.
    let edge_is_near = changes
        .get(1)
        .is_some_and(|(at, _)| at.since_ms(from) < limits::SCHEDULE_EDGE_NEAR_MS);
    for target in situation.targets {
        let own = Own::of(target, schedule.name(), situation);
        let wanted = objects_of(&compiled, target);
        if wanted.iter().any(is_timer) && situation.timer_role.is_none() {
            findings.push(Finding::NoTimerRole {
                target: target.reference.name.clone(),
            });
            continue;
        }
        let done = match own.replaced(&wanted, situation, &(from..until)) {
            Ok(done) => done,
            Err(fault) => {
                findings.push(cannot_replace(target, &fault));
                continue;
            }
        };
        let found = check_target(target, &own, &done, &changes, situation);
        findings.extend(
            found
                .into_iter()
                .map(|one| of_target(target, situation, one)),
        );
        let now = Now::of(target, level, edge_is_near);
        push_target(&mut plan, target, &own, done, now);
    }
    for target in situation.leaving {
        findings.push(Finding::LeavesTarget {
            target: target.reference.name.clone(),
        });
        push_removal(&mut plan, target, schedule.name(), situation);
    }
    check_freezes(timetable, situation, from..until, &changes, &mut findings);
    if plan.steps.is_empty() && findings.is_empty() {
        findings.push(Finding::NoEffect);
    }
    // What was so before is told of a plan that does nothing, too.
    for target in situation.targets {
        let found = check_policies(target, &changes, situation.alarms);
        findings.extend(
            found
                .into_iter()
                .map(|one| of_target(target, situation, one)),
        );
    }
    findings.sort_by_key(Finding::severity);
    plan.findings = findings;
    plan
}

/// With the target's name, where there are several.
fn of_target(target: &Target, situation: &ScheduleSituation<'_>, finding: Finding) -> Finding {
    match situation.targets.len() {
        0 | 1 => finding,
        _ => finding.on(&target.reference.name),
    }
}

/// Plans the next days of a schedule that stands: from the objects that were put to
/// those of the new horizon. What somebody edited by hand stays as it is, and is
/// drift; no capacity is set: both are for people to decide.
#[must_use]
pub fn plan_extension(
    timetable: &Timetable<'_>,
    kept: &[ScheduleTarget],
    situation: &ScheduleSituation<'_>,
) -> Plan {
    let schedule = timetable.schedule();
    let horizon = horizon(timetable, situation.now);
    let compiled = compile(timetable, horizon.start, horizon.end);
    let mut plan = empty(schedule.name(), Some(horizon.end), situation);
    plan.findings.extend(cannot_compile(&compiled));
    for target in situation.targets {
        let mut parts = kept.iter();
        let Some(part) = parts.find(|part| part.target == target.reference) else {
            continue;
        };
        let wanted = objects_of(&compiled, target);
        let own = Own::of(target, schedule.name(), situation);
        // What has ended is gone from AWS.
        let objects = part.objects.iter();
        let ahead = objects.filter(|object| !object.has_ended(situation.now));
        let old: Vec<Object> = ahead.cloned().collect();
        match replace(&old, &wanted, situation.zones, &horizon) {
            Ok(replacement) => {
                let replaced = Replaced::of(replacement);
                let as_it_is = Now {
                    level: part.level,
                    ..Now::default()
                };
                push_target(&mut plan, target, &own, replaced, as_it_is);
            }
            Err(fault) => plan.findings.push(cannot_replace(target, &fault)),
        }
    }
    plan.findings.extend(frozen_within(situation, 1));
    plan
}

/// The objects that act on a target.
fn objects_of(compiled: &Compiled, target: &Target) -> Vec<Object> {
    let resource = Resource::of(&target.reference);
    let acts_on_it = |object: &&Object| object.resource().is_ok_and(|of| of == resource);
    let objects = compiled.objects.iter();
    objects.filter(acts_on_it).cloned().collect()
}

fn cannot_compile(compiled: &Compiled) -> impl Iterator<Item = Finding> {
    let refused = compiled.refused.iter().cloned();
    refused.map(|refusal| Finding::CannotCompile { refusal })
}

fn cannot_replace(target: &Target, fault: &Fault) -> Finding {
    Finding::CannotReplace {
        target: target.reference.name.clone(),
        reason: fault.to_string(),
    }
}

/// From when its objects make every change, and until when: what comes sooner is set
/// at once.
fn horizon(timetable: &Timetable<'_>, now: Timestamp) -> Range<Timestamp> {
    let from = now.floor_minute().plus_ms(limits::SCHEDULE_LEAD_MS);
    let zone = timetable.zone();
    let today = zone.civil(now).date();
    let (_, until) = day_range(zone, today, limits::COMPILE_DAYS_DEFAULT);
    from..until
}

/// Plans that a schedule is taken out of AWS. The capacity stays as it is.
#[must_use]
pub fn plan_removal(schedule: &ScheduleName, situation: &ScheduleSituation<'_>) -> Plan {
    let mut plan = empty(schedule, None, situation);
    for target in situation.targets.iter().chain(situation.leaving) {
        push_removal(&mut plan, target, schedule, situation);
    }
    plan.findings.extend(several_environments(situation));
    plan.findings.extend(frozen_within(situation, 1));
    plan.findings.push(Finding::StaysAsItIs);
    plan.findings.sort_by_key(Finding::severity);
    plan
}

fn empty(
    schedule: &ScheduleName,
    good_until: Option<Timestamp>,
    situation: &ScheduleSituation<'_>,
) -> Plan {
    Plan {
        from: None,
        until: None,
        effect: Effect::Schedule(ScheduleEffect {
            schedule: schedule.clone(),
            replaces: situation.replaces,
            overriding: None,
            good_until,
            targets: Vec::new(),
        }),
        steps: Vec::new(),
        findings: Vec::new(),
    }
}

fn push_removal(
    plan: &mut Plan,
    target: &Target,
    schedule: &ScheduleName,
    situation: &ScheduleSituation<'_>,
) {
    let own = Own::of(target, schedule, situation);
    let gone = Replaced {
        puts: Vec::new(),
        deletes: own.objects(),
        objects: Vec::new(),
    };
    push_target(plan, target, &own, gone, Now::default());
}

/// What is set on a target when the plan is carried out.
#[derive(Default)]
struct Now {
    /// What holds from then on; none where nothing is set.
    level: Option<Level>,
    /// What is set of its sizes.
    sizes: Option<CapacityChange>,
    /// How it buys its instances.
    mix: Option<SpotShare>,
    /// Whether it is on.
    power: Option<Power>,
}

impl Now {
    /// What brings a live target to a level; nothing where it has it, unless it is to
    /// be set again.
    fn of(target: &Target, level: Level, again: bool) -> Self {
        let live = target.mix.map(SpotMix::share);
        Self {
            level: Some(level),
            sizes: sizes_now(target, level, again),
            mix: level.spot().filter(|wanted| again || live != Some(*wanted)),
            power: level
                .power()
                .filter(|wanted| again || target.power() != Some(*wanted)),
        }
    }
}

fn push_target(plan: &mut Plan, target: &Target, own: &Own<'_>, replaced: Replaced, now: Now) {
    let reference = || target.reference.clone();
    let mut steps = Vec::new();
    let mut push = |call, undo| steps.push(Step { call, undo });
    for object in replaced.puts {
        let undo = own.put_back(&object, true);
        let undo = undo.unwrap_or_else(|| own.delete(&object));
        if let Some(call) = own.put(object) {
            push(call, Some(undo));
        }
    }
    // What the new sizes launch is bought by the new mix.
    if let Some(mix) = now.mix {
        let set = |share: SpotShare| Call::SetMix {
            target: reference(),
            mix: share.into(),
        };
        let before = target.mix.map(SpotMix::share);
        push(set(mix), before.map(set));
    }
    if let Some(power) = now.power {
        let Step { call, undo } = switch(target, power);
        push(call, undo);
    }
    if let Some(capacity) = now.sizes {
        let set = |capacity| Call::SetCapacity {
            target: reference(),
            capacity,
        };
        let before = CapacityChange {
            desired: (!target.scales_itself()).then_some(target.capacity.desired),
            ..target.capacity.into()
        };
        push(set(capacity), Some(set(before)));
    }
    for object in replaced.deletes {
        push(own.delete(&object), own.put_back(&object, false));
    }
    plan.steps.append(&mut batched(steps));
    if let Effect::Schedule(effect) = &mut plan.effect {
        effect.targets.push(ScheduleTarget {
            target: target.reference.clone(),
            before: target.capacity,
            level: now.level,
            base: own.base(target, &replaced.objects),
            objects: replaced.objects,
        });
    }
}

/// What brings a live target to the sizes of a level; none when it has them, unless
/// they are to be set again, and none of what is only on or off. Where a policy moves the desired capacity, it stays inside
/// the new bounds as it is.
fn sizes_now(target: &Target, level: Level, again: bool) -> Option<CapacityChange> {
    let live = target.capacity;
    let wanted = after(target, level);
    let counts = !matches!(level, Level::Power { .. });
    (counts && (again || wanted != live)).then_some(CapacityChange {
        min: Some(wanted.min),
        desired: (wanted.desired != live.desired).then_some(wanted.desired),
        max: Some(wanted.max),
    })
}

/// The capacity of a target once a level was set.
#[must_use]
pub(super) fn after(target: &Target, level: Level) -> Capacity {
    let sets = level_sets(level, target.scales_itself());
    target.capacity.with(sets)
}

/// What a level sets. Where a policy moves the desired capacity, it is left alone.
#[must_use]
pub fn level_sets(level: Level, scales_itself: bool) -> CapacityChange {
    match level {
        Level::Group { capacity, .. } => CapacityChange {
            desired: (!scales_itself).then_some(capacity.desired),
            ..capacity.into()
        },
        Level::Bounds { min, max } => CapacityChange {
            min: Some(min),
            desired: None,
            max: Some(max),
        },
        // All that there are: `Capacity::with` stops at the maximum.
        Level::Power { state } => CapacityChange {
            desired: Some(match state {
                Power::Running => u32::MAX,
                Power::Stopped => 0,
            }),
            ..CapacityChange::default()
        },
    }
}

/// Every change of capacity, the first being what holds at the start. A change of
/// rule alone is none: nothing fires then.
fn changes(timetable: &Timetable<'_>, horizon: Range<Timestamp>) -> Vec<(Timestamp, Level)> {
    let mut changes: Vec<(Timestamp, Level)> = Vec::new();
    for change in timetable.timeline(horizon.start, horizon.end) {
        if changes.last().is_none_or(|(_, last)| *last != change.level) {
            changes.push((change.at, change.level));
        }
    }
    changes
}

#[cfg(all(test, feature = "tzdb"))]
mod tests;
