//! Tests of planning scale events and their ends.
mod policies;

use super::super::Mover;
use super::*;
use crate::{
    capacity::{PolicyKind, ScalingPolicy, SpotMix, TargetRef},
    changes::Change,
    checks::{Severity, blocks},
    estate::{AccountId, Environment, Region, Scope},
    freezes::Freeze,
    ids::{FreezeId, TargetId},
    time::HOUR_MS,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2026-03-02T00:00:00Z")
}

fn own() -> ChangeId {
    ChangeId::from_parts(1, 1)
}

fn target(kind: TargetKind, policy: bool) -> Target {
    let policies = policy.then(|| ScalingPolicy {
        name: "cpu".into(),
        kind: PolicyKind::TargetTracking,
        enabled: true,
        alarms: vec![],
        summary: String::new(),
        adjusting: None,
        target_value: None,
    });
    Target {
        reference: TargetRef {
            scope: Scope {
                account: AccountId::from("111122223333"),
                region: Region::from("ap-northeast-2"),
            },
            kind,
            name: "prod/web".into(),
        },
        environment: Environment::from("prod"),
        capacity: Capacity {
            min: 2,
            desired: 4,
            max: 8,
        },
        instances: vec![],
        in_service: 4,
        pending: 0,
        suspended: vec![],
        mix: None,
        policies: policies.into_iter().collect(),
        actions: vec![],
        timers: Vec::new(),
    }
}

fn event(hold: Hold, count: u32, from: Option<&str>, until: &str) -> ScaleEvent {
    ScaleEvent {
        target: TargetId::from_parts(1, 1),
        hold,
        count,
        from: from.map(at),
        until: at(until),
        reason: "registration".into(),
    }
}

fn situation(target: &Target) -> Situation<'_> {
    Situation {
        change: own(),
        target,
        alarms: &[],
        others: &[],
        freezes: &[],
        below_desired_minutes: 15,
        now: now(),
    }
}

fn nightly(name: &str, when: &str, min: u32) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Once { at: at(when) },
        capacity: CapacityChange {
            min: Some(min),
            desired: Some(min),
            max: None,
        },
        next_run_at: None,
    }
}

/// The calls of a plan, one line each.
fn calls(plan: &Plan) -> Vec<String> {
    let line = |call: super::super::AwsCall| {
        let parameters: Vec<_> = call
            .parameters
            .iter()
            .filter(|(name, _)| {
                ![
                    "AutoScalingGroupName",
                    "ServiceNamespace",
                    "ResourceId",
                    "ScalableDimension",
                ]
                .contains(&name.as_str())
            })
            .map(|(name, value)| format!("{name}={}", value.replace(&own().to_string(), "X")))
            .collect();
        format!("{} {}", call.action, parameters.join(" "))
    };
    plan.steps
        .iter()
        .flat_map(|step| step.call.aws())
        .map(line)
        .collect()
}

fn effect(plan: &Plan) -> &EventEffect {
    plan.event().expect("a scale event's")
}

fn rules(plan: &Plan) -> Vec<&'static str> {
    plan.findings.iter().map(Finding::rule).collect()
}

#[test]
fn the_return_is_put_before_anything_is_raised() {
    let live = target(TargetKind::Asg, false);
    let plan = plan_scale_event(
        &event(Hold::AtLeast, 10, None, "2026-03-02T03:00:00Z"),
        &situation(&live),
    );
    assert_eq!(
        calls(&plan),
        [
            "autoscaling:PutScheduledUpdateGroupAction ScheduledActionName=lamplighter-X-return \
             StartTime=2026-03-02T03:00:00Z MinSize=2 MaxSize=8 DesiredCapacity=4",
            "autoscaling:UpdateAutoScalingGroup MinSize=10 MaxSize=10",
        ]
    );
    assert_eq!(rules(&plan), ["raises-max"]);
}

#[test]
fn what_has_no_scheduled_actions_takes_no_event() {
    for kind in [TargetKind::Eks, TargetKind::Rds] {
        let live = target(kind, false);
        let wanted = event(Hold::AtLeast, 10, None, "2026-03-02T03:00:00Z");
        let plan = plan_scale_event(&wanted, &situation(&live));
        assert!(rules(&plan).contains(&"no-scale-events"), "{kind:?}");
    }
}

#[test]
fn a_planned_event_is_two_actions_and_a_policy_keeps_its_desired_capacity() {
    let live = target(TargetKind::Asg, true);
    let wanted = event(
        Hold::AtLeast,
        6,
        Some("2026-03-02T01:00:30Z"),
        "2026-03-02T03:00:00Z",
    );
    let plan = plan_scale_event(&wanted, &situation(&live));
    assert_eq!(
        calls(&plan),
        [
            "autoscaling:PutScheduledUpdateGroupAction ScheduledActionName=lamplighter-X-return \
             StartTime=2026-03-02T03:00:00Z MinSize=2 MaxSize=8",
            "autoscaling:PutScheduledUpdateGroupAction ScheduledActionName=lamplighter-X-start \
             StartTime=2026-03-02T01:00:00Z MinSize=6 MaxSize=8",
        ]
    );
    assert_eq!(rules(&plan), ["policy-returns"]);
    assert_eq!(effect(&plan).base.desired, None);
}

