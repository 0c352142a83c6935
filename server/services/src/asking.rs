//! How often people may have AWS asked in a minute. AWS's calls are billed, and whoever calls too
//! often is throttled, with the workers that carry changes out.

use crate::{Services, cx::Cx, texts};
use api::{ApiError, ErrorCode};
use domain::limits;

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
