//! Each rule with what it fires on and what it lets pass.

use super::*;
use crate::{
    alarms::{AlarmRule, AlarmState, MetricRef},
    capacity::{PolicyKind, ScalingPolicy, ScheduledAction, SpotMix, Timing},
    estate::{AccountId, Environment, Region},
    i18n::{Lang, checks::explain},
    step_policies::{Adjusting, AdjustmentType, Aggregation, Movement, Step},
    time::Timestamp,
};

fn scope() -> Scope {
    Scope {
        account: AccountId::from("111122223333"),
        region: Region::from("ap-northeast-2"),
    }
}

fn target(kind: TargetKind) -> Target {
    let name = match kind {
        TargetKind::EcsService => "prod/web",
        _ => "web",
    };
    Target {
        reference: TargetRef {
            scope: scope(),
            kind,
            name: name.into(),
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
        policies: vec![],
        actions: vec![],
        timers: vec![],
    }
}

/// A group after one thing about it was changed.
fn group(change: impl FnOnce(&mut Target)) -> Target {
    let mut group = target(TargetKind::Asg);
    change(&mut group);
    group
}

fn service(capacity: (u32, u32, u32)) -> Target {
    let (min, desired, max) = capacity;
    Target {
        capacity: Capacity { min, desired, max },
        ..target(TargetKind::EcsService)
    }
}

fn policy(name: &str, adjusting: Option<Adjusting>, alarm: &str) -> ScalingPolicy {
    ScalingPolicy {
        name: name.into(),
        kind: match adjusting {
            Some(_) => PolicyKind::Step,
            None => PolicyKind::TargetTracking,
        },
        enabled: true,
        alarms: vec![alarm.into()],
        summary: "ChangeInCapacity".into(),
        adjusting,
        target_value: None,
    }
}

fn steps(kind: AdjustmentType, steps: &[(Option<f64>, Option<f64>, i32)]) -> Option<Adjusting> {
    let step = |(lower, upper, adjustment): &(Option<f64>, Option<f64>, i32)| Step {
        lower: *lower,
        upper: *upper,
        adjustment: *adjustment,
    };
    Some(Adjusting {
        kind,
        magnitude_min: None,
        movement: Movement::Steps {
            steps: steps.iter().map(step).collect(),
            aggregation: Aggregation::Average,
        },
    })
}

/// The steps of a policy that grows by two.
fn grows() -> Option<Adjusting> {
    steps(AdjustmentType::ChangeInCapacity, &[(Some(0.0), None, 2)])
}

fn exactly(capacity: i32) -> Option<Adjusting> {
    steps(
        AdjustmentType::ExactCapacity,
        &[(Some(0.0), None, capacity)],
    )
}

fn alarm(name: &str) -> AlarmReading {
    AlarmReading {
        scope: scope(),
        name: name.into(),
        arn: format!("arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:{name}"),
        kind: AlarmKind::Metric,
        description: String::new(),
        state: AlarmState::Ok,
        state_at: Timestamp::default(),
        reason: String::new(),
        rule: AlarmRule {
            comparison: "GreaterThanThreshold".into(),
            threshold: Some(85.0),
            evaluation_periods: 3,
            datapoints_to_alarm: 3,
            missing_data: "missing".into(),
            metric: Some(MetricRef {
                namespace: "AWS/EC2".into(),
                name: "CPUUtilization".into(),
                dimensions: vec![],
                statistic: "Average".into(),
                period_s: 60,
                unit: String::new(),
            }),
            expression: None,
        },
        actions_enabled: true,
        alarm_actions: vec!["arn:aws:sns:ap-northeast-2:111122223333:ops".into()],
        ok_actions: vec![],
        insufficient_data_actions: vec![],
        unmodelled: vec![],
    }
}

fn composite(rule: &str) -> AlarmReading {
    let mut composite = alarm("all");
    composite.kind = AlarmKind::Composite;
    composite.rule.comparison = String::new();
    composite.rule.metric = None;
    composite.rule.expression = Some(rule.into());
    composite
}

fn action(name: &str, max: u32) -> ScheduledAction {
    ScheduledAction {
        name: name.into(),
        timing: Timing::Recurring {
            expression: "0 9 * * *".into(),
            timezone: "Asia/Seoul".into(),
            starts_at: None,
            ends_at: None,
        },
        capacity: CapacityChange {
            max: Some(max),
            ..CapacityChange::default()
        },
        next_run_at: None,
    }
}

fn rules(targets: &[Target], alarms: &[AlarmReading]) -> Vec<&'static str> {
    let findings = check_estate(targets, alarms);
    let rules = findings.iter().map(|found| found.problem.rule());
    rules
        .inspect(|rule| assert!(RULES.contains(rule), "{rule} is offered"))
        .collect()
}

