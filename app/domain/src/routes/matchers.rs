//! Which alarms a route is about, and what of it does not fit.

use super::Subject;
use crate::{
    alarms::{AlarmState, Priority},
    estate::{AccountId, Environment, Region},
    labels::LabelMatchers,
};
use serde::{Deserialize, Serialize};

/// Which alarms a route is about. An empty list is about any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Matchers {
    /// Of these environments.
    pub environment: Vec<Environment>,
    /// Of these priorities.
    pub priority: Vec<Priority>,
    /// Whose name contains one of these, upper and lower case alike.
    pub name_contains: Vec<String>,
    /// In these accounts.
    pub account: Vec<AccountId>,
    /// In these regions.
    pub region: Vec<Region>,
    /// In these states; when none is named, in ALARM.
    pub state: Vec<AlarmState>,
    /// With such labels, by Alertmanager's matchers.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub labels: LabelMatchers,
}

/// What did not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mismatch {
    /// Another state.
    State,
    /// Another environment.
    Environment,
    /// Another priority.
    Priority,
    /// None of the words is in the name.
    Name,
    /// Another account.
    Account,
    /// Another region.
    Region,
    /// Other labels.
    Labels,
}

impl Matchers {
    /// What of them does not fit; none when all of them do.
    #[must_use]
    pub fn mismatch(&self, subject: &Subject) -> Option<Mismatch> {
        let name = subject.name.to_lowercase();
        let has = |part: &String| name.contains(&part.to_lowercase());
        let scope = subject.scope.as_ref();
        let state_fits = match self.state.as_slice() {
            [] => subject.state == AlarmState::Alarm,
            states => states.contains(&subject.state),
        };
        let fits = |list_is_empty: bool, fits: bool| list_is_empty || fits;
        [
            (state_fits, Mismatch::State),
            (
                fits(
                    self.environment.is_empty(),
                    self.environment.contains(&subject.environment),
                ),
                Mismatch::Environment,
            ),
            (
                fits(
                    self.priority.is_empty(),
                    self.priority.contains(&subject.priority),
                ),
                Mismatch::Priority,
            ),
            (
                fits(
                    self.name_contains.is_empty(),
                    self.name_contains.iter().any(has),
                ),
                Mismatch::Name,
            ),
            (
                fits(
                    self.account.is_empty(),
                    scope.is_some_and(|scope| self.account.contains(&scope.account)),
                ),
                Mismatch::Account,
            ),
            (
                fits(
                    self.region.is_empty(),
                    scope.is_some_and(|scope| self.region.contains(&scope.region)),
                ),
                Mismatch::Region,
            ),
        ]
        .into_iter()
        .find_map(|(fits, mismatch)| (!fits).then_some(mismatch))
        // Last, for patterns cost more than all the others.
        .or_else(|| (!self.labels.fits(&subject.labels)).then_some(Mismatch::Labels))
    }
}
