//! Rows that follow the news, and the chart behind an alarm.

use crate::{shared::alarm_state, texts::alarms as t};
use api::alarms::{AlarmChart, AlarmQuery, AlarmRow};
use domain::{
    alarms::{AlarmRule, AlarmState, MetricRef},
    i18n::Lang,
    sources::SourceKind,
};
use kit::chart::{Band, ChartData, Series, Threshold};

/// What a piece of news did to the rows on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patched {
    /// A row on the screen changed in place.
    Replaced,
    /// An alarm that is not on the screen fits the filters now.
    New,
    /// Nothing to show: it fits no filter, or it is older than what is shown.
    Ignored,
}

/// Takes news into the rows on the screen. A row stays in its place, also when
/// it no longer fits the filters: what one reads must not jump away. An alarm
/// that is not on the screen is only counted.
pub(super) fn patch(rows: &mut [AlarmRow], news: &AlarmRow, query: &AlarmQuery) -> Patched {
    if let Some(row) = rows.iter_mut().find(|row| row.id == news.id) {
        if news.version <= row.version {
            return Patched::Ignored;
        }
        row.clone_from(news);
        return Patched::Replaced;
    }
    // News comes for every change; only an alarm that now asks for attention is new here.
    if fits(news, query) && news.state == AlarmState::Alarm && news.acknowledged.is_none() {
        Patched::New
    } else {
        Patched::Ignored
    }
}

/// Whether an alarm fits the filters. The server's search looks at the
/// description too, which news does not carry: such an alarm is not counted.
fn fits(row: &AlarmRow, query: &AlarmQuery) -> bool {
    let name = row.name.to_lowercase();
    let words = query.text.to_lowercase();
    (query.state.is_empty() || query.state.contains(&row.state))
        && (query.environment.is_empty() || query.environment.contains(&row.environment))
        && (query.priority.is_empty() || query.priority.contains(&row.priority))
        && (query.source.is_empty() || query.source.contains(&row.source))
        && query
            .acknowledged
            .is_none_or(|wanted| wanted == row.acknowledged.is_some())
        && words.split_whitespace().all(|word| name.contains(word))
}

/// What a kind of source is called, in every language.
pub(crate) const fn source_word(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Cloudwatch => "CloudWatch",
        SourceKind::Prometheus => "Prometheus",
        SourceKind::Grafana => "Grafana",
        SourceKind::Event => "EventBridge",
        SourceKind::Json => "JSON",
        SourceKind::Heartbeat => "Heartbeat",
        SourceKind::LogQuery => "Logs Insights",
        SourceKind::Drill => "DRILL",
    }
}

/// `Prometheus` or, where several may call, `Prometheus (seoul)`.
pub(super) fn source_text(row: &AlarmRow) -> String {
    let word = source_word(row.source);
    match &row.source_name {
        Some(name) => format!("{word} ({name})"),
        None => word.to_owned(),
    }
}

/// Whether anything is filtered.
pub(super) fn is_filtered(query: &AlarmQuery) -> bool {
    let open = AlarmQuery {
        sort: query.sort,
        page: query.page,
        ..AlarmQuery::default()
    };
    *query != open
}

/// The chart: the metric, its threshold, and the states as bands.
pub(super) fn chart(lang: Lang, name: &str, chart: &AlarmChart, rule: &AlarmRule) -> ChartData {
    let (from_ms, to_ms) = (chart.from.ms(), chart.until.ms());
    let threshold = chart.threshold.map(|value| Threshold {
        value,
        label: threshold_label(lang, rule, value),
    });
    ChartData {
        from_ms,
        to_ms,
        series: vec![Series::new(name, points(chart))],
        threshold,
        bands: bands(lang, chart),
        ..ChartData::default()
    }
}

/// The values, with a gap wherever periods are missing: no line is drawn over
/// what was not measured.
fn points(chart: &AlarmChart) -> Vec<(i64, Option<f64>)> {
    let period_ms = i64::from(chart.series.period_s.max(1)) * 1_000;
    let mut points: Vec<(i64, Option<f64>)> = Vec::with_capacity(chart.series.at.len());
    for (at, value) in chart.series.at.iter().zip(&chart.series.values) {
        if let Some(&(last_ms, Some(_))) = points.last()
            && at.ms() - last_ms > period_ms * 3 / 2
        {
            points.push((last_ms + period_ms, None));
        }
        points.push((at.ms(), Some(*value)));
    }
    points
}

/// Shades the stretches that were not OK.
fn bands(lang: Lang, chart: &AlarmChart) -> Vec<Band> {
    let mut bands = Vec::new();
    let mut state = chart.transitions.first().and_then(|first| first.from);
    let mut since_ms = chart.from.ms();
    let mut close = |state: Option<AlarmState>, since_ms: i64, until_ms: i64| {
        let Some(state) = state.filter(|state| *state != AlarmState::Ok) else {
            return;
        };
        if until_ms > since_ms {
            let (tone, label) = alarm_state(lang, state);
            bands.push(Band {
                from_ms: since_ms,
                to_ms: until_ms,
                label: label.into(),
                tone,
            });
        }
    };
    for transition in &chart.transitions {
        let at_ms = transition.at.ms().clamp(chart.from.ms(), chart.until.ms());
        close(state, since_ms, at_ms);
        (state, since_ms) = (Some(transition.to), at_ms);
    }
    close(state, since_ms, chart.until.ms());
    bands
}

