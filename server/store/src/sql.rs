//! Statements, their values and their rows: the one place where the two
//! drivers' types meet.
//!
//! A statement is constant text with its table's name, for errors. Values are
//! of four kinds, integer, real, text and boolean, that both databases hold
//! alike. One [`Row`] type hides which driver a row came from, so that every
//! other file is compiled once and not once for each driver.

use crate::error::StoreError;
use domain::time::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow, sqlite::SqliteRow};
use std::{borrow::Cow, fmt::Write as _, str::FromStr};

/// A table's name, for errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table(pub &'static str);

/// A constant statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub name: &'static str,
    pub table: Table,
    pub text: &'static str,
}

/// Declares a file's statements and `STATEMENTS`, the list of them for the catalogue.
macro_rules! statements {
    ($table:literal; $($name:ident = $text:expr;)*) => {
        $(const $name: crate::sql::Statement = crate::sql::Statement {
            name: stringify!($name),
            table: crate::sql::Table($table),
            text: $text,
        };)*
        /// Every constant statement of this file.
        pub(crate) const STATEMENTS: &[crate::sql::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

impl Statement {
    /// The beginning of a statement that is put together from constants. A file
    /// that has one shows whole examples of it to the catalogue.
    pub const fn beginning(name: &'static str, table: &'static str, text: &'static str) -> Self {
        Self {
            name,
            table: Table(table),
            text,
        }
    }

    /// Ready to run, without values.
    pub fn sql(self) -> Sql {
        Sql {
            table: self.table,
            text: Cow::Borrowed(self.text),
            values: Vec::new(),
        }
    }

    /// With its first value.
    pub fn bind(self, value: impl Into<Value>) -> Sql {
        self.sql().bind(value)
    }
}

/// A statement with its values.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    pub table: Table,
    text: Cow<'static, str>,
    values: Vec<Value>,
}

impl Sql {
    /// The value of the next placeholder that the text has already.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds constant text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Adds a placeholder and its value.
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        // Writing to a string cannot fail.
        let _ = write!(self.text.to_mut(), "${number}");
        self
    }

    /// Adds `($1, $2, …)`.
    pub fn push_list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let mut opening = "(";
        for value in values {
            self.push(opening).push_bind(value);
            opening = ", ";
        }
        self.push(")")
    }

    /// The text as it will be sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as the driver takes it, and the values.
    pub fn into_parts(self) -> (AssertSqlSafe<Cow<'static, str>>, Vec<Value>) {
        // Safe: `text` begins as a constant and grows by constants and numbers only.
        (AssertSqlSafe(self.text), self.values)
    }
}

/// Named statements with made-up values.
pub(crate) type Examples = Vec<(&'static str, Sql)>;

/// A value bound to a placeholder.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Real(f64),
    Text(Option<String>),
    Bool(bool),
}

/// PostgreSQL cannot store a NUL and SQLite can: neither is given one.
pub(crate) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}
impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}
impl From<Option<u32>> for Value {
    fn from(value: Option<u32>) -> Self {
        Self::Int(value.map(i64::from))
    }
}
impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Int(Some(at.ms()))
    }
}
impl From<Option<Timestamp>> for Value {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Int(at.map(Timestamp::ms))
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(without_nul(text)))
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(without_nul(&text)))
    }
}
impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(without_nul))
    }
}

macro_rules! values_from_ids {
    ($($id:ident),*) => {$(
        impl From<domain::ids::$id> for Value {
            fn from(id: domain::ids::$id) -> Self {
                Self::Text(Some(id.to_string()))
            }
        }
        impl From<Option<domain::ids::$id>> for Value {
            fn from(id: Option<domain::ids::$id>) -> Self {
                Self::Text(id.map(|id| id.to_string()))
            }
        }
    )*};
}
values_from_ids!(
    AlarmId, ApprovalId, AwsEventId, ChangeId, CommentId, CoverId, DeliveryId, DrillId, FreezeId,
    PersonId, SessionId, SetAsideId, SilenceId, TargetId, ThreadId, TokenId
);

macro_rules! values_from_names {
    ($($name:ident),*) => {$(
        impl From<&domain::estate::$name> for Value {
            fn from(name: &domain::estate::$name) -> Self {
                Self::from(name.as_str())
            }
        }
    )*};
}
values_from_names!(AccountId, Environment, Region);

/// A plain structure as JSON text.
///
/// # Errors
/// [`StoreError::Inconsistent`] when it has no JSON form, such as a number that is not finite.
pub(crate) fn json<T: Serialize>(
    value: &T,
    table: Table,
    column: &'static str,
) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Inconsistent {
        table: table.0,
        column,
        row: "(new)".into(),
    })
}

/// What a statement gave back.
pub(crate) enum Inner {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A row of either database.
pub(crate) struct Row {
    pub inner: Inner,
    pub table: Table,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $kind:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self, column: &'static str) -> Result<$kind, StoreError> {
            match &self.inner {
                Inner::Sqlite(row) => row.try_get(column),
                Inner::Postgres(row) => row.try_get(column),
            }
            .map_err(StoreError::Driver)
        }
    )*};
}

impl Row {
    getters! {
        int -> i64;
        int_or_none -> Option<i64>;
        real -> f64;
        bool -> bool;
        text -> String;
        text_or_none -> Option<String>;
    }

    /// A value that is there but cannot be right.
    pub fn inconsistent(&self, column: &'static str) -> StoreError {
        let key = match &self.inner {
            Inner::Sqlite(row) => row.try_get::<String, _>(0).ok(),
            Inner::Postgres(row) => row.try_get::<String, _>(0).ok(),
        };
        let number = || match &self.inner {
            Inner::Sqlite(row) => row.try_get::<i64, _>(0).ok(),
            Inner::Postgres(row) => row.try_get::<i64, _>(0).ok(),
        };
        StoreError::Inconsistent {
            table: self.table.0,
            column,
            row: key
                .or_else(|| number().map(|number| number.to_string()))
                .unwrap_or_default(),
        }
    }

    /// An instant.
    pub fn at(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp::from_ms)
    }

    /// An instant that may be missing.
    pub fn at_or_none(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.int_or_none(column)?.map(Timestamp::from_ms))
    }

    /// A number that is never negative.
    pub fn count(&self, column: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|_| self.inconsistent(column))
    }

    /// A count of rows.
    pub fn total(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| self.inconsistent(column))
    }

    /// An id or a name that reads itself.
    pub fn parse<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?
            .parse()
            .map_err(|_| self.inconsistent(column))
    }

    /// An id that may be missing.
    pub fn parse_or_none<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.text_or_none(column)?
            .map(|text| text.parse().map_err(|_| self.inconsistent(column)))
            .transpose()
    }

    /// A word of a closed list.
    pub fn word<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        read(&self.text(column)?).ok_or_else(|| self.inconsistent(column))
    }

    /// A structure that was written by [`json`].
    pub fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|_| self.inconsistent(column))
    }
}
