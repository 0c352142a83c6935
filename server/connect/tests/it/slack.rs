//! Slack: which buttons stand under a message, and that an edit takes away those of before.

use super::post;
use domain::{alarms::AlarmState, i18n::Lang, limits, notifications::Event};
use ports::{Channel as _, Post};
use serde_json::{Value, json};
use testkit::Sink;

const ALL: [&str; 3] = ["alarm.acknowledge", "alarm.silence", "alarm.open"];

/// What goes over the wire.
async fn heard(sink: &Sink, has_buttons: bool, post: &Post) -> Value {
    let slack = match has_buttons {
        true => sink.slack().with_buttons(),
        false => sink.slack(),
    };
    slack.send(post).await.expect("a receipt");
    let body = sink.take().remove(0).body;
    assert!(body["text"].is_string(), "{body}");
    body
}

fn with(edit: impl FnOnce(&mut Post)) -> Post {
    let mut post = post("web-5xx");
    edit(&mut post);
    post
}

#[tokio::test]
async fn buttons_are_what_can_be_done_about_a_message() {
    let sink = Sink::start().await;
    let alarm = |post: &mut Post, edit: fn(&mut domain::notifications::AlarmTold)| {
        edit(post.message.alarm.as_mut().expect("an alarm"));
    };
    for (what, post, expected) in [
        ("firing", with(|_| ()), &ALL[..]),
        ("released", with(|p| p.event = Event::Released), &ALL),
        ("taken", with(|p| p.event = Event::Acknowledged), &ALL[1..]),
        ("over", with(|p| p.event = Event::Resolved), &[]),
        ("no page", with(|p| p.link = None), &[]),
        ("test", with(|p| p.message.alarm = None), &[]),
        ("gone", with(|p| alarm(p, |a| a.gone = true)), &[]),
        (
            "no data",
            with(|p| alarm(p, |a| a.state = AlarmState::InsufficientData)),
            &ALL[1..],
        ),
        (
            "drill",
            with(|p| alarm(p, |a| a.drill = true)),
            &[ALL[0], ALL[2]],
        ),
        (
            "long",
            with(|p| p.message.note = Some("x".repeat(limits::SLACK_SECTION_CHARS_MAX))),
            &[],
        ),
    ] {
        let body = heard(&sink, true, &post).await;
        let elements = body["blocks"][1]["elements"].as_array();
        let ids = elements.into_iter().flatten();
        let ids: Vec<_> = ids.map(|one| one["action_id"].as_str()).collect();
        let expected: Vec<_> = expected.iter().map(|id| Some(*id)).collect();
        assert_eq!(ids, expected, "{what}");
        assert_eq!(body["blocks"].is_null(), expected.is_empty(), "{what}");
        let body = heard(&sink, false, &post).await;
        assert!(body["blocks"].is_null(), "{what}");
    }
}

#[tokio::test]
async fn an_edit_without_buttons_takes_away_those_of_before() {
    let sink = Sink::start().await;
    let over = with(|post| {
        post.event = Event::Resolved;
        post.reference = Some("C0OPS/1.0".into());
    });
    for has_buttons in [true, false] {
        assert_eq!(heard(&sink, has_buttons, &over).await["blocks"], json!([]));
    }
}

#[tokio::test]
async fn buttons_speak_the_channels_language_and_the_text_stands_above_them() {
    let sink = Sink::start().await;
    let body = heard(&sink, true, &with(|post| post.lang = Lang::Ko)).await;
    assert_eq!(body["blocks"][0]["text"]["text"], body["text"]);
    let elements = body["blocks"][1]["elements"].as_array().expect("buttons");
    let labels: Vec<_> = elements
        .iter()
        .map(|one| one["text"]["text"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(labels, ["확인", "60분 음소거", "열기"]);
    assert_eq!(elements[2]["url"], "https://ops.example.com/alarms/alm_1");
}
