//! Pages: from what was asked to a slice of rows, and back.

use crate::{cx::Cx, texts};
use api::{ApiError, Page, PageQuery};
use domain::{limits, text::TextError};
use store::{Rows, Slice};

/// A page that waits for its rows.
pub(crate) struct Paged(PageQuery);

/// The slice to read for a page, inside the limits.
pub(crate) fn of(query: PageQuery) -> (Slice, Paged) {
    let query = query.bounded();
    let slice = Slice {
        offset: query.offset,
        limit: query.limit,
    };
    (slice, Paged(query))
}

impl Paged {
    /// The page of these rows.
    pub fn fill<T, U>(self, found: Rows<T>, view: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: found.rows.into_iter().map(view).collect(),
            total: found.total,
            offset: self.0.offset,
            limit: self.0.limit,
        }
    }
}

/// A search text, trimmed; empty searches nothing.
///
/// # Errors
/// `invalid` with the field when it is longer than a search reads.
pub(crate) fn search(cx: &Cx, field: &str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.chars().count() > limits::SEARCH_CHARS_MAX {
        let error = TextError::TooLong(limits::SEARCH_CHARS_MAX);
        return cx.text(field, Err(error));
    }
    Ok(text.to_owned())
}

/// The values of a filter; none filters nothing.
///
/// # Errors
/// `invalid` with the field when there are more than a filter takes.
pub(crate) fn any_of<T>(cx: &Cx, field: &str, values: Vec<T>) -> Result<Vec<T>, ApiError> {
    if values.len() > limits::FILTER_VALUES_MAX {
        let message = texts::filter_values(cx.lang, limits::FILTER_VALUES_MAX);
        return Err(cx.invalid(field, message));
    }
    Ok(values)
}
