//! Discord: one message for each alarm, edited in place, by a webhook (Discord's
//! "Webhook Resource": Execute Webhook and Edit Webhook Message).
//!
//! The webhook's address holds its token, so all of it is the secret. A message is one
//! embed, whose texts mention nobody.

use crate::{
    Address, Client, Secret,
    client::{Answer, failed},
    tone::Tone,
};
use async_trait::async_trait;
use domain::{
    i18n::notifications as words,
    limits::{DISCORD_TEXT_CHARS_MAX, DISCORD_TITLE_CHARS_MAX},
    notifications::FailureKind,
};
use http::{HeaderMap, Method, StatusCode};
use ports::{Channel, Post, Receipt, SendError};
use serde_json::{Value, json};
use std::time::Duration;

/// Discord's words for a webhook that somebody deleted.
const UNKNOWN_WEBHOOK: i64 = 10_015;
/// Its words for an edit of what somebody deleted.
const UNKNOWN_MESSAGE: i64 = 10_008;
/// Its words for an edit in a thread that is closed; a new message opens it again.
const ARCHIVED_THREAD: i64 = 50_083;

/// What Markdown, links, mentions and emoji are made of there.
const MARKS: &str = "\\*_~`|[]()<>#@:";

/// A channel in Discord.
#[derive(Debug, Clone)]
pub struct Discord {
    client: Client,
    /// The webhook's address without its query.
    webhook: Secret,
    /// `thread_id=…`, when messages go to a thread of the channel.
    thread: Option<String>,
}

impl Discord {
    /// The channel of a webhook; none when an address is not that of one
    /// (`https://discord.com/api/webhooks/ID/TOKEN`, with `?thread_id=…` for a thread).
    #[must_use]
    pub fn new(client: Client, address: &Address) -> Option<Self> {
        let whole = address.whole();
        let (webhook, query) = whole.split_once('?').unwrap_or((&whole, ""));
        let webhook = webhook.trim_end_matches('/');
        let mut parts = webhook.rsplit('/');
        let (token, id) = (parts.next()?, parts.next()?);
        if parts.next() != Some("webhooks") || token.is_empty() || !is_number(id) {
            return None;
        }
        let thread = query.split('&').find(|part| part.starts_with("thread_id="));
        Some(Self {
            client,
            webhook: Secret::new(webhook)?,
            thread: thread.map(str::to_owned),
        })
    }

    fn post_address(&self) -> String {
        let and = self.thread.as_ref().map(|thread| format!("&{thread}"));
        format!(
            "{}?wait=true{}",
            self.webhook.reveal(),
            and.unwrap_or_default()
        )
    }

    fn edit_address(&self, id: &str) -> String {
        let with = self.thread.as_ref().map(|thread| format!("?{thread}"));
        format!(
            "{}/messages/{id}{}",
            self.webhook.reveal(),
            with.unwrap_or_default()
        )
    }

    fn check(&self, answer: Answer, edits: bool) -> Result<Value, SendError> {
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = said["code"].as_i64();
        if edits && code == Some(ARCHIVED_THREAD) {
            return Err(failed(FailureKind::Gone, "the thread is archived"));
        }
        if answer.status == StatusCode::NOT_FOUND {
            return Err(match code {
                Some(UNKNOWN_MESSAGE) if edits => {
                    failed(FailureKind::Gone, "the message is no longer there")
                }
                // Who goes on calling what is not there is shut out, "Rate Limits" says.
                Some(UNKNOWN_WEBHOOK) => failed(
                    FailureKind::Refused,
                    "the webhook was deleted in Discord: make a new one there, and put its address \
                     where the configuration names it",
                ),
                _ => failed(
                    FailureKind::Denied,
                    "nothing is there: the thread or the channel may have been deleted",
                ),
            });
        }
        let asked_ms = answer.retry_after_ms();
        answer.check(&self.webhook).map_err(|error| SendError {
            retry_after_ms: asked_ms.or_else(|| pause_ms(&said["retry_after"])),
            ..error
        })?;
        Ok(said)
    }
}

#[async_trait]
impl Channel for Discord {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let body = json!({
            "embeds": [embed(post)],
            "allowed_mentions": { "parse": [] },
        });
        let edited = post.reference.as_deref().filter(|id| is_number(id));
        let (method, address) = match edited {
            Some(id) => (Method::PATCH, self.edit_address(id)),
            None => (Method::POST, self.post_address()),
        };
        let body = body.to_string().into();
        let answer = self.client.call(method, &address, HeaderMap::new(), body);
        let said = self.check(answer.await?, edited.is_some())?;
        let id = said["id"].as_str().filter(|id| is_number(id));
        Ok(Receipt {
            id: id.unwrap_or_default().to_owned(),
            reference: id.map(str::to_owned),
        })
    }
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// `retry_after`: seconds with a fraction.
fn pause_ms(seconds: &Value) -> Option<i64> {
    let pause = Duration::try_from_secs_f64(seconds.as_f64()?).ok()?;
    i64::try_from(pause.as_millis()).ok()?.checked_add(1)
}

