//! What other routes would change: every alarm that is known is led by both, as though it went
//! off and nobody took it on. Nothing is written and nobody is told.
//!
//! Thousands of alarms at many instants take a core for seconds: it is done off the request
//! threads, one trial at a time.

use super::outbox;
use crate::{
    Services,
    cx::Cx,
    failure::Outcome,
    off_thread::{self, Places},
    on_call, texts,
};
use api::notifications::{RouteChange, RouteTrial, RouteTried};
use domain::{
    alarms::AlarmState,
    limits,
    on_call::Cover,
    policy::{Action, Resource},
    routes::{Moment, Routing, Subject, trial},
    sources::SourceKind,
    time::Timestamp,
};
use store::{AlarmFilter, AlarmRow, Slice};

static PLACES: Places = Places::new(
    limits::ROUTE_TRIALS_AT_ONCE_MAX,
    limits::ROUTE_TRIAL_WAIT_MS,
);

/// What other routes would change for the alarms that the caller sees.
///
/// # Errors
/// `unauthenticated`; `invalid` tells the line of the text that cannot be used; `too_many` while
/// others try.
pub async fn try_routes(s: &Services, cx: &Cx, trial: RouteTrial) -> Outcome<RouteTried> {
    cx.authorize(Action::View, Resource::Own)?;
    if trial.text.len() > limits::ROUTES_TEXT_BYTES_MAX {
        let most = limits::ROUTES_TEXT_BYTES_MAX / 1024;
        let message = texts::sample_too_long(cx.lang, most);
        return Err(cx.invalid("text", message).into());
    }
    let _place = PLACES.take(texts::trial_busy(cx.lang)).await?;
    let at = trial.at.unwrap_or(cx.now);
    let covers = on_call::covers(s, s.store.read(), at).await?;
    let (alarms, total) = alarms(s, cx).await?;
    let services = s.clone();
    let work = move || {
        let before = &services.settings.routing;
        let channels = services.channels.iter();
        let channels: Vec<_> = channels.map(|lane| lane.channel.name.clone()).collect();
        let routes = (services.settings.read_routes)(&trial.text, before, &channels)?;
        let after = Routing {
            routes,
            ..before.clone()
        };
        let instants = match trial.at {
            Some(at) => vec![at],
            None => trial::instants(before, at),
        };
        let compared = Compared {
            before,
            after: &after,
            instants: &instants,
            covers: &covers,
        };
        Ok(compared.tried(&alarms, total))
    };
    let tried: Result<RouteTried, String> = off_thread::run(work).await?;
    Ok(tried.map_err(|what| cx.invalid("text", what))?)
}

/// The alarms that are looked at, those going off first, and how many there are.
async fn alarms(s: &Services, cx: &Cx) -> Outcome<(Vec<AlarmRow>, u64)> {
    let filter = AlarmFilter {
        sources: SourceKind::real(),
        ..AlarmFilter::within(cx.sees()?)
    };
    let (mut alarms, mut offset) = (Vec::new(), 0);
    loop {
        let slice = Slice {
            offset,
            limit: limits::PAGE_ROWS_MAX,
        };
        let found = s.store.read().alarm_page(&filter, slice).await?;
        let is_last = found.rows.is_empty();
        alarms.extend(found.rows);
        offset += limits::PAGE_ROWS_MAX;
        if is_last || offset >= limits::ROUTE_TRIAL_ALARMS_MAX {
            return Ok((alarms, found.total));
        }
    }
}

/// Two routings, and when they are asked.
struct Compared<'a> {
    before: &'a Routing,
    after: &'a Routing,
    instants: &'a [Timestamp],
    covers: &'a [Cover],
}

impl Compared<'_> {
    fn tried(&self, alarms: &[AlarmRow], total: u64) -> RouteTried {
        let mut tried = RouteTried {
            at: self.instants.to_vec(),
            looked_at: u32::try_from(alarms.len()).unwrap_or(u32::MAX),
            total,
            changed: 0,
            nobody_before: 0,
            nobody_after: 0,
            rows: Vec::new(),
        };
        for row in alarms {
            self.compare(&mut tried, row);
        }
        tried
    }

    fn compare(&self, tried: &mut RouteTried, row: &AlarmRow) {
        let subject = Subject {
            state: AlarmState::Alarm,
            ..outbox::subject(row)
        };
        let (mut nobody_before, mut nobody_after, mut change) = (false, false, None);
        for at in self.instants {
            let moment = Moment {
                at: *at,
                unattended_ms: Some(0),
                covers: self.covers,
            };
            let before = trial::reached(self.before, &subject, moment);
            let after = trial::reached(self.after, &subject, moment);
            nobody_before |= before.is_nobody();
            nobody_after |= after.is_nobody();
            if before != after && change.is_none() {
                change = Some((*at, before, after));
            }
        }
        tried.nobody_before += u32::from(nobody_before);
        tried.nobody_after += u32::from(nobody_after);
        let Some((at, before, after)) = change else {
            return;
        };
        tried.changed += 1;
        if tried.rows.len() < limits::ROUTE_TRIAL_ROWS_MAX {
            tried.rows.push(RouteChange {
                alarm: row.id,
                name: row.name.clone(),
                environment: row.environment.clone(),
                priority: row.priority,
                state: row.state,
                at,
                before,
                after,
            });
        }
    }
}
