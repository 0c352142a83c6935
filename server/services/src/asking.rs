//! How often somebody may do something in a minute: people have AWS asked, sources call us.
//! AWS's calls are billed, and whoever calls too often is throttled, with the workers that
//! carry changes out.

use crate::{Services, cx::Cx, texts};
use api::{ApiError, ErrorCode};
use domain::{
    limits,
    time::{MINUTE_MS, Timestamp},
};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Who has done it how often in the running minute.
#[derive(Debug)]
pub(crate) struct PerMinute<K>(Mutex<(i64, HashMap<K, u32>)>);

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
        if held.0 != minute {
            *held = (minute, HashMap::new());
        }
        let done = held.1.entry(who).or_default();
        *done = done.saturating_add(1);
        *done <= most
    }
}

/// To be asked before AWS is, on behalf of a person.
///
/// # Errors
/// `too_many`; `unauthenticated`.
pub(crate) fn may_ask(s: &Services, cx: &Cx) -> Result<(), ApiError> {
    let person = cx.actor()?.person;
    match s.asking.count(person, limits::ASKS_A_MINUTE_MAX, cx.now) {
        true => Ok(()),
        false => Err(ApiError::new(
            ErrorCode::TooMany,
            texts::asked_too_often(cx.lang),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_a_minute() {
        let asking = PerMinute::default();
        let now = Timestamp::from_ms(90_000);
        for _ in 0..3 {
            assert!(asking.count("ana", 3, now));
        }
        assert!(!asking.count("ana", 3, now));
        assert!(asking.count("ben", 3, now));
        assert!(asking.count("ana", 3, now.plus_ms(30_000)));
    }
}
