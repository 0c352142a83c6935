//! Tells of alarms that were held back, once nothing silences them any more.

use crate::{Services, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::limits;

/// One turn. What ended meanwhile was let go with its news.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let limit = limits::HELD_PER_TURN_MAX;
    let (mut told, mut after) = (0, None);
    loop {
        // Most of the time all of it stays silent: that is found without the one writer.
        let mut read = s.store.read();
        let silences = read.silences_at(now).await?;
        let held = read.held_alarms(after, limit).await?;
        let Some(last) = held.last() else {
            break;
        };
        let (before, last) = (after, last.id);
        after = Some(last);
        if !held.iter().any(|row| outbox::may_be_told(row, &silences)) {
            continue;
        }
        let mut tx = s.store.begin().await?;
        let held = tx.read().held_alarms(before, limit).await?;
        let feed = outbox::held_back(s, &mut tx, &held, now).await?;
        if feed.is_empty() {
            // Nothing was written.
            continue;
        }
        tx.feed(&feed, now).await?;
        tx.commit().await?;
        told += feed.len();
        s.signals.feed();
        s.signals.notify();
    }
    Ok(WorkerReport::Released { alarms: told })
}
