//! Looks after scale events that stand in AWS: their start, drift while they
//! last, and the return when their time is over. AWS does it all; this only looks.

use super::{
    beside::{self, Beside},
    reread,
};
use crate::{
    Services,
    changes::{self, plan},
    cx::{AuditEntryExt, system_audit},
    failure::Outcome,
};
use api::system::WorkerReport;
use domain::{
    audit::AuditOutcome,
    capacity::Target,
    changes::ChangeState,
    estate::Scope,
    limits,
    plan::{Difference, action_name, differences, is_unsettled},
    time::Timestamp,
};
use serde_json::json;
use std::collections::HashSet;
use store::{ChangeRow, TargetRow};

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let (mut standing, mut drifted, mut after) = (0_usize, 0_u32, None);
    loop {
        let mut read = s.store.read();
        let batch = read
            .standing_events_after(now, after, limits::EVENTS_WATCHED_AT_ONCE_MAX)
            .await?;
        let Some(last) = batch.last() else {
            break;
        };
        after = Some(last.id);
        standing += batch.len();
        for row in batch.iter().filter(|row| row.state.stands()) {
            match look_for_drift(s, row, now).await {
                Ok(found) => drifted += u32::from(found),
                Err(failure) => super::tell_held_up(row.id, &failure),
            }
        }
    }
    let returns = look_for_returns(s, now).await?;
    let reread = reread::turn(s, now).await?;
    Ok(WorkerReport::Watched {
        standing,
        drifted,
        returns,
        reread,
    })
}

/// Looks at AWS after the end of every event; how many there were. What does not
/// answer is not asked again in the same turn.
async fn look_for_returns(s: &Services, now: Timestamp) -> Outcome<usize> {
    let over_since = now.plus_ms(-limits::RETURN_LATE_MS);
    let (mut count, mut after, mut silent) = (0, None, HashSet::new());
    loop {
        let mut read = s.store.read();
        let batch = read
            .events_to_verify(over_since, after, limits::EVENTS_WATCHED_AT_ONCE_MAX)
            .await?;
        let Some(last) = batch.last() else {
            return Ok(count);
        };
        after = Some(last.id);
        count += batch.len();
        for row in &batch {
            if let Err(failure) = look_for_return(s, row, now, &mut silent).await {
                super::tell_held_up(row.id, &failure);
            }
        }
    }
}

/// Compares the last poll with the plan; answers whether it differs.
async fn look_for_drift(s: &Services, row: &ChangeRow, now: Timestamp) -> Outcome<bool> {
    let mut read = s.store.read();
    let Some(applied_at) = row.applied_at else {
        return Ok(false);
    };
    let ending = read.end_change_of(row.id).await?;
    let under_way =
        |end: &ChangeRow| matches!(end.state, ChangeState::Approved | ChangeState::Applying);
    if ending.as_ref().is_some_and(under_way) {
        return Ok(false);
    }
    let beside = Beside::read(s, row, applied_at).await?;
    if beside.is_moving() {
        return Ok(false);
    }
    let target = plan::target_of(read, row).await?;
    // What nobody reads any longer is not known to differ.
    if !s.reads(&target.target.reference.scope) {
        return Ok(false);
    }
    let found = if target.gone_at.is_some() {
        vec![Difference::TargetGone]
    } else if target.read_at <= applied_at {
        // Read before it was applied: says nothing.
        return Ok(false);
    } else {
        // What was live when it was read is judged by the time of the reading.
        let applied = beside::applied(row, applied_at);
        differences(applied, &beside.applied(), &target.target, target.read_at)
    };
    keep_drift(s, row, &found, now).await?;
    if found.is_empty() && has_started(row, &target) {
        keep_start(s, row, &target.target, now).await?;
    }
    Ok(!found.is_empty())
}

/// Whether AWS has run the start of an event that was planned ahead: a one-time
/// action disappears when it has run.
fn has_started(row: &ChangeRow, target: &TargetRow) -> bool {
    let start = action_name(row.id, "start");
    let waits = target.target.actions.iter().any(|one| one.name == start);
    row.plan.from.is_some_and(|from| from <= target.read_at) && !waits
}

