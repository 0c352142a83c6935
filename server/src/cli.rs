//! The command line. Exit codes: 0 done, 1 findings, 2 wrong usage or input
//! (said on standard error), 3 an outside system failed.

use crate::{
    compose::{self, SandboxOptions, StartError},
    config::Config,
    console, doctor, http, logs, policy_lint, route, schedule, serve, source,
    system::SystemClock,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use demo::ClockMode;
use domain::{i18n::Lang, ids::TokenId, limits, people::Role};
use ports::Clock as _;
use std::{
    env,
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

/// Where the sandbox keeps its files when nothing else is said: never where an
/// installation does.
const SANDBOX_DATA: &str = "sandbox-data";

/// The console of an AWS operations team.
#[derive(Debug, Parser)]
#[command(name = "lamplighter", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What every command that opens the installation takes.
#[derive(Debug, Args)]
struct Place {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE", env = "LAMPLIGHTER_CONFIG")]
    config: Option<PathBuf>,
    /// Where the program keeps its files.
    #[arg(long, global = true, alias = "data-dir", value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console.
    Serve(Serve),
    /// Bring the database up to date and do nothing else.
    Migrate(Place),
    /// Check database, clock and every AWS permission; say what to do.
    Doctor {
        #[command(flatten)]
        place: Place,
        /// For people or for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Add, list, shut out people; set passwords.
    User {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        act: User,
    },
    /// Make, list and revoke API tokens.
    Token {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        act: Token,
    },
    /// The audit log.
    Audit {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        act: Audit,
    },
    /// Copy the SQLite database into a new file while the server runs.
    Backup {
        #[command(flatten)]
        place: Place,
        /// A file that does not exist yet.
        file: PathBuf,
    },
    /// Scaling policies.
    Policy {
        #[command(subcommand)]
        act: Policy,
    },
    /// Whom the routes of a configuration tell: no server and no channel are asked.
    Route {
        /// The configuration file.
        #[arg(long, global = true, value_name = "FILE", env = "LAMPLIGHTER_CONFIG")]
        config: Option<PathBuf>,
        #[command(subcommand)]
        ask: route::Ask,
    },
    /// What the mapping of a source makes of a file: no server is asked and nothing is written.
    Source {
        /// The configuration file.
        #[arg(long, global = true, value_name = "FILE", env = "LAMPLIGHTER_CONFIG")]
        config: Option<PathBuf>,
        #[command(subcommand)]
        ask: source::Ask,
    },
    /// What a schedule's file means: no server and no AWS are asked.
    Schedule {
        #[command(subcommand)]
        ask: schedule::Ask,
    },
    /// Access logs of load balancers, from files: no server and no AWS are asked.
    Logs {
        #[command(subcommand)]
        ask: logs::Ask,
    },
    /// Print the description of /api/v1.
    Openapi,
    /// Print the version.
    Version,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Run against a simulated estate that reacts.
    #[arg(long)]
    sandbox: bool,
    /// What the simulated estate is drawn from.
    #[arg(long, value_name = "N", default_value_t = 7, requires = "sandbox")]
    sandbox_seed: u64,
    /// How many alarms the simulated estate has.
    #[arg(long, value_name = "N", default_value_t = 60, requires = "sandbox",
          value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::SANDBOX_ALARMS_MAX)))]
    sandbox_alarms: u32,
    /// How the simulated clock runs: `running:SPEED` or `stepped`.
    #[arg(long, value_name = "MODE", default_value = "running:1", requires = "sandbox",
          value_parser = clock_mode)]
    sandbox_clock: ClockMode,
}

/// For whom something is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    #[value(alias = "table")]
    Text,
    /// For programs.
    Json,
}

/// What can be done with people. Passwords come from `LAMPLIGHTER_PASSWORD` or
/// from standard input, never from the command line, where others see them.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a person; their password comes from standard input or LAMPLIGHTER_PASSWORD.
    Add {
        /// Their e-mail address.
        login: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// What they may do.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Only in this environment; repeat for several. All when left out.
        #[arg(long, value_name = "ENVIRONMENT")]
        environment: Vec<String>,
    },
    /// List everybody.
    List,
    /// Shut a person out: ends their sessions and tokens.
    Disable {
        /// Their e-mail address.
        login: String,
        /// Let them in again.
        #[arg(long)]
        undo: bool,
    },
    /// Set a person's password from standard input or LAMPLIGHTER_PASSWORD; ends their sessions.
    Password {
        /// Their e-mail address.
        login: String,
    },
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token and print it; it cannot be shown again.
    Make {
        /// Its owner's e-mail address.
        login: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// At most this role.
        #[arg(long, value_parser = role, default_value = "viewer")]
        role: Role,
        /// Days until it ends.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// List a person's tokens.
    List {
        /// Their e-mail address.
        login: String,
    },
    /// Revoke a token.
    Revoke {
        /// Its owner's e-mail address.
        login: String,
        /// Its id.
        id: TokenId,
    },
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Find any entry that was changed, taken out or put elsewhere.
    Verify,
}

