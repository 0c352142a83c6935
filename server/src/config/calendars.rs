//! `[[calendars]]`: calendars of other programs whose times are freezes.
//!
//! An address of a calendar is often all that it takes to read it. So it may stand in
//! a variable instead of the file, and no error tells it.

use super::{ConfigError, Source, check_account, check_region, watched};
use aws::{AwsEstate, DocumentName};
use connect::Address;
use domain::{
    calendars::Calendar,
    estate::{Environment, Scope},
    limits, text,
    time::Zone,
};
use serde::Deserialize;
use toml::Spanned;

/// A calendar as the configuration tells it.
#[derive(Debug, Clone)]
pub struct CalendarConfig {
    name: String,
    environments: Vec<Environment>,
    freezes: bool,
    timezone: String,
    place: Place,
    /// As [`ConfigError::place`].
    stands_at: String,
}

/// Where it is, or where that is told.
#[derive(Debug, Clone)]
enum Place {
    Here(CalendarPlace),
    Variable(String),
}

/// Where a calendar is read.
#[derive(Debug, Clone)]
pub enum CalendarPlace {
    /// At an address.
    Address(Address),
    /// In a document of Systems Manager.
    Document(Scope, DocumentName),
}

impl CalendarPlace {
    /// Without secrets, for people.
    fn told(&self) -> String {
        match self {
            Self::Address(address) => address.host().to_owned(),
            Self::Document(scope, name) => format!("{name} ({scope})"),
        }
    }
}

impl CalendarConfig {
    /// The calendar, and where it is read.
    ///
    /// # Errors
    /// [`ConfigError`] names what is missing, never what was found.
    pub fn read(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Calendar, CalendarPlace), ConfigError> {
        let error = |message: String| ConfigError {
            place: self.stands_at.clone(),
            message,
        };
        let place = match &self.place {
            Place::Here(place) => place.clone(),
            Place::Variable(name) => {
                let text = environment(name)
                    .ok_or_else(|| error(format!("`calendars.url_env`: {name} is not set")))?;
                let address = Address::parse(text.trim());
                CalendarPlace::Address(address.map_err(|what| error(format!("{name} {what}")))?)
            }
        };
        let calendar = Calendar {
            name: self.name.clone(),
            environments: self.environments.clone(),
            freezes: self.freezes,
            timezone: self.timezone.clone(),
            place: place.told(),
        };
        Ok((calendar, place))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarSection {
    name: Spanned<String>,
    url: Option<Spanned<String>>,
    url_env: Option<Spanned<String>>,
    ssm_document: Option<Spanned<String>>,
    account: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
    timezone: Spanned<String>,
    #[serde(default)]
    environments: Vec<Spanned<String>>,
    freezes: Option<bool>,
}

pub(super) fn check_calendars(
    given: Vec<CalendarSection>,
    estate: &mut AwsEstate,
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
        checked.push(section.check(name, estate, source)?);
    }
    Ok(checked)
}

impl CalendarSection {
    fn check(
        self,
        name: String,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<CalendarConfig, ConfigError> {
        let place = self.check_place(estate, source)?;
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
            freezes: self.freezes.unwrap_or(true),
            timezone: timezone.clone(),
            place,
        })
    }

    fn check_place(&self, estate: &mut AwsEstate, source: &Source) -> Result<Place, ConfigError> {
        let place = match (&self.url, &self.url_env, &self.ssm_document) {
            (None, None, Some(name)) => return self.check_document(name, estate, source),
            (Some(url), None, None) => {
                let address = Address::parse(url.get_ref());
                let address = address.map_err(|what| source.value(url, "calendars.url", what))?;
                Place::Here(CalendarPlace::Address(address))
            }
            (None, Some(variable), None) => Place::Variable(variable.get_ref().clone()),
            _ => {
                let what = "needs one place: `url`, `url_env` where that is a secret, or \
                            `ssm_document`";
                return Err(source.value(&self.name, "calendars.name", what));
            }
        };
        match self.account.as_ref().or(self.region.as_ref()) {
            Some(stray) => {
                let what = "stands without ssm_document; leave it out";
                Err(source.value(stray, "calendars.account", what))
            }
            None => Ok(place),
        }
    }

    /// A document is read where the estate is, with the account's own credentials.
    fn check_document(
        &self,
        given: &Spanned<String>,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<Place, ConfigError> {
        let key = "calendars.ssm_document";
        let name = DocumentName::parse(given.get_ref()).ok_or_else(|| {
            let what = "is neither the name of a document nor its ARN";
            source.value(given, key, what)
        })?;
        let (Some(account), Some(region)) = (&self.account, &self.region) else {
            let what = "needs `account` and `region`: where it is asked for";
            return Err(source.value(given, key, what));
        };
        let scope = Scope {
            account: check_account(account, "calendars.account", source)?,
            region: check_region(region, "calendars.region", source)?,
        };
        let watched = watched(estate, &scope).ok_or_else(|| {
            let what = format!("is asked for in {scope}, which estate.accounts does not name");
            source.value(given, key, what)
        })?;
        watched.calendars = true;
        Ok(Place::Here(CalendarPlace::Document(scope, name)))
    }
}
