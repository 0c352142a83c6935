//! Asks CloudTrail who made a difference, as long as an answer can be expected: it tells of a
//! call some minutes after it, and not at all without the permission.

use crate::{Services, changes, failure::Outcome};
use domain::{
    limits,
    time::Timestamp,
    trail::{Attribution, asks},
};
use ports::{CloudError, CloudErrorKind};
use store::{ChangeRow, ScheduleRow};

/// Asks about the drift of a schedule, if there is any and it is time to.
pub(super) async fn trace(
    s: &Services,
    row: &ScheduleRow,
    change: &ChangeRow,
    now: Timestamp,
) -> Outcome<()> {
    let Some(drift) = s.store.read().drift_of(change.id).await? else {
        return Ok(());
    };
    let last = drift.attribution.as_ref();
    if !asks(drift.seen_at, last.map(|(what, at)| (what, *at)), now) {
        return Ok(());
    }
    let attribution = ask(s, row, drift.since, now).await;
    let is_news = last.is_none_or(|(known, _)| *known != attribution);
    let mut tx = s.store.begin().await?;
    tx.attribute_drift(&drift, &attribution, now).await?;
    if is_news {
        tx.feed(&[changes::news(change, change.version)], now)
            .await?;
    }
    tx.commit().await?;
    if is_news {
        s.signals.feed();
    }
    Ok(())
}

async fn ask(s: &Services, row: &ScheduleRow, since: Timestamp, now: Timestamp) -> Attribution {
    let from = since.plus_ms(-limits::TRAIL_BEFORE_MS);
    let mut calls = Vec::new();
    for part in row.targets.iter().take(limits::TRAIL_TARGETS_MAX) {
        match s.cloud.trail(&part.target, from, now.plus_ms(1)).await {
            Ok(found) => calls.extend(found),
            Err(error) => return refused(row, &error),
        }
    }
    calls.sort_by(|one, other| other.cmp(one));
    calls.truncate(limits::TRAIL_CALLS_MAX);
    match calls.is_empty() {
        true => Attribution::None,
        false => Attribution::Calls { calls },
    }
}

fn refused(row: &ScheduleRow, error: &CloudError) -> Attribution {
    tracing::debug!(schedule = %row.schedule.name(), error = %error, "who made a difference is not known");
    match error.kind {
        CloudErrorKind::Denied => Attribution::Denied {
            action: error.action.to_owned(),
        },
        _ => Attribution::Failed,
    }
}
