//! The documented rules of the three services, one by one.

use super::*;
use crate::time::Zone;
use serde_json::json;
use std::collections::BTreeMap;

const GROUP: ObjectKind = ObjectKind::AsgScheduledAction;
const SERVICE: ObjectKind = ObjectKind::AppautoscalingScheduledAction;
const SCHEDULER: ObjectKind = ObjectKind::SchedulerSchedule;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn object(kind: ObjectKind, name: &str, recurrence: &str) -> Object {
    let (target, input) = match kind {
        GROUP => (
            "web",
            json!({"MinSize": 2, "DesiredCapacity": 2, "MaxSize": 6}),
        ),
        SERVICE => (
            "service/main/api",
            json!({"MinCapacity": 2, "MaxCapacity": 6}),
        ),
        SCHEDULER => (
            "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
            json!({"DbInstanceIdentifier": "orders"}),
        ),
    };
    Object {
        kind,
        name: name.into(),
        target: target.into(),
        start: None,
        end: None,
        recurrence: Some(recurrence.into()),
        timezone: "America/New_York".into(),
        input,
        retry_policy: None,
        flexible_time_window: None,
    }
}

fn zones(name: &str) -> Option<Zone> {
    Zone::named(name).ok()
}

fn play(objects: &[Object], from: &str, until: &str) -> Result<Run, Fault> {
    run(objects, &BTreeMap::new(), &zones, at(from)..at(until))
}

/// The instants at which the only resource changes, after the first.
fn changes(objects: &[Object], from: &str, until: &str) -> Vec<String> {
    let run = play(objects, from, until).expect("documented");
    let states = run.states.values().next().expect("one resource");
    states[1..].iter().map(|(at, _)| at.to_string()).collect()
}

/// Two objects of one pattern with different sizes would hide a firing that sets
/// what is set: so each firing is looked at by itself.
fn firing_list(object: &Object, from: &str, until: &str) -> Result<Vec<String>, Fault> {
    let zone = zones(&object.timezone).expect("a zone");
    let fired = firings::firings(object, &zone, &(at(from)..at(until)))?;
    Ok(fired.iter().map(ToString::to_string).collect())
}

#[test]
fn a_recurrence_follows_the_clock_of_its_zone() {
    for (kind, recurrence) in [
        (GROUP, "0 9 * * MON-FRI"),
        (SERVICE, "cron(0 9 ? * MON-FRI *)"),
        (SCHEDULER, "cron(0 9 ? * MON-FRI *)"),
    ] {
        let object = object(kind, "open", recurrence);
        let fired = firing_list(&object, "2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z");
        let expected = ["2026-03-06T14:00:00Z", "2026-03-09T13:00:00Z"];
        assert_eq!(fired.expect("documented"), expected);
    }
}

