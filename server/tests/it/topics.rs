//! Topics of SNS at their door: Amazon's own messages through the router, with its certificates
//! and a clock that is set to when they were sent.

use crate::world::{Answer, Ask, World};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use connect::{Certificates, Client, Timeouts};
use domain::{
    limits,
    people::Role,
    sns::{ProofError, Seal, SignatureVersion, TopicArn, TopicState},
    sources::SourceName,
    time::{HOUR_MS, Timestamp},
};
use serde_json::{Value, json};
use services::TopicSource;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};
use tokio::net::TcpListener;

const TOPIC: &str = "arn:aws:sns:us-west-2:131990247566:dongie-standard-topic";
const PATH: &str = "/hooks/sns/aws";
/// Some minutes after the last of the messages was sent.
const SENT: &str = "2026-03-06T20:05:00Z";
const CERTIFICATE: &str = "SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";
const MESSAGES: [&str; 4] = [
    "notification-v2.json",
    "notification-with-subject-v1.json",
    "subscription-confirmation-v1.json",
    "unsubscribe-confirmation-v2.json",
];

fn case(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/files/tests/cases/sns");
    fs::read_to_string(format!("{folder}/{name}")).expect(name)
}

fn message(name: &str) -> Value {
    serde_json::from_str(&case(name)).expect("json")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn source() -> SourceName {
    "aws".parse().expect("a name")
}

/// What proves a genuine message, as if it named this file for its certificate.
fn seal(file: &str) -> Seal {
    let mut body = message(MESSAGES[0]);
    body["SigningCertURL"] = json!(format!("https://sns.us-west-2.amazonaws.com/{file}"));
    let read = files::read_topic_message(body.to_string().as_bytes());
    read.expect("a message").seal
}

/// Where certificates are, in place of SNS: it counts how often it is asked, and may be away.
#[derive(Clone, Default)]
struct Shelf(Arc<AtomicU32>, Arc<AtomicBool>);

async fn file(State(shelf): State<Shelf>, Path(name): Path<String>) -> Result<String, StatusCode> {
    shelf.0.fetch_add(1, Ordering::SeqCst);
    if shelf.1.load(Ordering::SeqCst) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    match name.as_str() {
        CERTIFICATE => Ok(case(CERTIFICATE)),
        // Of another time and another key.
        "old.pem" => Ok(case(
            "SimpleNotificationService-bb750dd426d95ee9390147a5624348ee.pem",
        )),
        "two.pem" => Ok(case(CERTIFICATE).repeat(2)),
        "large.pem" => Ok("x".repeat(20 * 1024)),
        "text.pem" => Ok("no certificate".to_owned()),
        "broken.pem" => Err(StatusCode::BAD_GATEWAY),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

impl Shelf {
    /// Listens, and what fetches from it.
    async fn open() -> (Self, Certificates) {
        let shelf = Self::default();
        let router = Router::new()
            .route("/{name}", get(file))
            .with_state(shelf.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::new(Timeouts::default()).expect("a client");
        (
            shelf,
            Certificates::at(client, &format!("http://{address}")),
        )
    }

    fn asked(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A server whose source names these topics, at the time of the messages.
async fn listening(least: SignatureVersion, topics: &[&str]) -> (World, Shelf) {
    let (shelf, certificates) = Shelf::open().await;
    let named = TopicSource {
        name: source(),
        topics: topics
            .iter()
            .map(|arn| TopicArn::parse(arn).expect("an ARN"))
            .collect(),
        signature_least: least,
        calls_a_minute_max: 100,
        heartbeat_minutes: None,
    };
    let world = World::with_topics(named, certificates).await;
    world.h.step(at(SENT).since_ms(world.h.now()));
    (world, shelf)
}

/// As SNS posts: its headers, no origin, no cookie, and plain text as the type.
async fn post(world: &World, body: impl Into<String>) -> Answer {
    let ask = Ask::new("POST", PATH)
        .header("content-type", "text/plain; charset=UTF-8")
        .header("user-agent", "Amazon Simple Notification Service Agent")
        .header("x-amz-sns-message-type", "Notification");
    world.send(ask.body(body.into())).await
}

async fn topics(world: &World) -> Value {
    let cookie = world.session(&world.role(Role::Admin)).await;
    let system = world
        .send(Ask::new("GET", "/api/v1/system").cookie(&cookie))
        .await;
    system.json()["topics"].clone()
}

#[tokio::test]
async fn amazons_own_messages_are_taken_once_with_one_fetch_of_their_certificate() {
    let (world, shelf) = listening(SignatureVersion::One, &[TOPIC]).await;
    for name in MESSAGES {
        let answer = post(&world, case(name)).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        assert_eq!(
            answer.json(),
            json!({ "told": 1, "changed": 1, "left_out": 0 }),
            "{name}"
        );
    }
    for name in MESSAGES {
        let answer = post(&world, case(name)).await;
        assert_eq!(
            answer.json(),
            json!({ "told": 1, "changed": 0, "left_out": 0 }),
            "{name}"
        );
    }
    assert_eq!(shelf.asked(), 1);
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let list = Ask::new("GET", "/api/v1/aws-events").cookie(&cookie);
    assert_eq!(world.send(list).await.json()["total"], 4);
    // One of them asks whether the topic is wanted. The end that another tells of is not that
    // subscription's, which nobody has confirmed yet.
    let told = topics(&world).await;
    assert_eq!(told[0]["topic"], TOPIC);
    assert_eq!(told[0]["state"], json!(TopicState::Waiting));
    assert_eq!(told[0]["messages"], 2);
}

/// A message of plain text is genuine whatever somebody adds to it on its way.
#[tokio::test]
async fn what_is_added_to_a_genuine_message_is_neither_read_nor_kept() {
    let (world, _) = listening(SignatureVersion::One, &[TOPIC]).await;
    let plain = message(MESSAGES[0]);
    let added = [
        json!({ "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2",
            "id": "added-1", "account": "131990247566", "region": "us-west-2",
            "detail": { "instance-id": "i-added", "state": "terminated" } }),
        json!({ "NewStateValue": "ALARM", "AlarmName": "added", "id": "added-2" }),
        json!({ "alarmData": { "alarmName": "added" }, "id": "added-3" }),
        json!({ "AutoScalingGroupName": "added", "ActivityId": "added-4", "Event": "added" }),
    ];
    for (index, added) in added.iter().enumerate() {
        let mut body = plain.clone();
        for (field, value) in added.as_object().expect("an object") {
            body[field] = value.clone();
        }
        let answer = post(&world, body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        // It is the same message, by the id that is signed.
        assert_eq!(answer.json()["changed"], i32::from(index == 0), "{added}");
    }
    assert_eq!(post(&world, plain.to_string()).await.json()["changed"], 0);
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let list = Ask::new("GET", "/api/v1/aws-events").cookie(&cookie);
    let list = world.send(list).await.json();
    assert_eq!(list["total"], 1);
    let row = &list["rows"][0];
    assert_eq!(
        (&row["kind"], &row["name"]),
        (&json!("other"), &json!("Notification"))
    );
    let id = row["id"].as_str().expect("an id");
    let one = Ask::new("GET", &format!("/api/v1/aws-events/{id}")).cookie(&cookie);
    let one = world.send(one).await.json();
    let payload = one["payload"].as_str().expect("a payload");
    let payload: Value = serde_json::from_str(payload).expect("json");
    let mut keys: Vec<_> = payload.as_object().expect("an object").keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    );
    for key in keys {
        assert_eq!(payload[key], plain[key]);
    }
}

/// Every signed field, byte by byte.
#[tokio::test]
async fn one_changed_character_of_a_signed_field_is_one_too_many() {
    let (_, certificates) = Shelf::open().await;
    let now = at(SENT);
    let proved = async |body: &Value| {
        let read = files::read_topic_message(body.to_string().as_bytes());
        let Ok(read) = read else {
            return Err(ProofError::Never("unreadable".into()));
        };
        certificates
            .prove(&source(), &read.topic, &read.seal, now)
            .await
    };
    let mut changed = 0_u32;
    for name in MESSAGES {
        let whole = message(name);
        assert_eq!(proved(&whole).await, Ok(()), "{name}");
        let fields = whole.as_object().expect("an object");
        for (field, value) in fields {
            let unsigned = [
                "SigningCertURL",
                "UnsubscribeURL",
                "SignatureVersion",
                "Signature",
            ];
            if unsigned.contains(&field.as_str()) {
                continue;
            }
            let text = value.as_str().expect("text");
            for index in 0..text.len() {
                let mut bytes = text.as_bytes().to_vec();
                bytes[index] = if bytes[index] == b'x' { b'y' } else { b'x' };
                let mut body = whole.clone();
                body[field] = json!(String::from_utf8(bytes).expect("ASCII"));
                let answer = proved(&body).await;
                assert!(
                    matches!(answer, Err(ProofError::Never(_))),
                    "{name} {field} {index}"
                );
                changed += 1;
            }
        }
        // What is added to it, or taken from it, is signed as well.
        let mut more = whole.clone();
        match fields.contains_key("Subject") {
            true => more["Subject"] = Value::Null,
            false if whole["Type"] == "Notification" => more["Subject"] = json!(""),
            false => more["Message"] = json!(""),
        }
        assert!(proved(&more).await.is_err(), "{name}");
        // By the other version it is none.
        let mut other = whole.clone();
        other["SignatureVersion"] = match whole["SignatureVersion"] == "1" {
            true => json!("2"),
            false => json!("1"),
        };
        assert!(proved(&other).await.is_err(), "{name}");
    }
    assert!(changed > 2_000, "{changed}");
}

#[tokio::test]
async fn a_certificate_is_good_while_it_is_valid_and_for_sns_only() {
    let (_, certificates) = Shelf::open().await;
    let topic = TopicArn::parse(TOPIC).expect("an ARN");
    let prove = async |file: &str, now: &str| {
        let seal = seal(file);
        match certificates.prove(&source(), &topic, &seal, at(now)).await {
            Ok(()) => "proved".to_owned(),
            Err(error) => format!("{error:?}"),
        }
    };
    assert_eq!(prove(CERTIFICATE, "2025-11-10T00:00:00Z").await, "proved");
    assert_eq!(prove(CERTIFICATE, "2026-10-14T23:59:59Z").await, "proved");
    for (now, why) in [
        ("2025-11-09T23:59:59Z", "not valid yet"),
        ("2026-10-15T00:00:00Z", "is expired"),
    ] {
        let told = prove(CERTIFICATE, now).await;
        assert!(
            told.starts_with("Never(\"the certificate: ") && told.contains(why),
            "{told}"
        );
    }
    // Valid then, but of another key.
    let told = prove("old.pem", "2016-01-01T00:00:00Z").await;
    assert!(told.starts_with("Never(\"the signature"), "{told}");
    for (file, why) in [
        (
            "two.pem",
            "Later(\"the certificate cannot be read: there is more than one",
        ),
        (
            "text.pem",
            "Later(\"the certificate cannot be read: there is none",
        ),
        ("large.pem", "Later("),
        (
            "broken.pem",
            "Later(\"https://sns.us-west-2.amazonaws.com/broken.pem answered 502",
        ),
        ("gone.pem", "Later("),
    ] {
        let told = prove(file, SENT).await;
        assert!(told.starts_with(why), "{file}: {told}");
    }
    // A region whose certificates bear a name of their own does not take this one.
    let elsewhere = TopicArn::parse("arn:aws-cn:sns:cn-north-1:131990247566:t").expect("an ARN");
    let error = certificates
        .prove(&source(), &elsewhere, &seal(CERTIFICATE), at(SENT))
        .await;
    assert_eq!(
        error,
        Err(ProofError::Never("the certificate: is not of SNS".into()))
    );
}

/// It is fetched once a day and by one at a time; strangers who name what is not there have it
/// asked for now and then, and do not keep what is held from being fetched again.
#[tokio::test]
async fn a_certificate_is_fetched_seldom_and_outlives_what_cannot_be_fetched() {
    let (shelf, certificates) = Shelf::open().await;
    let topic = TopicArn::parse(TOPIC).expect("an ARN");
    let ours = source();
    let good = seal(CERTIFICATE);
    let now = at(SENT);
    let all = (0..20).map(|_| certificates.prove(&ours, &topic, &good, now));
    let all = futures::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(shelf.asked(), 1);

    // What fails is left alone for a moment, and then asked for again.
    let broken = seal("broken.pem");
    let answers = tokio::join!(
        certificates.prove(&ours, &topic, &broken, now),
        certificates.prove(&ours, &topic, &broken, now),
    );
    assert!(matches!(
        answers,
        (Err(ProofError::Later(_)), Err(ProofError::Later(_)))
    ));
    assert_eq!(shelf.asked(), 2);
    let soon = now.plus_ms(limits::CERTIFICATE_FAILED_MS);
    assert!(
        certificates
            .prove(&ours, &topic, &broken, soon)
            .await
            .is_err()
    );
    assert_eq!(shelf.asked(), 3);

    // However many are named, so many are fetched in a minute.
    let later = now.plus_ms(HOUR_MS);
    for n in 0..30 {
        let named = seal(&format!("gone-{n}.pem"));
        let answer = certificates.prove(&ours, &topic, &named, later).await;
        assert!(matches!(answer, Err(ProofError::Later(_))), "{answer:?}");
    }
    assert_eq!(shelf.asked(), 3 + limits::CERTIFICATE_FETCHES_A_MINUTE_MAX);
    let other = "other".parse().expect("a name");
    let named = seal("gone-99.pem");
    assert!(
        certificates
            .prove(&other, &topic, &named, later)
            .await
            .is_err()
    );
    let asked = 4 + limits::CERTIFICATE_FETCHES_A_MINUTE_MAX;
    assert_eq!(shelf.asked(), asked);

    // A day later it is fetched again, whatever strangers do meanwhile.
    let day = now.plus_ms(limits::CERTIFICATE_KEPT_MS);
    for n in 0..30 {
        let named = seal(&format!("gone-{n}.pem"));
        assert!(
            certificates
                .prove(&ours, &topic, &named, day)
                .await
                .is_err()
        );
    }
    let asked = asked + limits::CERTIFICATE_FETCHES_A_MINUTE_MAX;
    assert_eq!(certificates.prove(&ours, &topic, &good, day).await, Ok(()));
    assert_eq!(shelf.asked(), asked + 1);

    // SNS's host is away: what is held is good for a week, and asked for again now and then.
    shelf.1.store(true, Ordering::SeqCst);
    let next = day.plus_ms(limits::CERTIFICATE_KEPT_MS);
    for _ in 0..5 {
        assert_eq!(certificates.prove(&ours, &topic, &good, next).await, Ok(()));
    }
    assert_eq!(shelf.asked(), asked + 2);
    let last = day.plus_ms(limits::CERTIFICATE_STALE_MS - 1);
    assert_eq!(certificates.prove(&ours, &topic, &good, last).await, Ok(()));
    let over = last.plus_ms(limits::CERTIFICATE_FAILED_MS);
    let answer = certificates.prove(&ours, &topic, &good, over).await;
    assert!(matches!(answer, Err(ProofError::Later(_))), "{answer:?}");
    shelf.1.store(false, Ordering::SeqCst);
    let back = over.plus_ms(limits::CERTIFICATE_FAILED_MS);
    assert_eq!(certificates.prove(&ours, &topic, &good, back).await, Ok(()));
}

#[tokio::test]
async fn what_the_door_refuses_costs_no_fetch_and_is_told_apart() {
    let (world, shelf) = listening(SignatureVersion::Two, &[TOPIC]).await;
    let raw = Ask::new("POST", PATH).header("x-amz-sns-rawdelivery", "true");
    let answer = world.send(raw.body(case(MESSAGES[0]))).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("raw message delivery"),
        "{}",
        answer.body
    );
    let answer = post(&world, r#"{"AlarmName":"cpu","NewStateValue":"ALARM"}"#).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("raw message delivery"),
        "{}",
        answer.body
    );
    let answer = post(&world, case("notification-with-subject-v1.json")).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("SignatureVersion"), "{}", answer.body);
    let mut elsewhere = message(MESSAGES[0]);
    elsewhere["TopicArn"] = json!("arn:aws:sns:us-west-2:131990247566:another");
    assert_eq!(post(&world, elsewhere.to_string()).await.status, 403);
    for url in [
        "https://sns.us-west-2.amazonaws.com.evil.com/x.pem",
        "http://sns.us-west-2.amazonaws.com/x.pem",
        "https://sns.us-west-2.amazonaws.com:8443/x.pem",
        "https://u@sns.us-west-2.amazonaws.com/x.pem",
        "https://127.0.0.1/x.pem",
    ] {
        let mut body = message(MESSAGES[0]);
        body["SigningCertURL"] = json!(url);
        let answer = post(&world, body.to_string()).await;
        assert_eq!(answer.status, 422, "{url}");
        assert!(answer.body.contains("SigningCertURL"), "{}", answer.body);
    }
    let unknown = Ask::new("POST", "/hooks/sns/nowhere").body(case(MESSAGES[0]));
    assert_eq!(world.send(unknown).await.status, 401);
    assert_eq!(world.send(Ask::new("GET", PATH)).await.status, 405);
    let long = "x".repeat(limits::BODY_BYTES_MAX + 1);
    assert_eq!(post(&world, long).await.status, 413);
    // Recorded an hour and more ago.
    world.h.step(2 * HOUR_MS);
    let answer = post(&world, case(MESSAGES[0])).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("Timestamp"), "{}", answer.body);
    assert_eq!(shelf.asked(), 0);
}

#[tokio::test]
async fn a_forgery_is_turned_away_and_what_cannot_be_looked_at_is_to_come_again() {
    let (world, shelf) = listening(SignatureVersion::One, &[TOPIC]).await;
    let mut forged = message(MESSAGES[0]);
    forged["Message"] = json!("All is well.");
    let answer = post(&world, forged.to_string()).await;
    assert_eq!((answer.status, shelf.asked()), (401, 1), "{}", answer.body);
    let mut later = message(MESSAGES[0]);
    later["SigningCertURL"] = json!("https://sns.us-west-2.amazonaws.com/broken.pem");
    let answer = post(&world, later.to_string()).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(post(&world, case(MESSAGES[0])).await.status, 200);
    assert_eq!(topics(&world).await[0]["messages"], 1);
}
