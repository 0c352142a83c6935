//! Tells of alarms that were held back, once nothing silences them and the routes that name
//! somebody may tell.

use crate::{Services, failure::Outcome, inhibitions, notifications::outbox};
use api::system::{WorkerKind, WorkerReport};
use domain::limits;

/// One turn. What ended meanwhile was let go with its news.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    if s.statuses.is_first_turn(&WorkerKind::Held) {
        inhibitions::look_for_causes(s, now).await?;
    }
    let limit = limits::HELD_PER_TURN_MAX;
    let (mut told, mut after) = (0, None);
    loop {
        // Most of the time all of it stays silent: that is found without the one writer.
        let held = s.store.read().held_alarms(after, limit).await?;
        let Some(last) = held.last() else {
            break;
        };
        let (before, last) = (after, last.id);
        after = Some(last);
        if !outbox::has_news(s, s.store.read(), &held, now).await? {
            continue;
        }
        let mut tx = s.store.begin().await?;
        let held = tx.read().held_alarms(before, limit).await?;
        let passed = outbox::time_passed(s, &mut tx, &held, now).await?;
        if passed.feed.is_empty() {
            // Nothing was written.
            continue;
        }
        tx.feed(&passed.feed, now).await?;
        tx.commit().await?;
        told += passed.told;
        s.signals.feed();
        s.signals.notify();
    }
    Ok(WorkerReport::Released { alarms: told })
}
