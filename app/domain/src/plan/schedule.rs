//! Planning a schedule: from what AWS has of it to what it should have, and the
//! capacity that holds from the first moment.
//!
//! For each target: new objects are put, then the capacity of now is set, then old
//! objects are deleted. So nothing is ever turned off without the objects that turn
//! it on again standing in AWS already, and a kill between any two calls leaves what
//! the next run goes on from.

use super::{Call, Effect, OtherEvent, Plan, Step};
use crate::{
    aws_timing::{self, Object, Resource, replace},
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, TargetKind, TargetRef, Timing},
    checks::Finding,
    cron,
    freezes::Freeze,
    limits,
    schedules::{Level, Note, NoteKind, ScheduleName, Timetable, compile::compile, day_range},
    time::{MINUTE_MS, Timestamp, Zone},
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
}

/// Everything that the plan of a schedule is made of, read beforehand.
pub struct ScheduleSituation<'a> {
    /// The live targets that it names.
    pub targets: &'a [Target],
    /// Targets that it names and AWS does not show.
    pub missing: &'a [String],
    /// Live targets that it stood on and names no more.
    pub leaving: &'a [Target],
    /// Names of actions that are its own although they do not begin as its names do:
    /// it has taken their places, or is about to.
    pub taken: &'a BTreeSet<String>,
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
    // What changes before the objects can stand is set at once.
    let from = situation
        .now
        .floor_minute()
        .plus_ms(limits::SCHEDULE_LEAD_MS);
    let zone = timetable.zone();
    let today = zone.civil(situation.now).date();
    let (_, until) = day_range(zone, today, limits::COMPILE_DAYS_DEFAULT);
    let compiled = compile(timetable, from, until);
    let (_, level) = timetable.capacity_at(from);

    let mut plan = empty(schedule.name(), Some(until));
    let mut findings = Vec::new();
    for refusal in &compiled.refused {
        findings.push(Finding::CannotCompile {
            refusal: refusal.clone(),
        });
    }
    check_whole(timetable, situation, &mut findings);
    let changes: Vec<(Timestamp, Level)> = timetable
        .timeline(from, until)
        .iter()
        .map(|change| (change.at, change.level))
        .collect();
    if let Some((at, level)) = changes.last()
        && is_off(*level)
        && timetable.next(*at, 1).is_empty()
    {
        findings.push(Finding::OffForGood { at: *at });
    }
    for target in situation.targets {
        let own = Own::of(target, schedule.name(), situation);
        let mine = |object: &&Object| {
            let resource = object.resource();
            resource.is_ok_and(|resource| resource == Resource::of(&target.reference))
        };
        let wanted: Vec<Object> = compiled.objects.iter().filter(mine).cloned().collect();
        let done = own.replaced(&wanted, situation, &(from..until));
        let mut found = check_target(target, &own, &done, &changes, situation);
        if situation.targets.len() > 1 {
            let name = &target.reference.name;
            found = found.into_iter().map(|one| one.on(name)).collect();
        }
        findings.append(&mut found);
        push_target(&mut plan, target, &own, done, Some(level));
    }
    for target in situation.leaving {
        push_removal(&mut plan, target, schedule.name(), situation);
    }
    check_freezes(timetable, situation, from..until, &changes, &mut findings);
    if plan.steps.is_empty() && findings.is_empty() {
        findings.push(Finding::NoEffect);
    }
    findings.sort_by_key(Finding::severity);
    plan.findings = findings;
    plan
}

/// Plans that a schedule is taken out of AWS. The capacity stays as it is.
#[must_use]
pub fn plan_removal(schedule: &ScheduleName, situation: &ScheduleSituation<'_>) -> Plan {
    let mut plan = empty(schedule, None);
    for target in situation.targets.iter().chain(situation.leaving) {
        push_removal(&mut plan, target, schedule, situation);
    }
    let at = situation.now;
    for freeze in situation.freezes {
        let mut targets = situation.targets.iter();
        if targets.any(|target| freeze.overlaps(&target.environment, at, at.plus_ms(1))) {
            plan.findings.push(frozen(freeze));
        }
    }
    plan.findings.push(Finding::StaysAsItIs);
    plan.findings.sort_by_key(Finding::severity);
    plan
}

fn empty(schedule: &ScheduleName, good_until: Option<Timestamp>) -> Plan {
    Plan {
        from: None,
        until: None,
        effect: Effect::Schedule(ScheduleEffect {
            schedule: schedule.clone(),
            good_until,
            targets: Vec::new(),
        }),
        steps: Vec::new(),
        findings: Vec::new(),
    }
}

fn frozen(freeze: &Freeze) -> Finding {
    Finding::Frozen {
        freeze: freeze.name.clone(),
        until: freeze.until,
    }
}

/// The scheduled actions of a target: the schedule's own and all others.
struct Own<'a> {
    now: Timestamp,
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

