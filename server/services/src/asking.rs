//! How often people may have AWS asked. Its calls are billed, and whoever calls too
//! often is throttled, with the workers that carry changes out.

use crate::{Services, cx::Cx, texts};
use api::{ApiError, ErrorCode};
use domain::{
    ids::PersonId,
    limits,
    time::{MINUTE_MS, Timestamp},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Who has asked how often in the running minute.
#[derive(Debug, Default)]
pub(crate) struct Asking(Mutex<(i64, HashMap<PersonId, u32>)>);

impl Asking {
    /// Counts one more; answers whether it is still within the limit.
    fn count(&self, person: PersonId, now: Timestamp) -> bool {
        let minute = now.ms().div_euclid(MINUTE_MS);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.0 != minute {
            *held = (minute, HashMap::new());
        }
        let asked = held.1.entry(person).or_default();
        *asked = asked.saturating_add(1);
        *asked <= limits::ASKS_A_MINUTE_MAX
    }
}

/// To be asked before AWS is, on behalf of a person.
///
/// # Errors
/// `too_many`; `unauthenticated`.
pub(crate) fn may_ask(s: &Services, cx: &Cx) -> Result<(), ApiError> {
    match s.asking.count(cx.actor()?.person, cx.now) {
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
    fn each_person_has_so_many_a_minute() {
        let asking = Asking::default();
        let (ana, ben) = (PersonId::from_parts(0, 1), PersonId::from_parts(0, 2));
        let now = Timestamp::from_ms(90_000);
        for _ in 0..limits::ASKS_A_MINUTE_MAX {
            assert!(asking.count(ana, now));
        }
        assert!(!asking.count(ana, now));
        assert!(asking.count(ben, now));
        assert!(asking.count(ana, now.plus_ms(30_000)));
    }
}
