//! How schedules fit the traffic of their targets.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::fit::Traffic;
#[cfg(feature = "server")]
use domain::ids::TargetId;
use serde::{Deserialize, Serialize};

/// What load balancers sent to a target in the last weeks. What it means for a schedule,
/// `domain::fit` works out wherever the schedule is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetTraffic {
    /// By quarter hour; none where no load balancer sends to it.
    pub traffic: Option<Traffic>,
    /// Why it could not be read, in the caller's language.
    pub note: Option<String>,
}

/// What can be asked about traffic.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Fits {
    /// The traffic of one target.
    async fn target_traffic(&self, id: TargetId) -> ApiResult<TargetTraffic>;
}
