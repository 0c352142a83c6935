//! Where secrets are. None stands in a configuration: the file names the variable or the
//! file that holds it.

use super::{ConfigError, Source};
use connect::{Address, Secret};
use domain::limits;
use std::{fmt, fs::File, io::Read as _, path::PathBuf};
use toml::Spanned;

/// Where a secret is, and where the configuration says so.
#[derive(Debug, Clone)]
pub struct SecretPlace {
    holder: Holder,
    keys: SecretKeys,
    /// As [`ConfigError::place`].
    place: String,
}

#[derive(Debug, Clone)]
enum Holder {
    Variable(String),
    File(PathBuf),
}

/// The two keys of which one names a secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecretKeys {
    variable: &'static str,
    file: &'static str,
}

impl SecretKeys {
    /// Those of a channel.
    pub const CHANNEL: Self = Self {
        variable: "channels.secret_env",
        file: "channels.secret_file",
    };
    /// Those of what proves that Slack calls.
    pub const SIGNING: Self = Self {
        variable: "channels.signing_secret_env",
        file: "channels.signing_secret_file",
    };
    /// Those of a source.
    pub const SOURCE: Self = Self {
        variable: "sources.token_env",
        file: "sources.token_file",
    };

    /// The place that a section names; none when it names none.
    pub fn find(
        self,
        variable: Option<&Spanned<String>>,
        file: Option<PathBuf>,
        name: &Spanned<String>,
        source: &Source,
    ) -> Result<Option<SecretPlace>, ConfigError> {
        let holder = match (variable, file) {
            (Some(variable), None) => Holder::Variable(variable.get_ref().clone()),
            (None, Some(file)) => Holder::File(file),
            (None, None) => return Ok(None),
            (Some(variable), Some(_)) => {
                let other = self.file.rsplit('.').next().unwrap_or_default();
                let what = format!("stands beside {other}; leave one out");
                return Err(source.value(variable, self.variable, what));
            }
        };
        Ok(Some(SecretPlace {
            holder,
            keys: self,
            place: source.place(name.span().start),
        }))
    }
}

impl SecretPlace {
    /// Reads a secret that is an address.
    ///
    /// # Errors
    /// [`ConfigError`] names what is missing, never what was found.
    pub fn read_address(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Address, ConfigError> {
        let secret = self.read(environment)?;
        Address::parse(secret.reveal()).map_err(|what| self.wrong(what))
    }

    /// What was found there is no such secret; `what` stands after the name of its place.
    #[must_use]
    pub fn wrong(&self, what: impl fmt::Display) -> ConfigError {
        let SecretKeys { variable, file } = self.keys;
        self.error(match &self.holder {
            Holder::Variable(name) => format!("`{variable}`: {name} {what}"),
            Holder::File(path) => format!("`{file}`: what {} holds {what}", path.display()),
        })
    }

    fn error(&self, message: String) -> ConfigError {
        ConfigError {
            place: self.place.clone(),
            message,
        }
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// [`ConfigError`] names what is missing, never what was found.
    pub fn read(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Secret, ConfigError> {
        let SecretKeys { variable, file } = self.keys;
        let error = |message| self.error(message);
        let (key, text) = match &self.holder {
            Holder::Variable(name) => {
                let missing = || error(format!("`{variable}`: {name} is not set"));
                (variable, environment(name).ok_or_else(missing)?)
            }
            Holder::File(path) => {
                let unreadable = |e| {
                    let path = path.display();
                    error(format!("`{file}`: {path} cannot be read: {e}"))
                };
                let mut text = String::new();
                File::open(path)
                    .and_then(|file| {
                        file.take(limits::SECRET_BYTES_MAX)
                            .read_to_string(&mut text)
                    })
                    .map_err(unreadable)?;
                (file, text)
            }
        };
        Secret::new(&text).ok_or_else(|| {
            error(format!(
                "`{key}` leads to nothing that could be a secret: one word of printable \
                 characters"
            ))
        })
    }
}