#[test]
fn a_service_without_a_policy_is_squeezed_and_then_freed() {
    let live = target(TargetKind::EcsService, false);
    let plan = plan_scale_event(
        &event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z"),
        &situation(&live),
    );
    assert_eq!(
        calls(&plan),
        [
            "application-autoscaling:PutScheduledAction ScheduledActionName=lamplighter-X-return \
             Schedule=at(2026-03-02T03:00:00) Timezone=UTC ScalableTargetAction.MinCapacity=4 \
             ScalableTargetAction.MaxCapacity=4",
            "application-autoscaling:PutScheduledAction ScheduledActionName=lamplighter-X-return-bounds \
             Schedule=at(2026-03-02T03:01:00) Timezone=UTC ScalableTargetAction.MinCapacity=2 \
             ScalableTargetAction.MaxCapacity=8",
            "application-autoscaling:RegisterScalableTarget MinCapacity=6 MaxCapacity=8",
            "ecs:UpdateService cluster=prod service=web desiredCount=6",
        ]
    );
    assert_eq!(rules(&plan), ["two-step-return"]);
}

#[test]
fn exactly_holds_both_bounds() {
    let live = target(TargetKind::Asg, true);
    let plan = plan_scale_event(
        &event(Hold::Exactly, 0, None, "2026-03-02T03:00:00Z"),
        &situation(&live),
    );
    assert_eq!(
        calls(&plan)[1],
        "autoscaling:UpdateAutoScalingGroup MinSize=0 MaxSize=0 DesiredCapacity=0"
    );
    assert_eq!(
        rules(&plan),
        ["scales-down", "off-until-return"],
        "nothing has to come down after it"
    );
}

#[test]
fn the_course_is_what_aws_will_do() {
    let mut live = target(TargetKind::Asg, false);
    live.actions = vec![
        nightly("dawn", "2026-03-02T00:30:00Z", 3),
        nightly("rush", "2026-03-02T02:00:00Z", 7),
    ];
    let until = "2026-03-02T03:00:00Z";
    let wanted = event(Hold::AtLeast, 6, Some("2026-03-02T01:00:00Z"), until);
    let plan = plan_scale_event(&wanted, &situation(&live));
    let course: Vec<_> = plan
        .course(now())
        .into_iter()
        .map(|there| (there.at, there.by, there.capacity.to_string()))
        .collect();
    assert_eq!(
        course,
        [
            (
                at("2026-03-02T00:30:00Z"),
                Mover::Action("dawn"),
                "3–3–8".into()
            ),
            (at("2026-03-02T01:00:00Z"), Mover::Start, "6–6–8".into()),
            (
                at("2026-03-02T02:00:00Z"),
                Mover::Action("rush"),
                "7–7–8".into()
            ),
            (at(until), Mover::Return, "7–7–8".into()),
        ]
    );
}

#[test]
fn the_return_is_to_what_would_be_there_then() {
    let mut live = target(TargetKind::Asg, false);
    live.actions = vec![nightly("night", "2026-03-02T02:00:00Z", 3)];
    let plan = plan_scale_event(
        &event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z"),
        &situation(&live),
    );
    assert_eq!(
        effect(&plan).after,
        CapacityChange {
            min: Some(3),
            desired: Some(3),
            max: Some(8)
        }
    );
    assert_eq!(rules(&plan), ["action-during"]);
    assert!(blocks(&plan.findings), "it would undercut");
    assert_eq!(effect(&plan).base.actions.len(), 1);

    live.actions[0].capacity.min = Some(7);
    let plan = plan_scale_event(
        &event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z"),
        &situation(&live),
    );
    assert_eq!(
        (rules(&plan), blocks(&plan.findings)),
        (vec!["action-during"], false)
    );
}

