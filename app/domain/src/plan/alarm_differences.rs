//! Reading back alarms, and the metric filters that count lines for them.

use super::{AlarmActionsEffect, AlarmEffect, Difference};
use crate::{
    alarms::{
        AlarmReading,
        definition::{AlarmDefinition, AlarmField, edits},
    },
    log_filters::{LiveFilter, named},
};

/// Where a live alarm, whose actions are on or off, differs from what a plan predicted;
/// none when it is gone.
#[must_use]
pub fn alarm_differences(effect: &AlarmActionsEffect, live: Option<bool>) -> Vec<Difference> {
    match live {
        None => vec![Difference::AlarmGone],
        Some(enabled) if enabled == effect.enabled => Vec::new(),
        Some(enabled) => vec![Difference::AlarmActions { enabled }],
    }
}

/// Where a live alarm differs from what a plan put; none is there when it is gone.
#[must_use]
pub fn definition_differences(
    effect: &AlarmEffect,
    live: Option<&AlarmReading>,
) -> Vec<Difference> {
    match (&effect.after, live) {
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![Difference::AlarmLeft],
        (Some(_), None) => vec![Difference::AlarmGone],
        (Some(after), Some(live)) => {
            let after = after.without_lines();
            let found = edits(Some(&after), live.definition().as_ref()).into_iter();
            let difference = found.map(|edit| Difference::AlarmField {
                field: edit.field,
                expected: edit.before.unwrap_or_default(),
                found: edit.after,
            });
            difference.collect()
        }
    }
}

/// The log group whose metric filters a plan of an alarm put or deleted.
#[must_use]
pub fn filter_group(effect: &AlarmEffect) -> Option<&str> {
    let of = [&effect.after, &effect.before];
    of.into_iter().find_map(|definition| {
        let definition = definition.as_deref()?;
        definition.lines.as_ref().map(|lines| lines.group.as_str())
    })
}

/// Where the metric filters of that log group differ from what a plan put.
#[must_use]
pub fn filter_differences(effect: &AlarmEffect, live: &[LiveFilter]) -> Vec<Difference> {
    let of = |definition: &Option<Box<AlarmDefinition>>| {
        let definition = definition.as_deref()?;
        Some((definition.lines.clone()?, definition.metric.clone()))
    };
    let (before, after) = (of(&effect.before), of(&effect.after));
    let Some((lines, metric)) = after else {
        let left = before.filter(|(lines, metric)| {
            named(live, &lines.filter).is_some_and(|live| live.counts_for(metric))
        });
        let left = left.map(|(lines, _)| Difference::FilterLeft {
            filter: lines.filter,
        });
        return left.into_iter().collect();
    };
    match named(live, &lines.filter).filter(|live| live.counts_for(&metric)) {
        None => vec![Difference::FilterGone {
            filter: lines.filter,
        }],
        Some(live) if live.pattern != lines.pattern => vec![Difference::AlarmField {
            field: AlarmField::Pattern,
            expected: lines.pattern,
            found: Some(live.pattern.clone()),
        }],
        Some(_) => Vec::new(),
    }
}
