//! Looks after schedules that stand in AWS: drift, and the days to come. AWS does
//! the timing; this only looks, and puts the objects of the next days in time.

use crate::{
    Services,
    changes::{self, plan, sight},
    cx::{AuditEntryExt, system_audit},
    failure::{Failure, Outcome},
    work::{trail, watch::keep_drift},
};
use api::system::WorkerReport;
use domain::{
    capacity::{Target, TargetRef},
    changes::{Change, ChangeState},
    checks::{blocks, frozen},
    ids::{ChangeId, TargetId},
    limits,
    mixes::Mix,
    people::Actor,
    plan::{
        Call, Difference, ScheduleEffect, ScheduleTarget, Standing, left_behind, level_sets,
        schedule_differences,
    },
    schedules::{Level, Schedule, ScheduleName, Timetable, Zones},
    time::Timestamp,
};
use serde_json::json;
use store::{ChangeRow, ScheduleRow, Tx};

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let mut tx = s.store.begin().await?;
    let until = now.plus_ms(limits::SCHEDULES_LEASE_MS);
    let held = tx.take_lease("schedules", &s.holder, now, until).await?;
    tx.commit().await?;
    if !held {
        return Ok(WorkerReport::Elsewhere);
    }
    let (mut standing, mut drifted) = (0_usize, 0_u32);
    let mut after: Option<ScheduleName> = None;
    loop {
        let mut read = s.store.read();
        let batch = read
            .schedules_after(after.as_ref(), limits::SCHEDULES_AT_ONCE_MAX)
            .await?;
        let Some(last) = batch.last() else {
            break;
        };
        after = Some(last.schedule.name().clone());
        standing += batch.len();
        for row in &batch {
            match look_for_drift(s, row, now).await {
                Ok(found) => drifted += u32::from(found),
                // One that cannot be looked at must not hold up those behind it.
                Err(failure) => {
                    tracing::error!(schedule = %row.schedule.name(), error = %failure, "a schedule could not be looked at");
                }
            }
        }
    }
    let extended = extend_all(s, now).await?;
    Ok(WorkerReport::LookedAfter {
        standing,
        drifted,
        extended,
    })
}

/// Compares the last poll with what the schedule wants; answers whether it differs.
async fn look_for_drift(s: &Services, row: &ScheduleRow, now: Timestamp) -> Outcome<bool> {
    let mut read = s.store.read();
    if !s.reads(&row.scope) || read.schedule_moves(row.schedule.name()).await? {
        return Ok(false);
    }
    let Some(change) = read.change(row.change).await? else {
        return Ok(false);
    };
    let zones = Zones::named_by(&row.schedule).map_err(Failure::defect)?;
    let timetable = Timetable::new(&row.schedule, &zones).map_err(Failure::defect)?;
    let mut found = Vec::new();
    for part in &row.targets {
        let Some(target) = read.target_by_reference(&part.target).await? else {
            continue;
        };
        let own = if target.gone_at.is_some() {
            vec![Difference::TargetGone]
        } else if target.read_at <= row.updated_at {
            // Read before it was applied: says nothing.
            return Ok(false);
        } else {
            let standing = Standing {
                timetable: &timetable,
                part,
                in_event: is_in_event(s, target.id, target.read_at).await?,
            };
            schedule_differences(standing, &target.target, target.read_at)
        };
        found.extend(named(own, &part.target, row.targets.len()));
    }
    keep_drift(s, &change, &found, now).await?;
    if !found.is_empty() {
        trail::trace(s, row, &change, now).await?;
    }
    Ok(!found.is_empty())
}

/// With the target's name, where there are several.
fn named(found: Vec<Difference>, target: &TargetRef, targets: usize) -> Vec<Difference> {
    match targets {
        0 | 1 => found,
        _ => found.into_iter().map(|one| one.on(&target.name)).collect(),
    }
}

/// Whether a scale event holds a target, or was over a moment ago.
async fn is_in_event(s: &Services, target: TargetId, at: Timestamp) -> Outcome<bool> {
    let late = at.plus_ms(-limits::RETURN_LATE_MS);
    let events = s.store.read().standing_events(target, late).await?;
    let begun = |event: &ChangeRow| event.from.is_none_or(|from| from <= at);
    Ok(events.iter().any(begun))
}

