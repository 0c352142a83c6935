//! Schedules of what is only on or off, and of node groups: timers make every change.

use super::*;
use crate::{
    capacity::{Instance, Purchase},
    schedules::Power,
    time::DAY_MS,
};

fn machine(id: &str, state: &str) -> Instance {
    Instance {
        id: id.into(),
        zone: "ap-northeast-2a".into(),
        instance_type: "m7g.large".into(),
        lifecycle_state: state.into(),
        healthy: true,
        purchase: Purchase::OnDemand,
        protected: false,
    }
}

fn count(live: &mut Target) {
    let on = live.instances.iter().filter(|one| one.is_on()).count();
    let [on, all] = [on, live.instances.len()].map(|n| u32::try_from(n).expect("a few"));
    live.capacity = Capacity::switched(on, all);
}

/// What AWS does when it is told to start or stop.
pub(super) fn switch(live: &mut Target, power: Power, instances: &[String]) {
    let state = match power {
        Power::Running => "running",
        Power::Stopped => "stopped",
    };
    for one in &mut live.instances {
        if instances.is_empty() || instances.contains(&one.id) {
            one.lifecycle_state = state.into();
        }
    }
    count(live);
}

/// Machines and databases, each in this state.
fn switched(kind: TargetKind, name: &str, states: &[&str]) -> Target {
    let mut live = target(kind, name);
    let numbered = (1..).zip(states);
    live.instances = numbered
        .map(|(number, state)| machine(&format!("i-{number}"), state))
        .collect();
    count(&mut live);
    live
}

fn of_database(windows: &Value) -> Schedule {
    schedule(&json!({
        "targets": [{"rds": "orders"}],
        "base": {"state": "running"},
        "windows": windows,
    }))
}

fn nights() -> Value {
    json!([{"name": "night", "from": "20:00", "to": "08:00", "capacity": {"state": "stopped"}}])
}

/// After a night begins.
fn evening() -> Timestamp {
    at("2026-03-02T12:00:00Z")
}

#[test]
fn a_database_gets_its_timers_before_it_is_stopped_and_the_second_time_nothing_is_called() {
    let live = [switched(TargetKind::Rds, "orders", &["available"])];
    let schedule = of_database(&nights());
    let plan = planned(&schedule, &situation(&live, evening()));
    let [starts, stops, now] = &calls(&plan)[..] else {
        panic!("three calls: {:?}", calls(&plan));
    };
    assert!(
        stops.starts_with("put lamplighter.office-hours.2000."),
        "{stops}"
    );
    assert!(
        starts.starts_with("put lamplighter.office-hours.0800."),
        "{starts}"
    );
    assert_eq!(now, "stopped ");
    assert_eq!(rules(&plan), ["stops-now", "disks-billed"]);
    let undo = plan.steps[2].undo.as_ref().expect("a way back").aws();
    assert_eq!(undo[0].action, "rds:StartDBInstance");

    let after = carried_out(&live, &plan);
    assert_eq!(after[0].power(), Some(Power::Stopped));
    assert!(
        plan.steps
            .iter()
            .all(|step| step.call.is_done(&after[0], evening()))
    );
    let again = planned(&schedule, &situation(&after, evening().plus_ms(HOUR_MS)));
    assert_eq!(calls(&again), [""; 0]);
    assert_eq!(differences(&schedule, &plan, &after[0], evening()), []);
}

#[test]
fn a_kill_between_any_two_calls_never_leaves_a_database_stopped_without_its_way_back() {
    let live = [switched(TargetKind::Rds, "orders", &["available"])];
    let schedule = of_database(&nights());
    let plan = planned(&schedule, &situation(&live, evening()));
    for done in 0..=plan.steps.len() {
        let mut killed = live.to_vec();
        for step in &plan.steps[..done] {
            carry_out(&mut killed, &step.call);
        }
        let is_stopped = killed[0].power() == Some(Power::Stopped);
        assert!(
            !is_stopped || killed[0].timers.len() == 2,
            "killed after {done}"
        );
        let rest = planned(&schedule, &situation(&killed, evening()));
        let whole = carried_out(&killed, &rest);
        assert_eq!(whole, carried_out(&live, &plan), "killed after {done}");
    }
}

#[test]
fn of_a_tag_all_are_called_and_only_those_that_ran_are_taken_back() {
    let states = ["running", "stopped", "pending"];
    let live = [switched(TargetKind::Ec2Tag, "Schedule=office", &states)];
    let schedule = schedule(&json!({
        "targets": [{"ec2_tag": {"key": "Schedule", "value": "office"}}],
        "base": {"state": "running"},
        "windows": nights(),
    }));
    let plan = planned(&schedule, &situation(&live, evening()));
    let last = plan.steps.last().expect("a step");
    let [call] = &last.call.aws()[..] else {
        panic!("one call");
    };
    assert_eq!(call.action, "ec2:StopInstances");
    let ids: Vec<_> = call.parameters.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids, ["i-1", "i-2", "i-3"]);
    let mut after = carried_out(&live, &plan);
    carry_out(&mut after, last.undo.as_ref().expect("a way back"));
    let on: Vec<_> = after[0].instances.iter().map(Instance::is_on).collect();
    assert_eq!(on, [true, false, true]);
}

