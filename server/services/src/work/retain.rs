//! Deletes what has been kept long enough. The audit log, change requests and
//! what they name are kept for ever.

use crate::{Services, failure::Outcome};
use domain::limits;

/// One turn: small transactions, so that nobody waits long for the writer.
pub(super) async fn turn(s: &Services) -> Outcome<String> {
    let now = s.clock.now();
    let samples = now.plus_ms(-limits::SAMPLES_KEEP_MS);
    let mut deleted = 0_u64;
    let mut tx = s.store.begin().await?;
    deleted += tx.purge_feed(now.plus_ms(-limits::FEED_KEEP_MS)).await?;
    deleted += tx.purge_sessions(now).await?;
    deleted += tx.purge_tokens(now).await?;
    let failures = now.plus_ms(-limits::SIGN_IN_WINDOW_MS);
    deleted += tx.purge_sign_in_failures(failures).await?;
    tx.commit().await?;

    let mut tx = s.store.begin().await?;
    deleted += tx.purge_samples(samples).await?;
    tx.commit().await?;

    let mut tx = s.store.begin().await?;
    let told = now.plus_ms(-limits::DELIVERIES_KEEP_MS);
    deleted += tx.purge_threads(told).await?;
    deleted += tx.purge_alarms(samples).await?;
    deleted += tx.purge_targets(samples).await?;
    deleted += tx.purge_freezes(samples).await?;
    tx.commit().await?;
    Ok(format!("{deleted} rows deleted"))
}
