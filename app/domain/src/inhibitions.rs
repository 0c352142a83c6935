//! Inhibition: while one alarm stands, nobody is told of others that follow from it
//! (Alertmanager's documentation, "Inhibition").
//!
//! As there, an alarm that fits both sides of a rule is not held back by another that does, and
//! a label that an alarm does not have equals one that is empty. There, what a group held back is
//! told at its next turn, some minutes after the cause ended; here a cause that is over holds back
//! what went off before its end for as long. Unlike there, what was told before the cause came is
//! told to be over.

use crate::{
    ids::AlarmId,
    labels::{LabelMatchers, Labels},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
    /// When it ended; none while it stands. Then it holds back only what went off before.
    pub ended_at: Option<Timestamp>,
}

/// An alarm that may be held back.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// Which.
    pub alarm: AlarmId,
    /// Since when it has its state.
    pub since: Timestamp,
    /// Its labels.
    pub labels: &'a Labels,
}

/// The values that a rule compares; one that is not there equals an empty one.
fn compared(rule: &InhibitRule, labels: &Labels) -> Vec<String> {
    let value = |name: &String| labels.get(name).cloned().unwrap_or_default();
    rule.equal.iter().map(value).collect()
}

/// Whether an alarm with these labels may hold others back.
#[must_use]
pub fn is_cause(rules: &[InhibitRule], labels: &Labels) -> bool {
    rules.iter().any(|rule| rule.source_matchers.fits(labels))
}

/// Alarms that may hold others back, by what each rule compares: thousands of alarms are asked
/// for, and none of them looks at all causes.
#[derive(Debug, Default)]
pub struct Causes {
    all: Vec<Cause>,
    /// For each rule: the values that it compares, and the causes that have them.
    by_rule: Vec<HashMap<Vec<String>, Vec<Entry>>>,
}

/// A cause under a rule.
#[derive(Debug, Clone, Copy)]
struct Entry {
    index: usize,
    /// It fits the other side of the rule, too.
    is_both: bool,
}

impl Causes {
    /// Those of some alarms that a rule lets hold others back.
    #[must_use]
    pub fn new(rules: &[InhibitRule], all: Vec<Cause>) -> Self {
        let by_rule = rules.iter().map(|rule| {
            let mut found: HashMap<Vec<String>, Vec<Entry>> = HashMap::new();
            for (index, cause) in all.iter().enumerate() {
                if rule.source_matchers.fits(&cause.labels) {
                    let is_both = rule.target_matchers.fits(&cause.labels);
                    let same = found.entry(compared(rule, &cause.labels)).or_default();
                    same.push(Entry { index, is_both });
                }
            }
            found
        });
        Self {
            by_rule: by_rule.collect(),
            all,
        }
    }

    /// The first alarm that holds back another, by the same rules.
    #[must_use]
    pub fn inhibitor(&self, rules: &[InhibitRule], held: Held<'_>) -> Option<&Cause> {
        let labels = held.labels;
        let mut first: Option<usize> = None;
        for (rule, known) in rules.iter().zip(&self.by_rule) {
            if known.is_empty() || !rule.target_matchers.fits(labels) {
                continue;
            }
            let is_both = rule.source_matchers.fits(labels);
            let same = known.get(&compared(rule, labels)).into_iter().flatten();
            let mut holding = same.filter(|entry| {
                let cause = &self.all[entry.index];
                let follows = cause.ended_at.is_none_or(|ended_at| held.since <= ended_at);
                cause.alarm != held.alarm && follows && !(is_both && entry.is_both)
            });
            let found = holding.next().map(|entry| entry.index);
            first = first.into_iter().chain(found).min();
        }
        first.map(|index| &self.all[index])
    }
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

    fn cause(number: u128, labels: &Labels) -> Cause {
        Cause {
            alarm: AlarmId::from_parts(1, number),
            name: format!("cause {number}"),
            labels: labels.clone(),
            ended_at: None,
        }
    }

