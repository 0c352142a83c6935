//! A scale event through the real program and the real SDKs: `lamplighter serve`
//! reads an Auto Scaling group and an alarm from two independent AWS peers, one
//! person proposes, another approves, AWS is changed, and the peer itself is
//! asked what it holds.

use crate::console::{ACCOUNT, Installation, apply, held, make_group, office, peers, query};
use serde_json::{Value, json};

/// No other test uses these regions of the peers.
const REGION: &str = "eu-north-1";
const REGION_OF_SCHEDULES: &str = "eu-south-1";
const REGION_OF_ALARMS: &str = "ap-southeast-3";

#[test]
fn a_scale_event_goes_through_four_eyes_to_aws_and_back() {
    let Some(peers) = peers() else {
        return;
    };
    let moto = &peers.moto;
    let group = format!("prod-web-{}", std::process::id());
    make_group(moto, REGION, &group);
    make_alarm(&peers.ministack, &group);
    let installation = Installation::new(REGION, &peers.ministack, moto);
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");

    let console = installation.serve();
    let alarms = console.until(&operator, &format!("/alarms?text={group}"), |page| {
        page["total"] == 1
    });
    assert_eq!(alarms["rows"][0]["environment"], "prod");
    let target = console.target(&operator, &group);
    let event = |until: &str| {
        json!({"kind": "scale_event", "target": target, "hold": "at_least", "count": 4,
               "until": until, "reason": "course registration"})
    };

    let endless = event("2099-01-01T00:00:00Z");
    let (status, preview) = console.ask(&operator, "POST", "/changes/preview", &endless);
    assert_eq!(
        (status, preview["blocked"].as_bool()),
        (200, Some(true)),
        "too long an event: {preview:#}"
    );
    let soon = console.hours_ahead(&operator, 1).to_string();
    let id = console.propose(&operator, &event(&soon));

    let (status, refused) = console.approve(&operator, &id);
    assert!(
        [403, 409].contains(&status),
        "the author approved: {refused:#}"
    );
    let (status, answer) = console.approve(&approver, &id);
    assert_eq!(status, 204, "{answer:#}");

    let applied = console.applied(&operator, &id);
    let states: Vec<_> = applied["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|s| &s["state"])
        .collect();
    assert_eq!(states, ["done", "done"]);
    let (min, actions) = held(moto, REGION, &group);
    assert_eq!(min, "4", "the group was raised");
    assert!(
        actions.contains(&format!("lamplighter-{id}-return")),
        "its return stands: {actions}"
    );

    let end = json!({"kind": "end_scale_event", "event": id, "reason": "it was quiet"});
    let ending = console.propose(&operator, &end);
    console.applied(&operator, &ending);
    let (min, actions) = held(moto, REGION, &group);
    assert_eq!(min, "1", "the group went back");
    assert!(
        !actions.contains(&id),
        "nothing of the event is left: {actions}"
    );

    drop(console);
    let verified = installation.run(&["audit", "verify"]);
    assert!(!verified.is_empty(), "the audit log is told to be whole");
}

#[test]
fn a_schedule_is_put_replaced_and_taken_out_of_aws() {
    let Some(peers) = peers() else {
        return;
    };
    let (moto, region) = (&peers.moto, REGION_OF_SCHEDULES);
    let group = format!("prod-night-{}", std::process::id());
    make_group(moto, region, &group);
    let installation = Installation::new(region, &peers.ministack, moto);
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");
    let console = installation.serve();
    console.target(&operator, &group);

    let carried_out = |change: &Value| {
        let id = console.propose(&operator, change);
        let (status, answer) = console.approve(&approver, &id);
        assert_eq!(status, 204, "{answer:#}");
        console.applied(&operator, &id)
    };
    let applied = carried_out(&apply(region, &office("nights", &group, "20:00")));
    assert_eq!(applied["result"], json!([]));
    let (min, actions) = held(moto, region, &group);
    assert_eq!(min, "2");
    let own = |actions: &str| {
        actions
            .matches("<ScheduledActionName>lamplighter/nights/")
            .count()
    };
    assert_eq!(own(&actions), 2, "{actions}");
    assert!(
        actions.contains("<TimeZone>Asia/Seoul</TimeZone>"),
        "{actions}"
    );

    // What nobody touched is no drift, and the same once more is no call.
    let path = "/schedules/nights";
    let kept = console.until(&operator, path, |kept| kept["drift"] == 0);
    assert_eq!(kept["differences"], json!([]));
    let again = apply(region, &office("nights", &group, "20:00"));
    let (_, preview) = console.ask(&operator, "POST", "/changes/preview", &again);
    assert_eq!(preview["calls"], json!([]), "{preview:#}");

    carried_out(&apply(region, &office("nights", &group, "21:30")));
    let (_, actions) = held(moto, region, &group);
    assert_eq!(own(&actions), 2, "{actions}");
    assert!(actions.contains("<Recurrence>30 21 "), "{actions}");

    let remove = json!({"kind": "remove_schedule", "schedule": "nights", "reason": "done"});
    carried_out(&remove);
    let (_, actions) = held(moto, region, &group);
    assert_eq!(own(&actions), 0, "{actions}");
    let (status, _) = console.ask(&operator, "GET", path, &Value::Null);
    assert_eq!(status, 404);
    drop(console);
    installation.run(&["audit", "verify"]);
}

#[test]
fn an_alarm_is_put_changed_and_put_back_in_aws() {
    let Some(peers) = peers() else {
        return;
    };
    let region = REGION_OF_ALARMS;
    let installation = Installation::new(region, &peers.ministack, &peers.moto);
    let operator = installation.person("olga@example.com", "operator");
    let approver = installation.person("anna@example.com", "approver");
    let console = installation.serve();
    let name = format!("prod-errors-{}", std::process::id());
    let held = || {
        let asked = [
            ("Action", "DescribeAlarms"),
            ("Version", "2010-08-01"),
            ("AlarmNames.member.1", &name),
        ];
        query(&peers.ministack, region, "monitoring", &asked)
    };
    let put = |replaces: Option<&Value>, threshold: &str| {
        let mut change = json!({
            "kind": "put_alarm", "alarm": {"name": name,
                "scope": {"account": ACCOUNT, "region": region}},
            "definition": {
                "description": "", "metric": {"namespace": "App", "name": "Errors",
                    "dimensions": [["Service", "web"]], "statistic": "Sum", "period_s": 60, "unit": ""},
                "comparison": "greater", "threshold": threshold, "evaluation_periods": 3,
                "datapoints_to_alarm": 2, "missing_data": "notBreaching", "actions_enabled": true,
                "alarm_actions": [format!("arn:aws:sns:{region}:{ACCOUNT}:ops")],
                "ok_actions": [], "insufficient_data_actions": [],
            },
            "reason": "nobody watches this",
        });
        if let Some(id) = replaces {
            change["replaces"] = id.clone();
        }
        change
    };
    let carried_out = |change: &Value| {
        let id = console.propose(&operator, change);
        let (status, answer) = console.approve(&approver, &id);
        assert_eq!(status, 204, "{answer:#}");
        let applied = console.applied(&operator, &id);
        assert_eq!(applied["result"], json!([]));
        id
    };
    let made = carried_out(&put(None, "0.1"));
    assert!(held().contains("<Threshold>0.1</Threshold>"), "{}", held());
    let listed = console.until(&operator, &format!("/alarms?text={name}"), |page| {
        page["total"] == 1
    });
    let own = &listed["rows"][0];
    assert_eq!(own["environment"], "prod");

    let edited = carried_out(&put(Some(&own["id"]), "72.5"));
    assert!(held().contains("<Threshold>72.5</Threshold>"), "{}", held());
    let back = |put: &str| json!({"kind": "put_alarm_back", "put": put, "reason": "a mistake"});
    carried_out(&back(&edited));
    assert!(held().contains("<Threshold>0.1</Threshold>"), "{}", held());
    carried_out(&back(&made));
    assert!(!held().contains(&name), "{}", held());
    drop(console);
    installation.run(&["audit", "verify"]);
}

/// An alarm on the group.
fn make_alarm(ministack: &str, group: &str) {
    let alarm = format!("{group}-cpu");
    query(
        ministack,
        REGION,
        "monitoring",
        &[
            ("Action", "PutMetricAlarm"),
            ("Version", "2010-08-01"),
            ("AlarmName", &alarm),
            ("Namespace", "AWS/EC2"),
            ("MetricName", "CPUUtilization"),
            ("Dimensions.member.1.Name", "AutoScalingGroupName"),
            ("Dimensions.member.1.Value", group),
            ("Statistic", "Average"),
            ("Period", "60"),
            ("EvaluationPeriods", "1"),
            ("Threshold", "80"),
            ("ComparisonOperator", "GreaterThanThreshold"),
        ],
    );
}
