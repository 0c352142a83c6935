//! Edits of schedules whose calendars name other days than people approved.
//!
//! A calendar never changes a schedule: it makes a change request, by the console itself,
//! which people approve, edit or reject as any other. There is one for each change of a
//! calendar: what was asked for once is not asked for again, whatever became of it. Where
//! the calendar changes again, or back, the one that still waits is withdrawn.

use crate::{
    Services, calendars,
    changes::{self, plan, sight},
    cx::{AuditEntryExt, system_audit},
    failure::{Failure, Outcome},
};
use domain::{
    changes::{Change, ChangeState, Move},
    checks::blocks,
    i18n::Lang,
    ids::ChangeId,
    limits,
    people::{Actor, Reach},
    schedules::{Dates, Schedule, ScheduleDraft, ScheduleName},
    time::{Timestamp, Zone},
};
use serde_json::json;
use store::{ChangeRow, ScheduleRow, Tx};

/// Looks at every schedule that names one of the calendars, which were just read.
///
/// # Errors
/// The database's.
pub(super) async fn draft_all(s: &Services, read: &[&str], now: Timestamp) -> Outcome<()> {
    if read.is_empty() {
        return Ok(());
    }
    let mut after: Option<ScheduleName> = None;
    let mut drafted = false;
    loop {
        let mut rows = s.store.read();
        let batch = rows
            .schedules_after(after.as_ref(), limits::SCHEDULES_AT_ONCE_MAX)
            .await?;
        let Some(last) = batch.last() else {
            break;
        };
        after = Some(last.schedule.name().clone());
        let names = |row: &&ScheduleRow| held(&row.schedule).any(|(name, _)| read.contains(&name));
        for row in batch.iter().filter(names) {
            match draft(s, row, now).await {
                Ok(done) => drafted |= done,
                // One that cannot be drafted must not hold up those behind it.
                Err(failure) => {
                    tracing::warn!(schedule = %row.schedule.name(), error = %failure, "an edit by a calendar is drafted later");
                }
            }
        }
    }
    if drafted {
        s.signals.feed();
    }
    Ok(())
}

/// The edit of a schedule that waits for people.
///
/// # Errors
/// The database's.
pub(crate) async fn waiting(s: &Services, name: &ScheduleName) -> Outcome<Option<ChangeId>> {
    let mut read = s.store.read();
    let Some((id, _)) = read.drafted(name, Actor::console().person).await? else {
        return Ok(None);
    };
    let row = read.change(id).await?;
    let waits = row.is_some_and(|row| row.state == ChangeState::Proposed);
    Ok(waits.then_some(id))
}

/// The calendars of a schedule, each with the days that it holds of them.
fn held(schedule: &Schedule) -> impl Iterator<Item = (&str, Option<&Dates>)> {
    let exceptions = schedule.exceptions().iter();
    exceptions.filter_map(|one| Some((one.calendar.as_deref()?, one.calendar_dates.as_ref())))
}

/// Proposes a schedule with the days that its calendars name now, or takes back what is
/// no longer to be proposed; answers whether it did.
async fn draft(s: &Services, row: &ScheduleRow, now: Timestamp) -> Outcome<bool> {
    let name = row.schedule.name();
    let wanted = renewed(s, &row.schedule).await?;
    let last = s
        .store
        .read()
        .drafted(name, Actor::console().person)
        .await?;
    if held(&wanted).eq(held(&row.schedule)) {
        return match last {
            Some((id, _)) => take_back(s, id, now).await,
            None => Ok(false),
        };
    }
    if let Some((_, Change::ApplySchedule { schedule, .. })) = &last
        && held(schedule).eq(held(&wanted))
    {
        // People have changed the schedule since: what waits would take that back.
        let is_stale = **schedule != wanted && waiting(s, name).await?.is_some();
        if !is_stale {
            return Ok(false);
        }
    }
    let others = held(&wanted).zip(held(&row.schedule));
    let others = others.filter(|(new, old)| new != old).map(|(new, _)| new.0);
    let calendars: Vec<String> = others.map(str::to_owned).collect();
    let change = Change::ApplySchedule {
        scope: row.scope.clone(),
        schedule: Box::new(wanted),
        takes_over: Vec::new(),
        reason: format!("other days in the calendar {}", calendars.join(", ")),
    };
    propose(s, row, change, last.map(|(id, _)| id), now).await
}

