//! Planning against the live state: a look at AWS, then a pure plan from it
//! and from what the database holds.

use super::sight::{self, Asked, NoSubject, ScheduleSight, Sight, Subject};
use crate::{
    Services,
    cx::Cx,
    failure::{Failure, Outcome},
    targets::timer_runs,
    texts,
};
use domain::{
    alarms::AlarmReading,
    aws_timing::Effect as TimerEffect,
    capacity::Target,
    changes::{Change, ChangeState},
    freezes::Freeze,
    ids::ChangeId,
    limits,
    plan::{
        Ahead, OtherEvent, Plan, ScheduleSituation, Situation, plan_cancel, plan_end,
        plan_extension, plan_mix, plan_override, plan_power, plan_processes, plan_refresh,
        plan_removal, plan_scale_event, plan_schedule,
    },
    schedules::{ScheduleName, Timetable, Zones},
    time::{Timestamp, Zone},
};
use store::{AlarmRow, ChangeRow, Read, TargetRow};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoPlan {
    /// The event to be ended is not one, or not there.
    NotAnEvent,
    /// The event to be ended has nothing in AWS.
    NotStanding(ChangeState),
    /// The event to be ended has ended.
    Over,
    /// Another change request is ending it.
    Ending,
}

impl NoPlan {
    /// What the caller is told.
    pub fn told(&self, cx: &Cx) -> api::ApiError {
        let lang = cx.lang;
        cx.conflict(match self {
            Self::NotAnEvent => texts::not_an_event(lang).to_owned(),
            Self::NotStanding(state) => texts::event_not_standing(lang, texts::state(lang, *state)),
            Self::Over => texts::event_over(lang).to_owned(),
            Self::Ending => texts::event_ending(lang).to_owned(),
        })
    }
}

/// What a kept change request is about.
///
/// # Errors
/// A defect when the database does not have it: targets that a change request
/// names are never deleted.
pub(crate) async fn subject_of(
    s: &Services,
    row: &ChangeRow,
) -> Outcome<Result<Subject, NoSubject>> {
    match sight::subject(s, &row.change).await? {
        Err(NoSubject::NotThere) => Err(Failure::defect(format!(
            "{} names target {}",
            row.id, row.target_name
        ))),
        subject => Ok(subject),
    }
}

/// The target that the record of a change request hangs on.
///
/// # Errors
/// A defect when the database does not have it.
pub(crate) async fn target_of(mut read: Read<'_>, row: &ChangeRow) -> Outcome<TargetRow> {
    let target = match row.target {
        Some(target) => read.target(target).await?,
        None => None,
    };
    target.ok_or_else(|| Failure::defect(format!("{} names target {}", row.id, row.target_name)))
}

/// Plans a change on what AWS shows, with what the database holds now. One that is planned
/// for a time to come is planned as of then.
///
/// # Errors
/// The database's.
pub(crate) async fn plan(
    read: Read<'_>,
    id: ChangeId,
    change: &Change,
    planned_for: Option<Timestamp>,
    sight: &Sight,
    now: Timestamp,
) -> Outcome<Result<Plan, NoPlan>> {
    let at = planned_for.map_or(now, |at| at.max(now));
    let plan = plan_as_of(read, id, change, sight, at).await?;
    Ok(plan.map(|plan| Plan {
        from: plan.from.or(planned_for),
        ..plan
    }))
}

