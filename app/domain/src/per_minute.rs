//! How often somebody did something in the running minute.

use crate::time::{MINUTE_MS, Timestamp};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Who has done it how often in the running minute.
#[derive(Debug)]
pub struct PerMinute<K>(Mutex<(i64, HashMap<K, u32>)>);

impl<K> Default for PerMinute<K> {
    fn default() -> Self {
        Self(Mutex::new((0, HashMap::new())))
    }
}

impl<K: Eq + Hash> PerMinute<K> {
    /// Counts one more; answers whether it is still within the limit.
    pub fn count(&self, who: K, most: u32, now: Timestamp) -> bool {
        let minute = now.ms().div_euclid(MINUTE_MS);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever read the clock just before the minute ended may count after it began, which
        // begins no minute anew. A clock that was set back further does, or it would stand
        // still until the clock is there again.
        if minute > held.0 || minute < held.0 - 1 {
            *held = (minute, HashMap::new());
        }
        let done = held.1.entry(who).or_default();
        *done = done.saturating_add(1);
        *done <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_a_minute() {
        let counted = PerMinute::default();
        let now = Timestamp::from_ms(90_000);
        for _ in 0..3 {
            assert!(counted.count("ana", 3, now));
        }
        assert!(!counted.count("ana", 3, now));
        assert!(counted.count("ben", 3, now));
        assert!(counted.count("ana", 3, now.plus_ms(30_000)));
    }

    #[test]
    fn a_clock_that_was_read_before_begins_no_minute() {
        let counted = PerMinute::default();
        let now = Timestamp::from_ms(600_000);
        assert!(counted.count("ana", 1, now));
        assert!(!counted.count("ana", 1, now.plus_ms(-1)));
        assert!(!counted.count("ana", 1, now));
        // It was set back.
        assert!(counted.count("ana", 1, now.plus_ms(-5 * MINUTE_MS)));
    }
}
