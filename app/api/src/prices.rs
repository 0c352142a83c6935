//! What targets cost: the price of an instance, and the month to come as it is planned
//! now. Whoever knows a schedule works out from it what the schedule would cost.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{
    estate::Scope,
    prices::{Buying, UnitPrice, Usage},
    schedules::TargetKind,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Which targets, as a schedule names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceQuery {
    /// Where they are.
    pub scope: Scope,
    /// Their kind.
    pub kind: TargetKind,
    /// Their names.
    pub targets: Vec<String>,
}

/// What one target costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetPrice {
    /// Its name.
    pub name: String,
    /// How it buys and scales.
    pub buying: Buying,
    /// What one instance costs; none when that is unknown.
    pub price: Option<UnitPrice>,
    /// What runs in the month to come if nothing is changed.
    pub before: Usage,
}

/// What targets cost in the month to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthPrices {
    /// Where the month begins.
    pub from: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
    /// What a spot instance is taken to cost, in percent of its price on demand.
    pub spot_percent: u64,
    /// The targets that the caller sees, as asked for.
    pub targets: Vec<TargetPrice>,
}

/// What can be asked about money.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Prices {
    /// What targets cost in the month to come.
    async fn prices(&self, query: PriceQuery) -> ApiResult<MonthPrices>;
}
