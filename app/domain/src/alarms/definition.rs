//! What a metric alarm is told to do, as PutMetricAlarm takes it, and CloudWatch's rules
//! for that (Amazon CloudWatch API Reference, PutMetricAlarm and Dimension).

use super::{AlarmKind, AlarmReading, AlarmRule, MetricRef};
use crate::{decimals::Decimal, limits, log_filters::CountedLines, step_policies::Comparison};
use serde::{Deserialize, Serialize};

/// What a period without a value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum MissingData {
    /// Nothing: without any value the alarm cannot tell.
    Missing,
    /// It is well.
    NotBreaching,
    /// It is a breach.
    Breaching,
    /// The alarm stays as it is.
    Ignore,
}

impl MissingData {
    /// All.
    pub const ALL: [Self; 4] = [
        Self::Missing,
        Self::NotBreaching,
        Self::Breaching,
        Self::Ignore,
    ];

    /// CloudWatch's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
            Self::Ignore => "ignore",
        }
    }

    /// Reads CloudWatch's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// An alarm on one metric. CloudWatch replaces all of it at once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmDefinition {
    /// For people; may be empty.
    pub description: String,
    /// The metric, its statistic and the length of a period.
    pub metric: MetricRef,
    /// How a value is compared with the threshold; no band.
    pub comparison: Comparison,
    /// The threshold.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub threshold: Decimal,
    /// Periods looked at.
    pub evaluation_periods: u32,
    /// Periods of these that must breach.
    pub datapoints_to_alarm: u32,
    /// What a period without a value means.
    pub missing_data: MissingData,
    /// Actions are on.
    pub actions_enabled: bool,
    /// ARNs told when it goes off.
    pub alarm_actions: Vec<String>,
    /// ARNs told when it is well again.
    pub ok_actions: Vec<String>,
    /// ARNs told when there is nothing to judge.
    pub insufficient_data_actions: Vec<String>,
    /// Lines of a log that its metric counts, by a metric filter that is put with it; none
    /// where the metric comes from elsewhere, or is not this alarm's to make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<CountedLines>,
}

/// A part of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmField {
    /// Its name.
    Name,
    /// Its description.
    Description,
    /// The metric's namespace.
    Namespace,
    /// The metric's name.
    Metric,
    /// The metric's dimensions.
    Dimensions,
    /// The statistic.
    Statistic,
    /// The length of a period.
    Period,
    /// The unit.
    Unit,
    /// The comparison.
    Comparison,
    /// The threshold.
    Threshold,
    /// Periods looked at.
    EvaluationPeriods,
    /// Periods that must breach.
    DatapointsToAlarm,
    /// What a period without a value means.
    MissingData,
    /// Whether actions are on.
    ActionsEnabled,
    /// Who is told when it goes off.
    AlarmActions,
    /// Who is told when it is well again.
    OkActions,
    /// Who is told when there is nothing to judge.
    InsufficientDataActions,
    /// The log group whose lines the metric counts.
    LogGroup,
    /// The metric filter that counts them.
    Filter,
    /// Which lines count.
    Pattern,
}

impl AlarmField {
    /// The word in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Namespace => "namespace",
            Self::Metric => "metric",
            Self::Dimensions => "dimensions",
            Self::Statistic => "statistic",
            Self::Period => "period",
            Self::Unit => "unit",
            Self::Comparison => "comparison",
            Self::Threshold => "threshold",
            Self::EvaluationPeriods => "evaluation_periods",
            Self::DatapointsToAlarm => "datapoints_to_alarm",
            Self::MissingData => "missing_data",
            Self::ActionsEnabled => "actions_enabled",
            Self::AlarmActions => "alarm_actions",
            Self::OkActions => "ok_actions",
            Self::InsufficientDataActions => "insufficient_data_actions",
            Self::LogGroup => "log_group",
            Self::Filter => "filter",
            Self::Pattern => "pattern",
        }
    }
}

/// A part that differs between two definitions, each in its own words; none where there
/// is no alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which.
    pub field: AlarmField,
    /// As it is.
    pub before: Option<String>,
    /// As it becomes.
    pub after: Option<String>,
}

/// What differs, in the order in which people read it.
#[must_use]
pub fn edits(before: Option<&AlarmDefinition>, after: Option<&AlarmDefinition>) -> Vec<Edit> {
    let parts = |definition: Option<&AlarmDefinition>| definition.map(AlarmDefinition::parts);
    let (before, after) = (parts(before), parts(after));
    let fields = before.iter().flatten().chain(after.iter().flatten());
    let mut fields: Vec<AlarmField> = fields.map(|(field, _)| *field).collect();
    // The fields stand in that order, and one side may lack some.
    fields.sort_unstable();
    fields.dedup();
    let of = |parts: &Option<Vec<(AlarmField, String)>>, field| {
        let mut parts = parts.iter().flatten();
        let found = parts.find(|(own, _)| *own == field);
        found.map(|(_, text)| text.clone())
    };
    let all = fields.into_iter().map(|field| Edit {
        field,
        before: of(&before, field),
        after: of(&after, field),
    });
    all.filter(|edit| edit.before != edit.after).collect()
}

