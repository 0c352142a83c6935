//! Alarms agree with the metric that they show.

use crate::kit::*;
use demo::{ClockMode, Sandbox, SandboxConfig};
use domain::{
    alarms::{AlarmKind, AlarmRef, AlarmState, definition::AlarmDefinition},
    decimals::Decimal,
    plan::Call,
    time::Timestamp,
};
use ports::{CloudError, CloudErrorKind};
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

/// The instants that CloudWatch's words name as `(02/03/26 08:55:00)`.
fn datapoints(reason: &str) -> Vec<Timestamp> {
    let named = reason.split('(').filter_map(|part| part.split_once(')'));
    let read = |(text, _): (&str, &str)| {
        let (date, time) = text.split_once(' ')?;
        let [day, month, year] = date.split('/').collect::<Vec<_>>().try_into().ok()?;
        format!("20{year}-{month}-{day}T{time}Z").parse().ok()
    };
    named.filter_map(read).collect()
}

/// The instant in "… transitioned to ALARM at Monday 02 March, 2026 08:55:00 UTC".
fn transitioned(reason: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (_, at) = reason.split_once(" at ")?;
    let words: Vec<_> = at
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let [_, day, month, year, time, _] = words.try_into().ok()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}

#[test]
fn no_alarm_has_a_reason_that_is_younger_than_its_state() {
    let sandbox = sandbox(7, "2026-03-02T12:00:00+09:00");
    let cloud = sandbox.cloud();
    let (mut dated, mut composite) = (0, 0);
    for scope in cloud.scopes() {
        let alarms = now(cloud.alarms(&scope)).expect("no fault");
        for alarm in &alarms {
            let points = datapoints(&alarm.reason);
            let periods = i64::from(alarm.rule.evaluation_periods);
            let period_s = alarm
                .rule
                .metric
                .as_ref()
                .map_or(60, |metric| metric.period_s);
            let window_ms = (periods + 1) * i64::from(period_s) * 1_000;
            for at in &points {
                let before_ms = alarm.state_at.since_ms(*at);
                assert!(
                    (0..=window_ms).contains(&before_ms),
                    "{} since {}: {}",
                    alarm.name,
                    alarm.state_at,
                    alarm.reason
                );
            }
            dated += usize::from(!points.is_empty());
            if alarm.kind == AlarmKind::Composite {
                let at = transitioned(&alarm.reason).expect("an instant");
                assert!(at <= alarm.state_at, "{}", alarm.reason);
                composite += 1;
            }
        }
    }
    assert!(dated > 30 && composite > 0, "{dated} {composite}");
}

fn carry_out(sandbox: &Sandbox, call: &Call) -> Result<(), CloudError> {
    now(sandbox.cloud().carry_out(call))
}

#[test]
fn an_alarm_that_is_put_judges_by_its_own_definition() {
    let sandbox = sandbox(7, MONDAY_9);
    let busy = alarm(&sandbox, "web-prod-cpu-high");
    let mut definition = busy.definition().expect("an alarm on a metric");
    let new = AlarmRef {
        scope: seoul(),
        name: "prod-anything-at-all".into(),
    };
    definition.threshold = Decimal::parse("0.5").expect("a decimal");
    let put = |definition: &AlarmDefinition| Call::PutAlarm {
        alarm: new.clone(),
        definition: Box::new(definition.clone()),
    };
    carry_out(&sandbox, &put(&definition)).expect("put");
    assert_eq!(
        alarm(&sandbox, &new.name).state,
        AlarmState::InsufficientData
    );
    sandbox.step(60);
    assert!(is_on(&sandbox, &new.name), "all of it is more than that");
    // Another definition leaves the state to the next look.
    definition.threshold = Decimal::parse("100").expect("a decimal");
    carry_out(&sandbox, &put(&definition)).expect("put");
    assert!(is_on(&sandbox, &new.name));
    sandbox.step(60);
    let held = alarm(&sandbox, &new.name);
    assert_eq!(held.state, AlarmState::Ok);
    assert_eq!(held.definition(), Some(definition));

    let delete = Call::DeleteAlarm { alarm: new.clone() };
    for _ in 0..2 {
        carry_out(&sandbox, &delete).expect("deleted");
    }
    assert_eq!(now(sandbox.cloud().alarm(&new)), Ok(None));
    let held_by_others = Call::DeleteAlarm {
        alarm: busy.reference(),
    };
    let refused = carry_out(&sandbox, &held_by_others).expect_err("a composite looks at it");
    assert_eq!(refused.kind, CloudErrorKind::Invalid);
    sandbox.step(300);
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
