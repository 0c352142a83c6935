//! Alarms agree with the metric that they show.

use crate::kit::*;
use demo::{ClockMode, Sandbox, SandboxConfig};
use domain::alarms::{AlarmKind, AlarmState};
use std::collections::BTreeMap;

#[test]
fn every_state_agrees_with_the_metric_on_the_chart() {
    let sandbox = sandbox(7, "2026-03-02T12:00:00+09:00");
    let cloud = sandbox.cloud();
    let (mut compared, mut changes) = (0, 0);
    for scope in cloud.scopes() {
        for alarm in now(cloud.alarms(&scope)).expect("no fault") {
            let history = history(&sandbox, &scope, &alarm.name);
            changes += history.len();
            if let Some(newest) = history.first() {
                assert_eq!((newest.to, newest.at), (alarm.state, alarm.state_at));
                assert_eq!(newest.reason, alarm.reason);
            }
            for (newer, older) in history.iter().zip(history.iter().skip(1)) {
                assert_eq!(newer.from, Some(older.to));
                assert!(newer.at > older.at);
            }
            let (AlarmKind::Metric, Some(shown)) = (alarm.kind, &alarm.rule.metric) else {
                continue;
            };
            let threshold = alarm.rule.threshold.expect("a metric alarm has one");
            let series = metric(&sandbox, &scope, shown, 24);
            let period_ms = i64::from(shown.period_s) * 1_000;
            let known: BTreeMap<_, _> = series.at.iter().zip(&series.values).collect();
            let breaches = |value: f64| match alarm.rule.comparison.as_str() {
                "GreaterThanThreshold" => value > threshold,
                "GreaterThanOrEqualToThreshold" => value >= threshold,
                "LessThanThreshold" => value < threshold,
                other => panic!("{other}"),
            };
            for change in &history {
                let points: Vec<_> = (1..=i64::from(alarm.rule.evaluation_periods))
                    .filter_map(|back| known.get(&change.at.plus_ms(-back * period_ms)))
                    .collect();
                let breaching = points.iter().filter(|value| breaches(****value)).count();
                let must = alarm.rule.datapoints_to_alarm as usize;
                let expected = if points.is_empty() && alarm.rule.missing_data == "missing" {
                    AlarmState::InsufficientData
                } else if breaching >= must {
                    AlarmState::Alarm
                } else {
                    AlarmState::Ok
                };
                assert_eq!(change.to, expected, "{} at {}", alarm.name, change.at);
                compared += 1;
            }
        }
    }
    assert!(changes > 10, "a day has {changes} changes");
    assert!(compared > 10, "{compared} were compared");
}

#[test]
fn ten_thousand_alarms_stand_beside_the_sixty() {
    let config = SandboxConfig {
        seed: 7,
        alarms: 10_000,
        clock: ClockMode::Stepped,
    };
    let sandbox = Sandbox::start(config, Wall::new(MONDAY_9));
    let cloud = sandbox.cloud();
    let mut names = Vec::new();
    let mut on = 0;
    for scope in cloud.scopes() {
        for alarm in now(cloud.alarms(&scope)).expect("no fault") {
            on += usize::from(alarm.state == AlarmState::Alarm);
            names.push((scope.clone(), alarm.name));
        }
    }
    assert_eq!(names.len(), 10_000);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 10_000, "every name is unique in its scope");
    assert!((20..1_000).contains(&on), "{on} are in alarm");
    for few in [0, 1, 5, 59] {
        let config = SandboxConfig {
            alarms: few,
            ..config
        };
        let small = Sandbox::start(config, Wall::new(MONDAY_9));
        let count: usize = small
            .cloud()
            .scopes()
            .iter()
            .map(|scope| now(small.cloud().alarms(scope)).expect("no fault").len())
            .sum();
        assert_eq!(count, few as usize);
    }
}
