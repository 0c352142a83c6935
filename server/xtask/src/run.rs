//! `cargo xtask run`: from a fresh clone to a served page. Each phase prints its time; the two
//! halves compile side by side, because either alone leaves a core idle at its ends.

use std::env;
use std::process::Command;
use std::thread;

use crate::arguments::Arguments;
use crate::failure::{Failure, Outcome};
use crate::process::{in_the_background, run_lines};
use crate::repo::Repo;
use crate::server::{self, Launch};
use crate::stopwatch::{Stopwatch, phase};
use crate::{client, wasm_toolchain};

/// Where the sandbox is served when nothing else is said.
const LISTEN: &str = "127.0.0.1:8080";

/// Where to serve: as the command says, or the environment.
pub fn listen(arguments: &mut Arguments) -> Outcome<String> {
    Ok(arguments
        .value("--listen")?
        .or_else(|| env::var("LAMPLIGHTER_LISTEN").ok())
        .unwrap_or_else(|| LISTEN.to_owned()))
}

/// Builds everything and serves the sandbox until it is stopped.
///
/// # Errors
/// A phase failed.
pub fn run(repo: &Repo, mut arguments: Arguments) -> Outcome {
    let release = arguments.flag("--release");
    let listen = listen(&mut arguments)?;
    let serve_arguments = arguments.finish()?;
    server::check_free(&listen)?;
    println!(
        "Building Lamplighter, then serving its sandbox on http://{listen}/ — {}.",
        how_long(repo)
    );
    let stopwatch = Stopwatch::start();

    let binary = build(repo, release)?;
    let mut server = phase("start", || {
        server::start(
            repo,
            &Launch {
                binary: &binary,
                listen: &listen,
                data: &repo.target().join("sandbox"),
                arguments: &serve_arguments,
                environment: &[],
                log: None,
            },
        )
    })?;
    println!(
        "
    from the command to the first answer: {:.0} s

    open      http://{listen}/
    sign in   press one of the four people (viewer, operator, approver, admin); no password
    stop      Ctrl-C
",
        stopwatch.seconds()
    );
    if server.wait() {
        return Ok(());
    }
    Err(Failure::new(
        "lamplighter ended with an error",
        "read its output above",
    ))
}

/// What the reader has to wait for. Compiling the libraries of both halves takes nearly all of the
/// first build; measured on two cores, with the browser's standard library to assemble.
pub fn how_long(repo: &Repo) -> &'static str {
    if repo.client_target().is_dir() {
        "seconds to two minutes, by what was edited"
    } else {
        "the first time about 12 minutes on two cores, later seconds"
    }
}

/// Builds client and server; returns the server's path.
///
/// # Errors
/// A phase failed.
pub fn build(repo: &Repo, release: bool) -> Outcome<std::path::PathBuf> {
    let toolchain = phase("toolchain for the browser", || wasm_toolchain::ensure(repo))?;
    let toolchain = toolchain.as_deref();
    if release {
        // The server carries the finished site, so it comes second.
        let site = client::build(repo, toolchain, true)?;
        print!("{}", site.describe());
        return phase("server: compile", || server::build(repo, true));
    }
    phase("client and server: compile side by side", || {
        // The server takes longer, and its last crates wait for one another: the client's build
        // fills the cores it leaves idle.
        let client = client::compile_command(repo, toolchain, false);
        side_by_side(
            ("client", in_the_background(client)),
            ("server", server::build_command(repo, false)),
        )
    })?;
    phase("client: bind and pack", || client::pack(repo, false))?;
    Ok(repo.server_binary(false))
}

/// Runs both to the end; every line of their output carries its label.
///
/// # Errors
/// One of them failed; its label is named.
pub fn side_by_side(left: (&str, Command), right: (&str, Command)) -> Outcome {
    let one = |(label, mut command): (&str, Command)| -> Outcome {
        if run_lines(&mut command, |line| eprintln!("    {label} | {line}"))? {
            return Ok(());
        }
        Err(Failure::new(
            format!("the {label} does not compile"),
            format!("mend the errors on the lines marked `{label} |` above"),
        ))
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| one(right));
        let left = one(left);
        let right = other.join().unwrap_or_else(|_| {
            Err(Failure::new(
                "a build ended in a panic",
                "run the command again",
            ))
        });
        left.and(right)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::command;

    #[test]
    fn the_half_that_fails_is_named() {
        let repo = Repo::here();
        let with = |code: &str| {
            let mut command = command(&repo, "sh");
            command.args(["-c", code]);
            command
        };
        assert_eq!(
            side_by_side(("client", with("true")), ("server", with("true"))),
            Ok(())
        );
        let failure =
            side_by_side(("client", with("true")), ("server", with("false"))).expect_err("fails");
        assert!(failure.what.contains("server"), "{failure}");
    }
}
