//! How a message looks at a glance; each kind of channel has its own signs for it.

use domain::{alarms::AlarmState, notifications::Event};
use ports::Post;

/// What a message is, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something is wrong.
    Wrong,
    /// Nothing is known.
    Unknown,
    /// Somebody looks after it.
    Taken,
    /// It is over.
    Over,
    /// Nothing happened.
    Test,
}

impl Tone {
    pub fn of(post: &Post) -> Self {
        let no_data = |state| state == AlarmState::InsufficientData;
        match post.event {
            Event::Firing | Event::Released => match &post.message.alarm {
                Some(alarm) if no_data(alarm.state) => Self::Unknown,
                _ => Self::Wrong,
            },
            Event::Acknowledged => Self::Taken,
            Event::Resolved => Self::Over,
            Event::Test | Event::Digest | Event::Changed => Self::Test,
        }
    }
}