#[test]
fn what_was_started_by_hand_is_drift_and_what_aws_starts_after_seven_days_is_not() {
    let mut live = [switched(TargetKind::Rds, "orders", &["available"])];
    let weekends = of_database(
        &json!([{"name": "nights", "days": ["mon..sun"], "from": "20:00",
        "to": "08:00", "capacity": {"state": "stopped"}}]),
    );
    let plan = planned(&weekends, &situation(&live, evening()));
    live[0].timers = carried_out(&live, &plan)[0].timers.clone();
    let found = [Difference::Power {
        expected: Power::Stopped,
        on: 1,
        all: 1,
    }];
    // Within minutes of an edge it may be late, or between one state and the other.
    for (minutes, expected) in [(10, &[][..]), (20, &found[..])] {
        let late = at("2026-03-02T11:00:00Z").plus_ms(minutes * MINUTE_MS);
        assert_eq!(
            differences(&weekends, &plan, &live[0], late),
            expected,
            "{minutes}"
        );
    }

    let closed = schedule(&json!({
        "targets": [{"rds": "orders"}],
        "base": {"state": "stopped"},
        "windows": [{"name": "fair", "dates": ["2026-03-02", "2026-05-30"], "from": "08:00",
            "to": "20:00", "capacity": {"state": "running"}}],
    }));
    let plan = planned(&closed, &situation(&live, at(NOW)));
    assert_eq!(rules(&plan), ["aws-starts-it", "disks-billed"]);
    live[0].timers = carried_out(&live, &plan)[0].timers.clone();
    for (days, expected) in [(2, &found[..]), (8, &[][..])] {
        let later = at(NOW).plus_ms(days * DAY_MS);
        assert_eq!(
            differences(&closed, &plan, &live[0], later),
            expected,
            "{days}"
        );
    }
}

#[test]
fn a_node_group_is_sized_by_timers_and_what_moves_inside_it_is_no_drift() {
    let live = [target(TargetKind::Eks, "main/workers")];
    let schedule = schedule(&json!({
        "targets": [{"eks": "main/workers"}],
        "base": {"min": 2, "desired": 3, "max": 6},
        "windows": [{"name": "night", "from": "20:00", "to": "08:00",
            "capacity": {"min": 0, "desired": 0, "max": 1}}],
    }));
    let plan = planned(&schedule, &situation(&live, at(NOW)));
    let last = plan.steps.last().expect("a step").call.aws();
    assert_eq!(last[0].action, "eks:UpdateNodegroupConfig");
    let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        last[0].parameters,
        [
            set("ClusterName", "main"),
            set("NodegroupName", "workers"),
            set("ScalingConfig.MinSize", "2"),
            set("ScalingConfig.MaxSize", "6"),
            set("ScalingConfig.DesiredSize", "3"),
        ]
    );
    let mut after = carried_out(&live, &plan);
    assert_eq!(after[0].timers.len(), 2);
    after[0].capacity.desired = 5;
    assert_eq!(differences(&schedule, &plan, &after[0], at(NOW)), []);
    after[0].capacity.max = 7;
    let found = differences(&schedule, &plan, &after[0], at(NOW));
    assert!(matches!(&found[..], [Difference::Number { field, .. }] if field == "max"));
    let closed = super::schedule(&json!({
        "targets": [{"eks": "main/workers"}],
        "base": {"min": 2, "desired": 3, "max": 6},
        "windows": [{"name": "night", "from": "20:00", "to": "08:00",
            "capacity": {"min": 0, "desired": 0, "max": 0}}],
    }));
    assert_eq!(
        rules(&planned(&closed, &situation(&live, at(NOW)))),
        ["cannot-compile", "scales-down"]
    );
}

#[test]
fn the_mix_is_set_before_the_sizes() {
    let mut live = group();
    live.mix = Some(crate::capacity::SpotMix {
        on_demand_base: 0,
        on_demand_percent: 100,
        rebalance: true,
        types: Some(4),
        zones: Some(3),
        strategy: None,
    });
    let spot = json!({"on_demand_base": 1, "on_demand_percent": 0});
    let schedule = schedule(&json!({
        "base": {"min": 2, "desired": 2, "max": 6, "spot": spot},
        "windows": [],
    }));
    let plan = planned(&schedule, &situation(&[live], at(NOW)));
    assert_eq!(
        calls(&plan),
        ["buy on demand 1 + 0 %", "set min 2 · desired 2 · max 6"]
    );
}
