//! Metric filters that count lines of a log for an alarm: what is put with the alarm, what AWS
//! shows of it, and how many lines would have counted lately.
//!
//! Such a filter adds 1 for each line that fits and reports 0 for a minute in which lines came and
//! none of them fits (`metricValue`, `defaultValue`). One with another value, with dimensions or
//! with what is not known here is nobody's to replace (Amazon CloudWatch Logs API Reference,
//! PutMetricFilter and MetricTransformation).

use crate::{
    alarms::{MetricRef, Series, definition::AlarmField},
    limits,
    log_lines::LogLines,
    time::{SECOND_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// What a filter adds for each line that fits.
pub const VALUE: &str = "1";
/// What it reports where lines came and none fits.
pub const DEFAULT_VALUE: f64 = 0.0;
/// The namespace of metrics that nobody named otherwise.
pub const NAMESPACE: &str = "LogMetrics";

/// Lines of a log that an alarm's metric counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountedLines {
    /// The log group, such as `/aws/lambda/prod-payment`.
    pub group: String,
    /// The metric filter's name, one in its group.
    pub filter: String,
    /// Which lines count, in the syntax of CloudWatch Logs; all of them where it is empty.
    pub pattern: String,
}

impl CountedLines {
    /// The parts that AWS would refuse of a filter that makes this metric.
    #[must_use]
    pub fn refused_fields(&self, metric: &MetricRef) -> Vec<AlarmField> {
        let is_of_group = |c: char| c.is_ascii_alphanumeric() || "._-/#".contains(c);
        let line = |text: &str, most: usize| {
            (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        let name_max = limits::LOG_NAME_CHARS_MAX;
        let checks = [
            (
                AlarmField::LogGroup,
                line(&self.group, name_max) && self.group.chars().all(is_of_group),
            ),
            (
                AlarmField::Filter,
                line(&self.filter, name_max) && !self.filter.contains([':', '*']),
            ),
            (
                AlarmField::Pattern,
                self.pattern.chars().count() <= limits::LOG_PATTERN_CHARS_MAX,
            ),
            (
                AlarmField::Namespace,
                !metric.namespace.starts_with("AWS/")
                    && !metric.namespace.contains([':', '*', '$']),
            ),
            (AlarmField::Metric, !metric.name.contains([':', '*', '$'])),
            (AlarmField::Dimensions, metric.dimensions.is_empty()),
        ];
        let refused = checks.into_iter().filter(|(_, fits)| !fits);
        refused.map(|(field, _)| field).collect()
    }

    /// The same without white space around its parts.
    #[must_use]
    pub fn tidied(&self) -> Self {
        Self {
            group: self.group.trim().to_owned(),
            filter: self.filter.trim().to_owned(),
            pattern: self.pattern.trim().to_owned(),
        }
    }
}

/// A metric filter of a log group as AWS shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveFilter {
    /// Its name.
    pub name: String,
    /// Which lines it looks for.
    pub pattern: String,
    /// Namespace and name of the metric for which it counts lines; none where it does anything
    /// else, or more.
    pub counts: Option<(String, String)>,
}

impl LiveFilter {
    /// It counts lines for this metric.
    #[must_use]
    pub fn counts_for(&self, metric: &MetricRef) -> bool {
        let counts = self.counts.as_ref();
        counts
            .is_some_and(|(namespace, name)| *namespace == metric.namespace && *name == metric.name)
    }

    /// Its lines in that group.
    #[must_use]
    pub fn lines(&self, group: &str) -> CountedLines {
        CountedLines {
            group: group.to_owned(),
            filter: self.name.clone(),
            pattern: self.pattern.clone(),
        }
    }
}

/// The filter of that name.
#[must_use]
pub fn named<'a>(filters: &'a [LiveFilter], name: &str) -> Option<&'a LiveFilter> {
    filters.iter().find(|filter| filter.name == name)
}

/// What of a log fitted a pattern lately.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// So many lines.
    pub lines: u64,
    /// Of so many hours.
    pub hours: u32,
    /// There are more than could be read.
    pub more: bool,
    /// How many in each period; none where not all were read.
    pub series: Option<Series>,
}

