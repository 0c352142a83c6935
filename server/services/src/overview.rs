//! The overview: what needs me now, and how the estate is doing.

use crate::{Services, alarms, changes, checks, cx::Cx, failure::Outcome, health, targets};
use api::{
    alarms::AlarmRow,
    changes::ChangeRow,
    overview::{Drift, EnvironmentDay, Overview, Upcoming},
};
use domain::{
    alarms::{AlarmState, Priority},
    changes::ChangeState,
    checks::Severity,
    estate::Environment,
    i18n::changes::{difference, does, sets},
    limits,
    people::Reach,
    plan::action_owner,
    policy::Action,
    sources::SourceKind,
    time::{DAY_MS, MINUTE_MS, Timestamp},
};
use std::collections::{BTreeSet, HashMap};
use store::{Slice, TargetRow, metric};

/// Length of a bucket of the last day.
const BUCKET_MS: i64 = 15 * MINUTE_MS;
/// Buckets of the last day.
const BUCKETS: i64 = DAY_MS / BUCKET_MS;

/// The page for this caller.
///
/// # Errors
/// `unauthenticated`.
pub async fn overview(s: &Services, cx: &Cx) -> Outcome<Overview> {
    let sees = cx.sees()?;
    let mut read = s.store.read();
    let drift = read.drifts(&sees, limits::OVERVIEW_ROWS_MAX).await?;
    let events = read
        .standing_events_seen(&sees, cx.now, limits::OVERVIEW_ROWS_MAX)
        .await?;
    let events = events.into_iter();
    Ok(Overview {
        alarms: alarms::count(s, cx).await?,
        urgent: urgent(s, &sees, cx.now).await?,
        waiting: waiting(s, cx, &sees).await?,
        proposed: proposed(s, cx, &sees).await?,
        to_review: to_review(s, cx, &sees).await?,
        events: events.map(|row| changes::listed(s, row, cx.now)).collect(),
        drift: drift
            .into_iter()
            .map(|row| Drift {
                change: row.change,
                target: row.target,
                target_name: row.target_name,
                environment: row.environment,
                differences: row
                    .differences
                    .iter()
                    .map(|found| difference(cx.lang, found))
                    .collect(),
                since: row.since,
            })
            .collect(),
        checks: checks::count(s, &sees, &[Severity::Error, Severity::Warning]).await?,
        checks_failing: checks::count(s, &sees, &[Severity::Error]).await?,
        upcoming: upcoming(cx, &read.targets(&sees).await?),
        days: days(s, &sees, cx.now).await?,
        scopes: health::scopes(s, cx).await?,
        at: cx.now,
    })
}

/// The most urgent alarms that nobody looks after.
async fn urgent(s: &Services, sees: &Reach, now: Timestamp) -> Outcome<Vec<AlarmRow>> {
    let filter = store::AlarmFilter {
        states: vec![AlarmState::Alarm],
        priorities: vec![Priority::P1, Priority::P2],
        acknowledged: Some(false),
        // A drill needs nobody.
        sources: SourceKind::ALL
            .into_iter()
            .filter(|kind| !kind.is_drill())
            .collect(),
        ..store::AlarmFilter::within(sees.clone())
    };
    let found = s.store.read().alarm_page(&filter, first()).await?;
    let silences = s.store.read().silences_at(now).await?;
    let rows = found.rows.into_iter();
    Ok(rows.map(|row| alarms::listed(row, &silences)).collect())
}

/// Change requests the caller may approve: none for those who decide nowhere.
async fn waiting(s: &Services, cx: &Cx, sees: &Reach) -> Outcome<Vec<ChangeRow>> {
    if cx.reach_for(Action::DecideChange).is_err() {
        return Ok(Vec::new());
    }
    let filter = store::ChangeFilter {
        waiting_for: Some(changes::waiting_for(s, cx).await?),
        ..store::ChangeFilter::within(sees.clone())
    };
    changes_first(s, cx, &filter).await
}

/// The caller's own proposals, which others have to decide.
async fn proposed(s: &Services, cx: &Cx, sees: &Reach) -> Outcome<Vec<ChangeRow>> {
    let filter = store::ChangeFilter {
        states: vec![ChangeState::Proposed],
        written_by: Some(cx.actor()?.person),
        ..store::ChangeFilter::within(sees.clone())
    };
    changes_first(s, cx, &filter).await
}

