//! The same seed tells the same story, and the story makes sense.

use crate::kit::*;
use demo::Sandbox;
use domain::{alarms::MetricRef, capacity::Purchase};
use std::collections::BTreeSet;

/// Everything that can be read of a sandbox, as text.
fn everything(sandbox: &Sandbox) -> String {
    let cloud = sandbox.cloud();
    let mut text = String::new();
    for scope in cloud.scopes() {
        let alarms = now(cloud.alarms(&scope)).expect("no fault");
        for alarm in &alarms {
            let history = history(sandbox, &scope, &alarm.name);
            text += &serde_json::to_string(&history).expect("json");
            if let Some(shown) = &alarm.rule.metric {
                let series = metric(sandbox, &scope, shown, 24);
                text += &serde_json::to_string(&series).expect("json");
            }
        }
        text += &serde_json::to_string(&alarms).expect("json");
        let targets = now(cloud.targets(&scope)).expect("no fault");
        for target in &targets {
            let activities = now(cloud.activities(&target.reference)).expect("no fault");
            text += &serde_json::to_string(&activities).expect("json");
        }
        text += &serde_json::to_string(&targets).expect("json");
    }
    text
}

#[test]
fn the_same_seed_tells_the_same_story_however_often_one_looks() {
    let one_leap = sandbox(11, MONDAY_9);
    one_leap.step(86_400);
    let many_looks = sandbox(11, MONDAY_9);
    for _ in 0..86_400 / 137 {
        many_looks.step(137);
    }
    many_looks.step(86_400 % 137);
    assert_eq!(one_leap.now(), many_looks.now());
    assert!(
        everything(&one_leap) == everything(&many_looks),
        "the stories differ"
    );

    let another = sandbox(12, MONDAY_9);
    another.step(86_400);
    assert!(
        everything(&one_leap) != everything(&another),
        "another seed, another story"
    );
}

#[test]
fn the_estate_is_complete_from_the_start() {
    let sandbox = sandbox(7, MONDAY_9);
    let cloud = sandbox.cloud();
    let mut targets = Vec::new();
    let mut alarms = Vec::new();
    for scope in cloud.scopes() {
        targets.extend(now(cloud.targets(&scope)).expect("no fault"));
        alarms.extend(now(cloud.alarms(&scope)).expect("no fault"));
        assert_eq!(
            now(cloud.identity(&scope)).expect("no fault").account,
            scope.account.as_str()
        );
    }
    assert_eq!(targets.len(), 16);
    assert_eq!(alarms.len(), 60);
    let arns: BTreeSet<_> = alarms.iter().map(|alarm| &alarm.arn).collect();
    assert_eq!(
        arns.len(),
        alarms.len(),
        "every alarm has a name of its own"
    );
    for alarm in &alarms {
        assert!(alarm.description.len() > 20, "{} helps nobody", alarm.name);
        if let Some(expression) = &alarm.rule.expression {
            assert!(
                expression.contains("ALARM("),
                "{} looks at nothing",
                alarm.name
            );
        }
    }
    let in_alarm = alarms
        .iter()
        .filter(|alarm| alarm.state.as_str() == "alarm")
        .count();
    assert!((2..12).contains(&in_alarm), "{in_alarm} are in alarm");
    let unsure = alarms
        .iter()
        .filter(|alarm| alarm.state.as_str() == "insufficient_data")
        .count();
    assert!((1..8).contains(&unsure), "{unsure} cannot tell");
    for target in &targets {
        assert!(target.capacity.is_ordered(), "{}", target.reference);
        let zones: BTreeSet<_> = target.instances.iter().map(|i| &i.zone).collect();
        let spread = target.instances.len().min(3);
        assert!(zones.len() >= spread.min(2), "{}", target.reference);
    }
    let environments: BTreeSet<_> = targets.iter().map(|t| t.environment.as_str()).collect();
    assert_eq!(environments, BTreeSet::from(["dev", "prod", "staging"]));

    let workers = target(&sandbox, &group("worker-prod"));
    let spot = workers
        .instances
        .iter()
        .filter(|i| i.purchase == Purchase::Spot)
        .count();
    assert!(
        spot * 2 > workers.instances.len(),
        "workers are mostly spot"
    );
    let front = target(&sandbox, &group("web-prod"));
    let mix = front.mix.expect("a mix");
    let on_demand = front
        .instances
        .iter()
        .filter(|i| i.purchase == Purchase::OnDemand)
        .count();
    assert!(on_demand >= mix.on_demand_base as usize);
}

