//! Scheduled actions by AWS's own rules.

use crate::kit::*;
use demo::Sandbox;
use domain::capacity::{Capacity, TargetRef, Timing};
use ports::{CloudError, CloudErrorKind};

fn capacity(sandbox: &Sandbox, reference: &TargetRef) -> (u32, u32, u32) {
    let Capacity { min, desired, max } = target(sandbox, reference).capacity;
    (min, desired, max)
}

fn names(sandbox: &Sandbox, reference: &TargetRef) -> Vec<String> {
    let actions = target(sandbox, reference).actions;
    actions.into_iter().map(|action| action.name).collect()
}

fn step_to(sandbox: &Sandbox, text: &str) {
    let seconds = at(text).since_ms(sandbox.now()) / 1_000;
    sandbox.step(u32::try_from(seconds).expect("forward"));
}

#[track_caller]
fn refused(result: Result<(), CloudError>, kind: CloudErrorKind, part: &str) {
    let error = result.expect_err(part);
    assert_eq!(error.kind, kind, "{error}");
    assert!(error.message.contains(part), "{error}");
}

#[test]
fn the_office_goes_home_in_the_evening_and_comes_back_in_the_morning() {
    let sandbox = sandbox(7, MONDAY_9);
    let staging = group("web-staging");
    assert_eq!(capacity(&sandbox, &staging), (1, 2, 4));
    let actions = target(&sandbox, &staging).actions;
    let next = |name: &str| {
        let action = actions.iter().find(|action| action.name == name);
        action.and_then(|action| action.next_run_at)
    };
    assert_eq!(next("evening-down"), Some(at("2026-03-02T21:00:00+09:00")));
    assert_eq!(next("morning-up"), Some(at("2026-03-03T08:00:00+09:00")));
    step_to(&sandbox, "2026-03-02T20:59:59+09:00");
    assert_eq!(capacity(&sandbox, &staging), (1, 2, 4));
    step_to(&sandbox, "2026-03-02T21:00:00+09:00");
    assert_eq!(capacity(&sandbox, &staging), (0, 0, 0));
    let activities = now(sandbox.cloud().activities(&staging)).expect("no fault");
    let cause = "the scheduled action evening-down executed. Setting min size from 1 to 0. Setting \
                 max size from 4 to 0. Setting desired capacity from 2 to 0.";
    assert!(
        activities[0].cause.contains(cause),
        "{}",
        activities[0].cause
    );
    step_to(&sandbox, "2026-03-03T08:00:00+09:00");
    assert_eq!(capacity(&sandbox, &staging), (1, 2, 4));
    // On Friday evening it goes home until Monday.
    step_to(&sandbox, "2026-03-08T12:00:00+09:00");
    assert_eq!(capacity(&sandbox, &staging), (0, 0, 0));
    // A suspended process runs nothing, and says nothing.
    let suspended = target(&sandbox, &group("worker-staging"));
    assert_eq!(suspended.suspended, ["ScheduledActions"]);
    assert_eq!(suspended.capacity.desired, 1);
    // A sandbox that starts at night starts as the evening left it.
    let night = crate::kit::sandbox(7, "2026-03-03T23:00:00+09:00");
    assert_eq!(capacity(&night, &staging), (0, 0, 0));
}

#[test]
fn a_one_time_action_runs_once_and_is_gone() {
    let sandbox = sandbox(7, MONDAY_9);
    let dev = group("web-dev");
    let timing = once("2026-03-02T10:00:00+09:00");
    let sets = (Some(2), None, Some(5));
    put(&sandbox, &dev, "lesson", timing.clone(), sets).expect("accepted");
    put(&sandbox, &dev, "lesson", timing.clone(), sets).expect("the same again changes nothing");
    assert_eq!(
        names(&sandbox, &dev),
        ["lesson", "office-closes", "office-opens"]
    );
    step_to(&sandbox, "2026-03-02T10:00:00+09:00");
    assert_eq!(
        capacity(&sandbox, &dev),
        (2, 2, 5),
        "desired is brought inside"
    );
    assert_eq!(names(&sandbox, &dev), ["office-closes", "office-opens"]);
    refused(
        put(&sandbox, &dev, "lesson", timing, sets),
        CloudErrorKind::Invalid,
        "start time is in the past",
    );
}

#[test]
fn a_service_sets_bounds_only_and_its_count_follows() {
    let sandbox = sandbox(7, MONDAY_9);
    let checkout = service("staging/checkout");
    assert_eq!(capacity(&sandbox, &checkout), (2, 2, 4));
    let timing = recurring("at(2026-03-02T10:00:00)");
    put(
        &sandbox,
        &checkout,
        "exactly",
        timing,
        (Some(3), Some(9), Some(3)),
    )
    .expect("accepted");
    let told = target(&sandbox, &checkout).actions;
    let told = told
        .iter()
        .find(|action| action.name == "exactly")
        .expect("there");
    assert_eq!(
        (told.capacity.desired, told.next_run_at),
        (None, None),
        "not AWS's to tell"
    );
    step_to(&sandbox, "2026-03-02T10:00:00+09:00");
    assert_eq!(capacity(&sandbox, &checkout), (3, 3, 3));
    let activities = now(sandbox.cloud().activities(&checkout)).expect("no fault");
    assert_eq!(activities[0].description, "Setting desired count to 3.");
    assert_eq!(
        activities[0].cause,
        "scheduled action name exactly was triggered"
    );
    assert_eq!(
        activities[1].description,
        "Setting min capacity to 3 and max capacity to 3"
    );
    // ECS does not ask for the bounds.
    set(&sandbox, &checkout, (None, Some(7), None)).expect("accepted");
    assert_eq!(capacity(&sandbox, &checkout), (3, 7, 3));
}

