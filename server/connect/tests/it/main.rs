//! Channels against receivers that are real servers: what goes over the wire, and what
//! is made of each answer.

mod discord;
mod mail;
mod slack;
mod teams;

use domain::{
    alarms::{AlarmState, Priority},
    i18n::Lang,
    ids::{AlarmId, DeliveryId, ThreadId},
    notifications::{AlarmTold, Event, FailureKind, Message},
    time::Timestamp,
};
use ports::{Channel, Post, SendError};
use testkit::{Reply, Sink};

/// Names that people or programs could give an alarm.
const HOSTILE: [&str; 7] = [
    "a\r\nBcc: everyone@evil.example\r\n\r\nhello",
    "@everyone <@&1> <!channel>",
    "](http://evil.example) [ok](http://evil.example)",
    "**bold** _x_ `code` ||spoiler|| # title",
    "경보가 울립니다 🔥🔥🔥",
    ".\r\n.\r\nQUIT",
    "{{DATE(2026-01-01T00:00:00Z)}} =?utf-8?q?x?= \u{202e}",
];

/// A message that an alarm of this name went off, at a known time.
fn post(name: &str) -> Post {
    let at = |ms: i64| Timestamp::from_ms(1_793_000_000_000 + ms);
    Post {
        id: DeliveryId::from_parts(1, 2),
        thread: ThreadId::from_parts(1, 1),
        event: Event::Firing,
        message: Message {
            alarm: Some(AlarmTold {
                id: AlarmId::from_parts(1, 3),
                name: name.to_owned(),
                environment: "prod".into(),
                priority: Priority::P1,
                scope: None,
                source: Some("prometheus".parse().expect("a name")),
                drill: false,
                state: AlarmState::Alarm,
                state_at: at(250),
                reason: "5xx is 12 %".into(),
                gone: false,
                flapping: false,
            }),
            by: None,
            note: Some("look at\nthe balancer".into()),
            standing: None,
            together: None,
            change: None,
        },
        lang: Lang::En,
        link: Some("https://ops.example.com/alarms/alm_1".into()),
        reference: None,
        created_at: at(1_000),
        now: at(2_000),
    }
}

/// Each of these names, and one that is longer than anybody reads.
fn hostile() -> impl Iterator<Item = String> {
    let long = ["x".repeat(10_000), "경보🔥\"\\*".repeat(2_000)];
    HOSTILE.map(str::to_owned).into_iter().chain(long)
}

/// A message whose every text is this.
fn full_of(text: &str) -> Post {
    let mut post = post(text);
    if let Some(alarm) = &mut post.message.alarm {
        alarm.reason = text.to_owned();
    }
    post.message.note = Some(text.to_owned());
    post
}

/// What a channel makes of an answer.
async fn fails(sink: &Sink, channel: &dyn Channel, reply: Reply, post: &Post) -> SendError {
    let told = format!("{reply:?}");
    sink.reply([reply]);
    let error = channel.send(post).await.expect_err(&told);
    assert!(!error.message.contains("s3cret"), "{}", error.message);
    error
}

/// Each answer of a table means this kind of failure; what was heard is dropped.
async fn check(
    sink: &Sink,
    channel: &dyn Channel,
    post: &Post,
    table: impl IntoIterator<Item = (Reply, FailureKind)>,
) {
    for (reply, kind) in table {
        let told = format!("{reply:?}");
        let error = fails(sink, channel, reply, post).await;
        assert_eq!(error.kind, kind, "{told}: {error}");
        drop(sink.take());
    }
}
