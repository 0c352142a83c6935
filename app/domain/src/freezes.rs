//! Freezes: periods in which changes need a freeze approver.

use crate::{estate::Environment, ids::FreezeId, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Freeze {
    /// Its id.
    pub id: FreezeId,
    /// What people call it.
    pub name: String,
    /// Frozen environments; empty means all.
    pub environments: Vec<Environment>,
    /// First frozen instant.
    pub from: Timestamp,
    /// First instant after the freeze.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// The calendar of the configuration that names it, if one does: it is lifted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

impl Freeze {
    /// Whether it covers any instant of `[from, until)` in that environment.
    #[must_use]
    pub fn overlaps(&self, environment: &Environment, from: Timestamp, until: Timestamp) -> bool {
        let environment_fits =
            self.environments.is_empty() || self.environments.contains(environment);
        environment_fits && self.from < until && from < self.until
    }
}