#[derive(Debug, Subcommand)]
enum Policy {
    /// Find metric values for which a policy has no step, and other mistakes.
    Lint {
        /// What `aws autoscaling describe-policies` or `aws application-autoscaling
        /// describe-scaling-policies` and `aws cloudwatch describe-alarms` print, in
        /// one JSON document; `-` for standard input.
        file: PathBuf,
        /// For people or for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// The language of messages: `en` or `ko`.
        #[arg(long, default_value = "en", value_parser = lang)]
        lang: Lang,
    },
}

pub(crate) fn lang(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| "write one of: en, ko".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    let known = Role::ALL.map(Role::as_str).join(", ");
    Role::parse(text).ok_or_else(|| format!("write one of: {known}"))
}

fn clock_mode(text: &str) -> Result<ClockMode, String> {
    if text == "stepped" {
        return Ok(ClockMode::Stepped);
    }
    let most = limits::SANDBOX_SPEED_MAX;
    let speed = text
        .strip_prefix("running:")
        .and_then(|speed| speed.parse().ok());
    speed
        .filter(|speed| (1..=most).contains(speed))
        .map(|speed| ClockMode::Running { speed })
        .ok_or_else(|| format!("write `stepped`, or `running:N` with N from 1 to {most}"))
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nowhere is left to say that standard output or error is closed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli.command)),
        Err(source) => Err(StartError::Machine {
            what: "cannot start".into(),
            source,
        }),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "lamplighter: {}", error.told());
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, StartError> {
    match command {
        Command::Serve(given) => serve(given).await?,
        Command::Migrate(place) => migrate(&place.load(None)?).await?,
        Command::Doctor { place, format } => return doctor::run(&place.load(None)?, format).await,
        Command::User { place, act } => console::user(&place.load(None)?, act).await?,
        Command::Token { place, act } => console::token(&place.load(None)?, act).await?,
        Command::Audit {
            place,
            act: Audit::Verify,
        } => {
            return console::verify_audit(&place.load(None)?).await;
        }
        Command::Backup { place, file } => console::backup(&place.load(None)?, &file).await?,
        Command::Policy {
            act: Policy::Lint { file, format, lang },
        } => return policy_lint::run(&file, lang, format),
        Command::Route { config, ask } => {
            let config = Config::load(config.as_deref(), &|name| env::var(name).ok())?;
            return Ok(route::run(&config, ask, SystemClock.now()));
        }
        Command::Source { config, ask } => {
            let config = Config::load(config.as_deref(), &|name| env::var(name).ok())?;
            return source::run(&config, ask, SystemClock.now());
        }
        Command::Schedule { ask } => return schedule::run(ask, SystemClock.now()),
        Command::Logs { ask } => return logs::run(ask),
        Command::Openapi => print(&http::openapi_json()),
        Command::Version => say(&format!("lamplighter {}", env!("CARGO_PKG_VERSION"))),
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(given: Serve) -> Result<(), StartError> {
    let mut place = given.place;
    let said = place.data.is_some() || env::var_os("LAMPLIGHTER_DATA_DIR").is_some();
    if given.sandbox && !said {
        place.data = Some(SANDBOX_DATA.into());
    }
    let config = place.load(given.listen)?;
    let sandbox = given.sandbox.then_some(SandboxOptions {
        seed: given.sandbox_seed,
        alarms: given.sandbox_alarms,
        clock: given.sandbox_clock,
    });
    serve::serve(config, sandbox).await
}

async fn migrate(config: &Config) -> Result<(), StartError> {
    let store = compose::open_store(config).await?;
    store.migrate().await?;
    say(&format!(
        "The database is at schema version {}.",
        store.schema_version().await?
    ));
    Ok(())
}

impl Place {
    /// Reads the configuration. What the command line says wins over the
    /// environment, which wins over the file.
    fn load(&self, listen: Option<SocketAddr>) -> Result<Config, StartError> {
        let environment = |name: &str| {
            let said = match name {
                "LAMPLIGHTER_LISTEN" => listen.map(|address| address.to_string()),
                "LAMPLIGHTER_DATA_DIR" => self
                    .data
                    .as_ref()
                    .map(|folder| folder.display().to_string()),
                _ => None,
            };
            said.or_else(|| env::var(name).ok())
                .filter(|value| !value.is_empty())
        };
        Ok(Config::load(self.config.as_deref(), &environment)?)
    }
}

/// Prints a line on standard output.
pub(crate) fn say(line: &str) {
    print(&format!("{line}\n"));
}

/// Prints on standard output. Whoever closed it does not want to read more.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_clock_is_stepped_or_runs_at_a_speed_within_limits() {
        assert_eq!(clock_mode("stepped"), Ok(ClockMode::Stepped));
        assert_eq!(
            clock_mode("running:60"),
            Ok(ClockMode::Running { speed: 60 })
        );
        for bad in [
            "",
            "running",
            "running:0",
            "running:3601",
            "running:-1",
            "fast",
        ] {
            assert!(clock_mode(bad).is_err(), "{bad}");
        }
    }
}
