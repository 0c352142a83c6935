//! `lamplighter source`: what a source's mapping makes of a file. No server and no database
//! are asked, and nothing is written.

use crate::{
    cli::{Format, lang, print, say},
    compose::StartError,
    config::Config,
};
use clap::Subcommand;
use domain::{i18n::Lang, limits, time::Timestamp};
use serde_json::json;
use services::source_views::{Trying, tried};
use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// Tell which alarms a body would make. Exit code 1: none.
    Try {
        /// The source, of kind `json`.
        name: String,
        /// A body as it posts them; `-` for standard input.
        file: PathBuf,
        /// For people or for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// The language of messages: `en` or `ko`.
        #[arg(long, default_value = "en", value_parser = lang)]
        lang: Lang,
    },
}

/// Answers.
///
/// # Errors
/// [`StartError`] when there is no such source or the file cannot be read.
pub fn run(config: &Config, ask: Ask, now: Timestamp) -> Result<ExitCode, StartError> {
    let Ask::Try {
        name,
        file,
        format,
        lang,
    } = ask;
    let mut sources = config.sources.iter();
    let source = sources.find(|source| source.name.as_str() == name);
    let source = source.ok_or_else(|| wrong(format!("there is no source `{name}`")))?;
    let mapping = source.mapping.as_ref().ok_or_else(|| {
        let kind = source.kind.as_str();
        wrong(format!(
            "source `{name}` is of kind `{kind}`, which has no mapping"
        ))
    })?;
    let trying = Trying {
        rules: &config.priority_rules,
        source: Some(&source.name),
        environment: &source.environment,
    };
    let body = read(&file).map_err(|error| wrong(format!("{}: {error}", file.display())))?;
    let reports = mapping.read(&body, now);
    let reports = reports.map_err(|error| wrong(error.to_string()))?;
    let alarms = tried(&trying, reports, now, lang);
    match format {
        Format::Text => {
            for alarm in &alarms {
                let state = alarm.state.as_str();
                let priority = alarm.priority.as_str();
                say(&format!(
                    "{state} {priority} {} {}",
                    alarm.environment, alarm.name
                ));
                say(&format!("  since {}", alarm.state_at));
                for text in [&alarm.description, &alarm.reason] {
                    if !text.is_empty() {
                        say(&format!("  {text}"));
                    }
                }
            }
        }
        Format::Json => print(&format!("{:#}\n", json!({ "alarms": alarms }))),
    }
    Ok(match alarms.is_empty() {
        true => ExitCode::from(1),
        false => ExitCode::SUCCESS,
    })
}

const fn wrong(message: String) -> StartError {
    StartError::Usage(message)
}

fn read(file: &Path) -> Result<Vec<u8>, std::io::Error> {
    let most = limits::BODY_BYTES_MAX;
    let mut body = Vec::new();
    let bounded = most as u64 + 1;
    match file.as_os_str() == "-" {
        true => std::io::stdin()
            .lock()
            .take(bounded)
            .read_to_end(&mut body)?,
        false => File::open(file)?.take(bounded).read_to_end(&mut body)?,
    };
    match body.len() > most {
        true => Err(std::io::Error::other(format!("has more than {most} bytes"))),
        false => Ok(body),
    }
}
