//! Alarms: states, priorities, and the rule that news never runs backwards. What one is
//! told to do is in [`definition`].

pub mod definition;

use crate::{
    estate::{Environment, Scope},
    labels::{LabelMatchers, Labels},
    sources::SourceKind,
    time::{MINUTE_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// Outside its threshold.
    Alarm,
    /// Cannot tell.
    InsufficientData,
    /// Inside its threshold.
    Ok,
}

impl AlarmState {
    /// All, most urgent first.
    pub const ALL: [Self; 3] = [Self::Alarm, Self::InsufficientData, Self::Ok];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::InsufficientData => "insufficient_data",
            Self::Ok => "ok",
        }
    }

    /// Reads what [`AlarmState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// How much an alarm matters, whatever its source calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Priority {
    /// Wake somebody.
    P1,
    /// Look today, at once in working hours.
    P2,
    /// Look this week.
    P3,
    /// Good to know.
    P4,
}

impl Priority {
    /// All, most urgent first.
    pub const ALL: [Self; 4] = [Self::P1, Self::P2, Self::P3, Self::P4];

    /// `P1` … `P4`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
        }
    }

    /// Reads `P1` … `P4`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|priority| priority.as_str() == text)
    }
}

/// When an alarm is flapping: it went off at least so often within so many minutes. It counts
/// as standing then until it goes off less often, so that people are told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlapRule {
    /// So often.
    pub times: u32,
    /// Within so many minutes.
    pub within_minutes: u32,
}

impl FlapRule {
    /// The instant from which on it is counted how often an alarm went off.
    #[must_use]
    pub fn since(self, now: Timestamp) -> Timestamp {
        now.plus_ms(-i64::from(self.within_minutes) * MINUTE_MS)
    }
}

/// A rule that gives an alarm its priority: the first that fits wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityRule {
    /// The priority given.
    pub priority: Priority,
    /// Only alarms of this environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// Only alarms whose name contains this, upper and lower case alike.
    #[serde(default)]
    pub name_contains: Option<String>,
    /// Only alarms with such labels, by Alertmanager's matchers.
    #[serde(default)]
    pub labels: LabelMatchers,
    /// Why, in the words of whoever wrote the rule.
    #[serde(default)]
    pub because: Option<String>,
}

/// The rules in force when the configuration names none.
#[must_use]
pub fn default_priority_rules() -> Vec<PriorityRule> {
    let rule = |priority, environment: Option<&str>, name: Option<&str>| PriorityRule {
        priority,
        environment: environment.map(str::to_owned),
        name_contains: name.map(str::to_owned),
        labels: LabelMatchers::default(),
        because: None,
    };
    vec![
        rule(Priority::P1, Some("prod"), Some("5xx")),
        rule(Priority::P1, Some("prod"), Some("error")),
        rule(Priority::P1, Some("prod"), Some("unhealthy")),
        // Whatever such a query is named: who writes one looks for errors in logs.
        PriorityRule {
            labels: LabelMatchers::exactly([("source", SourceKind::LogQuery.as_str())]),
            ..rule(Priority::P1, Some("prod"), None)
        },
        rule(Priority::P2, Some("prod"), None),
        rule(Priority::P3, Some("staging"), None),
        rule(Priority::P4, None, None),
    ]
}

/// The priority of an alarm and the rule (counted from 1) that gave it;
/// rule 0 means that none fitted and the alarm is P3.
#[must_use]
pub fn prioritise(
    rules: &[PriorityRule],
    environment: &Environment,
    name: &str,
    labels: &Labels,
) -> (Priority, u32) {
    let name = name.to_lowercase();
    for (number, rule) in (1u32..).zip(rules) {
        let environment_fits = rule
            .environment
            .as_deref()
            .is_none_or(|wanted| wanted == environment.as_str());
        let name_fits = rule
            .name_contains
            .as_deref()
            .is_none_or(|part| name.contains(&part.to_lowercase()));
        if environment_fits && name_fits && rule.labels.fits(labels) {
            return (rule.priority, number);
        }
    }
    (Priority::P3, 0)
}

/// What kind of alarm it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// One metric against a threshold.
    Metric,
    /// Metric math against a threshold.
    MetricMath,
    /// A metric against its anomaly band.
    Anomaly,
    /// A rule over other alarms.
    Composite,
    /// One whose rule stands in another system.
    Reported,
}

/// A metric in CloudWatch's terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetricRef {
    /// Such as `AWS/EC2`.
    pub namespace: String,
    /// Such as `CPUUtilization`.
    pub name: String,
    /// Name and value, sorted by name.
    pub dimensions: Vec<(String, String)>,
    /// Such as `Average` or `p99`.
    pub statistic: String,
    /// Length of a period.
    pub period_s: u32,
    /// Unit in CloudWatch's words; empty when the alarm names none.
    pub unit: String,
}

