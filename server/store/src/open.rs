//! Opening a database: its URL, its pools, its migrations.

use crate::{
    catalog, dialect,
    error::StoreError,
    sql::{Table, statements},
};
use domain::limits;
use sqlx::{
    ConnectOptions, Connection as _, Executor as _, PgConnection, PgPool, SqlitePool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fs, path::Path, str::FromStr as _, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Longest wait for a connection, and for the writer before.
pub(crate) const WAIT_MAX: Duration = Duration::from_millis(limits::DATABASE_WAIT_MS);

statements! { "_sqlx_migrations";
    PING = "SELECT 1 AS one";
    SCHEMA_VERSION =
        "SELECT COALESCE(MAX(version), 0) AS version FROM _sqlx_migrations WHERE success";
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file of our own.
    Sqlite,
    /// A server.
    Postgres,
}

impl DatabaseKind {
    /// `sqlite` or `postgres`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Connections of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSizes {
    /// Open.
    pub size: u32,
    /// Open and unused.
    pub idle: u32,
}

#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
    },
    Postgres {
        pool: PgPool,
        /// One permit: of one server's writers only one waits at the database, or the
        /// others would take every connection from the readers while they wait.
        turn: Arc<Semaphore>,
    },
}

/// A database of the product. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Connection options hold the password.
        f.debug_struct("Store")
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database at `sqlite://path`, `sqlite::memory:` (for tests: one
    /// connection, gone with the store) or `postgres://user:password@host:port/name`.
    /// A SQLite file that is not there is made, readable by its owner only.
    /// Nothing is migrated: call [`Store::migrate`] before anything else.
    ///
    /// # Errors
    /// [`StoreError::Url`] or [`StoreError::Unavailable`] when it cannot be
    /// opened, [`StoreError::NewerSchema`] when a later version wrote it.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pool = if url == "sqlite::memory:" {
            open_sqlite(None).await?
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            open_sqlite(Some(path)).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await?
        } else {
            return Err(StoreError::Url(
                "write sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE".into(),
            ));
        };
        let store = Self { pool };
        store.refuse_newer().await?;
        Ok(store)
    }

    pub(crate) const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Which database it is.
    #[must_use]
    pub const fn kind(&self) -> DatabaseKind {
        match self.pool {
            Pool::Sqlite { .. } => DatabaseKind::Sqlite,
            Pool::Postgres { .. } => DatabaseKind::Postgres,
        }
    }

    const fn migrator(&self) -> &'static Migrator {
        match self.pool {
            Pool::Sqlite { .. } => &SQLITE,
            Pool::Postgres { .. } => &POSTGRES,
        }
    }

    /// The newest schema version that this program knows.
    #[must_use]
    pub fn known_schema_version(&self) -> i64 {
        self.migrator()
            .iter()
            .map(|step| step.version)
            .max()
            .unwrap_or(0)
    }

    /// The schema version of the database; 0 before the first migration.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        let exists = dialect::migrations_table_exists(self.kind());
        let mut read = self.read();
        if read.one(exists.sql()).await?.int("total")? == 0 {
            return Ok(0);
        }
        let version = read.one(SCHEMA_VERSION.sql()).await?;
        version.int("version")
    }

    /// Whether [`Store::migrate`] has something to do.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn needs_migration(&self) -> Result<bool, StoreError> {
        Ok(self.schema_version().await? < self.known_schema_version())
    }

    async fn refuse_newer(&self) -> Result<(), StoreError> {
        let (found, known) = (self.schema_version().await?, self.known_schema_version());
        if found > known {
            return Err(StoreError::NewerSchema { found, known });
        }
        Ok(())
    }

    /// Brings the schema up to this program's version. Safe when several servers
    /// start at once: the others wait, then find nothing to do.
    ///
    /// # Errors
    /// [`StoreError::Migration`]; the steps before the failed one are kept on
    /// PostgreSQL, none on SQLite.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.refuse_newer().await?;
        let failed = |error| StoreError::from_driver(error, Table("_sqlx_migrations"));
        match &self.pool {
            Pool::Sqlite { writer, .. } => {
                // The driver's own lock does nothing on SQLite; a writing transaction around
                // all steps does, and each step becomes a savepoint in it.
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
                let done = SQLITE.run_direct(None, &mut *tx, false).await;
                done.map_err(StoreError::Migration)?;
                tx.commit().await.map_err(failed)
            }
            Pool::Postgres { pool, .. } => {
                // A connection of its own, without the pool's time-outs: a step may take long,
                // and a failed one must not leave its lock on a pooled connection.
                let options = PgConnectOptions::clone(&pool.connect_options());
                let options = options.options([
                    ("statement_timeout", "0"),
                    ("lock_timeout", "0"),
                    ("idle_in_transaction_session_timeout", "0"),
                ]);
                let mut connection = options.connect().await.map_err(failed)?;
                let done = POSTGRES.run_direct(None, &mut connection, false).await;
                let closed = connection.close().await;
                done.map_err(StoreError::Migration)?;
                closed.map_err(failed)
            }
        }
    }

    /// Asks the database for nothing, to see that it answers.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read().one(PING.sql()).await?;
        Ok(())
    }

    /// How many connections there are.
    #[must_use]
    pub fn pool_sizes(&self) -> PoolSizes {
        let (size, idle) = match &self.pool {
            Pool::Sqlite { writer, reader } => (
                writer.size() + reader.size(),
                // While a connection is being taken, sqlx counts one below none.
                writer.num_idle().saturating_add(reader.num_idle()),
            ),
            Pool::Postgres { pool, .. } => (pool.size(), pool.num_idle()),
        };
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(size);
        PoolSizes { size, idle }
    }

    /// Prepares every statement of the product on this database; how many.
    ///
    /// # Errors
    /// [`StoreError::Driver`] with the first that does not fit the schema.
    pub async fn prepare_all(&self) -> Result<usize, StoreError> {
        let statements = catalog::statements(self.kind());
        let count = statements.len();
        for (name, sql) in statements {
            let (table, shown) = (sql.table, sql.text().to_owned());
            let text = sqlx::SqlSafeStr::into_sql_str(sql.into_parts().0);
            let prepared = match &self.pool {
                Pool::Sqlite { reader, .. } => reader.prepare(text).await.map(drop),
                Pool::Postgres { pool, .. } => pool.prepare(text).await.map(drop),
            };
            prepared.map_err(|error| {
                tracing::error!(statement.name = name, statement.text = shown, %error);
                StoreError::from_driver(error, table)
            })?;
        }
        Ok(count)
    }

    /// Closes every connection; SQLite's journal is folded into its file.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Pool::Postgres { pool, .. } => pool.close().await,
        }
    }
}

