//! Begins drills that recur, ends drills at their time, and settles what they proved once their messages have gone.

use crate::{
    Services,
    cx::{AuditEntryExt, system_audit},
    drills,
    failure::Outcome,
};
use api::system::WorkerReport;
use domain::{
    drills::{Outcome as Got, attended_in_time, verdict},
    limits,
    time::Timestamp,
};
use serde_json::json;
use store::DrillRow;

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let started = drills::start_due(s).await;
    let now = s.clock.now();
    let limit = limits::DRILLS_PER_TURN_MAX;
    let due = s.store.read().drills_due(now, limit).await?;
    let (mut ended, mut concluded) = (0, 0);
    for drill in &due {
        let is_over = drill.ended_at.is_some();
        let done = match is_over {
            true => conclude(s, drill, now).await,
            false => {
                let audit = system_audit(now, "drill.end", drill.id);
                drills::finish(s, drill, None, audit, now).await
            }
        };
        match (done, is_over) {
            (Ok(done), true) => concluded += u32::from(done),
            (Ok(done), false) => ended += u32::from(done),
            // It must not hold up those behind it.
            (Err(error), _) => {
                tracing::error!(drill.id = %drill.id, %error, "a drill could not be looked after");
            }
        }
    }
    Ok(WorkerReport::Drilled {
        started,
        ended,
        concluded,
    })
}

async fn conclude(s: &Services, drill: &DrillRow, now: Timestamp) -> Outcome<bool> {
    let receipts = drills::receipts(&mut s.store.read(), drill, now).await?;
    if receipts.iter().any(|one| one.outcome == Got::Waits) {
        return Ok(false);
    }
    let taken_on_at = drill.acknowledged.as_ref().map(|(_, at)| *at);
    let wanted = drill.acknowledge_minutes;
    let in_time = attended_in_time(
        (drill.started_at, drill.ended_at.unwrap_or(now)),
        wanted,
        taken_on_at,
    );
    let verdict = verdict(&receipts, in_time);
    let mut tx = s.store.begin().await?;
    if !tx.conclude_drill(drill.id, &receipts, verdict, now).await? {
        return Ok(false);
    }
    let detail = json!({ "name": drill.name, "verdict": verdict });
    let audit = system_audit(now, "drill.conclude", drill.id).within(&drill.environment);
    tx.audit(&audit.detail(&detail)).await?;
    tx.commit().await?;
    Ok(true)
}
