//! Queues of events, on both peers; replayed is what neither does.

use crate::{
    peers::{self, MOTO_ACCOUNT, element, query, scope, unique},
    wire::{ACCOUNT, Answer, Wire},
};
use aws::{AwsCloud, AwsEstate};
use domain::queues::{QueueMessage, QueueRef};
use ports::{Cloud, CloudErrorKind, ProbeOutcome};
use serde_json::json;

const SQS: (&str, &str) = ("sqs", "2012-11-05");

fn estate(account: &str, queue: &QueueRef) -> AwsEstate {
    let mut estate = peers::estate(account);
    for config in &mut estate.accounts {
        config.watch.queues.push(queue.clone());
    }
    estate
}

fn named(account: &str, name: &str) -> QueueRef {
    QueueRef::new(scope(account), name).expect("a name")
}

async fn send(url: &str, key: &str, queue_url: &str, body: &str) {
    let form = [
        ("Action", "SendMessage"),
        ("QueueUrl", queue_url),
        ("MessageBody", body),
    ];
    query(url, SQS, key, &form).await;
}

fn bodies(messages: &[QueueMessage]) -> Vec<&str> {
    let mut bodies: Vec<_> = messages.iter().map(|one| one.body.as_str()).collect();
    bodies.sort_unstable();
    bodies
}

/// The key chooses the account.
async fn serves(url: String, account: &str, key: &str) {
    let name = unique("lamplighter-events");
    let form = [
        ("Action", "CreateQueue"),
        ("QueueName", name.as_str()),
        ("Attribute.1.Name", "VisibilityTimeout"),
        ("Attribute.1.Value", "1"),
    ];
    let made = query(&url, SQS, key, &form).await;
    let queue_url = element(&made, "QueueUrl");
    let queue = named(account, &name);
    let config = peers::config(&url, key);
    let cloud = AwsCloud::with_config(&estate(account, &queue), config);
    assert_eq!(cloud.queues(), std::slice::from_ref(&queue));
    for body in ["{\"id\": 1}", "경보"] {
        send(&url, key, &queue_url, body).await;
    }
    let mut taken = Vec::new();
    while taken.len() < 2 {
        taken.extend(cloud.take_messages(&queue).await.expect("messages"));
    }
    assert_eq!(bodies(&taken), ["{\"id\": 1}", "경보"]);
    assert!(
        taken
            .iter()
            .all(|one| one.takings == 1 && one.sent_at.is_some())
    );

    // Nobody deleted them: they come again, and are counted.
    let mut again = Vec::new();
    while again.len() < 2 {
        again.extend(cloud.take_messages(&queue).await.expect("messages"));
    }
    assert!(again.iter().all(|one| one.takings == 2), "{again:?}");
    let receipts: Vec<_> = again.into_iter().map(|one| one.receipt).collect();
    cloud
        .delete_messages(&queue, &receipts)
        .await
        .expect("deleted");
    assert_eq!(cloud.take_messages(&queue).await, Ok(Vec::new()));

    let probes = cloud.probe(&scope(account)).await;
    let of_queues = probes
        .iter()
        .filter(|probe| probe.action.starts_with("sqs:"));
    let outcomes: Vec<_> = of_queues.map(|probe| &probe.outcome).collect();
    assert_eq!(outcomes, [&ProbeOutcome::Ok; 3]);

    let gone = named(account, &unique("lamplighter-gone"));
    let answer = cloud.take_messages(&gone).await;
    assert_eq!(
        answer.expect_err("no such queue").kind,
        CloudErrorKind::NotFound
    );
}

#[tokio::test]
async fn ministack_serves_a_queue() {
    if let Some(url) = peers::ministack() {
        serves(url, "300000000041", "300000000041").await;
    }
}

#[tokio::test]
async fn moto_serves_a_queue() {
    if let Some(url) = peers::moto() {
        serves(url, MOTO_ACCOUNT, "test").await;
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_deleted_is_told() {
    let wire = Wire::new();
    let queue = named(ACCOUNT, "lamplighter-events");
    let url = format!("https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/lamplighter-events");
    wire.answer("GetQueueUrl", Answer::json(200, json!({ "QueueUrl": url })));
    wire.answer(
        "DeleteMessageBatch",
        Answer::json(200, json!({
            "Successful": [{"Id": "0"}],
            "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": false, "Message": "try again"}],
        })),
    );
    let cloud = crate::wire::cloud(&wire);
    let receipts = ["a".to_owned(), "b".to_owned()];
    let error = cloud.delete_messages(&queue, &receipts).await;
    let error = error.expect_err("one is still there");
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
    let asked = wire.asked();
    let asked = asked.last().expect("a call");
    assert_eq!(asked.headers["content-type"], "application/x-amz-json-1.0");
    assert_eq!(asked.service, "AmazonSQS");
    assert_eq!(asked.parameters["Entries.2.ReceiptHandle"], "b");
}
