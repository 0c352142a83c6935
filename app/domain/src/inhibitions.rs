//! Inhibition: while one alarm stands, nobody is told of others that follow from it
//! (Alertmanager's documentation, "Inhibition").
//!
//! As there, an alarm that fits both sides of a rule is not held back by another that does, and
//! a label that an alarm does not have equals one that is empty. Unlike there, what was told
//! before the cause came is told to be over, and what still stands when the cause ends is told
//! then.

use crate::{
    ids::AlarmId,
    labels::{LabelMatchers, Labels},
};
use serde::{Deserialize, Serialize};

/// Which alarms hold which others back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InhibitRule {
    /// While an alarm with such labels is in ALARM,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub source_matchers: LabelMatchers,
    /// nobody is told of alarms with such labels
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub target_matchers: LabelMatchers,
    /// that have the same values of these.
    pub equal: Vec<String>,
}

/// An alarm in ALARM that may hold others back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which.
    pub alarm: AlarmId,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
}

impl InhibitRule {
    /// Whether an alarm with the first labels holds back one with the second.
    #[must_use]
    pub fn inhibits(&self, source: &Labels, target: &Labels) -> bool {
        let is_both =
            |labels| self.source_matchers.fits(labels) && self.target_matchers.fits(labels);
        let value = |labels: &Labels, name: &String| labels.get(name).cloned().unwrap_or_default();
        self.source_matchers.fits(source)
            && self.target_matchers.fits(target)
            && self
                .equal
                .iter()
                .all(|name| value(source, name) == value(target, name))
            && !(is_both(source) && is_both(target))
    }
}

/// Whether an alarm with these labels may hold others back.
#[must_use]
pub fn is_cause(rules: &[InhibitRule], labels: &Labels) -> bool {
    rules.iter().any(|rule| rule.source_matchers.fits(labels))
}

/// The first alarm that holds back the one with these labels.
#[must_use]
pub fn inhibitor<'a>(
    rules: &[InhibitRule],
    causes: &'a [Cause],
    alarm: AlarmId,
    labels: &Labels,
) -> Option<&'a Cause> {
    // Of most alarms no rule is about: that is found without looking at causes.
    let about: Vec<_> = rules
        .iter()
        .filter(|rule| rule.target_matchers.fits(labels))
        .collect();
    let mut others = causes.iter().filter(|cause| cause.alarm != alarm);
    others.find(|cause| {
        about
            .iter()
            .any(|rule| rule.inhibits(&cause.labels, labels))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn rule(source: &str, target: &str, equal: &[&str]) -> InhibitRule {
        InhibitRule {
            source_matchers: source.parse().expect("matchers"),
            target_matchers: target.parse().expect("matchers"),
            equal: equal.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn a_cause_holds_back_what_has_the_same_labels() {
        let rule = rule("alertname=ClusterDown", "severity=warning", &["cluster"]);
        let cause = labels(&[("alertname", "ClusterDown"), ("cluster", "a")]);
        for (target, held) in [
            (&[("severity", "warning"), ("cluster", "a")][..], true),
            (&[("severity", "warning"), ("cluster", "b")], false),
            (&[("severity", "critical"), ("cluster", "a")], false),
            (&[("severity", "warning")], false),
        ] {
            assert_eq!(rule.inhibits(&cause, &labels(target)), held, "{target:?}");
        }
    }

    #[test]
    fn a_label_that_is_not_there_equals_an_empty_one() {
        let rule = rule("alertname=Down", "severity=warning", &["cluster"]);
        let cause = labels(&[("alertname", "Down")]);
        let empty = labels(&[("severity", "warning"), ("cluster", "")]);
        assert!(rule.inhibits(&cause, &empty));
    }

    #[test]
    fn what_fits_both_sides_is_not_held_back_by_its_like() {
        // Alertmanager's own example: all of one name, whatever their severity.
        let rule = rule("severity=~\"critical|warning\"", "severity=warning", &[]);
        let (critical, warning) = (
            labels(&[("severity", "critical")]),
            labels(&[("severity", "warning")]),
        );
        assert!(rule.inhibits(&critical, &warning));
        assert!(!rule.inhibits(&warning, &warning));
    }

    #[test]
    fn an_alarm_does_not_hold_itself_back() {
        let rules = [rule("team=a", "team=~\".*\"", &[])];
        let own = labels(&[("team", "a")]);
        let cause = |number| Cause {
            alarm: AlarmId::from_parts(0, number),
            name: "x".into(),
            labels: own.clone(),
        };
        let causes = [cause(1)];
        let held = |number, labels: &Labels| {
            inhibitor(&rules, &causes, AlarmId::from_parts(0, number), labels).is_some()
        };
        assert!(!held(1, &own));
        assert!(held(2, &labels(&[("team", "b")])));
        assert!(is_cause(&rules, &own) && !is_cause(&rules, &labels(&[])));
    }
}
