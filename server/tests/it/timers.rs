//! A schedule that changes a spot mix, through the real program and the real SDKs: what
//! it puts into EventBridge Scheduler is asked of the peer itself.

use crate::console::{AUTOSCALING, Installation, apply, by_path, element, peers, query};
use serde_json::{Value, json};

/// No other test uses this region of the peers.
const REGION: &str = "eu-south-2";

#[test]
fn a_spot_mix_is_scheduled_read_back_and_taken_out_of_aws() {
    let Some(peers) = peers() else {
        return;
    };
    let moto = &peers.moto;
    let group = format!("prod-mixed-{}", std::process::id());
    make_mixed_group(moto, &group);
    let installation = Installation::with_timers(REGION, &peers.ministack, moto);
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");
    let console = installation.serve();
    let target = console.target(&operator, &group);

    let carried_out = |change: &Value| {
        let id = console.propose(&operator, change);
        let (status, answer) = console.approve(&approver, &id);
        assert_eq!(status, 204, "{answer:#}");
        console.applied(&operator, &id)
    };
    // Days ahead: what holds now is what the group has, for moto does not take a mix
    // that is set without its launch template.
    let day = console.hours_ahead(&operator, 72).to_string();
    let change = apply(REGION, &on_demand_on(&day[..10], &group));
    let applied = carried_out(&change);
    assert_eq!(applied["result"], json!([]));

    let put = timers(moto);
    assert_eq!(put.len(), 2, "{put:?}");
    for timer in &put {
        let target = &timer["Target"];
        let call = "arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup";
        assert_eq!(target["Arn"], call);
        let input = target["Input"].as_str().expect("an input");
        assert!(input.contains(&group), "{input}");
        let expression = timer["ScheduleExpression"].as_str().unwrap_or_default();
        assert!(expression.starts_with("at("), "{expression}");
        assert_eq!(timer["State"], "ENABLED");
    }

    // What nobody touched is no drift, the page tells what comes, and the same once
    // more is no call.
    let kept = console.until(&operator, "/schedules/sale", |kept| kept["drift"] == 0);
    assert_eq!(kept["differences"], json!([]));
    let (_, shown) = console.ask(
        &operator,
        "GET",
        &format!("/targets/{target}"),
        &Value::Null,
    );
    let runs = shown["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 2, "{shown:#}");
    let (_, preview) = console.ask(&operator, "POST", "/changes/preview", &change);
    assert_eq!(preview["calls"], json!([]), "{preview:#}");

    carried_out(&json!({"kind": "remove_schedule", "schedule": "sale", "reason": "done"}));
    assert_eq!(timers(moto), [Value::Null; 0]);
    drop(console);
    installation.run(&["audit", "verify"]);
}

/// Everything on demand from one to five on a day, else half of it spot.
fn on_demand_on(day: &str, group: &str) -> Value {
    json!({
        "name": "sale", "timezone": "Asia/Seoul", "targets": [{"asg": group}],
        "base": {"min": 1, "desired": 2, "max": 6,
            "spot": {"on_demand_base": 0, "on_demand_percent": 50}},
        "windows": [{"name": "sale", "dates": [day], "from": "01:00", "to": "05:00",
            "capacity": {"spot": {"on_demand_base": 0, "on_demand_percent": 100}}}],
    })
}

/// The schedules of ours that the peer holds, each whole.
fn timers(moto: &str) -> Vec<Value> {
    let ask = |path: &str| {
        let request = format!("GET /schedules{path}");
        by_path(moto, REGION, "scheduler", &request, &Value::Null)
    };
    let listed = ask("?NamePrefix=lamplighter.");
    let listed = listed["Schedules"].as_array().expect("a list").clone();
    let name = |listed: &Value| listed["Name"].as_str().expect("a name").to_owned();
    let whole = |listed: &Value| ask(&format!("/{}", name(listed)));
    listed.iter().map(whole).collect()
}

/// A group of two instances, half of them spot.
fn make_mixed_group(moto: &str, group: &str) {
    let template = query(
        moto,
        REGION,
        "ec2",
        &[
            ("Action", "CreateLaunchTemplate"),
            ("Version", "2016-11-15"),
            ("LaunchTemplateName", group),
            ("LaunchTemplateData.ImageId", "ami-12c6146b"),
            ("LaunchTemplateData.InstanceType", "t3.small"),
        ],
    );
    let template = element(&template, "launchTemplateId");
    let policy = "MixedInstancesPolicy";
    let specification = format!("{policy}.LaunchTemplate.LaunchTemplateSpecification");
    let distribution = format!("{policy}.InstancesDistribution");
    query(
        moto,
        REGION,
        "autoscaling",
        &[
            ("Action", "CreateAutoScalingGroup"),
            AUTOSCALING,
            ("AutoScalingGroupName", group),
            (&format!("{specification}.LaunchTemplateId"), template),
            (&format!("{specification}.Version"), "1"),
            (
                &format!("{distribution}.OnDemandPercentageAboveBaseCapacity"),
                "50",
            ),
            ("MinSize", "1"),
            ("DesiredCapacity", "2"),
            ("MaxSize", "6"),
            ("AvailabilityZones.member.1", &format!("{REGION}a")),
        ],
    );
}
