//! Queries of logs that run on a schedule, and the alarm of each.
//!
//! A query is taken under a lease, so that of two servers one pays for it, and asked outside of
//! any transaction. What it came to is written in one transaction that looks again: a window that
//! is no newer than what was looked at changes no state, only what the day has cost. After a kill
//! in between nothing is known of the run; once the lease is over, the next turn of any server
//! asks again.
//!
//! Only an answer is OK. What keeps a query from answering is INSUFFICIENT_DATA in words.

use crate::{
    Services,
    alarms::{Labelled, labels_before_priority},
    cx::Cx,
    failure::Outcome,
    own_alarms::{Own, report, since, tell},
    sources::settled,
};
use api::{log_queries::LogQueryView, system::WorkerReport};
use domain::{
    alarms::{AlarmState, prioritise},
    limits,
    log_queries::{
        LogQuery, LogQueryAnswer, LogQueryEnd, LogQueryName, LogQueryRun, Verdict, day_of,
        is_ahead, unknown,
    },
    policy::{Action, Resource},
    sources::{Origin, SourceKind},
    time::Timestamp,
};
use futures::{StreamExt as _, stream};
use ports::{CloudError, CloudErrorKind};
use store::{LogQueryRow, ReportInput, Tx};

/// One turn: what is due runs, a few at a time.
pub(crate) async fn turn(s: &Services) -> Outcome<WorkerReport> {
    let now = s.clock.now();
    let rows = s.store.read().log_queries().await?;
    let due = s.settings.log_queries.iter().filter(|query| {
        let row = rows.iter().find(|row| row.name == query.name);
        is_due(query, row, now)
    });
    let runs: Vec<_> = due.map(|query| run(s, query)).collect();
    let mut runs = stream::iter(runs).buffer_unordered(limits::LOG_QUERIES_AT_ONCE_MAX);
    let (mut asked, mut unanswered, mut failure) = (0, 0, None);
    while let Some(ran) = runs.next().await {
        match ran {
            Ok(Some(state)) => {
                asked += 1;
                unanswered += u32::from(state == AlarmState::InsufficientData);
            }
            Ok(None) => {}
            // The others are told of first.
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(error) => Err(error),
        None => Ok(WorkerReport::Queried { asked, unanswered }),
    }
}

/// What stands of a query where it runs now; what stood elsewhere counts for nothing.
fn here<'a>(query: &LogQuery, row: Option<&'a LogQueryRow>) -> Option<&'a LogQueryRow> {
    row.filter(|row| row.scope == query.scope)
}

fn is_due(query: &LogQuery, row: Option<&LogQueryRow>, now: Timestamp) -> bool {
    let last = here(query, row).map(|row| row.window_until);
    query.is_due(last, query.run_at(now, None).until)
}

/// What a query has scanned today.
fn scanned_today(row: Option<&LogQueryRow>, now: Timestamp) -> u64 {
    let today = row.filter(|row| row.day == day_of(now));
    today.map_or(0, |row| row.day_bytes)
}

/// Runs one query, unless another server does or its budget is spent; what it told.
async fn run(s: &Services, query: &LogQuery) -> Outcome<Option<AlarmState>> {
    let now = s.clock.now();
    let mut tx = s.store.begin().await?;
    let lease = format!("log-query {}", query.name);
    let until = now.plus_ms(limits::LOG_QUERY_LEASE_MS);
    if !tx.take_lease(&lease, &s.holder, now, until).await? {
        return Ok(None);
    }
    // Another server may have run it since we looked.
    let row = tx.read().log_query(&query.name).await?;
    tx.commit().await?;
    if !is_due(query, row.as_ref(), now) {
        return Ok(None);
    }
    let answered = here(query, row.as_ref()).and_then(|row| row.answered_until);
    let asked = query.run_at(now, answered.filter(|at| !is_ahead(*at, now)));
    let spent = scanned_today(row.as_ref(), now);
    if query.is_spent(spent) {
        let came = Came {
            verdict: query.spent(spent),
            ran: None,
        };
        return settle(s, query, &asked, came, false).await.map(Some);
    }
    let answer = s.cloud.run_log_query(&query.scope, &asked).await;
    if let Err(error) = &answer {
        tracing::warn!(query = %query.name, scope = %query.scope, error = %error, "a query of logs was not answered");
    }
    let came = Came {
        verdict: verdict(query, &answer),
        ran: Some(match answer {
            Ok(answer) => (rows(&answer), answer.bytes_scanned),
            Err(_) => (None, 0),
        }),
    };
    let is_noted = note_cost(s, query, &asked, &came).await?;
    settle(s, query, &asked, came, is_noted).await.map(Some)
}