#[test]
fn every_chart_is_full_from_the_start() {
    let sandbox = sandbox(7, MONDAY_9);
    let of =
        |namespace: &str, name: &str, dimensions: &[(&str, &str)], statistic: &str| MetricRef {
            namespace: namespace.into(),
            name: name.into(),
            dimensions: dimensions
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            statistic: statistic.into(),
            period_s: 300,
            unit: String::new(),
        };
    for balancer in demo::load_balancers() {
        let dimensions = [("LoadBalancer", balancer.load_balancer.as_str())];
        let requests = of("AWS/ApplicationELB", "RequestCount", &dimensions, "Sum");
        let series = metric(&sandbox, &balancer.scope, &requests, 24);
        assert_eq!(series.values.len(), 288, "{}", balancer.load_balancer);
        assert!(series.values.iter().sum::<f64>() > 0.0);
    }
    let group = [("AutoScalingGroupName", "web-prod")];
    for name in [
        "GroupMinSize",
        "GroupDesiredCapacity",
        "GroupMaxSize",
        "GroupInServiceInstances",
    ] {
        let shown = of("AWS/AutoScaling", name, &group, "Average");
        let series = metric(&sandbox, &seoul(), &shown, 24);
        assert_eq!(series.at.len(), 288, "{name}");
        assert!(series.at.is_sorted());
    }
    let service = [("ClusterName", "prod"), ("ServiceName", "checkout")];
    for name in ["DesiredTaskCount", "RunningTaskCount"] {
        let shown = of("ECS/ContainerInsights", name, &service, "Average");
        assert_eq!(
            metric(&sandbox, &seoul(), &shown, 24).at.len(),
            288,
            "{name}"
        );
    }
    // Too many points: longer periods, as many as a page shows.
    let mut fine = of("AWS/EC2", "CPUUtilization", &group, "Average");
    fine.period_s = 60;
    let series = metric(&sandbox, &seoul(), &fine, 72);
    assert_eq!(series.period_s, 180, "4,320 minutes in 1,440 points");
    assert!(!series.at.is_empty() && series.at.len() <= 1_440);
    let nothing = of("AWS/EC2", "NoSuchMetric", &group, "Average");
    assert!(metric(&sandbox, &seoul(), &nothing, 24).at.is_empty());
}

#[test]
fn the_rush_comes_at_ten_and_traffic_can_be_turned() {
    let sandbox = sandbox(7, MONDAY_9);
    let balancer = &demo::load_balancers()[0];
    let requests = MetricRef {
        namespace: "AWS/ApplicationELB".into(),
        name: "RequestCount".into(),
        dimensions: vec![("LoadBalancer".into(), balancer.load_balancer.clone())],
        statistic: "Sum".into(),
        period_s: 60,
        unit: String::new(),
    };
    let last = |sandbox: &Sandbox| {
        let series = metric(sandbox, &seoul(), &requests, 1);
        *series.values.last().expect("a value")
    };
    sandbox.step(55 * 60);
    let before = last(&sandbox);
    sandbox.step(15 * 60);
    let rush = last(&sandbox);
    assert!(rush > 1.6 * before, "{before} requests, in the rush {rush}");
    sandbox.step(3_600);
    let normal = last(&sandbox);
    sandbox.traffic(300, 10);
    sandbox.step(5 * 60);
    let tripled = last(&sandbox);
    assert!(
        (2.6..3.4).contains(&(tripled / normal)),
        "{normal} became {tripled}"
    );
    sandbox.step(10 * 60);
    assert!(last(&sandbox) < 1.2 * normal, "it is over");
    sandbox.traffic(0, 5);
    sandbox.step(120);
    assert_eq!(last(&sandbox), 0.0);
}
