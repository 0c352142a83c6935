//! Grouping, in Alertmanager's words (its documentation, "Configuration", `<route>`): alarms that
//! a route tells a channel of, and that have the same values of some labels, are told together.
//! The first of them waits for others (`group_wait`); what joins the group later waits until some
//! time has passed since the group was told last (`group_interval`). What goes off and is over
//! before it was told is nobody's matter.

use crate::{
    labels::Labels,
    time::{MINUTE_MS, SECOND_MS, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// As `group_by`: each alarm alone, whatever the route above says.
pub const EACH_ALONE: &str = "...";
/// Alertmanager's `group_wait`, when nothing is said.
pub const WAIT_SECONDS: u32 = 30;
/// Its `group_interval`.
pub const INTERVAL_MINUTES: u32 = 5;

/// How a route groups the alarms that it tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grouping {
    /// Together are those with the same values of these labels; `...` alone means none.
    pub by: Vec<String>,
    /// How long the first of a group waits for others.
    pub wait_seconds: u32,
    /// How long after the group was told the next are.
    pub interval_minutes: u32,
}

impl Grouping {
    /// The group of an alarm with such labels under a route; none where each is told alone.
    pub(super) fn group(&self, route: &str, labels: &Labels) -> Option<Group> {
        if matches!(self.by.as_slice(), [only] if only == EACH_ALONE) {
            return None;
        }
        let own = |name: &String| (name.clone(), labels.get(name).cloned().unwrap_or_default());
        Some(Group {
            route: route.to_owned(),
            labels: self.by.iter().map(own).collect(),
            wait_seconds: self.wait_seconds,
            interval_minutes: self.interval_minutes,
        })
    }
}

/// The group in which an alarm is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// Of which route.
    #[serde(skip)]
    route: String,
    /// What its alarms have in common; a label that one lacks has an empty value.
    pub labels: Labels,
    /// How long the first of it waits for others.
    pub wait_seconds: u32,
    /// How long after it was told the next are.
    pub interval_minutes: u32,
}

impl Group {
    /// What tells the group from others.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = self.route.clone();
        for (name, value) in &self.labels {
            // Written as texts of Rust are, so that no value can pass for another label.
            let _ = write!(key, " {name}={value:?}");
        }
        key
    }

    /// What the deliveries of one alarm to a channel keep of it.
    #[must_use]
    pub fn kept(&self) -> ThreadGroup {
        ThreadGroup {
            key: self.key(),
            wait_ms: i64::from(self.wait_seconds) * SECOND_MS,
            interval_ms: i64::from(self.interval_minutes) * MINUTE_MS,
        }
    }
}

/// A group as the messages of one life of an alarm keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadGroup {
    /// What tells it from others of its channel.
    pub key: String,
    /// How long the first of it waits for others.
    pub wait_ms: i64,
    /// How long after it was told the next are.
    pub interval_ms: i64,
}

/// How a group stands in its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupStands {
    /// When what waits of it is told.
    pub waits_until: Option<Timestamp>,
    /// When it was told last.
    pub told_at: Option<Timestamp>,
}

impl ThreadGroup {
    /// When something new of the group is told: that an alarm goes off, or that one is over.
    #[must_use]
    pub fn due(&self, stands: GroupStands, now: Timestamp, is_over: bool) -> Timestamp {
        if let Some(until) = stands.waits_until {
            return until;
        }
        let next = stands.told_at.map(|at| at.plus_ms(self.interval_ms));
        match next.filter(|next| *next > now) {
            Some(next) => next,
            // There is nothing to wait for: the others of the group were told before.
            None if is_over => now,
            None => now.plus_ms(self.wait_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(own).collect()
    }

    fn grouping(by: &[&str]) -> Grouping {
        Grouping {
            by: by.iter().map(|name| (*name).to_owned()).collect(),
            wait_seconds: WAIT_SECONDS,
            interval_minutes: INTERVAL_MINUTES,
        }
    }

    #[test]
    fn alarms_with_the_same_values_are_one_group_and_no_others() {
        let key = |by: &[&str], route: &str, own: &[(&str, &str)]| {
            let group = grouping(by).group(route, &labels(own));
            group.map(|group| group.key())
        };
        let by = ["team", "zone"];
        let one = key(&by, "2.1", &[("team", "a"), ("zone", "b"), ("pod", "1")]);
        assert_eq!(one.as_deref(), Some(r#"2.1 team="a" zone="b""#));
        assert_eq!(
            one,
            key(&by, "2.1", &[("team", "a"), ("zone", "b"), ("pod", "2")])
        );
        assert_ne!(one, key(&by, "2.2", &[("team", "a"), ("zone", "b")]));
        assert_ne!(one, key(&by, "2.1", &[("team", r#"a" zone="b"#)]));
        assert_eq!(
            key(&by, "1", &[("team", "a")]),
            key(&by, "1", &[("team", "a"), ("zone", "")])
        );
        assert_eq!(key(&[EACH_ALONE], "1", &[]), None);
    }

    #[test]
    fn a_group_waits_once_and_then_for_its_interval() {
        let group = grouping(&["team"]).group("1", &Labels::new());
        let group = group.expect("a group").kept();
        let at = |seconds: i64| Timestamp::from_ms(seconds * SECOND_MS);
        let stands = |waits: Option<i64>, told: Option<i64>| GroupStands {
            waits_until: waits.map(at),
            told_at: told.map(at),
        };
        let due = |stands, over| group.due(stands, at(1_000), over);
        assert_eq!(due(stands(None, None), false), at(1_030));
        assert_eq!(due(stands(Some(1_010), None), false), at(1_010));
        assert_eq!(due(stands(Some(1_010), Some(900)), true), at(1_010));
        assert_eq!(due(stands(None, Some(900)), false), at(1_200));
        assert_eq!(due(stands(None, Some(900)), true), at(1_200));
        assert_eq!(due(stands(None, Some(700)), false), at(1_030));
        assert_eq!(due(stands(None, Some(700)), true), at(1_000));
    }
}
