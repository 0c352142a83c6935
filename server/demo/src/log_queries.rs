//! The sandbox's query of logs: what failed of a function, counted in the very lines that are
//! shown around its alarm.

use crate::{
    estate, log_lines,
    world::{Refusal, World},
};
use domain::{
    estate::Environment,
    limits,
    log_lines::{FAILURES, LogQuestion},
    log_queries::{LogQuery, LogQueryAnswer, LogQueryEnd, LogQueryRun},
};
use std::collections::BTreeMap;

/// What simulated programs write in a minute, beside what is told of it.
const BYTES_A_MINUTE: u64 = 3_400_000;

/// The queries that run in the sandbox when the configuration names none.
#[must_use]
pub fn log_queries() -> Vec<LogQuery> {
    let query = |name: &str| {
        Some(LogQuery {
            name: name.parse().ok()?,
            scope: estate::scopes().into_iter().next()?,
            groups: vec!["/aws/lambda/prod-payment-webhook".to_owned()],
            text: "fields @timestamp, @message | filter @message like /ERROR/".to_owned(),
            every_minutes: limits::LOG_QUERY_MINUTES_MIN,
            window_minutes: limits::LOG_QUERY_MINUTES_MIN,
            above: 0,
            environment: Environment::from("prod"),
            labels: BTreeMap::from([("team".to_owned(), "payments".to_owned())]),
            description: "Payments that failed, by their log".to_owned(),
            scan_gb_a_day: limits::LOG_QUERY_SCAN_GB_DEFAULT,
        })
    };
    query("payment-errors").into_iter().collect()
}

/// What a query comes to. Only whether it asks for errors is understood of it.
pub(crate) fn answer(
    world: &World,
    scope: usize,
    run: &LogQueryRun,
) -> Result<LogQueryAnswer, Refusal> {
    let asks_for_errors = run.text.to_lowercase().contains("error");
    let (mut rows, mut bytes_scanned) = (0, 0);
    for group in &run.groups {
        let question = LogQuestion {
            group: group.clone(),
            pattern: match asks_for_errors {
                true => FAILURES.to_owned(),
                false => String::new(),
            },
            from: run.from,
            until: run.until.plus_ms(-1),
            lines_max: limits::LOG_QUERY_ROWS_MAX as usize,
        };
        rows += log_lines::lines(world, scope, &question)?.lines.len();
        let minutes = run.until.since_ms(run.from) / domain::time::MINUTE_MS;
        bytes_scanned += BYTES_A_MINUTE * u64::try_from(minutes).unwrap_or_default();
    }
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    Ok(LogQueryAnswer {
        end: LogQueryEnd::Rows(rows.min(limits::LOG_QUERY_ROWS_MAX)),
        bytes_scanned,
    })
}
