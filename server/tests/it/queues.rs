//! Events by a queue through the real program: `kill -9` when an event is kept and its
//! message not yet deleted, and the next start knows it again; and a metric that sets off an
//! alarm, by CloudWatch, a topic and a queue to a message in Slack.

use std::time::Duration;

use crate::{
    console::{ACCOUNT, Installation, element, peers, query},
    gate::{Gate, Hold},
    slack::Slack,
};
use serde_json::{Value, json};

/// No other test uses this region of the peers.
const REGION: &str = "eu-central-1";
const REGION_OF_METRICS: &str = "ca-central-1";
const SQS: (&str, &str) = ("Version", "2012-11-05");

#[test]
fn a_kill_before_a_message_is_deleted_loses_nothing_and_doubles_nothing() {
    let Some(peers) = peers() else {
        return;
    };
    let name = format!("lamplighter-events-{}", std::process::id());
    let moto = &peers.moto;
    let made = [
        ("Action", "CreateQueue"),
        SQS,
        ("QueueName", &name),
        ("Attribute.1.Name", "VisibilityTimeout"),
        ("Attribute.1.Value", "1"),
    ];
    let made = query(moto, REGION, "sqs", &made);
    let url = element(&made, "QueueUrl").to_owned();
    let send = |body: &str| {
        let form = [
            ("Action", "SendMessage"),
            SQS,
            ("QueueUrl", url.as_str()),
            ("MessageBody", body),
        ];
        query(moto, REGION, "sqs", &form);
    };
    let event = json!({
        "version": "0", "id": "e-1", "detail-type": "AWS Health Event", "source": "aws.health",
        "time": "2026-03-01T00:00:00Z", "resources": [], "detail": {"eventTypeCode": "AWS_RDS_ISSUE"},
    });
    send(&event.to_string());

    let gate = Gate::before(moto, 0, Hold::Request);
    let installation = Installation::with_queue(REGION, &peers.ministack, gate.address(), &name);
    let operator = installation.person("olga@example.com", "operator");
    let console = installation.serve();
    gate.wait();
    let (_, kept) = console.ask(&operator, "GET", "/aws-events", &Value::Null);
    assert_eq!(kept["total"], 1, "{kept:#}");
    drop(console);

    send("no event");
    gate.open();
    let console = installation.serve();
    let is_there = |page: &Value| page["rows"][0]["id"].is_string();
    let aside = console.until(&operator, "/set-aside", is_there);
    let path = format!(
        "/set-aside/{}",
        aside["rows"][0]["id"].as_str().expect("an id")
    );
    let (_, shown) = console.ask(&operator, "GET", &path, &Value::Null);
    assert_eq!(shown["body"], "no event");
    let (status, _) = console.ask(&operator, "DELETE", &path, &Value::Null);
    assert_eq!(status, 204);

    // Nothing is left in the queue, seen or hidden, and the event is there once.
    let form = [
        ("Action", "GetQueueAttributes"),
        SQS,
        ("QueueUrl", url.as_str()),
        ("AttributeName.1", "All"),
    ];
    let is_empty = || {
        let told = query(moto, REGION, "sqs", &form);
        let count = |name: &str| {
            let after = told.split_once(&format!("<Name>{name}</Name>"));
            element(after.map_or("", |(_, rest)| rest), "Value").to_owned()
        };
        let visible = count("ApproximateNumberOfMessages");
        (visible, count("ApproximateNumberOfMessagesNotVisible")) == ("0".into(), "0".into())
    };
    let emptied = console.until(&operator, "/aws-events", |_| is_empty());
    assert_eq!(emptied["total"], 1, "{emptied:#}");
    drop(console);
    installation.run(&["audit", "verify"]);
}

/// The peer's message leaves out the alarm's ARN, which AWS's has and which tells the region. So it is
/// kept as an event only, and what Slack hears comes of the next reading.
#[test]
fn a_metric_over_its_threshold_is_one_message_in_slack_and_one_event_of_its_topic() {
    let Some(peers) = peers() else {
        return;
    };
    let (peer, region) = (&peers.ministack, REGION_OF_METRICS);
    let name = format!("prod-latency-{}", std::process::id());
    let ask = |service: &str, version: &str, form: &[(&str, &str)]| {
        let form = [&[("Version", version)][..], form].concat();
        query(peer, region, service, &form)
    };
    let made = [("Action", "CreateQueue"), ("QueueName", name.as_str())];
    let made = ask("sqs", SQS.1, &made);
    let url = element(&made, "QueueUrl").to_owned();
    let queue = format!("arn:aws:sqs:{region}:{ACCOUNT}:{name}");
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage", "Resource": queue,
    }]});
    let policy = policy.to_string();
    let allow = [
        ("Action", "SetQueueAttributes"),
        ("QueueUrl", url.as_str()),
        ("Attribute.1.Name", "Policy"),
        ("Attribute.1.Value", policy.as_str()),
    ];
    ask("sqs", SQS.1, &allow);
    let made = [("Action", "CreateTopic"), ("Name", name.as_str())];
    let made = ask("sns", "2010-03-31", &made);
    let topic = element(&made, "TopicArn").to_owned();
    let subscribe = [
        ("Action", "Subscribe"),
        ("TopicArn", topic.as_str()),
        ("Protocol", "sqs"),
        ("Endpoint", queue.as_str()),
    ];
    ask("sns", "2010-03-31", &subscribe);
    let alarm = [
        ("Action", "PutMetricAlarm"),
        ("AlarmName", name.as_str()),
        ("Namespace", "App"),
        ("MetricName", name.as_str()),
        ("Statistic", "Average"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "80"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("AlarmActions.member.1", topic.as_str()),
    ];
    ask("monitoring", "2010-08-01", &alarm);

    let slack = Slack::start(Duration::ZERO);
    let config = format!(
        "[estate]\npoll_seconds = 5\n[[estate.accounts]]\nid = \"{ACCOUNT}\"\n\
         regions = [\"{region}\"]\nqueues = [\"{region}/{name}\"]\n{}",
        slack.config()
    );
    let installation = Installation::by(&config, peer, peer);
    let operator = installation.person("olga@example.com", "operator");
    let console = installation.serve();
    let alarms = format!("/alarms?text={name}");
    console.until(&operator, &alarms, |page| page["total"] == 1);
    assert_eq!(slack.heard(), [""; 0], "nothing is wrong yet");

    let metric = [
        ("Action", "PutMetricData"),
        ("Namespace", "App"),
        ("MetricData.member.1.MetricName", name.as_str()),
        ("MetricData.member.1.Value", "97"),
    ];
    ask("monitoring", "2010-08-01", &metric);
    let is_told = |page: &Value| page["rows"][0]["state"] == "sent";
    console.until(&operator, "/notifications?channel=ops", is_told);
    let is_kept = |page: &Value| page["total"] == 1;
    let kept = console.until(&operator, "/aws-events", is_kept);
    assert_eq!(kept["rows"][0]["subject"], name, "{kept:#}");
    let (_, page) = console.ask(&operator, "GET", &alarms, &Value::Null);
    assert_eq!(page["rows"][0]["state"], "alarm", "{page:#}");
    let heard = slack.heard();
    assert_eq!(heard.len(), 1, "{heard:#?}");
    assert!(heard[0].contains(&name), "{heard:#?}");
    drop(console);
    installation.run(&["audit", "verify"]);
}