#[test]
fn what_cannot_change_the_plan_does_not_void_it() {
    let wanted = event(
        Hold::AtLeast,
        6,
        Some("2026-03-02T05:00:00Z"),
        "2026-03-02T06:00:00Z",
    );
    let change = Change::ScaleEvent(wanted.clone());
    let hash = |live: &Target, now: &str| {
        let situation = Situation {
            now: at(now),
            ..situation(live)
        };
        plan_scale_event(&wanted, &situation).content_hash(&change, None)
    };
    let mut live = target(TargetKind::Asg, true);
    live.actions = vec![nightly("morning", "2026-03-02T02:00:00Z", 3)];
    let proposed = hash(&live, "2026-03-02T00:00:00Z");

    let mut busier = live.clone();
    busier.capacity.desired = 7;
    assert_eq!(
        hash(&busier, "2026-03-02T00:10:00Z"),
        proposed,
        "a policy moved desired"
    );

    let mut later = live.clone();
    (later.capacity, later.actions) = (
        Capacity {
            min: 3,
            desired: 3,
            max: 8,
        },
        vec![],
    );
    assert_eq!(
        hash(&later, "2026-03-02T03:00:00Z"),
        proposed,
        "the action ran as foreseen"
    );

    let mut touched = live.clone();
    touched.capacity.max = 9;
    assert_ne!(
        hash(&touched, "2026-03-02T00:10:00Z"),
        proposed,
        "somebody changed the maximum"
    );
}

#[test]
fn each_check_finds_its_case() {
    let check =
        |wanted: ScaleEvent, change: fn(&mut Target), expected: &str, severity: Severity| {
            let mut live = target(TargetKind::Asg, false);
            change(&mut live);
            let plan = plan_scale_event(&wanted, &situation(&live));
            let found = plan
                .findings
                .iter()
                .find(|finding| finding.rule() == expected);
            assert_eq!(
                found.map(Finding::severity),
                Some(severity),
                "{expected}: {:?}",
                plan.findings
            );
        };
    let soon = "2026-03-02T03:00:00Z";
    let up = || event(Hold::AtLeast, 6, None, soon);
    let nothing: fn(&mut Target) = |_| {};
    check(
        event(Hold::AtLeast, 5_001, None, soon),
        nothing,
        "count-over-limit",
        Severity::Error,
    );
    check(
        event(Hold::AtLeast, 2, None, soon),
        nothing,
        "no-effect",
        Severity::Warning,
    );
    check(
        event(Hold::AtLeast, 6, Some("2026-03-02T00:01:00Z"), soon),
        nothing,
        "start-passed",
        Severity::Error,
    );
    check(
        event(Hold::AtLeast, 6, None, "2026-03-01T00:00:00Z"),
        nothing,
        "end-passed",
        Severity::Error,
    );
    check(
        event(Hold::AtLeast, 6, None, "2026-03-02T00:04:00Z"),
        nothing,
        "too-short",
        Severity::Error,
    );
    check(
        event(Hold::AtLeast, 6, None, "2026-03-20T00:00:00Z"),
        nothing,
        "too-long",
        Severity::Error,
    );
    check(
        event(
            Hold::AtLeast,
            6,
            Some("2027-04-01T00:00:00Z"),
            "2027-04-01T01:00:00Z",
        ),
        nothing,
        "too-far-ahead",
        Severity::Error,
    );
    check(
        up(),
        |t| t.actions.push(nightly("x", "2026-03-02T03:00:00Z", 2)),
        "same-instant",
        Severity::Error,
    );
    check(
        up(),
        |t| t.suspended.push("ScheduledActions".into()),
        "process-blocks",
        Severity::Error,
    );
    check(
        up(),
        |t| t.suspended.push("Launch".into()),
        "process-blocks",
        Severity::Error,
    );
    check(
        up(),
        |t| t.suspended.push("Terminate".into()),
        "process-suspended",
        Severity::Warning,
    );
    check(
        up(),
        |t| {
            t.mix = Some(SpotMix {
                on_demand_base: 0,
                on_demand_percent: 20,
                rebalance: false,
                types: None,
                zones: None,
                strategy: None,
            })
        },
        "spot-without-rebalance",
        Severity::Warning,
    );
    check(
        up(),
        |t| {
            t.actions = (0..125)
                .map(|n| nightly(&n.to_string(), "2026-04-01T00:00:00Z", 2))
                .collect()
        },
        "action-quota",
        Severity::Error,
    );
}

#[test]
fn events_do_not_overlap_nor_touch_and_freezes_show() {
    let live = target(TargetKind::Asg, false);
    let others = [OtherEvent {
        change: ChangeId::from_parts(2, 2),
        from: at("2026-03-02T03:01:00Z"),
        until: at("2026-03-02T05:00:00Z"),
    }];
    let freezes = [Freeze {
        id: FreezeId::from_parts(1, 1),
        name: "exam week".into(),
        environments: vec![Environment::from("prod")],
        from: now().plus_ms(HOUR_MS),
        until: now().plus_ms(50 * HOUR_MS),
        reason: "exams".into(),
        calendar: None,
    }];
    let situation = Situation {
        others: &others,
        freezes: &freezes,
        ..situation(&live)
    };
    let plan = plan_scale_event(
        &event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z"),
        &situation,
    );
    assert_eq!(rules(&plan), ["event-overlap", "frozen"]);
    let itself = Situation {
        change: others[0].change,
        ..situation
    };
    let plan = plan_scale_event(
        &event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z"),
        &itself,
    );
    assert_eq!(
        rules(&plan),
        ["frozen"],
        "a request does not collide with itself"
    );
}