/// What fires, and what is so near that it might.
fn check(rule: &str, fires: &Target, passes: &[Target], alarms: &[AlarmReading]) {
    let found = rules(std::slice::from_ref(fires), alarms);
    assert_eq!(found, [rule], "{rule} fires");
    for passes in passes {
        let found = rules(std::slice::from_ref(passes), alarms);
        assert_eq!(found, [""; 0], "{rule} does not fire on {passes:?}");
    }
}

#[test]
fn policies_are_judged_with_the_alarms_that_run_them() {
    let alarms = [alarm("high")];
    let with = |adjusting| group(|t| t.policies = vec![policy("out", adjusting, "high")]);
    let gap = steps(AdjustmentType::ChangeInCapacity, &[(Some(5.0), None, 2)]);
    check("step-gap", &with(gap), &[with(grows())], &alarms);
    let shrinks = steps(AdjustmentType::ChangeInCapacity, &[(Some(0.0), None, -2)]);
    check("direction", &with(shrinks), &[with(grows())], &alarms);
    let alone = group(|t| {
        let mut alone = policy("out", grows(), "high");
        alone.alarms.clear();
        t.policies = vec![alone];
    });
    check("no-alarm", &alone, &[with(grows())], &alarms);
    // Nobody knows what an alarm that was not read does.
    assert_eq!(rules(&[with(grows())], &[]), [""; 0]);
    // One of the same name elsewhere is another.
    let mut elsewhere = alarm("high");
    elsewhere.scope.region = Region::from("us-east-1");
    elsewhere.actions_enabled = false;
    assert_eq!(rules(&[with(grows())], &[elsewhere]), [""; 0]);
    // What is switched off does nothing, and nothing wrong.
    let off = group(|t| {
        let mut off = policy("out", None, "high");
        off.enabled = false;
        t.policies = vec![off];
    });
    let mut muted = alarm("high");
    muted.actions_enabled = false;
    assert_eq!(rules(&[off], &[muted]), [""; 0]);
}

#[test]
fn a_muted_alarm_stops_policies_of_every_kind() {
    let mut muted = alarm("high");
    muted.actions_enabled = false;
    for adjusting in [grows(), None] {
        let wired = group(|t| t.policies = vec![policy("out", adjusting, "high")]);
        let alarms = [alarm("high"), alarm("low")];
        assert_eq!(rules(std::slice::from_ref(&wired), &alarms), [""; 0]);
        check("alarm-muted", &wired, &[group(|_| ())], &[muted.clone()]);
    }
}

#[test]
fn a_policy_that_runs_when_the_alarm_is_well_again_is_not_judged_by_its_breach() {
    let mut low = alarm("high");
    low.alarm_actions.clear();
    low.ok_actions = vec![
        "arn:aws:autoscaling:ap-northeast-2:111122223333:scalingPolicy:1:\
         autoScalingGroupName/web:policyName/out"
            .into(),
    ];
    let shrinks = steps(AdjustmentType::ChangeInCapacity, &[(None, Some(0.0), -1)]);
    let wired = group(|t| t.policies = vec![policy("out", shrinks, "high")]);
    let found = rules(&[wired], &[low]);
    assert!(found.contains(&"runs-on-ok"), "{found:?}");
    assert!(!found.contains(&"step-gap"), "{found:?}");
}

#[test]
fn a_policy_needs_the_room_that_it_sets() {
    let alarms = [alarm("high")];
    let with = |needs, max, actions: Vec<ScheduledAction>| {
        group(|t| {
            t.capacity.max = max;
            t.policies = vec![policy("out", exactly(needs), "high")];
            t.actions = actions;
        })
    };
    check(
        "max-below-policy",
        &with(12, 8, vec![]),
        &[with(8, 8, vec![])],
        &alarms,
    );
    check(
        "max-below-policy",
        &with(8, 8, vec![action("night", 4)]),
        // Turned off is off, and said elsewhere.
        &[with(8, 8, vec![action("night", 0)])],
        &alarms,
    );
}

#[test]
fn a_services_count_belongs_inside_its_bounds() {
    check(
        "min-above-desired",
        &service((4, 2, 8)),
        &[service((4, 4, 8))],
        &[],
    );
    check(
        "max-below-desired",
        &service((4, 9, 8)),
        &[service((4, 8, 8))],
        &[],
    );
    // Of a group AWS sees to it.
    assert_eq!(rules(&[group(|t| t.capacity.min = 5)], &[]), [""; 0]);
}