/// The schedule with what its calendars name now; those that cannot be asked stay.
async fn renewed(s: &Services, schedule: &Schedule) -> Outcome<Schedule> {
    let zone = Zone::named(schedule.zone().as_str()).map_err(Failure::defect)?;
    let mut draft: ScheduleDraft = schedule.draft().clone();
    for exception in &mut draft.exceptions {
        let Some(name) = &exception.calendar else {
            continue;
        };
        if let Ok(days) = calendars::days(s, (&Reach::All, Lang::En), name, &zone).await? {
            exception.calendar_dates = Some(days);
        }
    }
    Schedule::try_from(draft).map_err(Failure::defect)
}

/// Writes the proposal down, in place of the one before if that still waits. Answers false
/// when it has to wait itself: for another change, for AWS, or because the checks forbid it.
async fn propose(
    s: &Services,
    row: &ScheduleRow,
    change: Change,
    last: Option<ChangeId>,
    now: Timestamp,
) -> Outcome<bool> {
    let name = row.schedule.name();
    let Ok(subject) = sight::subject(s, &change).await? else {
        return Ok(false);
    };
    let Some(sight) = subject.clone().look(s).await? else {
        return Ok(false);
    };
    let id = ChangeId::from_parts(now.ms(), s.ids.random());
    let mut tx = s.store.begin().await?;
    // What was read before AWS was looked at may have been replaced or removed since.
    let standing = tx.read().schedule(name).await?;
    let stands = standing.is_some_and(|standing| standing.change == row.change);
    if !stands || tx.read().schedule_moves(name).await? {
        return Ok(false);
    }
    if let Some(last) = last
        && tx.read().authors_of(last).await?.len() > 1
    {
        // People have taken the edit over: it is theirs to end.
        return Ok(false);
    }
    let plan = plan::plan(tx.read(), id, &change, None, &sight, now).await?;
    let Some(plan) = plan.ok().filter(|plan| !blocks(&plan.findings)) else {
        return Ok(false);
    };
    if let Some(last) = last {
        withdraw(&mut tx, last, now).await?;
    }
    let wanted = changes::Wanted {
        environment: sight.environment().clone(),
        idempotency_key: None,
        proposal: change.into(),
        plan,
    };
    let row = changes::row(s, id, wanted, &subject, &Actor::console(), now);
    tx.insert_change(&row).await?;
    sight::note_targets(&mut tx, id, &subject).await?;
    let audit = system_audit(now, "change.propose", id).within(&row.environment);
    let detail = json!({ "change": row.change, "hash": row.hash, "by": "calendar" });
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[changes::news(&row, row.version)], now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes a proposal of the console's own back, if it still waits.
async fn take_back(s: &Services, id: ChangeId, now: Timestamp) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let done = withdraw(&mut tx, id, now).await?;
    tx.commit().await?;
    Ok(done)
}

async fn withdraw(tx: &mut Tx, id: ChangeId, now: Timestamp) -> Outcome<bool> {
    let waits = |row: &ChangeRow| row.state == ChangeState::Proposed;
    let Some(mut row) = tx.read().change(id).await?.filter(waits) else {
        return Ok(false);
    };
    row.state = row.state.after(Move::Withdraw).map_err(Failure::defect)?;
    row.updated_at = now;
    let version = tx.update_change(&row).await?;
    let audit = system_audit(now, "change.withdraw", id).within(&row.environment);
    tx.audit(&audit.detail(&json!({ "by": "calendar" })))
        .await?;
    tx.feed(&[changes::news(&row, version)], now).await?;
    Ok(true)
}