#[test]
fn ending_a_waiting_event_takes_the_start_out_first() {
    let live = target(TargetKind::Asg, false);
    let wanted = event(
        Hold::AtLeast,
        6,
        Some("2026-03-02T02:00:00Z"),
        "2026-03-02T03:00:00Z",
    );
    let applied = plan_scale_event(&wanted, &situation(&live));
    let end = plan_end(
        &wanted,
        own(),
        &applied,
        at("2026-03-02T02:00:00Z"),
        &situation(&live),
    );
    assert_eq!(
        calls(&end),
        [
            "autoscaling:DeleteScheduledAction ScheduledActionName=lamplighter-X-start",
            "autoscaling:UpdateAutoScalingGroup MinSize=2 MaxSize=8 DesiredCapacity=4",
            "autoscaling:DeleteScheduledAction ScheduledActionName=lamplighter-X-return",
        ]
    );
}

#[test]
fn ending_a_running_event_goes_back_before_the_return_is_removed() {
    let mut live = target(TargetKind::Asg, false);
    let wanted = event(Hold::AtLeast, 6, None, "2026-03-02T03:00:00Z");
    let applied = plan_scale_event(&wanted, &situation(&live));
    live.capacity = Capacity {
        min: 6,
        desired: 6,
        max: 8,
    };
    let later = Situation {
        now: at("2026-03-02T01:00:00Z"),
        ..situation(&live)
    };
    let end = plan_end(&wanted, own(), &applied, now(), &later);
    assert_eq!(
        calls(&end),
        [
            "autoscaling:UpdateAutoScalingGroup MinSize=2 MaxSize=8 DesiredCapacity=4",
            "autoscaling:DeleteScheduledAction ScheduledActionName=lamplighter-X-return",
        ]
    );
    let over = Situation {
        now: at("2026-03-02T04:00:00Z"),
        ..situation(&live)
    };
    let end = plan_end(&wanted, own(), &applied, now(), &over);
    assert_eq!((calls(&end).len(), blocks(&end.findings)), (0, true));
}

#[test]
fn a_start_that_may_be_late_is_taken_out_of_a_running_event() {
    let mut live = target(TargetKind::Asg, true);
    let wanted = event(
        Hold::AtLeast,
        6,
        Some("2026-03-02T02:00:00Z"),
        "2026-03-02T03:00:00Z",
    );
    let applied = plan_scale_event(&wanted, &situation(&live));
    live.capacity.min = 6;
    let later = Situation {
        now: at("2026-03-02T02:01:00Z"),
        ..situation(&live)
    };
    let end = plan_end(&wanted, own(), &applied, at("2026-03-02T02:00:00Z"), &later);
    assert_eq!(
        calls(&end),
        [
            "autoscaling:DeleteScheduledAction ScheduledActionName=lamplighter-X-start",
            "autoscaling:UpdateAutoScalingGroup MinSize=2 MaxSize=8",
            "autoscaling:DeleteScheduledAction ScheduledActionName=lamplighter-X-return",
        ]
    );
    assert_eq!(end.steps[0].undo, None, "its time is past");
}

#[test]
fn at_least_never_lowers_a_higher_minimum() {
    let mut live = target(TargetKind::Asg, true);
    live.capacity = Capacity {
        min: 12,
        desired: 12,
        max: 20,
    };
    let wanted = event(Hold::AtLeast, 10, None, "2026-03-02T03:00:00Z");
    let plan = plan_scale_event(&wanted, &situation(&live));
    assert_eq!(
        (effect(&plan).during.min, effect(&plan).during.max),
        (Some(12), Some(20))
    );
    assert!(rules(&plan).contains(&"no-effect"));
}

#[test]
fn a_call_is_looked_for_before_it_is_repeated() {
    let mut live = target(TargetKind::Asg, false);
    let wanted = event(
        Hold::AtLeast,
        6,
        Some("2026-03-02T02:00:00Z"),
        "2026-03-02T03:00:00Z",
    );
    let plan = plan_scale_event(&wanted, &situation(&live));
    let start = &plan.steps[1].call;
    let (before, after) = (at("2026-03-02T01:00:00Z"), at("2026-03-02T02:30:00Z"));
    assert!(!start.is_done(&live, before));
    assert!(!start.is_done(&live, after), "it never reached AWS");
    live.capacity = Capacity {
        min: 6,
        desired: 6,
        max: 8,
    };
    assert!(start.is_done(&live, after), "it has run and is gone");
    assert!(start.time_has_passed(after) && !start.time_has_passed(before));
}
