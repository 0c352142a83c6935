//! Messages of topics: Amazon's own are read as they were signed, and whatever is not one is
//! refused by the name of its field.

mod dice;

use dice::Dice;
use domain::sns::{SignatureVersion, TopicMessageKind};
use files::{read_aws_event, read_topic_message, signed_part};
use serde_json::{Value, json};
use std::{fs, path::Path};

fn case(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/sns");
    fs::read_to_string(path.join(name)).expect(name)
}

const NOTIFICATION: &str = "notification-v2.json";
const SUBJECT: &str = "notification-with-subject-v1.json";
const SUBSCRIPTION: &str = "subscription-confirmation-v1.json";
const UNSUBSCRIPTION: &str = "unsubscribe-confirmation-v2.json";
const ALL: [&str; 4] = [NOTIFICATION, SUBJECT, SUBSCRIPTION, UNSUBSCRIPTION];

fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_str(&case(name)).expect("json");
    change(&mut value);
    value.to_string().into_bytes()
}

#[test]
fn amazons_messages_are_read_as_they_were_signed() {
    for (name, version, first, lines) in [
        (
            NOTIFICATION,
            SignatureVersion::Two,
            "Message\nThis message uses",
            10,
        ),
        (SUBJECT, SignatureVersion::One, "Message\nHello!", 12),
        // The message itself has two lines.
        (
            SUBSCRIPTION,
            SignatureVersion::One,
            "Message\nYou have chosen to subscribe",
            15,
        ),
        (
            UNSUBSCRIPTION,
            SignatureVersion::Two,
            "Message\nYou have chosen to deactivate",
            15,
        ),
    ] {
        let message = read_topic_message(case(name).as_bytes()).expect(name);
        let seal = &message.seal;
        assert_eq!(
            (seal.version, seal.signature.len()),
            (version, 256),
            "{name}"
        );
        assert!(seal.text.starts_with(first), "{name}: {}", seal.text);
        assert!(seal.text.ends_with('\n'), "{name}");
        assert_eq!(seal.text.lines().count(), lines, "{name}: {}", seal.text);
        assert_eq!(
            message.topic.as_str(),
            "arn:aws:sns:us-west-2:131990247566:dongie-standard-topic"
        );
    }
    let subscription = read_topic_message(case(SUBSCRIPTION).as_bytes()).expect("a message");
    let TopicMessageKind::Subscription(token) = &subscription.kind else {
        panic!("{:?}", subscription.kind);
    };
    assert!(token.reveal().starts_with("2336412f37fb"));
    assert!(!format!("{subscription:?}").contains("2336412f37fb"));
    assert_eq!(subscription.at.to_string(), "2026-03-06T19:31:32.895Z");
}

#[test]
fn no_subject_is_one_however_it_is_written() {
    let read = |body: Vec<u8>| read_topic_message(&body).expect("a message").seal.text;
    let without = read(changed(NOTIFICATION, |_| {}));
    let null = read(changed(NOTIFICATION, |fields| {
        fields["Subject"] = Value::Null
    }));
    assert_eq!(null, without);
    // A subject that is empty is there, and signed.
    let empty = read(changed(NOTIFICATION, |fields| {
        fields["Subject"] = json!("")
    }));
    assert!(empty.contains("Subject\n\n"), "{empty}");
}

#[test]
fn what_is_wrong_is_told_by_the_name_of_its_field() {
    for (name, told) in [
        ("Message", "is missing"),
        ("MessageId", "is missing"),
        ("Timestamp", "is missing"),
        ("TopicArn", "is missing"),
        (
            "Type",
            "is missing: this is no message of SNS as it signs them. Where raw",
        ),
        ("SignatureVersion", "is missing"),
        ("Signature", "is missing"),
        ("SigningCertURL", "is missing"),
        ("SubscribeURL", "is missing"),
        ("Token", "is missing"),
    ] {
        for case in [SUBSCRIPTION, UNSUBSCRIPTION] {
            let body = changed(case, |fields| {
                fields.as_object_mut().expect("an object").remove(name);
            });
            let error = read_topic_message(&body).expect_err(name).to_string();
            let told = format!("message, `{name}`: {told}");
            assert!(error.starts_with(&told), "{error}");
        }
    }
    for (name, value, told) in [
        (
            "Type",
            json!("Note"),
            "is none of Notification, SubscriptionConfirmation",
        ),
        ("Type", json!(1), "is none of Notification"),
        ("Message", json!({}), "is no text"),
        ("Subject", json!(5), "is no text"),
        ("MessageId", json!(""), "is no id"),
        ("MessageId", json!("a b"), "is no id"),
        ("MessageId", json!("a".repeat(65)), "is no id"),
        ("Timestamp", json!("yesterday"), "is no time"),
        (
            "TopicArn",
            json!("arn:aws:sqs:us-west-2:131990247566:q"),
            "is no ARN of a topic",
        ),
        ("SignatureVersion", json!("3"), "is neither 1 nor 2"),
        ("SignatureVersion", json!(2), "is no text"),
        ("Signature", json!("!"), "is no signature"),
        ("Signature", json!("A".repeat(4_096)), "is no signature"),
        (
            "SigningCertURL",
            json!("https://sns.us-east-1.amazonaws.com/x.pem"),
            "is not an address of SNS in the region of the topic",
        ),
    ] {
        let body = changed(NOTIFICATION, |fields| fields[name] = value);
        let error = read_topic_message(&body).expect_err(name).to_string();
        assert!(
            error.starts_with(&format!("message, `{name}`: {told}")),
            "{error}"
        );
    }
    for (body, told) in [
        ("", "message line 1: EOF"),
        ("[]", "message: this is no JSON object"),
    ] {
        let error = read_topic_message(body.as_bytes()).expect_err(body);
        assert!(error.to_string().starts_with(told), "{error}");
    }
    // Raw delivery of an alarm: JSON, but no message of SNS.
    let raw = br#"{"AlarmName":"cpu","NewStateValue":"ALARM"}"#;
    let error = read_topic_message(raw).expect_err("an error").to_string();
    assert!(error.contains("raw message delivery"), "{error}");
}

