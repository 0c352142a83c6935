//! Checks on an alarm that is to be put. The words for people are in
//! [`crate::i18n::alarms`].

use super::Severity;
use crate::{alarms::definition::AlarmField, estate::Environment};
use serde::{Deserialize, Serialize};

/// One thing that a check found about an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum AlarmFinding {
    /// CloudWatch would refuse it.
    Refused {
        /// The field that does not fit.
        field: AlarmField,
    },
    /// An alarm of that name is there, and a put would take its place.
    NameTaken,
    /// The alarm has what a put from here would lose.
    Unmodelled {
        /// AWS's names.
        fields: Vec<String>,
    },
    /// AWS itself keeps the alarm, for a policy that tracks a target value.
    Managed {
        /// The policy.
        policy: String,
    },
    /// It would belong to another environment, whose people were not asked.
    Moves {
        /// Its environment.
        from: Environment,
        /// Where it would belong.
        to: Environment,
    },
    /// An action that would do more than tell people, or run a policy of its environment.
    ForeignAction {
        /// The ARN.
        action: String,
    },
    /// The alarm was changed since the request that is taken back.
    ChangedSince,
    /// The account and region have as many alarms as AWS allows by default.
    Quota {
        /// There now.
        have: u64,
        /// AWS's default.
        limit: u64,
    },
    /// The metric had no value lately.
    NoValues {
        /// In so many hours.
        hours: u32,
    },
    /// Values come more rarely than periods do.
    PeriodTooShort {
        /// Seconds of a period.
        period_s: u32,
        /// Seconds between two values.
        every_s: u32,
    },
    /// It would have been on most of the time.
    BreachesMostly {
        /// Percent of the periods.
        percent: u32,
        /// Of so many hours.
        hours: u32,
    },
    /// No value came near the threshold.
    NeverNear {
        /// The nearest.
        nearest: f64,
        /// In so many hours.
        hours: u32,
    },
    /// What stops reporting counts as well, and a low alarm is for just that.
    SilentWhenMissing,
    /// There is no such log group.
    GroupMissing {
        /// Its name.
        group: String,
    },
    /// AWS does not understand the pattern.
    PatternRefused {
        /// AWS's words.
        message: String,
    },
    /// A metric filter of that name does something else.
    FilterTaken {
        /// Its name.
        filter: String,
    },
    /// The log group has as many metric filters as AWS allows.
    FilterQuota {
        /// AWS's quota.
        limit: usize,
    },
    /// Other alarms look at the metric that would count other lines, or none.
    MetricShared {
        /// Their names.
        alarms: Vec<String>,
    },
    /// Alarms of other environments look at the metric, and their people were not asked.
    MetricElsewhere {
        /// How many.
        alarms: usize,
    },
    /// Other filters make the metric: a line may count twice.
    MetricMade {
        /// Their names, with their log groups.
        filters: Vec<String>,
    },
    /// So many lines would have counted lately.
    LinesFit {
        /// Lines.
        lines: u64,
        /// Of so many hours.
        hours: u32,
        /// There are more, or not all were looked at.
        more: bool,
    },
    /// The values of a metric that counts are summed; another statistic of them is always 1.
    NotSummed,
}

impl AlarmFinding {
    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Refused { .. }
            | Self::NameTaken
            | Self::Unmodelled { .. }
            | Self::Managed { .. }
            | Self::Moves { .. }
            | Self::ForeignAction { .. }
            | Self::GroupMissing { .. }
            | Self::PatternRefused { .. }
            | Self::FilterTaken { .. }
            | Self::FilterQuota { .. }
            | Self::MetricElsewhere { .. }
            | Self::MetricMade { .. } => Severity::Error,
            Self::ChangedSince
            | Self::Quota { .. }
            | Self::NoValues { .. }
            | Self::PeriodTooShort { .. }
            | Self::BreachesMostly { .. }
            | Self::MetricShared { .. }
            | Self::NotSummed
            | Self::SilentWhenMissing => Severity::Warning,
            Self::NeverNear { .. } | Self::LinesFit { .. } => Severity::Info,
        }
    }

    /// The rule's stable name.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "alarm-refused",
            Self::NameTaken => "alarm-name-taken",
            Self::Unmodelled { .. } => "alarm-unmodelled",
            Self::Managed { .. } => "alarm-managed",
            Self::Moves { .. } => "alarm-moves",
            Self::ForeignAction { .. } => "alarm-foreign-action",
            Self::ChangedSince => "alarm-changed-since",
            Self::Quota { .. } => "alarm-quota",
            Self::NoValues { .. } => "alarm-no-values",
            Self::PeriodTooShort { .. } => "alarm-period-too-short",
            Self::BreachesMostly { .. } => "alarm-breaches-mostly",
            Self::NeverNear { .. } => "alarm-never-near",
            Self::SilentWhenMissing => "alarm-silent-when-missing",
            Self::GroupMissing { .. } => "alarm-log-group-missing",
            Self::PatternRefused { .. } => "alarm-pattern-refused",
            Self::FilterTaken { .. } => "alarm-filter-taken",
            Self::FilterQuota { .. } => "alarm-filter-quota",
            Self::MetricShared { .. } => "alarm-metric-shared",
            Self::MetricElsewhere { .. } => "alarm-metric-elsewhere",
            Self::MetricMade { .. } => "alarm-metric-made",
            Self::LinesFit { .. } => "alarm-lines-fit",
            Self::NotSummed => "alarm-not-summed",
        }
    }

    /// The field whose correction would help.
    #[must_use]
    pub const fn field(&self) -> AlarmField {
        match self {
            Self::Refused { field } => *field,
            Self::NameTaken
            | Self::Managed { .. }
            | Self::Moves { .. }
            | Self::Quota { .. }
            | Self::ChangedSince => AlarmField::Name,
            Self::ForeignAction { .. } => AlarmField::AlarmActions,
            Self::Unmodelled { .. } | Self::NoValues { .. } => AlarmField::Metric,
            Self::PeriodTooShort { .. } => AlarmField::Period,
            Self::BreachesMostly { .. } | Self::NeverNear { .. } => AlarmField::Threshold,
            Self::SilentWhenMissing => AlarmField::MissingData,
            Self::GroupMissing { .. } | Self::FilterQuota { .. } => AlarmField::LogGroup,
            Self::FilterTaken { .. } => AlarmField::Filter,
            Self::PatternRefused { .. } | Self::MetricShared { .. } | Self::LinesFit { .. } => {
                AlarmField::Pattern
            }
            Self::MetricElsewhere { .. } | Self::MetricMade { .. } => AlarmField::Metric,
            Self::NotSummed => AlarmField::Statistic,
        }
    }
}