/// A comparison in signs: `GreaterThanThreshold` is `>`.
fn comparison_sign(comparison: &str) -> &str {
    match comparison {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => "≥",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "≤",
        other => other,
    }
}

/// `> 80, 3 of 5 periods of 60 s`.
pub(super) fn threshold_label(lang: Lang, rule: &AlarmRule, threshold: f64) -> String {
    let sign = comparison_sign(&rule.comparison);
    let value = crate::shared::amount_text(threshold);
    let period_s = rule.metric.as_ref().map_or(0, |metric| metric.period_s);
    t::threshold(
        lang,
        sign,
        &value,
        rule.datapoints_to_alarm,
        rule.evaluation_periods,
        period_s,
    )
}

/// `AWS/EC2 CPUUtilization (Average), AutoScalingGroupName = web-prod`.
pub(super) fn metric_text(metric: &MetricRef) -> String {
    let dimensions = metric
        .dimensions
        .iter()
        .map(|(name, value)| format!(", {name} = {value}"));
    format!(
        "{} {} ({}){}",
        metric.namespace,
        metric.name,
        metric.statistic,
        dimensions.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::PageQuery;
    use domain::{
        alarms::{AlarmTransition, Priority, Series as Measured},
        estate::{AccountId, Environment, Region, Scope},
        ids::AlarmId,
        time::Timestamp,
    };
    use kit::Tone;

    fn row(n: u128, state: AlarmState, version: i64) -> AlarmRow {
        AlarmRow {
            id: AlarmId::from_parts(0, n),
            name: format!("web-{n}-cpu"),
            scope: Some(Scope {
                account: AccountId::new("111122223333"),
                region: Region::new("ap-northeast-2"),
            }),
            source: SourceKind::Cloudwatch,
            source_name: None,
            environment: Environment::from("prod"),
            priority: Priority::P2,
            state,
            state_at: Timestamp::default(),
            reason: String::new(),
            acknowledged: None,
            silenced_until: None,
            version,
        }
    }

    #[test]
    fn rows_change_in_place_and_never_backwards() {
        let mut rows = vec![row(1, AlarmState::Ok, 2), row(2, AlarmState::Ok, 1)];
        let query = AlarmQuery {
            state: vec![AlarmState::Alarm],
            ..AlarmQuery::default()
        };
        let news = row(1, AlarmState::Alarm, 3);
        assert_eq!(patch(&mut rows, &news, &query), Patched::Replaced);
        assert_eq!(rows[0].state, AlarmState::Alarm);
        let old = row(1, AlarmState::Ok, 2);
        assert_eq!(patch(&mut rows, &old, &query), Patched::Ignored);
        assert_eq!(rows[0].version, 3);
        assert_eq!(
            patch(&mut rows, &row(9, AlarmState::Alarm, 1), &query),
            Patched::New
        );
        assert_eq!(
            patch(&mut rows, &row(8, AlarmState::Ok, 1), &query),
            Patched::Ignored
        );
        let elsewhere = AlarmQuery {
            environment: vec![Environment::from("dev")],
            ..AlarmQuery::default()
        };
        let called = AlarmQuery {
            source: vec![SourceKind::Prometheus],
            ..AlarmQuery::default()
        };
        for query in [elsewhere, called] {
            let news = row(7, AlarmState::Alarm, 1);
            assert_eq!(patch(&mut rows, &news, &query), Patched::Ignored);
        }
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn order_and_page_are_no_filter() {
        let mut query = AlarmQuery {
            page: PageQuery {
                offset: 50,
                limit: 50,
            },
            sort: api::alarms::AlarmSort::Name,
            ..AlarmQuery::default()
        };
        assert!(!is_filtered(&query));
        query.text = "x".into();
        assert!(is_filtered(&query));
    }

    #[test]
    fn bands_cover_what_was_not_ok_and_gaps_stay_open() {
        let at = |minute: i64| Timestamp::from_ms(minute * 60_000);
        let turn = |minute, from, to| AlarmTransition {
            at: at(minute),
            from,
            to,
            reason: String::new(),
        };
        let data = AlarmChart {
            from: at(0),
            until: at(60),
            series: Measured {
                at: vec![at(0), at(1), at(5)],
                values: vec![1.0, 2.0, 3.0],
                period_s: 60,
            },
            threshold: Some(80.0),
            transitions: vec![
                turn(10, Some(AlarmState::Alarm), AlarmState::Ok),
                turn(30, Some(AlarmState::Ok), AlarmState::InsufficientData),
            ],
            note: None,
        };
        let found: Vec<_> = bands(Lang::En, &data)
            .into_iter()
            .map(|band| (band.from_ms / 60_000, band.to_ms / 60_000, band.tone))
            .collect();
        assert_eq!(found, [(0, 10, Tone::Alarm), (30, 60, Tone::Unknown)]);
        let values: Vec<_> = points(&data).into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, [Some(1.0), Some(2.0), None, Some(3.0)]);
    }
}
