//! Slack: one message for each alarm, edited in place (Slack Web API,
//! `chat.postMessage` and `chat.update`).

use crate::{Address, Client, Secret, client::failed, seals::is_slacks, tone::Tone};
use async_trait::async_trait;
use domain::{
    alarms::AlarmState,
    channels::ChannelName,
    i18n::{Lang, notifications as words},
    limits,
    notifications::{Event, FailureKind, PRESS_ACKNOWLEDGE, PRESS_OPEN, PRESS_SILENCE},
    time::Timestamp,
};
use http::{HeaderMap, HeaderValue, header};
use ports::{Channel, Post, Receipt, SendError};
use serde_json::{Value, json};

/// Where Slack's Web API is.
const BASE: &str = "https://slack.com/api";

/// Slack's words for a message that it will never take.
const REFUSED: [&str; 6] = [
    "invalid_arguments",
    "invalid_arg_name",
    "invalid_array_arg",
    "invalid_blocks",
    "msg_too_long",
    "no_text",
];
/// Its words for a message that cannot be edited any more.
const GONE: [&str; 3] = [
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
];
/// Its words for a trouble of its own.
const TROUBLE: [&str; 4] = [
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
];

/// A channel in Slack.
#[derive(Debug, Clone)]
pub struct Slack {
    client: Client,
    base: String,
    channel: String,
    token: Secret,
    has_buttons: bool,
}

impl Slack {
    /// A channel by its id (`C0123456789`), written to as the app whose bot token
    /// this is. `base` is another place of the Web API than Slack's own.
    #[must_use]
    pub fn new(client: Client, base: Option<&Address>, channel: &str, token: Secret) -> Self {
        Self {
            client,
            base: base.map_or_else(|| BASE.to_owned(), Address::base),
            channel: channel.to_owned(),
            token,
            has_buttons: false,
        }
    }

    /// The same with buttons under its messages: somebody listens to what they say.
    #[must_use]
    pub const fn with_buttons(mut self) -> Self {
        self.has_buttons = true;
        self
    }

    /// Tells one person in the channel something that nobody else sees, and that is gone when
    /// they look again (`chat.postEphemeral`).
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn whisper(&self, user: &str, text: &str) -> Result<(), SendError> {
        let body = json!({ "channel": self.channel, "user": user, "text": escaped(text) });
        self.call("chat.postEphemeral", &body).await.map(drop)
    }

    async fn call(&self, method: &str, body: &Value) -> Result<Value, SendError> {
        let mut headers = HeaderMap::new();
        let token = HeaderValue::from_str(&format!("Bearer {}", self.token.reveal()))
            .map_err(|_| failed(FailureKind::Denied, "the token cannot stand in a header"))?;
        headers.insert(header::AUTHORIZATION, token);
        let address = format!("{}/{method}", self.base);
        let answer = self.client.post(&address, headers, body.to_string().into());
        let answer = answer.await?.check(&self.token)?;
        let said: Value = serde_json::from_slice(&answer.body)
            .map_err(|_| failed(FailureKind::Uncertain, "its answer is not JSON"))?;
        if said["ok"] == true {
            return Ok(said);
        }
        let error = said["error"].as_str().unwrap_or("no reason");
        let kind = match error {
            "ratelimited" | "rate_limited" => FailureKind::Limited,
            error if REFUSED.contains(&error) => FailureKind::Refused,
            error if GONE.contains(&error) => FailureKind::Gone,
            error if TROUBLE.contains(&error) => FailureKind::Uncertain,
            // Tokens, scopes, channels: somebody must mend the set-up.
            _ => FailureKind::Denied,
        };
        let message = format!("Slack said {}", self.token.hidden_in(error));
        Err(SendError {
            retry_after_ms: answer.retry_after_ms(),
            ..failed(kind, message)
        })
    }
}

#[async_trait]
impl Channel for Slack {
    async fn send(&self, post: &Post) -> Result<Receipt, SendError> {
        let mut body = json!({
            "text": text(post),
            "unfurl_links": false,
            "unfurl_media": false,
        });
        let blocks = self.has_buttons.then(|| blocks(post)).flatten();
        // An edit that says nothing of them keeps those of the message before.
        if blocks.is_some() || post.reference.is_some() {
            body["blocks"] = blocks.unwrap_or_default().into();
        }
        // What is edited is named by the channel's id and the message's time there.
        let said = match post.reference.as_deref().and_then(|r| r.split_once('/')) {
            Some((channel, ts)) => {
                body["channel"] = channel.into();
                body["ts"] = ts.into();
                self.call("chat.update", &body).await?
            }
            None => {
                body["channel"] = self.channel.as_str().into();
                self.call("chat.postMessage", &body).await?
            }
        };
        let (channel, ts) = (said["channel"].as_str(), said["ts"].as_str());
        let reference = channel
            .zip(ts)
            .map(|(channel, ts)| format!("{channel}/{ts}"));
        Ok(Receipt {
            id: ts.unwrap_or_default().to_owned(),
            reference,
        })
    }
}

