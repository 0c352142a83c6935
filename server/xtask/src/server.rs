//! The server's half: compiles `lamplighter`, with the site inside when it is a release, and starts
//! it on loopback.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Failure, Outcome};
use crate::http;
use crate::process::{Background, StopSignal, cargo, command, run};
use crate::repo::Repo;

/// How long a server may take from its start to its first answer. Far above the budget: a debug
/// build on a busy machine must not fail the tests.
const START_MAX: Duration = Duration::from_secs(60);

/// Tells the server's build which site it carries inside.
const EMBED_SITE: &str = "LAMPLIGHTER_EMBED_SITE";

/// Compiles the server and returns its path. A release carries `target/site` inside, so the client
/// must have been built before.
///
/// # Errors
/// It does not compile.
pub fn build(repo: &Repo, release: bool) -> Outcome<PathBuf> {
    compile(&mut build_command(repo, release))?;
    Ok(repo.server_binary(release))
}

/// Compiles the debug server with `target/site` inside, as a release has it, and returns its path.
///
/// # Errors
/// It does not compile.
pub fn build_whole(repo: &Repo) -> Outcome<PathBuf> {
    compile(build_command(repo, false).env(EMBED_SITE, repo.site()))?;
    Ok(repo.server_binary(false))
}

fn compile(build: &mut Command) -> Outcome {
    run(build, "mend the compiler's errors above")
}

/// The command of [`build`].
pub fn build_command(repo: &Repo, release: bool) -> Command {
    if release {
        let mut build = cargo(repo, None);
        build.args([
            "build",
            "--release",
            "--package",
            "server",
            "--bin",
            "lamplighter",
        ]);
        build.env(EMBED_SITE, repo.site());
        return build;
    }
    let mut build = debug_command(repo);
    build.args(["--bin", "lamplighter", "--bin", "bundle"]);
    build
}

/// The debug build of server and packer, of those programs that the caller adds by `--bin`.
///
/// Named together the two choose the same features of shared dependencies as the whole workspace
/// does, so that the tests, `run` and the packer never rebuild each other's.
pub fn debug_command(repo: &Repo) -> Command {
    let mut build = cargo(repo, None);
    build.args(["build", "--package", "server", "--package", "bundle"]);
    build
}

/// How to start one.
#[derive(Debug, Clone)]
pub struct Launch<'a> {
    /// The built program.
    pub binary: &'a Path,
    /// `127.0.0.1:8080`
    pub listen: &'a str,
    /// Where the database and the sandbox's state live.
    pub data: &'a Path,
    /// Further arguments after those.
    pub arguments: &'a [String],
    /// Further environment.
    pub environment: &'a [(&'a str, String)],
    /// Where its output goes; `None`: this tool's own output.
    pub log: Option<&'a Path>,
}

/// Starts the server on the sandbox and waits for its first answer.
///
/// # Errors
/// The address is taken, or the server ended or did not answer.
pub fn start(repo: &Repo, launch: &Launch<'_>) -> Outcome<Background> {
    check_free(launch.listen)?;
    let mut serve = command(repo, launch.binary);
    serve
        .args(["serve", "--sandbox", "--listen", launch.listen, "--data"])
        .arg(launch.data)
        .args(launch.arguments)
        .env("LAMPLIGHTER_SITE_DIR", repo.site());
    for (name, value) in launch.environment {
        serve.env(name, value);
    }
    let mut server = Background::start("lamplighter", &serve, launch.log, StopSignal::Terminate)?;
    server.wait_ready(START_MAX, || {
        http::get(launch.listen, "/healthz").is_ok_and(|response| response.status == 200)
    })?;
    Ok(server)
}

/// Whether the address can be had; asked before minutes of building, too.
///
/// # Errors
/// Somebody listens there, or it is no address of this machine.
pub fn check_free(listen: &str) -> Outcome {
    match TcpListener::bind(listen) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::new(
            format!("cannot listen on {listen}: {error}"),
            "stop the program that uses this address, or choose another: `--listen 127.0.0.1:8081`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_address_is_refused_with_another_one_to_try() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = taken.local_addr().expect("its address").to_string();
        let failure = check_free(&address).expect_err("taken");
        assert!(failure.what.contains(&address), "{failure}");
        assert!(failure.remedy.contains("--listen"), "{failure}");
        drop(taken);
        assert_eq!(check_free(&address), Ok(()));
    }
}
