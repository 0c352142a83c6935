//! The project's own tool: builds, serves, watches, tests, tidies and measures. It depends on
//! nothing but a JSON reader, so that the first command of a fresh clone starts in seconds; it is
//! never part of the product.
//!
//! One file per noun. Every failure is a [`failure::Failure`]: what happened, and what to do.
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod alertmanager;
mod arguments;
mod bench;
mod client;
mod counts;
mod failure;
mod http;
mod peers;
mod postgres;
mod process;
mod repo;
mod run;
mod scratch;
mod server;
mod stopwatch;
mod style;
mod test;
mod test_world;
mod tidy;
mod tools;
mod wasm_toolchain;
mod watch;

use std::process::ExitCode;

use arguments::Arguments;
use failure::{Failure, Outcome};
use repo::Repo;

const HELP: &str = "\
cargo xtask run [--release] [--listen ADDR] [-- ARGS]   build all, serve the sandbox on 127.0.0.1:8080
cargo xtask watch [--listen ADDR] [-- ARGS]             the same; edits rebuild and reload the page
cargo xtask test [--only STAGE]… [-- FILTER]            every check; the last line counts them
cargo xtask build [--release]                           client and server, without serving
cargo xtask client [--release]                          only what the browser loads (target/site)
cargo xtask tidy                                        only the rules of the project's layout
cargo xtask peers                                       PostgreSQL and AWS peers for tests run by hand
cargo xtask bench [--quick] [--builds]                  the figures, in release
cargo xtask toolchain                                   only make sure of the browser's toolchain

stages of test: fmt tidy clippy clippy-wasm doc unit doctest client e2e, and on demand release
environment:
  LAMPLIGHTER_WASM_TOOLCHAIN=debian   take the browser's standard library from Debian's packages
  LAMPLIGHTER_TEST_POSTGRES_URL=…     use this PostgreSQL (a superuser's URL) instead of starting one
  CHROMIUM=…                          the browser of those tests";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    match dispatch(&Repo::here(), &name, Arguments::new(words)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether all was well; `false` when the command itself has said what was not.
fn dispatch(repo: &Repo, name: &str, mut arguments: Arguments) -> Outcome<bool> {
    if name == "test" {
        return test::test(repo, arguments);
    }
    let done = match name {
        "run" => run::run(repo, arguments),
        "watch" => watch::watch(repo, arguments),
        "bench" => bench::bench(repo, arguments),
        "build" => {
            let release = arguments.flag("--release");
            arguments.finish()?;
            let binary = run::build(repo, release)?;
            println!("    {}", binary.display());
            Ok(())
        }
        "client" => {
            let release = arguments.flag("--release");
            arguments.finish()?;
            let toolchain = wasm_toolchain::ensure(repo)?;
            let site = client::build(repo, toolchain.as_deref(), release)?;
            print!("{}", site.describe());
            Ok(())
        }
        "tidy" => {
            arguments.finish()?;
            tidy::check(repo)
        }
        "peers" => {
            arguments.finish()?;
            test_world::serve(repo)
        }
        "toolchain" => {
            arguments.finish()?;
            let toolchain = wasm_toolchain::ensure(repo)?;
            println!(
                "    {}",
                toolchain.as_deref().unwrap_or("the active toolchain")
            );
            Ok(())
        }
        "help" | "--help" | "-h" | "" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(Failure::new(
            format!("there is no command {other:?}"),
            "see `cargo xtask help`",
        )),
    };
    done.map(|()| true)
}
