//! How the calendars of the configuration do.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::time::Timestamp;

statements! { "calendars";
    ALL = "SELECT * FROM calendars ORDER BY name";
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
}

impl Tx {
    /// Records that a calendar was read.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn calendar_read(&mut self, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.run_one(READ.bind(name).bind(now).bind(now)).await
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
