//! Calendars of other programs: where they are read.

use async_trait::async_trait;

/// What a calendar answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarReading {
    /// Nothing has changed since the reading that had this mark.
    Unchanged,
    /// The calendar (RFC 5545).
    Text {
        /// All of it.
        text: String,
        /// Its mark, to ask with next time, where it has one.
        etag: Option<String>,
    },
}

/// A reading that failed: what happened, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CalendarError(pub String);

/// A calendar. One reading is one call, bounded in time and bytes.
#[async_trait]
pub trait Calendar: Send + Sync {
    /// Reads it.
    ///
    /// # Errors
    /// [`CalendarError`].
    async fn read(&self, etag: Option<&str>) -> Result<CalendarReading, CalendarError>;
}
