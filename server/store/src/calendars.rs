//! How the calendars of the configuration do.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::time::Timestamp;

statements! { "calendars";
    ALL = "SELECT name, tried_at_ms, read_at_ms, error FROM calendars ORDER BY name";
    TEXT = "SELECT text FROM calendars WHERE name = $1";
    SET_TEXT = "UPDATE calendars SET text = $2 WHERE name = $1";
    READ =
        "INSERT INTO calendars (name, tried_at_ms, read_at_ms, error) VALUES ($1, $2, $3, NULL)
        ON CONFLICT (name) DO UPDATE SET tried_at_ms = excluded.tried_at_ms,
            read_at_ms = excluded.read_at_ms, error = NULL";
    FAILED =
        "INSERT INTO calendars (name, tried_at_ms, read_at_ms, error) VALUES ($1, $2, NULL, $3)
        ON CONFLICT (name) DO UPDATE SET tried_at_ms = excluded.tried_at_ms,
            error = excluded.error";
    DELETE = "DELETE FROM calendars WHERE name = $1";
}

/// How a calendar does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRow {
    /// Its name in the configuration.
    pub name: String,
    /// The last attempt to read it.
    pub tried_at: Timestamp,
    /// The last one that succeeded.
    pub read_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

fn calendar(row: &Row) -> Result<CalendarRow, StoreError> {
    Ok(CalendarRow {
        name: row.text("name")?,
        tried_at: row.at("tried_at_ms")?,
        read_at: row.at_or_none("read_at_ms")?,
        error: row.text_or_none("error")?,
    })
}

impl Read<'_> {
    /// Every calendar that was ever tried, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn calendars(&mut self) -> Result<Vec<CalendarRow>, StoreError> {
        self.all(ALL.sql()).await?.iter().map(calendar).collect()
    }

    /// What a calendar held when it was last read; none where it never was.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn calendar_text(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        match self.first(TEXT.bind(name)).await? {
            Some(row) => row.text_or_none("text"),
            None => Ok(None),
        }
    }
}

impl Tx {
    /// Records that a calendar was read.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn calendar_read(&mut self, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.run_one(READ.bind(name).bind(now).bind(now)).await
    }

    /// Keeps what a calendar holds, once it is known.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_calendar_text(&mut self, name: &str, text: &str) -> Result<(), StoreError> {
        self.run_one(SET_TEXT.bind(name).bind(text)).await
    }

    /// Records a failed attempt; the last reading stays known.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn calendar_failed(
        &mut self,
        name: &str,
        now: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        self.run_one(FAILED.bind(name).bind(now).bind(error)).await
    }

    /// Forgets a calendar; `false` when it was not known.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn forget_calendar(&mut self, name: &str) -> Result<bool, StoreError> {
        Ok(self.run(DELETE.bind(name)).await? == 1)
    }
}
