//! Bodies are mapped off the request threads and only a few at a time: what an expression makes
//! of a body is bounded, but the bound is a core for a second and some hundred megabytes.

use crate::{
    cx::Cx,
    failure::Outcome,
    off_thread::{self, Places},
    texts,
};
use domain::{limits, sources::AlarmReport};
use files::{FileError, Mapping};

static PLACES: Places = Places::new(limits::MAPPINGS_AT_ONCE_MAX, limits::MAPPING_WAIT_MS);

/// The alerts of a body.
///
/// # Errors
/// `too_many` when others are mapped for too long; a defect when the thread is lost.
pub(crate) async fn read(
    cx: &Cx,
    mapping: &Mapping,
    body: &[u8],
) -> Outcome<Result<Vec<AlarmReport>, FileError>> {
    let _place = PLACES.take(texts::mapping_busy(cx.lang)).await?;
    let (mapping, body, now) = (mapping.clone(), body.to_vec(), cx.now);
    off_thread::run(move || mapping.read(&body, now)).await
}