/// Reads every target of a change of a schedule back: what differs, and what AWS shows.
///
/// # Errors
/// What the cloud answers.
pub(super) async fn read_back(
    s: &Services,
    change: &Change,
    effect: &ScheduleEffect,
    now: Timestamp,
) -> Outcome<(Vec<Difference>, Vec<Target>)> {
    let schedule = match change {
        Change::ExtendSchedule { schedule, .. } => {
            let standing = s.store.read().schedule(schedule).await?;
            standing.map(|standing| standing.schedule)
        }
        _ => effect.brought(change).cloned(),
    };
    let zones = match &schedule {
        Some(schedule) => Zones::named_by(schedule).map_err(Failure::defect)?,
        None => Zones::of([]),
    };
    let timetable = match &schedule {
        Some(schedule) => Some(Timetable::new(schedule, &zones).map_err(Failure::defect)?),
        None => None,
    };
    let (mut found, mut live) = (Vec::new(), Vec::new());
    let references: Vec<_> = effect.targets.iter().map(|part| &part.target).collect();
    let looked_at = sight::look_at(s, &references).await?;
    for (part, target) in effect.targets.iter().zip(looked_at) {
        let Some(target) = target else {
            found.extend(named(
                vec![Difference::TargetGone],
                &part.target,
                effect.targets.len(),
            ));
            continue;
        };
        let own = match (&timetable, part.level) {
            (Some(timetable), Some(_)) => {
                let row = s.store.read().target_by_reference(&part.target).await?;
                let in_event = match row {
                    Some(row) => is_in_event(s, row.id, now).await?,
                    None => false,
                };
                let standing = Standing {
                    timetable,
                    part,
                    in_event,
                };
                schedule_differences(standing, &target, now)
            }
            _ => left_behind(&effect.schedule, &target, &[], now),
        };
        found.extend(named(own, &part.target, effect.targets.len()));
        live.push(target);
    }
    Ok((found, live))
}

/// Keeps what a change of a schedule has come to.
///
/// # Errors
/// The database's.
pub(super) async fn keep(
    tx: &mut Tx,
    row: &ChangeRow,
    effect: &ScheduleEffect,
    differences: &[Difference],
    now: Timestamp,
) -> Outcome<()> {
    let standing = tx.read().schedule(&effect.schedule).await?;
    let kept = match &row.change {
        Change::ApplySchedule {
            scope, schedule, ..
        } => {
            if let Some(before) = &standing {
                tx.clear_drift(before.change).await?;
            }
            ScheduleRow {
                schedule: (**schedule).clone(),
                scope: scope.clone(),
                environment: row.environment.clone(),
                targets: Vec::new(),
                good_until: now,
                change: row.id,
                applied_at: now,
                updated_at: now,
            }
        }
        Change::Override { .. } | Change::EndOverride { .. } => {
            let (Some(before), Some(brought)) = (standing, effect.brought(&row.change)) else {
                return Ok(());
            };
            tx.clear_drift(before.change).await?;
            ScheduleRow {
                schedule: brought.clone(),
                environment: row.environment.clone(),
                change: row.id,
                applied_at: now,
                ..before
            }
        }
        Change::ExtendSchedule { .. } => match standing {
            Some(standing) => standing,
            None => return Ok(()),
        },
        // What was left behind is still watched.
        _ if row.state != ChangeState::Applied => return Ok(()),
        _ => {
            if let Some(before) = standing {
                tx.clear_drift(before.change).await?;
            }
            tx.delete_schedule(&effect.schedule).await?;
            return Ok(());
        }
    };
    let change = kept.change;
    put(tx, kept, effect, now).await?;
    if !differences.is_empty() {
        tx.put_drift(change, differences, now).await?;
    }
    Ok(())
}

/// Writes a schedule down with what was done to its targets.
async fn put(
    tx: &mut Tx,
    mut row: ScheduleRow,
    effect: &ScheduleEffect,
    now: Timestamp,
) -> Outcome<()> {
    let stands = |part: &&ScheduleTarget| part.level.is_some();
    let done: Vec<_> = effect.targets.iter().filter(stands).cloned().collect();
    // Of a target that could not be extended is kept what was put.
    row.targets
        .retain(|kept| done.iter().all(|part| part.target != kept.target));
    row.targets.extend(done);
    row.good_until = effect.good_until.unwrap_or(now);
    row.updated_at = now;
    let mut ids = Vec::new();
    for part in &row.targets {
        let target = tx.read().target_by_reference(&part.target).await?;
        ids.extend(target.map(|target| target.id));
    }
    Ok(tx.put_schedule(&row, &ids).await?)
}

/// Extends every schedule that has less than a day to spare.
async fn extend_all(s: &Services, now: Timestamp) -> Outcome<u32> {
    let due = s
        .store
        .read()
        .schedules_to_extend(
            now.plus_ms(limits::SCHEDULE_EXTEND_MS),
            now.plus_ms(-limits::SCHEDULE_EXTEND_PAUSE_MS),
            limits::SCHEDULES_AT_ONCE_MAX,
        )
        .await?;
    let mut extended = 0;
    for row in due.iter().filter(|row| s.reads(&row.scope)) {
        match extend(s, row, now).await {
            Ok(done) => extended += u32::from(done),
            // One that cannot be extended must not hold up those behind it.
            Err(failure) => {
                tracing::warn!(schedule = %row.schedule.name(), error = %failure, "a schedule is extended later");
            }
        }
    }
    if extended > 0 {
        s.signals.feed();
        s.signals.apply();
    }
    Ok(extended)
}

