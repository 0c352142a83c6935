//! Live news over HTTP.

use crate::world::{Ask, World};
use axum::body::BodyDataStream;
use domain::{
    limits,
    people::{Reach, Role},
};
use futures::StreamExt as _;
use serde_json::Value;
use std::time::Duration;
use tower::ServiceExt as _;

/// Longest wait for an event; nothing here takes so long unless it is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// A followed stream.
struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    async fn open(world: &World, cookie: &str) -> Self {
        let request = Ask::new("GET", "/api/v1/stream")
            .cookie(cookie)
            .into_request();
        let response = world
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event
                    .strip_prefix("data:")
                    .expect("data and nothing else")
                    .trim();
                let news = serde_json::from_str(data).expect("json");
                self.text = rest.to_owned();
                return Some(news);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.body.next())
                .await
                .expect("in time")?;
            self.text
                .push_str(std::str::from_utf8(&chunk.expect("a chunk")).expect("text"));
        }
    }

    /// The next event about an alarm.
    async fn next_alarm(&mut self) -> Value {
        loop {
            let news = self.next().await.expect("news");
            if news["topic"] == "alarm" {
                return news;
            }
        }
    }
}

#[tokio::test]
async fn a_follower_hears_what_happens_within_its_reach() {
    let world = World::installation().await;
    let everywhere = world.session(&world.role(Role::Viewer)).await;
    let dev = world
        .h
        .person("dev", Role::Viewer, Reach::Only(vec!["dev".into()]))
        .await;
    let dev = world.session(&dev).await;
    // The feed has been read up to here.
    services::work::run_once(&world.services).await;
    let mut all = Events::open(&world, &everywhere).await;
    let mut some = Events::open(&world, &dev).await;
    assert_eq!(all.next().await.expect("a first event")["topic"], "tick");
    assert_eq!(world.services.hub.followers(), 2);

    let admin = world.h.as_role(Role::Admin);
    for environment in ["prod", "dev"] {
        let query = api::alarms::AlarmQuery {
            environment: vec![environment.into()],
            ..Default::default()
        };
        let row = admin
            .list_alarms(query)
            .await
            .expect("alarms")
            .rows
            .remove(0);
        let mut tx = world.services.store.begin().await.expect("a transaction");
        let at = world.h.now().plus_ms(1_000);
        let entry = store::FeedEntry {
            topic: store::FeedTopic::Alarm,
            subject: row.id.to_string(),
            environment: row.environment,
            version: row.version,
        };
        tx.feed(&[entry], at).await.expect("fed");
        tx.commit().await.expect("commit");
    }
    services::work::run_once(&world.services).await;
    let first = all.next_alarm().await;
    assert_eq!(first["row"]["environment"], "prod");
    assert_eq!(
        some.next_alarm().await["row"]["environment"],
        "dev",
        "prod is not its business"
    );
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let world = World::installation().await;
    let viewer = world.role(Role::Viewer);
    let cookie = world.session(&viewer).await;
    let mut events = Events::open(&world, &cookie).await;
    assert!(events.next().await.is_some());
    world.disable(&viewer).await;
    while events.next().await.is_some() {}
    drop(events);
    assert_eq!(world.services.hub.followers(), 0);
    // The page that comes back learns why, and can go to sign-in.
    let again = world
        .send(Ask::new("GET", "/api/v1/stream").cookie(&cookie))
        .await;
    assert_eq!(again.status, 401);
    assert_eq!(again.json()["code"], "unauthenticated");
}

#[tokio::test]
async fn a_person_with_too_many_streams_is_told_so() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let mut open = Vec::new();
    for _ in 0..limits::STREAMS_PER_PERSON_MAX {
        open.push(Events::open(&world, &cookie).await);
    }
    let one_more = world
        .send(Ask::new("GET", "/api/v1/stream").cookie(&cookie))
        .await;
    assert_eq!(one_more.status, 429);
    let message = one_more.json()["message"].clone();
    assert_eq!(
        message,
        "You have 20 live pages open. Close one and try again."
    );
    drop(open);
    assert!(Events::open(&world, &cookie).await.next().await.is_some());
}

#[tokio::test]
async fn a_stream_ends_with_the_server() {
    let world = World::installation().await;
    let cookie = world.session(&world.role(Role::Viewer)).await;
    let mut events = Events::open(&world, &cookie).await;
    for topic in ["tick", "scopes"] {
        assert_eq!(events.next().await.expect("at once")["topic"], topic);
    }
    world.close.send(true).expect("somebody listens");
    assert!(events.next().await.is_none());
}
