//! Planning a schedule: from what AWS has of it to what it should have, and the
//! capacity that holds from the first moment.
//!
//! For each target: new objects are put, then the capacity of now is set, then old
//! objects are deleted. So nothing is ever turned off without the objects that turn
//! it on again standing in AWS already, and a kill between any two calls leaves what
//! the next run goes on from.

mod checks;

use super::{Call, Effect, OtherEvent, Plan, Step};
use crate::{
    alarms::AlarmReading,
    aws_timing::{self, Fault, NO_END_MS, Object, Replacement, Resource, replace},
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, TargetKind, TargetRef, Timing},
    checks::Finding,
    freezes::Freeze,
    ids::ChangeId,
    limits,
    schedules::{
        Level, ScheduleName, Timetable,
        compile::{Compiled, compile},
        day_range,
    },
    time::{Timestamp, Zone},
};
use checks::{
    check_freezes, check_policies, check_target, check_whole, frozen_within, is_off,
    several_environments,
};
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
    /// Until when the objects make every change; none when there are none.
    pub good_until: Option<Timestamp>,
    /// What is done to each.
    pub targets: Vec<ScheduleTarget>,
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
    /// All freezes.
    pub freezes: &'a [Freeze],
    /// The rules of a zone, by its name.
    pub zones: &'a dyn Fn(&str) -> Option<Zone>,
    /// Now.
    pub now: Timestamp,
}

/// The names of a schedule's objects begin so; no other schedule's do.
#[must_use]
pub fn object_prefix(kind: TargetKind, schedule: &ScheduleName) -> String {
    match kind {
        TargetKind::Asg => format!("lamplighter/{schedule}/"),
        TargetKind::EcsService => format!("lamplighter.{schedule}."),
    }
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
        let sets = sets_now(target, level, edge_is_near);
        push_target(&mut plan, target, &own, done, (Some(level), sets));
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
        let ahead = part.objects.iter().filter(|object| {
            let action = object.action();
            action.is_none_or(|action| !has_ended(&action, situation.now))
        });
        let old: Vec<Object> = ahead.cloned().collect();
        match replace(&old, &wanted, situation.zones, &horizon) {
            Ok(replacement) => {
                let replaced = Replaced::of(replacement);
                push_target(&mut plan, target, &own, replaced, (part.level, None));
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

/// It never fires again, and AWS keeps it or not.
pub(super) fn has_ended(action: &ScheduledAction, now: Timestamp) -> bool {
    match &action.timing {
        Timing::Once { at } => *at <= now,
        Timing::Recurring { ends_at, .. } => ends_at.is_some_and(|end| end <= now),
    }
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
            good_until,
            targets: Vec::new(),
        }),
        steps: Vec::new(),
        findings: Vec::new(),
    }
}

/// The scheduled actions of a target: the schedule's own and all others.
struct Own<'a> {
    now: Timestamp,
    /// How its own names begin.
    prefix: String,
    target: &'a TargetRef,
    own: Vec<&'a ScheduledAction>,
    foreign: Vec<&'a ScheduledAction>,
}

/// A replacement in the terms of scheduled actions.
struct Replaced {
    puts: Vec<ScheduledAction>,
    deletes: Vec<ScheduledAction>,
    objects: Vec<Object>,
}

impl Replaced {
    fn of(replacement: Replacement) -> Self {
        let mut replaced = Self {
            puts: Vec::new(),
            deletes: Vec::new(),
            objects: replacement.objects,
        };
        for step in &replacement.steps {
            match step {
                aws_timing::Step::Put { object } => replaced.puts.extend(object.action()),
                aws_timing::Step::Delete { object } => replaced.deletes.extend(object.action()),
            }
        }
        replaced
    }
}

impl<'a> Own<'a> {
    fn of(
        target: &'a Target,
        schedule: &ScheduleName,
        &ScheduleSituation { taken, now, .. }: &ScheduleSituation<'_>,
    ) -> Self {
        let prefix = object_prefix(target.reference.kind, schedule);
        let is_own = |action: &&ScheduledAction| {
            let key = || (target.reference.clone(), action.name.clone());
            action.name.starts_with(&prefix) || taken.contains(&key())
        };
        let (own, foreign) = target.actions.iter().partition(is_own);
        Self {
            now,
            prefix,
            target: &target.reference,
            own,
            foreign,
        }
    }

    /// From what is there to what is wanted. What is there and cannot be read by
    /// AWS's own rules has been edited by somebody: it is put again or deleted.
    fn replaced(
        &self,
        wanted: &[Object],
        situation: &ScheduleSituation<'_>,
        horizon: &Range<Timestamp>,
    ) -> Result<Replaced, Fault> {
        let object = |action: &&ScheduledAction| Object::of_action(self.target, action);
        let readable = |object: &Object| {
            replace(std::slice::from_ref(object), &[], situation.zones, horizon).is_ok()
        };
        let (old, odd): (Vec<_>, Vec<_>) = self.own.iter().map(object).partition(readable);
        let replacement = replace(&old, wanted, situation.zones, horizon)?;
        let mut replaced = Replaced::of(replacement);
        let kept = |odd: &Object| replaced.objects.iter().any(|kept| kept.name == odd.name);
        let odd = odd.iter().filter(|odd| !kept(odd));
        let odd: Vec<_> = odd.filter_map(Object::action).collect();
        replaced.deletes.extend(odd);
        Ok(replaced)
    }