#[test]
fn recurring_actions_begin_with_their_start_and_are_deleted_at_their_end() {
    let sandbox = sandbox(7, MONDAY_9);
    let dev = group("web-dev");
    let timing = Timing::Recurring {
        expression: "0 12 * * *".into(),
        timezone: "Asia/Seoul".into(),
        starts_at: Some(at("2026-03-02T11:00:00+09:00")),
        ends_at: Some(at("2026-03-03T12:00:00+09:00")),
    };
    put(&sandbox, &dev, "noon", timing, (Some(0), Some(2), Some(2))).expect("accepted");
    let desired = || target(&sandbox, &dev).capacity.desired;
    step_to(&sandbox, "2026-03-02T11:00:00+09:00");
    assert_eq!(desired(), 2, "the start is a firing");
    set(&sandbox, &dev, (None, Some(1), None)).expect("accepted");
    step_to(&sandbox, "2026-03-02T12:00:00+09:00");
    assert_eq!(desired(), 2, "and so is noon");
    set(&sandbox, &dev, (None, Some(1), None)).expect("accepted");
    step_to(&sandbox, "2026-03-03T11:59:59+09:00");
    assert!(names(&sandbox, &dev).contains(&"noon".to_owned()));
    step_to(&sandbox, "2026-03-03T12:00:00+09:00");
    assert_eq!(desired(), 1, "the end is none");
    assert!(!names(&sandbox, &dev).contains(&"noon".to_owned()));
}

#[test]
fn aws_refuses_what_it_refuses() {
    use CloudErrorKind::{Invalid, NotFound};
    let sandbox = sandbox(7, MONDAY_9);
    let dev = group("web-dev");
    let checkout = service("staging/checkout");
    let nowhere = group("web-nowhere");
    let some = (Some(1), None, None);
    let later = || once("2026-03-02T15:00:00+09:00");
    let not_found = "AutoScalingGroup name not found - AutoScalingGroup 'web-nowhere' not found";
    refused(
        put(&sandbox, &nowhere, "x", later(), some),
        NotFound,
        not_found,
    );
    refused(delete(&sandbox, &nowhere, "x"), NotFound, not_found);
    refused(set(&sandbox, &nowhere, some), NotFound, not_found);
    refused(
        set(&sandbox, &service("prod/nothing"), some),
        NotFound,
        "No scalable target found",
    );
    let none = (None, None, None);
    refused(
        put(&sandbox, &dev, "x", later(), none),
        Invalid,
        "must be specified",
    );
    refused(
        put(&sandbox, &dev, "", later(), some),
        Invalid,
        "scheduledActionName",
    );
    refused(
        put(&sandbox, &checkout, "a/b", later(), some),
        Invalid,
        "scheduledActionName",
    );
    let backwards = (Some(3), None, Some(2));
    refused(
        put(&sandbox, &dev, "x", later(), backwards),
        Invalid,
        "Max bound, 2, must be",
    );
    refused(
        set(&sandbox, &checkout, backwards),
        Invalid,
        "cannot be less than minimum",
    );
    let cron = recurring("cron(0 9 * * ? *)");
    refused(
        put(&sandbox, &dev, "x", cron, some),
        Invalid,
        "recurrence string is invalid",
    );
    let unix = recurring("0 9 * * *");
    refused(
        put(&sandbox, &checkout, "x", unix, some),
        Invalid,
        "Schedule expression is invalid",
    );
    let same = recurring("0 20 * * *");
    refused(
        put(&sandbox, &dev, "x", same, some),
        Invalid,
        "has the same start time",
    );
    refused(
        set(&sandbox, &dev, (None, Some(9), None)),
        Invalid,
        "Desired capacity:9 must be between the specified min size:1 and max size:2",
    );
    refused(
        set(&sandbox, &dev, (Some(4), None, None)),
        Invalid,
        "Max bound, 2, must be",
    );

    let minute = |number: i64| Timing::Once {
        at: at("2026-03-03T00:00:00+09:00").plus_ms(number * 60_000),
    };
    for number in 0..123 {
        put(&sandbox, &dev, &format!("n{number}"), minute(number), some).expect("accepted");
    }
    refused(
        put(&sandbox, &dev, "one-more", minute(200), some),
        Invalid,
        "limit of 125",
    );
    put(&sandbox, &dev, "n5", minute(201), some).expect("replacing adds none");
    assert_eq!(names(&sandbox, &dev).len(), 125);
}

#[test]
fn every_call_can_be_repeated() {
    let sandbox = sandbox(7, MONDAY_9);
    for (target_ref, expression) in [
        (group("web-staging"), "15 7 * * *"),
        (service("staging/checkout"), "cron(15 7 * * ? *)"),
    ] {
        let state = || serde_json::to_string(&target(&sandbox, &target_ref)).expect("json");
        let mut states = Vec::new();
        for _ in 0..2 {
            let sets = (Some(1), Some(3), Some(4));
            set(&sandbox, &target_ref, sets).expect("accepted");
            put(&sandbox, &target_ref, "early", recurring(expression), sets).expect("accepted");
            states.push(state());
        }
        assert_eq!(states[0], states[1]);
        for _ in 0..2 {
            delete(&sandbox, &target_ref, "early").expect("accepted");
            states.push(state());
        }
        assert_eq!(states[2], states[3]);
        assert_ne!(states[1], states[2]);
        let activities = now(sandbox.cloud().activities(&target_ref)).expect("no fault");
        let set_once = activities
            .iter()
            .filter(|activity| activity.started_at == sandbox.now())
            .count();
        assert_eq!(set_once, 1, "the second time changed nothing");
    }
}
