//! Reading and writing: where statements meet a connection. Nothing here knows
//! what a statement is about.

use crate::{
    dialect,
    error::StoreError,
    open::{Pool, Store, WAIT_MAX},
    sql::{Inner, Row, Sql, Table, Value},
};
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::sync::Arc;
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

/// Asks the database: see the crate's documentation.
pub struct Read<'a>(Source<'a>);

enum Source<'a> {
    Sqlite(&'a SqlitePool),
    Postgres(&'a PgPool),
    SqliteTx(&'a mut SqliteConnection),
    PostgresTx(&'a mut PgConnection),
}

/// A transaction that writes: alone among writers until [`Tx::commit`].
/// Dropped without it, nothing of it remains.
pub struct Tx {
    // Before the turn: fields drop in order, and the next writer comes after this one.
    open: Open,
    _turn: Option<OwnedSemaphorePermit>,
}

enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Binds the values and runs the same expression on whichever driver it is.
macro_rules! run {
    ($sql:expr, $text:ident, $values:ident, $db:ty, $executor:expr, $method:ident) => {{
        let query = sqlx::query::<$db>($text);
        let query = $values.into_iter().fold(query, |query, value| match value {
            Value::Int(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bool(value) => query.bind(value),
        });
        query
            .$method($executor)
            .await
            .map_err(|error| StoreError::from_driver(error, $sql))
    }};
}

impl Store {
    /// Asks on the read pool.
    #[must_use]
    pub fn read(&self) -> Read<'_> {
        Read(match self.pool() {
            Pool::Sqlite { reader, .. } => Source::Sqlite(reader),
            Pool::Postgres { pool, .. } => Source::Postgres(pool),
        })
    }

    /// Begins to write, when every writer before has ended.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when that takes too long.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let table = Table("ledger_head");
        let failed = |error| StoreError::from_driver(error, table);
        match self.pool() {
            Pool::Sqlite { writer, .. } => {
                let begun = writer.begin_with("BEGIN IMMEDIATE").await;
                Ok(Tx {
                    open: Open::Sqlite(begun.map_err(failed)?),
                    // The one writing connection is the turn.
                    _turn: None,
                })
            }
            Pool::Postgres { pool, turn } => {
                let turn = timeout(WAIT_MAX, Arc::clone(turn).acquire_owned()).await;
                // The semaphore is never closed: only the time can run out.
                let Ok(Ok(turn)) = turn else {
                    return Err(StoreError::Busy(sqlx::Error::PoolTimedOut));
                };
                let mut begun = pool.begin().await.map_err(failed)?;
                sqlx::query(dialect::LOCK_HEAD_POSTGRES)
                    .execute(&mut *begun)
                    .await
                    .map_err(failed)?;
                Ok(Tx {
                    open: Open::Postgres(begun),
                    _turn: Some(turn),
                })
            }
        }
    }
}

impl Read<'_> {
    /// Every row.
    pub(crate) async fn all(&mut self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        let table = sql.table;
        let (text, values) = sql.into_parts();
        let sqlite = |rows: Vec<_>| rows.into_iter().map(Inner::Sqlite).collect::<Vec<_>>();
        let postgres = |rows: Vec<_>| rows.into_iter().map(Inner::Postgres).collect();
        let rows = match &mut self.0 {
            Source::Sqlite(pool) => sqlite(run!(table, text, values, Sqlite, *pool, fetch_all)?),
            Source::Postgres(pool) => {
                postgres(run!(table, text, values, Postgres, *pool, fetch_all)?)
            }
            Source::SqliteTx(tx) => {
                sqlite(run!(table, text, values, Sqlite, &mut **tx, fetch_all)?)
            }
            Source::PostgresTx(tx) => {
                postgres(run!(table, text, values, Postgres, &mut **tx, fetch_all)?)
            }
        };
        let row = |inner| Row { inner, table };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The first row, if there is one.
    pub(crate) async fn first(&mut self, sql: Sql) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql).await?.into_iter().next())
    }

    /// The one row of a statement that always gives one, such as a count.
    pub(crate) async fn one(&mut self, sql: Sql) -> Result<Row, StoreError> {
        let table = sql.table.0;
        self.first(sql).await?.ok_or(StoreError::RowsAffected {
            table,
            expected: 1,
            actual: 0,
        })
    }
}

impl Tx {
    /// Asks inside the transaction.
    #[must_use]
    pub fn read(&mut self) -> Read<'_> {
        Read(match &mut self.open {
            Open::Sqlite(tx) => Source::SqliteTx(tx),
            Open::Postgres(tx) => Source::PostgresTx(tx),
        })
    }

    /// Keeps everything.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is kept then.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.open {
            Open::Sqlite(tx) => tx.commit().await,
            Open::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| StoreError::from_driver(error, Table("ledger_head")))
    }

    /// Forgets everything, and waits until it is forgotten.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is kept all the same.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.open {
            Open::Sqlite(tx) => tx.rollback().await,
            Open::Postgres(tx) => tx.rollback().await,
        }
        .map_err(|error| StoreError::from_driver(error, Table("ledger_head")))
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn run(&mut self, sql: Sql) -> Result<u64, StoreError> {
        let table = sql.table;
        let (text, values) = sql.into_parts();
        match &mut self.open {
            Open::Sqlite(tx) => {
                let done = run!(table, text, values, Sqlite, &mut **tx, execute)?;
                Ok(done.rows_affected())
            }
            Open::Postgres(tx) => {
                let done = run!(table, text, values, Postgres, &mut **tx, execute)?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Runs a statement that must touch exactly one row.
    pub(crate) async fn run_one(&mut self, sql: Sql) -> Result<(), StoreError> {
        let table = sql.table.0;
        match self.run(sql).await? {
            1 => Ok(()),
            actual => Err(StoreError::RowsAffected {
                table,
                expected: 1,
                actual,
            }),
        }
    }
}
