//! Tells others of alarms that nobody takes on, and gives back what was taken on too long ago.

use crate::{Services, alarms, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::{limits, time::MINUTE_MS};

/// One turn: first what is given back, for that may be told to others at once.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let released = lapse(s).await?;
    let now = s.clock.now();
    let limit = limits::ESCALATED_PER_TURN_MAX;
    let mut told = 0;
    loop {
        if s.store.read().escalations_due(now, 1).await?.is_empty() {
            break;
        }
        let mut tx = s.store.begin().await?;
        let due = tx.read().escalations_due(now, limit).await?;
        let feed = outbox::time_passed(s, &mut tx, &due, now).await?;
        tx.feed(&feed, now).await?;
        tx.commit().await?;
        told += feed.len();
        // Each was told or found a later time, but for what somebody has just taken on.
        if feed.len() < limit as usize {
            break;
        }
    }
    if told + released > 0 {
        s.signals.notify();
        s.signals.feed();
    }
    Ok(WorkerReport::Escalated {
        alarms: told,
        released,
    })
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
