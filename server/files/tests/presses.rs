//! What is pressed in Slack and told by PagerDuty is read, or it is refused or passed over.

mod dice;

use dice::Dice;
use files::{PagerdutyWordKind, SlackButton, read_pagerduty_word, read_slack_press};
use serde_json::{Value, json};

fn form(payload: &Value) -> Vec<u8> {
    let mut body = "payload=".to_owned();
    for byte in payload.to_string().bytes() {
        match byte {
            b' ' => body.push('+'),
            byte if byte.is_ascii_alphanumeric() => body.push(char::from(byte)),
            byte => body.push_str(&format!("%{byte:02X}")),
        }
    }
    body.into_bytes()
}

fn alarm() -> domain::ids::AlarmId {
    domain::ids::AlarmId::from_parts(1_800_000_000_000, 7)
}

fn thread() -> domain::ids::ThreadId {
    domain::ids::ThreadId::from_parts(1_800_000_000_000, 9)
}

fn press() -> Value {
    json!({
        "type": "block_actions",
        "user": { "id": "U0123ABC", "username": "미나 + 1", "team_id": "T9TK3CUKW" },
        "team": { "id": "T9TK3CUKW", "domain": "example" },
        "container": { "type": "message", "message_ts": "1548261231.000200" },
        "response_url": "https://hooks.slack.com/actions/T9TK3CUKW/1/x",
        "actions": [{
            "type": "button",
            "action_id": "alarm.acknowledge",
            "value": alarm().to_string(),
            "action_ts": "1548426417.840180",
        }],
    })
}

fn word() -> Value {
    json!({ "event": {
        "id": "01BZ",
        "event_type": "incident.acknowledged",
        "resource_type": "incident",
        "occurred_at": "2026-11-20T05:59:30.123Z",
        "agent": { "id": "PXPGF42", "summary": "Mina", "type": "user_reference" },
        "data": { "id": "PT4KHLK", "type": "incident", "incident_key": thread().to_string() },
    }})
}

#[test]
fn a_press_is_read_with_who_what_and_which_alarm() {
    for button in SlackButton::ALL {
        let mut told = press();
        told["actions"][0]["action_id"] = button.as_str().into();
        let read = read_slack_press(&form(&told))
            .expect("a press")
            .expect("ours");
        assert_eq!((read.button, read.alarm), (button, alarm()));
        assert_eq!(
            (read.team.as_str(), read.user.as_str()),
            ("T9TK3CUKW", "U0123ABC")
        );
        assert_eq!(
            (read.at.as_str(), read.message.as_str()),
            ("1548426417.840180", "1548261231.000200")
        );
    }
}

#[test]
fn other_things_in_slack_are_passed_over() {
    for (path, value) in [
        ("/type", json!("view_submission")),
        ("/type", Value::Null),
        ("/actions/0/action_id", json!("alarm.open")),
        ("/actions", json!([])),
        ("/actions", Value::Null),
    ] {
        let mut told = press();
        *told.pointer_mut(path).expect(path) = value;
        assert_eq!(read_slack_press(&form(&told)), Ok(None), "{path}");
    }
}

#[test]
fn a_press_that_is_wrong_is_refused_by_its_field() {
    for (path, value, told) in [
        ("/user/id", json!("U0 1"), "press, `user.id`: is no id"),
        (
            "/user/id",
            json!("U".repeat(65)),
            "press, `user.id`: is no id",
        ),
        (
            "/user/team_id",
            json!(""),
            "press, `user.team_id`: is no id",
        ),
        (
            "/actions/0/value",
            json!("x"),
            "press, `actions.value`: is no id",
        ),
    ] {
        let mut changed = press();
        *changed.pointer_mut(path).expect(path) = value;
        let error = read_slack_press(&form(&changed))
            .expect_err(path)
            .to_string();
        assert!(error.starts_with(told), "{error}");
    }
    let twice = [form(&press()), form(&press())].join(&b'&');
    for (body, told) in [
        (b"".to_vec(), "is missing"),
        (b"payloads=1".to_vec(), "is missing"),
        (b"payload=%7".to_vec(), "percent sign"),
        (b"payload=%+1".to_vec(), "percent sign"),
        (b"payload=%FF".to_vec(), "expected value"),
        (twice, "is there twice"),
    ] {
        let error = read_slack_press(&body).expect_err(told).to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn pagerdutys_word_is_read_with_who_and_which_incident() {
    for (event, kind) in [
        ("incident.acknowledged", PagerdutyWordKind::Acknowledged),
        ("incident.unacknowledged", PagerdutyWordKind::Unacknowledged),
        ("incident.resolved", PagerdutyWordKind::Resolved),
    ] {
        let mut told = word();
        told["event"]["event_type"] = event.into();
        let read = read_pagerduty_word(told.to_string().as_bytes())
            .expect(event)
            .expect("ours");
        assert_eq!((read.kind, read.thread), (kind, thread()));
        assert_eq!(read.at.to_string(), "2026-11-20T05:59:30.123Z");
        assert_eq!(read.user.as_deref(), Some("PXPGF42"));
    }
    // What a service did, our own messages among it, was nobody's doing.
    let mut told = word();
    told["event"]["agent"]["type"] = "service_reference".into();
    let read = read_pagerduty_word(told.to_string().as_bytes())
        .expect("a word")
        .expect("ours");
    assert_eq!(read.user, None);
    for (path, value) in [
        ("/event/event_type", json!("pagey.ping")),
        ("/event/data/incident_key", json!("others")),
        ("/event/data/incident_key", Value::Null),
    ] {
        let mut told = word();
        *told.pointer_mut(path).expect(path) = value;
        assert_eq!(
            read_pagerduty_word(told.to_string().as_bytes()),
            Ok(None),
            "{path}"
        );
    }
}

#[test]
fn whatever_comes_is_read_passed_over_or_refused() {
    let mut dice = Dice(11);
    let (pressed, told) = (form(&press()), word().to_string());
    let (mut read, mut passed, mut refused) = (0_u32, 0_u32, 0_u32);
    for _ in 0..20_000 {
        let press = read_slack_press(&dice.damaged(&pressed)).map(|press| press.is_some());
        let word = read_pagerduty_word(&dice.damaged(told.as_bytes())).map(|word| word.is_some());
        for outcome in [press, word] {
            match outcome {
                Ok(true) => read += 1,
                Ok(false) => passed += 1,
                Err(error) => {
                    refused += 1;
                    assert!(!error.message.is_empty());
                }
            }
        }
    }
    let counts = [read, passed, refused];
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
}