/// Statistics that are none of the extended ones.
pub const STATISTICS: [&str; 5] = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];

/// Units that CloudWatch knows.
pub const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

impl AlarmDefinition {
    /// Every part of it in its own words.
    fn parts(&self) -> Vec<(AlarmField, String)> {
        let metric = &self.metric;
        let dimensions = metric.dimensions.iter();
        let dimensions: Vec<_> = dimensions.map(|(n, v)| format!("{n}={v}")).collect();
        let of_lines = self.lines.iter().flat_map(|lines| {
            [
                (AlarmField::LogGroup, lines.group.clone()),
                (AlarmField::Filter, lines.filter.clone()),
                (AlarmField::Pattern, lines.pattern.clone()),
            ]
        });
        let parts = vec![
            (AlarmField::Description, self.description.clone()),
            (AlarmField::Namespace, metric.namespace.clone()),
            (AlarmField::Metric, metric.name.clone()),
            (AlarmField::Dimensions, dimensions.join(", ")),
            (AlarmField::Statistic, metric.statistic.clone()),
            (AlarmField::Period, format!("{} s", metric.period_s)),
            (AlarmField::Unit, metric.unit.clone()),
            (AlarmField::Comparison, self.comparison.as_str().to_owned()),
            (AlarmField::Threshold, self.threshold.to_string()),
            (
                AlarmField::EvaluationPeriods,
                self.evaluation_periods.to_string(),
            ),
            (
                AlarmField::DatapointsToAlarm,
                self.datapoints_to_alarm.to_string(),
            ),
            (
                AlarmField::MissingData,
                self.missing_data.as_str().to_owned(),
            ),
            (AlarmField::ActionsEnabled, self.actions_enabled.to_string()),
            (AlarmField::AlarmActions, self.alarm_actions.join(", ")),
            (AlarmField::OkActions, self.ok_actions.join(", ")),
            (
                AlarmField::InsufficientDataActions,
                self.insufficient_data_actions.join(", "),
            ),
        ];
        parts.into_iter().chain(of_lines).collect()
    }

    /// What CloudWatch is told of it: a metric's filter is CloudWatch Logs's.
    #[must_use]
    pub fn without_lines(&self) -> Self {
        Self {
            lines: None,
            ..self.clone()
        }
    }

