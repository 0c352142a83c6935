//! Microsoft Teams: a card for each message, by a workflow that begins "when a Teams
//! webhook request is received". (The connectors of Office 365 were retired.)
//!
//! The workflow's address holds its signature, so all of it is the secret. It answers
//! 202 when it was started; what it does then it tells nobody. It edits nothing and knows
//! no repeat.

use crate::{
    Address, Client, Secret,
    client::{Answer, failed},
    tone::Tone,
};
use async_trait::async_trait;
use domain::{
    i18n::notifications as words,
    limits::{TEAMS_TEXT_BYTES_MAX, TEAMS_TITLE_BYTES_MAX},
    notifications::FailureKind,
    time::{SECOND_MS, Timestamp},
};
use http::HeaderMap;
use ports::{Channel, Post, Receipt, SendError};
use serde_json::{Value, json};

/// Where an answer names the run that it started.
const RUN: &str = "x-ms-workflow-run-id";
/// The word for a workflow that somebody turned off.
const TURNED_OFF: &str = "WorkflowTriggerIsNotEnabled";
/// Characters of a run's name.
const RUN_CHARS_MAX: usize = 100;

/// A channel in Teams.
#[derive(Debug, Clone)]
pub struct Teams {
    client: Client,
    workflow: Secret,
}

impl Teams {
    /// The channel that a workflow posts to; none when the address is no secret's text.
    #[must_use]
    pub fn new(client: Client, address: &Address) -> Option<Self> {
        Some(Self {
            client,
            workflow: Secret::new(&address.whole())?,
        })
    }

    fn check(&self, answer: Answer) -> Result<Answer, SendError> {
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        // It comes as a bad request, but the message is as good as ever.
        if said["error"]["code"] == TURNED_OFF {
            return Err(failed(
                FailureKind::Denied,
                "the workflow is turned off in Teams",
            ));
        }
        answer.check(&self.workflow)
    }
}

#[async_trait]
impl Channel for Teams {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let body = json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": card(post),
            }],
        });
        let body = body.to_string().into();
        let answer = self
            .client
            .post(self.workflow.reveal(), HeaderMap::new(), body);
        let answer = self.check(answer.await?)?;
        let run = answer.headers.get(RUN).and_then(|run| run.to_str().ok());
        let id = match run {
            Some(run) => run.chars().take(RUN_CHARS_MAX).collect(),
            None => answer.status.as_u16().to_string(),
        };
        Ok(Receipt {
            id,
            reference: None,
        })
    }
}

/// An Adaptive Card. What comes from outside stands in runs of text, where no mark means
/// anything, never in a text block, which reads Markdown.
fn card(post: &Post) -> Value {
    let headline = words::headline(post.lang, post.event, &post.message);
    let mut title = run(&headline, TEAMS_TITLE_BYTES_MAX);
    title["weight"] = "Bolder".into();
    title["size"] = "Medium".into();
    title["color"] = colour(Tone::of(post)).into();
    let block = |run: Value| json!({ "type": "RichTextBlock", "inlines": [run] });
    let mut body = vec![block(title)];
    if let Some(alarm) = &post.message.alarm {
        if !alarm.reason.is_empty() {
            body.push(block(run(&alarm.reason, TEAMS_TEXT_BYTES_MAX)));
        }
        let mut place = run(&alarm.place(), TEAMS_TITLE_BYTES_MAX);
        place["isSubtle"] = true.into();
        body.push(block(place));
        // Written in each reader's own zone, by whole seconds.
        let at = Timestamp::from_ms(alarm.state_at.seconds() * SECOND_MS);
        body.push(json!({
            "type": "TextBlock",
            "text": format!("{{{{DATE({at},SHORT)}}}} {{{{TIME({at})}}}}"),
            "isSubtle": true,
            "spacing": "None",
        }));
    }
    if let Some(note) = &post.message.note {
        body.push(block(run(note, TEAMS_TEXT_BYTES_MAX)));
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": { "width": "Full" },
        "body": body,
    });
    if let Some(link) = &post.link {
        card["actions"] =
            json!([{ "type": "Action.OpenUrl", "title": "Lamplighter", "url": link }]);
    }
    card
}

const fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Wrong => "Attention",
        Tone::Taken => "Warning",
        Tone::Over => "Good",
        Tone::Unknown | Tone::Test => "Default",
    }
}

/// A run of text in at most so many bytes of JSON.
fn run(text: &str, bytes_max: usize) -> Value {
    // `{{DATE(…)}}` is written as a date in runs, too.
    let text = text.replace('{', "{\u{200b}");
    let mut fitted = String::new();
    let mut left = bytes_max;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        let takes = c.len_utf8() + usize::from(matches!(c, '"' | '\\'));
        if takes + '…'.len_utf8() > left {
            fitted.push('…');
            break;
        }
        fitted.push(c);
        left -= takes;
    }
    json!({ "type": "TextRun", "text": fitted })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_as_it_is_sent() {
        for text in [
            "a".repeat(10_000),
            "\"\\".repeat(5_000),
            "경보🔥".repeat(2_000),
        ] {
            let run = run(&text, 1_000);
            let sent = run["text"].to_string();
            assert!((995..=1_002).contains(&sent.len()), "{}", sent.len());
            assert!(sent.ends_with("…\""), "{sent}");
        }
        assert_eq!(run("a\nb", 100)["text"], "a b");
    }
}
