//! What other routes would change: every alarm that is known is led by both, as though it went
//! off now and nobody took it on. Nothing is written and nobody is told.

use super::outbox;
use crate::{Services, cx::Cx, failure::Outcome, on_call, texts};
use api::notifications::{RouteChange, RouteTrial, RouteTried};
use domain::{
    alarms::AlarmState,
    limits,
    policy::{Action, Resource},
    routes::{Moment, Routing, Subject, trial},
};
use store::{AlarmFilter, AlarmRow, Slice};

/// What other routes would change for the alarms that the caller sees.
///
/// # Errors
/// `unauthenticated`; `invalid` tells the line of the text that cannot be used.
pub async fn try_routes(s: &Services, cx: &Cx, trial: RouteTrial) -> Outcome<RouteTried> {
    cx.authorize(Action::View, Resource::Own)?;
    if trial.text.len() > limits::ROUTES_TEXT_BYTES_MAX {
        let most = limits::ROUTES_TEXT_BYTES_MAX / 1024;
        return Err(cx
            .invalid("text", texts::sample_too_long(cx.lang, most))
            .into());
    }
    let channels: Vec<_> = s
        .channels
        .iter()
        .map(|lane| lane.channel.name.clone())
        .collect();
    let before = &s.settings.routing;
    let routes = (s.settings.read_routes)(&trial.text, before, &channels)
        .map_err(|what| cx.invalid("text", what))?;
    let after = Routing {
        routes,
        ..before.clone()
    };
    let at = trial.at.unwrap_or(cx.now);
    let moment = Moment {
        at,
        unattended_ms: Some(0),
        covers: &on_call::covers(s, s.store.read(), at).await?,
    };
    let mut tried = RouteTried {
        at,
        looked_at: 0,
        total: 0,
        changed: 0,
        nobody_before: 0,
        nobody_after: 0,
        rows: Vec::new(),
    };
    let filter = AlarmFilter::within(cx.sees()?);
    while tried.looked_at < limits::ROUTE_TRIAL_ALARMS_MAX {
        let slice = Slice {
            offset: tried.looked_at,
            limit: limits::PAGE_ROWS_MAX,
        };
        let found = s.store.read().alarm_page(&filter, slice).await?;
        tried.total = found.total;
        if found.rows.is_empty() {
            break;
        }
        for row in &found.rows {
            tried.looked_at += 1;
            compare(&mut tried, row, (before, &after), moment);
        }
    }
    Ok(tried)
}

fn compare(
    tried: &mut RouteTried,
    row: &AlarmRow,
    (before, after): (&Routing, &Routing),
    moment: Moment<'_>,
) {
    let subject = Subject {
        state: AlarmState::Alarm,
        ..outbox::subject(row)
    };
    let before = trial::reached(before, &subject, moment);
    let after = trial::reached(after, &subject, moment);
    tried.nobody_before += u32::from(before.is_nobody());
    tried.nobody_after += u32::from(after.is_nobody());
    if before == after {
        return;
    }
    tried.changed += 1;
    if tried.rows.len() < limits::ROUTE_TRIAL_ROWS_MAX {
        tried.rows.push(RouteChange {
            alarm: row.id,
            name: row.name.clone(),
            environment: row.environment.clone(),
            priority: row.priority,
            state: row.state,
            before,
            after,
        });
    }
}