    /// The same as CloudWatch tells it: no white space around texts, dimensions by name.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let metric = &mut self.metric;
        let texts = [
            &mut self.description,
            &mut metric.namespace,
            &mut metric.name,
            &mut metric.statistic,
            &mut metric.unit,
        ];
        for text in texts {
            *text = text.trim().to_owned();
        }
        metric.dimensions.sort();
        self.lines = self.lines.map(|lines| lines.tidied());
        self
    }

    /// What makes it go off.
    #[must_use]
    pub fn rule(&self) -> AlarmRule {
        AlarmRule {
            comparison: self.comparison.as_str().to_owned(),
            threshold: Some(self.threshold.value()),
            evaluation_periods: self.evaluation_periods,
            datapoints_to_alarm: self.datapoints_to_alarm,
            missing_data: self.missing_data.as_str().to_owned(),
            metric: Some(self.metric.clone()),
            expression: None,
        }
    }

    /// Every action, of whatever state.
    pub fn actions(&self) -> impl Iterator<Item = &String> {
        let lists = [
            &self.alarm_actions,
            &self.ok_actions,
            &self.insufficient_data_actions,
        ];
        lists.into_iter().flatten()
    }

    /// Its statistic is a percentile, a trimmed mean or another extended one.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        !STATISTICS.contains(&self.metric.statistic.as_str())
    }

    /// The fields that CloudWatch would refuse in an alarm of that name.
    #[must_use]
    pub fn refused_fields(&self, name: &str) -> Vec<AlarmField> {
        let metric = &self.metric;
        let line = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        let name_max = limits::ALARM_NAME_CHARS_MAX;
        let distinct = metric.dimensions.windows(2).all(|two| two[0].0 != two[1].0);
        let dimension = |(name, value): &(String, String)| {
            line(name, 1, limits::DIMENSION_NAME_CHARS_MAX)
                && line(value, 1, limits::DIMENSION_VALUE_CHARS_MAX)
                && !name.starts_with(':')
        };
        let dimensions = metric.dimensions.len() <= limits::DIMENSIONS_MAX
            && distinct
            && metric.dimensions.iter().all(dimension);
        let span_s = u64::from(metric.period_s) * u64::from(self.evaluation_periods);
        let span_s_max = match metric.period_s < limits::ALARM_LONG_PERIOD_S_MIN {
            true => limits::ALARM_SPAN_S_MAX,
            false => limits::ALARM_LONG_SPAN_S_MAX,
        };
        let actions = |list: &[String]| {
            let fits = |arn: &String| {
                line(arn, 1, limits::ALARM_ACTION_CHARS_MAX) && arn.starts_with("arn:")
            };
            list.len() <= limits::ALARM_ACTIONS_MAX && list.iter().all(fits)
        };
        let description = self.description.chars().count();
        let checks = [
            (
                AlarmField::Name,
                line(name, 1, name_max) && name.trim() == name,
            ),
            (
                AlarmField::Description,
                description <= limits::ALARM_DESCRIPTION_CHARS_MAX,
            ),
            (
                AlarmField::Namespace,
                line(&metric.namespace, 1, limits::METRIC_NAME_CHARS_MAX)
                    && !metric.namespace.starts_with(':'),
            ),
            (
                AlarmField::Metric,
                line(&metric.name, 1, limits::METRIC_NAME_CHARS_MAX),
            ),
            (AlarmField::Dimensions, dimensions),
            (AlarmField::Statistic, is_statistic(&metric.statistic)),
            (AlarmField::Period, is_period(metric.period_s)),
            (
                AlarmField::Unit,
                metric.unit.is_empty() || UNITS.contains(&metric.unit.as_str()),
            ),
            (AlarmField::Comparison, !self.comparison.is_band()),
            (
                AlarmField::EvaluationPeriods,
                self.evaluation_periods > 0 && span_s <= span_s_max,
            ),
            (
                AlarmField::DatapointsToAlarm,
                (1..=self.evaluation_periods).contains(&self.datapoints_to_alarm),
            ),
            (AlarmField::AlarmActions, actions(&self.alarm_actions)),
            (AlarmField::OkActions, actions(&self.ok_actions)),
            (
                AlarmField::InsufficientDataActions,
                actions(&self.insufficient_data_actions),
            ),
        ];
        let refused = checks.into_iter().filter(|(_, fits)| !fits);
        let mut refused: Vec<_> = refused.map(|(field, _)| field).collect();
        let of_lines = self.lines.iter();
        refused.extend(of_lines.flat_map(|lines| lines.refused_fields(metric)));
        refused.dedup();
        refused
    }
}

/// 10, 20 or 30 seconds, or whole minutes.
const fn is_period(period_s: u32) -> bool {
    matches!(period_s, 10 | 20 | 30) || (period_s > 0 && period_s.is_multiple_of(60))
}

/// One of the five, `p99.9`, `tm90`, `IQM`, `PR(1:5)`, `TM(10%:90%)` and the like.
fn is_statistic(word: &str) -> bool {
    if STATISTICS.contains(&word) || word == "IQM" {
        return true;
    }
    let percentile = ["tm", "tc", "ts", "wm", "p"].iter().any(|prefix| {
        let number = word.strip_prefix(prefix).map(Decimal::parse);
        matches!(number, Some(Ok(number)) if (0.0..=100.0).contains(&number.value()))
    });
    let bound = |text: &str| {
        let number = text.strip_suffix('%').unwrap_or(text);
        text.is_empty() || Decimal::parse(number).is_ok()
    };
    let range = ["PR", "TC", "TM", "TS", "WM"].iter().any(|prefix| {
        let inner = word.strip_prefix(prefix);
        let inner = inner.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
        let bounds = inner.and_then(|inner| inner.split_once(':'));
        bounds.is_some_and(|(low, high)| bound(low) && bound(high) && inner != Some(":"))
    });
    percentile || range
}