impl<'a> Own<'a> {
    fn of(
        target: &'a Target,
        schedule: &ScheduleName,
        &ScheduleSituation { taken, now, .. }: &ScheduleSituation<'_>,
    ) -> Self {
        let prefix = object_prefix(target.reference.kind, schedule);
        let is_own = |action: &&ScheduledAction| {
            action.name.starts_with(&prefix) || taken.contains(&action.name)
        };
        let (own, foreign) = target.actions.iter().partition(is_own);
        Self {
            now,
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
    ) -> Replaced {
        let object = |action: &&ScheduledAction| Object::of_action(self.target, action);
        let readable = |object: &Object| {
            replace(std::slice::from_ref(object), &[], situation.zones, horizon).is_ok()
        };
        let (old, odd): (Vec<_>, Vec<_>) = self.own.iter().map(object).partition(readable);
        let replacement = replace(&old, wanted, situation.zones, horizon).unwrap_or_default();
        let mut replaced = Replaced {
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
        let kept = |odd: &Object| replaced.objects.iter().any(|kept| kept.name == odd.name);
        let odd = odd.iter().filter(|odd| !kept(odd));
        let odd: Vec<_> = odd.filter_map(Object::action).collect();
        replaced.deletes.extend(odd);
        replaced
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
        let mut actions: Vec<_> = self
            .foreign
            .iter()
            .map(|action| ScheduledAction {
                next_run_at: None,
                ..(*action).clone()
            })
            .collect();
        actions.sort_by(|one, other| one.name.cmp(&other.name));
        let mut suspended = target.suspended.clone();
        suspended.sort();
        ScheduleBase {
            scales_itself: target.scales_itself(),
            suspended,
            actions,
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
    push_target(plan, target, &own, gone, None);
}

fn push_target(
    plan: &mut Plan,
    target: &Target,
    own: &Own<'_>,
    replaced: Replaced,
    level: Option<Level>,
) {
    for action in replaced.puts {
        let undo = match own.before(&action.name) {
            Some(before) => own.put(before),
            None => own.delete(action.name.clone()),
        };
        plan.steps.push(Step {
            call: own.put(action),
            undo: Some(undo),
        });
    }
    if let Some(capacity) = level.and_then(|level| sets_now(target, level)) {
        plan.steps.push(Step {
            call: Call::SetCapacity {
                target: target.reference.clone(),
                capacity,
            },
            undo: Some(Call::SetCapacity {
                target: target.reference.clone(),
                capacity: target.capacity.into(),
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

/// What brings a live target to a capacity; none when it has it. Where a policy
/// moves the desired capacity, it stays inside the new bounds as it is.
fn sets_now(target: &Target, level: Level) -> Option<CapacityChange> {
    let live = target.capacity;
    let wanted = after(target, level)?;
    (wanted != live).then_some(CapacityChange {
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

/// Nothing can start anything at it.
const fn is_off(level: Level) -> bool {
    match level {
        Level::Group { capacity, .. } => capacity.max == 0,
        Level::Bounds { max, .. } => max == 0,
        Level::Power { .. } => false,
    }
}

/// What concerns the schedule and not one of its targets.
fn check_whole(
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
    let mut environments: Vec<&str> = situation
        .targets
        .iter()
        .map(|target| target.environment.as_str())
        .collect();
    environments.sort_unstable();
    environments.dedup();
    if environments.len() > 1 {
        findings.push(Finding::SeveralEnvironments {
            environments: environments.into_iter().map(str::to_owned).collect(),
        });
    }
    for (target, other) in situation.schedules {
        findings.push(Finding::OtherSchedule {
            target: target.name.clone(),
            schedule: other.to_string(),
        });
    }
    if matches!(
        schedule.base(),
        Level::Group { spot: Some(_), .. } | Level::Power { .. }
    ) {
        findings.push(Finding::NotAppliedYet {
            kind: schedule.kind(),
        });
    }
}

fn check_target(
    target: &Target,
    own: &Own<'_>,
    done: &Replaced,
    changes: &[(Timestamp, Level)],
    situation: &ScheduleSituation<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let firings: Vec<Timestamp> = changes.iter().skip(1).map(|(at, _)| *at).collect();
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
    let kept = done.objects.len() + own.foreign.len();
    let limit = match target.reference.kind {
        TargetKind::Asg => limits::ASG_SCHEDULED_ACTIONS_MAX,
        TargetKind::EcsService => limits::APPLICATION_SCHEDULED_ACTIONS_MAX,
    };
    if kept > limit {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        findings.push(Finding::ActionQuota {
            have: count(own.foreign.len()),
            adds: count(done.objects.len()),
            limit: count(limit),
        });
    }
    check_levels(target, changes, &mut findings);
    findings
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
    let until = last.plus_ms(limits::FOREIGN_LOOK_MS).max(*last);
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

/// What the capacities themselves mean for the target.
fn check_levels(target: &Target, changes: &[(Timestamp, Level)], findings: &mut Vec<Finding>) {
    let live = target.capacity;
    if let Some((_, level)) = changes.first()
        && let Some(now) = after(target, *level)
        && now.desired < live.desired
    {
        findings.push(Finding::ScalesDown {
            from: live.desired,
            to: now.desired,
        });
    }
    let sets_desired = changes
        .iter()
        .any(|(_, level)| matches!(level, Level::Group { .. }));
    if sets_desired && changes.len() > 1 && target.scales_itself() {
        findings.push(Finding::PolicyMovesDesired);
    }
    if let Some(mix) = target.mix
        && !mix.rebalance
        && mix.on_demand_percent < 100
        && target.reference.kind == TargetKind::Asg
    {
        findings.push(Finding::SpotWithoutRebalance {
            percent: 100 - mix.on_demand_percent,
        });
    }
}

/// Freezes over the applying, those in which AWS would go on firing, and the runs
/// that a change of clock moves.
fn check_freezes(
    timetable: &Timetable<'_>,
    situation: &ScheduleSituation<'_>,
    horizon: Range<Timestamp>,
    changes: &[(Timestamp, Level)],
    findings: &mut Vec<Finding>,
) {
    let now = situation.now;
    for freeze in situation.freezes {
        let covers = |from, until| {
            let mut targets = situation.targets.iter();
            targets.any(|target| freeze.overlaps(&target.environment, from, until))
        };
        if covers(now, now.plus_ms(MINUTE_MS)) {
            findings.push(frozen(freeze));
        }
        if !covers(horizon.start, horizon.end) {
            continue;
        }
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

#[cfg(all(test, feature = "tzdb"))]
mod tests;
