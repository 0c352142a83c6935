//! Tells others of alarms that nobody takes on, and gives back what was taken on too long ago.

use crate::{Services, alarms, failure::Outcome, notifications::outbox};
use api::system::{WorkerKind, WorkerReport};
use domain::{limits, time::MINUTE_MS};

/// One turn: first what is given back, for that may be told to others at once. What cannot be
/// given back keeps nobody from being told.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let lapsed = lapse(s).await;
    let alarms = escalate(s).await;
    s.signals.notify();
    s.signals.feed();
    Ok(WorkerReport::Escalated {
        alarms: alarms?,
        released: lapsed?,
    })
}

/// Tells others of what is due; of how many alarms.
async fn escalate(s: &Services) -> Outcome<usize> {
    let now = s.clock.now();
    let limit = limits::ESCALATED_PER_TURN_MAX;
    if s.statuses.is_first_turn(&WorkerKind::Escalate) {
        // The steps may be others than when the rows were written.
        let mut tx = s.store.begin().await?;
        tx.look_at_escalations_again(now).await?;
        tx.commit().await?;
    }
    let mut told = 0;
    loop {
        if s.store.read().escalations_due(now, 1).await?.is_empty() {
            break;
        }
        let mut tx = s.store.begin().await?;
        let due = tx.read().escalations_due(now, limit).await?;
        let passed = outbox::time_passed(s, &mut tx, &due, now).await?;
        tx.feed(&passed.feed, now).await?;
        tx.commit().await?;
        told += passed.told;
        // Each found a later time, or none: a row that did not is a defect, and no endless loop.
        if passed.feed.len() < limit as usize {
            break;
        }
    }
    Ok(told)
}

/// Gives back what was taken on too long ago; how many.
async fn lapse(s: &Services) -> Outcome<usize> {
    let Some(minutes) = s.settings.acknowledgement_minutes else {
        return Ok(0);
    };
    let now = s.clock.now();
    let before = now.plus_ms(-i64::from(minutes) * MINUTE_MS);
    let limit = limits::ESCALATED_PER_TURN_MAX;
    let lapsed = s.store.read().acknowledged_before(before, limit).await?;
    let mut released = 0;
    for row in lapsed {
        released += usize::from(alarms::lapse(s, row.id, before, minutes, now).await?);
    }
    Ok(released)
}