/// The message in Slack's `mrkdwn`.
fn text(post: &Post) -> String {
    let headline = escaped(&words::headline(post.lang, post.event, &post.message));
    let mut lines = vec![format!("{} *{headline}*", sign(Tone::of(post)))];
    if let Some(alarm) = &post.message.alarm {
        if !alarm.reason.is_empty() {
            lines.push(escaped(&alarm.reason));
        }
        let seconds = alarm.state_at.seconds();
        // Slack writes the time in each reader's own zone.
        let time = format!(
            "<!date^{seconds}^{{date_short_pretty}} {{time_secs}}|{}>",
            alarm.state_at
        );
        lines.push(format!("`{}` · {time}", escaped(&alarm.place())));
    }
    if let Some(note) = &post.message.note {
        lines.extend(note.lines().map(|line| format!("> {}", escaped(line))));
    }
    if let Some(link) = &post.link {
        lines.push(format!("<{link}|Lamplighter>"));
    }
    lines.join("\n")
}

/// The message with what can be done about it; none when there is nothing, or when it is too
/// long for a block.
fn blocks(post: &Post) -> Option<Vec<Value>> {
    let text = text(post);
    let alarm = post.message.alarm.as_ref().filter(|alarm| !alarm.gone)?;
    let link = post.link.as_ref()?;
    let lang = post.lang;
    let button = |label: &str| {
        let text = json!({ "type": "plain_text", "text": label });
        json!({ "type": "button", "text": text })
    };
    let press = |id: &str, label: &str| {
        let mut button = button(label);
        button["action_id"] = id.into();
        button["value"] = alarm.id.to_string().into();
        button
    };
    let mut buttons = Vec::new();
    let is_on = alarm.state == AlarmState::Alarm;
    if is_on && matches!(post.event, Event::Firing | Event::Released) {
        buttons.push(press(PRESS_ACKNOWLEDGE, words::button_acknowledge(lang)));
    }
    let stands = matches!(
        post.event,
        Event::Firing | Event::Released | Event::Acknowledged
    );
    // Nobody silences a drill: it would be the alarm that it plays.
    if stands && !alarm.drill {
        let label = words::button_silence(lang, limits::PRESSED_SILENCE_MINUTES);
        buttons.push(press(PRESS_SILENCE, &label));
    }
    if buttons.is_empty() || text.chars().count() > limits::SLACK_SECTION_CHARS_MAX {
        return None;
    }
    let mut open = button(words::button_open(lang));
    open["action_id"] = PRESS_OPEN.into();
    open["url"] = link.as_str().into();
    buttons.push(open);
    let text = json!({ "type": "mrkdwn", "text": text });
    Some(vec![
        json!({ "type": "section", "text": text }),
        json!({ "type": "actions", "elements": buttons }),
    ])
}

/// By which presses come in from Slack for one channel, and by which whoever pressed is answered.
#[derive(Debug)]
pub struct SlackDoor {
    /// The channel.
    pub channel: ChannelName,
    /// Its language.
    pub lang: Lang,
    secret: Secret,
    slack: Slack,
}

impl SlackDoor {
    /// A channel's door, and the secret by which its app signs.
    #[must_use]
    pub const fn new(channel: ChannelName, lang: Lang, secret: Secret, slack: Slack) -> Self {
        Self {
            channel,
            lang,
            secret,
            slack,
        }
    }

    /// Whether this channel's app in Slack wrote this body not long ago.
    #[must_use]
    pub fn proves(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
        is_slacks(&self.secret, headers, body, now)
    }

    /// Answers whoever pressed.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn whisper(&self, user: &str, text: &str) -> Result<(), SendError> {
        self.slack.whisper(user, text).await
    }
}

const fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Wrong => ":red_circle:",
        Tone::Unknown => ":white_circle:",
        Tone::Taken => ":large_yellow_circle:",
        Tone::Over => ":large_green_circle:",
        Tone::Test => ":bell:",
    }
}

/// Slack's three control characters ("Formatting text"), so that no name becomes a
/// mention or a link; and the marks that would end what is bold or code.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '`' => escaped.push('\''),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_a_mention_or_a_link() {
        assert_eq!(
            escaped("<!channel> a&b `x`\n<http://evil.example|ok>"),
            "&lt;!channel&gt; a&amp;b 'x' &lt;http://evil.example|ok&gt;"
        );
    }
}
