//! A database for each test: a SQLite file in a temporary folder, or a database
//! of its own on the PostgreSQL server of `LAMPLIGHTER_TEST_POSTGRES_URL`. Both
//! are gone after the test, also after one that failed.

use domain::{estate::Scope, time::Timestamp};
use futures::FutureExt as _;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use std::{
    env,
    panic::{AssertUnwindSafe, resume_unwind},
    str::FromStr as _,
    sync::atomic::{AtomicU32, Ordering},
};
use store::{DatabaseKind, Store, maintenance};

const URL: &str = "LAMPLIGHTER_TEST_POSTGRES_URL";
const SKIP: &str = "LAMPLIGHTER_TEST_SKIP_POSTGRES";

/// A migrated database and how to reach it again.
pub struct Database {
    pub store: Store,
    pub url: String,
    pub folder: tempfile::TempDir,
}

impl Database {
    /// Another server's connections to the same database.
    pub async fn another(&self) -> Store {
        Store::open(&self.url).await.expect("opens again")
    }

    /// Runs SQL behind the store's back, as a meddler would.
    pub async fn meddle(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.store.kind() {
            DatabaseKind::Sqlite => {
                let path = self.url.trim_start_matches("sqlite://");
                let options = SqliteConnectOptions::new().filename(path);
                let mut connection = options.connect().await.expect("a connection");
                connection.execute(sql).await.expect("runs");
                connection.close().await.expect("closes");
            }
            DatabaseKind::Postgres => {
                let options = PgConnectOptions::from_str(&self.url).expect("a URL");
                let mut connection = options.connect().await.expect("a connection");
                connection.execute(sql).await.expect("runs");
                connection.close().await.expect("closes");
            }
        }
    }
}

/// Declares each test once for both databases.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[test] fn $name() {
                crate::database::run(store::DatabaseKind::Sqlite, super::$name);
            })*
        }
        mod postgres {
            $(#[test] fn $name() {
                crate::database::run(store::DatabaseKind::Postgres, super::$name);
            })*
        }
    };
}
pub(crate) use on_both;

/// Runs a test on a fresh, migrated database.
pub fn run(kind: DatabaseKind, test: impl AsyncFnOnce(&Database)) {
    run_unmigrated(kind, async |database| {
        database.store.migrate().await.expect("migrates");
        test(database).await;
    });
}

/// Runs a test on a fresh, empty database.
pub fn run_unmigrated(kind: DatabaseKind, test: impl AsyncFnOnce(&Database)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let (url, cleanup) = match kind {
            DatabaseKind::Sqlite => {
                let path = folder.path().join("test.db");
                (format!("sqlite://{}", path.display()), None)
            }
            DatabaseKind::Postgres => match postgres_database().await {
                Some((url, name)) => (url, Some(name)),
                None => return,
            },
        };
        let store = Store::open(&url).await.expect("opens");
        let database = Database { store, url, folder };
        let outcome = AssertUnwindSafe(test(&database)).catch_unwind().await;
        database.store.close().await;
        if let Some(name) = cleanup {
            let server = postgres_url().expect("asked for before");
            let dropped = maintenance::drop_database(&server, &name).await;
            dropped.expect("dropped");
        }
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    });
}

/// The server's URL; none when PostgreSQL is left out on purpose.
pub fn postgres_url() -> Option<String> {
    if let Ok(url) = env::var(URL) {
        return Some(url);
    }
    assert_eq!(
        env::var(SKIP).as_deref(),
        Ok("1"),
        "set {URL} to a PostgreSQL server whose user may create databases, or {SKIP}=1 to leave \
         PostgreSQL out"
    );
    None
}

async fn postgres_database() -> Option<(String, String)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = postgres_url()?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("store_{}_{number}", std::process::id());
    let url = maintenance::create_database(&server, &name).await;
    Some((url.expect("made"), name))
}

/// An instant.
pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

/// An account and region.
pub fn scope() -> Scope {
    Scope {
        account: "111122223333".into(),
        region: "ap-northeast-2".into(),
    }
}

/// What people type who mean no good, and what honest people type.
pub const HOSTILE: [&str; 10] = [
    "%",
    "_",
    "'",
    "\\",
    "\\%",
    "'; DROP TABLE alarms; --",
    "🔥",
    "경보",
    "$1",
    "a\0b",
];
