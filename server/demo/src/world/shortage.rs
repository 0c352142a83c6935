//! Spot capacity that is not to be had: in which zones, until when, and when a group that got
//! none asks again.

use super::group::ZONES;
use domain::time::{MINUTE_MS, Timestamp};

/// After so long a group asks again.
const RETRY_MS: i64 = 2 * MINUTE_MS;

/// What one group sees of it.
#[derive(Default)]
pub(super) struct Shortage {
    until: [Timestamp; ZONES.len()],
    retry_at: Option<Timestamp>,
}

impl Shortage {
    /// There is none until then, in a zone or in any.
    pub fn begin(&mut self, zone: Option<char>, until: Timestamp) {
        for (letter, end) in ZONES.iter().zip(&mut self.until) {
            if zone.is_none_or(|zone| zone == *letter) {
                *end = until;
            }
        }
    }

    /// There is some in a zone.
    pub fn spares(&self, zone: usize, now: Timestamp) -> bool {
        self.until[zone] <= now
    }

    /// A launch failed; whether it is the first since the group asked last.
    pub fn failed(&mut self, now: Timestamp) -> bool {
        let is_first = self.retry_at.is_none();
        self.retry_at = self.retry_at.or(Some(now.plus_ms(RETRY_MS)));
        is_first
    }

    /// Forgets when to ask again once that has come.
    pub fn wake(&mut self, now: Timestamp) {
        self.retry_at = self.retry_at.filter(|at| *at > now);
    }

    /// When it is asked again.
    pub const fn next_event(&self) -> Option<Timestamp> {
        self.retry_at
    }
}
