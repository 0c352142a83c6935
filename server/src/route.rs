//! `lamplighter route`: whom the routes of a configuration tell. No server, no
//! database and no channel is asked.

use crate::{
    cli::{Format, lang, print, say},
    config::Config,
};
use clap::Subcommand;
use domain::{
    alarms::{AlarmState, Priority},
    estate::{AccountId, Environment, Region, Scope},
    i18n::{Lang, notifications as words},
    routes::{Subject, explain},
};
use serde_json::json;
use std::process::ExitCode;

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// Tell whom the routes would tell of such an alarm, and why. Exit code 1: nobody.
    Explain {
        /// The alarm's environment.
        #[arg(long, value_parser = environment)]
        environment: Environment,
        /// Its priority: P1 to P4.
        #[arg(long, value_parser = priority)]
        priority: Priority,
        /// Its name.
        #[arg(long, default_value = "")]
        name: String,
        /// Its state: `alarm` or `insufficient_data`.
        #[arg(long, value_parser = state, default_value = "alarm")]
        state: AlarmState,
        /// Its account.
        #[arg(long, value_parser = account, requires = "region")]
        account: Option<AccountId>,
        /// Its region.
        #[arg(long, value_parser = region, requires = "account")]
        region: Option<Region>,
        /// For people or for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// The language of messages: `en` or `ko`.
        #[arg(long, default_value = "en", value_parser = lang)]
        lang: Lang,
    },
}

fn environment(text: &str) -> Result<Environment, String> {
    Environment::parse(text).ok_or_else(|| "write 1 to 32 of a-z, 0-9 and -".to_owned())
}

fn priority(text: &str) -> Result<Priority, String> {
    let known = Priority::ALL.map(Priority::as_str).join(", ");
    Priority::parse(text).ok_or_else(|| format!("write one of: {known}"))
}

fn state(text: &str) -> Result<AlarmState, String> {
    let state = AlarmState::parse(text).filter(|state| *state != AlarmState::Ok);
    state.ok_or_else(|| "write one of: alarm, insufficient_data".to_owned())
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "write twelve digits".to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "write a region as ap-northeast-2".to_owned())
}

/// Answers.
pub fn run(config: &Config, ask: Ask) -> ExitCode {
    let Ask::Explain {
        environment,
        priority,
        name,
        state,
        account,
        region,
        format,
        lang,
    } = ask;
    let subject = Subject {
        environment,
        priority,
        name,
        scope: account
            .zip(region)
            .map(|(account, region)| Scope { account, region }),
        state,
    };
    let explanation = explain(&config.routes, &subject);
    match format {
        Format::Text => {
            say(&words::conclusion(lang, &explanation));
            for reason in words::reasons(lang, &explanation) {
                say(&format!("  {reason}"));
            }
        }
        Format::Json => print(&format!("{:#}\n", json!(explanation))),
    }
    match explanation.told.is_empty() {
        true => ExitCode::from(1),
        false => ExitCode::SUCCESS,
    }
}
