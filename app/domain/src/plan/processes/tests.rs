//! Tests of planning that processes are suspended and resumed.
use super::*;
use crate::{
    capacity::{
        Capacity, CapacityChange, Instance, PolicyKind, Purchase, ScalingPolicy, ScheduledAction,
        Timing,
    },
    changes::Change,
    checks::blocks,
    freezes::Freeze,
    ids::{ChangeId, FreezeId, TargetId},
    plan::{
        OtherEvent, differences,
        fixtures::{self, rules},
    },
    time::HOUR_MS,
};

fn now() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().expect("a time")
}

fn target(kind: TargetKind, suspended: &[Process]) -> Target {
    Target {
        capacity: Capacity {
            min: 2,
            desired: 4,
            max: 8,
        },
        instances: vec![],
        suspended: suspended.iter().map(ToString::to_string).collect(),
        ..fixtures::target(kind, 4)
    }
}

fn situation(target: &Target) -> Situation<'_> {
    Situation {
        now: now(),
        ..fixtures::situation(target)
    }
}

fn calls(plan: &Plan) -> Vec<String> {
    let aws = plan.steps.iter().flat_map(|step| step.call.aws());
    aws.map(|call| {
        let last = call
            .parameters
            .last()
            .map(|(name, value)| format!("{name}={value}"));
        format!("{} {}", call.action, last.unwrap_or_default())
    })
    .collect()
}

fn daily(name: &str) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Recurring {
            expression: "0 9 * * *".into(),
            timezone: "UTC".into(),
            starts_at: None,
            ends_at: None,
        },
        capacity: CapacityChange {
            min: Some(1),
            ..CapacityChange::default()
        },
        next_run_at: None,
    }
}

#[test]
fn only_what_is_not_so_yet_is_written_and_the_way_back_is_what_was() {
    let live = target(TargetKind::Asg, &[Process::AzRebalance]);
    let wanted = [Process::Launch, Process::AzRebalance];
    let plan = plan_processes(&wanted, true, &situation(&live));
    assert_eq!(
        calls(&plan),
        ["autoscaling:SuspendProcesses ScalingProcesses.member.1=Launch"]
    );
    let undo = plan.steps[0].undo.as_ref().expect("a way back").aws();
    assert_eq!(undo[0].action, "autoscaling:ResumeProcesses");
}

#[test]
fn a_service_is_told_all_of_its_switches() {
    let live = target(TargetKind::EcsService, &[Process::DynamicScalingIn]);
    let plan = plan_processes(&[Process::ScheduledScaling], true, &situation(&live));
    let aws = plan.steps[0].call.aws();
    let switches: Vec<_> = aws[0].parameters.iter().skip(3).collect();
    let switch = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        switches,
        [
            &switch("SuspendedState.DynamicScalingInSuspended", "true"),
            &switch("SuspendedState.DynamicScalingOutSuspended", "false"),
            &switch("SuspendedState.ScheduledScalingSuspended", "true"),
        ]
    );
    let undo = plan.steps[0].undo.as_ref().expect("a way back");
    assert!(undo.is_done(&live, now()), "the way back is what was there");
}

#[test]
fn suspended_schedules_name_the_runs_and_the_return_that_stay_out() {
    let mut live = target(TargetKind::Asg, &[]);
    live.actions = vec![
        daily("lamplighter/nights/a"),
        daily("lamplighter/nights/b"),
        daily("by-hand"),
    ];
    let event = OtherEvent {
        change: ChangeId::from_parts(1, 2),
        from: now().plus_ms(-HOUR_MS),
        until: now().plus_ms(HOUR_MS),
    };
    let others = [event];
    let situation = Situation {
        others: &others,
        ..situation(&live)
    };
    let plan = plan_processes(&[Process::ScheduledActions], true, &situation);
    assert!(blocks(&plan.findings), "nothing would bring the event back");
    let runs: Vec<_> = plan
        .findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::StopsRuns { owner, count, .. } => Some((owner.as_str(), *count)),
            _ => None,
        })
        .collect();
    assert_eq!(runs, [("by-hand", 7), ("nights", 14)]);
    assert_eq!(
        rules(&plan),
        [
            "stops-event",
            "process-stops",
            "stops-runs",
            "stops-runs",
            "until-resumed"
        ]
    );
}