impl Fitting {
    /// Counts lines that were read of `[from, until)`, by the periods of an alarm.
    #[must_use]
    pub fn of(found: &LogLines, (from, until): (Timestamp, Timestamp), period_s: u32) -> Self {
        let period_ms = i64::from(period_s.max(1)) * SECOND_MS;
        // Only whole periods tell how many lines one has.
        let first_ms = (from.ms() + period_ms - 1).div_euclid(period_ms) * period_ms;
        let has_one = first_ms + period_ms <= until.ms();
        let series = (!found.more && has_one).then(|| {
            let mut at_ms = first_ms;
            let mut series = Series {
                period_s,
                ..Series::default()
            };
            while at_ms + period_ms <= until.ms() && series.at.len() < limits::METRIC_POINTS_MAX {
                let of_period = at_ms..at_ms + period_ms;
                let lines = found.lines.iter();
                let lines = lines
                    .filter(|line| of_period.contains(&line.at.ms()))
                    .count();
                series.at.push(Timestamp::from_ms(at_ms));
                series.values.push(lines as f64);
                at_ms += period_ms;
            }
            series
        });
        let seconds = until.since_ms(from) / SECOND_MS;
        Self {
            lines: found.lines.len() as u64,
            hours: u32::try_from(seconds).unwrap_or(u32::MAX).div_ceil(3_600),
            more: found.more,
            series,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_lines::LogLine;

    fn metric() -> MetricRef {
        MetricRef {
            namespace: NAMESPACE.to_owned(),
            name: "prod-pay-errors".to_owned(),
            dimensions: Vec::new(),
            statistic: "Sum".to_owned(),
            period_s: 300,
            unit: String::new(),
        }
    }

    fn lines() -> CountedLines {
        CountedLines {
            group: "/aws/lambda/prod-pay".to_owned(),
            filter: "prod-pay-errors".to_owned(),
            pattern: "ERROR".to_owned(),
        }
    }

    #[test]
    fn what_aws_would_refuse_names_its_field() {
        assert_eq!(lines().refused_fields(&metric()), []);
        type Spoil = fn(&mut CountedLines, &mut MetricRef);
        let spoilt: [(AlarmField, Spoil); 8] = [
            (AlarmField::LogGroup, |lines, _| lines.group.clear()),
            (AlarmField::LogGroup, |lines, _| {
                lines.group = "/aws/ä".into()
            }),
            (AlarmField::Filter, |lines, _| lines.filter = "a:b".into()),
            (AlarmField::Pattern, |lines, _| {
                lines.pattern = "x".repeat(1_025);
            }),
            (AlarmField::Namespace, |_, m| {
                m.namespace = "AWS/Logs".into()
            }),
            (AlarmField::Namespace, |_, m| m.namespace = "Shop*".into()),
            (AlarmField::Metric, |_, m| m.name = "a$".into()),
            (AlarmField::Dimensions, |_, m| {
                m.dimensions = vec![("Function".into(), "pay".into())];
            }),
        ];
        for (field, spoil) in spoilt {
            let (mut lines, mut metric) = (lines(), metric());
            spoil(&mut lines, &mut metric);
            assert_eq!(lines.refused_fields(&metric), [field]);
        }
    }

    #[test]
    fn lines_are_counted_by_the_periods_of_the_alarm() {
        let at = |s: i64| Timestamp::from_ms(1_700_000_100_000 + s * SECOND_MS);
        let line = |s: i64| LogLine::read(at(s), "a", "ERROR");
        let mut found = LogLines {
            lines: vec![line(0), line(299), line(300), line(899)],
            more: false,
        };
        let window = (at(0), at(900));
        let fitting = Fitting::of(&found, window, 300);
        assert_eq!((fitting.lines, fitting.hours), (4, 1));
        let series = fitting.series.expect("everything was read");
        assert_eq!(series.at, [at(0), at(300), at(600)]);
        assert_eq!(series.values, [2.0, 1.0, 1.0]);
        // A day is not over in a quarter of an hour.
        assert_eq!(Fitting::of(&found, window, 86_400).series, None);
        found.more = true;
        assert_eq!(Fitting::of(&found, window, 300).series, None);
    }
}
