//! Inhibition: which alarms may hold others back is kept beside them, so that nobody has to ask
//! all that stand. `notifications::outbox` keeps it in the transaction that changes an alarm, and
//! `work::held` makes it anew at each start, for the rules may be others.

use crate::{Services, alarms::labels, failure::Outcome};
use domain::{
    alarms::AlarmState,
    ids::AlarmId,
    inhibitions::{Cause, Causes, InhibitRule, is_cause},
    limits,
    sources::Origin,
    time::Timestamp,
};
use store::{AlarmNews, AlarmRow, Read, Tx};

/// The alarms that may hold others back now.
pub(crate) async fn causes(s: &Services, read: &mut Read<'_>, now: Timestamp) -> Outcome<Causes> {
    let rules = &s.settings.routing.inhibit_rules;
    if rules.is_empty() {
        return Ok(Causes::default());
    }
    let kept = kept(s, read, now).await?;
    let causes = kept.iter().filter_map(|row| cause(rules, row));
    Ok(Causes::new(rules, causes.collect()))
}

/// What is kept of them, and still known.
async fn kept(s: &Services, read: &mut Read<'_>, now: Timestamp) -> Outcome<Vec<AlarmRow>> {
    // Three readings may fail, or be slow, before what was read counts as old.
    let readings_ms = i64::try_from(3 * s.settings.poll_period_ms).unwrap_or(i64::MAX);
    let known_ms = readings_ms.max(limits::INHIBITOR_UNREAD_MS);
    let grace = now.plus_ms(-limits::INHIBITOR_GRACE_MS);
    Ok(read.inhibitors(grace, now.plus_ms(-known_ms)).await?)
}

/// Keeps which alarms may hold others back, of those that there are news of: also of those that
/// nobody is told of.
pub(crate) async fn note(
    s: &Services,
    tx: &mut Tx,
    news: &[AlarmNews],
    now: Timestamp,
) -> Outcome<()> {
    let rules = &s.settings.routing.inhibit_rules;
    if rules.is_empty() {
        return Ok(());
    }
    let ids: Vec<AlarmId> = news.iter().map(|news| news.row.id).collect();
    let kept = tx.read().inhibitors_of(&ids).await?;
    let mut begun = Vec::new();
    for AlarmNews { row, .. } in news {
        let may = is_firing(row) && cause(rules, row).is_some();
        match (kept.contains(&row.id), may) {
            (false, true) => begun.push(row.id),
            (true, false) => tx.end_inhibitor(row.id, now).await?,
            _ => {}
        }
    }
    Ok(tx.set_inhibitors(&begun).await?)
}

const fn is_firing(row: &AlarmRow) -> bool {
    matches!(row.state, AlarmState::Alarm) && row.gone_at.is_none()
}

/// What an alarm holds others back by; none where no rule lets it. A drill holds back nothing
/// that is real.
fn cause(rules: &[InhibitRule], row: &AlarmRow) -> Option<Cause> {
    if matches!(row.origin, Origin::Drill(_)) {
        return None;
    }
    let labels = labels(row);
    is_cause(rules, &labels).then(|| Cause {
        alarm: row.id,
        name: row.name.clone(),
        labels,
    })
}

/// The alarm that holds another back now.
pub(crate) async fn held_by(
    s: &Services,
    mut read: Read<'_>,
    row: &AlarmRow,
    now: Timestamp,
) -> Outcome<Option<AlarmRow>> {
    let rules = &s.settings.routing.inhibit_rules;
    if rules.is_empty() || !is_firing(row) {
        return Ok(None);
    }
    let kept = kept(s, &mut read, now).await?;
    let causes = kept.iter().filter_map(|row| cause(rules, row));
    let causes = Causes::new(rules, causes.collect());
    let by = causes.inhibitor(rules, row.id, &labels(row));
    let by = by.map(|cause| cause.alarm);
    Ok(kept.into_iter().find(|row| Some(row.id) == by))
}

/// Looks anew which alarms may hold others back: the rules may be others than before.
pub(crate) async fn look_for_causes(s: &Services, now: Timestamp) -> Outcome<()> {
    let rules = &s.settings.routing.inhibit_rules;
    let mut tx = s.store.begin().await?;
    tx.clear_inhibitors().await?;
    let grace = now.plus_ms(-limits::INHIBITOR_GRACE_MS);
    tx.forget_inhibitors(grace).await?;
    let (mut after, limit) = (None, limits::INHIBITORS_PER_STEP_MAX);
    while !rules.is_empty() {
        let rows = tx.read().firing_alarms(after, limit).await?;
        let causes = rows.iter().filter(|row| cause(rules, row).is_some());
        let causes: Vec<AlarmId> = causes.map(|row| row.id).collect();
        tx.set_inhibitors(&causes).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = Some(last.id);
    }
    tx.commit().await?;
    Ok(())
}