/// Tells once that AWS shows the start.
async fn keep_start(s: &Services, row: &ChangeRow, live: &Target, now: Timestamp) -> Outcome<()> {
    const SEEN: &str = "event.start";
    let subject = row.id.to_string();
    if s.store.read().audit_has(&subject, SEEN).await? {
        return Ok(());
    }
    let mut tx = s.store.begin().await?;
    if tx.read().audit_has(&subject, SEEN).await? {
        return Ok(());
    }
    let detail = json!({ "capacity": live.capacity });
    let audit = system_audit(now, SEEN, row.id).within(&row.environment);
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[changes::news(row, row.version)], now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// Keeps what differs and tells it once; forgets it when it has passed.
pub(super) async fn keep_drift(
    s: &Services,
    row: &ChangeRow,
    found: &[Difference],
    now: Timestamp,
) -> Outcome<()> {
    let known = s.store.read().drift_of(row.id).await?;
    if known.map(|drift| drift.differences).unwrap_or_default() == found {
        return Ok(());
    }
    let mut tx = s.store.begin().await?;
    let (begins, ends) = match row.change.schedule() {
        Some(_) => ("schedule.drift", "schedule.drift_over"),
        None => ("event.drift", "event.drift_over"),
    };
    let audit = if found.is_empty() {
        tx.clear_drift(row.id).await?;
        system_audit(now, ends, row.id)
    } else {
        tx.put_drift(row.id, found, now).await?;
        system_audit(now, begins, row.id).ended(AuditOutcome::Failed)
    };
    let detail = json!({ "differences": found });
    tx.audit(&audit.within(&row.environment).detail(&detail))
        .await?;
    tx.feed(&[changes::news(row, row.version)], now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// Looks at AWS after the end of an event.
async fn look_for_return(
    s: &Services,
    row: &ChangeRow,
    now: Timestamp,
    silent: &mut HashSet<Scope>,
) -> Outcome<()> {
    let applied_at = row.applied_at.unwrap_or(now);
    let target = plan::target_of(s.store.read(), row).await?;
    let until = row.until.unwrap_or(now);
    let given_up = now.since_ms(until) > limits::RETURN_WATCH_MS;
    let applied = beside::applied(row, applied_at);
    let beside = Beside::read(s, row, applied_at).await?;
    let scope = &target.target.reference.scope;
    let unread = !s.reads(scope);
    if (unread || silent.contains(scope)) && !given_up {
        return Ok(());
    }
    let mut seen = true;
    let mut capacity = None;
    let found = match s.cloud.target(&target.target.reference).await {
        _ if unread => {
            seen = false;
            Vec::new()
        }
        Ok(Some(live)) => {
            capacity = Some(live.capacity);
            let others = beside.applied();
            let early = beside.is_moving() || is_unsettled(applied, &others, &live, now);
            if early && !given_up {
                return Ok(());
            }
            // What still moves after so long was never judged.
            seen = !early;
            differences(applied, &others, &live, now)
        }
        Ok(None) => vec![Difference::TargetGone],
        Err(error) if !given_up => {
            tracing::debug!(change.id = %row.id, error = %error, "a return is looked for later");
            if error.kind.is_passing() {
                silent.insert(scope.clone());
            }
            return Ok(());
        }
        Err(_) => {
            seen = false;
            Vec::new()
        }
    };
    if !found.is_empty() && !given_up {
        return keep_missing_return(s, row, &found, now).await;
    }
    let mut tx = s.store.begin().await?;
    let held = tx.read().change(row.id).await?;
    let Some(mut row) = held.filter(|row| row.return_verified_at.is_none()) else {
        return Ok(());
    };
    row.return_verified_at = Some(now);
    row.updated_at = now;
    let version = tx.update_change(&row).await?;
    tx.clear_drift(row.id).await?;
    let audit = match seen && found.is_empty() {
        true => system_audit(now, "event.return", row.id),
        false => system_audit(now, "event.return_given_up", row.id).ended(AuditOutcome::Failed),
    };
    let detail = json!({ "differences": found, "capacity": capacity });
    tx.audit(&audit.within(&row.environment).detail(&detail))
        .await?;
    tx.feed(&[changes::news(&row, version)], now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// The return has not happened as planned: drift until it has.
async fn keep_missing_return(
    s: &Services,
    row: &ChangeRow,
    found: &[Difference],
    now: Timestamp,
) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    if !tx.put_drift(row.id, found, now).await? {
        return Ok(());
    }
    let audit = system_audit(now, "event.return_missing", row.id).ended(AuditOutcome::Failed);
    let detail = json!({ "differences": found });
    tx.audit(&audit.within(&row.environment).detail(&detail))
        .await?;
    tx.feed(&[changes::news(row, row.version)], now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}
