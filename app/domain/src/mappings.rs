//! How a body of any shape tells of alarms: expressions that find them, and the words for
//! their states. The expressions are JMESPath; what reads them is `files`.

use crate::{alarms::AlarmState, limits};
use serde::{Deserialize, Serialize};

/// A mapping as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MappingText {
    /// Finds the alerts in the body: a list, or one object. When left out, the whole body is
    /// one alert. Everything else is looked up in each alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<String>,
    /// The labels that identify the alarm: an object of texts, numbers and booleans.
    pub labels: String,
    /// Its state: a text, a number or a boolean.
    pub state: String,
    /// What the state is while it goes off; usual words when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarm_when: Vec<StateWord>,
    /// What the state is when all is well; usual words when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok_when: Vec<StateWord>,
    /// Since when: RFC 3339, or seconds or milliseconds since 1970. The time of the call when
    /// left out or null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Why it has its state; the description when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where to read on: an address, or a list of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// One value that an alert's state may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum StateWord {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text; capitals do not matter.
    Text(String),
}

/// Texts that mean that something is wrong, where a mapping names none.
const ALARM_WORDS: [&str; 27] = [
    "action_required",
    "alarm",
    "alert",
    "alerting",
    "critical",
    "down",
    "error",
    "fail",
    "failed",
    "failing",
    "failure",
    "fatal",
    "firing",
    "major",
    "open",
    "problem",
    "re-triggered",
    "re-warn",
    "renotify",
    "stale",
    "startup_failure",
    "timed_out",
    "trigger",
    "triggered",
    "unhealthy",
    "warn",
    "warning",
];

/// Texts that mean that nothing is wrong any more, where a mapping names none.
const OK_WORDS: [&str; 15] = [
    "close",
    "closed",
    "fixed",
    "healthy",
    "normal",
    "ok",
    "pass",
    "passed",
    "recovered",
    "recovery",
    "resolve",
    "resolved",
    "succeeded",
    "success",
    "up",
];

impl StateWord {
    /// Whether it fits the limits.
    #[must_use]
    pub fn is_short(&self) -> bool {
        match self {
            Self::Text(text) => text.chars().count() <= limits::STATE_WORD_CHARS_MAX,
            Self::Flag(_) | Self::Number(_) => true,
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) => {
                one.trim().to_lowercase() == two.trim().to_lowercase()
            }
            (one, two) => one == two,
        }
    }
}

impl MappingText {
    /// The state that a value tells; none when it is in neither list. Numbers mean nothing
    /// unless the mapping says what, for one program's 1 is down and another's is up.
    #[must_use]
    pub fn state_of(&self, value: &StateWord) -> Option<AlarmState> {
        let states = [
            (&self.alarm_when, &ALARM_WORDS[..], true, AlarmState::Alarm),
            (&self.ok_when, &OK_WORDS[..], false, AlarmState::Ok),
        ];
        let is_written = |words: &[StateWord]| words.iter().any(|word| word.is(value));
        let is_usual = |usual: &[&str], flag: bool| match value {
            StateWord::Flag(told) => *told == flag,
            StateWord::Text(text) => {
                let text = text.trim().to_lowercase();
                usual.contains(&text.as_str()) || text == flag.to_string()
            }
            StateWord::Number(_) => false,
        };
        // What is written wins over what is usual, whichever state it is about.
        let written = states.iter().find(|(words, ..)| is_written(words));
        let usual = states
            .iter()
            .find(|(words, usual, flag, _)| words.is_empty() && is_usual(usual, *flag));
        written.or(usual).map(|(.., state)| *state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(alarm_when: &[StateWord], ok_when: &[StateWord]) -> MappingText {
        MappingText {
            alarm_when: alarm_when.to_vec(),
            ok_when: ok_when.to_vec(),
            ..MappingText::default()
        }
    }

    #[test]
    fn a_state_is_what_the_lists_say_or_the_usual_words() {
        use AlarmState::{Alarm, Ok};
        let text = |word: &str| StateWord::Text(word.into());
        let usual = mapping(&[], &[]);
        let own = mapping(&[StateWord::Number(1), text("no data")], &[]);
        let all_well = mapping(&[], &[text("open"), StateWord::Flag(true)]);
        for (mapping, value, expected) in [
            (&all_well, text("Open"), Some(Ok)),
            (&all_well, StateWord::Flag(true), Some(Ok)),
            (&all_well, text("down"), Some(Alarm)),
            (&all_well, text("closed"), None),
            (&usual, text("Re-Warn"), Some(Alarm)),
            (&usual, text("FIRING"), Some(Alarm)),
            (&usual, text(" Resolved "), Some(Ok)),
            (&usual, StateWord::Flag(true), Some(Alarm)),
            (&usual, text("False"), Some(Ok)),
            (&usual, StateWord::Number(1), None),
            (&usual, text("weird"), None),
            (&own, StateWord::Number(1), Some(Alarm)),
            (&own, text("No Data"), Some(Alarm)),
            // Whoever names words for the one state is not told others for it.
            (&own, text("firing"), None),
            (&own, text("ok"), Some(Ok)),
        ] {
            assert_eq!(mapping.state_of(&value), expected, "{value:?}");
        }
    }
}
