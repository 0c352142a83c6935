//! How a group with a mixed instances policy buys its instances, as somebody asks for it.

use crate::schedules::SpotShare;
use serde::{Deserialize, Serialize};

/// In which of the spot pools that fit AWS buys (EC2 Auto Scaling API Reference,
/// InstancesDistribution).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SpotStrategy {
    /// Where interruption is least likely, and of these where it is cheapest.
    PriceCapacityOptimized,
    /// Where interruption is least likely.
    CapacityOptimized,
    /// The same, by the order of the instance types.
    CapacityOptimizedPrioritized,
    /// Where it is cheapest.
    LowestPrice,
}

impl SpotStrategy {
    /// All, what AWS advises first.
    pub const ALL: [Self; 4] = [
        Self::PriceCapacityOptimized,
        Self::CapacityOptimized,
        Self::CapacityOptimizedPrioritized,
        Self::LowestPrice,
    ];

    /// AWS's own word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PriceCapacityOptimized => "price-capacity-optimized",
            Self::CapacityOptimized => "capacity-optimized",
            Self::CapacityOptimizedPrioritized => "capacity-optimized-prioritized",
            Self::LowestPrice => "lowest-price",
        }
    }

    /// Reads AWS's word; none for one that AWS may invent later.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|strategy| strategy.as_str() == text)
    }
}

/// How a group buys its instances from some time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mix {
    /// How many on demand.
    #[serde(flatten)]
    pub share: SpotShare,
    /// In which pools the rest is bought; none leaves that as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<SpotStrategy>,
}

impl From<SpotShare> for Mix {
    /// The pools stay as they are.
    fn from(share: SpotShare) -> Self {
        Self {
            share,
            strategy: None,
        }
    }
}
