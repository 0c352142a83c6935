//! Which capacity holds when: the one answer for previews, plans and proofs.
//!
//! It walks days, never minutes: each window gives one interval a day, and a sweep
//! over the ends of all intervals finds the rule in force. It reads no clock and
//! knows no zone but those it is handed.

use super::{Days, Level, Schedule, Window, ZoneName, days::DateRange, days::Dates};
use crate::{
    limits,
    time::{DAY_MS, Timestamp, Zone, ZoneError},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The rules of the zones that schedules name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zones(Vec<Zone>);

impl Zones {
    /// Those zones.
    #[must_use]
    pub fn of(zones: impl IntoIterator<Item = Zone>) -> Self {
        Self(zones.into_iter().collect())
    }

    /// The zones of a schedule, from the database compiled into the server.
    ///
    /// # Errors
    /// [`ZoneError::Unknown`] when there is no zone of a name.
    #[cfg(feature = "tzdb")]
    pub fn named_by(schedule: &Schedule) -> Result<Self, ZoneError> {
        let named = |zone: &ZoneName| Zone::named(zone.as_str());
        schedule
            .zones()
            .into_iter()
            .map(named)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn get(&self, name: &ZoneName) -> Result<&Zone, ZoneError> {
        let zone = self.0.iter().find(|zone| zone.name() == name.as_str());
        zone.ok_or_else(|| ZoneError::Unknown(name.to_string()))
    }
}

/// The rule in force; the greater goes before the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// None of the others.
    Base,
    /// A window, by its place in the list.
    Window(usize),
    /// An exception, by its place in the list.
    Exception(usize),
    /// An override, by its place in the list.
    Override(usize),
}

impl Rule {
    /// `base`, `window:day`, `exception:0`, `override:0`: places count from 0, as
    /// in the list that programs read.
    #[must_use]
    pub fn text(self, schedule: &Schedule) -> String {
        match self {
            Self::Base => "base".into(),
            Self::Window(index) => match schedule.windows().get(index) {
                Some(window) => format!("window:{}", window.name),
                None => format!("window:{index}"),
            },
            Self::Exception(index) => format!("exception:{index}"),
            Self::Override(index) => format!("override:{index}"),
        }
    }
}

/// From this instant on this rule and capacity hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The first instant.
    pub at: Timestamp,
    /// The rule.
    pub rule: Rule,
    /// Its capacity.
    pub level: Level,
}

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

/// A schedule with the rules of its zones at hand.
#[derive(Debug)]
pub struct Timetable<'a> {
    schedule: &'a Schedule,
    zone: &'a Zone,
    /// Of each window.
    zones: Vec<&'a Zone>,
    /// Of each exception: its own dates and its calendar's.
    dates: Vec<Dates>,
    /// Of all exceptions.
    replaced: Dates,
}

impl<'a> Timetable<'a> {
    /// Finds the zones of a schedule.
    ///
    /// # Errors
    /// [`ZoneError::Unknown`] when one is not among them.
    pub fn new(schedule: &'a Schedule, zones: &'a Zones) -> Result<Self, ZoneError> {
        let of_window = |window: &'a Window| zones.get(&window.zone);
        let dates: Vec<Dates> = schedule
            .exceptions()
            .iter()
            .map(super::Exception::all_dates)
            .collect();
        Ok(Self {
            schedule,
            zone: zones.get(schedule.zone())?,
            zones: schedule
                .windows()
                .iter()
                .map(of_window)
                .collect::<Result<_, _>>()?,
            replaced: Dates::of(dates.iter().flat_map(|dates| dates.ranges()).copied()),
            dates,
        })
    }

