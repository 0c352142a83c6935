//! Members come, serve and go; the rest of the world reacts.

use crate::kit::*;
use demo::Sandbox;
use domain::capacity::{Purchase, TargetRef};

fn states(sandbox: &Sandbox, reference: &TargetRef) -> (u32, u32) {
    let target = target(sandbox, reference);
    (target.pending, target.in_service)
}

#[test]
fn more_capacity_launches_over_time_and_the_alarms_clear() {
    let sandbox = sandbox(7, "2026-03-02T14:00:00+09:00");
    let front = group("web-prod");
    // A front that cannot grow, and twice the students.
    let held = target(&sandbox, &front).capacity.desired;
    set(&sandbox, &front, (Some(held), Some(held), Some(held))).expect("accepted");
    sandbox.traffic(230, 180);
    sandbox.step(10 * 60);
    for name in [
        "web-prod-cpu-high",
        "prod-public-alb-latency-p95",
        "prod-public-alb-5xx",
    ] {
        assert!(
            is_on(&sandbox, name),
            "{name}: {}",
            alarm(&sandbox, name).reason
        );
    }
    assert!(is_on(&sandbox, "prod-site-overloaded"));
    assert!(is_on(&sandbox, "prod-registration-degraded"));
    let reason = alarm(&sandbox, "web-prod-cpu-high").reason;
    assert!(
        reason.starts_with("Threshold Crossed: 3 out of the last 3 datapoints ["),
        "{reason}"
    );
    assert!(
        reason.contains("were greater than the threshold (85.0)"),
        "{reason}"
    );

    let (_, before) = states(&sandbox, &front);
    set(
        &sandbox,
        &front,
        (Some(held * 3), Some(held * 3), Some(held * 3)),
    )
    .expect("accepted");
    let (pending, in_service) = states(&sandbox, &front);
    assert_eq!(
        (pending, in_service),
        (held * 3 - before, before),
        "none serves at once"
    );
    let newest = &now(sandbox.cloud().activities(&front)).expect("no fault")[0];
    assert_eq!(
        (newest.status.as_str(), newest.ended_at),
        ("InProgress", None)
    );
    assert!(
        newest
            .description
            .starts_with("Launching a new EC2 instance: i-0")
    );
    assert!(
        newest
            .cause
            .contains("a user request update of AutoScalingGroup constraints")
    );
    assert!(newest.cause.contains("increasing the capacity from"));
    sandbox.step(39);
    assert_eq!(
        states(&sandbox, &front),
        (pending, in_service),
        "the quickest takes 40 s"
    );
    sandbox.step(52);
    assert_eq!(
        states(&sandbox, &front),
        (0, held * 3),
        "the slowest takes 90 s"
    );
    let newest = &now(sandbox.cloud().activities(&front)).expect("no fault")[0];
    assert_eq!(newest.status, "Successful");
    sandbox.step(8 * 60);
    for name in [
        "web-prod-cpu-high",
        "prod-public-alb-latency-p95",
        "prod-public-alb-5xx",
    ] {
        assert!(
            !is_on(&sandbox, name),
            "{name}: {}",
            alarm(&sandbox, name).reason
        );
    }
    assert!(!is_on(&sandbox, "prod-site-overloaded"));
    let history = history(&sandbox, &seoul(), "web-prod-cpu-high");
    assert!(
        history.len() >= 2 && history[0].at > history[1].at,
        "newest first"
    );
}

#[test]
fn fewer_are_taken_out_within_a_minute() {
    let sandbox = sandbox(7, MONDAY_9);
    let staging = group("web-staging");
    set(&sandbox, &staging, (Some(0), Some(0), None)).expect("accepted");
    let leaving = target(&sandbox, &staging);
    assert_eq!(leaving.in_service, 0);
    assert!(
        leaving
            .instances
            .iter()
            .all(|i| i.lifecycle_state == "Terminating")
    );
    assert!(!leaving.instances.is_empty());
    sandbox.step(31);
    assert!(target(&sandbox, &staging).instances.is_empty());
    let newest = &now(sandbox.cloud().activities(&staging)).expect("no fault")[0];
    assert!(
        newest
            .description
            .starts_with("Terminating EC2 instance: i-0")
    );
    assert!(newest.cause.contains("was selected for termination"));
}

#[test]
fn policies_follow_the_load_inside_the_bounds() {
    let sandbox = sandbox(7, "2026-03-02T14:00:00+09:00");
    let api = group("api-prod");
    let before = target(&sandbox, &api).capacity.desired;
    sandbox.traffic(170, 60);
    sandbox.step(15 * 60);
    let grown = target(&sandbox, &api).capacity;
    assert!(grown.desired > before, "{before} became {}", grown.desired);
    let causes = now(sandbox.cloud().activities(&api)).expect("no fault");
    let tracked = "triggered policy api-prod-cpu-60 changing the desired capacity from";
    assert!(
        causes
            .iter()
            .any(|activity| activity.cause.contains(tracked))
    );
    sandbox.traffic(1_000, 60);
    sandbox.step(40 * 60);
    let full = target(&sandbox, &api).capacity;
    assert_eq!(full.desired, full.max, "never above the maximum");
    sandbox.traffic(10, 240);
    sandbox.step(2 * 3_600);
    let small = target(&sandbox, &api).capacity;
    assert_eq!(small.desired, small.min, "never below the minimum");
}

