//! What the integration tests stand on: a PostgreSQL, the AWS peers and an Alertmanager, and the
//! variables that tell tests where they are. Of other people's programs the tests themselves start
//! the Alertmanager alone, whose configuration says whom it calls.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::alertmanager;
use crate::failure::Outcome;
use crate::peers::{self, Peers};
use crate::postgres::Postgres;
use crate::repo::Repo;

/// Running programs; dropping this stops those that it started.
#[derive(Debug)]
pub struct TestWorld {
    _postgres: Option<Postgres>,
    postgres_url: String,
    peers: Peers,
    alertmanager: PathBuf,
}

impl TestWorld {
    /// Starts what is needed; a PostgreSQL only when `LAMPLIGHTER_TEST_POSTGRES_URL` names none.
    ///
    /// # Errors
    /// A program is missing and cannot be installed, or does not start.
    pub fn start(repo: &Repo) -> Outcome<Self> {
        peers::install(repo)?;
        let (postgres, postgres_url) = match env::var("LAMPLIGHTER_TEST_POSTGRES_URL") {
            Ok(url) => (None, url),
            Err(_) => {
                let own = Postgres::start(repo)?;
                let url = own.url().to_owned();
                (Some(own), url)
            }
        };
        Ok(Self {
            _postgres: postgres,
            postgres_url,
            peers: Peers::start(repo)?,
            alertmanager: alertmanager::ensure(repo)?,
        })
    }

    /// Names and values for the tests' environment.
    pub fn variables(&self) -> [(&'static str, &OsStr); 4] {
        [
            ("LAMPLIGHTER_TEST_POSTGRES_URL", self.postgres_url.as_ref()),
            (
                "LAMPLIGHTER_TEST_MINISTACK_URL",
                self.peers.ministack_url().as_ref(),
            ),
            ("LAMPLIGHTER_TEST_MOTO_URL", self.peers.moto_url().as_ref()),
            (
                "LAMPLIGHTER_TEST_ALERTMANAGER",
                self.alertmanager.as_os_str(),
            ),
        ]
    }
}

/// `cargo xtask peers`: keeps the test world up, for running tests by hand beside it.
///
/// # Errors
/// It did not start.
pub fn serve(repo: &Repo) -> Outcome {
    let world = TestWorld::start(repo)?;
    println!("# these run until Ctrl-C; give the variables to another terminal");
    for (name, value) in world.variables() {
        println!("export {name}={}", value.display());
    }
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