#[test]
fn spot_is_spread_and_replaced_in_time() {
    let with = |on_demand_percent, rebalance, types, zones| {
        group(|t| {
            t.mix = Some(SpotMix {
                on_demand_base: 1,
                on_demand_percent,
                rebalance,
                types,
                zones,
                strategy: None,
            });
        })
    };
    let good = with(40, true, Some(3), Some(2));
    let on_demand = with(100, false, Some(1), Some(1));
    let chosen_by_aws = with(0, true, None, None);
    let pass = [good, on_demand, chosen_by_aws];
    let fires = with(40, false, Some(3), Some(2));
    check("spot-without-rebalance", &fires, &pass, &[]);
    let fires = with(40, true, Some(2), Some(2));
    check("spot-few-types", &fires, &pass, &[]);
    let fires = with(40, true, Some(3), Some(1));
    check("spot-few-zones", &fires, &pass, &[]);
}

#[test]
fn what_is_off_needs_a_way_back() {
    let off = |actions: Vec<ScheduledAction>| {
        group(|t| {
            t.capacity = Capacity {
                min: 0,
                desired: 0,
                max: 0,
            };
            t.actions = actions;
        })
    };
    check(
        "off-for-good",
        &off(vec![action("night", 0)]),
        &[off(vec![action("morning", 4)])],
        &[],
    );
}

#[test]
fn a_suspended_process_matters_where_something_waits_for_it() {
    let with = |process: &str, actions, policies| {
        group(|t| {
            t.suspended = vec![process.into()];
            t.actions = actions;
            t.policies = policies;
        })
    };
    let alarms = [alarm("high")];
    let scales = || vec![policy("cpu", None, "high")];
    check(
        "suspended-process",
        &with("ScheduledActions", vec![action("morning", 8)], vec![]),
        &[
            with("ScheduledActions", vec![], scales()),
            with("AZRebalance", vec![action("morning", 8)], scales()),
        ],
        &alarms,
    );
    check(
        "suspended-process",
        &with("AlarmNotification", vec![], scales()),
        &[with(
            "AlarmNotification",
            vec![action("morning", 8)],
            vec![],
        )],
        &alarms,
    );
}

#[test]
fn the_quota_of_scheduled_actions_is_told_in_time() {
    let with = |count| {
        let actions = (0..count).map(|n| action(&format!("a{n}"), 8));
        group(|t| t.actions = actions.collect())
    };
    check("action-quota-near", &with(100), &[with(99)], &[]);
}

#[test]
fn an_alarm_without_action_is_heard_through_a_composite_or_not_at_all() {
    let mut idle = alarm("disk used");
    idle.alarm_actions.clear();
    let with = |rule: &str| rules(&[], &[idle.clone(), composite(rule)]);
    assert_eq!(rules(&[], &[idle.clone()]), ["alarm-without-action"]);
    assert_eq!(with("ALARM(\"disk\")"), ["alarm-without-action"]);
    assert_eq!(with("ALARM(\"disk used\") OR ALARM(cpu)"), [""; 0]);
    assert_eq!(
        with("ALARM(\"arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:disk used\")"),
        [""; 0]
    );
    let mut bare = idle.clone();
    bare.name = "disk".into();
    assert_eq!(
        rules(&[], &[bare, composite("NOT OK(disk) AND OK(\"x\")")]),
        [""; 0]
    );
    let mut on_ok = idle.clone();
    on_ok.ok_actions = vec!["arn:aws:sns:ap-northeast-2:111122223333:ops".into()];
    assert_eq!(rules(&[], &[on_ok]), [""; 0]);
}

#[test]
fn every_finding_says_what_it_saw_and_what_to_do() {
    let mut muted = alarm("high");
    muted.actions_enabled = false;
    let mut idle = alarm("idle");
    idle.alarm_actions.clear();
    let all = group(|t| {
        t.policies = vec![policy("out", exactly(12), "high")];
        t.suspended = vec!["ScheduledActions".into()];
        t.actions = (0..100).map(|n| action(&format!("a{n}"), 6)).collect();
        t.mix = Some(SpotMix {
            on_demand_base: 0,
            on_demand_percent: 0,
            rebalance: false,
            types: Some(1),
            zones: Some(1),
            strategy: None,
        });
    });
    let targets = [
        all,
        service((4, 2, 8)),
        service((4, 9, 8)),
        group(|t| t.capacity.max = 0),
    ];
    let mut findings = check_estate(&targets, &[muted, idle]);
    let short = Shortfall::new(2, Timestamp::default(), 15);
    findings.push(below_desired(&targets[0], &short));
    assert!(findings.len() > 10, "{findings:?}");
    for found in &findings {
        assert!(RULES.contains(&found.problem.rule()), "{found:?}");
        assert!(!found.evidence.is_empty(), "{found:?}");
        let (english, korean) = (explain(Lang::En, found), explain(Lang::Ko, found));
        assert_ne!(english.what, korean.what, "{found:?}");
        assert!(
            !english.fix.is_empty() && !korean.fix.is_empty(),
            "{found:?}"
        );
    }
}
