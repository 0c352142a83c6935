//! Spot capacity of one target: how much there is, what AWS told of it, what it costs.

#[cfg(feature = "server")]
use crate::ApiResult;
#[cfg(feature = "server")]
use domain::ids::TargetId;
use domain::{
    ids::AwsEventId,
    prices::PriceSource,
    spot::{Bought, SpotNoticeKind, SpotPart, TypePrices},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How much of a target is spot, and what AWS told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpotReport {
    /// How what serves is bought, as last read.
    pub bought: Bought,
    /// The same by zone.
    pub zones: Vec<SpotPart>,
    /// The same by instance type.
    pub types: Vec<SpotPart>,
    /// Since when notices are told.
    pub since: Timestamp,
    /// Interruptions and rebalance recommendations, newest first.
    pub notices: Vec<SpotNotice>,
}

/// What AWS told of a spot instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpotNotice {
    /// The event that told it.
    pub id: AwsEventId,
    /// What.
    pub kind: SpotNoticeKind,
    /// `i-…`.
    pub instance: String,
    /// Where it ran; empty where nobody knew.
    pub zone: String,
    /// Its type; empty where nobody knew.
    pub instance_type: String,
    /// When.
    pub at: Timestamp,
}

/// What spot instances of a target's types have cost in its zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpotPrices {
    /// From here.
    pub from: Timestamp,
    /// To here, when EC2 was asked.
    pub until: Timestamp,
    /// By instance type and zone.
    pub types: Vec<TypePrices>,
    /// Where the prices on demand come from.
    pub source: Option<PriceSource>,
    /// Why spot prices could not be read, in the caller's language.
    pub note: Option<String>,
    /// The permission that is missing, in IAM's words, if that is why.
    pub missing: Option<String>,
}

/// What can be asked about spot capacity.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Spot {
    /// How much of a target is spot, and what AWS told of it in the last 30 days.
    async fn target_spot(&self, id: TargetId) -> ApiResult<SpotReport>;
    /// What its instance types have cost as spot in the last 14 days.
    async fn target_spot_prices(&self, id: TargetId) -> ApiResult<SpotPrices>;
}
