//! Deletes what has been kept long enough. The audit log, change requests and
//! what they name are kept for ever.

use crate::{Services, failure::Outcome};
use api::system::WorkerReport;
use domain::limits;

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
    tx.commit().await?;
    Ok(WorkerReport::Deleted { rows })
}
