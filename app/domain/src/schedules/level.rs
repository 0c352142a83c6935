//! How much runs: the three shapes that capacity takes, whole and in part.

use super::TargetKind;
use crate::{
    capacity::{Capacity, CapacityChange},
    limits,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Power {
    /// Started.
    Running,
    /// Stopped; its disks stay.
    Stopped,
}

impl Power {
    /// The word in files and outputs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }

    /// On for off, off for on.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Running => Self::Stopped,
            Self::Stopped => Self::Running,
        }
    }
}

/// How a group with a mixed instances policy buys: what EC2 Auto Scaling calls the
/// instances distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpotShare {
    /// Instances always bought on demand.
    pub on_demand_base: u32,
    /// Percent on demand above the base.
    pub on_demand_percent: u32,
}

impl SpotShare {
    /// What a group without a mixed instances policy does.
    pub const ALL_ON_DEMAND: Self = Self {
        on_demand_base: 0,
        on_demand_percent: 100,
    };

    /// Instances on demand among so many (EC2 Auto Scaling API Reference,
    /// InstancesDistribution: the percentage above the base is rounded up).
    #[must_use]
    pub fn on_demand_of(self, all: u32) -> u32 {
        let above = all.saturating_sub(self.on_demand_base);
        let percent = self.on_demand_percent.min(100);
        all.min(self.on_demand_base) + above.saturating_mul(percent).div_ceil(100)
    }
}

impl fmt::Display for SpotShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            on_demand_base,
            on_demand_percent,
        } = self;
        write!(f, "on demand {on_demand_base} + {on_demand_percent} %")
    }
}

/// A whole capacity, in the shape that fits its kind of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Level {
    /// A group: Auto Scaling or node group.
    Group {
        /// How many.
        #[serde(flatten)]
        capacity: Capacity,
        /// How they are bought, where the schedule says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spot: Option<SpotShare>,
    },
    /// A service: Application Auto Scaling has no desired count.
    Bounds {
        /// Never fewer.
        min: u32,
        /// Never more.
        max: u32,
    },
    /// A machine or a database.
    Power {
        /// On or off.
        state: Power,
    },
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group {
                capacity,
                spot: None,
            } => write!(f, "{capacity}"),
            Self::Group {
                capacity,
                spot: Some(spot),
            } => write!(f, "{capacity} ({spot})"),
            Self::Bounds { min, max } => write!(f, "{min}–{max}"),
            Self::Power { state } => f.write_str(state.as_str()),
        }
    }
}

/// A part of a spot share; what is unset is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    deny_unknown_fields,
    expecting = "a spot mix such as { on_demand_base: 1, on_demand_percent: 50 }"
)]
pub struct SpotChange {
    /// Instances always bought on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_base: Option<u32>,
    /// Percent on demand above the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_percent: Option<u32>,
}

/// A capacity as people write it: what is unset is inherited from the base, and
/// zero is a real zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    deny_unknown_fields,
    expecting = "a capacity such as { min: 2, desired: 2, max: 6 }"
)]
pub struct LevelChange {
    /// Never fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// Wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
    /// Never more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// How instances are bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<SpotChange>,
    /// On or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Power>,
}

/// Why a capacity cannot be used, and which field is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// A field that this kind of target does not have.
    #[error("{kind} has no `{field}`; its capacity is {shape}")]
    Foreign {
        /// The kind of the schedule's targets.
        kind: TargetKind,
        /// The field.
        field: &'static str,
        /// What it has.
        shape: &'static str,
    },
    /// A field that the base must have, since everything inherits from it.
    #[error("the base has no `{field}`; write it, since windows inherit from the base")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// The spot mix changes in a window and the base does not say what to return to.
    #[error("the base has no `spot`; write it there too, or the group would not return to it")]
    NoSpotInBase,
    /// Out of order.
    #[error(
        "min ≤ desired ≤ max does not hold: {capacity} (what is not written is inherited from \
         the base)"
    )]
    Order {
        /// The whole capacity that would result.
        capacity: Capacity,
    },
    /// Out of order, without a desired count.
    #[error(
        "min ≤ max does not hold: {min}–{max} (what is not written is inherited from the base)"
    )]
    BoundsOrder {
        /// Would be.
        min: u32,
        /// Would be.
        max: u32,
    },
    /// More than anybody means.
    #[error("`{field}` is at most {most}")]
    TooMuch {
        /// The field.
        field: &'static str,
        /// The limit.
        most: u32,
    },
}

impl LevelError {
    /// The field to blame, if it is one.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Foreign { field, .. } | Self::TooMuch { field, .. } => Some(field),
            Self::NoSpotInBase => Some("spot"),
            Self::Missing { .. } | Self::Order { .. } | Self::BoundsOrder { .. } => None,
        }
    }
}

impl Level {
    /// How a group buys its instances, where that is said.
    #[must_use]
    pub const fn spot(self) -> Option<SpotShare> {
        match self {
            Self::Group { spot, .. } => spot,
            Self::Bounds { .. } | Self::Power { .. } => None,
        }
    }

    /// On or off, where that is all there is to say.
    #[must_use]
    pub const fn power(self) -> Option<Power> {
        match self {
            Self::Power { state } => Some(state),
            Self::Group { .. } | Self::Bounds { .. } => None,
        }
    }

