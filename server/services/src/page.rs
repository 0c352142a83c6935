//! Pages: from what was asked to a slice of rows, and back.

use api::{Page, PageQuery};
use domain::limits;
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

/// A search text, cut to what a search reads.
pub(crate) fn search(text: &str) -> String {
    let text = text.trim();
    text.chars().take(limits::SEARCH_CHARS_MAX).collect()
}
