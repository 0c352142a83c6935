//! What targets cost in the month to come, as they are planned now.

use crate::{Services, cx::Cx, failure::Outcome, texts};
use api::prices::{MonthPrices, PriceQuery, TargetPrice};
use domain::{
    capacity::{Target, TargetRef},
    limits,
    policy::{Action, Resource},
    prices::{Buying, SPOT_PERCENT, month_end, unit_price},
    time::Timestamp,
    timeline::{action_moves, planned},
};

/// The targets of a schedule that the caller sees, each with the price of an instance and
/// what runs if nothing is changed.
///
/// # Errors
/// `unauthenticated`; `invalid` when too many are asked for.
pub async fn month(s: &Services, cx: &Cx, query: PriceQuery) -> Outcome<MonthPrices> {
    cx.actor()?;
    if query.targets.len() > limits::SCHEDULE_TARGETS_MAX {
        let message = texts::too_many(cx.lang, limits::SCHEDULE_TARGETS_MAX);
        return Err(cx.invalid("targets", message).into());
    }
    let (from, until) = (cx.now, month_end(cx.now));
    let mut targets = Vec::new();
    let mut read = s.store.read();
    for name in query.targets {
        let reference = TargetRef {
            scope: query.scope.clone(),
            kind: query.kind.into(),
            name,
        };
        let found = read.target_by_reference(&reference).await?;
        let seen = found.map(|row| row.target).filter(|target| {
            let place = Resource::In(&target.environment);
            cx.may(Action::View, place)
        });
        targets.extend(seen.map(|target| priced(target, from, until)));
    }
    Ok(MonthPrices {
        from,
        until,
        spot_percent: SPOT_PERCENT,
        targets,
    })
}

fn priced(target: Target, from: Timestamp, until: Timestamp) -> TargetPrice {
    let buying = Buying::of(&target);
    let kind = target.reference.kind;
    let fired = target.actions.iter();
    // What cannot be read fires nowhere that we know of.
    let moves =
        fired.flat_map(|action| action_moves(kind, action, from, until).unwrap_or_default());
    let steps = planned(target.capacity, moves.collect(), from, until);
    TargetPrice {
        price: unit_price(&target),
        before: buying.planned(&steps, until),
        name: target.reference.name,
        buying,
    }
}
