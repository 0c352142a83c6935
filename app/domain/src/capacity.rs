//! Targets and their capacity, as AWS reports them and as we ask for it.

use crate::{
    estate::{Environment, Scope},
    limits,
    mixes::{Mix, SpotStrategy},
    processes::Process,
    schedules::{Power, SpotShare},
    step_policies::Adjusting,
    time::Timestamp,
    timers::Timer,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of target whose capacity can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// An EC2 Auto Scaling group.
    Asg,
    /// An ECS service, scaled through Application Auto Scaling.
    EcsService,
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
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Asg,
        Self::EcsService,
        Self::Eks,
        Self::Ec2Tag,
        Self::Rds,
        Self::RdsCluster,
    ];

    /// The word stored and shown to programs: `asg`, `ecs_service` …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asg => "asg",
            Self::EcsService => "ecs_service",
            Self::Ec2Tag => "ec2_tag",
            Self::Rds => "rds",
            Self::RdsCluster => "rds_cluster",
            Self::Eks => "eks",
        }
    }

    /// Reads what [`TargetKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Scheduled actions that AWS keeps for one target of this kind; none where only
    /// timers can act on it.
    #[must_use]
    pub const fn actions_max(self) -> usize {
        match self {
            Self::Asg => limits::ASG_SCHEDULED_ACTIONS_MAX,
            Self::EcsService => limits::APPLICATION_SCHEDULED_ACTIONS_MAX,
            Self::Ec2Tag | Self::Rds | Self::RdsCluster | Self::Eks => 0,
        }
    }

    /// A scheduled action can raise it and bring it back.
    #[must_use]
    pub const fn has_actions(self) -> bool {
        self.actions_max() > 0
    }

    /// It is only on or off: nobody can have more of it than there is.
    #[must_use]
    pub const fn is_switched(self) -> bool {
        matches!(self, Self::Ec2Tag | Self::Rds | Self::RdsCluster)
    }

    /// AWS starts it again when it has been stopped for
    /// [`limits::DATABASE_STOPPED_MS_MAX`].
    #[must_use]
    pub const fn restarts_itself(self) -> bool {
        matches!(self, Self::Rds | Self::RdsCluster)
    }
}

/// Which target, in AWS's own terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetRef {
    /// Account and region.
    pub scope: Scope,
    /// What it is.
    pub kind: TargetKind,
    /// The group's name or the database's identifier, `cluster/service`,
    /// `cluster/nodegroup`, or the tag: `key=value`.
    pub name: String,
}

impl fmt::Display for TargetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.kind.as_str(), self.scope, self.name)
    }
}

/// A whole capacity: how many instances or tasks. Of what is only on or off: how many
/// are on, of how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Capacity {
    /// Policies never go below.
    pub min: u32,
    /// What is wanted now.
    pub desired: u32,
    /// Policies never go above.
    pub max: u32,
}

impl Capacity {
    /// Of what is only on or off.
    #[must_use]
    pub const fn switched(on: u32, all: u32) -> Self {
        Self {
            min: 0,
            desired: on,
            max: all,
        }
    }

    /// `min ≤ desired ≤ max`.
    #[must_use]
    pub fn is_ordered(self) -> bool {
        self.min <= self.desired && self.desired <= self.max
    }

    /// This capacity after a partial change, as Auto Scaling applies one: set
    /// fields are taken, then desired is brought inside the new bounds.
    #[must_use]
    pub fn with(self, change: CapacityChange) -> Self {
        let min = change.min.unwrap_or(self.min);
        let max = change.max.unwrap_or(self.max);
        let desired = change.desired.unwrap_or(self.desired);
        Self {
            min,
            desired: desired.min(max).max(min),
            max,
        }
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}–{}", self.min, self.desired, self.max)
    }
}

/// A partial capacity: an unset field stays as it is; zero is a real zero
/// (the difference that terraform-provider-aws #5681 is about).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CapacityChange {
    /// New minimum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// New desired capacity. Application Auto Scaling has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
    /// New maximum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

impl From<Capacity> for CapacityChange {
    fn from(c: Capacity) -> Self {
        Self {
            min: Some(c.min),
            desired: Some(c.desired),
            max: Some(c.max),
        }
    }
}

impl fmt::Display for CapacityChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (name, value) in [
            ("min", self.min),
            ("desired", self.desired),
            ("max", self.max),
        ] {
            if let Some(value) = value {
                parts.push(format!("{name} {value}"));
            }
        }
        f.write_str(&parts.join(" · "))
    }
}

/// When a scheduled action fires.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Timing {
    /// One time.
    Once {
        /// The instant.
        at: Timestamp,
    },
    /// Again and again.
    Recurring {
        /// Five-field cron for an Auto Scaling group; `cron(…)` or `rate(…)`
        /// for Application Auto Scaling.
        expression: String,
        /// The IANA zone of the expression.
        timezone: String,
        /// Not before. Never the computed next run that DescribeScheduledActions
        /// reports as StartTime.
        #[serde(default)]
        starts_at: Option<Timestamp>,
        /// Not after.
        #[serde(default)]
        ends_at: Option<Timestamp>,
    },
}

