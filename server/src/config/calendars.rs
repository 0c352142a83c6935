//! `[[calendars]]`: calendars of other programs whose times are freezes.
//!
//! An address of a calendar is often all that it takes to read it. So it may stand in
//! a variable instead of the file, and no error tells it.

use super::{ConfigError, Source};
use connect::Address;
use domain::{calendars::Calendar, estate::Environment, limits, text, time::Zone};
use serde::Deserialize;
use toml::Spanned;

/// A calendar as the configuration tells it.
#[derive(Debug, Clone)]
pub struct CalendarConfig {
    name: String,
    environments: Vec<Environment>,
    timezone: String,
    place: Place,
    /// As [`ConfigError::place`].
    stands_at: String,
}

/// Where its address is.
#[derive(Debug, Clone)]
enum Place {
    Here(Address),
    Variable(String),
}

impl CalendarConfig {
    /// The calendar, and its address.
    ///
    /// # Errors
    /// [`ConfigError`] names what is missing, never what was found.
    pub fn read(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Calendar, Address), ConfigError> {
        let error = |message: String| ConfigError {
            place: self.stands_at.clone(),
            message,
        };
        let address = match &self.place {
            Place::Here(address) => address.clone(),
            Place::Variable(name) => {
                let text = environment(name)
                    .ok_or_else(|| error(format!("`calendars.url_env`: {name} is not set")))?;
                Address::parse(text.trim()).map_err(|what| error(format!("{name} {what}")))?
            }
        };
        let calendar = Calendar {
            name: self.name.clone(),
            environments: self.environments.clone(),
            timezone: self.timezone.clone(),
            place: address.host().to_owned(),
        };
        Ok((calendar, address))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarSection {
    name: Spanned<String>,
    url: Option<Spanned<String>>,
    url_env: Option<Spanned<String>>,
    timezone: Spanned<String>,
    #[serde(default)]
    environments: Vec<Spanned<String>>,
}

pub(super) fn check_calendars(
    given: Vec<CalendarSection>,
    source: &Source,
) -> Result<Vec<CalendarConfig>, ConfigError> {
    let mut checked: Vec<CalendarConfig> = Vec::new();
    for section in given {
        let key = "calendars.name";
        let name = text::line(section.name.get_ref())
            .map_err(|error| source.value(&section.name, key, error))?;
        if checked.iter().any(|calendar| calendar.name == name) {
            let what = format!("is `{name}` a second time; give each calendar its own name");
            return Err(source.value(&section.name, key, what));
        }
        if checked.len() >= limits::CALENDARS_MAX {
            let what = format!("is one calendar more than {}", limits::CALENDARS_MAX);
            return Err(source.value(&section.name, key, what));
        }
        checked.push(section.check(name, source)?);
    }
    Ok(checked)
}

impl CalendarSection {
    fn check(self, name: String, source: &Source) -> Result<CalendarConfig, ConfigError> {
        let place = match (&self.url, &self.url_env) {
            (Some(url), None) => Place::Here(
                Address::parse(url.get_ref())
                    .map_err(|what| source.value(url, "calendars.url", what))?,
            ),
            (None, Some(variable)) => Place::Variable(variable.get_ref().clone()),
            (None, None) => {
                let what = "needs an address: add `url`, or `url_env` where it is a secret";
                return Err(source.value(&self.name, "calendars.name", what));
            }
            (Some(url), Some(_)) => {
                let what = "stands beside url_env; leave one out";
                return Err(source.value(url, "calendars.url", what));
            }
        };
        let timezone = self.timezone.get_ref();
        if Zone::named(timezone).is_err() {
            let what = format!("is `{timezone}`; write an IANA zone, as Asia/Seoul");
            return Err(source.value(&self.timezone, "calendars.timezone", what));
        }
        let mut environments = Vec::new();
        for given in &self.environments {
            let environment = Environment::parse(given.get_ref()).ok_or_else(|| {
                let what = "is not the name of an environment";
                source.value(given, "calendars.environments", what)
            })?;
            environments.push(environment);
        }
        environments.sort();
        environments.dedup();
        Ok(CalendarConfig {
            stands_at: source.place(self.name.span().start),
            name,
            environments,
            timezone: timezone.clone(),
            place,
        })
    }
}