fn sqlite_options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(WAIT_MAX)
        .statement_cache_capacity(limits::STATEMENTS_KEPT_MAX)
        .disable_statement_logging()
}

async fn open_sqlite(path: Option<&str>) -> Result<Pool, StoreError> {
    let pool_options = || {
        SqlitePoolOptions::new()
            .acquire_timeout(WAIT_MAX)
            // A closed connection would take an in-memory database with it, and gains nothing
            // for a file.
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let Some(path) = path else {
        let options = sqlite_options().in_memory(true);
        let pool = pool_options().max_connections(1).connect_with(options);
        let writer = pool.await.map_err(StoreError::Unavailable)?;
        let reader = writer.clone();
        return Ok(Pool::Sqlite { writer, reader });
    };
    make_private_file(Path::new(path))?;
    let options = sqlite_options().filename(path);
    let writer = pool_options()
        .max_connections(1)
        .connect_with(options.clone())
        .await
        .map_err(StoreError::Unavailable)?;
    let reader = pool_options()
        .max_connections(limits::SQLITE_READERS_MAX)
        .connect_with(options.pragma("query_only", "ON"))
        .await
        .map_err(StoreError::Unavailable)?;
    Ok(Pool::Sqlite { writer, reader })
}

/// Makes the file if it is not there. It will hold password hashes and the
/// audit log, so nobody but its owner may read it; its journal follows it.
fn make_private_file(path: &Path) -> Result<(), StoreError> {
    if path.as_os_str().is_empty() || path.to_string_lossy().contains('?') {
        return Err(StoreError::Url(
            "write a file's path after sqlite://, without options".into(),
        ));
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        && !folder.is_dir()
    {
        return Err(StoreError::Url(format!(
            "the folder {} does not exist; make it first",
            folder.display()
        )));
    }
    match private_file(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Url(format!(
            "the file {} cannot be made: {error}",
            path.display()
        ))),
    }
}

/// A new file that only its owner may read; fails when it exists.
pub(crate) fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

async fn open_postgres(url: &str) -> Result<Pool, StoreError> {
    // The parser's own words may quote the URL and with it the password.
    let malformed = || {
        StoreError::Url(
            "it is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE (special \
             characters of the password percent-encoded)"
                .into(),
        )
    };
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| malformed())?
        .application_name("lamplighter")
        .statement_cache_capacity(limits::STATEMENTS_KEPT_MAX)
        // A writer holds the head of the ledgers: one that got stuck must not stop the others.
        .options([
            ("statement_timeout", "30s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "60s"),
        ])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(limits::POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(WAIT_MAX)
        .connect_with(options.clone())
        .await;
    let pool = match pool {
        Ok(pool) => pool,
        // The pool tells only that it waited; one try tells for what.
        Err(sqlx::Error::PoolTimedOut) => match PgConnection::connect_with(&options).await {
            Ok(_) => return Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)),
            Err(error) => return Err(StoreError::Unavailable(error)),
        },
        Err(error) => return Err(StoreError::Unavailable(error)),
    };
    let encoding: String = sqlx::query_scalar("SHOW server_encoding")
        .fetch_one(&pool)
        .await
        .map_err(StoreError::Unavailable)?;
    if encoding != "UTF8" {
        return Err(StoreError::Url(format!(
            "the database's encoding is {encoding}; create one with ENCODING 'UTF8'"
        )));
    }
    let turn = Arc::new(Semaphore::new(1));
    Ok(Pool::Postgres { pool, turn })
}
