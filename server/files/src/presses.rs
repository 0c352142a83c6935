//! What people do about an alarm elsewhere: press a button in Slack, acknowledge an incident in
//! PagerDuty. Whoever reads has proved the signature over the same bytes before.

use crate::FileError;
use domain::{
    ids::{AlarmId, ThreadId},
    limits,
    notifications::{PRESS_ACKNOWLEDGE, PRESS_SILENCE},
    on_call::is_chat_id,
    time::Timestamp,
};
use serde_json::Value;

/// What a button under a message in Slack does here. A button that only opens a page is pressed,
/// too: Slack tells of it, and there is nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlackButton {
    /// Takes the alarm on.
    Acknowledge,
    /// Silences the alarm for an hour.
    Silence,
}

impl SlackButton {
    /// All.
    pub const ALL: [Self; 2] = [Self::Acknowledge, Self::Silence];

    /// Its `action_id`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => PRESS_ACKNOWLEDGE,
            Self::Silence => PRESS_SILENCE,
        }
    }
}

/// A button of ours was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackPress {
    /// The workspace of whoever pressed: a person's id is one within it.
    pub team: String,
    /// Who pressed, by their id in Slack.
    pub user: String,
    /// Which button.
    pub button: SlackButton,
    /// Under a message about which alarm.
    pub alarm: AlarmId,
    /// When, as Slack writes it: seconds and a fraction. The same press has the same one.
    pub at: String,
    /// Under which message, by its time there; empty when Slack does not say.
    pub message: String,
}

/// What PagerDuty tells of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagerdutyWordKind {
    /// Somebody took it on.
    Acknowledged,
    /// Nobody has it any more.
    Unacknowledged,
    /// It was closed there.
    Resolved,
}

/// PagerDuty tells of an incident that we opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerdutyWord {
    /// What it tells.
    pub kind: PagerdutyWordKind,
    /// The key by which we opened it.
    pub thread: ThreadId,
    /// When: it may come late, and more than once.
    pub at: Timestamp,
    /// Who did it, by their id in PagerDuty; none when it was no person: our own messages, a
    /// time-out.
    pub user: Option<String>,
}

/// Reads what Slack sends when something is pressed ("Handling user interaction"); none when it
/// is none of our buttons.
///
/// # Errors
/// [`FileError`] names the field.
pub fn read_slack_press(body: &[u8]) -> Result<Option<SlackPress>, FileError> {
    let file = "press";
    let payload = payload(body)?;
    let told = serde_json::from_slice::<Value>(&payload);
    let told = told.map_err(|error| FileError::json(file, &error))?;
    if told["type"] != "block_actions" {
        return Ok(None);
    }
    // Buttons are pressed one at a time; it is a list for the sake of other elements.
    let Some([action]) = told["actions"].as_array().map(Vec::as_slice) else {
        return Ok(None);
    };
    let mut buttons = SlackButton::ALL.into_iter();
    let Some(button) = buttons.find(|button| action["action_id"] == button.as_str()) else {
        return Ok(None);
    };
    let alarm = action["value"].as_str().and_then(|text| text.parse().ok());
    let id = |value: &Value, name: &str| {
        let found = chat_id(value).map(str::to_owned);
        found.ok_or_else(|| wrong(file, name, "is no id of Slack"))
    };
    Ok(Some(SlackPress {
        team: id(&told["user"]["team_id"], "user.team_id")?,
        user: id(&told["user"]["id"], "user.id")?,
        button,
        alarm: alarm.ok_or_else(|| wrong(file, "actions.value", "is no id of an alarm"))?,
        at: chat_time(&action["action_ts"])
            .ok_or_else(|| wrong(file, "actions.action_ts", "is no time of Slack"))?,
        message: chat_time(&told["container"]["message_ts"]).unwrap_or_default(),
    }))
}

/// Reads what PagerDuty tells ("Webhooks v3"); none when it is about something else, or about an
/// incident that others opened.
///
/// # Errors
/// [`FileError`] names the field.
pub fn read_pagerduty_word(body: &[u8]) -> Result<Option<PagerdutyWord>, FileError> {
    let file = "event";
    let told = serde_json::from_slice::<Value>(body);
    let told = told.map_err(|error| FileError::json(file, &error))?;
    let event = &told["event"];
    let kind = match event["event_type"].as_str() {
        None => return Err(wrong(file, "event.event_type", "is missing")),
        Some("incident.acknowledged") => PagerdutyWordKind::Acknowledged,
        Some("incident.unacknowledged") => PagerdutyWordKind::Unacknowledged,
        Some("incident.resolved") => PagerdutyWordKind::Resolved,
        Some(_) => return Ok(None),
    };
    let key = event["data"]["incident_key"].as_str();
    let Some(thread) = key.and_then(|key| key.parse().ok()) else {
        return Ok(None);
    };
    let agent = &event["agent"];
    let user = match agent["type"] == "user_reference" {
        false => None,
        true => {
            let id = chat_id(&agent["id"]);
            let id = id.ok_or_else(|| wrong(file, "event.agent.id", "is no id of PagerDuty"))?;
            Some(id.to_owned())
        }
    };
    let at = event["occurred_at"].as_str().and_then(|at| at.parse().ok());
    let at = at.ok_or_else(|| wrong(file, "event.occurred_at", "is no time of RFC 3339"))?;
    Ok(Some(PagerdutyWord {
        kind,
        thread,
        at,
        user,
    }))
}

fn wrong(file: &str, field: &str, message: &str) -> FileError {
    FileError {
        field: field.to_owned(),
        ..FileError::whole(file, message)
    }
}

fn chat_id(value: &Value) -> Option<&str> {
    value.as_str().filter(|id| is_chat_id(id))
}

/// Digits and one point, kept as they stand.
fn chat_time(value: &Value) -> Option<String> {
    let (seconds, fraction) = value.as_str()?.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let fits = digits(seconds) && digits(fraction);
    let short = seconds.len() + fraction.len() < limits::CHAT_ID_CHARS_MAX;
    (fits && short).then(|| format!("{seconds}.{fraction}"))
}

/// The field `payload` of a form. Two of them are none: others could read the other one.
fn payload(body: &[u8]) -> Result<Vec<u8>, FileError> {
    let error = |message| wrong("press", "payload", message);
    let mut found = body
        .split(|byte| *byte == b'&')
        .filter_map(|pair| pair.strip_prefix(b"payload="));
    let written = found.next().ok_or_else(|| error("is missing"))?;
    if found.next().is_some() {
        return Err(error("is there twice"));
    }
    decoded(written).ok_or_else(|| error("has a percent sign without two digits"))
}

/// A value of a form (`application/x-www-form-urlencoded`).
fn decoded(written: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut value = Vec::with_capacity(written.len());
    let mut bytes = written.iter().copied();
    while let Some(byte) = bytes.next() {
        value.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    Some(value)
}
