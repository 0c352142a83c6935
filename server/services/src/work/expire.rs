//! Ends change requests that nobody decided or could begin in time.

use super::tell_held_up;
use crate::{
    Services,
    changes::{self, remark::Remark},
    cx::{AuditEntryExt, system_audit},
    failure::Outcome,
};
use api::system::WorkerReport;
use domain::{
    changes::{Change, ChangeState, Move},
    ids::ChangeId,
    limits,
    time::Timestamp,
};

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let due = s
        .store
        .read()
        .changes_to_expire(now, limits::CHANGES_EXPIRED_MAX)
        .await?;
    let mut expired = 0_u32;
    for id in due {
        match expire(s, id, now).await {
            Ok(ended) => expired += u32::from(ended),
            Err(failure) => tell_held_up(id, &failure),
        }
    }
    if expired > 0 {
        s.signals.feed();
    }
    Ok(WorkerReport::Expired { changes: expired })
}

async fn expire(s: &Services, id: ChangeId, now: Timestamp) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let Some(mut row) = tx.read().change(id).await? else {
        return Ok(false);
    };
    // Somebody may have decided, or a worker begun, since the list was read.
    let Ok(state) = row.state.after(Move::Expire) else {
        return Ok(false);
    };
    if row.expires_at > now {
        return Ok(false);
    }
    let why = match (row.planned_for, &row.change) {
        (Some(planned_for), _) => Some(Remark::NotInTime {
            planned_for,
            approved: row.state == ChangeState::Approved,
        }),
        (None, Change::Override { until, .. }) if *until <= now => Some(Remark::OverridePast),
        (None, _) => None,
    };
    row.result = why.iter().map(Remark::to_json).collect();
    row.state = state;
    row.updated_at = now;
    let version = tx.update_change(&row).await?;
    let audit = system_audit(now, "change.expire", id).within(&row.environment);
    tx.audit(&audit).await?;
    tx.feed(&[changes::news(&row, version)], now).await?;
    tx.commit().await?;
    Ok(true)
}