/// Keeps what a run cost before anything else is made of it: whatever fails then, it is neither
/// paid for again at once nor left out of the budget. Of the first run there is no row to keep it in.
async fn note_cost(
    s: &Services,
    query: &LogQuery,
    asked: &LogQueryRun,
    came: &Came,
) -> Outcome<bool> {
    let now = s.clock.now();
    let mut tx = s.store.begin().await?;
    let row = tx.read().log_query(&query.name).await?;
    let Some(row) = here(query, row.as_ref()) else {
        return Ok(false);
    };
    let (rows, bytes) = came.ran.unwrap_or_default();
    let is_ahead = is_ahead(row.window_until, asked.until);
    let costs = LogQueryRow {
        window_until: match is_ahead {
            true => asked.until,
            false => row.window_until.max(asked.until),
        },
        ran_at: Some(now),
        rows,
        scanned_bytes: bytes,
        day: day_of(now),
        day_bytes: scanned_today(Some(row), now).saturating_add(bytes),
        ..row.clone()
    };
    tx.put_log_query(&costs).await?;
    tx.commit().await?;
    Ok(true)
}

const fn rows(answer: &LogQueryAnswer) -> Option<u32> {
    match answer.end {
        LogQueryEnd::Rows(rows) => Some(rows),
        LogQueryEnd::Stopped | LogQueryEnd::GivenUp(_) => None,
    }
}

/// What a run tells of the alarm.
fn verdict(query: &LogQuery, answer: &Result<LogQueryAnswer, CloudError>) -> Verdict {
    let error = match answer {
        Ok(answer) => return query.judge(answer),
        Err(error) => error,
    };
    let (action, scope) = (error.action, &query.scope);
    unknown(match error.kind {
        CloudErrorKind::Denied => format!("{action} is not granted in {scope}: {}", error.message),
        CloudErrorKind::NotFound => {
            let groups = query.groups.join(", ");
            format!("a log group is not there, of {groups}: {}", error.message)
        }
        CloudErrorKind::Invalid => format!("AWS refuses the query: {}", error.message),
        CloudErrorKind::Throttled | CloudErrorKind::Credentials | CloudErrorKind::Unavailable => {
            error.to_string()
        }
    })
}

/// What came of a query whose time it was.
struct Came {
    verdict: Verdict,
    /// The rows and the bytes of its run; none where it did not run.
    ran: Option<(Option<u32>, u64)>,
}

/// Writes what came of a run, with the alarm and the messages that follow.
async fn settle(
    s: &Services,
    query: &LogQuery,
    asked: &LogQueryRun,
    came: Came,
    is_noted: bool,
) -> Outcome<AlarmState> {
    let now = s.clock.now();
    let (state, reason) = &came.verdict;
    let mut tx = s.store.begin().await?;
    let row = tx.read().log_query(&query.name).await?;
    let mut is_news = false;
    if let Some(elsewhere) = row.as_ref().filter(|row| row.scope != query.scope) {
        let gone = tx.end_log_query(elsewhere, now).await?;
        is_news |= tell(s, &mut tx, &gone, now).await?;
    }
    let bytes = match is_noted {
        true => 0,
        false => came.ran.unwrap_or_default().1,
    };
    let day_bytes = scanned_today(row.as_ref(), now).saturating_add(bytes);
    let held = here(query, row.as_ref());
    let is_newer = held.is_none_or(|row| {
        let is_own = is_noted && row.window_until == asked.until;
        row.window_until < asked.until || is_own || is_ahead(row.window_until, asked.until)
    });
    if let Some(row) = held.filter(|_| !is_newer) {
        // A late answer moves nothing back, but it cost what it cost.
        let costs = LogQueryRow {
            day: day_of(now),
            day_bytes,
            ..row.clone()
        };
        tx.put_log_query(&costs).await?;
        tx.commit().await?;
        return Ok(row.state);
    }
    let before = held.map(|row| (row.state, row.state_at));
    let at = match before {
        // While it stands it is the same life.
        Some((stood, at)) if stood == *state && !is_ahead(at, now) => at,
        before => since(before, *state, asked.until, now),
    };
    let last = held.map(|row| (row.ran_at, row.rows, row.scanned_bytes));
    let (ran_at, rows, scanned_bytes) = match came.ran {
        Some((rows, bytes)) => (Some(now), rows, bytes),
        None => last.unwrap_or_default(),
    };
    let next = LogQueryRow {
        name: query.name.clone(),
        scope: query.scope.clone(),
        state: *state,
        state_at: at,
        reason: reason.clone(),
        window_until: asked.until,
        answered_until: match state {
            AlarmState::InsufficientData => held.and_then(|row| row.answered_until),
            AlarmState::Ok | AlarmState::Alarm => Some(asked.until),
        },
        ran_at,
        rows,
        scanned_bytes,
        day: day_of(now),
        day_bytes,
        alarm: None,
    };
    tx.put_log_query(&next).await?;
    is_news |= stand(s, &mut tx, query, &came.verdict, before, at, now).await?;
    tx.commit().await?;
    settled(s, is_news);
    Ok(*state)
}

