//! Who changed something in AWS behind the console's back, as CloudTrail tells it.

use crate::{limits, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A call that CloudTrail recorded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrailCall {
    /// When.
    pub at: Timestamp,
    /// Who made it: an ARN, or AWS's own name where it is a service.
    pub who: String,
    /// Which, in AWS's words: `UpdateAutoScalingGroup`.
    pub call: String,
}

/// What is known of who made a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Attribution {
    /// Calls on the target at about that time, newest first; never empty.
    Calls {
        /// Each of them.
        calls: Vec<TrailCall>,
    },
    /// CloudTrail tells of no call: it comes some minutes late.
    None,
    /// CloudTrail may not be asked.
    Denied {
        /// The permission that is missing, in IAM's words.
        action: String,
    },
    /// CloudTrail did not answer.
    Failed,
}

/// Whether CloudTrail is to be asked about what was seen at an instant, after what was last
/// learnt and when: until there is an answer, or none is to be expected any more.
#[must_use]
pub fn asks(seen_at: Timestamp, last: Option<(&Attribution, Timestamp)>, now: Timestamp) -> bool {
    match last {
        None => true,
        Some((Attribution::Calls { .. }, _)) => false,
        Some((_, asked_at)) => {
            now.since_ms(asked_at) >= limits::TRAIL_PAUSE_MS
                && asked_at.since_ms(seen_at) < limits::TRAIL_LATE_MS
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_it_was_is_asked_until_it_is_known_or_never_will_be() {
        let t = Timestamp::from_ms;
        let (pause, late) = (limits::TRAIL_PAUSE_MS, limits::TRAIL_LATE_MS);
        let known = Attribution::Calls { calls: vec![] };
        let denied = Attribution::Denied {
            action: String::new(),
        };
        for (last, now, expected) in [
            (None, 0, true),
            (None, 10 * late, true),
            (Some((&known, 0)), pause, false),
            (Some((&Attribution::None, 0)), pause - 1, false),
            (Some((&Attribution::None, 0)), pause, true),
            (Some((&denied, 0)), pause, true),
            (Some((&Attribution::Failed, late)), late + pause, false),
        ] {
            let last = last.map(|(what, asked_at)| (what, t(asked_at)));
            assert_eq!(asks(t(0), last, t(now)), expected, "{last:?} at {now}");
        }
    }
}