#[test]
fn a_queue_that_waits_adds_workers_and_an_idle_one_removes_them() {
    let sandbox = sandbox(7, "2026-03-02T14:00:00+09:00");
    let workers = group("worker-prod");
    sandbox.traffic(250, 120);
    let before = target(&sandbox, &workers).capacity.desired;
    sandbox.step(45 * 60);
    let grown = target(&sandbox, &workers).capacity.desired;
    assert!(
        grown > before,
        "the queue's alarm adds workers: {before} became {grown}"
    );
}

#[test]
fn an_interrupted_spot_instance_goes_after_its_notice_and_is_replaced() {
    let sandbox = sandbox(7, MONDAY_9);
    let id = sandbox.interrupt_spot().expect("there are spot instances");
    let find = |id: &str| {
        let targets = now(sandbox.cloud().targets(&seoul())).expect("no fault");
        targets
            .into_iter()
            .find(|target| target.instances.iter().any(|i| i.id == id))
    };
    let owner = find(&id).expect("it still serves").reference;
    let wanted = target(&sandbox, &owner).capacity.desired;
    sandbox.step(119);
    let serving = target(&sandbox, &owner);
    let doomed = serving
        .instances
        .iter()
        .find(|i| i.id == id)
        .expect("still there");
    assert_eq!(
        (doomed.lifecycle_state.as_str(), doomed.purchase),
        ("InService", Purchase::Spot)
    );
    sandbox.step(1);
    let leaving = target(&sandbox, &owner);
    let doomed = leaving
        .instances
        .iter()
        .find(|i| i.id == id)
        .expect("on its way out");
    assert_eq!(doomed.lifecycle_state, "Terminating");
    sandbox.step(95);
    let after = target(&sandbox, &owner);
    assert!(after.instances.iter().all(|i| i.id != id), "gone");
    assert_eq!(
        (after.in_service, after.capacity.desired),
        (wanted, wanted),
        "and replaced"
    );
    let activities = now(sandbox.cloud().activities(&owner)).expect("no fault");
    assert!(
        activities
            .iter()
            .any(|a| a.description.contains(&id) && a.status == "Successful")
    );
}

#[test]
fn with_rebalancing_the_replacement_comes_first() {
    let sandbox = sandbox(7, MONDAY_9);
    let front = group("web-prod");
    // Let the front be the group with the most spot instances.
    set(&sandbox, &group("worker-prod"), (Some(1), Some(1), Some(1))).expect("accepted");
    sandbox.step(120);
    let held = target(&sandbox, &front).capacity.desired;
    set(&sandbox, &front, (Some(held), Some(held), Some(held))).expect("accepted");
    sandbox.step(120);
    let id = sandbox.interrupt_spot().expect("there are spot instances");
    let now_there = target(&sandbox, &front);
    assert!(
        now_there.instances.iter().any(|i| i.id == id),
        "one of the front's"
    );
    assert_eq!((now_there.pending, now_there.in_service), (1, held));
    sandbox.step(119);
    assert_eq!(target(&sandbox, &front).in_service, held + 1);
    sandbox.step(60);
    assert_eq!(target(&sandbox, &front).in_service, held);
}

#[test]
fn what_gets_no_spot_asks_again_until_there_is_some() {
    let sandbox = sandbox(7, MONDAY_9);
    let workers = group("worker-prod");
    let held = target(&sandbox, &workers).capacity.desired;
    set(&sandbox, &workers, (Some(held), Some(held), Some(held))).expect("accepted");
    sandbox.step(120);
    sandbox.spot_shortage(None, 20);
    let wanted = held + 6;
    set(
        &sandbox,
        &workers,
        (Some(wanted), Some(wanted), Some(wanted)),
    )
    .expect("accepted");
    sandbox.step(19 * 60);
    let short = target(&sandbox, &workers).in_service;
    assert!((held..wanted).contains(&short), "{short} of {wanted}");
    let failed = || {
        let activities = now(sandbox.cloud().activities(&workers)).expect("no fault");
        let failed = activities.iter().filter(|one| one.status == "Failed");
        failed.count()
    };
    let told = failed();
    assert!((5..=10).contains(&told), "{told} times in 19 minutes");
    sandbox.step(5 * 60);
    assert_eq!(states(&sandbox, &workers), (0, wanted));
    sandbox.step(60 * 60);
    assert!(failed() <= told + 1, "it asks no more");
}

#[test]
fn nothing_to_interrupt_is_said() {
    let sandbox = sandbox(7, MONDAY_9);
    for name in ["web-prod", "worker-prod", "batch-dev"] {
        set(&sandbox, &group(name), (Some(0), Some(0), Some(0))).expect("accepted");
    }
    let american = TargetRef {
        scope: sandbox.cloud().scopes()[1].clone(),
        ..group("us-web-prod")
    };
    set(&sandbox, &american, (Some(0), Some(0), Some(0))).expect("accepted");
    assert_eq!(sandbox.interrupt_spot(), None);
}
