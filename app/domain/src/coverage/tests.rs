//! Each rule on an estate of its own: what is a gap, what is none, and that a draft closes it.

use super::*;
use crate::{
    alarms::{AlarmRule, AlarmState, MetricRef},
    capacity::TargetKind,
    i18n::{
        Lang,
        coverage::{explain, why},
    },
    limits::{COVERAGE_QUIET_DAYS, COVERAGE_STUCK_HOURS},
    plan::fixtures::target,
    time::{DAY_MS, HOUR_MS},
};

const BALANCER: &str = "app/prod-public/50dc6c495c0c9188";
const GROUP: &str = "targetgroup/web/73e2d6bc24d8a067";
const TOPIC: &str = "arn:aws:sns:ap-northeast-2:111122223333:ops";

fn now() -> Timestamp {
    Timestamp::from_ms(400 * DAY_MS)
}

fn scope() -> Scope {
    target(TargetKind::Asg, 1).reference.scope
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = of.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    own.collect()
}

/// An alarm on a metric that tells people and is well.
fn alarm(name: &str, namespace: &str, metric: &str, dimensions: &[(&str, &str)]) -> AlarmReading {
    AlarmReading {
        scope: scope(),
        name: name.into(),
        arn: String::new(),
        kind: AlarmKind::Metric,
        description: String::new(),
        state: AlarmState::Ok,
        state_at: now().plus_ms(-HOUR_MS),
        reason: String::new(),
        rule: AlarmRule {
            comparison: "GreaterThanThreshold".into(),
            threshold: Some(1.0),
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            missing_data: "missing".into(),
            metric: Some(MetricRef {
                namespace: namespace.into(),
                name: metric.into(),
                dimensions: pairs(dimensions),
                statistic: "Sum".into(),
                period_s: 60,
                unit: String::new(),
            }),
            expression: None,
        },
        actions_enabled: true,
        alarm_actions: vec![TOPIC.into()],
        ok_actions: vec![],
        insufficient_data_actions: vec![],
        unmodelled: vec![],
    }
}

fn plain(change: impl FnOnce(&mut AlarmReading)) -> AlarmReading {
    let mut alarm = alarm("a", "AWS/EC2", "CPUUtilization", &[]);
    change(&mut alarm);
    alarm
}

fn composite(rule: &str) -> AlarmReading {
    let mut alarm = plain(|_| {});
    (alarm.name, alarm.kind) = ("all".into(), AlarmKind::Composite);
    alarm.rule.metric = None;
    alarm.rule.expression = Some(rule.into());
    alarm
}

#[derive(Default)]
struct Estate {
    alarms: Vec<AlarmReading>,
    targets: Vec<Target>,
    balancers: Option<Vec<Balancer>>,
    functions: Option<Vec<String>>,
    agent: Option<Vec<AgentMetric>>,
}

impl Estate {
    fn gaps(&self) -> Vec<Gap> {
        let targets: Vec<&Target> = self.targets.iter().collect();
        gaps(&View {
            scope: &scope(),
            alarms: &self.alarms,
            targets: &targets,
            balancers: self.balancers.as_deref(),
            functions: self.functions.as_deref(),
            agent: self.agent.as_deref(),
            now: now(),
        })
    }

    fn rules(&self) -> Vec<&'static str> {
        self.gaps().iter().map(|gap| gap.problem.rule()).collect()
    }
}

fn check(estate: &Estate, rules: &[&str]) {
    assert_eq!(estate.rules(), rules);
    for gap in estate.gaps() {
        for lang in [Lang::En, Lang::Ko] {
            let told = explain(lang, &gap);
            assert!(!told.what.is_empty() && !told.fix.is_empty());
            let is_new = matches!(gap.draft, Some(Draft::New { .. }));
            assert_eq!(!why(lang, &gap).is_empty(), is_new, "{gap:?}");
        }
        let Some(Draft::New { name, definition }) = &gap.draft else {
            continue;
        };
        assert_eq!(
            definition.refused_fields(name),
            [],
            "CloudWatch takes {name}"
        );
        // What was drafted closes the gap.
        let mut closed = Estate {
            alarms: estate.alarms.clone(),
            targets: estate.targets.clone(),
            balancers: estate.balancers.clone(),
            functions: estate.functions.clone(),
            agent: estate.agent.clone(),
        };
        let mut put = plain(|_| {});
        (put.name, put.rule) = (name.clone(), definition.rule());
        closed.alarms.push(put);
        assert!(
            !closed
                .gaps()
                .iter()
                .any(|left| left.subject == gap.subject && left.problem == gap.problem)
        );
    }
}