impl AlarmReading {
    /// What it is told to do; none of what is not an alarm on one metric of its own account.
    #[must_use]
    pub fn definition(&self) -> Option<AlarmDefinition> {
        if self.kind != AlarmKind::Metric || !self.unmodelled.is_empty() {
            return None;
        }
        let rule = &self.rule;
        Some(AlarmDefinition {
            description: self.description.clone(),
            metric: rule.metric.clone()?,
            comparison: Comparison::parse(&rule.comparison)?,
            threshold: Decimal::of(rule.threshold?)?,
            evaluation_periods: rule.evaluation_periods,
            datapoints_to_alarm: rule.datapoints_to_alarm,
            missing_data: MissingData::parse(&rule.missing_data)?,
            actions_enabled: self.actions_enabled,
            alarm_actions: self.alarm_actions.clone(),
            ok_actions: self.ok_actions.clone(),
            insufficient_data_actions: self.insufficient_data_actions.clone(),
            lines: None,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Nine of ten instances' worth of work, for three minutes.
    pub(crate) fn definition() -> AlarmDefinition {
        AlarmDefinition {
            description: "too busy".into(),
            metric: MetricRef {
                namespace: "AWS/EC2".into(),
                name: "CPUUtilization".into(),
                dimensions: vec![("AutoScalingGroupName".into(), "web".into())],
                statistic: "Average".into(),
                period_s: 60,
                unit: String::new(),
            },
            comparison: Comparison::Greater,
            threshold: Decimal::of(90.0).expect("finite"),
            evaluation_periods: 3,
            datapoints_to_alarm: 3,
            missing_data: MissingData::Missing,
            actions_enabled: true,
            alarm_actions: vec!["arn:aws:sns:ap-northeast-2:111122223333:ops".into()],
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            lines: None,
        }
    }

    #[test]
    fn what_cloudwatch_would_refuse_names_its_field() {
        type Spoil = fn(&mut AlarmDefinition);
        let spoilt: &[(AlarmField, Spoil)] = &[
            (AlarmField::Description, |d| {
                d.description = "x".repeat(1_025);
            }),
            (AlarmField::Namespace, |d| d.metric.namespace = ":x".into()),
            (AlarmField::Metric, |d| d.metric.name.clear()),
            (AlarmField::Dimensions, |d| {
                let many = (0..31).map(|n| (format!("d{n:02}"), "v".into()));
                d.metric.dimensions = many.collect();
            }),
            (AlarmField::Dimensions, |d| {
                d.metric.dimensions = vec![("a".into(), "1".into()), ("a".into(), "2".into())];
            }),
            (AlarmField::Statistic, |d| {
                d.metric.statistic = "p101".into();
            }),
            (AlarmField::Statistic, |d| {
                d.metric.statistic = "Median".into();
            }),
            (AlarmField::Period, |d| d.metric.period_s = 15),
            (AlarmField::Period, |d| d.metric.period_s = 90),
            (AlarmField::Unit, |d| d.metric.unit = "Lamps".into()),
            (AlarmField::Comparison, |d| {
                d.comparison = Comparison::AboveBand;
            }),
            (AlarmField::EvaluationPeriods, |d| {
                d.evaluation_periods = 1_441;
            }),
            (AlarmField::EvaluationPeriods, |d| {
                (d.metric.period_s, d.evaluation_periods) = (3_600, 169);
            }),
            (AlarmField::DatapointsToAlarm, |d| d.datapoints_to_alarm = 4),
            (AlarmField::DatapointsToAlarm, |d| d.datapoints_to_alarm = 0),
            (AlarmField::AlarmActions, |d| {
                d.alarm_actions = vec!["arn:aws:sns:x".into(); 6];
            }),
            (AlarmField::OkActions, |d| {
                d.ok_actions = vec!["ops@example.com".into()];
            }),
        ];
        for (field, spoil) in spoilt {
            let mut definition = definition();
            spoil(&mut definition);
            assert_eq!(definition.refused_fields("web-cpu"), [*field]);
        }
        let good = definition();
        for name in ["", " web", "a\nb", &"x".repeat(256)] {
            assert_eq!(good.refused_fields(name), [AlarmField::Name]);
        }
    }

    #[test]
    fn what_cloudwatch_takes_is_not_refused() {
        let statistics = [
            "SampleCount",
            "p99.9",
            "tm90",
            "IQM",
            "PR(1:5)",
            "PR(:0.5)",
            "TM(10%:90%)",
        ];
        for statistic in statistics {
            let mut definition = definition();
            definition.metric.statistic = statistic.into();
            assert_eq!(definition.refused_fields("가 b/c:d"), [], "{statistic}");
        }
        for (period_s, evaluation_periods) in [(10, 8_640), (60, 1_440), (3_600, 168), (86_400, 7)]
        {
            let mut definition = definition();
            definition.metric.period_s = period_s;
            definition.evaluation_periods = evaluation_periods;
            assert_eq!(definition.refused_fields("a"), [], "{period_s}");
        }
    }

    #[test]
    fn only_what_differs_is_an_edit() {
        let (before, mut after) = (definition(), definition());
        after.threshold = Decimal::parse("72.5").expect("a decimal");
        let threshold = Edit {
            field: AlarmField::Threshold,
            before: Some("90".into()),
            after: Some("72.5".into()),
        };
        assert_eq!(edits(Some(&before), Some(&after)), [threshold]);
        assert_eq!(edits(None, Some(&after)).len(), 16);
        assert_eq!(edits(None, None), []);
    }
}
