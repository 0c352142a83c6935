//! What a schedule is for.

use super::{level::Shape, names::cut};
use crate::{capacity, limits};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of target a schedule can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
// Targets whose live capacity is shown have kinds of their own, of the same name.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ScheduleTargetKind))]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// An EC2 Auto Scaling group.
    Asg,
    /// An ECS service.
    Ecs,
    /// EC2 instances that carry a tag.
    Ec2Tag,
    /// An RDS instance.
    Rds,
    /// An Aurora cluster.
    RdsCluster,
    /// An EKS managed node group.
    Eks,
}

impl TargetKind {
    /// The word in files and outputs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asg => "asg",
            Self::Ecs => "ecs",
            Self::Ec2Tag => "ec2_tag",
            Self::Rds => "rds",
            Self::RdsCluster => "rds_cluster",
            Self::Eks => "eks",
        }
    }

    pub(super) const fn shape(self) -> Shape {
        match self {
            Self::Asg | Self::Eks => Shape::Group,
            Self::Ecs => Shape::Bounds,
            Self::Ec2Tag | Self::Rds | Self::RdsCluster => Shape::Power,
        }
    }
}

impl From<capacity::TargetKind> for TargetKind {
    fn from(kind: capacity::TargetKind) -> Self {
        match kind {
            capacity::TargetKind::Asg => Self::Asg,
            capacity::TargetKind::EcsService => Self::Ecs,
            capacity::TargetKind::Ec2Tag => Self::Ec2Tag,
            capacity::TargetKind::Rds => Self::Rds,
            capacity::TargetKind::RdsCluster => Self::RdsCluster,
            capacity::TargetKind::Eks => Self::Eks,
        }
    }
}

impl From<TargetKind> for capacity::TargetKind {
    fn from(kind: TargetKind) -> Self {
        match kind {
            TargetKind::Asg => Self::Asg,
            TargetKind::Ecs => Self::EcsService,
            TargetKind::Ec2Tag => Self::Ec2Tag,
            TargetKind::Rds => Self::Rds,
            TargetKind::RdsCluster => Self::RdsCluster,
            TargetKind::Eks => Self::Eks,
        }
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a target was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}")]
pub struct TargetError {
    /// What was given, cut to a readable length.
    pub text: String,
    /// What it was to be.
    pub wanted: &'static str,
}

/// A name of one thing in AWS: no white space, no control characters, not empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ThingName(String);

impl ThingName {
    /// Checks a text.
    ///
    /// # Errors
    /// [`TargetError`] when AWS could not have named anything so.
    pub fn new(text: &str) -> Result<Self, TargetError> {
        let fits = text.chars().all(|c| !c.is_control());
        let length_fits = (1..=limits::TARGET_NAME_CHARS_MAX).contains(&text.chars().count());
        if fits && length_fits && text.trim() == text {
            return Ok(Self(text.to_owned()));
        }
        Err(TargetError {
            text: cut(text),
            wanted: "a name of 1 to 255 characters without spaces around it",
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ThingName {
    type Error = TargetError;
    fn try_from(text: String) -> Result<Self, TargetError> {
        Self::new(&text)
    }
}

impl From<ThingName> for String {
    fn from(name: ThingName) -> Self {
        name.0
    }
}

/// Two names with a `/` between them: a thing inside another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PairName {
    outer: ThingName,
    inner: ThingName,
}

impl PairName {
    /// Reads `outer/inner`.
    ///
    /// # Errors
    /// [`TargetError`] when it is not two names.
    pub fn new(text: &str) -> Result<Self, TargetError> {
        let pair = text.split_once('/').and_then(|(outer, inner)| {
            let inner = ThingName::new(inner).ok()?;
            let outer = ThingName::new(outer).ok()?;
            (!inner.as_str().contains('/')).then_some(Self { outer, inner })
        });
        pair.ok_or_else(|| TargetError {
            text: cut(text),
            wanted: "two names with a / between them, such as cluster/service",
        })
    }

    /// The cluster.
    #[must_use]
    pub fn outer(&self) -> &str {
        self.outer.as_str()
    }

    /// The service or node group.
    #[must_use]
    pub fn inner(&self) -> &str {
        self.inner.as_str()
    }
}

impl TryFrom<String> for PairName {
    type Error = TargetError;
    fn try_from(text: String) -> Result<Self, TargetError> {
        Self::new(&text)
    }
}

impl From<PairName> for String {
    fn from(pair: PairName) -> Self {
        format!("{}/{}", pair.outer(), pair.inner())
    }
}

/// A tag that instances carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a tag such as { key: Schedule, value: office }"
)]
pub struct Tag {
    /// Its key.
    pub key: ThingName,
    /// Its value.
    pub value: ThingName,
}

/// One target of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    expecting = "a target such as `asg: web-prod`"
)]
pub enum Target {
    /// An EC2 Auto Scaling group, by name.
    Asg(ThingName),
    /// An ECS service: `cluster/service`.
    Ecs(PairName),
    /// EC2 instances that carry a tag.
    Ec2Tag(Tag),
    /// An RDS instance, by identifier.
    Rds(ThingName),
    /// An Aurora cluster, by identifier.
    RdsCluster(ThingName),
    /// An EKS managed node group: `cluster/nodegroup`.
    Eks(PairName),
}

impl Target {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> TargetKind {
        match self {
            Self::Asg(_) => TargetKind::Asg,
            Self::Ecs(_) => TargetKind::Ecs,
            Self::Ec2Tag(_) => TargetKind::Ec2Tag,
            Self::Rds(_) => TargetKind::Rds,
            Self::RdsCluster(_) => TargetKind::RdsCluster,
            Self::Eks(_) => TargetKind::Eks,
        }
    }
}

impl fmt::Display for Target {
    /// The name without its kind: `web-prod`, `main/api`, `Schedule=office`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asg(name) | Self::Rds(name) | Self::RdsCluster(name) => {
                f.write_str(name.as_str())
            }
            Self::Ecs(pair) | Self::Eks(pair) => write!(f, "{}/{}", pair.outer(), pair.inner()),
            Self::Ec2Tag(tag) => write!(f, "{}={}", tag.key.as_str(), tag.value.as_str()),
        }
    }
}
