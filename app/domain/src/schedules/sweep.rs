//! From intervals, each of a rule, to the rule in force: one pass over their ends.

use super::Rule;
use crate::{limits, time::Timestamp};

/// One time that a rule is on, whether or not another goes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it; never before `start`, equal when a change of
    /// clock leaves nothing of it.
    pub end: Timestamp,
    /// The rule.
    pub rule: Rule,
}

/// What a sweep sees, in order of time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seen {
    /// A rule is on from this instant, while others already are.
    Starts {
        /// The instant.
        at: Timestamp,
        /// The rule.
        rule: Rule,
        /// The others.
        among: Rules,
    },
    /// From this instant on this rule is in force.
    Holds {
        /// The instant.
        at: Timestamp,
        /// The rule.
        rule: Rule,
    },
}

/// Bits in one of the sets below; no list of a schedule is longer.
const SET_BITS: usize = 128;
const _: () = assert!(limits::SCHEDULE_WINDOWS_MAX <= SET_BITS);
const _: () = assert!(limits::SCHEDULE_EXCEPTIONS_MAX <= SET_BITS);
const _: () = assert!(limits::SCHEDULE_OVERRIDES_MAX <= SET_BITS);

/// The rules that are on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rules {
    windows: u128,
    exceptions: u128,
    overrides: u128,
}

impl Rules {
    fn set(&mut self, rule: Rule, on: bool) {
        let (set, index) = match rule {
            Rule::Base => return,
            Rule::Window(index) => (&mut self.windows, index),
            Rule::Exception(index) => (&mut self.exceptions, index),
            Rule::Override(index) => (&mut self.overrides, index),
        };
        match on {
            true => *set |= 1 << index,
            false => *set &= !(1 << index),
        }
    }

    /// The one that goes before all others.
    fn first(self) -> Rule {
        let last = |set: u128| SET_BITS.checked_sub(1 + set.leading_zeros() as usize);
        last(self.overrides)
            .map(Rule::Override)
            .or_else(|| last(self.exceptions).map(Rule::Exception))
            .or_else(|| last(self.windows).map(Rule::Window))
            .unwrap_or(Rule::Base)
    }

    /// The windows among them, by their places in the list.
    pub fn windows(self) -> impl Iterator<Item = usize> {
        let mut left = self.windows;
        std::iter::from_fn(move || {
            let next = (left != 0).then_some(left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            next
        })
    }
}

/// Sees the rule in force at `from` and every change of it before `until`. All
/// intervals touch that range, and no two of one rule overlap.
pub(super) fn sweep(
    intervals: &[Interval],
    from: Timestamp,
    until: Timestamp,
    mut see: impl FnMut(Seen),
) {
    let mut edges: Vec<Edge> = Vec::with_capacity(intervals.len() * 2);
    for Interval { start, end, rule } in intervals {
        if start < end {
            edges.push(Edge::new((*start).max(from), true, *rule));
            edges.push(Edge::new(*end, false, *rule));
        }
    }
    // The sort finds the runs in which each rule's edges already stand.
    edges.sort();
    let mut on = Rules::default();
    let mut held = None;
    let mut at = from;
    let mut edges = edges.into_iter().peekable();
    loop {
        while let Some(edge) = edges.next_if(|edge| edge.at <= at) {
            let (starts, rule) = (edge.starts, edge.rule());
            if starts {
                see(Seen::Starts {
                    at,
                    rule,
                    among: on,
                });
            }
            on.set(rule, starts);
        }
        let rule = on.first();
        if held.replace(rule) != Some(rule) {
            see(Seen::Holds { at, rule });
        }
        match edges.peek() {
            Some(next) if next.at < until => at = next.at,
            _ => return,
        }
    }
}

/// An end of an interval, small, since there are tens of thousands to be sorted.
/// Ends come before starts: where two intervals of one rule meet, it stays on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    at: Timestamp,
    starts: bool,
    list: List,
    index: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    None,
    Windows,
    Exceptions,
    Overrides,
}

impl Edge {
    fn new(at: Timestamp, starts: bool, rule: Rule) -> Self {
        let (list, index) = match rule {
            Rule::Base => (List::None, 0),
            Rule::Window(index) => (List::Windows, index),
            Rule::Exception(index) => (List::Exceptions, index),
            Rule::Override(index) => (List::Overrides, index),
        };
        Self {
            at,
            starts,
            list,
            // No list is as long; see the assertions above.
            index: u8::try_from(index).unwrap_or(u8::MAX),
        }
    }

    fn rule(self) -> Rule {
        let index = usize::from(self.index);
        match self.list {
            List::None => Rule::Base,
            List::Windows => Rule::Window(index),
            List::Exceptions => Rule::Exception(index),
            List::Overrides => Rule::Override(index),
        }
    }
}