impl Timing {
    /// It never comes again.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        match self {
            Self::Once { at } => *at <= now,
            Self::Recurring { ends_at, .. } => ends_at.is_some_and(|end| end <= now),
        }
    }

    /// Whether it means the same as another from now on. A start that is past is none,
    /// and so is every start where the service does not tell it.
    #[must_use]
    pub fn means_the_same(&self, other: &Self, tells_start: bool, now: Timestamp) -> bool {
        let ahead = |start: &Option<Timestamp>| start.filter(|start| tells_start && *start > now);
        match (self, other) {
            (Self::Once { at }, Self::Once { at: other }) => at == other,
            (
                Self::Recurring {
                    expression,
                    timezone,
                    starts_at,
                    ends_at,
                },
                Self::Recurring {
                    expression: other_expression,
                    timezone: other_timezone,
                    starts_at: other_starts_at,
                    ends_at: other_ends_at,
                },
            ) => {
                expression
                    .split_whitespace()
                    .eq(other_expression.split_whitespace())
                    && timezone == other_timezone
                    && ends_at == other_ends_at
                    && ahead(starts_at) == ahead(other_starts_at)
            }
            _ => false,
        }
    }
}

/// A scheduled action of a group or a scalable target.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduledAction {
    /// Unique in its target.
    pub name: String,
    /// When.
    pub timing: Timing,
    /// What it sets.
    pub capacity: CapacityChange,
    /// The next run as AWS computed it, where AWS tells.
    #[serde(default)]
    pub next_run_at: Option<Timestamp>,
}

/// How an instance is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purchase {
    /// On demand.
    OnDemand,
    /// Spot (or Fargate Spot).
    Spot,
    /// EC2 did not tell (no permission, or the instance is gone).
    Unknown,
}

/// An instance of a group, a task of a service, a machine or a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instance {
    /// `i-…` or the task's id.
    pub id: String,
    /// Availability zone.
    pub zone: String,
    /// Instance type, or the launch type of a task.
    pub instance_type: String,
    /// AWS's own life-cycle word: `Pending`, `InService`, `available`, `stopped` …
    pub lifecycle_state: String,
    /// Passed its health checks.
    pub healthy: bool,
    /// How it is bought.
    pub purchase: Purchase,
    /// Protected from scale-in.
    pub protected: bool,
}

impl Instance {
    /// Counts as capacity that serves.
    #[must_use]
    pub fn in_service(&self) -> bool {
        matches!(
            self.lifecycle_state.as_str(),
            "InService" | "RUNNING" | "running" | "available"
        )
    }

    /// It is on or about to be, of what AWS can stop and start again.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(self.lifecycle_state.as_str(), "stopping" | "stopped")
    }
}

/// The mix of a group with a mixed instances policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpotMix {
    /// Instances always bought on demand.
    pub on_demand_base: u32,
    /// Percent on demand above the base.
    pub on_demand_percent: u32,
    /// Capacity rebalance replaces spot instances before they are interrupted.
    pub rebalance: bool,
    /// Instance types to choose from; none where AWS chooses among all that fit.
    #[serde(default)]
    pub types: Option<u32>,
    /// Availability zones to choose from, where AWS tells.
    #[serde(default)]
    pub zones: Option<u32>,
    /// In which pools spot is bought, where AWS tells.
    #[serde(default)]
    pub strategy: Option<SpotStrategy>,
}

impl SpotMix {
    /// What of it a schedule can set.
    #[must_use]
    pub const fn share(self) -> SpotShare {
        SpotShare {
            on_demand_base: self.on_demand_base,
            on_demand_percent: self.on_demand_percent,
        }
    }

    /// The same group, buying so from now on.
    #[must_use]
    pub fn with(self, mix: Mix) -> Self {
        Self {
            on_demand_base: mix.share.on_demand_base,
            on_demand_percent: mix.share.on_demand_percent,
            strategy: mix.strategy.or(self.strategy),
            ..self
        }
    }

    /// It buys so already.
    #[must_use]
    pub fn is(self, mix: Mix) -> bool {
        self == self.with(mix)
    }

    /// What of it can be set.
    #[must_use]
    pub const fn mix(self) -> Mix {
        Mix {
            share: self.share(),
            strategy: self.strategy,
        }
    }
}

/// What moves capacity by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// Keeps a metric at a value.
    TargetTracking,
    /// Steps by the size of the breach.
    Step,
    /// One adjustment an alarm.
    Simple,
    /// Forecasts.
    Predictive,
}

/// A scaling policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScalingPolicy {
    /// Unique in its target.
    pub name: String,
    /// What it does.
    pub kind: PolicyKind,
    /// Switched on.
    pub enabled: bool,
    /// Names of its alarms.
    pub alarms: Vec<String>,
    /// Its parameters in AWS's own terms, for reading:
    /// `ASGAverageCPUUtilization = 50`.
    pub summary: String,
    /// What a step or simple policy does; none for the other kinds, and for one that
    /// was kept before this was read.
    #[serde(default)]
    pub adjusting: Option<Adjusting>,
    /// The value at which target tracking keeps its metric.
    #[serde(default)]
    pub target_value: Option<f64>,
}

