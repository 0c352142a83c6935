//! Inhibition: which alarms may hold others back is kept beside them, so that nobody has to ask
//! all that stand. `notifications::outbox` keeps it in the transaction that changes an alarm, and
//! `work::held` looks anew at each start, for the rules may be others.

use crate::{Services, alarms::labels, failure::Outcome};
use domain::{
    alarms::AlarmState,
    ids::AlarmId,
    inhibitions::{Cause, Causes, Held, InhibitRule, is_cause},
    labels::Labels,
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
    Ok(causes_of(rules, &kept(s, read, now).await?))
}

fn causes_of(rules: &[InhibitRule], kept: &[Kept]) -> Causes {
    let causes = kept.iter().filter_map(|kept| over(rules, kept));
    Causes::new(rules, causes.collect())
}

/// What causes look at of an alarm that they may hold back.
pub(crate) const fn held<'a>(row: &AlarmRow, labels: &'a Labels) -> Held<'a> {
    Held {
        alarm: row.id,
        since: row.state_at,
        labels,
    }
}

/// One that is kept, and when it ended.
type Kept = (AlarmRow, Option<Timestamp>);

/// What is kept of them, and still known.
async fn kept(s: &Services, read: &mut Read<'_>, now: Timestamp) -> Outcome<Vec<Kept>> {
    let known_ms = s.settings.unread_after_ms();
    // A server that has just started has not had the time to read.
    let has_tried = now.since_ms(s.started_at) > known_ms;
    let read_after = match has_tried {
        true => now.plus_ms(-known_ms),
        false => Timestamp::from_ms(0),
    };
    let grace = now.plus_ms(-limits::INHIBITOR_GRACE_MS);
    Ok(read.inhibitors(grace, read_after).await?)
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
            // While it stands another server, with other rules, may need it.
            (true, false) if !is_firing(row) => tx.end_inhibitor(row.id, now).await?,
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
        ended_at: None,
    })
}

/// What a kept alarm holds others back by.
fn over(rules: &[InhibitRule], (row, ended_at): &Kept) -> Option<Cause> {
    let cause = cause(rules, row)?;
    Some(Cause {
        // By its source's clock, as what it holds back.
        ended_at: ended_at.map(|_| row.state_at),
        ..cause
    })
}

/// The alarm that holds another back now, and when it ended if it is over.
pub(crate) async fn held_by(
    s: &Services,
    mut read: Read<'_>,
    row: &AlarmRow,
    now: Timestamp,
) -> Outcome<Option<Kept>> {
    let rules = &s.settings.routing.inhibit_rules;
    if rules.is_empty() || !is_firing(row) {
        return Ok(None);
    }
    let kept = kept(s, &mut read, now).await?;
    let causes = causes_of(rules, &kept);
    let own = labels(row);
    let by = causes.inhibitor(rules, held(row, &own));
    let by = by.map(|cause| cause.alarm);
    Ok(kept.into_iter().find(|(row, _)| Some(row.id) == by))
}

/// Looks which alarms may hold others back by the rules of this server, which may be others than
/// before. It takes none away: another server's may be others, and whoever reads them looks at
/// the rules.
pub(crate) async fn look_for_causes(s: &Services, now: Timestamp) -> Outcome<()> {
    let rules = &s.settings.routing.inhibit_rules;
    let (mut found, mut after) = (Vec::new(), None);
    while !rules.is_empty() {
        let limit = limits::INHIBITORS_PER_STEP_MAX;
        let rows = s.store.read().firing_alarms(after, limit).await?;
        let Some(last) = rows.last() else {
            break;
        };
        after = Some(last.id);
        let causes = rows.iter().filter(|row| cause(rules, row).is_some());
        found.extend(causes.map(|row| row.id));
    }
    let grace = now.plus_ms(-limits::INHIBITOR_GRACE_MS);
    let mut tx = s.store.begin().await?;
    tx.forget_inhibitors(grace).await?;
    let known = tx.read().inhibitors_of(&found).await?;
    found.retain(|id| !known.contains(id));
    tx.set_inhibitors(&found).await?;
    tx.commit().await?;
    Ok(())
}
