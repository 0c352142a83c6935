//! The chart behind an alarm, and its state changes.

use super::seen;
use crate::{Services, asking::may_ask, cx::Cx, failure::Outcome, health::KeptFault, texts};
use api::alarms::AlarmChart;
use domain::{
    alarms::{AlarmKind, AlarmTransition, MetricRef, Series},
    ids::AlarmId,
    limits,
    sources::Origin,
    time::{HOUR_MS, Timestamp},
};
use ports::MetricRequest;
use store::AlarmRow;

/// The metric of an alarm over the last hours, with its threshold and the state
/// changes in the range.
///
/// # Errors
/// `not_found`; `invalid` hours; `too_many` in a minute. A cloud that does not answer is no error: the
/// chart says so and shows what is known.
pub async fn chart(s: &Services, cx: &Cx, id: AlarmId, hours: u32) -> Outcome<AlarmChart> {
    let row = seen(s, cx, id).await?;
    let hours = range(cx, hours)?;
    may_ask(s, cx)?;
    let (from, until) = (cx.now.plus_ms(-i64::from(hours) * HOUR_MS), cx.now);
    let (series, transitions) = futures::join!(
        series(s, cx, &row, from, until),
        transitions(s, &row, from, until)
    );
    let (series, note) = match series {
        Ok(series) if series.at.is_empty() => (series, Some(texts::chart_empty(cx.lang).into())),
        Ok(series) => (series, None),
        Err(note) => (Series::default(), Some(note)),
    };
    let mut transitions = transitions?;
    transitions.reverse();
    Ok(AlarmChart {
        from,
        until,
        series,
        threshold: row.rule.threshold,
        transitions,
        note,
    })
}

/// Hours of a chart, inside the limits.
///
/// # Errors
/// `invalid`.
pub(crate) fn range(cx: &Cx, hours: u32) -> Result<u32, api::ApiError> {
    if (1..=limits::CHART_HOURS_MAX).contains(&hours) {
        return Ok(hours);
    }
    Err(cx.invalid(
        "hours",
        texts::hours_range(cx.lang, limits::CHART_HOURS_MAX),
    ))
}

/// The series, or why there is none.
async fn series(
    s: &Services,
    cx: &Cx,
    row: &AlarmRow,
    from: Timestamp,
    until: Timestamp,
) -> Result<Series, String> {
    let (Some(scope), Some(metric)) = (row.origin.scope(), &row.rule.metric) else {
        return Err(match row.kind {
            AlarmKind::Composite => texts::chart_composite(cx.lang).into(),
            AlarmKind::Reported => texts::chart_reported(cx.lang).into(),
            _ => texts::chart_expression(cx.lang).into(),
        });
    };
    let period_s = fitting_period(metric.period_s, until.since_ms(from));
    let request = MetricRequest {
        metric: MetricRef {
            period_s,
            ..metric.clone()
        },
        from,
        until,
    };
    let answer = s.cloud.metric(scope, &request).await;
    answer.map_err(|error| KeptFault::from(&error).told(cx))
}

/// The alarm's own period, or the least multiple of it that keeps the points
/// within the limit.
fn fitting_period(period_s: u32, range_ms: i64) -> u32 {
    let period_s = period_s.max(60);
    let range_s = u32::try_from(range_ms / 1_000).unwrap_or(u32::MAX);
    let points_max = u32::try_from(limits::METRIC_POINTS_MAX).unwrap_or(u32::MAX);
    let points = range_s.div_ceil(period_s);
    period_s * points.div_ceil(points_max).max(1)
}

/// State changes of an alarm, newest first: what CloudWatch remembers and what
/// we saw ourselves.
///
/// # Errors
/// `not_found`; `too_many` in a minute.
pub async fn history(s: &Services, cx: &Cx, id: AlarmId) -> Outcome<Vec<AlarmTransition>> {
    let row = seen(s, cx, id).await?;
    may_ask(s, cx)?;
    transitions(s, &row, cx.now.plus_ms(-limits::ALARM_HISTORY_MS), cx.now).await
}

/// State changes in a range, newest first.
pub(super) async fn transitions(
    s: &Services,
    row: &AlarmRow,
    from: Timestamp,
    until: Timestamp,
) -> Outcome<Vec<AlarmTransition>> {
    let rows_max = limits::ALARM_HISTORY_ROWS_MAX;
    let limit = u32::try_from(rows_max).unwrap_or(u32::MAX);
    let mut read = s.store.read();
    let ours = read.alarm_transitions(row.id, from, until.plus_ms(1), limit);
    let theirs = async {
        match &row.origin {
            Origin::Cloudwatch(scope) => s.cloud.alarm_history(scope, &row.name, from, until).await,
            Origin::Event(_) | Origin::Hook(..) | Origin::LogQuery(_) | Origin::Drill(_) => {
                Ok(Vec::new())
            }
        }
    };
    let (ours, theirs) = futures::join!(ours, theirs);
    let theirs = theirs.unwrap_or_else(|error| {
        tracing::debug!(alarm.id = %row.id, error = %error, "no history from the cloud");
        Vec::new()
    });
    let mut all = theirs;
    for transition in ours? {
        let same = |known: &AlarmTransition| (known.at, known.to) == (transition.at, transition.to);
        if !all.iter().any(same) {
            all.push(transition);
        }
    }
    all.sort_by_key(|transition| std::cmp::Reverse(transition.at));
    all.truncate(rows_max);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_range_takes_a_multiple_of_the_alarms_period() {
        let hours = |h: i64| h * HOUR_MS;
        assert_eq!(fitting_period(60, hours(24)), 60);
        assert_eq!(fitting_period(60, hours(168)), 420);
        assert_eq!(fitting_period(300, hours(168)), 600);
        assert_eq!(fitting_period(10, hours(3)), 60);
    }
}
