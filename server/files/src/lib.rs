//! Readers of what people and other programs write: schedules (YAML or JSON), alerts, events,
//! messages of topics, what PagerDuty tells and what is pressed in Slack (JSON), any JSON by a
//! mapping, and calendars (`.ics`).
//!
//! **Invariant:** whatever a file holds, the answer is a value that fits or an error
//! that names the file, the line, the field and what to do; it never takes more time
//! or memory than the limits in `domain::limits` allow. It decides nothing: what a
//! schedule may be is `domain`'s to say.

mod alerts;
mod aws_events;
mod calendars;
mod expressions;
mod mapping;
mod presses;
mod schedules;
mod sns;
mod tree;

pub use alerts::read_alerts;
pub use aws_events::read_aws_event;
pub use calendars::{parse_calendar, parse_times};
pub use mapping::{Mapping, MappingError};
pub use presses::{
    PagerdutyWord, PagerdutyWordKind, SlackButton, SlackPress, read_pagerduty_word,
    read_slack_press,
};
pub use schedules::{parse_schedule, read_schedule, write_schedule};
pub use sns::{read_topic_message, signed_part};

/// Why a file cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FileError {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1; none when it is about the whole file.
    pub line: Option<usize>,
    /// The way to the field, as `windows[2].capacity.min`; empty when it is about
    /// no field.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for FileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ", `{}`", self.field)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl FileError {
    fn whole(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            field: String::new(),
            message: message.into(),
        }
    }

    /// What is said of a text that is not the JSON that was expected.
    fn json(file: &str, error: &serde_json::Error) -> Self {
        Self {
            line: Some(error.line()),
            ..Self::whole(file, error.to_string())
        }
    }
}
