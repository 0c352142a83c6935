//! PagerDuty's words at their door.

use crate::world::{Answer, Ask, Options, World};
use connect::{PagerdutyDoor, Secret};
use domain::{
    i18n::Lang, ids::ThreadId, notifications::Thread, on_call::PagerdutyPerson, people::Role,
};
use ring::hmac;
use serde_json::{Value, json};

const SECRET: &str = "wIZ4Vzr5o8Q3kP";

/// A world in which an alarm stands that a channel was told of, with a door for that channel.
struct Told {
    world: World,
    cookie: String,
    thread: Thread,
}

impl Told {
    async fn new() -> Self {
        let person = |user: &str, role: &str| PagerdutyPerson {
            contact: role.parse().expect("a name"),
            user: user.into(),
            account: format!("{role}@example.com"),
        };
        let channels = demo::channels();
        let door = |name: &domain::channels::ChannelName, secret: &str| {
            let secret = Secret::new(secret).expect("a secret");
            PagerdutyDoor::new(name.clone(), Lang::En, secret)
        };
        let mut doors: Vec<_> = channels.iter().map(|one| door(&one.name, SECRET)).collect();
        doors.push(door(&"other".parse().expect("a name"), "another"));
        let world = World::with(Options {
            pagerduty: doors,
            in_pagerduty: vec![person("POPER", "operator"), person("PVIEW", "viewer")],
            ..Options::default()
        })
        .await;
        let cookie = world.session(&world.role(Role::Admin)).await;
        let batch = json!({ "version": "4", "alerts": [{
            "status": "firing", "labels": { "alertname": "HighErrors" }, "annotations": {},
            "startsAt": "2026-03-02T00:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "", "fingerprint": "9aa2c1f5c0ff3b5f",
        }]});
        let ask = Ask::new("POST", "/hooks/alertmanager/prometheus").bearer("sandbox");
        assert_eq!(world.send(ask.json(&batch)).await.status, 200);
        let id = row(&world, &cookie).await["id"].clone();
        let id = id.as_str().expect("an id").parse().expect("an id");
        let threads = world.h.services.store.read().open_threads(&[id]).await;
        let mut threads = threads.expect("threads").into_iter();
        let thread = threads.next().expect("somebody is told");
        Self {
            world,
            cookie,
            thread,
        }
    }

    async fn row(&self) -> Value {
        row(&self.world, &self.cookie).await
    }

    /// Who has the alarm.
    async fn taken_by(&self) -> Option<String> {
        let row = self.row().await;
        row["acknowledged"]["by"].as_str().map(str::to_owned)
    }

    /// What PagerDuty says, so many seconds after the start.
    fn word(&self, kind: &str, user: Value, second: u32) -> String {
        json!({ "event": {
            "id": "01CH754SM17TWPE2V2H4VPBRO7",
            "event_type": format!("incident.{kind}"),
            "occurred_at": format!("2026-03-02T00:00:{second:02}.000Z"),
            "agent": user,
            "data": { "type": "incident", "incident_key": self.thread.id },
        }})
        .to_string()
    }

    async fn hear(&self, body: &str) -> Answer {
        let path = format!("/hooks/pagerduty/{}", self.thread.channel);
        send(&self.world, &path, &signed(SECRET, body), body).await
    }

    async fn audited(&self, verb: &str) -> Vec<Value> {
        let list = Ask::new("GET", "/api/v1/audit?limit=100").cookie(&self.cookie);
        let page = self.world.send(list).await.json();
        let rows = page["rows"].as_array().expect("rows").clone();
        rows.into_iter()
            .filter(|row| row["action"] == verb)
            .collect()
    }
}

fn person(id: &str) -> Value {
    json!({ "id": id, "type": "user_reference", "summary": "Somebody" })
}

async fn row(world: &World, cookie: &str) -> Value {
    let list = Ask::new("GET", "/api/v1/alarms?source=prometheus").cookie(cookie);
    world.send(list).await.json()["rows"][0].clone()
}

fn signed(secret: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body.as_bytes());
    format!("v1={}", hex::encode(tag.as_ref()))
}

async fn send(world: &World, path: &str, signature: &str, body: &str) -> Answer {
    let ask = Ask::new("POST", path)
        .header("content-type", "application/json")
        .header("x-pagerduty-signature", signature);
    world.send(ask.body(body.to_owned())).await
}

