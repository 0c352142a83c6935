//! Step scaling policies against the alarms that run them.
//!
//! AWS checks a policy's steps against each other when the policy is put, but
//! never against the alarm. A policy can therefore be in order and still hold no
//! step for what its alarm delivers: "No step adjustment found for metric value
//! … and breach threshold …", and the capacity stays where it is. Here both are
//! read together.
//!
//! The cast: [`document`] reads what the AWS command line prints into a
//! [`Document`], [`live`] makes one of what was read from AWS; [`intervals`] knows which metric values an alarm delivers and
//! which of them a step takes; `links` finds which alarm runs which policy;
//! `rules` judges each policy and each pair; [`report`] is the form programs
//! read. The words for people are in [`crate::i18n::step_policies`].
//!
//! Where AWS documents nothing, the choice made here is named at its place:
//! - A metric that equals the threshold lies on the side to which the alarm
//!   looks: `>=` takes it as above, `<=` as below (the user guide's examples).
//! - A bound is added to the threshold as CloudWatch's doubles are added, and
//!   the metric is compared with the sum.
//!
//! It knows no capacity, so it says nothing that depends on one.

mod adjustment;
pub mod document;
pub mod intervals;
mod links;
pub mod live;
pub mod report;
mod rules;

#[cfg(test)]
mod sampled_tests;
#[cfg(test)]
mod tests;

pub use adjustment::{adjustment, summary};
pub use rules::lint;

use crate::checks::Severity;
use intervals::Interval;
use serde::{Deserialize, Serialize};

/// What an adjustment's number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AdjustmentType {
    /// That many more or fewer.
    ChangeInCapacity,
    /// That many percent more or fewer.
    PercentChangeInCapacity,
    /// To that many.
    ExactCapacity,
}

/// How a policy folds the data points of its alarm into one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MetricAggregation))]
pub enum Aggregation {
    /// Their mean; what AWS takes when the policy says nothing.
    #[default]
    Average,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
}

impl AdjustmentType {
    /// All.
    pub const ALL: [Self; 3] = [
        Self::ChangeInCapacity,
        Self::PercentChangeInCapacity,
        Self::ExactCapacity,
    ];

    /// AWS's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangeInCapacity => "ChangeInCapacity",
            Self::PercentChangeInCapacity => "PercentChangeInCapacity",
            Self::ExactCapacity => "ExactCapacity",
        }
    }

    /// Reads AWS's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Aggregation {
    /// All.
    pub const ALL: [Self; 3] = [Self::Average, Self::Minimum, Self::Maximum];

    /// Reads AWS's word; one that is missing, or not known here, counts as the default.
    #[must_use]
    pub fn parse(word: Option<&str>) -> Self {
        let known = |word| Self::ALL.into_iter().find(|own| own.as_str() == word);
        word.and_then(known).unwrap_or_default()
    }

    /// AWS's word, the same as an alarm's statistic.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Minimum => "Minimum",
            Self::Maximum => "Maximum",
        }
    }
}

/// One step; bounds are distances from the alarm's threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StepAdjustment))]
pub struct Step {
    /// Lower bound; none for minus infinity.
    pub lower: Option<f64>,
    /// Upper bound; none for infinity.
    pub upper: Option<f64>,
    /// By how much.
    pub adjustment: i32,
}

/// What a policy does when its alarm goes off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PolicyMovement))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Movement {
    /// The step that fits the size of the breach.
    Steps {
        /// The steps, in the policy's own order.
        steps: Vec<Step>,
        /// How the alarm's data points become one value.
        aggregation: Aggregation,
    },
    /// Always the same adjustment.
    Simple {
        /// By how much.
        adjustment: i32,
    },
}

/// A step or simple scaling policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PolicyAdjusting))]
pub struct Adjusting {
    /// What the numbers mean.
    pub kind: AdjustmentType,
    /// Least change of a percentage, in instances or tasks.
    pub magnitude_min: Option<u32>,
    /// What it does.
    pub movement: Movement,
}

/// A scaling policy of either service.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Unique in its target.
    pub name: String,
    /// The Auto Scaling group's name, or Application Auto Scaling's resource id.
    pub target: Option<String>,
    /// AWS's identity.
    pub arn: Option<String>,
    /// Its adjustments; none for a policy that makes its own alarms or needs
    /// none (target tracking, predictive).
    pub adjusting: Option<Adjusting>,
    /// The alarms that AWS lists with it.
    pub alarms: Vec<AlarmLink>,
}

/// An alarm as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmLink {
    /// Its name.
    pub name: String,
    /// AWS's identity, where told.
    pub arn: Option<String>,
}