    fn held(number: u128, labels: &Labels) -> Held<'_> {
        Held {
            alarm: AlarmId::from_parts(1, number),
            since: Timestamp::from_ms(10),
            labels,
        }
    }

    /// Whether an alarm with the first labels holds back another with the second.
    fn inhibits(rule: &InhibitRule, source: &Labels, target: &Labels) -> bool {
        let rules = std::slice::from_ref(rule);
        let causes = Causes::new(rules, vec![cause(1, source)]);
        causes.inhibitor(rules, held(2, target)).is_some()
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
            assert_eq!(inhibits(&rule, &cause, &labels(target)), held, "{target:?}");
        }
    }

    #[test]
    fn a_label_that_is_not_there_equals_an_empty_one() {
        let rule = rule("alertname=Down", "severity=warning", &["cluster"]);
        let cause = labels(&[("alertname", "Down")]);
        let empty = labels(&[("severity", "warning"), ("cluster", "")]);
        assert!(inhibits(&rule, &cause, &empty));
    }

    #[test]
    fn what_fits_both_sides_is_not_held_back_by_its_like() {
        // Alertmanager's own example: all of one name, whatever their severity.
        let rule = rule("severity=~\"critical|warning\"", "severity=warning", &[]);
        let (critical, warning) = (
            labels(&[("severity", "critical")]),
            labels(&[("severity", "warning")]),
        );
        assert!(inhibits(&rule, &critical, &warning));
        assert!(!inhibits(&rule, &warning, &warning));
    }

    #[test]
    fn an_alarm_does_not_hold_itself_back() {
        let rules = [rule("team=a", "team=~\".*\"", &[])];
        let own = labels(&[("team", "a")]);
        let causes = Causes::new(&rules, vec![cause(1, &own)]);
        let is_held =
            |number, labels: &Labels| causes.inhibitor(&rules, held(number, labels)).is_some();
        assert!(!is_held(1, &own));
        assert!(is_held(2, &labels(&[("team", "b")])));
        assert!(is_cause(&rules, &own) && !is_cause(&rules, &labels(&[])));
    }

    #[test]
    fn a_cause_that_is_over_holds_back_only_what_went_off_before() {
        let rules = [rule("team=a", "team=b", &[])];
        let (a, b) = (labels(&[("team", "a")]), labels(&[("team", "b")]));
        for (ended_at, is_held) in [(9, false), (10, true), (11, true)] {
            let over = Cause {
                ended_at: Some(Timestamp::from_ms(ended_at)),
                ..cause(1, &a)
            };
            let causes = Causes::new(&rules, vec![over]);
            let found = causes.inhibitor(&rules, held(2, &b)).is_some();
            assert_eq!(found, is_held, "{ended_at}");
        }
    }

    #[test]
    fn the_first_of_several_causes_is_named_whichever_rule_finds_it() {
        let rules = [
            rule("team=b", "severity=warning", &[]),
            rule("team=a", "severity=warning", &["zone"]),
        ];
        let a = labels(&[("team", "a"), ("zone", "1")]);
        let b = labels(&[("team", "b")]);
        let causes = Causes::new(&rules, vec![cause(1, &a), cause(2, &b)]);
        let by = |zone| {
            let target = labels(&[("severity", "warning"), ("zone", zone)]);
            let found = causes.inhibitor(&rules, held(9, &target));
            found.map(|cause| cause.name.as_str())
        };
        assert_eq!(by("1"), Some("cause 1"));
        assert_eq!(by("2"), Some("cause 2"));
    }

    #[test]
    fn many_alarms_are_asked_for_without_looking_at_every_cause() {
        let rules = [rule("kind=host", "kind=service", &["host"])];
        let host = |number: u128| {
            let name = number.to_string();
            labels(&[("kind", "host"), ("host", name.as_str())])
        };
        let causes = (0..1_000).map(|number| cause(number, &host(number)));
        let causes = Causes::new(&rules, causes.collect());
        let longest = causes.by_rule[0].values().map(Vec::len).max();
        assert_eq!(longest, Some(1), "a look-up reads one entry");
        let mut found = 0;
        for number in 0..10_000_u128 {
            let name = (number % 2_000).to_string();
            let target = labels(&[("kind", "service"), ("host", name.as_str())]);
            let other = held(10_000 + number, &target);
            found += u32::from(causes.inhibitor(&rules, other).is_some());
        }
        assert_eq!(found, 5_000);
    }
}
