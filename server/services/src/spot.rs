//! Spot capacity of a target: how much of it there is, what AWS told of it, what it costs.
//! Prices change some times a day, so what was read is shown for an hour.

use crate::{Services, asking::may_ask, cx::Cx, failure::Outcome, health::KeptFault, targets};
use api::spot::{SpotNotice, SpotPrices, SpotReport};
use domain::{
    ids::TargetId,
    limits,
    prices::{on_demand_micro_usd, source},
    spot::{Bought, SpotPrice, by_type, by_type_and_zone, by_zone},
    time::Timestamp,
};
use ports::CloudError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use store::{SpotNoticeRow, TargetRow};

/// Prices as they were read, each with when that was.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashMap<TargetId, Reading>>);

/// When it was made, and what it found.
type Reading = (Timestamp, Arc<Vec<SpotPrice>>);

impl Kept {
    fn get(&self, id: TargetId, now: Timestamp) -> Option<Reading> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&id).filter(|read| is_fresh(read, now)).cloned()
    }

    fn put(&self, id: TargetId, reading: Reading) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, read| is_fresh(read, reading.0));
        if kept.len() < limits::SPOT_PRICES_KEPT_MAX {
            kept.insert(id, reading);
        }
    }
}

/// A clock that was set back makes nothing fresh.
fn is_fresh((at, _): &Reading, now: Timestamp) -> bool {
    (0..limits::SPOT_PRICES_KEPT_MS).contains(&now.since_ms(*at))
}

/// How much of a target is spot, as last read, and what AWS told of it.
///
/// # Errors
/// `not_found`.
pub async fn report(s: &Services, cx: &Cx, id: TargetId) -> Outcome<SpotReport> {
    let row = targets::seen(s, cx, id).await?;
    let since = cx.now.plus_ms(-limits::SPOT_NOTICES_MS);
    let most = limits::SPOT_NOTICES_LISTED_MAX;
    let notices = s.store.read().spot_notices(id, since, most).await?;
    let view = |row: SpotNoticeRow| SpotNotice {
        id: row.id,
        kind: row.kind,
        instance: row.instance,
        zone: row.zone,
        instance_type: row.instance_type,
        at: row.at,
    };
    let instances = &row.target.instances;
    Ok(SpotReport {
        bought: Bought::of(instances),
        zones: by_zone(instances),
        types: by_type(instances),
        since,
        notices: notices.into_iter().map(view).collect(),
    })
}

/// What a target's instance types have cost as spot. A cloud that does not answer is no
/// error: the answer says so.
///
/// # Errors
/// `not_found`; `too_many` in a minute.
pub async fn prices(s: &Services, cx: &Cx, id: TargetId) -> Outcome<SpotPrices> {
    let row = targets::seen(s, cx, id).await?;
    let region = &row.target.reference.scope.region;
    let read = match s.spot_prices.get(id, cx.now) {
        Some(kept) => Ok(kept),
        None => ask(s, cx, &row).await?,
    };
    let (until, told, refused) = match read {
        Ok((at, told)) => (at, told, None),
        Err(error) => (cx.now, Arc::default(), Some(error)),
    };
    let from = until.plus_ms(-limits::SPOT_PRICES_MS);
    let on_demand = |name: &str| on_demand_micro_usd(region, name);
    Ok(SpotPrices {
        from,
        until,
        types: by_type_and_zone(&told, (from, until), on_demand),
        source: source(region),
        note: refused
            .as_ref()
            .map(|error| KeptFault::from(error).told(cx)),
        missing: refused.and_then(|error| error.missing_permission()),
    })
}

/// Asks the cloud.
async fn ask(s: &Services, cx: &Cx, row: &TargetRow) -> Outcome<Result<Reading, CloudError>> {
    may_ask(s, cx)?;
    let from = cx.now.plus_ms(-limits::SPOT_PRICES_MS);
    let reference = &row.target.reference;
    let read = s.cloud.spot_prices(reference, from, cx.now).await;
    Ok(read.map(|told| {
        let reading = (cx.now, Arc::new(told));
        s.spot_prices.put(row.id, reading.clone());
        reading
    }))
}