/// CloudWatch's comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AlarmComparison))]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// Outside an anomaly band, on either side.
    OutsideBand,
    /// Below an anomaly band.
    BelowBand,
    /// Above an anomaly band.
    AboveBand,
}

impl Comparison {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::GreaterOrEqual,
        Self::Greater,
        Self::Less,
        Self::LessOrEqual,
        Self::OutsideBand,
        Self::BelowBand,
        Self::AboveBand,
    ];

    /// CloudWatch's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GreaterOrEqual => "GreaterThanOrEqualToThreshold",
            Self::Greater => "GreaterThanThreshold",
            Self::Less => "LessThanThreshold",
            Self::LessOrEqual => "LessThanOrEqualToThreshold",
            Self::OutsideBand => "LessThanLowerOrGreaterThanUpperThreshold",
            Self::BelowBand => "LessThanLowerThreshold",
            Self::AboveBand => "GreaterThanUpperThreshold",
        }
    }

    /// Reads CloudWatch's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Whether a value breaches a threshold; a band is none.
    #[must_use]
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterOrEqual => value >= threshold,
            Self::Greater => value > threshold,
            Self::Less => value < threshold,
            Self::LessOrEqual => value <= threshold,
            Self::OutsideBand | Self::BelowBand | Self::AboveBand => false,
        }
    }

    /// The threshold is a band that moves, not a number.
    #[must_use]
    pub const fn is_band(self) -> bool {
        matches!(self, Self::OutsideBand | Self::BelowBand | Self::AboveBand)
    }

    /// The sign in front of the threshold.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::GreaterOrEqual => "≥",
            Self::Greater | Self::AboveBand => ">",
            Self::Less | Self::BelowBand => "<",
            Self::LessOrEqual => "≤",
            Self::OutsideBand => "≷",
        }
    }
}

/// An alarm, as far as policies depend on it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// AWS's identity.
    pub arn: Option<String>,
    /// How the metric is compared; none where CloudWatch's word is not known here.
    pub comparison: Option<Comparison>,
    /// The threshold; none for anomaly bands.
    pub threshold: Option<f64>,
    /// The metric's name, when there is exactly one.
    pub metric: Option<String>,
    /// The statistic, when there is exactly one metric.
    pub statistic: Option<String>,
    /// Periods looked at.
    pub evaluation_periods: Option<u32>,
    /// CloudWatch's `TreatMissingData`.
    pub missing_data: Option<String>,
    /// Actions are switched off.
    pub muted: bool,
    /// ARNs told when it goes off.
    pub alarm_actions: Vec<String>,
    /// ARNs told when it is well again.
    pub ok_actions: Vec<String>,
    /// ARNs told when there is nothing to judge.
    pub insufficient_data_actions: Vec<String>,
}

/// What is judged together. A list that is not there was not read, which is not
/// the same as empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// Policies of both services.
    pub policies: Option<Vec<Policy>>,
    /// Metric alarms.
    pub alarms: Option<Vec<Alarm>>,
}

/// One thing that is the matter with a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PolicyFinding))]
pub struct Finding {
    /// The policy's name.
    pub policy: String,
    /// Its group or resource, where told.
    pub target: Option<String>,
    /// The alarm, when it is about one.
    pub alarm: Option<String>,
    /// What is the matter.
    pub problem: Problem,
}

/// What can be the matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PolicyProblem))]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// Values that the alarm delivers and no step takes.
    StepGap(Gap),
    /// Two steps take the same value.
    StepOverlap {
        /// Where the second begins; none for minus infinity.
        lower: Option<f64>,
        /// Where the first of the two ends; none for infinity.
        upper: Option<f64>,
    },
    /// The bounds are not what AWS takes.
    StepBounds(Bounds),
    /// The adjustment goes against the side on which the alarm goes off.
    Direction {
        /// The side.
        side: intervals::Side,
        /// The adjustment that goes against it.
        adjustment: i32,
    },
    /// The bounds look like values of the metric, not distances from the threshold.
    AbsoluteBounds {
        /// The threshold.
        threshold: f64,
    },
    /// No alarm runs the policy.
    NoAlarm,
    /// An exact capacity below zero.
    NegativeExact {
        /// The capacity.
        adjustment: i32,
    },
    /// Steps that change nothing.
    NoEffect {
        /// The numbers are percentages.
        percent: bool,
        /// Only a larger breach has no effect; a smaller one has.
        larger_breach: bool,
    },
    /// A least change on a policy that has no percentages.
    MagnitudeUnused,
    /// A step for values that no alarm of the policy delivers.
    StepUnreachable {
        /// Lower bound.
        lower: Option<f64>,
        /// Upper bound.
        upper: Option<f64>,
    },
    /// One alarm runs several policies of one target.
    SharedAlarm {
        /// The others' names, the first few.
        others: Vec<String>,
        /// How many others.
        count: usize,
    },
    /// The alarm goes off with no value to choose a step by.
    MissingData {
        /// It runs the policy when it has too little data, rather than counting
        /// missing data as a breach.
        insufficient: bool,
    },
    /// The policy also runs when the alarm is well again.
    RunsOnOk,
    /// The alarm counts one statistic, the policy folds by another.
    StatisticMismatch {
        /// The alarm's.
        statistic: String,
        /// The policy's.
        aggregation: Aggregation,
        /// Data points that are folded, when the alarm tells.
        periods: Option<u32>,
    },
    /// The alarm's actions are switched off.
    AlarmMuted,
    /// The pair cannot be judged.
    AlarmUnchecked(Unchecked),
    /// An alarm would run a policy that is not there.
    PolicyUnknown,
}

