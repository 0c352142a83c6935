//! Deletes what has been kept long enough. The audit log, change requests and
//! what they name are kept for ever.

use crate::{Services, alarms::news, failure::Outcome, notifications::outbox};
use api::system::WorkerReport;
use domain::{limits, time::Timestamp};

/// One turn: small transactions, so that nobody waits long for the writer.
pub(super) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let samples = now.plus_ms(-limits::SAMPLES_KEEP_MS);
    let mut rows = 0_u64;
    let mut tx = s.store.begin().await?;
    rows += tx.purge_feed(now.plus_ms(-limits::FEED_KEEP_MS)).await?;
    rows += tx.purge_sessions(now).await?;
    rows += tx.purge_tokens(now).await?;
    let failures = now.plus_ms(-limits::SIGN_IN_WINDOW_MS);
    rows += tx.purge_sign_in_failures(failures).await?;
    tx.commit().await?;

    let mut tx = s.store.begin().await?;
    rows += tx.purge_samples(samples).await?;
    tx.commit().await?;

    let mut tx = s.store.begin().await?;
    let told = now.plus_ms(-limits::DELIVERIES_KEEP_MS);
    rows += tx.purge_threads(told).await?;
    rows += tx.purge_alarms(samples).await?;
    rows += tx.purge_targets(samples).await?;
    rows += tx.purge_freezes(samples).await?;
    rows += tx.purge_silences(told).await?;
    let covers = now.plus_ms(-limits::COVERS_KEEP_MS);
    rows += tx.purge_covers(covers).await?;
    let proved = now.plus_ms(-limits::DRILLS_KEEP_MS);
    rows += tx.purge_drills(proved).await?;
    tx.commit().await?;
    clear_reported(s, now).await?;
    let mut tx = s.store.begin().await?;
    let events = now.plus_ms(-limits::AWS_EVENTS_KEEP_MS);
    rows += tx.purge_aws_events(events, limits::AWS_EVENTS_MAX).await?;
    let notices = now.plus_ms(-limits::SPOT_NOTICES_MS);
    rows += tx
        .purge_spot_notices(notices, limits::SPOT_NOTICES_KEPT_MAX)
        .await?;
    tx.commit().await?;
    Ok(WorkerReport::Deleted { rows })
}

/// Takes alarms that their source called over long ago out of the list, or they would take
/// the places of new ones.
async fn clear_reported(s: &Services, now: Timestamp) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    let over_before = now.plus_ms(-limits::REPORTED_OK_KEEP_MS);
    let cleared = tx.clear_reported(over_before, now).await?;
    if cleared.is_empty() {
        return Ok(());
    }
    let mut feed: Vec<_> = cleared.iter().map(|cleared| news(&cleared.row)).collect();
    feed.extend(outbox::alarms_changed(s, &mut tx, &cleared, false, now).await?);
    tx.feed(&feed, now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}
