//! A PostgreSQL of our own for the tests: made from the distribution's programs in a temporary
//! folder, on a free loopback port, and gone when it is dropped. It trusts every local connection
//! and may lose its data at a power cut: it holds nothing but test data.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Failure, Outcome};
use crate::process::{Background, StopSignal, capture, command, find_program, free_port, run};
use crate::repo::Repo;
use crate::scratch::Scratch;
use crate::tools;

/// Where Debian keeps the programs of each major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// PostgreSQL refuses to run as root; Debian's package makes this user.
const SYSTEM_USER: &str = "postgres";
/// The superuser of the test cluster.
const ROLE: &str = "lamplighter";
/// Slow only on a machine that does much else.
const START_MAX: Duration = Duration::from_secs(60);
/// Tests run in parallel, each with a pool of its own.
const CONNECTIONS_MAX: u32 = 300;

/// A running cluster. The server stops before its folder is removed: fields drop in order.
#[derive(Debug)]
pub struct Postgres {
    _server: Background,
    _folder: Scratch,
    url: String,
}

impl Postgres {
    /// Starts one, and installs the package when the programs are missing.
    ///
    /// # Errors
    /// The programs are missing and cannot be installed, or the cluster cannot be made or started.
    pub fn start(repo: &Repo) -> Outcome<Self> {
        let bin = ensure_programs(repo)?;
        let as_root = tools::is_root(repo);
        let folder = Scratch::new(repo)?;
        if as_root {
            run(
                command(repo, "chown").arg(SYSTEM_USER).arg(folder.path()),
                "install the distribution's package postgresql: it makes this user",
            )?;
        }
        let data = folder.path().join("data");
        let remedy =
            "read the message above; set LAMPLIGHTER_TEST_POSTGRES_URL to use another server";
        let mut initdb = unprivileged(repo, as_root, &bin.join("initdb"));
        initdb
            .current_dir(folder.path())
            .arg("--pgdata")
            .arg(&data)
            .args([
                "--username",
                ROLE,
                "--auth=trust",
                "--no-sync",
                "--no-instructions",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ]);
        capture(&mut initdb, remedy)?;

        let port = free_port()?;
        let mut postgres = unprivileged(repo, as_root, &bin.join("postgres"));
        postgres.current_dir(folder.path()).arg("-D").arg(&data);
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            format!("port={port}"),
            format!("max_connections={CONNECTIONS_MAX}"),
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
            "autovacuum=off".to_owned(),
        ] {
            postgres.arg("-c").arg(setting);
        }
        let log = repo.scratch().join("postgres.log");
        let mut server =
            Background::start("postgres", &postgres, Some(&log), StopSignal::Interrupt)?;
        let port_text = port.to_string();
        server.wait_ready(START_MAX, || {
            let mut probe = command(repo, bin.join("pg_isready"));
            probe.args(["--quiet", "--host", "127.0.0.1", "--port", &port_text]);
            capture(&mut probe, "").is_ok()
        })?;
        let url = format!("postgres://{ROLE}@127.0.0.1:{port}/postgres");
        Ok(Self {
            _server: server,
            _folder: folder,
            url,
        })
    }

    /// A superuser's URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn ensure_programs(repo: &Repo) -> Outcome<PathBuf> {
    if let Some(bin) = find_programs(repo) {
        return Ok(bin);
    }
    tools::apt_install(repo, &["postgresql"])?;
    find_programs(repo).ok_or_else(|| {
        Failure::new(
            "PostgreSQL's initdb is not to be found",
            "put its folder on the PATH, or set LAMPLIGHTER_TEST_POSTGRES_URL",
        )
    })
}

/// Also used without installing anything.
fn find_programs(repo: &Repo) -> Option<PathBuf> {
    newest_below(Path::new(DEBIAN)).or_else(|| {
        find_program("initdb")
            .and_then(|path| path.parent().map(Path::to_path_buf))
            .or_else(|| {
                let folder = capture(command(repo, "pg_config").arg("--bindir"), "").ok()?;
                let folder = PathBuf::from(folder.trim());
                folder.join("initdb").is_file().then_some(folder)
            })
    })
}

/// The `bin` folder of the highest major version that has a server.
fn newest_below(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .filter_map(|entry| {
            let major: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("initdb").is_file().then_some((major, bin))
        })
        .max()
        .map(|(_, bin)| bin)
}

/// `program` as a user that PostgreSQL accepts.
fn unprivileged(repo: &Repo, as_root: bool, program: &Path) -> Command {
    if !as_root {
        return command(repo, program);
    }
    let mut command = command(repo, "setpriv");
    command
        .args([
            "--reuid",
            SYSTEM_USER,
            "--regid",
            SYSTEM_USER,
            "--init-groups",
        ])
        // A change of user forgets the outer request to stop with this tool.
        .args(["--pdeathsig", "INT", "--"])
        .arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_while_it_is_held_and_leaves_nothing() {
        let repo = Repo::here();
        let postgres = Postgres::start(&repo).expect("started");
        let folder = postgres._folder.path().to_path_buf();
        let mut psql = command(&repo, "psql");
        psql.args([
            "-At",
            "-c",
            "SELECT current_setting('fsync')",
            postgres.url(),
        ]);
        let answer = capture(&mut psql, "").expect("an answer");
        assert_eq!(answer.trim(), "off");
        drop(postgres);
        assert!(capture(&mut psql, "").is_err(), "it still answers");
        assert!(!folder.exists(), "its folder is still there");
    }

    #[test]
    fn the_highest_version_wins_and_a_client_alone_does_not_count() {
        let scratch = Scratch::new(&Repo::here()).expect("a folder");
        let root = scratch.path();
        for (version, program) in [("9", "initdb"), ("15", "initdb"), ("16", "psql")] {
            let bin = root.join(version).join("bin");
            fs::create_dir_all(&bin).expect("a folder");
            fs::write(bin.join(program), "").expect("a program");
        }
        let newest = newest_below(root);
        assert_eq!(newest, Some(root.join("15/bin")));
        assert_eq!(newest_below(Path::new("/no/such/folder")), None);
    }
}
