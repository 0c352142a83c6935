//! Inhibition: which alarms may hold others back is kept beside them, so that nobody has to ask
//! all that stand. `notifications::outbox` keeps it in the transaction that changes an alarm, and
//! `work::held` makes it anew at each start, for the rules may be others.

use crate::{Services, alarms::labels, failure::Outcome};
use domain::{
    alarms::AlarmState,
    ids::AlarmId,
    inhibitions::{Cause, InhibitRule, inhibitor, is_cause},
    limits,
    sources::Origin,
};
use std::collections::HashSet;
use store::{AlarmNews, AlarmRow, Read, Tx};

/// The alarms that may hold others back as they are now: of those that are kept, and of those
/// that are looked at, which may have changed since.
pub(crate) fn causes(
    rules: &[InhibitRule],
    kept: Vec<AlarmRow>,
    looked_at: &[&AlarmRow],
) -> Vec<Cause> {
    let own: HashSet<AlarmId> = looked_at.iter().map(|row| row.id).collect();
    let kept = kept.iter().filter(|row| !own.contains(&row.id));
    let firing = looked_at.iter().copied().filter(|row| is_firing(row));
    let causes = kept.chain(firing).filter_map(|row| cause(rules, row));
    causes.collect()
}

/// Keeps which alarms may hold others back, of those that there are news of: also of those that
/// nobody is told of.
pub(crate) async fn note(s: &Services, tx: &mut Tx, news: &[AlarmNews]) -> Outcome<()> {
    let rules = &s.settings.routing.inhibit_rules;
    if rules.is_empty() {
        return Ok(());
    }
    let ids: Vec<AlarmId> = news.iter().map(|news| news.row.id).collect();
    let kept = tx.read().inhibitors_of(&ids).await?;
    for AlarmNews { row, .. } in news {
        let may = is_firing(row) && cause(rules, row).is_some();
        if may == kept.contains(&row.id) {
            continue;
        }
        tx.set_inhibitor(row.id, may).await?;
        if !may {
            // What it held back may be told.
            s.signals.held();
        }
    }
    Ok(())
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
) -> Outcome<Option<AlarmRow>> {
    let rules = &s.settings.routing.inhibit_rules;
    if rules.is_empty() || !is_firing(row) {
        return Ok(None);
    }
    let kept = read.inhibitors().await?;
    let causes: Vec<Cause> = kept.iter().filter_map(|row| cause(rules, row)).collect();
    let by = inhibitor(rules, &causes, row.id, &labels(row)).map(|cause| cause.alarm);
    Ok(kept.into_iter().find(|row| Some(row.id) == by))
}

/// Looks anew which alarms may hold others back: the rules may be others than before.
pub(crate) async fn look_for_causes(s: &Services) -> Outcome<()> {
    let rules = &s.settings.routing.inhibit_rules;
    let mut tx = s.store.begin().await?;
    tx.clear_inhibitors().await?;
    let (mut after, limit) = (None, limits::INHIBITORS_PER_STEP_MAX);
    while !rules.is_empty() {
        let rows = tx.read().firing_alarms(after, limit).await?;
        for row in rows.iter().filter(|row| cause(rules, row).is_some()) {
            tx.set_inhibitor(row.id, true).await?;
        }
        let Some(last) = rows.last() else {
            break;
        };
        after = Some(last.id);
    }
    tx.commit().await?;
    Ok(())
}