    /// How an action of that name was before.
    fn before(&self, name: &str) -> Option<ScheduledAction> {
        let found = self.own.iter().find(|action| action.name == name);
        found.map(|action| as_it_was((*action).clone(), self.now))
    }

    fn put(&self, action: ScheduledAction) -> Call {
        Call::PutScheduledAction {
            target: self.target.clone(),
            action,
        }
    }

    fn delete(&self, name: String) -> Call {
        Call::DeleteScheduledAction {
            target: self.target.clone(),
            name,
        }
    }

    fn base(&self, target: &Target) -> ScheduleBase {
        let kept = |actions: &[&ScheduledAction]| {
            let plain = actions.iter().map(|action| ScheduledAction {
                next_run_at: None,
                ..(*action).clone()
            });
            let mut plain: Vec<_> = plain.collect();
            plain.sort_by(|one, other| one.name.cmp(&other.name));
            plain
        };
        let taken = self.own.iter().copied();
        let taken: Vec<_> = taken
            .filter(|action| !action.name.starts_with(&self.prefix))
            .collect();
        let mut suspended = target.suspended.clone();
        suspended.sort();
        ScheduleBase {
            scales_itself: target.scales_itself(),
            suspended,
            actions: kept(&self.foreign),
            taken: kept(&taken),
        }
    }
}

/// An action as it can be put again: AWS refuses a start that is past.
fn as_it_was(mut action: ScheduledAction, now: Timestamp) -> ScheduledAction {
    action.next_run_at = None;
    if let Timing::Recurring { starts_at, .. } = &mut action.timing {
        *starts_at = starts_at.filter(|start| *start > now);
    }
    action
}

/// What is put back over an action that ends: a put that names no end may leave the
/// one that is there.
fn without_end_of(mut before: ScheduledAction, over: &ScheduledAction) -> ScheduledAction {
    if let (
        Timing::Recurring {
            ends_at: end @ None,
            ..
        },
        Timing::Recurring {
            ends_at: Some(_), ..
        },
    ) = (&mut before.timing, &over.timing)
    {
        *end = Some(Timestamp::from_ms(NO_END_MS));
    }
    before
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
        deletes: own.own.iter().map(|&action| action.clone()).collect(),
        objects: Vec::new(),
    };
    push_target(plan, target, &own, gone, (None, None));
}

fn push_target(
    plan: &mut Plan,
    target: &Target,
    own: &Own<'_>,
    replaced: Replaced,
    (level, sets): (Option<Level>, Option<CapacityChange>),
) {
    for action in replaced.puts {
        let undo = match own.before(&action.name) {
            Some(before) => own.put(without_end_of(before, &action)),
            None => own.delete(action.name.clone()),
        };
        plan.steps.push(Step {
            call: own.put(action),
            undo: Some(undo),
        });
    }
    if let Some(capacity) = sets {
        plan.steps.push(Step {
            call: Call::SetCapacity {
                target: target.reference.clone(),
                capacity,
            },
            undo: Some(Call::SetCapacity {
                target: target.reference.clone(),
                capacity: CapacityChange {
                    desired: (!target.scales_itself()).then_some(target.capacity.desired),
                    ..target.capacity.into()
                },
            }),
        });
    }
    for action in replaced.deletes {
        plan.steps.push(Step {
            call: own.delete(action.name.clone()),
            undo: Some(own.put(as_it_was(action, own.now))),
        });
    }
    if let Effect::Schedule(effect) = &mut plan.effect {
        effect.targets.push(ScheduleTarget {
            target: target.reference.clone(),
            before: target.capacity,
            level,
            base: own.base(target),
            objects: replaced.objects,
        });
    }
}

/// What brings a live target to a capacity; none when it has it, unless it is to be
/// set again. Where a policy moves the desired capacity, it stays inside the new
/// bounds as it is.
fn sets_now(target: &Target, level: Level, again: bool) -> Option<CapacityChange> {
    let live = target.capacity;
    let wanted = after(target, level)?;
    (again || wanted != live).then_some(CapacityChange {
        min: Some(wanted.min),
        desired: (wanted.desired != live.desired).then_some(wanted.desired),
        max: Some(wanted.max),
    })
}

/// The capacity of a target once a level was set; none for what has no sizes.
#[must_use]
pub(super) fn after(target: &Target, level: Level) -> Option<Capacity> {
    let live = target.capacity;
    let (min, max, desired) = match level {
        Level::Group { capacity, .. } if target.scales_itself() => {
            (capacity.min, capacity.max, None)
        }
        Level::Group { capacity, .. } => (capacity.min, capacity.max, Some(capacity.desired)),
        Level::Bounds { min, max } => (min, max, None),
        Level::Power { .. } => return None,
    };
    Some(live.with(CapacityChange {
        min: Some(min),
        desired,
        max: Some(max),
    }))
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