#[test]
fn a_start_is_a_firing_of_both_scaling_services_and_of_scheduler_none() {
    for (kind, recurrence, starts_itself) in [
        (GROUP, "0 9 * * *", true),
        (SERVICE, "cron(0 9 * * ? *)", true),
        (SCHEDULER, "cron(0 9 * * ? *)", false),
    ] {
        let mut object = object(kind, "open", recurrence);
        object.start = Some(at("2026-01-05T12:00:00Z"));
        object.end = Some(at("2026-01-07T12:00:00Z"));
        let fired = firing_list(&object, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        let mut expected = vec!["2026-01-05T14:00:00Z", "2026-01-06T14:00:00Z"];
        if starts_itself {
            expected.insert(0, "2026-01-05T12:00:00Z");
        }
        assert_eq!(fired.expect("documented"), expected);
    }
}

#[test]
fn a_scaling_action_is_not_performed_at_its_end_and_scheduler_does_not_say() {
    for (kind, recurrence) in [
        (GROUP, "0 9 * * *"),
        (SERVICE, "cron(0 9 * * ? *)"),
        (SCHEDULER, "cron(0 9 * * ? *)"),
    ] {
        let mut object = object(kind, "open", recurrence);
        object.end = Some(at("2026-01-06T14:00:00Z"));
        let fired = firing_list(&object, "2026-01-05T00:00:00Z", "2026-02-01T00:00:00Z");
        match kind {
            SCHEDULER => assert!(matches!(fired, Err(Fault::Undefined { .. })), "{fired:?}"),
            _ => assert_eq!(fired.expect("documented"), ["2026-01-05T14:00:00Z"]),
        }
    }
}

#[test]
fn what_a_change_of_clock_does_is_documented_for_scheduler_only() {
    let gap = ("2026-03-07T12:00:00Z", "2026-03-10T00:00:00Z", "30 2");
    let fold = ("2026-10-31T12:00:00Z", "2026-11-03T00:00:00Z", "30 1");
    for (from, until, time) in [gap, fold] {
        let group = object(GROUP, "open", &format!("{time} * * *"));
        let service = object(SERVICE, "open", &format!("cron({time} * * ? *)"));
        for object in [group, service] {
            let fired = firing_list(&object, from, until);
            assert!(matches!(fired, Err(Fault::Undefined { .. })), "{fired:?}");
            // Cut out, it may rest on both sides.
            let mut cut = object.clone();
            cut.end = Some(at(from).plus_ms(60_000));
            assert!(firing_list(&cut, from, until).is_ok());
        }
    }
    let spring = object(SCHEDULER, "stop", "cron(30 2 * * ? *)");
    assert_eq!(
        firing_list(&spring, gap.0, gap.1).expect("documented"),
        ["2026-03-09T06:30:00Z"]
    );
    let autumn = object(SCHEDULER, "stop", "cron(30 1 * * ? *)");
    assert_eq!(
        firing_list(&autumn, fold.0, fold.1).expect("documented"),
        ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
    );
    let once = object(SCHEDULER, "stop", "at(2026-03-08T02:30:00)");
    assert!(firing_list(&once, gap.0, gap.1).is_err());
}

#[test]
fn a_one_time_action_has_a_start_in_a_group_and_an_expression_elsewhere() {
    let mut once = object(GROUP, "once", "");
    once.recurrence = None;
    assert!(firing_list(&once, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z").is_err());
    once.start = Some(at("2026-01-03T10:00:00Z"));
    let month = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    let expected = ["2026-01-03T10:00:00Z"];
    assert_eq!(
        firing_list(&once, month.0, month.1).expect("documented"),
        expected
    );
    for kind in [SERVICE, SCHEDULER] {
        let once = object(kind, "once", "at(2026-01-03T05:00:00)");
        assert_eq!(
            firing_list(&once, month.0, month.1).expect("documented"),
            expected
        );
        let past = firing_list(&once, "2026-01-04T00:00:00Z", month.1);
        assert!(matches!(past, Err(Fault::Refused { .. })), "{past:?}");
    }
    let past = firing_list(&once, "2026-01-04T00:00:00Z", month.1);
    assert!(matches!(past, Err(Fault::Refused { .. })), "{past:?}");
}

#[test]
fn a_rate_counts_from_its_start() {
    let mut rate = object(SERVICE, "often", "rate(12 hours)");
    rate.start = Some(at("2026-03-07T12:00:00Z"));
    let fired = firing_list(&rate, "2026-03-07T00:00:00Z", "2026-03-09T00:00:00Z");
    // Elapsed hours: the change of clock on the 8th moves nothing.
    let expected = [
        "2026-03-07T12:00:00Z",
        "2026-03-08T00:00:00Z",
        "2026-03-08T12:00:00Z",
    ];
    assert_eq!(fired.expect("documented"), expected);
}

#[test]
fn two_actions_at_one_instant_are_refused() {
    let month = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    for (kind, daily, weekly, near) in [
        (GROUP, "0 9 * * *", "0 9 * * MON", "1 9 * * MON"),
        (
            SERVICE,
            "cron(0 9 * * ? *)",
            "cron(0 9 ? * MON *)",
            "cron(1 9 ? * MON *)",
        ),
        (
            SCHEDULER,
            "cron(0 9 * * ? *)",
            "cron(0 9 ? * MON *)",
            "cron(1 9 ? * MON *)",
        ),
    ] {
        let daily = object(kind, "a", daily);
        let meets = play(
            &[daily.clone(), object(kind, "b", weekly)],
            month.0,
            month.1,
        );
        assert!(matches!(meets, Err(Fault::Collision { .. })), "{meets:?}");
        let apart = play(&[daily.clone(), object(kind, "b", near)], month.0, month.1);
        assert!(apart.is_ok(), "{apart:?}");
        let same_name = play(&[daily.clone(), object(kind, "a", near)], month.0, month.1);
        assert!(matches!(same_name, Err(Fault::Refused { .. })));
    }
}

#[test]
fn a_group_keeps_what_is_unset_and_refuses_a_desired_outside_its_bounds() {
    let month = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    let web = Resource::Group { name: "web".into() };
    let sizes = |min, desired, max| Some(Capacity { min, desired, max });
    let start = BTreeMap::from([(
        web.clone(),
        State {
            sizes: sizes(2, 4, 8),
            ..State::default()
        },
    )]);
    for (input, expected) in [
        (json!({"MaxSize": 3}), sizes(2, 3, 3)),
        (json!({"MinSize": 6}), sizes(6, 6, 8)),
        (
            json!({"MinSize": 0, "MaxSize": 0, "DesiredCapacity": 0}),
            sizes(0, 0, 0),
        ),
        (json!({"DesiredCapacity": 9}), None),
        (json!({"MinSize": 9}), None),
        (json!({}), None),
        (json!({"MinSize": "2"}), None),
    ] {
        let mut object = object(GROUP, "open", "0 9 * * *");
        object.input = input.clone();
        let run = run(&[object], &start, &zones, at(month.0)..at(month.1));
        let last = run.ok().and_then(|run| run.states[&web].last()?.1.sizes);
        assert_eq!(last, expected, "{input}");
    }
}

#[test]
fn a_service_is_brought_inside_its_bounds_and_no_further() {
    let api = Resource::Service {
        name: "main/api".into(),
    };
    for (before, after) in [(0, 2), (4, 4), (9, 6)] {
        let sizes = Some(Capacity {
            min: 0,
            desired: before,
            max: 10,
        });
        let state = State {
            sizes,
            ..State::default()
        };
        let object = object(SERVICE, "open", "cron(0 9 * * ? *)");
        let range = at("2026-01-01T00:00:00Z")..at("2026-01-02T00:00:00Z");
        let start = BTreeMap::from([(api.clone(), state)]);
        let run = run(&[object], &start, &zones, range).expect("documented");
        let last = run.states[&api].last().and_then(|last| last.1.sizes);
        assert_eq!(
            last,
            Some(Capacity {
                min: 2,
                desired: after,
                max: 6
            })
        );
    }
}

#[test]
fn aws_starts_a_database_after_seven_days_and_a_second_stop_does_not_defer_it() {
    let month = ("2026-01-01T00:00:00Z", "2026-01-20T00:00:00Z");
    let once = object(SCHEDULER, "once", "at(2026-01-02T09:00:00)");
    let run = play(std::slice::from_ref(&once), month.0, month.1).expect("documented");
    assert_eq!(run.restarts.len(), 1);
    assert_eq!(run.restarts[0].at, at("2026-01-09T14:00:00Z"));

    let daily = object(SCHEDULER, "daily", "cron(30 9 * * ? *)");
    let changed = changes(&[daily], month.0, month.1);
    let expected = [
        "2026-01-01T14:30:00Z",
        "2026-01-08T14:30:00Z",
        "2026-01-15T14:30:00Z",
    ];
    // It is stopped again in the very minute in which it is started.
    assert_eq!(changed, expected);

    let mut machines = once;
    machines.target = format!("{UNIVERSAL_TARGET}ssm:startAutomationExecution");
    machines.input = json!({
        "DocumentName": "AWS-StopEC2Instance",
        "TargetParameterName": "InstanceId",
        "Targets": [{"Key": "tag:Schedule", "Values": ["office"]}],
    });
    let run = play(&[machines], month.0, month.1).expect("documented");
    assert_eq!(run.restarts, []);
}

#[test]
fn names_quotas_and_calls_are_those_of_the_services() {
    let month = ("2026-01-01T00:00:00Z", "2026-01-20T00:00:00Z");
    for (kind, good, bad) in [
        (GROUP, "lamplighter/a:b", ""),
        (SERVICE, "lamplighter.a", "lamplighter/a"),
        (SCHEDULER, "lamplighter.a", "lamplighter/a"),
    ] {
        let expression = match kind {
            GROUP => "0 9 * * *",
            _ => "cron(0 9 * * ? *)",
        };
        assert!(play(&[object(kind, good, expression)], month.0, month.1).is_ok());
        assert!(play(&[object(kind, bad, expression)], month.0, month.1).is_err());
    }
    let many: Vec<_> = (0..126)
        .map(|n| {
            object(
                GROUP,
                &format!("{n}"),
                &format!("{} {} * * *", n % 60, n / 60),
            )
        })
        .collect();
    assert!(play(&many[..125], month.0, month.1).is_ok());
    let too_many = play(&many, month.0, month.1);
    assert!(
        matches!(too_many, Err(Fault::TooMany { .. })),
        "{too_many:?}"
    );

    let mut nodes = object(SCHEDULER, "nodes", "cron(0 9 * * ? *)");
    nodes.target = format!("{UNIVERSAL_TARGET}eks:updateNodegroupConfig");
    for (max, taken) in [(1, true), (0, false)] {
        nodes.input = json!({"ClusterName": "main", "NodegroupName": "spot",
            "ScalingConfig": {"MinSize": 0, "DesiredSize": 0, "MaxSize": max}});
        assert_eq!(
            play(std::slice::from_ref(&nodes), month.0, month.1).is_ok(),
            taken
        );
    }
    nodes.target = format!("{UNIVERSAL_TARGET}sqs:createQueue");
    assert!(play(&[nodes], month.0, month.1).is_err());
}
