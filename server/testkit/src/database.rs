//! A database of one test's own, gone with it.

use std::{
    env,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};
use store::{Store, maintenance};
use tempfile::TempDir;

/// The server whose databases the tests make and drop.
const POSTGRES: &str = "LAMPLIGHTER_TEST_POSTGRES_URL";
/// Says that the PostgreSQL half is left out on purpose.
const SKIP_POSTGRES: &str = "LAMPLIGHTER_TEST_SKIP_POSTGRES";

/// Which database a test runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backing {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on this server.
    Postgres(String),
}

impl Backing {
    /// The PostgreSQL of the environment; none when it is left out on purpose.
    ///
    /// # Panics
    /// When neither is said: a test that cannot run must not look as if it had.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        if env::var(SKIP_POSTGRES).as_deref() == Ok("1") {
            return None;
        }
        match env::var(POSTGRES) {
            Ok(url) => Some(Self::Postgres(url)),
            Err(_) => panic!("set {POSTGRES} to a superuser's URL, or {SKIP_POSTGRES}=1"),
        }
    }
}

/// A migrated, empty database.
pub struct Database {
    url: String,
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "kept until the test ends")] TempDir),
    Server { url: String, name: String },
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// Makes one.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn make(backing: &Backing) -> Self {
        let made = match backing {
            Backing::Sqlite => {
                let folder = TempDir::new().expect("a temporary folder");
                let file: PathBuf = folder.path().join("lamplighter.db");
                Self {
                    url: format!("sqlite://{}", file.display()),
                    place: Place::Folder(folder),
                }
            }
            Backing::Postgres(server) => {
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("story_{}_{count}", std::process::id());
                let url = maintenance::create_database(server, &name).await;
                Self {
                    url: url.expect("a database on the server"),
                    place: Place::Server {
                        url: server.clone(),
                        name,
                    },
                }
            }
        };
        let store = made.open().await;
        store.migrate().await.expect("migrations");
        store.close().await;
        made
    }

    /// Opens it, with connections of its own.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.expect("the database opens")
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Place::Server { url, name } = &self.place else {
            return;
        };
        let (url, name) = (url.clone(), name.clone());
        // The test's own runtime may be ending; this one lives for one statement.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime");
            // What is left behind on a test's server harms nobody.
            let _ = runtime.block_on(maintenance::drop_database(&url, &name));
        });
        let _ = dropped.join();
    }
}
