//! Tells of alarms that were held back, once nothing silences them any more.

use crate::{Services, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::limits;

/// One turn. What ended meanwhile was let go with its news.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let (mut told, mut after) = (0, None);
    loop {
        if s.store.read().held_alarms(after, 1).await?.is_empty() {
            break;
        }
        let mut tx = s.store.begin().await?;
        let limit = limits::HELD_PER_TURN_MAX;
        let held = tx.read().held_alarms(after, limit).await?;
        let Some(last) = held.last() else {
            break;
        };
        after = Some(last.id);
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
