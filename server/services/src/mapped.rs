//! Bodies are mapped off the request threads and only a few at a time: what an expression makes
//! of a body is bounded, but the bound is a core for a second and some hundred megabytes.

use crate::{
    cx::Cx,
    failure::{Failure, Outcome},
    texts,
};
use api::{ApiError, ErrorCode};
use domain::{limits, sources::AlarmReport};
use files::{FileError, Mapping};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The bound is the machine's, so it is one for the whole process.
static PLACES: Semaphore = Semaphore::const_new(limits::MAPPINGS_AT_ONCE_MAX);

/// The alerts of a body.
///
/// # Errors
/// `too_many` when others are mapped for too long; a defect when the thread is lost.
pub(crate) async fn read(
    cx: &Cx,
    mapping: &Mapping,
    body: &[u8],
) -> Outcome<Result<Vec<AlarmReport>, FileError>> {
    let wait = Duration::from_millis(limits::MAPPING_WAIT_MS);
    let place = tokio::time::timeout(wait, PLACES.acquire()).await;
    let Ok(Ok(_place)) = place else {
        return Err(ApiError::new(ErrorCode::TooMany, texts::mapping_busy(cx.lang)).into());
    };
    let (mapping, body, now) = (mapping.clone(), body.to_vec(), cx.now);
    tokio::task::spawn_blocking(move || mapping.read(&body, now))
        .await
        .map_err(Failure::defect)
}
