//! A pattern of local dates and times, and the instants at which it happens.
//!
//! It walks days, never minutes, and leaps over months and years that the
//! pattern does not name.

use crate::time::{Timestamp, Zone};
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Weekday},
    tz::AmbiguousOffset,
};

/// The last year looked at (the greatest that EventBridge's year field holds).
const YEAR_LAST: i16 = 2199;

/// What happens to a local time that a clock change skips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// The occurrence is dropped.
    Skips,
    /// It happens at the first instant after the gap.
    FiresAfter,
}

/// Days of the month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MonthDays {
    /// Bit n: the n-th.
    pub days: u32,
    /// The last day.
    pub last: bool,
    /// The last day that is neither Saturday nor Sunday.
    pub last_working: bool,
    /// Bit n: the working day nearest to the n-th within the month. A month
    /// without an n-th has none.
    pub nearest: u32,
}

impl MonthDays {
    pub const fn of(days: u32) -> Self {
        Self {
            days,
            last: false,
            last_working: false,
            nearest: 0,
        }
    }

    pub const fn every() -> Self {
        Self::of(u32::MAX)
    }

    pub fn holds(&self, date: Date) -> bool {
        let last = date.last_of_month();
        let is_nearest = || {
            (1..=last.day())
                .filter(|day| self.nearest >> day & 1 == 1)
                .any(|day| {
                    let day = Date::new(date.year(), date.month(), day);
                    day.is_ok_and(|day| nearest_working_day(day) == date)
                })
        };
        self.days >> date.day() & 1 == 1
            || (self.last && date == last)
            || (self.last_working && date == nearest_working_day(last))
            || (self.nearest != 0 && is_nearest())
    }
}

/// Never leaves the month: Saturday the 1st moves to Monday the 3rd, and a
/// Sunday that ends the month to the Friday before.
fn nearest_working_day(date: Date) -> Date {
    let days = match date.weekday() {
        Weekday::Saturday if date.day() == 1 => 2,
        Weekday::Saturday => -1,
        Weekday::Sunday if date == date.last_of_month() => -2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    date.saturating_add(days.days())
}

/// Days of the week; bit 0 is Sunday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WeekDays {
    /// In every week.
    pub days: u32,
    /// The first, second … fifth of the month.
    pub nth: [u32; 5],
    /// The last of the month.
    pub last: u32,
}

impl WeekDays {
    pub const fn of(days: u32) -> Self {
        Self {
            days,
            nth: [0; 5],
            last: 0,
        }
    }

    pub const fn every() -> Self {
        Self::of(u32::MAX)
    }

    pub fn holds(&self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_zero_offset();
        let has = |bits: u32| bits >> weekday & 1 == 1;
        let week = usize::from(date.day().unsigned_abs().saturating_sub(1) / 7);
        has(self.days)
            || self.nth.get(week).is_some_and(|bits| has(*bits))
            || (has(self.last) && date.day() + 7 > date.days_in_month())
    }
}

/// Which days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Days {
    /// By number.
    pub month: MonthDays,
    /// By weekday.
    pub week: WeekDays,
    /// A day that fits one is enough; otherwise it must fit both.
    pub either: bool,
}

impl Days {
    fn hold(&self, date: Date) -> bool {
        match self.either {
            true => self.month.holds(date) || self.week.holds(date),
            false => self.month.holds(date) && self.week.holds(date),
        }
    }
}

/// A pattern of local dates and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Calendar {
    /// Hour and minute, ascending.
    times: Vec<(i8, i8)>,
    /// Bit n: the n-th month.
    months: u32,
    /// Ascending; none means every year.
    years: Option<Vec<u16>>,
    days: Days,
}

impl Calendar {
    /// Hours and minutes are ascending and inside a day.
    pub fn new(
        hours: &[u16],
        minutes: &[u16],
        months: u32,
        years: Option<Vec<u16>>,
        days: Days,
    ) -> Self {
        let small = |number: &u16| i8::try_from(*number).unwrap_or_default();
        let times = hours
            .iter()
            .flat_map(|hour| {
                minutes
                    .iter()
                    .map(move |minute| (small(hour), small(minute)))
            })
            .collect();
        Self {
            times,
            months,
            years,
            days,
        }
    }

    /// Every instant at or after `from`, ascending and without repetition.
    pub fn occurrences(
        self,
        zone: Zone,
        gap: Gap,
        from: Timestamp,
    ) -> impl Iterator<Item = Timestamp> {
        // The local clock just before: what a gap that ends at `from` has skipped
        // stands after it.
        let earliest = zone.civil(from.plus_ms(-1));
        let mut day = Some(earliest.date());
        let mut next_time = 0;
        let mut last = None;
        std::iter::from_fn(move || {
            loop {
                let date = self.day_at_or_after(day?)?;
                if day != Some(date) {
                    day = Some(date);
                    next_time = 0;
                }
                let Some((hour, minute)) = self.times.get(next_time) else {
                    day = date.tomorrow().ok();
                    next_time = 0;
                    continue;
                };
                next_time += 1;
                let local = date.at(*hour, *minute, 0, 0);
                if local < earliest {
                    continue;
                }
                let Some(at) = instant(&zone, gap, local) else {
                    continue;
                };
                // A gap brings several local times to one instant.
                if at < from || last.is_some_and(|last| at <= last) {
                    continue;
                }
                last = Some(at);
                return Some(at);
            }
        })
    }

    /// The first day of the pattern at or after a day.
    fn day_at_or_after(&self, mut day: Date) -> Option<Date> {
        while day.year() <= YEAR_LAST {
            let year = day.year().unsigned_abs();
            let in_years = self
                .years
                .as_ref()
                .is_none_or(|years| years.contains(&year));
            if !in_years {
                day = day.last_of_year().tomorrow().ok()?;
            } else if self.months >> day.month() & 1 == 0 {
                day = day.last_of_month().tomorrow().ok()?;
            } else if self.days.hold(day) {
                return Some(day);
            } else {
                day = day.tomorrow().ok()?;
            }
        }
        None
    }
}

/// The instant of a local time; one that happens twice means the first.
pub(super) fn instant(zone: &Zone, gap: Gap, local: DateTime) -> Option<Timestamp> {
    let offset = zone.rules().to_ambiguous_timestamp(local).offset();
    let skipped = matches!(offset, AmbiguousOffset::Gap { .. });
    (!skipped || gap == Gap::FiresAfter).then(|| zone.instant(local))
}
