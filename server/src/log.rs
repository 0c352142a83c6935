//! The log, on standard error: for people, or as JSON for collectors.

use crate::{compose::StartError, config::Config};
use std::io::{self, IsTerminal as _};
use tracing_subscriber::{EnvFilter, fmt};

/// Begins to log.
///
/// # Errors
/// [`StartError::Usage`] when the filter cannot be read.
pub fn start(config: &Config) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| {
        StartError::Usage(format!(
            "the log filter `{}` cannot be read: {error}; write for example `info,aws=debug`",
            config.log
        ))
    })?;
    let builder = fmt().with_env_filter(filter).with_writer(io::stderr);
    // It fails only when a log was begun before, as when tests share a process.
    let _ = if config.log_json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder
            .with_ansi(io::stderr().is_terminal())
            .with_target(false)
            .try_init()
    };
    Ok(())
}
