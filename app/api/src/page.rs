//! Paged lists. Offsets, not cursors: pages of an operator's list are jumped
//! to and shared by URL, and every list is bounded by filters first.

use domain::limits;
use serde::{Deserialize, Serialize};

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PageQuery {
    /// Rows left out before the page.
    pub offset: u32,
    /// Rows on the page.
    pub limit: u32,
}

impl Default for PageQuery {
    fn default() -> Self {
        Self {
            offset: 0,
            limit: limits::PAGE_ROWS_DEFAULT,
        }
    }
}

impl PageQuery {
    /// Brought inside the limits.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            offset: self.offset.min(limits::PAGE_OFFSET_MAX),
            limit: self.limit.clamp(1, limits::PAGE_ROWS_MAX),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Rows of the whole list under the same filters.
    pub total: u64,
    /// Rows left out before this page.
    pub offset: u32,
    /// Most rows on a page, as asked for.
    pub limit: u32,
}
