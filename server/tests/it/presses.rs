//! Presses in Slack at their door.

use crate::world::{Answer, Ask, Options, World};
use connect::{Secret, SlackDoor};
use domain::{i18n::Lang, limits, on_call::SlackPerson, people::Role};
use ring::hmac;
use serde_json::{Value, json};
use testkit::Sink;

const PATH: &str = "/hooks/slack/ops";
const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

async fn with_doors(sink: &Sink) -> World {
    let door = |name: &str, lang, secret| {
        let secret = Secret::new(secret).expect("a secret");
        SlackDoor::new(name.parse().expect("a name"), lang, secret, sink.slack())
    };
    let person = |user: &str, role: &str| SlackPerson {
        contact: role.parse().expect("a name"),
        team: "T1".into(),
        user: user.into(),
        account: format!("{role}@example.com"),
    };
    World::with(Options {
        slack: vec![
            door("ops", Lang::En, SECRET),
            door("korean", Lang::Ko, "another"),
        ],
        in_slack: vec![person("U1", "operator"), person("U3", "viewer")],
        ..Options::default()
    })
    .await
}

/// An alarm that stands, as a source tells of it.
async fn standing(world: &World, cookie: &str) -> Value {
    let batch = json!({ "version": "4", "alerts": [{
        "status": "firing",
        "labels": { "alertname": "HighErrors" },
        "annotations": {},
        "startsAt": "2026-03-02T00:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "",
        "fingerprint": "9aa2c1f5c0ff3b5f",
    }]});
    let ask = Ask::new("POST", "/hooks/alertmanager/prometheus").bearer("sandbox");
    assert_eq!(world.send(ask.json(&batch)).await.status, 200);
    row(world, cookie).await
}

async fn row(world: &World, cookie: &str) -> Value {
    let list = Ask::new("GET", "/api/v1/alarms?source=prometheus").cookie(cookie);
    world.send(list).await.json()["rows"][0].clone()
}

/// The form that Slack sends, percent signs and all.
fn form(user: &str, button: &str, alarm: &Value) -> String {
    let payload = json!({
        "type": "block_actions",
        "user": { "id": user, "team_id": "T1" },
        "container": { "message_ts": "1.0" },
        "actions": [{ "action_id": button, "value": alarm, "action_ts": "1548426417.840180" }],
    });
    let written = payload
        .to_string()
        .bytes()
        .fold(String::new(), |mut all, byte| {
            match byte.is_ascii_alphanumeric() {
                true => all.push(char::from(byte)),
                false => all.push_str(&format!("%{byte:02X}")),
            }
            all
        });
    format!("payload={written}")
}

fn signed(secret: &str, seconds: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{seconds}:{body}").as_bytes());
    format!("v0={}", hex::encode(tag.as_ref()))
}

async fn send(world: &World, path: &str, seconds: i64, signature: &str, body: &str) -> Answer {
    let ask = Ask::new("POST", path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", &seconds.to_string())
        .header("x-slack-signature", signature);
    world.send(ask.body(body.to_owned())).await
}

/// As Slack calls now.
async fn call(world: &World, body: &str) -> Answer {
    let now = world.h.now().seconds();
    send(world, PATH, now, &signed(SECRET, now, body), body).await
}

#[tokio::test]
async fn a_press_counts_when_slack_signed_it_for_this_channel_within_five_minutes() {
    let sink = Sink::start().await;
    let world = with_doors(&sink).await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let alarm = standing(&world, &cookie).await["id"].clone();
    let body = form("U1", "alarm.acknowledge", &alarm);
    let now = world.h.now().seconds();
    let good = signed(SECRET, now, &body);
    let changed = body.replace("U1", "U2");
    for (path, seconds, signature, body) in [
        (PATH, now, "", &body),
        (PATH, now, good.as_str(), &changed),
        (PATH, now + 1, good.as_str(), &body),
        (PATH, now - 301, &signed(SECRET, now - 301, &body), &body),
        (PATH, now + 301, &signed(SECRET, now + 301, &body), &body),
        (PATH, now, &signed("another", now, &body), &body),
        ("/hooks/slack/korean", now, good.as_str(), &body),
        ("/hooks/slack/nowhere", now, good.as_str(), &body),
    ] {
        let answer = send(&world, path, seconds, signature, body).await;
        assert_eq!(answer.status, 401, "{path} {seconds}: {}", answer.body);
    }
    assert!(row(&world, &cookie).await["acknowledged"].is_null());
    let early = now - 300;
    for _ in 0..2 {
        let answer = send(&world, PATH, early, &signed(SECRET, early, &body), &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
        assert_eq!(
            row(&world, &cookie).await["acknowledged"]["by"],
            "operator (Slack)"
        );
    }
    let admin = world.session(&world.role(Role::Admin)).await;
    let audit = Ask::new("GET", "/api/v1/audit").cookie(&admin);
    let rows = world.send(audit).await.json();
    let rows = rows["rows"].as_array().expect("rows").iter();
    let taken = rows.filter(|row| row["action"] == "alarm.acknowledge");
    assert_eq!(taken.count(), 1);
    sink.expect(&[]);
}

#[tokio::test]
async fn whoever_may_not_is_told_so_alone_and_nothing_changes() {
    let sink = Sink::start().await;
    let world = with_doors(&sink).await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let alarm = standing(&world, &cookie).await["id"].clone();
    let body = form("U3", "alarm.acknowledge", &alarm);
    assert_eq!(call(&world, &body).await.status, 200);
    sink.expect(&["slack whisper U3: This needs the role “operator”."]);
    let body = form("U9", "alarm.silence", &alarm);
    let now = world.h.now().seconds();
    let signature = signed("another", now, &body);
    let answer = send(&world, "/hooks/slack/korean", now, &signature, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let heard = sink.take();
    let told = heard[0].told();
    assert!(told.contains("slack_user = \"U9\""), "{told}");
    assert!(told.contains("요청하세요"), "{told}");
    assert!(row(&world, &cookie).await["acknowledged"].is_null());
    // Slack is not asked to call again where its own Web API does not answer.
    sink.reply([testkit::Reply::Slow]);
    let body = form("U3", "alarm.acknowledge", &alarm);
    assert_eq!(call(&world, &body).await.status, 200);
    drop(sink.take());
}

#[tokio::test]
async fn what_is_no_press_of_ours_is_passed_over_or_refused() {
    let sink = Sink::start().await;
    let world = with_doors(&sink).await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let alarm = standing(&world, &cookie).await["id"].clone();
    let open = form("U1", "alarm.open", &alarm);
    assert_eq!(call(&world, &open).await.status, 200);
    let odd = form("U1", "alarm.silence", &json!("alarm_x"));
    assert_eq!(call(&world, &odd).await.status, 422);
    assert_eq!(call(&world, "x=1").await.status, 422);
    let long = format!("payload={}", "x".repeat(limits::PRESS_BYTES_MAX));
    assert_eq!(call(&world, &long).await.status, 422);
    assert_eq!(world.send(Ask::get(PATH)).await.status, 405);
    sink.expect(&[]);
}