fn embed(post: &Post) -> Value {
    let headline = words::headline(post.lang, post.event, &post.message);
    let mut embed = json!({
        "title": fitted(&headline, DISCORD_TITLE_CHARS_MAX),
        "color": colour(Tone::of(post)),
    });
    let mut text = String::new();
    let mut add = |before: &str, line: &str| {
        let used = text.encode_utf16().count() + before.len() + 1;
        let line = fitted(line, DISCORD_TEXT_CHARS_MAX.saturating_sub(used));
        if !line.is_empty() {
            text = format!(
                "{text}{}{before}{line}",
                if text.is_empty() { "" } else { "\n" }
            );
        }
    };
    if let Some(alarm) = &post.message.alarm {
        add("", &alarm.reason);
        add("", &alarm.place());
        embed["timestamp"] = alarm.state_at.to_string().into();
    }
    for line in post.message.note.iter().flat_map(|note| note.lines()) {
        add("> ", line);
    }
    if !text.is_empty() {
        embed["description"] = text.into();
    }
    if let Some(link) = &post.link {
        embed["url"] = link.as_str().into();
    }
    embed
}

const fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Wrong => 0x00d3_2f2f,
        Tone::Unknown => 0x0090_a4ae,
        Tone::Taken => 0x00f9_a825,
        Tone::Over => 0x002e_7d32,
        Tone::Test => 0x0015_65c0,
    }
}

/// A text in which no mark means anything, in at most so many characters as Discord
/// counts them (UTF-16).
fn fitted(text: &str, most: usize) -> String {
    let mut fitted = String::new();
    let mut left = most;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        let is_mark = MARKS.contains(c);
        let takes = c.len_utf16() + usize::from(is_mark);
        // The last character is kept for the dots.
        if takes >= left {
            if left > 0 {
                fitted.push('…');
            }
            break;
        }
        if is_mark {
            fitted.push('\\');
        }
        fitted.push(c);
        left -= takes;
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timeouts;

    #[test]
    fn no_name_becomes_a_mention_a_link_or_bold() {
        let check = |text: &str, expected: &str| assert_eq!(fitted(text, 100), expected);
        check("prod-web 5xx", "prod-web 5xx");
        check("@everyone <@1>", "\\@everyone \\<\\@1\\>");
        check("](http://evil)", "\\]\\(http\\://evil\\)");
        check("a\r\n# b **c** :fire:", "a  \\# b \\*\\*c\\*\\* \\:fire\\:");
        assert_eq!(fitted("abcdef", 4), "abc…");
        // No mark is cut from what takes its meaning, and an emoji counts twice.
        assert_eq!(fitted("ab****", 4), "ab…");
        assert_eq!(fitted("🔥🔥🔥", 4), "🔥…");
        assert_eq!(fitted("abc", 0), "");
    }

    #[test]
    fn a_webhook_is_known_by_its_address() {
        let client = Client::new(Timeouts::default()).expect("a client");
        let read = |text: &str| {
            let address = Address::parse(text).expect("an address");
            Discord::new(client.clone(), &address)
        };
        let hook = read("https://discord.com/api/webhooks/1/t-o_k").expect("a webhook");
        assert_eq!(
            hook.post_address(),
            "https://discord.com/api/webhooks/1/t-o_k?wait=true"
        );
        assert!(!format!("{hook:?}").contains("t-o_k"), "{hook:?}");
        let thread = read("https://discord.com/api/v10/webhooks/1/t/?x=1&thread_id=5&wait=false");
        let thread = thread.expect("a webhook");
        assert_eq!(
            [thread.post_address(), thread.edit_address("9")],
            [
                "https://discord.com/api/v10/webhooks/1/t?wait=true&thread_id=5",
                "https://discord.com/api/v10/webhooks/1/t/messages/9?thread_id=5",
            ]
        );
        for bad in [
            "https://discord.com/api/webhooks/1/t/slack",
            "https://discord.com/api/webhooks/one/t",
            "https://discord.com/api/webhooks/1/",
            "https://discord.com/channels/1/2",
            "https://discord.com/",
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_pause_is_read_with_its_fraction() {
        let check = |value: Value, expected| assert_eq!(pause_ms(&value), expected, "{value}");
        check(json!(0.25), Some(251));
        check(json!(64.57), Some(64_571));
        check(json!(-1.0), None);
        check(json!(1e300), None);
        check(json!("1"), None);
    }
}