fn of_alarm(alarm: AlarmReading, rules: &[&str]) {
    let estate = Estate {
        alarms: vec![alarm],
        ..Estate::default()
    };
    check(&estate, rules);
}

#[test]
fn an_alarm_that_tells_nobody_is_a_gap_unless_a_composite_hears_it() {
    of_alarm(plain(|_| {}), &[]);
    of_alarm(
        plain(|a| a.actions_enabled = false),
        &["alarm-switched-off"],
    );
    let idle = plain(|a| a.alarm_actions.clear());
    of_alarm(idle.clone(), &["alarm-tells-nobody"]);
    let only_ok = plain(|a| a.ok_actions = std::mem::take(&mut a.alarm_actions));
    of_alarm(only_ok, &["alarm-tells-nobody"]);
    let heard = Estate {
        alarms: vec![idle, composite(r#"ALARM("a") AND ALARM(b)"#)],
        ..Estate::default()
    };
    check(&heard, &[]);
}

#[test]
fn an_alarm_is_stuck_or_quiet_from_the_limit_on() {
    let since = |state, ms: i64| plain(|a| (a.state, a.state_at) = (state, now().plus_ms(-ms)));
    let stuck = i64::from(COVERAGE_STUCK_HOURS) * HOUR_MS;
    let quiet = i64::from(COVERAGE_QUIET_DAYS) * DAY_MS;
    of_alarm(
        since(AlarmState::InsufficientData, stuck),
        &["alarm-cannot-tell"],
    );
    of_alarm(since(AlarmState::InsufficientData, stuck - 1), &[]);
    of_alarm(since(AlarmState::Ok, quiet), &["alarm-never-fired"]);
    of_alarm(since(AlarmState::Ok, quiet - 1), &[]);
    // One that has been on for so long has gone off.
    of_alarm(since(AlarmState::Alarm, quiet), &[]);
}

#[test]
fn a_group_needs_an_alarm_on_its_instances_unless_it_may_have_none() {
    let group = |min: u32| {
        let mut group = target(TargetKind::Asg, 3);
        group.capacity.min = min;
        group
    };
    let of = |target, alarms| Estate {
        alarms,
        targets: vec![target],
        ..Estate::default()
    };
    check(&of(group(2), vec![]), &["group-no-termination-alarm"]);
    check(&of(group(0), vec![]), &[]);
    check(&of(target(TargetKind::EcsService, 3), vec![]), &[]);
    let on = |name: &str| {
        let dimensions = [("AutoScalingGroupName", name)];
        vec![alarm(
            "x",
            "AWS/AutoScaling",
            "GroupTerminatingInstances",
            &dimensions,
        )]
    };
    check(&of(group(2), on("web")), &[]);
    check(&of(group(2), on("other")), &["group-no-termination-alarm"]);
    // A name that is taken gets a number.
    let taken = vec![alarm(
        "web-in-service-low",
        "AWS/EC2",
        "CPUUtilization",
        &[],
    )];
    let gaps = of(group(2), taken).gaps();
    let Some(Draft::New { name, definition }) = &gaps[0].draft else {
        panic!("a draft")
    };
    assert_eq!(name, "web-in-service-low-2");
    assert_eq!(definition.threshold.to_string(), "2");
}

#[test]
fn a_balancer_needs_alarms_on_its_errors_and_each_of_its_target_groups() {
    let of = |alarms| Estate {
        alarms,
        balancers: Some(vec![Balancer {
            name: BALANCER.into(),
            target_groups: vec![GROUP.into()],
        }]),
        ..Estate::default()
    };
    let elb = "AWS/ApplicationELB";
    let own = [("LoadBalancer", BALANCER)];
    let both = [("LoadBalancer", BALANCER), ("TargetGroup", GROUP)];
    let foreign = [
        ("LoadBalancer", BALANCER),
        ("TargetGroup", "targetgroup/b/1"),
    ];
    let (errors, hosts) = ("balancer-no-5xx-alarm", "target-group-no-unhealthy-alarm");
    check(&of(vec![]), &[errors, hosts]);
    check(
        &of(vec![alarm("x", elb, "HTTPCode_ELB_5XX_Count", &own)]),
        &[hosts],
    );
    check(
        &of(vec![alarm("x", elb, "UnHealthyHostCount", &both)]),
        &[errors],
    );
    check(
        &of(vec![alarm("x", elb, "UnHealthyHostCount", &own)]),
        &[errors],
    );
    check(
        &of(vec![alarm("x", elb, "UnHealthyHostCount", &foreign)]),
        &[errors, hosts],
    );
    let mut math = plain(|a| a.kind = AlarmKind::MetricMath);
    math.rule.metric = None;
    let gaps = of(vec![math]).gaps();
    let told = "MetricMath alarms not looked into: 1";
    assert!(
        gaps.iter()
            .all(|gap| gap.evidence.iter().any(|line| line == told))
    );
}

#[test]
fn a_function_needs_an_alarm_on_its_errors() {
    let of = |alarms| Estate {
        alarms,
        functions: Some(vec!["pay".into()]),
        ..Estate::default()
    };
    let on = |metric, name| vec![alarm("x", "AWS/Lambda", metric, &[("FunctionName", name)])];
    check(&of(vec![]), &["function-no-error-alarm"]);
    check(&of(on("Errors", "pay")), &[]);
    check(&of(on("Duration", "pay")), &["function-no-error-alarm"]);
    check(&of(on("Errors", "payment")), &["function-no-error-alarm"]);
}

#[test]
fn instances_need_memory_and_disk_that_are_reported_and_looked_at() {
    let reported = |name: &str, dimensions: &[(&str, &str)]| AgentMetric {
        name: name.into(),
        dimensions: pairs(dimensions),
    };
    let of = |agent: Option<Vec<AgentMetric>>, alarms| Estate {
        alarms,
        // A group that may have none: it is asked for nothing else.
        targets: vec![{
            let mut group = target(TargetKind::Asg, 2);
            group.capacity.min = 0;
            group
        }],
        agent,
        ..Estate::default()
    };
    check(&of(None, vec![]), &[]);
    check(
        &of(Some(vec![]), vec![]),
        &["no-memory-metric", "no-disk-metric"],
    );
    let group = [("AutoScalingGroupName", "web")];
    let whole = vec![
        reported("mem_used_percent", &group),
        reported("disk_used_percent", &group),
    ];
    check(
        &of(Some(whole.clone()), vec![]),
        &["no-memory-alarm", "no-disk-alarm"],
    );
    let looked = alarm("x", AGENT, "mem_used_percent", &group);
    check(&of(Some(whole), vec![looked]), &["no-disk-alarm"]);
    // One of two instances says nothing.
    let one = vec![reported("mem_used_percent", &[("InstanceId", "i-1")])];
    check(
        &of(Some(one.clone()), vec![]),
        &["no-memory-metric", "no-disk-metric"],
    );
    let both = [
        one,
        vec![reported("mem_used_percent", &[("InstanceId", "i-2")])],
    ]
    .concat();
    let singles = of(Some(both), vec![]);
    check(&singles, &["no-memory-alarm", "no-disk-metric"]);
    assert_eq!(
        singles.gaps()[0].draft,
        None,
        "of single instances nothing is drafted"
    );
}

#[test]
fn what_the_agent_reports_of_a_target_is_of_its_instances_or_of_the_whole_of_it() {
    let reported = |name: &str, dimensions: &[(&str, &str)]| AgentMetric {
        name: name.into(),
        dimensions: pairs(dimensions),
    };
    let group = |name| [("AutoScalingGroupName", name)];
    let metrics = [
        reported("disk_used_percent", &[("InstanceId", "i-1"), ("path", "/")]),
        reported("mem_used_percent", &[("InstanceId", "i-1")]),
        reported(
            "mem_used_percent",
            &[("AutoScalingGroupName", "web"), ("InstanceId", "i-9")],
        ),
        reported("mem_used_percent", &group("other")),
        reported("disk_used_percent", &group("web")),
    ];
    let told = of_target(&metrics, &target(TargetKind::Asg, 2));
    assert_eq!(told, [&metrics[4], &metrics[1], &metrics[0]]);
    let told = of_target(&metrics, &target(TargetKind::Ec2Tag, 2));
    assert_eq!(told, [&metrics[1], &metrics[0]], "a tag is no group");
}

#[test]
fn the_usual_topic_is_the_one_that_most_alarms_tell_here() {
    let tells =
        |topics: &[&str]| plain(|a| a.alarm_actions = topics.iter().map(|t| (*t).into()).collect());
    let far = "arn:aws:sns:us-east-1:111122223333:far";
    let policy = "arn:aws:autoscaling:ap-northeast-2:111122223333:scalingPolicy:x";
    let alarms = [
        tells(&[TOPIC, far, policy]),
        tells(&[far, policy]),
        tells(&[far, policy]),
    ];
    assert_eq!(usual_topic(&scope(), &alarms).as_deref(), Some(TOPIC));
    assert_eq!(usual_topic(&scope(), &[tells(&[far])]), None);
    let other = "arn:aws:sns:ap-northeast-2:111122223333:all";
    assert_eq!(
        usual_topic(&scope(), &[tells(&[TOPIC, other])]).as_deref(),
        Some(other)
    );
}