#[test]
fn policies_that_stand_still_are_named() {
    let mut live = target(TargetKind::Asg, &[]);
    live.policies = vec![ScalingPolicy {
        name: "cpu".into(),
        kind: PolicyKind::TargetTracking,
        enabled: true,
        alarms: vec![],
        summary: String::new(),
        adjusting: None,
        target_value: None,
    }];
    let plan = plan_processes(&[Process::AlarmNotification], true, &situation(&live));
    assert_eq!(
        rules(&plan),
        ["process-stops", "policies-stop", "until-resumed"]
    );
}

#[test]
fn resuming_tells_what_aws_makes_up_for_at_once() {
    let check = |process, live: &Target, expected: &[&str]| {
        let plan = plan_processes(&[process], false, &situation(live));
        assert_eq!(rules(&plan), expected, "{process}");
    };
    let mut live = target(TargetKind::Asg, Process::of(TargetKind::Asg));
    check(Process::Launch, &live, &[]);
    check(Process::AddToLoadBalancer, &live, &["not-added-later"]);
    live.in_service = 1;
    check(Process::Launch, &live, &["catches-up"]);
    check(Process::Terminate, &live, &[]);
    live.in_service = 6;
    check(Process::Terminate, &live, &["catches-up"]);
    live.instances = vec![Instance {
        id: "i-1".into(),
        zone: "a".into(),
        instance_type: "t3.micro".into(),
        lifecycle_state: "InService".into(),
        healthy: false,
        purchase: Purchase::OnDemand,
        protected: false,
    }];
    check(Process::ReplaceUnhealthy, &live, &["catches-up"]);
}

#[test]
fn what_is_so_already_and_what_the_target_does_not_have_is_refused() {
    let live = target(TargetKind::Asg, &[Process::Launch]);
    let again = plan_processes(&[Process::Launch], true, &situation(&live));
    assert_eq!(rules(&again), ["already-so"]);
    assert!(again.steps.is_empty());
    let foreign = plan_processes(&[Process::ScheduledScaling], true, &situation(&live));
    assert!(rules(&foreign).contains(&"process-foreign"));
}

#[test]
fn a_freeze_covers_it() {
    let live = target(TargetKind::Asg, &[]);
    let freezes = [Freeze {
        id: FreezeId::from_parts(0, 1),
        name: "sale".into(),
        environments: vec![],
        from: now(),
        until: now().plus_ms(HOUR_MS),
        reason: String::new(),
        calendar: None,
    }];
    let situation = Situation {
        freezes: &freezes,
        ..situation(&live)
    };
    let plan = plan_processes(&[Process::AzRebalance], true, &situation);
    assert!(rules(&plan).contains(&"frozen"));
}

#[test]
fn approvals_rest_on_the_switches_that_are_written_and_no_others() {
    let change = Change::SetProcesses {
        target: TargetId::from_parts(0, 1),
        processes: vec![Process::Launch],
        suspended: true,
        reason: "a test".into(),
    };
    let hash = |suspended: &[Process]| {
        let live = target(TargetKind::Asg, suspended);
        plan_processes(&[Process::Launch], true, &situation(&live)).content_hash(&change, None)
    };
    assert_eq!(hash(&[]), hash(&[Process::AzRebalance]));
    assert_ne!(hash(&[]), hash(&[Process::Launch]));
}

#[test]
fn what_was_applied_is_read_back() {
    let live = target(TargetKind::Asg, &[]);
    let plan = plan_processes(&[Process::Launch], true, &situation(&live));
    let applied = crate::plan::Applied {
        plan: &plan,
        at: now(),
        ended_at: None,
    };
    let found = differences(applied, &[], &live, now());
    let expected = crate::plan::Difference::Process {
        process: Process::Launch,
        suspended: false,
    };
    assert_eq!(found, [expected]);
    let after = target(TargetKind::Asg, &[Process::Launch]);
    assert_eq!(differences(applied, &[], &after, now()), []);
}
