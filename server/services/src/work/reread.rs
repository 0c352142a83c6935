//! Makes up for what could not be read back when it was applied: as soon as a
//! poll has read the target again, the change request says what is there.

use super::{beside, beside::Beside, finish::end_event};
use crate::{
    Services,
    changes::{self, plan, remark::Remark},
    cx::{AuditEntryExt, system_audit},
    failure::{Failure, Outcome},
};
use domain::{
    alarms::{AlarmReading, AlarmRef},
    audit::AuditOutcome,
    capacity::Capacity,
    changes::{ChangeState, Move},
    limits,
    plan::{
        Difference, Effect, Plan, alarm_differences, definition_differences, differences,
        filter_differences, filter_group,
    },
    time::Timestamp,
};
use serde_json::json;
use store::{AlarmRow, ChangeRow};

/// One turn; how many were made up for.
pub(super) async fn turn(s: &Services, now: Timestamp) -> Outcome<usize> {
    let since = now.plus_ms(-limits::REREAD_MS_MAX);
    let (mut count, mut after) = (0, None);
    loop {
        let mut read = s.store.read();
        let rows = read
            .changes_applied_differently(since, after, limits::REREADS_AT_ONCE_MAX)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(count);
        };
        after = Some(last.id);
        // Schedules are compared with what they want at each look anyway, and no poll
        // tells how an instance refresh ended.
        let others = rows.iter().filter(|row| is_told_by_polls(&row.plan));
        for row in others.filter(|row| is_unread(row)) {
            match reread(s, row, now).await {
                Ok(done) => count += usize::from(done),
                Err(failure) => super::tell_held_up(row.id, &failure),
            }
        }
    }
}

fn is_told_by_polls(plan: &Plan) -> bool {
    match &plan.effect {
        Effect::Schedule(_) | Effect::Refresh(_) => false,
        _ => !plan.starts_refresh(),
    }
}

fn is_unread(row: &ChangeRow) -> bool {
    row.result.iter().any(|kept| Remark::is_unread(kept))
}

/// What the last poll tells of it.
struct Told {
    differences: Vec<Difference>,
    capacity: Option<Capacity>,
}

/// None while the last poll says nothing about what was applied then.
async fn told(s: &Services, row: &ChangeRow, applied_at: Timestamp) -> Outcome<Option<Told>> {
    match &row.plan.effect {
        Effect::AlarmActions(effect) => {
            let differs = |live: Option<&AlarmReading>| {
                alarm_differences(effect, live.map(|live| live.actions_enabled))
            };
            return alarm_told(s, &effect.alarm, applied_at, differs).await;
        }
        Effect::Alarm(effect) => {
            // Polls tell nothing of metric filters: they are read beside.
            let mut of_filter = match filter_group(effect) {
                None => Vec::new(),
                Some(group) => match s.cloud.log_filters(&effect.alarm.scope, group).await {
                    Ok(filters) => filter_differences(effect, &filters.unwrap_or_default()),
                    Err(_) => return Ok(None),
                },
            };
            let differs = |live: Option<&AlarmReading>| definition_differences(effect, live);
            let mut told = alarm_told(s, &effect.alarm, applied_at, differs).await?;
            if let Some(told) = &mut told {
                told.differences.append(&mut of_filter);
            }
            return Ok(told);
        }
        _ => {}
    }
    let target = plan::target_of(s.store.read(), row).await?;
    let beside = Beside::read(s, row, applied_at).await?;
    let early = target.read_at.since_ms(applied_at) < limits::READ_BACK_MS;
    if early || beside.is_moving() || !s.reads(&target.target.reference.scope) {
        return Ok(None);
    }
    let live = target.gone_at.is_none().then_some(&target.target);
    let found = match live {
        Some(live) => {
            let applied = beside::applied(row, applied_at);
            differences(applied, &beside.applied(), live, target.read_at)
        }
        None => vec![Difference::TargetGone],
    };
    Ok(Some(Told {
        differences: found,
        capacity: live.map(|live| live.capacity),
    }))
}

async fn alarm_told(
    s: &Services,
    alarm: &AlarmRef,
    applied_at: Timestamp,
    differs: impl FnOnce(Option<&AlarmReading>) -> Vec<Difference>,
) -> Outcome<Option<Told>> {
    let scope = &alarm.scope;
    let mut read = s.store.read();
    let health = read.scope_health_of(scope).await?;
    let read_at = health.and_then(|health| health.read_at);
    let is_late = |at: Timestamp| at.since_ms(applied_at) >= limits::READ_BACK_MS;
    if !read_at.is_some_and(is_late) || !s.reads(scope) {
        return Ok(None);
    }
    let mut held = read.alarms_named(scope, &[&alarm.name]).await?;
    let live = held.pop().and_then(AlarmRow::into_reading);
    Ok(Some(Told {
        differences: differs(live.as_ref()),
        capacity: None,
    }))
}

/// Answers whether it could be told what is there.
async fn reread(s: &Services, row: &ChangeRow, now: Timestamp) -> Outcome<bool> {
    let Some(applied_at) = row.applied_at else {
        return Ok(false);
    };
    let Some(told) = told(s, row, applied_at).await? else {
        return Ok(false);
    };
    let found = told.differences;
    let mut tx = s.store.begin().await?;
    let held = tx.read().change(row.id).await?;
    let Some(mut row) = held.filter(is_unread) else {
        return Ok(false);
    };
    if found.is_empty() {
        row.state = row.state.after(Move::Verify).map_err(Failure::defect)?;
    }
    row.result = found.iter().map(|one| Remark::of(one).to_json()).collect();
    row.updated_at = now;
    row.version = tx.update_change(&row).await?;
    let audit = system_audit(now, "change.verified", row.id).within(&row.environment);
    let audit = match found.is_empty() {
        true => audit,
        false => audit.ended(AuditOutcome::Failed),
    };
    let detail = json!({
        "differences": found,
        "capacity": told.capacity,
        "state": row.state,
    });
    tx.audit(&audit.detail(&detail)).await?;
    let mut feed = vec![changes::news(&row, row.version)];
    if let Some(event) = row.event
        && row.state == ChangeState::Applied
    {
        feed.push(end_event(&mut tx, &row, event, now).await?);
    }
    tx.feed(&feed, now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(true)
}
