//! CloudWatch metrics: one series for a chart.

use crate::{
    alarms::dimension,
    convert::{date_time, instant, size},
    error::{cloud_error, own_error},
    permissions::Action,
};
use aws_sdk_cloudwatch::{
    Client,
    types::{
        Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StandardUnit, StatusCode,
    },
};
use domain::{
    alarms::{MetricRef, Series},
    limits::METRIC_POINTS_MAX,
    time::{DAY_MS, HOUR_MS, Timestamp},
};
use ports::{CloudError, CloudErrorKind, MetricRequest};

const ACTION: Action = Action::GetMetricData;

/// The metric's values in `[from, until)`, ascending. Where the span is long
/// or old, periods are made longer; the series says how long.
pub async fn read(
    client: &Client,
    request: &MetricRequest,
    now: Timestamp,
) -> Result<Series, CloudError> {
    let period_s = period_s(request, now);
    let mut points: Vec<(Timestamp, f64)> = Vec::new();
    if request.from < request.until {
        let mut pages = client
            .get_metric_data()
            .metric_data_queries(query(&request.metric, period_s))
            .start_time(date_time(request.from))
            .end_time(date_time(request.until))
            .scan_by(ScanBy::TimestampAscending)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| cloud_error(ACTION, &error))?;
            for result in page.metric_data_results() {
                refuse_failure(result)?;
                let instants = result.timestamps().iter().map(instant);
                points.extend(instants.zip(result.values().iter().copied()));
            }
            if points.len() > METRIC_POINTS_MAX {
                break;
            }
        }
    }
    points.sort_by_key(|(at, _)| *at);
    points.dedup_by_key(|(at, _)| *at);
    points.truncate(METRIC_POINTS_MAX);
    let (at, values) = points.into_iter().unzip();
    Ok(Series {
        at,
        values,
        period_s,
    })
}

fn query(metric: &MetricRef, period_s: u32) -> MetricDataQuery {
    let subject = Metric::builder()
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions(Some(metric.dimensions.iter().map(dimension).collect()))
        .build();
    let unit = Some(metric.unit.as_str())
        .filter(|unit| !unit.is_empty())
        .map(StandardUnit::from);
    let stat = MetricStat::builder()
        .metric(subject)
        .period(size(period_s))
        .stat(&metric.statistic)
        .set_unit(unit)
        .build();
    MetricDataQuery::builder().id("m").metric_stat(stat).build()
}

/// A query can fail inside an answer that succeeded.
fn refuse_failure(result: &MetricDataResult) -> Result<(), CloudError> {
    let kind = match result.status_code() {
        Some(StatusCode::Forbidden) => CloudErrorKind::Denied,
        Some(StatusCode::InternalError) => CloudErrorKind::Unavailable,
        _ => return Ok(()),
    };
    let said: Vec<&str> = result
        .messages()
        .iter()
        .filter_map(|message| message.value())
        .collect();
    Err(own_error(ACTION, kind, &said.join("; ")))
}

/// The period asked for, made long enough for [`METRIC_POINTS_MAX`] and for
/// what CloudWatch still keeps: minutes for 15 days, five minutes for 63, hours
/// after that (GetMetricData, "MetricDataQueries").
fn period_s(request: &MetricRequest, now: Timestamp) -> u32 {
    let age_ms = now.since_ms(request.from);
    let kept_s = match age_ms {
        _ if age_ms > 63 * DAY_MS => 3_600,
        _ if age_ms > 15 * DAY_MS => 300,
        _ if age_ms > 3 * HOUR_MS => 60,
        _ => 1,
    };
    let span_s = u64::try_from(request.until.since_ms(request.from) / 1_000).unwrap_or(0);
    let needed_s = u32::try_from(span_s.div_ceil(METRIC_POINTS_MAX as u64)).unwrap_or(u32::MAX);
    let asked_s = request.metric.period_s.max(1);
    // Below a minute only 1, 5, 10, 20 and 30 seconds exist.
    let unit_s = if needed_s > asked_s {
        asked_s.next_multiple_of(60)
    } else {
        asked_s
    };
    let unit_s = unit_s.next_multiple_of(kept_s);
    needed_s
        .max(unit_s)
        .checked_next_multiple_of(unit_s)
        .unwrap_or(unit_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_grow_with_the_span_and_with_age() {
        let check = |asked_s: u32, span_h: i64, age_h: i64| {
            let now = Timestamp::from_ms(1_800_000_000_000);
            let from = now.plus_ms(-age_h * HOUR_MS);
            let request = MetricRequest {
                metric: MetricRef {
                    namespace: "AWS/EC2".into(),
                    name: "CPUUtilization".into(),
                    dimensions: Vec::new(),
                    statistic: "Average".into(),
                    period_s: asked_s,
                    unit: String::new(),
                },
                from,
                until: from.plus_ms(span_h * HOUR_MS),
            };
            period_s(&request, now)
        };
        assert_eq!(check(60, 24, 24), 60, "a day of minutes fits exactly");
        assert_eq!(check(300, 24, 24), 300);
        assert_eq!(check(60, 72, 72), 180);
        assert_eq!(check(10, 3, 3), 10);
        assert_eq!(check(1, 3, 3), 60, "eight seconds do not exist");
        assert_eq!(check(10, 1, 5), 60, "seconds are kept for three hours");
        assert_eq!(check(60, 1, 16 * 24), 300);
        assert_eq!(check(60, 1, 64 * 24), 3_600);
        assert_eq!(check(0, 1, 1), 60);
    }
}
