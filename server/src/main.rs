//! `lamplighter`: the console of an AWS operations team.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}