/// Asks for the next days of a schedule, by the policy: what was approved goes on.
/// Where AWS has everything already, only the record moves on. Answers false when it
/// has to wait: for targets to be there, for a freeze to pass, or for people, where
/// the targets have come into another environment.
async fn extend(s: &Services, row: &ScheduleRow, now: Timestamp) -> Outcome<bool> {
    let change = Change::ExtendSchedule {
        schedule: row.schedule.name().clone(),
        reason: "the days to come".into(),
    };
    let Ok(subject) = sight::subject(s, &change).await? else {
        return Ok(false);
    };
    let Some(sight) = subject.clone().look(s).await? else {
        return Ok(false);
    };
    let id = ChangeId::from_parts(now.ms(), s.ids.random());
    let mut tx = s.store.begin().await?;
    // What was read before AWS was looked at may have been replaced or removed since.
    let held = tx.read().schedule(row.schedule.name()).await?;
    let is_held =
        |held: &ScheduleRow| (held.change, held.updated_at) == (row.change, row.updated_at);
    let held = held.filter(is_held);
    let (Some(held), false) = (held, tx.read().schedule_moves(row.schedule.name()).await?) else {
        return Ok(false);
    };
    let plan = plan::plan(tx.read(), id, &change, None, &sight, now).await?;
    let Ok(plan) = plan else {
        return Ok(false);
    };
    let moved = *sight.environment() != held.environment;
    if moved || frozen(&plan.findings) || blocks(&plan.findings) {
        return Ok(false);
    }
    if let (true, Some(effect)) = (plan.steps.is_empty(), plan.schedule()) {
        put(&mut tx, held, effect, now).await?;
        tx.commit().await?;
        return Ok(true);
    }
    let Some(approved) = tx.read().change(held.change).await? else {
        return Ok(false);
    };
    let author = Actor {
        person: approved.author,
        ..Actor::console()
    };
    let wanted = changes::Wanted {
        environment: held.environment,
        idempotency_key: None,
        proposal: change.into(),
        plan,
    };
    let row = changes::row(s, id, wanted, &subject, &author, now);
    tx.insert_change(&row).await?;
    sight::note_targets(&mut tx, id, &subject).await?;
    tx.insert_vote(id, &changes::policy_vote(s, &row, now))
        .await?;
    let audit = system_audit(now, "change.propose", id).within(&row.environment);
    let detail = json!({ "change": row.change, "hash": row.hash, "by": "policy" });
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[changes::news(&row, row.version)], now).await?;
    tx.commit().await?;
    Ok(true)
}

/// A call of a schedule's change as it is to be made now; none when its time is past.
///
/// Steps are written down when a change begins, and may be carried out much later:
/// after a kill, or after AWS was throttled. What the schedule wants *then* is set, a
/// start that is past is none, and a one-time action that is past has been made up for
/// by what is set.
///
/// # Errors
/// A defect: a zone of the schedule is not known any more.
pub(super) fn as_of(row: &ChangeRow, call: Call, now: Timestamp) -> Outcome<Option<Call>> {
    let Some(effect) = row.plan.schedule() else {
        return Ok(Some(call));
    };
    let wanted = |target: &TargetRef| {
        let mut parts = effect.targets.iter();
        let part = parts.find(|part| part.target == *target);
        let brought = effect.brought(&row.change).zip(part);
        brought.map_or(Ok(None), |(schedule, part)| level_now(schedule, part, now))
    };
    let Some(call) = call.due_after(now) else {
        return Ok(None);
    };
    Ok(Some(match call {
        Call::SetCapacity { target, capacity } => {
            let sizes = wanted(&target)?;
            let sizes = sizes.map(|(part, level)| level_sets(level, part.base.scales_itself));
            Call::SetCapacity {
                target,
                capacity: sizes.unwrap_or(capacity),
            }
        }
        Call::SetMix { target, mix } => {
            let wanted = wanted(&target)?.and_then(|(_, level)| level.spot());
            Call::SetMix {
                target,
                mix: wanted.map_or(mix, Mix::from),
            }
        }
        Call::SetPower {
            target,
            power,
            instances,
        } => {
            let wanted = wanted(&target)?.and_then(|(_, level)| level.power());
            Call::SetPower {
                target,
                power: wanted.unwrap_or(power),
                instances,
            }
        }
        call => call,
    }))
}

/// What a schedule wants of a target now, where that is no longer what was planned.
fn level_now<'a>(
    schedule: &Schedule,
    part: &'a ScheduleTarget,
    now: Timestamp,
) -> Outcome<Option<(&'a ScheduleTarget, Level)>> {
    let zones = Zones::named_by(schedule).map_err(Failure::defect)?;
    let timetable = Timetable::new(schedule, &zones).map_err(Failure::defect)?;
    let (_, level) = timetable.capacity_at(now);
    Ok((Some(level) != part.level).then_some((part, level)))
}
