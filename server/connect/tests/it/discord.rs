//! Discord: one message for each alarm, edited in place.

use super::{check, fails, full_of, hostile, post};
use domain::{
    channels::ChannelKind,
    limits::{DISCORD_TEXT_CHARS_MAX, DISCORD_TITLE_CHARS_MAX},
    notifications::{Event, FailureKind},
};
use ports::Post;
use testkit::{Reply, Sink};

#[tokio::test]
async fn a_message_is_written_and_then_edited() {
    let sink = Sink::start().await;
    let (_, discord) = sink.channel(ChannelKind::Discord);
    let receipt = discord.send(&post("web-5xx")).await.expect("taken");
    assert_eq!(
        (receipt.id.as_str(), receipt.reference.as_deref()),
        ("1", Some("1"))
    );
    let over = Post {
        event: Event::Resolved,
        reference: receipt.reference,
        ..post("web-5xx")
    };
    let receipt = discord.send(&over).await.expect("taken");
    assert_eq!(receipt.reference.as_deref(), Some("1"));
    let heard = sink.take();
    let asked: Vec<_> = heard
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    assert_eq!(
        asked,
        [
            "POST /api/webhooks/7/s3cret?wait=true",
            "PATCH /api/webhooks/7/s3cret/messages/1",
        ]
    );
    insta::assert_json_snapshot!("discord_post", heard[0].body);
    insta::assert_json_snapshot!("discord_edit", heard[1].body);
}

#[tokio::test]
async fn an_answer_says_whether_the_message_arrived() {
    use FailureKind::{Denied, Gone, Limited, Refused, Uncertain};
    let sink = Sink::start().await;
    let (_, discord) = sink.channel(ChannelKind::Discord);
    let first = post("x");
    let no_webhook = Reply::Json(404, r#"{"message": "Unknown Webhook", "code": 10015}"#);
    let table = [
        (Reply::Status(429, Some(7)), Limited),
        (Reply::Status(500, None), Uncertain),
        (Reply::Status(503, None), Uncertain),
        (Reply::Drop, Uncertain),
        (Reply::Slow, Uncertain),
        (Reply::Json(400, r#"{"code": 50035}"#), Refused),
        (Reply::Json(401, r#"{"code": 50027}"#), Denied),
        (Reply::Status(403, None), Denied),
        (no_webhook.clone(), Refused),
        (Reply::Status(404, None), Denied),
    ];
    check(&sink, &*discord, &first, table).await;
    let error = fails(&sink, &*discord, no_webhook.clone(), &first).await;
    assert!(error.message.contains("the webhook was deleted"), "{error}");
    drop(sink.take());

    let asks = [
        (Reply::Status(429, Some(7)), 7_000),
        (Reply::Json(429, r#"{"retry_after": 64.57}"#), 64_571),
    ];
    for (reply, pause_ms) in asks {
        let error = fails(&sink, &*discord, reply, &first).await;
        assert_eq!(error.retry_after_ms, Some(pause_ms));
        drop(sink.take());
    }

    let edit = Post {
        reference: Some("9".into()),
        ..first
    };
    let table = [
        (Reply::Json(404, r#"{"code": 10008}"#), Gone),
        (Reply::Json(400, r#"{"code": 50083}"#), Gone),
        (no_webhook, Refused),
        (Reply::Status(429, None), Limited),
    ];
    check(&sink, &*discord, &edit, table).await;
}

#[tokio::test]
async fn no_name_mentions_anybody_or_is_too_long() {
    let sink = Sink::start().await;
    let (_, discord) = sink.channel(ChannelKind::Discord);
    for name in hostile() {
        for reference in [None, Some("9".to_owned())] {
            let post = Post {
                reference,
                ..full_of(&name)
            };
            discord.send(&post).await.expect(&name);
            let body = sink.take().remove(0).body;
            assert_eq!(
                body["allowed_mentions"]["parse"].as_array(),
                Some(&Vec::new())
            );
            assert_eq!(body["content"].as_str(), None);
            let embed = &body["embeds"][0];
            for (key, most) in [
                ("title", DISCORD_TITLE_CHARS_MAX),
                ("description", DISCORD_TEXT_CHARS_MAX),
            ] {
                let text = embed[key].as_str().expect(key);
                assert!(text.encode_utf16().count() <= most, "{name}");
                for mark in ["](", "<@", "**", "||", "@e"] {
                    let bare = text.replace("\\\\", "");
                    let bare = bare
                        .match_indices(mark)
                        .any(|(at, _)| at == 0 || bare.as_bytes()[at - 1] != b'\\');
                    assert!(!bare, "{mark} in {text}");
                }
            }
        }
    }
}
