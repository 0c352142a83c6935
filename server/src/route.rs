//! `lamplighter route`: whom the routes of a configuration tell. No server, no
//! database and no channel is asked; so covers of people on call are not known.

use crate::{
    cli::{Format, lang, print, say},
    config::Config,
};
use clap::Subcommand;
use domain::{
    alarms::{AlarmState, Priority},
    estate::{AccountId, Environment, Region, Scope},
    i18n::{Lang, notifications as words},
    labels::{self, Labels},
    limits,
    routes::{Moment, Subject, explain},
    time::{MINUTE_MS, Timestamp},
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
        /// A label as `team=payments`; give it once for each.
        #[arg(long = "label", value_parser = label)]
        labels: Vec<(String, String)>,
        /// When it is asked for, as `2026-11-20T23:00:00+09:00`; now when left out. Routes may
        /// be mute then.
        #[arg(long)]
        at: Option<Timestamp>,
        /// For how many minutes nobody has taken the alarm on.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=limits::ESCALATION_MINUTES_MAX as i64))]
        unattended_minutes: u32,
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

fn label(text: &str) -> Result<(String, String), String> {
    labels::pair(text).ok_or_else(|| "write a name and a value as team=payments".to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "write a region as ap-northeast-2".to_owned())
}

/// Answers.
pub fn run(config: &Config, ask: Ask, now: Timestamp) -> ExitCode {
    let Ask::Explain {
        environment,
        priority,
        name,
        state,
        account,
        region,
        labels,
        at,
        unattended_minutes,
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
        labels: Labels::from_iter(labels),
    };
    let moment = Moment {
        at: at.unwrap_or(now),
        // Only what goes off can be taken on.
        unattended_ms: (state == AlarmState::Alarm)
            .then(|| i64::from(unattended_minutes) * MINUTE_MS),
        // Covers stand in the database, which is not asked.
        covers: &[],
    };
    let explanation = explain(&config.routing, &subject.with_own_labels(), moment);
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
