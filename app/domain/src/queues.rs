//! Queues from which AWS's events are taken, and messages that could not be.
//!
//! A message stays in its queue until what it tells is kept. One that is no event, or that
//! was taken again and again and never finished, is set aside where people see it: it must
//! not go round for ever, nor be lost.

use crate::{estate::Scope, limits, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A queue of SQS.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueueRef {
    /// Account and region.
    pub scope: Scope,
    /// Its name there.
    pub name: String,
}

impl QueueRef {
    /// Names a queue; none where SQS would not: 1 to 80 letters, digits, hyphens and
    /// underscores, with `.fifo` at the end of those that keep their order (Amazon SQS API
    /// Reference, `CreateQueue`).
    #[must_use]
    pub fn new(scope: Scope, name: &str) -> Option<Self> {
        let plain = name.strip_suffix(".fifo").unwrap_or(name);
        let fits = !plain.is_empty()
            && name.len() <= limits::QUEUE_NAME_CHARS_MAX
            && plain
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        fits.then(|| Self {
            scope,
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for QueueRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scope, self.name)
    }
}

/// A message as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// SQS's id of it.
    pub id: String,
    /// What lets it be deleted, of this taking only.
    pub receipt: String,
    /// What it says.
    pub body: String,
    /// How often it was taken, this time included.
    pub takings: u32,
    /// When it was sent, where that is told.
    pub sent_at: Option<Timestamp>,
}

impl QueueMessage {
    /// Whether it was begun so often that it is set aside if this time has no end, either.
    #[must_use]
    pub const fn is_poison(&self) -> bool {
        self.takings > limits::QUEUE_TAKINGS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_named_as_sqs_does() {
        let scope = || Scope {
            account: "123456789012".into(),
            region: "eu-west-1".into(),
        };
        let longest = "a".repeat(limits::QUEUE_NAME_CHARS_MAX);
        for good in ["lamplighter-events", "A_1", "in-order.fifo", &longest] {
            assert!(QueueRef::new(scope(), good).is_some(), "{good}");
        }
        let long = format!("{longest}a");
        for bad in ["", ".fifo", "a.b", "a b", "a/b", "경보", &long] {
            assert_eq!(QueueRef::new(scope(), bad), None, "{bad}");
        }
    }

    #[test]
    fn a_message_is_begun_a_few_times() {
        let taken = |takings| QueueMessage {
            id: "m".into(),
            receipt: "r".into(),
            body: "{}".into(),
            takings,
            sent_at: None,
        };
        assert!(!taken(limits::QUEUE_TAKINGS_MAX).is_poison());
        assert!(taken(limits::QUEUE_TAKINGS_MAX + 1).is_poison());
    }
}
