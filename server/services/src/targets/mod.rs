//! Targets: list, detail, capacity over time. What AWS says about them comes in
//! by the poll worker.

mod next_run;
mod timer_runs;

pub(crate) use next_run::next_run;
pub(crate) use timer_runs::timer_runs;

use crate::{
    Services, alarms, asking::may_ask, changes, cx::Cx, failure::Outcome, health::KeptFault, page,
    texts,
};
use api::{
    Page,
    capacity::{CapacitySample, EventRow, TargetDetail, TargetQuery, TargetRow as TargetView},
};
use domain::{
    capacity::{Activity, Purchase, Target},
    changes::Change,
    ids::TargetId,
    limits,
    policy::{Action, Resource},
    spot::Bought,
    time::{HOUR_MS, Timestamp},
};
use store::{ChangeRow, TargetRow};

/// A page of targets that the caller sees, by environment and name.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx, query: TargetQuery) -> Outcome<Page<TargetView>> {
    let sees = cx.sees()?;
    let filter = store::TargetFilter {
        reach: sees.clone(),
        kinds: page::any_of(cx, "kind", query.kind)?,
        environments: page::any_of(cx, "environment", query.environment)?,
        text: page::search(cx, "text", &query.text)?,
    };
    let (slice, paged) = page::of(query.page);
    let mut read = s.store.read();
    let found = read.target_page(&filter, slice).await?;
    let events = read
        .standing_events_seen(&sees, cx.now, limits::EVENTS_LISTED_MAX)
        .await?;
    let event_of = |id: TargetId| {
        let events = events.iter().map(|listed| &listed.row);
        let mut own = events.filter(|row| row.target == Some(id));
        own.find_map(|row| event(row, cx.now))
    };
    Ok(paged.fill(found, |row| view(&row, event_of(row.id), cx.now)))
}

fn view(row: &TargetRow, event: Option<EventRow>, now: Timestamp) -> TargetView {
    let target = &row.target;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let spot = target
        .instances
        .iter()
        .filter(|i| i.purchase == Purchase::Spot);
    let policies = target.policies.iter().filter(|policy| policy.enabled);
    let runs = target.actions.iter();
    let next_action_at = runs
        .filter_map(|action| next_run(target, action, now))
        .chain(timer_runs(target, now).first().map(|next| next.at))
        .min();
    TargetView {
        id: row.id,
        reference: target.reference.clone(),
        environment: target.environment.clone(),
        capacity: target.capacity,
        in_service: target.in_service,
        pending: target.pending,
        spot: count(spot.count()),
        bought: Bought::of(&target.instances),
        suspended: target.suspended.clone(),
        actions: count(target.actions.len() + target.timers.len()),
        policies: count(policies.count()),
        next_action_at,
        event,
        read_at: row.read_at,
    }
}

/// A scale event that waits or runs, for a list.
pub(crate) fn event(row: &ChangeRow, now: Timestamp) -> Option<EventRow> {
    let Change::ScaleEvent(event) = &row.change else {
        return None;
    };
    let life = changes::life_of(row, event, now);
    Some(EventRow {
        change: row.id,
        phase: life.phase(now),
        count: event.count,
        from: life.from,
        until: life.until,
    })
}

/// One target, read afresh where AWS answers and as last read where not.
///
/// # Errors
/// `not_found`; `too_many` in a minute.
pub async fn detail(s: &Services, cx: &Cx, id: TargetId) -> Outcome<TargetDetail> {
    let row = seen(s, cx, id).await?;
    may_ask(s, cx)?;
    let reference = &row.target.reference;
    let events = s.store.read().standing_events(id, cx.now).await?;
    let (fresh, activities) = futures::join!(fresh(s, &row), s.cloud.activities(reference));
    let (activities, activities_note) = match activities {
        Ok(activities) => (activities, None),
        Err(error) => {
            let note = KeptFault::from(&error).told(cx);
            (Vec::<Activity>::new(), Some(note))
        }
    };
    let gone = row.gone_at.is_some();
    let configured = s.reads(&row.target.reference.scope);
    let lost = match (gone, configured) {
        (false, _) => None,
        (true, true) => Some(texts::target_gone(cx.lang)),
        (true, false) => Some(texts::target_unconfigured(cx.lang)),
    };
    let refused = cx.refusal(Action::ProposeChange, Resource::In(&row.target.environment));
    let read_at = if fresh.is_some() { cx.now } else { row.read_at };
    let target = fresh.unwrap_or(row.target);
    Ok(TargetDetail {
        id,
        runs: timer_runs(&target, cx.now),
        target,
        activities,
        activities_note,
        events: events.iter().filter_map(|row| event(row, cx.now)).collect(),
        read_at,
        gone,
        configured,
        propose_refused: refused.or_else(|| lost.map(str::to_owned)),
    })
}

/// The target with the purchase options of its instances, which polling leaves out.
async fn fresh(s: &Services, row: &TargetRow) -> Option<Target> {
    match s.cloud.target(&row.target.reference).await {
        // What another environment's tag says takes effect with the next poll,
        // which is where access is decided.
        Ok(found) => found.filter(|fresh| fresh.environment == row.target.environment),
        Err(error) => {
            tracing::debug!(target.id = %row.id, error = %error, "a target is shown as last read");
            None
        }
    }
}

/// A target that the caller may see.
pub(crate) async fn seen(s: &Services, cx: &Cx, id: TargetId) -> Outcome<TargetRow> {
    let row = s.store.read().target(id).await?;
    let row = row.ok_or_else(|| cx.not_found())?;
    cx.authorize(Action::View, Resource::In(&row.target.environment))?;
    Ok(row)
}

/// A target's capacity over the last hours, oldest first.
///
/// # Errors
/// `not_found`; `invalid` hours.
pub async fn samples(
    s: &Services,
    cx: &Cx,
    id: TargetId,
    hours: u32,
) -> Outcome<Vec<CapacitySample>> {
    seen(s, cx, id).await?;
    let hours = alarms::range(cx, hours)?;
    let from = cx.now.plus_ms(-i64::from(hours) * HOUR_MS);
    let until = cx.now.plus_ms(1);
    let samples = s.store.read().capacity_samples(id, from, until).await?;
    let view = |sample: store::CapacitySample| CapacitySample {
        at: sample.at,
        min: sample.min,
        desired: sample.desired,
        max: sample.max,
        in_service: sample.in_service,
    };
    Ok(samples.into_iter().map(view).collect())
}
