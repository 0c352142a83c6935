//! Alarms as a start: people look at the threshold before they propose it.

use super::Draft;
use crate::{
    alarms::{
        MetricRef,
        definition::{AlarmDefinition, MissingData},
    },
    decimals::Decimal,
    limits::ALARM_NAME_CHARS_MAX,
    step_policies::Comparison,
};
use std::collections::HashSet;

/// What an alarm is drafted on.
pub(super) struct Metric<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    pub dimensions: &'a [(&'a str, &'a str)],
    pub statistic: &'a str,
    pub period_s: u32,
}

impl Metric<'_> {
    /// Against a threshold, in so many of so many periods; without a value it cannot tell.
    pub fn compared(
        &self,
        comparison: Comparison,
        threshold: u32,
        (breaching, periods): (u32, u32),
    ) -> Option<AlarmDefinition> {
        let text = |pair: &(&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
        let definition = AlarmDefinition {
            description: String::new(),
            metric: MetricRef {
                namespace: self.namespace.to_owned(),
                name: self.name.to_owned(),
                dimensions: self.dimensions.iter().map(text).collect(),
                statistic: self.statistic.to_owned(),
                period_s: self.period_s,
                unit: String::new(),
            },
            comparison,
            threshold: Decimal::of(f64::from(threshold))?,
            evaluation_periods: periods,
            datapoints_to_alarm: breaching,
            missing_data: MissingData::Missing,
            actions_enabled: true,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            lines: None,
        };
        Some(definition.tidied())
    }
}

/// The same where nothing is reported while all is well.
pub(super) fn silence_is_well(definition: AlarmDefinition) -> AlarmDefinition {
    AlarmDefinition {
        missing_data: MissingData::NotBreaching,
        ..definition
    }
}

/// Under the name of what it watches.
pub(super) fn named(of: &str, what: &str, definition: Option<AlarmDefinition>) -> Option<Draft> {
    let definition = Box::new(definition?);
    let room = ALARM_NAME_CHARS_MAX.saturating_sub(what.len() + 5);
    let of: String = of.replace(['/', '='], "-").chars().take(room).collect();
    let name = format!("{of}-{what}");
    Some(Draft::New { name, definition })
}

/// The name, with a number where it is taken.
pub(super) fn free(name: &str, taken: &HashSet<String>) -> String {
    let numbered = (2_u32..1_000).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| name.to_owned())
}
