//! Events by a queue through the real program: `kill -9` when an event is kept and its
//! message not yet deleted, and the next start knows it again.

use crate::{
    console::{Installation, element, peers, query},
    gate::{Gate, Hold},
};
use serde_json::{Value, json};

/// No other test uses this region of the peers.
const REGION: &str = "eu-central-1";
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
