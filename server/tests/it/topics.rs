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
    people::Role,
    sns::{ProofError, SignatureVersion, TopicArn, TopicState},
    time::Timestamp,
};
use serde_json::{Value, json};
use services::TopicSource;
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
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

/// Where certificates are, in place of SNS: it counts how often it is asked.
#[derive(Clone, Default)]
struct Shelf(Arc<AtomicU32>);

async fn file(State(shelf): State<Shelf>, Path(name): Path<String>) -> Result<String, StatusCode> {
    shelf.0.fetch_add(1, Ordering::SeqCst);
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
    let source = TopicSource {
        name: "aws".parse().expect("a name"),
        topics: topics
            .iter()
            .map(|arn| TopicArn::parse(arn).expect("an ARN"))
            .collect(),
        signature_least: least,
        calls_a_minute_max: 100,
    };
    let world = World::with_topics(source, certificates).await;
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
    // The last of them ended the subscription, and one was told of it.
    let told = topics(&world).await;
    assert_eq!(told[0]["topic"], TOPIC);
    assert_eq!(told[0]["state"], json!(TopicState::Unsubscribed));
    assert_eq!(told[0]["messages"], 2);
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
        certificates.prove(&read.topic, &read.seal, now).await
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
    let (shelf, certificates) = Shelf::open().await;
    let topic = TopicArn::parse(TOPIC).expect("an ARN");
    let read = |file: &str| {
        let mut body = message(MESSAGES[0]);
        body["SigningCertURL"] = json!(format!("https://sns.us-west-2.amazonaws.com/{file}"));
        let read = files::read_topic_message(body.to_string().as_bytes());
        read.expect("a message").seal
    };
    let prove = async |file: &str, now: &str| {
        let seal = read(file);
        match certificates.prove(&topic, &seal, at(now)).await {
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
            "Never(\"the certificate cannot be read: there is more than one",
        ),
        (
            "text.pem",
            "Never(\"the certificate cannot be read: there is none",
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
        .prove(&elsewhere, &read(CERTIFICATE), at(SENT))
        .await;
    assert_eq!(
        error,
        Err(ProofError::Never("the certificate: is not of SNS".into()))
    );

    // It is fetched once a day, by one at a time, and what failed is asked for again.
    let before = shelf.asked();
    let seal = read("broken.pem");
    let (one, two) = tokio::join!(
        certificates.prove(&topic, &seal, at(SENT)),
        certificates.prove(&topic, &seal, at(SENT)),
    );
    assert!(one.is_err() && two.is_err());
    assert_eq!(shelf.asked(), before + 2);
    let fresh = Shelf::open().await;
    let seal = read(CERTIFICATE);
    let all = (0..20).map(|_| fresh.1.prove(&topic, &seal, at(SENT)));
    let all = futures::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(fresh.0.asked(), 1);
    let day_after = at(SENT).plus_ms(domain::limits::CERTIFICATE_KEPT_MS);
    assert_eq!(fresh.1.prove(&topic, &seal, day_after).await, Ok(()));
    assert_eq!(fresh.0.asked(), 2);
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
    let long = "x".repeat(domain::limits::BODY_BYTES_MAX + 1);
    assert_eq!(post(&world, long).await.status, 413);
    // Recorded an hour and more ago.
    world.h.step(2 * domain::time::HOUR_MS);
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