/// Writes how the alarm stands; whether that is news.
async fn stand(
    s: &Services,
    tx: &mut Tx,
    query: &LogQuery,
    verdict: &Verdict,
    before: crate::own_alarms::Stood,
    at: Timestamp,
    now: Timestamp,
) -> Outcome<bool> {
    let own = Own {
        origin: &Origin::LogQuery(query.scope.clone()),
        alarms_max: u32::try_from(limits::LOG_QUERIES_MAX).unwrap_or(u32::MAX),
        changes: before.is_none_or(|(stood, _)| stood != verdict.0),
        at,
    };
    report(s, tx, own, |at| input(s, query, verdict, at), now).await
}

/// What is saved of it, with the priority that rules give.
fn input(s: &Services, query: &LogQuery, verdict: &Verdict, at: Timestamp) -> ReportInput {
    let report = query.report(verdict, at);
    let labels = labels_before_priority(&Labelled {
        name: &report.name,
        own: &report.notes.labels,
        metric: None,
        scope: Some(&query.scope),
        source: SourceKind::LogQuery.as_str(),
        environment: &query.environment,
    });
    let rules = &s.settings.priority_rules;
    let (priority, priority_rule) = prioritise(rules, &query.environment, &report.name, &labels);
    ReportInput {
        report,
        environment: query.environment.clone(),
        priority,
        priority_rule,
    }
}

/// Lets go of the alarms of queries that are configured no more.
pub(crate) async fn let_go(s: &Services, now: Timestamp) -> Outcome<()> {
    for row in s.store.read().log_queries().await? {
        if s.log_query(&row.name).is_some() {
            continue;
        }
        // Another server may have a newer configuration, and run it.
        let last = row.ran_at.unwrap_or(row.window_until);
        if now.since_ms(last) < limits::SOURCE_LET_GO_MS {
            continue;
        }
        let mut tx = s.store.begin().await?;
        let gone = tx.end_log_query(&row, now).await?;
        let is_news = tell(s, &mut tx, &gone, now).await?;
        tx.commit().await?;
        settled(s, is_news);
    }
    Ok(())
}

impl Services {
    /// A query by its name; none when it is not configured.
    pub(crate) fn log_query(&self, name: &LogQueryName) -> Option<&LogQuery> {
        let mut queries = self.settings.log_queries.iter();
        queries.find(|query| query.name == *name)
    }
}

/// All queries that the configuration names, in its order.
///
/// # Errors
/// `forbidden` to all but admins of the whole installation.
pub(crate) async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<LogQueryView>> {
    cx.authorize(Action::ReadSystem, Resource::Installation)?;
    let rows = s.store.read().log_queries().await?;
    let view = |query: &LogQuery| {
        let row = rows.iter().find(|row| row.name == query.name);
        let today = scanned_today(row, cx.now);
        let row = here(query, row);
        LogQueryView {
            name: query.name.clone(),
            scope: query.scope.clone(),
            groups: query.groups.clone(),
            query: query.text.clone(),
            every_minutes: query.every_minutes,
            window_minutes: query.window_minutes,
            above: query.above,
            environment: query.environment.clone(),
            scan_gb_a_day: query.scan_gb_a_day,
            ran_at: row.and_then(|row| row.ran_at),
            rows: row.and_then(|row| row.rows),
            scanned_bytes: row.map_or(0, |row| row.scanned_bytes),
            scanned_today_bytes: today,
            state: row.map_or(AlarmState::InsufficientData, |row| row.state),
            reason: row.map(|row| row.reason.clone()).unwrap_or_default(),
            alarm: row.and_then(|row| row.alarm),
        }
    };
    Ok(s.settings.log_queries.iter().map(view).collect())
}
