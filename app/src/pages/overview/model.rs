//! What the overview shows, worked out from what the services say.

use crate::{shared::COUNT_AXIS, texts::overview as t};
use api::{
    alarms::AlarmCount,
    overview::{EnvironmentDay, Overview},
};
use domain::{
    alarms::{AlarmState, Priority},
    i18n::Lang,
    time::Timestamp,
};
use kit::chart::{ChartData, Series};

/// Alarms of a priority that go off.
#[must_use]
pub(super) fn going_off(counts: &[AlarmCount], priority: Priority) -> u64 {
    counts
        .iter()
        .filter(|count| count.state == AlarmState::Alarm && count.priority == priority)
        .map(|count| count.count)
        .sum()
}

/// Things that wait for somebody: alarms nobody looks after, decisions, drift, what does
/// not work as it is set up, and accounts and regions of which nothing new is known.
#[must_use]
pub(super) fn waiting(overview: &Overview) -> usize {
    let unread = overview.scopes.iter().filter(|scope| scope.error.is_some());
    overview.urgent.len()
        + overview.waiting.len()
        + overview.to_review.len()
        + overview.drift.len()
        + overview.checks_failing as usize
        + unread.count()
}

/// The environment with the most capacity first: it is looked at first.
#[must_use]
pub(super) fn largest_first(mut days: Vec<EnvironmentDay>) -> Vec<EnvironmentDay> {
    let most = |day: &EnvironmentDay| day.desired.iter().flatten().copied().max();
    days.sort_by_key(|day| std::cmp::Reverse(most(day)));
    days
}

/// Capacity of an environment over the day.
#[must_use]
pub(super) fn capacity(lang: Lang, day: &EnvironmentDay) -> ChartData {
    let whole = |values: &[Option<u32>]| values.iter().map(|value| value.map(f64::from)).collect();
    chart(
        day,
        vec![
            (t::desired(lang), whole(&day.desired)),
            (t::in_service(lang), whole(&day.in_service)),
        ],
    )
}

/// Requests of an environment over the day; none where no load balancer is known.
#[must_use]
pub(super) fn requests(lang: Lang, day: &EnvironmentDay) -> Option<ChartData> {
    let known = day.requests_per_minute.iter().any(Option::is_some);
    known.then(|| {
        chart(
            day,
            vec![(t::requests(lang), day.requests_per_minute.clone())],
        )
    })
}

fn chart(day: &EnvironmentDay, curves: Vec<(&str, Vec<Option<f64>>)>) -> ChartData {
    let bucket_ms = i64::from(day.bucket_s) * 1_000;
    let from_ms = day.at.first().map_or(0, |at| at.ms());
    let to_ms = day.at.last().map_or(0, |at| at.ms() + bucket_ms);
    let series = curves.into_iter().map(|(name, mut values)| {
        // The last buckets may still be measured; the legend tells the last value.
        let known = values.iter().rposition(Option::is_some);
        values.truncate(known.map_or(0, |last| last + 1));
        let instants = day.at.iter().map(|at: &Timestamp| at.ms());
        Series::new(name, instants.zip(values).collect())
    });
    ChartData {
        from_ms,
        to_ms,
        series: series.collect(),
        y_max: Some(COUNT_AXIS),
        ..ChartData::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::estate::Environment;

    #[test]
    fn a_day_reaches_to_the_end_of_its_last_bucket() {
        let day = EnvironmentDay {
            environment: Environment::from("prod"),
            at: vec![Timestamp::from_ms(0), Timestamp::from_ms(300_000)],
            bucket_s: 300,
            in_service: vec![Some(2), None],
            desired: vec![Some(3), Some(3)],
            requests_per_minute: vec![None, None],
        };
        let chart = capacity(Lang::En, &day);
        assert_eq!((chart.from_ms, chart.to_ms), (0, 600_000));
        assert_eq!(
            chart.series[0].points,
            [(0, Some(3.0)), (300_000, Some(3.0))]
        );
        assert_eq!(
            chart.series[1].points,
            [(0, Some(2.0))],
            "what is not measured yet is left out"
        );
        assert_eq!(requests(Lang::En, &day), None);
    }

    #[test]
    fn only_alarms_that_go_off_count() {
        let count = |state, priority, count| AlarmCount {
            state,
            priority,
            environment: Environment::from("prod"),
            count,
        };
        let counts = [
            count(AlarmState::Alarm, Priority::P1, 2),
            count(AlarmState::Ok, Priority::P1, 9),
            count(AlarmState::Alarm, Priority::P2, 1),
        ];
        assert_eq!(going_off(&counts, Priority::P1), 2);
        assert_eq!(going_off(&counts, Priority::P3), 0);
    }
}