/// What nobody approved and nobody has looked at since: it stays there for all to see.
async fn to_review(s: &Services, cx: &Cx, sees: &Reach) -> Outcome<Vec<ChangeRow>> {
    let filter = store::ChangeFilter {
        to_review: true,
        ..store::ChangeFilter::within(sees.clone())
    };
    changes_first(s, cx, &filter).await
}

async fn changes_first(
    s: &Services,
    cx: &Cx,
    filter: &store::ChangeFilter,
) -> Outcome<Vec<ChangeRow>> {
    let found = s.store.read().change_page(filter, first()).await?;
    let rows = found.rows.into_iter();
    Ok(rows.map(|row| changes::listed(s, row, cx.now)).collect())
}

const fn first() -> Slice {
    Slice {
        offset: 0,
        limit: limits::OVERVIEW_ROWS_MAX,
    }
}

/// What scheduled actions will set next, soonest first.
fn upcoming(cx: &Cx, targets: &[TargetRow]) -> Vec<Upcoming> {
    let mut all = Vec::new();
    for row in targets {
        let target = &row.target;
        for action in &target.actions {
            let Some(at) = targets::next_run(target, action, cx.now) else {
                continue;
            };
            all.push(Upcoming {
                at,
                target: row.id,
                target_name: target.reference.name.clone(),
                environment: target.environment.clone(),
                action: action.name.clone(),
                sets: sets(cx.lang, &action.capacity),
                change: action_owner(&action.name),
            });
        }
        // The next of each timer is enough, as of each action.
        let mut timers = BTreeSet::new();
        for next in targets::timer_runs(target, cx.now) {
            if timers.insert(next.timer.clone()) {
                all.push(Upcoming {
                    at: next.at,
                    target: row.id,
                    target_name: target.reference.name.clone(),
                    environment: target.environment.clone(),
                    action: next.timer,
                    sets: does(cx.lang, next.sets),
                    change: None,
                });
            }
        }
    }
    all.sort_by(|a, b| (a.at, &a.target_name, &a.action).cmp(&(b.at, &b.target_name, &b.action)));
    all.truncate(limits::OVERVIEW_ROWS_MAX as usize);
    all
}

/// Capacity and requests of the last day, by environment.
async fn days(s: &Services, sees: &Reach, now: Timestamp) -> Outcome<Vec<EnvironmentDay>> {
    let mut read = s.store.read();
    let until = Timestamp::from_ms(now.ms().div_euclid(BUCKET_MS) * BUCKET_MS + BUCKET_MS);
    let from = until.plus_ms(-DAY_MS);
    let at: Vec<_> = (0..BUCKETS).map(|n| from.plus_ms(n * BUCKET_MS)).collect();
    let mut series = Vec::new();
    for metric in [
        metric::IN_SERVICE,
        metric::DESIRED,
        metric::REQUESTS_PER_MINUTE,
    ] {
        let points = read
            .environment_series(metric, sees, from, until, BUCKET_MS)
            .await?;
        let points = points.into_iter();
        let values: HashMap<(Environment, Timestamp), f64> = points
            .map(|point| ((point.environment, point.at), point.value))
            .collect();
        series.push(values);
    }
    let environments = read.environments().await?;
    let seen = environments.into_iter().filter(|e| sees.covers(e));
    let day = |environment: Environment| {
        let values = |which: usize| {
            let value = |at: &Timestamp| series[which].get(&(environment.clone(), *at)).copied();
            at.iter().map(value).collect::<Vec<_>>()
        };
        EnvironmentDay {
            at: at.clone(),
            bucket_s: u32::try_from(BUCKET_MS / 1_000).unwrap_or(u32::MAX),
            in_service: values(0).into_iter().map(whole).collect(),
            desired: values(1).into_iter().map(whole).collect(),
            requests_per_minute: values(2),
            environment,
        }
    };
    Ok(seen.map(day).collect())
}

/// A mean over a bucket, as the nearest whole count.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast to an integer saturates, and capacities are far inside the range"
)]
fn whole(value: Option<f64>) -> Option<u32> {
    value.map(|value| value.round() as u32)
}