/// Values that no step takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StepGap))]
pub struct Gap {
    /// Which.
    pub uncovered: Vec<Interval>,
    /// They are distances from the threshold: the alarm has an anomaly band, or
    /// there is none to tell the threshold.
    pub relative: bool,
    /// A value of the metric that finds no step.
    pub example_metric: Option<f64>,
    /// When the alarm goes off.
    pub alarm: Option<(Comparison, Option<f64>)>,
    /// What helps.
    pub mends: Vec<Mend>,
}

/// What closes a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StepMend))]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Every step lies on the other side of the threshold.
    OtherSide,
    /// Let the step nearest to the threshold begin at 0.
    BeginAtThreshold,
    /// Leave out the outer bound of the furthest step.
    OpenEnd,
    /// Let each step begin where its neighbour ends.
    Join,
    /// There is no step at all.
    AddStep,
}

/// Bounds that AWS refuses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = StepBounds))]
#[serde(tag = "bounds", rename_all = "snake_case")]
pub enum Bounds {
    /// A step with neither bound.
    BothOpen,
    /// Several steps without a lower bound.
    TwoOpenLower,
    /// Several steps without an upper bound.
    TwoOpenUpper,
    /// An upper bound that is not above the lower one.
    UpperNotAbove {
        /// Lower.
        lower: f64,
        /// Upper.
        upper: f64,
    },
    /// A negative lower bound, and no step is open below.
    NoOpenLower {
        /// The lowest.
        lower: f64,
    },
    /// A positive upper bound, and no step is open above.
    NoOpenUpper {
        /// The highest.
        upper: f64,
    },
}

/// Why a policy was not checked against an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AlarmUnchecked))]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Unchecked {
    /// The document does not hold the alarm.
    NotGiven,
    /// The alarm tells no threshold or no comparison that is known here.
    NoThreshold,
}

impl Problem {
    /// The rule's stable name.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::StepGap(_) => "step-gap",
            Self::StepOverlap { .. } => "step-overlap",
            Self::StepBounds(_) => "step-bounds",
            Self::Direction { .. } => "direction",
            Self::AbsoluteBounds { .. } => "absolute-bounds",
            Self::NoAlarm => "no-alarm",
            Self::NegativeExact { .. } => "negative-exact",
            Self::NoEffect { percent: true, .. } => "percent-no-effect",
            Self::NoEffect { percent: false, .. } => "change-no-effect",
            Self::MagnitudeUnused => "min-magnitude-unused",
            Self::StepUnreachable { .. } => "step-unreachable",
            Self::SharedAlarm { .. } => "shared-alarm",
            Self::MissingData { .. } => "missing-data",
            Self::RunsOnOk => "runs-on-ok",
            Self::StatisticMismatch { .. } => "statistic-mismatch",
            Self::AlarmMuted => "alarm-muted",
            Self::AlarmUnchecked(_) => "alarm-unchecked",
            Self::PolicyUnknown => "policy-unknown",
        }
    }

    /// How bad it is: an error is what AWS refuses or what leaves the capacity
    /// where it is; a warning may be meant so.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::StepGap(_)
            | Self::StepOverlap { .. }
            | Self::StepBounds(_)
            | Self::NegativeExact { .. } => Severity::Error,
            Self::Direction { .. }
            | Self::AbsoluteBounds { .. }
            | Self::NoAlarm
            | Self::NoEffect { .. }
            | Self::MagnitudeUnused
            | Self::SharedAlarm { .. }
            | Self::MissingData { .. }
            | Self::RunsOnOk
            | Self::AlarmMuted => Severity::Warning,
            // One data point is the same however it is folded.
            Self::StatisticMismatch { periods, .. } => match periods {
                Some(0 | 1) => Severity::Info,
                _ => Severity::Warning,
            },
            Self::StepUnreachable { .. } | Self::AlarmUnchecked(_) | Self::PolicyUnknown => {
                Severity::Info
            }
        }
    }
}
