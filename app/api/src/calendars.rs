//! Calendars of other programs whose times are freezes.

#[cfg(feature = "server")]
use crate::ApiResult;
#[cfg(feature = "server")]
use domain::ids::FreezeId;
use domain::{estate::Environment, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A calendar of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarRow {
    /// Its name.
    pub name: String,
    /// Where it is read.
    pub place: String,
    /// The environments that it freezes; empty means all.
    pub environments: Vec<Environment>,
    /// Its times are freezes; else it is there for the schedules that name it.
    pub freezes: bool,
    /// The zone of its days.
    pub timezone: String,
    /// When it was last read well.
    pub read_at: Option<Timestamp>,
    /// Why the last reading failed, in English.
    pub error: Option<String>,
}

/// A calendar to be imported once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCalendar {
    /// Its text (RFC 5545, `.ics`).
    pub calendar: String,
    /// Frozen environments; empty means all.
    #[serde(default)]
    pub environments: Vec<Environment>,
    /// Why.
    pub reason: String,
}

/// What can be asked about calendars.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Calendars {
    /// The calendars of the configuration, and how they do.
    async fn list_calendars(&self) -> ApiResult<Vec<CalendarRow>>;
    /// Makes freezes of the times that a calendar names in the coming months, once.
    async fn import_calendar(&self, calendar: NewCalendar) -> ApiResult<Vec<FreezeId>>;
}