#[tokio::test]
async fn a_word_counts_when_pagerduty_signed_it_for_this_channel() {
    let told = Told::new().await;
    let body = told.word("acknowledged", person("POPER"), 10);
    let good = signed(SECRET, &body);
    let own = format!("/hooks/pagerduty/{}", told.thread.channel);
    let changed = body.replace("POPER", "PVIEW");
    for (path, signature, body) in [
        (own.as_str(), "", &body),
        (own.as_str(), good.as_str(), &changed),
        (own.as_str(), &signed("another", &body), &body),
        ("/hooks/pagerduty/other", good.as_str(), &body),
        ("/hooks/pagerduty/nowhere", good.as_str(), &body),
    ] {
        let answer = send(&told.world, path, signature, body).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.body);
    }
    assert_eq!(told.taken_by().await, None);
    // While secrets are changed there is a signature by each.
    let both = format!("{},{good}", signed("the one before", &body));
    assert_eq!(send(&told.world, &own, &both, &body).await.status, 200);
    let by = told.taken_by().await.expect("taken on");
    assert!(by.ends_with("(PagerDuty)"), "{by}");
}

#[tokio::test]
async fn who_takes_an_incident_on_in_pagerduty_has_the_alarm_here_until_they_give_it_back() {
    let told = Told::new().await;
    let taken = told.word("acknowledged", person("POPER"), 10);
    let back = told.word("unacknowledged", person("POPER"), 20);
    for _ in 0..2 {
        assert_eq!(told.hear(&taken).await.status, 200);
    }
    assert!(told.taken_by().await.is_some());
    assert_eq!(told.audited("alarm.acknowledge").await.len(), 1);
    assert_eq!(told.hear(&back).await.status, 200);
    assert_eq!(told.taken_by().await, None);
    // What comes late changes nothing any more.
    assert_eq!(told.hear(&taken).await.status, 200);
    assert_eq!(told.taken_by().await, None);
    // That it is closed there does not end it: its source says when it is over.
    let closed = told.word("resolved", person("POPER"), 30);
    for _ in 0..2 {
        assert_eq!(told.hear(&closed).await.status, 200);
    }
    assert_eq!(told.row().await["state"], "alarm");
    assert_eq!(told.audited("alarm.resolve_in_pagerduty").await.len(), 1);
}

#[tokio::test]
async fn a_word_of_nobody_who_may_changes_nothing_and_the_audit_log_says_why() {
    let told = Told::new().await;
    for (second, user, why) in [
        (10, "PNOBODY", "Nobody is mapped to the person PNOBODY"),
        (11, "PVIEW", ""),
    ] {
        let body = told.word("acknowledged", person(user), second);
        for _ in 0..2 {
            assert_eq!(told.hear(&body).await.status, 200);
        }
        let refused = told.audited("pagerduty.refuse").await;
        let details = refused.iter().map(|row| {
            let detail = row["detail_json"].as_str().unwrap_or_default();
            serde_json::from_str::<Value>(detail).expect("JSON")
        });
        let own: Vec<_> = details.filter(|detail| detail["user"] == user).collect();
        assert_eq!(own.len(), 1, "{refused:?}");
        let said = own[0]["why"].as_str().unwrap_or_default();
        assert!(!said.is_empty() && said.starts_with(why), "{said}");
    }
    assert_eq!(told.taken_by().await, None);
}

#[tokio::test]
async fn what_pagerduty_does_by_itself_and_of_others_is_taken_and_changes_nothing() {
    let told = Told::new().await;
    // Our own message that somebody has it comes back as the integration's doing.
    let ours = json!({ "id": "P1", "type": "inbound_integration_reference" });
    let others = told
        .word("acknowledged", person("POPER"), 10)
        .replace(&told.thread.id.to_string(), "srv01/HTTP");
    let gone = ThreadId::from_parts(1, 1).to_string();
    let unknown = told
        .word("acknowledged", person("POPER"), 10)
        .replace(&told.thread.id.to_string(), &gone);
    for body in [
        told.word("acknowledged", ours, 10),
        told.word("acknowledged", Value::Null, 10),
        told.word("priority_updated", person("POPER"), 10),
        others,
        unknown,
        json!({ "event": { "event_type": "pagey.ping" } }).to_string(),
    ] {
        let answer = told.hear(&body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
    }
    assert_eq!(told.taken_by().await, None);
    for (body, what) in [
        ("{}", "event.event_type"),
        (
            &told
                .word("acknowledged", person("POPER"), 10)
                .replace("2026-", "2026/"),
            "event.occurred_at",
        ),
    ] {
        let answer = told.hear(body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.body.contains(what), "{}", answer.body);
    }
}