async fn plan_as_of(
    mut read: Read<'_>,
    id: ChangeId,
    change: &Change,
    sight: &Sight,
    now: Timestamp,
) -> Outcome<Result<Plan, NoPlan>> {
    let freezes = freezes_ahead(&mut read, now).await?;
    let (row, live, refreshes, minutes) = match sight {
        Sight::Target {
            row,
            live,
            refreshes,
            below_desired_minutes,
        } => (row, live, refreshes, *below_desired_minutes),
        Sight::Schedule(sight) => return plan_schedules(read, id, sight, &freezes, now).await,
        Sight::Alarm(sight) => return Ok(sight.plan(change, &freezes, now)),
    };
    let others = other_events(&mut read, id, row, now).await?;
    let alarms = alarms_of(&mut read, std::iter::once(live.as_ref())).await?;
    let situation = Situation {
        change: id,
        target: live,
        alarms: &alarms,
        others: &others,
        freezes: &freezes,
        below_desired_minutes: minutes,
        now,
    };
    match change {
        Change::ScaleEvent(event) => Ok(Ok(plan_scale_event(event, &situation))),
        Change::EndScaleEvent { event, .. } => plan_the_end(read, id, *event, &situation).await,
        Change::SetPower { power, .. } => {
            let ahead = KeptRuns::of(&mut read, row, live, now).await?;
            Ok(Ok(plan_power(*power, ahead.ahead(), &situation)))
        }
        Change::SetMix { mix, refresh, .. } => {
            let ahead = KeptRuns::of(&mut read, row, live, now).await?;
            let refresh = refresh.as_ref().map(|pace| (pace, refreshes.as_slice()));
            Ok(Ok(plan_mix(*mix, refresh, ahead.ahead(), &situation)))
        }
        Change::RefreshInstances { pace, .. } => Ok(Ok(plan_refresh(pace, refreshes, &situation))),
        Change::CancelRefresh { .. } => Ok(Ok(plan_cancel(refreshes, &situation))),
        Change::SetProcesses {
            processes,
            suspended,
            ..
        } => Ok(Ok(plan_processes(processes, *suspended, &situation))),
        // Their sight is a schedule's, or an alarm's.
        Change::ApplySchedule { .. }
        | Change::RemoveSchedule { .. }
        | Change::Override { .. }
        | Change::EndOverride { .. }
        | Change::ExtendSchedule { .. }
        | Change::SetAlarmActions { .. }
        | Change::PutAlarm { .. }
        | Change::PutAlarmBack { .. } => Ok(Err(NoPlan::NotAnEvent)),
    }
}

/// What the schedule that stands on a target lets AWS do to it in the coming days.
struct KeptRuns {
    schedule: Option<String>,
    runs: Vec<(Timestamp, TimerEffect)>,
}

impl KeptRuns {
    async fn of(
        read: &mut Read<'_>,
        row: &TargetRow,
        live: &Target,
        now: Timestamp,
    ) -> Outcome<Self> {
        let runs = timer_runs(live, now).into_iter();
        Ok(Self {
            schedule: read.schedules_of(row.id).await?.into_iter().next(),
            runs: runs.map(|run| (run.at, run.sets)).collect(),
        })
    }

    fn ahead(&self) -> Option<Ahead<'_>> {
        Some(Ahead {
            schedule: self.schedule.as_deref()?,
            runs: &self.runs,
        })
    }
}

/// The alarms that run the policies of live targets, as last read.
async fn alarms_of(
    read: &mut Read<'_>,
    targets: impl Iterator<Item = &Target>,
) -> Outcome<Vec<AlarmReading>> {
    let mut alarms = Vec::new();
    for target in targets {
        let names = target.policies.iter().flat_map(|policy| &policy.alarms);
        let names: Vec<&str> = names.map(String::as_str).collect();
        let rows = read.alarms_named(&target.reference.scope, &names).await?;
        alarms.extend(rows.into_iter().filter_map(AlarmRow::into_reading));
    }
    Ok(alarms)
}

/// Scale events of other change requests that hold a target.
async fn other_events(
    read: &mut Read<'_>,
    id: ChangeId,
    target: &TargetRow,
    now: Timestamp,
) -> Outcome<Vec<OtherEvent>> {
    // One that was over a moment ago still counts: its return may come late, into
    // the next one.
    let late = now.plus_ms(-limits::FIRING_LATE_MS);
    let standing = read.standing_events(target.id, late).await?;
    let others = standing.iter().filter(|row| row.id != id);
    let others = others.filter_map(|row| {
        Some(OtherEvent {
            change: row.id,
            from: row.from.unwrap_or(now),
            until: row.until?,
        })
    });
    Ok(others.collect())
}

