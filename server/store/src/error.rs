//! What can go wrong with the database. Messages name no secret: a URL's
//! password never reaches an error.

use crate::sql::Table;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL cannot be used; the text says why and what to write.
    #[error("the database URL cannot be used: {0}")]
    Url(String),
    /// The database cannot be reached or opened.
    #[error("the database cannot be opened")]
    Unavailable(#[source] sqlx::Error),
    /// Another writer or reader held the database for too long; try again.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// The driver or the database refused.
    #[error("the database refused a statement")]
    Driver(#[source] sqlx::Error),
    /// A migration could not be carried out.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The database was written by a later version of the program.
    #[error(
        "the database has schema version {found}, but this program knows versions up to {known}: \
         start the newer program, or restore a backup made before the upgrade"
    )]
    NewerSchema {
        /// In the database.
        found: i64,
        /// The program's newest.
        known: i64,
    },
    /// A stored value is not what the program writes.
    #[error("{table}.{column} of row {row} holds a value that this program does not write")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// A write touched another number of rows than it must.
    #[error("a write to {table} touched {actual} rows instead of {expected}")]
    RowsAffected {
        /// The table.
        table: &'static str,
        /// As it must be.
        expected: u64,
        /// As it was.
        actual: u64,
    },
    /// The row moved on since it was read, or somebody else holds its lease.
    #[error("row {row} of {table} has moved on")]
    Conflict {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: String,
    },
    /// A row with the same unique value stands already.
    #[error("{table} holds such a row already")]
    Duplicate {
        /// The table.
        table: &'static str,
    },
    /// A backup could not be written; the text says why and what to do.
    #[error("the backup was not written: {0}")]
    Backup(String),
}

impl StoreError {
    /// Trying again later can help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unavailable(_))
    }

    /// Sorts a driver's error that came from a statement on a table.
    pub(crate) fn from_driver(error: sqlx::Error, table: Table) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::Busy(error),
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed => {
                    Self::Unavailable(error)
                }
                other => Self::Driver(other),
            };
        };
        if database.is_unique_violation() {
            return Self::Duplicate { table: table.0 };
        }
        match database.code().as_deref() {
            // SQLITE_BUSY and its extended codes, SQLITE_LOCKED; PostgreSQL: lock not
            // available, statement cancelled by its time-out, deadlock, serialisation failure.
            Some(
                "5" | "261" | "517" | "773" | "6" | "262" | "55P03" | "57014" | "40P01" | "40001",
            ) => Self::Busy(error),
            // PostgreSQL: class 08, connection; 53300, too many connections; 57P01-03, going down.
            Some(code) if code.starts_with("08") || code == "53300" || code.starts_with("57P") => {
                Self::Unavailable(error)
            }
            _ => Self::Driver(error),
        }
    }
}
