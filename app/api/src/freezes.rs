//! Freezes: list, declare, lift.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{estate::Environment, time::Timestamp};
#[cfg(feature = "server")]
use domain::{freezes::Freeze, ids::FreezeId};
use serde::{Deserialize, Serialize};

/// A freeze to be declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewFreeze {
    /// What people call it.
    pub name: String,
    /// Frozen environments; empty means all.
    #[serde(default)]
    pub environments: Vec<Environment>,
    /// First frozen instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// What can be asked about freezes.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Freezes {
    /// Freezes that are not over, soonest first.
    async fn list_freezes(&self) -> ApiResult<Vec<Freeze>>;
    /// Declares one.
    async fn declare_freeze(&self, freeze: NewFreeze) -> ApiResult<FreezeId>;
    /// Lifts one.
    async fn lift_freeze(&self, id: FreezeId) -> ApiResult<()>;
}
