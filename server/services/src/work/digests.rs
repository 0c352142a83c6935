//! Tells of what is not urgent, at the times of digests: all that still stands in one message.
//!
//! That a digest was told is noted in the transaction that writes its messages down, so of two
//! servers one tells, and a kill loses or doubles nothing. One whose time passed while nobody was
//! at work is told later, unless that is too late to be of use.

use crate::{Services, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::{channels::ChannelName, digests::Digest, limits, time::Timestamp};
use std::collections::BTreeMap;
use store::AlarmRow;

/// One turn.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let mut told = 0;
    for digest in &s.settings.routing.digests {
        let due = digest.when.last_due(now);
        let Some(due) = due.filter(|due| now.since_ms(*due) <= limits::DIGEST_LATE_MS) else {
            continue;
        };
        let last = s.store.read().digest_told(&digest.name).await?;
        if last.is_none_or(|last| last < due) {
            told += tell(s, digest, due, now).await?;
        }
    }
    Ok(WorkerReport::Digested { messages: told })
}

/// Tells each channel of a digest; how many there were to tell.
async fn tell(s: &Services, digest: &Digest, due: Timestamp, now: Timestamp) -> Outcome<u32> {
    let standing = standing(s, digest, now).await?;
    let mut tx = s.store.begin().await?;
    if !tx.tell_digest(&digest.name, due).await? {
        return Ok(0);
    }
    let mut feed = Vec::new();
    for (channel, alarms) in &standing {
        if let Some(lane) = s.lane(channel) {
            feed.extend(outbox::digest(s, &mut tx, lane, alarms, &digest.when.zone, now).await?);
        }
    }
    let told = u32::try_from(feed.len()).unwrap_or(u32::MAX);
    tx.feed(&feed, now).await?;
    tx.commit().await?;
    s.signals.notify();
    s.signals.feed();
    Ok(told)
}

/// What stands, for each channel that is told of it.
async fn standing(
    s: &Services,
    digest: &Digest,
    now: Timestamp,
) -> Outcome<BTreeMap<ChannelName, Vec<AlarmRow>>> {
    let mut found: BTreeMap<ChannelName, Vec<AlarmRow>> = BTreeMap::new();
    let mut after = None;
    loop {
        let limit = limits::HELD_PER_TURN_MAX;
        let rows = s.store.read().firing_alarms(after, limit).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        after = Some(last.id);
        for (channel, row) in outbox::digested(s, &digest.name, rows, now).await? {
            found.entry(channel).or_default().push(row);
        }
    }
}
