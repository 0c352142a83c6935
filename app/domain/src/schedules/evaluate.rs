//! Which capacity holds when: the one answer for previews, plans and proofs.
//!
//! It walks days, never minutes: each window gives one interval a day, and a sweep
//! over the ends of all intervals finds the rule in force. It reads no clock and
//! knows no zone but those it is handed.

use super::{
    DayTime, Days, Level, Schedule, Window, ZoneName,
    clock::{LocalClock, civil, local_midnight_ms},
    days::{DateRange, Dates},
    sweep::{Interval, Seen, sweep},
};
use crate::{
    limits,
    time::{DAY_MS, Timestamp, Zone, ZoneError},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// How far from a range the windows that touch it may start or end, and a margin.
pub(super) const REACH_MS: i64 = 4 * DAY_MS;

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
            replaced: joined(&dates),
            dates,
        })
    }

    /// The same, but as if one exception had no dates; places stay as they are.
    pub(super) fn without(&self, exception: usize) -> Self {
        let mut dates = self.dates.clone();
        if let Some(dates) = dates.get_mut(exception) {
            *dates = Dates::default();
        }
        Self {
            schedule: self.schedule,
            zone: self.zone,
            zones: self.zones.clone(),
            replaced: joined(&dates),
            dates,
        }
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
    pub(crate) fn zone_of(&self, window: usize) -> &'a Zone {
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

    pub(super) fn transition(&self, at: Timestamp, rule: Rule) -> Transition {
        Transition {
            at,
            rule,
            level: self.level(rule),
        }
    }

    /// What holds at an instant.
    #[must_use]
    pub fn capacity_at(&self, at: Timestamp) -> (Rule, Level) {
        let now = self.timeline(at, at.plus_ms(1));
        let (rule, level) = (Rule::Base, self.schedule.base());
        now.first()
            .map_or((rule, level), |now| (now.rule, now.level))
    }

    /// Every change of rule or capacity in `[from, until)`, the first being what
    /// holds at `from`; nothing when the range is empty.
    #[must_use]
    pub fn timeline(&self, from: Timestamp, until: Timestamp) -> Vec<Transition> {
        if from >= until {
            return Vec::new();
        }
        let mut transitions = Vec::new();
        sweep(&self.intervals(from, until), from, until, |seen| {
            if let Seen::Holds { at, rule } = seen {
                transitions.push(self.transition(at, rule));
            }
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
        let (early, late) = (from.plus_ms(-REACH_MS), until.plus_ms(REACH_MS));
        let mut clocks = vec![(self.zone, LocalClock::new(self.zone, early, late))];
        for (index, window) in self.schedule.windows().iter().enumerate() {
            let zone = self.zone_of(index);
            let place = clocks.iter().position(|(known, _)| *known == zone);
            let place = place.unwrap_or_else(|| {
                clocks.push((zone, LocalClock::new(zone, early, late)));
                clocks.len() - 1
            });
            let clock = &clocks[place].1;
            for date in starts(&window.days, days_of(zone, from, until)) {
                if !self.replaces(date) {
                    found.push(occurrence(index, window, clock, date));
                }
            }
        }
        let clock = &clocks[0].1;
        let days = days_of(self.zone, from, until);
        for (index, dates) in self.dates.iter().enumerate() {
            for range in dates.ranges() {
                let (first, last) = (range.first.max(days.first), range.last.min(days.last));
                if first <= last {
                    let after = last.saturating_add(1.day());
                    found.push(Interval {
                        start: clock.instant(local_midnight_ms(first)),
                        end: clock.instant(local_midnight_ms(after)),
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

/// The dates of all exceptions.
fn joined(dates: &[Dates]) -> Dates {
    Dates::of(dates.iter().flat_map(Dates::ranges).copied())
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
    let every = |first: Date, last: Date| {
        let days = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        days.take_while(move |date| *date <= last)
    };
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

/// The ends of the hours that start on a date, as local times: an end that is not after the
/// start is on the next day.
pub(super) fn edges_ms(from: DayTime, to: DayTime, date: Date) -> (i64, i64) {
    let midnight_ms = local_midnight_ms(date);
    let next_day_ms = if to <= from { DAY_MS } else { 0 };
    (midnight_ms + from.ms(), midnight_ms + next_day_ms + to.ms())
}

/// Whether an instant lies in the hours of some days, by the clock of a zone.
pub(crate) fn lies_in(
    zone: &Zone,
    days: &Days,
    (from, to): (DayTime, DayTime),
    at: Timestamp,
) -> bool {
    let mut near = starts(days, days_of(zone, at, at));
    near.any(|date| {
        let (start_ms, end_ms) = edges_ms(from, to, date);
        (zone.instant(civil(start_ms))..zone.instant(civil(end_ms))).contains(&at)
    })
}

/// The interval of the window that starts on a date.
fn occurrence(index: usize, window: &Window, clock: &LocalClock<'_>, date: Date) -> Interval {
    let (start_ms, end_ms) = edges_ms(window.from, window.to, date);
    Interval {
        start: clock.instant(start_ms),
        end: clock.instant(end_ms),
        rule: Rule::Window(index),
    }
}