    /// The schedule.
    #[must_use]
    pub const fn schedule(&self) -> &'a Schedule {
        self.schedule
    }

    /// The zone of the schedule's clock.
    #[must_use]
    pub const fn zone(&self) -> &'a Zone {
        self.zone
    }

    /// The zone of a window's clock.
    pub(super) fn zone_of(&self, window: usize) -> &'a Zone {
        self.zones.get(window).copied().unwrap_or(self.zone)
    }

    /// The dates of an exception.
    pub(super) fn dates_of(&self, exception: usize) -> &[DateRange] {
        self.dates.get(exception).map_or(&[], Dates::ranges)
    }

    /// Whether some exception keeps windows from starting on that date.
    pub(super) fn replaces(&self, date: Date) -> bool {
        self.replaced.hold(date)
    }

    /// The capacity of a rule.
    #[must_use]
    pub fn level(&self, rule: Rule) -> Level {
        let schedule = self.schedule;
        let level = match rule {
            Rule::Base => None,
            Rule::Window(index) => schedule.windows().get(index).map(|window| window.level),
            Rule::Exception(index) => {
                let exception = schedule.exceptions().get(index);
                exception.map(|exception| schedule.instead(exception))
            }
            Rule::Override(index) => schedule.overrides().get(index).map(|over| over.level),
        };
        level.unwrap_or(schedule.base())
    }

    /// What holds at an instant.
    #[must_use]
    pub fn capacity_at(&self, at: Timestamp) -> (Rule, Level) {
        let until = at.plus_ms(1);
        let rule = sweep(&self.intervals(at, until), at, until, |_, _| {});
        (rule, self.level(rule))
    }

    /// Every change of rule or capacity in `[from, until)`, the first being what
    /// holds at `from`; nothing when the range is empty.
    #[must_use]
    pub fn timeline(&self, from: Timestamp, until: Timestamp) -> Vec<Transition> {
        if from >= until {
            return Vec::new();
        }
        self.timeline_of(&self.intervals(from, until), from, until)
    }

    /// The timeline of the intervals of the same range.
    pub(super) fn timeline_of(
        &self,
        intervals: &[Interval],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<Transition> {
        let mut transitions = Vec::new();
        let transition = |at, rule| Transition {
            at,
            rule,
            level: self.level(rule),
        };
        sweep(intervals, from, until, |at, rule| {
            transitions.push(transition(at, rule));
        });
        transitions
    }

    /// The next changes after an instant, at most so many and at most
    /// [`limits::SCHEDULE_NEXT_MAX`]; fewer when nothing more happens within
    /// [`limits::SCHEDULE_AHEAD_DAYS_MAX`].
    #[must_use]
    pub fn next(&self, after: Timestamp, count: usize) -> Vec<Transition> {
        let count = count.min(limits::SCHEDULE_NEXT_MAX);
        let end = after.plus_ms(limits::SCHEDULE_AHEAD_DAYS_MAX * DAY_MS);
        let mut found: Vec<Transition> = Vec::new();
        let (mut rule, _) = self.capacity_at(after);
        let (mut from, mut days) = (after, 32);
        while from < end && found.len() < count {
            let until = from.plus_ms(days * DAY_MS).min(end);
            for transition in self.timeline(from, until) {
                if transition.rule != rule {
                    rule = transition.rule;
                    found.push(transition);
                }
            }
            // What happens rarely is looked for in longer and longer strides.
            (from, days) = (until, days * 2);
        }
        found.truncate(count);
        found
    }

    /// Every interval of every rule that touches `[from, until)`, each rule's in
    /// order and without overlap.
    pub(super) fn intervals(&self, from: Timestamp, until: Timestamp) -> Vec<Interval> {
        let mut found = Vec::new();
        for (index, window) in self.schedule.windows().iter().enumerate() {
            let zone = self.zone_of(index);
            for date in starts(&window.days, days_of(zone, from, until)) {
                if !self.replaces(date) {
                    found.push(occurrence(index, window, zone, date));
                }
            }
        }
        let days = days_of(self.zone, from, until);
        for (index, dates) in self.dates.iter().enumerate() {
            for range in dates.ranges() {
                let (first, last) = (range.first.max(days.first), range.last.min(days.last));
                if first <= last {
                    found.push(Interval {
                        start: midnight(self.zone, first),
                        end: midnight(self.zone, last.saturating_add(1.day())),
                        rule: Rule::Exception(index),
                    });
                }
            }
        }
        for (index, over) in self.schedule.overrides().iter().enumerate() {
            found.push(Interval {
                start: over.from,
                end: over.until,
                rule: Rule::Override(index),
            });
        }
        found.retain(|interval| interval.start < until && interval.end > from);
        found
    }
}

/// The first instant of a local day.
pub(super) fn midnight(zone: &Zone, date: Date) -> Timestamp {
    zone.instant(date.at(0, 0, 0, 0))
}

/// The dates that windows which touch `[from, until)` can start on: a window that
/// started yesterday may still be on, and a change of clock may have skipped a day.
pub(super) fn days_of(zone: &Zone, from: Timestamp, until: Timestamp) -> DateRange {
    DateRange {
        first: zone.civil(from).date().saturating_sub(2.days()),
        last: zone.civil(until).date(),
    }
}

/// The dates in a range on which a window starts.
pub(super) fn starts(days: &Days, within: DateRange) -> Box<dyn Iterator<Item = Date> + '_> {
    let every =
        |first: Date, last: Date| first.series(1.day()).take_while(move |date| *date <= last);
    match days {
        Days::Pattern { .. } => {
            Box::new(every(within.first, within.last).filter(|date| days.hold(*date)))
        }
        Days::Dates(dates) => {
            let ranges = dates.ranges().iter();
            Box::new(ranges.flat_map(move |range| {
                every(range.first.max(within.first), range.last.min(within.last))
            }))
        }
    }
}

/// The interval of the window that starts on a date.
pub(super) fn occurrence(index: usize, window: &Window, zone: &Zone, date: Date) -> Interval {
    let last = match window.overnight() {
        true => date.saturating_add(1.day()),
        false => date,
    };
    Interval {
        start: zone.instant(window.from.on(date)),
        end: zone.instant(window.to.on(last)),
        rule: Rule::Window(index),
    }
}

/// Tells the rule in force at `from` and then every change of it before `until`, and
/// returns the first. No two intervals of one rule overlap.
fn sweep(
    intervals: &[Interval],
    from: Timestamp,
    until: Timestamp,
    mut tell: impl FnMut(Timestamp, Rule),
) -> Rule {
    let mut edges: Vec<(Timestamp, bool, Rule)> = Vec::with_capacity(intervals.len() * 2);
    for interval in intervals
        .iter()
        .filter(|interval| interval.start < interval.end)
    {
        edges.push((interval.start.max(from), true, interval.rule));
        edges.push((interval.end, false, interval.rule));
    }
    // Ends before starts: where two intervals of one rule meet, the rule stays on.
    // The sort finds the runs in which each rule's edges already stand.
    edges.sort();
    let mut on = BTreeSet::new();
    let mut edges = edges.into_iter().peekable();
    let mut first = None;
    let mut told = None;
    let mut at = from;
    loop {
        while let Some((_, starts, rule)) = edges.next_if(|(edge, ..)| *edge <= at) {
            match starts {
                true => on.insert(rule),
                false => on.remove(&rule),
            };
        }
        let rule = on.last().copied().unwrap_or(Rule::Base);
        let first = *first.get_or_insert(rule);
        if told != Some(rule) {
            tell(at, rule);
            told = Some(rule);
        }
        match edges.peek() {
            Some((next, ..)) if *next < until => at = *next,
            _ => return first,
        }
    }
}