    /// The base of a schedule: nothing to inherit from, so nothing may be missing.
    ///
    /// # Errors
    /// [`LevelError`] names the field.
    pub fn base(kind: TargetKind, written: &LevelChange) -> Result<Self, LevelError> {
        written.check(kind)?;
        let number = |value: Option<u32>, field| value.ok_or(LevelError::Missing { field });
        let level = match kind.shape() {
            Shape::Group => Self::Group {
                capacity: Capacity {
                    min: number(written.min, "min")?,
                    desired: number(written.desired, "desired")?,
                    max: number(written.max, "max")?,
                },
                spot: written.spot.map(whole_spot).transpose()?,
            },
            Shape::Bounds => Self::Bounds {
                min: number(written.min, "min")?,
                max: number(written.max, "max")?,
            },
            Shape::Power => Self::Power {
                state: written
                    .state
                    .ok_or(LevelError::Missing { field: "state" })?,
            },
        };
        level.ordered()
    }

    /// This base with what a window or an override changes.
    ///
    /// # Errors
    /// [`LevelError`] names the field.
    pub fn with(self, kind: TargetKind, change: &LevelChange) -> Result<Self, LevelError> {
        change.check(kind)?;
        match self {
            Self::Group { capacity, spot } => Self::Group {
                capacity: Capacity {
                    min: change.min.unwrap_or(capacity.min),
                    desired: change.desired.unwrap_or(capacity.desired),
                    max: change.max.unwrap_or(capacity.max),
                },
                spot: match (spot, change.spot) {
                    (None, Some(_)) => return Err(LevelError::NoSpotInBase),
                    (spot, None) => spot,
                    (Some(spot), Some(change)) => Some(SpotShare {
                        on_demand_base: change.on_demand_base.unwrap_or(spot.on_demand_base),
                        on_demand_percent: change
                            .on_demand_percent
                            .unwrap_or(spot.on_demand_percent),
                    }),
                },
            },
            Self::Bounds { min, max } => Self::Bounds {
                min: change.min.unwrap_or(min),
                max: change.max.unwrap_or(max),
            },
            Self::Power { state } => Self::Power {
                state: change.state.unwrap_or(state),
            },
        }
        .ordered()
    }

    fn ordered(self) -> Result<Self, LevelError> {
        match self {
            Self::Group { capacity, .. } if !capacity.is_ordered() => {
                Err(LevelError::Order { capacity })
            }
            Self::Bounds { min, max } if min > max => Err(LevelError::BoundsOrder { min, max }),
            level => Ok(level),
        }
    }
}

impl LevelChange {
    /// Only fields that the kind has, and none absurd.
    fn check(&self, kind: TargetKind) -> Result<(), LevelError> {
        let shape = kind.shape();
        let has_spot = kind == TargetKind::Asg;
        for (field, written, fits) in [
            ("min", self.min.is_some(), shape != Shape::Power),
            ("desired", self.desired.is_some(), shape == Shape::Group),
            ("max", self.max.is_some(), shape != Shape::Power),
            ("spot", self.spot.is_some(), has_spot),
            ("state", self.state.is_some(), shape == Shape::Power),
        ] {
            if written && !fits {
                return Err(LevelError::Foreign {
                    kind,
                    field,
                    shape: shape.describe(),
                });
            }
        }
        let percent = self.spot.and_then(|spot| spot.on_demand_percent);
        let on_demand_base = self.spot.and_then(|spot| spot.on_demand_base);
        for (field, value, most) in [
            ("min", self.min, limits::CAPACITY_MAX),
            ("desired", self.desired, limits::CAPACITY_MAX),
            ("max", self.max, limits::CAPACITY_MAX),
            ("on_demand_base", on_demand_base, limits::CAPACITY_MAX),
            ("on_demand_percent", percent, 100),
        ] {
            if value.is_some_and(|value| value > most) {
                return Err(LevelError::TooMuch { field, most });
            }
        }
        Ok(())
    }
}

fn whole_spot(written: SpotChange) -> Result<SpotShare, LevelError> {
    let number = |value: Option<u32>, field| value.ok_or(LevelError::Missing { field });
    Ok(SpotShare {
        on_demand_base: number(written.on_demand_base, "on_demand_base")?,
        on_demand_percent: number(written.on_demand_percent, "on_demand_percent")?,
    })
}

impl From<Level> for LevelChange {
    fn from(level: Level) -> Self {
        match level {
            Level::Group { capacity, spot } => {
                let CapacityChange { min, desired, max } = capacity.into();
                Self {
                    min,
                    desired,
                    max,
                    spot: spot.map(|spot| SpotChange {
                        on_demand_base: Some(spot.on_demand_base),
                        on_demand_percent: Some(spot.on_demand_percent),
                    }),
                    state: None,
                }
            }
            Level::Bounds { min, max } => Self {
                min: Some(min),
                max: Some(max),
                ..Self::default()
            },
            Level::Power { state } => Self {
                state: Some(state),
                ..Self::default()
            },
        }
    }
}

/// Which of the three shapes a kind of target takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Group,
    Bounds,
    Power,
}

impl Shape {
    const fn describe(self) -> &'static str {
        match self {
            Self::Group => "min, desired and max",
            Self::Bounds => "min and max",
            Self::Power => "state: running or stopped",
        }
    }
}