/// Plans that a schedule holds from now on, or none does any more.
async fn plan_schedules(
    mut read: Read<'_>,
    id: ChangeId,
    sight: &ScheduleSight,
    freezes: &[Freeze],
    now: Timestamp,
) -> Outcome<Result<Plan, NoPlan>> {
    let subject = &sight.subject;
    let (mut events, mut schedules) = (Vec::new(), Vec::new());
    for row in &subject.named {
        let reference = &row.target.reference;
        let standing = other_events(&mut read, id, row, now).await?;
        events.extend(standing.into_iter().map(|event| (reference.clone(), event)));
        let others = read.schedules_of(row.id).await?;
        let others = others
            .into_iter()
            .filter_map(|name| ScheduleName::new(&name).ok());
        let others = others.filter(|name| *name != subject.name);
        schedules.extend(others.map(|name| (reference.clone(), name)));
    }
    let alarms = alarms_of(&mut read, sight.live.iter()).await?;
    let situation = ScheduleSituation {
        targets: &sight.live,
        alarms: &alarms,
        missing: &sight.missing,
        leaving: &sight.leaving,
        taken: &subject.taken,
        replaces: subject.replaces,
        events: &events,
        schedules: &schedules,
        timer_role: sight.timer_role.as_deref(),
        freezes,
        below_desired_minutes: sight.below_desired_minutes,
        zones: &|name| Zone::named(name).ok(),
        now,
    };
    let Some(schedule) = &subject.schedule else {
        return Ok(Ok(plan_removal(&subject.name, &situation)));
    };
    let zones = Zones::named_by(schedule).map_err(Failure::defect)?;
    let timetable = Timetable::new(schedule, &zones).map_err(Failure::defect)?;
    Ok(Ok(match &subject.asked {
        Asked::Whole => plan_schedule(&timetable, &situation),
        Asked::Extension(done) => plan_extension(&timetable, done, &situation),
        Asked::Override {
            standing,
            from,
            until,
        } => {
            // An override names no zone: those of the schedule are the same.
            let standing = Timetable::new(standing, &zones).map_err(Failure::defect)?;
            plan_override(&standing, &timetable, (*from, *until), &situation)
        }
    }))
}

/// Freezes that could hold a change that is asked for now.
///
/// # Errors
/// The database's.
pub(crate) async fn freezes_ahead(read: &mut Read<'_>, now: Timestamp) -> Outcome<Vec<Freeze>> {
    let horizon = now.plus_ms(limits::SCALE_EVENT_AHEAD_MS_MAX + limits::SCALE_EVENT_MS_MAX);
    Ok(read.freezes_between(now, horizon).await?)
}

async fn plan_the_end(
    mut read: Read<'_>,
    id: ChangeId,
    event: ChangeId,
    situation: &Situation<'_>,
) -> Outcome<Result<Plan, NoPlan>> {
    let Some(row) = read.change(event).await? else {
        return Ok(Err(NoPlan::NotAnEvent));
    };
    let Change::ScaleEvent(wanted) = &row.change else {
        return Ok(Err(NoPlan::NotAnEvent));
    };
    if !row.state.stands() {
        return Ok(Err(NoPlan::NotStanding(row.state)));
    }
    let from = row.from.or(row.applied_at).unwrap_or(situation.now);
    let until = row.until.unwrap_or(wanted.until);
    if row.ended_at.is_some() || until <= situation.now {
        return Ok(Err(NoPlan::Over));
    }
    let ending = read.end_change_of(event).await?;
    if ending.is_some_and(|ending| ending.id != id) {
        return Ok(Err(NoPlan::Ending));
    }
    Ok(Ok(plan_end(wanted, event, &row.plan, from, situation)))
}