/// What makes an alarm go off; empty where another system keeps the rule. Thresholds are
/// CloudWatch's doubles.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmRule {
    /// CloudWatch's comparison, e.g. `GreaterThanThreshold`.
    pub comparison: String,
    /// The threshold; none for anomaly bands and composites.
    pub threshold: Option<f64>,
    /// Periods looked at.
    pub evaluation_periods: u32,
    /// Periods that must breach.
    pub datapoints_to_alarm: u32,
    /// CloudWatch's `TreatMissingData`.
    pub missing_data: String,
    /// The metric, when there is exactly one.
    pub metric: Option<MetricRef>,
    /// The rule of a composite alarm or the expressions of a metric math alarm.
    pub expression: Option<String>,
}

/// Which alarm, in AWS's own terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmRef {
    /// Account and region.
    pub scope: Scope,
    /// Unique in its scope.
    pub name: String,
}

/// An alarm as one reading of its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlarmReading {
    /// Account and region.
    pub scope: Scope,
    /// Unique in its scope.
    pub name: String,
    /// The source's own identity (ARN).
    pub arn: String,
    /// What kind.
    pub kind: AlarmKind,
    /// Its description; may be empty.
    pub description: String,
    /// State now.
    pub state: AlarmState,
    /// Since when (StateTransitionedTimestamp, else StateUpdatedTimestamp).
    pub state_at: Timestamp,
    /// Why, in the source's words.
    pub reason: String,
    /// What makes it go off.
    pub rule: AlarmRule,
    /// Actions are switched on.
    pub actions_enabled: bool,
    /// ARNs told when it goes off.
    pub alarm_actions: Vec<String>,
    /// ARNs told when it is well again.
    pub ok_actions: Vec<String>,
    /// ARNs told when there is nothing to judge.
    pub insufficient_data_actions: Vec<String>,
    /// AWS's names of what else it was told. A put that does not repeat these would lose them.
    pub unmodelled: Vec<String>,
}

impl AlarmReading {
    /// Which alarm it is of.
    #[must_use]
    pub fn reference(&self) -> AlarmRef {
        AlarmRef {
            scope: self.scope.clone(),
            name: self.name.clone(),
        }
    }
}

/// One change of state in an alarm's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmTransition {
    /// When.
    pub at: Timestamp,
    /// From, if known.
    pub from: Option<AlarmState>,
    /// To.
    pub to: AlarmState,
    /// Why, in the source's words.
    pub reason: String,
}

/// Whether news about an alarm may change what we hold: only news that is
/// newer. A late or repeated message never moves a state backwards.
#[must_use]
pub fn is_news(held: (AlarmState, Timestamp), told: (AlarmState, Timestamp)) -> bool {
    told.1 > held.1
}

/// A metric series: values at the starts of their periods, gaps left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Series {
    /// Instants, ascending.
    pub at: Vec<Timestamp>,
    /// One value for each instant.
    pub values: Vec<f64>,
    /// Length of a period.
    pub period_s: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_gives_the_priority() {
        let rules = default_priority_rules();
        let check = |environment: &str, name: &str| {
            let (priority, rule) = prioritise(
                &rules,
                &Environment::from(environment),
                name,
                &Labels::new(),
            );
            (priority.as_str(), rule)
        };
        assert_eq!(check("prod", "alb-5XX-rate"), ("P1", 1));
        assert_eq!(check("prod", "cpu"), ("P2", 5));
        assert_eq!(check("staging", "5xx"), ("P3", 6));
        assert_eq!(check("dev", "cpu"), ("P4", 7));
        let labels = Labels::from([("source".to_owned(), "log_query".to_owned())]);
        for (environment, priority) in [("prod", Priority::P1), ("staging", Priority::P3)] {
            let environment = Environment::from(environment);
            assert_eq!(
                prioritise(&rules, &environment, "enrol", &labels).0,
                priority
            );
        }
        assert_eq!(
            prioritise(&[], &Environment::from("prod"), "cpu", &Labels::new()),
            (Priority::P3, 0)
        );
    }

    #[test]
    fn a_rule_looks_at_labels() {
        let rules = vec![PriorityRule {
            priority: Priority::P1,
            environment: None,
            name_contains: None,
            labels: r#"severity=~"critical|page""#.parse().expect("matchers"),
            because: Some("it pages".into()),
        }];
        let check = |severity: &str| {
            let labels = Labels::from([("severity".to_owned(), severity.to_owned())]);
            prioritise(&rules, &Environment::from("prod"), "cpu", &labels)
        };
        assert_eq!(check("page"), (Priority::P1, 1));
        assert_eq!(check("warning"), (Priority::P3, 0));
    }

    #[test]
    fn late_and_repeated_news_is_no_news() {
        let t = Timestamp::from_ms;
        let held = (AlarmState::Alarm, t(1_000));
        assert!(is_news(held, (AlarmState::Ok, t(1_001))));
        assert!(!is_news(held, (AlarmState::Ok, t(1_000))));
        assert!(!is_news(held, (AlarmState::Ok, t(999))));
    }
}