/// One scaling activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// AWS's id.
    pub id: String,
    /// Began.
    pub started_at: Timestamp,
    /// Ended, if it has.
    pub ended_at: Option<Timestamp>,
    /// AWS's own word: `Successful`, `InProgress`, `Failed` …
    pub status: String,
    /// What happened, in AWS's words.
    pub description: String,
    /// Why, in AWS's words.
    pub cause: String,
}

/// A target with its live state, as one reading of AWS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Target {
    /// Which.
    pub reference: TargetRef,
    /// From its tag, or guessed from its name.
    pub environment: Environment,
    /// Capacity.
    pub capacity: Capacity,
    /// Instances or tasks; empty for a service whose tasks were not asked for.
    pub instances: Vec<Instance>,
    /// How many serve.
    pub in_service: u32,
    /// How many are on their way.
    pub pending: u32,
    /// Suspended processes in AWS's own words: `Launch`, `ScheduledActions`,
    /// `ScheduledScaling`, `DynamicScalingIn` …
    pub suspended: Vec<String>,
    /// Spot mix, if it has one.
    pub mix: Option<SpotMix>,
    /// Scaling policies.
    pub policies: Vec<ScalingPolicy>,
    /// Scheduled actions, by name.
    pub actions: Vec<ScheduledAction>,
    /// Timers of ours, by name.
    #[serde(default)]
    pub timers: Vec<Timer>,
}

impl Target {
    /// AWS has suspended this process on it.
    #[must_use]
    pub fn is_suspended(&self, process: Process) -> bool {
        self.suspended.iter().any(|word| word == process.as_str())
    }

    /// On or off, where that is all it can be; none where some of it is on.
    #[must_use]
    pub fn power(&self) -> Option<Power> {
        let Capacity { desired, max, .. } = self.capacity;
        match desired {
            _ if !self.reference.kind.is_switched() => None,
            0 => Some(Power::Stopped),
            on if on >= max => Some(Power::Running),
            _ => None,
        }
    }

    /// The instances to name in a call that switches it: none where it is called by its
    /// own name.
    pub fn named_to_switch(&self) -> impl Iterator<Item = &Instance> {
        let is_named = self.reference.kind == TargetKind::Ec2Tag;
        self.instances.iter().filter(move |_| is_named)
    }

    /// A policy moves desired capacity by itself inside min and max.
    #[must_use]
    pub fn scales_itself(&self) -> bool {
        self.policies.iter().any(|policy| policy.enabled)
    }

    /// How many of its instances are bought otherwise than a group that buys so would
    /// buy as many: they stay until they are replaced. Of one that does not tell how it
    /// is bought, nobody knows.
    #[must_use]
    pub fn bought_otherwise(&self, mix: SpotShare) -> u32 {
        let bought = |purchase| {
            let instances = self.instances.iter();
            let fitting = instances.filter(|instance| instance.purchase == purchase);
            u32::try_from(fitting.count()).unwrap_or(u32::MAX)
        };
        let [on_demand, spot] = [Purchase::OnDemand, Purchase::Spot].map(bought);
        mix.on_demand_of(on_demand.saturating_add(spot))
            .abs_diff(on_demand)
    }

    /// Percent of the instances above the base that are spot, as the group buys now or
    /// as is wanted, where nothing replaces them before an interruption. ECS replaces
    /// tasks by itself.
    #[must_use]
    pub fn spot_without_rebalance(&self, wanted: Option<SpotShare>) -> Option<u32> {
        let mix = self.mix.filter(|mix| !mix.rebalance)?;
        let on_demand_percent = wanted.unwrap_or(mix.share()).on_demand_percent;
        let is_group = self.reference.kind == TargetKind::Asg;
        (is_group && on_demand_percent < 100).then(|| 100 - on_demand_percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_kept_still_reads() {
        let policy = r#"{"name":"out","kind":"step","enabled":true,"alarms":["high"],
            "summary":"ChangeInCapacity: from 0 → +2"}"#;
        let policy: ScalingPolicy = serde_json::from_str(policy).expect("a policy");
        assert_eq!((policy.adjusting, policy.target_value), (None, None));
        let mix = r#"{"on_demand_base":1,"on_demand_percent":25,"rebalance":true}"#;
        let mix: SpotMix = serde_json::from_str(mix).expect("a mix");
        assert_eq!((mix.types, mix.zones), (None, None));
    }

    #[test]
    fn a_partial_change_keeps_what_is_unset_and_takes_zero_for_zero() {
        let live = Capacity {
            min: 2,
            desired: 4,
            max: 8,
        };
        let nothing = CapacityChange::default();
        assert_eq!(live.with(nothing), live);
        let raised = CapacityChange {
            min: Some(6),
            ..nothing
        };
        assert_eq!(
            live.with(raised),
            Capacity {
                min: 6,
                desired: 6,
                max: 8
            }
        );
        let off = CapacityChange {
            min: Some(0),
            desired: Some(0),
            max: Some(0),
        };
        assert_eq!(
            live.with(off),
            Capacity {
                min: 0,
                desired: 0,
                max: 0
            }
        );
    }
}