#[test]
fn only_what_is_signed_is_kept_and_no_secret() {
    for name in ALL {
        let plain = signed_part(case(name).as_bytes()).expect(name);
        assert!(
            !plain.contains("2336412f37fb") && !plain.contains("?Action="),
            "{plain}"
        );
        assert!(plain.contains("dongie-standard-topic"), "{plain}");
        // What somebody added is not there; a confirmation has no subject that is signed.
        let more = changed(name, |fields| {
            fields["detail-type"] = json!("added");
            fields["NewStateValue"] = json!("ALARM");
            if !matches!(name, NOTIFICATION | SUBJECT) {
                fields["Subject"] = json!("added");
            }
        });
        assert_eq!(signed_part(&more).expect(name), plain, "{name}");
    }
}

/// The signature covers names and values in lines. Of these two messages it covers the same,
/// so at most one of them may be read.
#[test]
fn one_signed_text_is_one_message() {
    let genuine = changed(NOTIFICATION, |fields| {
        fields["Message"] = json!("A\nMessageId\nX\nSubject\nB");
        fields["MessageId"] = json!("Y");
    });
    let split = changed(NOTIFICATION, |fields| {
        fields["Message"] = json!("A");
        fields["MessageId"] = json!("X");
        fields["Subject"] = json!("B\nMessageId\nY");
    });
    let read = read_topic_message(&genuine).expect("a message");
    let start = "Message\nA\nMessageId\nX\nSubject\nB\nMessageId\nY\nTimestamp\n";
    assert!(read.seal.text.starts_with(start), "{}", read.seal.text);
    assert_eq!(read.id, "Y");
    let error = read_topic_message(&split).expect_err("two messages of one text");
    assert_eq!(
        error.to_string(),
        "message, `Subject`: has a control character"
    );
}

/// Notifications have no id of their own, and come by a queue and by HTTPS.
#[test]
fn an_event_without_an_id_has_that_of_its_message() {
    let inner = json!({ "AlarmName": "cpu", "NewStateValue": "ALARM", "AWSAccountId": "1" });
    let outer = json!({ "Type": "Notification", "MessageId": "m-1", "Message": inner.to_string() });
    let event = read_aws_event(outer.to_string().as_bytes()).expect("an event");
    assert_eq!(event.id.as_deref(), Some("m-1"));
    let inner = json!({ "detail-type": "x", "source": "aws.health", "id": "e-1" });
    let outer = json!({ "Type": "Notification", "MessageId": "m-1", "Message": inner.to_string() });
    let event = read_aws_event(outer.to_string().as_bytes()).expect("an event");
    assert_eq!(event.id.as_deref(), Some("e-1"));
}

/// Whatever happens to a body on its way, the answer is a message within its bounds or an
/// error: never a panic.
#[test]
fn damaged_messages_are_read_or_refused() {
    let mut dice = Dice(7);
    let (mut read, mut refused) = (0_u32, 0_u32);
    let whole = ALL.map(case);
    for round in 0..20_000 {
        let body = dice.damaged(whole[round % ALL.len()].as_bytes());
        match read_topic_message(&body) {
            Ok(message) => {
                read += 1;
                let url = message.seal.certificate.as_str();
                let region = &message.topic.scope().region;
                let host = format!("https://sns.{region}.amazonaws.com/");
                assert!(url.starts_with(&host) && url.ends_with(".pem"), "{url}");
                assert!(
                    message
                        .seal
                        .text
                        .ends_with(&format!("\nType\n{}\n", kind(&message.kind)))
                );
            }
            Err(error) => {
                refused += 1;
                assert!(!error.message.is_empty());
            }
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} {refused}");
}

fn kind(kind: &TopicMessageKind) -> &'static str {
    match kind {
        TopicMessageKind::Notification => "Notification",
        TopicMessageKind::Subscription(_) => "SubscriptionConfirmation",
        TopicMessageKind::Unsubscription => "UnsubscribeConfirmation",
    }
}
