//! Sources of alarms at their door.

use crate::world::{Answer, Ask, World};
use domain::{limits, people::Role};
use serde_json::{Value, json};

const PATH: &str = "/hooks/alertmanager/prometheus";

fn batch() -> Value {
    json!({
        "version": "4",
        "alerts": [{
            "status": "firing",
            "labels": { "alertname": "HighErrors", "job": "api" },
            "annotations": { "summary": "5 % of requests fail" },
            "startsAt": "2026-03-02T00:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph",
            "fingerprint": "9aa2c1f5c0ff3b5f",
        }],
    })
}

/// As a source calls: no origin, no cookie.
async fn call(world: &World, authorization: &str, body: &Value) -> Answer {
    let ask = Ask::new("POST", PATH).header("authorization", authorization);
    world.send(ask.json(body)).await
}

#[tokio::test]
async fn a_source_calls_with_its_token_and_its_alarm_is_listed_when_it_is_answered() {
    let world = World::installation().await;
    let answer = call(&world, "Bearer sandbox", &batch()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        answer.json(),
        json!({ "told": 1, "changed": 1, "left_out": 0 })
    );
    // As Grafana sends a password: `alerts:sandbox`.
    let answer = call(&world, "Basic YWxlcnRzOnNhbmRib3g=", &batch()).await;
    assert_eq!(
        answer.json(),
        json!({ "told": 1, "changed": 0, "left_out": 0 })
    );

    let cookie = world.session(&world.role(Role::Viewer)).await;
    let list = Ask::new("GET", "/api/v1/alarms?source=prometheus").cookie(&cookie);
    let rows = world.send(list).await.json();
    assert_eq!(rows["total"], 1);
    let row = &rows["rows"][0];
    assert_eq!(row["name"], r#"HighErrors{job="api"}"#);
    assert_eq!(
        (&row["source_name"], &row["scope"]),
        (&json!("prometheus"), &Value::Null)
    );
}

#[tokio::test]
async fn any_json_and_mere_calls_come_in_at_addresses_of_their_own() {
    let world = World::installation().await;
    let body = json!({ "title": "CPU is high", "host": "web-1", "status": "down" });
    let ask = Ask::new("POST", "/hooks/json/json").bearer("sandbox");
    let answer = world.send(ask.json(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["changed"], 1);
    let odd = json!({ "title": "CPU is high", "status": "weird" });
    let ask = Ask::new("POST", "/hooks/json/json").bearer("sandbox");
    let answer = world.send(ask.json(&odd)).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("`weird`"), "{}", answer.body);
    // As cron and curl call: nothing but an address and a token.
    let path = "/hooks/heartbeat/heartbeat";
    for ask in [
        Ask::new("GET", path).bearer("sandbox"),
        Ask::new("POST", path)
            .bearer("sandbox")
            .json(&json!("ignored")),
    ] {
        let answer = world.send(ask).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["told"], 0);
    }
    for (method, bearer, status) in [("GET", "x", 401), ("PUT", "sandbox", 405)] {
        let answer = world.send(Ask::new(method, path).bearer(bearer)).await;
        assert_eq!(answer.status, status, "{method}");
    }
    let cookie = world.session(&world.role(Role::Admin)).await;
    let list = Ask::new("GET", "/api/v1/sources").cookie(&cookie);
    let sources = world.send(list).await.json();
    assert!(sources[2]["called_at"].is_string(), "{sources}");
    assert!(sources[1]["refused"]["why"].is_string(), "{sources}");
}

#[tokio::test]
async fn whoever_is_not_the_source_is_turned_away_before_a_word_is_read() {
    let world = World::installation().await;
    for authorization in ["Bearer x", "Bearer ", "Basic eDp5", "Basic !", "sandbox"] {
        let answer = call(&world, authorization, &json!("no batch")).await;
        assert_eq!(answer.status, 401, "{authorization}: {}", answer.body);
        assert_eq!(answer.json()["code"], "unauthenticated");
    }
    // A session is no token, and a token of ours is no source's.
    let admin = world.role(Role::Admin);
    let cookie = world.session(&admin).await;
    let ask = Ask::new("POST", PATH).own().cookie(&cookie).json(&batch());
    assert_eq!(world.send(ask).await.status, 401);
    for path in ["/hooks/grafana/prometheus", "/hooks/alertmanager/nowhere"] {
        let ask = Ask::new("POST", path).bearer("sandbox").json(&batch());
        assert_eq!(world.send(ask).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn what_a_source_sends_is_bounded_and_what_is_wrong_with_it_is_told() {
    let world = World::installation().await;
    let answer = call(&world, "Bearer sandbox", &json!({ "version": "4" })).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("missing field `alerts`"),
        "{}",
        answer.body
    );
    let long = json!("x".repeat(limits::BODY_BYTES_MAX));
    assert_eq!(call(&world, "Bearer sandbox", &long).await.status, 413);
    let rest = Ask::new("GET", PATH).bearer("sandbox");
    assert_eq!(world.send(rest).await.status, 405);
}
