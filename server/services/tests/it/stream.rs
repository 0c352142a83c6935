//! Live news: what a follower hears, and what not.

use crate::story::{SCALED, at_least_later, proposed, refused};
use api::{ErrorCode, stream::News};
use domain::{
    ids::PersonId,
    limits,
    people::{Reach, Role},
};
use services::stream::{Follower, follow};
use std::time::Duration;
use testkit::{Harness, Person, story};

/// Everything that is to be heard right now.
pub async fn heard(follower: &mut Follower) -> Vec<News> {
    let mut all = Vec::new();
    let moment = Duration::from_millis(50);
    while let Ok(news) = tokio::time::timeout(moment, follower.next()).await {
        all.push(news);
    }
    all
}

pub fn following(h: &Harness, role: Role) -> Follower {
    follow(&h.services, &h.cx(&h.people[role.as_str()])).expect("a place")
}

story!(a_change_is_told_to_those_who_see_it, |h| async move {
    let dev = h
        .person("dev", Role::Admin, Reach::Only(vec!["dev".into()]))
        .await;
    let mut outsider = follow(&h.services, &h.cx(&dev)).expect("a place");
    let mut viewer = following(&h, Role::Viewer);
    heard(&mut viewer).await;
    let id = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
    h.drain().await;
    let told = heard(&mut viewer).await;
    let about = |news: &News| matches!(news, News::Change { id: told, .. } if *told == id);
    assert!(told.iter().any(about), "{told:?}");
    assert!(!heard(&mut outsider).await.iter().any(about));
    assert_eq!(h.services.hub.followers(), 2);
    drop(outsider);
    assert_eq!(h.services.hub.followers(), 1);
});

story!(an_alarm_is_told_with_its_row, |h| async move {
    let mut viewer = following(&h, Role::Viewer);
    h.sandbox.traffic(600, 60);
    for _ in 0..60 {
        h.fast_forward(60_000).await;
        for news in heard(&mut viewer).await {
            if let News::Alarm { row } = news {
                let kept = h
                    .as_role(Role::Viewer)
                    .alarm(row.id)
                    .await
                    .expect("an alarm")
                    .row;
                assert_eq!(kept.version, row.version);
                return;
            }
        }
    }
    panic!("no alarm was told");
});

story!(another_servers_news_arrives_too, |h| async move {
    let other = h.another(None).await;
    services::work::run_once(&other).await;
    let cx = h.cx(&h.people["viewer"]);
    let mut viewer = follow(&other, &cx).expect("a place");
    let id = proposed(&h, at_least_later(&h, SCALED, 8).await).await;
    services::work::run_once(&other).await;
    let told = heard(&mut viewer).await;
    assert!(
        told.iter()
            .any(|news| matches!(news, News::Change { id: told, .. } if *told == id))
    );
});

story!(too_much_at_once_is_one_reload, |h| async move {
    let mut viewer = following(&h, Role::Viewer);
    heard(&mut viewer).await;
    let now = h.now();
    let mut tx = h.services.store.begin().await.expect("a transaction");
    let entries: Vec<_> = (0..600_u128)
        .map(|n| store::FeedEntry {
            topic: store::FeedTopic::Target,
            subject: domain::ids::TargetId::from_parts(1, n).to_string(),
            environment: "prod".into(),
            version: 1,
        })
        .collect();
    tx.feed(&entries, now).await.expect("a feed");
    tx.commit().await.expect("commit");
    h.drain().await;
    let told = heard(&mut viewer).await;
    assert!(told.contains(&News::Reload), "{told:?}");
    assert!(told.len() < 50, "{}", told.len());
});

/// A follower, or what the person is told.
fn placed(h: &Harness, person: &Person) -> api::ApiResult<Follower> {
    let cx = h.cx(person);
    follow(&h.services, &cx).map_err(|failure| failure.told(&cx))
}

story!(there_is_room_for_so_many_followers, |h| async move {
    let viewer = &h.people["viewer"];
    let numbered = |n: u32| Person {
        id: PersonId::from_parts(1, n.into()),
        ..viewer.clone()
    };
    let mut places: Vec<_> = (0..limits::STREAM_CLIENTS_MAX)
        .map(|n| placed(&h, &numbered(n)).expect("a place"))
        .collect();
    refused(placed(&h, viewer), ErrorCode::TooMany);
    places.pop();
    assert!(placed(&h, viewer).is_ok());
});

story!(one_person_does_not_take_everybodys_places, |h| async move {
    let (viewer, admin) = (&h.people["viewer"], &h.people["admin"]);
    let mut places: Vec<_> = (0..limits::STREAMS_PER_PERSON_MAX)
        .map(|_| placed(&h, viewer).expect("a place"))
        .collect();
    let error = refused(placed(&h, viewer), ErrorCode::TooMany);
    assert!(error.message.contains("20 live pages"), "{error:?}");
    assert!(placed(&h, admin).is_ok());
    places.pop();
    assert!(placed(&h, viewer).is_ok());
});
