//! Teams: a card for each message.

use super::{check, fails, full_of, hostile, post};
use domain::{channels::ChannelKind, notifications::FailureKind};
use testkit::{Reply, Sink};

/// What a workflow takes ("Create an Incoming Webhook": 28 KB).
const MESSAGE_BYTES_MAX: usize = 28 * 1024;

#[tokio::test]
async fn a_message_is_a_card_and_its_receipt_the_run() {
    let sink = Sink::start().await;
    let (_, teams) = sink.channel(ChannelKind::Teams);
    let receipt = teams.send(&post("web-5xx")).await.expect("taken");
    assert_eq!((receipt.id.as_str(), receipt.reference), ("run-1", None));
    let heard = sink.take().remove(0);
    assert_eq!(heard.method, "POST");
    assert!(heard.path.ends_with("?sig=s3cret"), "{}", heard.path);
    insta::assert_json_snapshot!("teams_card", heard.body);
}

#[tokio::test]
async fn an_answer_says_whether_the_workflow_was_started() {
    use FailureKind::{Denied, Limited, Refused, Uncertain};
    let sink = Sink::start().await;
    let (_, teams) = sink.channel(ChannelKind::Teams);
    let off = r#"{"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "off"}}"#;
    let table = [
        (Reply::Status(429, Some(30)), Limited),
        (Reply::Status(500, None), Uncertain),
        (Reply::Status(502, None), Uncertain),
        (Reply::Drop, Uncertain),
        (Reply::Slow, Uncertain),
        (Reply::Status(400, None), Refused),
        (Reply::Status(413, None), Refused),
        (Reply::Status(401, None), Denied),
        (Reply::Status(404, None), Denied),
        (Reply::Json(400, off), Denied),
    ];
    check(&sink, &*teams, &post("x"), table).await;
    let error = fails(&sink, &*teams, Reply::Status(429, Some(30)), &post("x")).await;
    assert_eq!(error.retry_after_ms, Some(30_000));
    drop(sink.take());
}

#[tokio::test]
async fn no_name_is_read_as_markdown_or_is_too_long() {
    let sink = Sink::start().await;
    let (_, teams) = sink.channel(ChannelKind::Teams);
    for name in hostile() {
        teams.send(&full_of(&name)).await.expect(&name);
        let heard = sink.take().remove(0);
        assert!(
            heard.text.len() <= MESSAGE_BYTES_MAX,
            "{}",
            heard.text.len()
        );
        let card = &heard.body["attachments"][0]["content"];
        for block in card["body"].as_array().expect("blocks") {
            match block["type"].as_str() {
                Some("RichTextBlock") => assert_eq!(block["inlines"][0]["type"], "TextRun"),
                // What reads Markdown has nothing of theirs.
                _ => assert_eq!(
                    block["text"],
                    "{{DATE(2026-10-26T07:33:20Z,SHORT)}} {{TIME(2026-10-26T07:33:20Z)}}"
                ),
            }
        }
    }
}
