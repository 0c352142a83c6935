//! Patterns of days that a recurrence can hold, and how each service writes them.
//!
//! One pattern is one recurrence: what needs two is two patterns. Unix cron joins
//! a day of the month and a day of the week by OR and knows no last day, so a
//! pattern has either and says itself which services can write it.

use super::super::{Days, Window};
use jiff::{ToSpan, civil::Date};

/// Every month.
pub(super) const ALL_MONTHS: u32 = 0b1_1111_1111_1110;
/// Every day of the week.
pub(super) const ALL_WEEKDAYS: u32 = 0b111_1111;
/// Days of the month that have a morrow in the same month, in every month.
const NEVER_LAST: std::ops::Range<u32> = 1..28;

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 13] = [
    "", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// A date with all that a pattern asks of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    pub date: Date,
    /// From Sunday, 0.
    pub weekday: u32,
    day: u32,
    month: u32,
    last: u32,
}

impl Day {
    pub fn of(date: Date) -> Self {
        Self {
            date,
            weekday: date.weekday().to_sunday_zero_offset().unsigned_abs().into(),
            day: date.day().unsigned_abs().into(),
            month: date.month().unsigned_abs().into(),
            last: date.days_in_month().unsigned_abs().into(),
        }
    }
}

/// The languages in which services write recurrences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// EC2 Auto Scaling: five fields.
    Unix,
    /// Application Auto Scaling and EventBridge Scheduler: `cron(…)` of six.
    Application,
}

/// Days of one sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum DaySet {
    /// Days of the week; bit 0 is Sunday.
    Week(u32),
    /// The n-th such day of the month.
    Nth { weekday: u32, nth: u32 },
    /// The last such day of the month.
    LastOf { weekday: u32 },
    /// Days of the month; bit n is the n-th.
    Month(u32),
    /// The last day of the month.
    Last,
    /// The working day nearest to the n-th, inside the month.
    Nearest(u32),
}

/// Days that one recurrence can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Pattern {
    pub days: DaySet,
    /// Bit n: the n-th month.
    pub months: u32,
}

impl Pattern {
    pub fn holds(self, day: &Day) -> bool {
        let in_month = self.months >> day.month & 1 == 1;
        in_month
            && match self.days {
                DaySet::Week(bits) => bits >> day.weekday & 1 == 1,
                DaySet::Nth { weekday, nth } => {
                    weekday == day.weekday && (day.day - 1) / 7 + 1 == nth
                }
                DaySet::LastOf { weekday } => weekday == day.weekday && day.day + 7 > day.last,
                DaySet::Month(bits) => bits >> day.day & 1 == 1,
                DaySet::Last => day.day == day.last,
                DaySet::Nearest(nth) => nearest(nth, day) == Some(day.day),
            }
    }

    /// The expression, if the service can write this pattern.
    pub fn expression(self, dialect: Dialect, minutes: i64) -> Option<String> {
        let (hour, minute) = (minutes / 60, minutes % 60);
        let months = match self.months {
            ALL_MONTHS => "*".to_owned(),
            bits => ranges(bits, &MONTHS, 1),
        };
        let week = |bits| ranges(bits, &WEEKDAYS, 0);
        let (month_day, weekday) = match (dialect, self.days) {
            (_, DaySet::Week(ALL_WEEKDAYS)) => ("*".to_owned(), None),
            (_, DaySet::Week(bits)) => ("*".to_owned(), Some(week(bits))),
            (_, DaySet::Month(bits)) => (numbers(bits), None),
            (Dialect::Unix, _) => return None,
            // As the guides write them: numbers from 1, Sunday.
            (_, DaySet::Nth { weekday, nth }) => {
                (String::new(), Some(format!("{}#{nth}", weekday + 1)))
            }
            (_, DaySet::LastOf { weekday }) => (String::new(), Some(format!("{}L", weekday + 1))),
            (_, DaySet::Last) => ("L".to_owned(), None),
            (_, DaySet::Nearest(nth)) => (format!("{nth}W"), None),
        };
        Some(match (dialect, weekday) {
            (Dialect::Unix, weekday) => {
                let weekday = weekday.as_deref().unwrap_or("*");
                format!("{minute} {hour} {month_day} {months} {weekday}")
            }
            (Dialect::Application, Some(weekday)) => {
                format!("cron({minute} {hour} ? {months} {weekday} *)")
            }
            (Dialect::Application, None) => {
                format!("cron({minute} {hour} {month_day} {months} ? *)")
            }
        })
    }

    /// The pattern as a part of a name: `mon-fri`, `day1.15`, `fri-last`, `daily-jan-mar`.
    pub fn label(self) -> String {
        let name = |weekday: u32| ranges(1 << weekday, &WEEKDAYS, 0);
        let days = match self.days {
            DaySet::Week(ALL_WEEKDAYS) => "daily".to_owned(),
            DaySet::Week(bits) => ranges(bits, &WEEKDAYS, 0),
            DaySet::Nth { weekday, nth } => format!("{}{nth}", name(weekday)),
            DaySet::LastOf { weekday } => format!("{}-last", name(weekday)),
            DaySet::Month(bits) => format!("day{}", numbers(bits)),
            DaySet::Last => "day-last".to_owned(),
            DaySet::Nearest(nth) => format!("day{nth}w"),
        };
        let months = match self.months {
            ALL_MONTHS => String::new(),
            bits => format!("-{}", ranges(bits, &MONTHS, 1)),
        };
        format!("{days}{months}").replace(',', ".").to_lowercase()
    }
}

/// Saturday the 1st moves to Monday the 3rd, a Sunday that ends the month to the
/// Friday before, every other to its neighbour. A month without an n-th has none.
fn nearest(nth: u32, day: &Day) -> Option<u32> {
    if nth > day.last {
        return None;
    }
    let weekday = (day.weekday + 35 + nth - day.day) % 7;
    Some(match weekday {
        6 if nth == 1 => 3,
        6 => nth - 1,
        0 if nth == day.last => nth - 2,
        0 => nth + 1,
        _ => nth,
    })
}

/// `MON-WED,FRI`; two neighbours are a list.
fn ranges(bits: u32, names: &[&str], first: usize) -> String {
    let mut parts = Vec::new();
    let mut at = first;
    while at < names.len() {
        let length = (at..names.len())
            .take_while(|place| bits >> place & 1 == 1)
            .count();
        match length {
            0 => at += 1,
            1 | 2 => parts.extend(names[at..at + length].iter().map(|name| (*name).to_owned())),
            _ => parts.push(format!("{}-{}", names[at], names[at + length - 1])),
        }
        at += length;
    }
    parts.join(",")
}

fn numbers(bits: u32) -> String {
    let all: Vec<String> = (1..32)
        .filter(|day| bits >> day & 1 == 1)
        .map(|day: u32| day.to_string())
        .collect();
    all.join(",")
}

/// The patterns of the days on which a window's edge falls, when the edge falls on
/// the day of the window's start or on the next. Some days have none: those that
/// must fit a weekday and a day of the month, and the morrow of a last one.
pub(super) fn native(window: &Window, next_day: bool) -> Vec<Pattern> {
    let Days::Pattern {
        weekdays,
        monthdays,
        months,
    } = &window.days
    else {
        return Vec::new();
    };
    let months = months.map_or(ALL_MONTHS, |months| months.bits());
    let mut sets = Vec::new();
    match (weekdays, monthdays) {
        (None, None) => sets.push(DaySet::Week(ALL_WEEKDAYS)),
        (Some(days), None) => {
            let days = days.set();
            match next_day {
                true => sets.push(DaySet::Week(
                    (days.days << 1 | days.days >> 6) & ALL_WEEKDAYS,
                )),
                false => {
                    sets.push(DaySet::Week(days.days & ALL_WEEKDAYS));
                    for weekday in 0..7 {
                        let of = |bits: u32| bits >> weekday & 1 == 1;
                        let nth = (1..).zip(days.nth).filter(|(_, bits)| of(*bits));
                        sets.extend(nth.map(|(nth, _)| DaySet::Nth { weekday, nth }));
                        sets.extend(of(days.last).then_some(DaySet::LastOf { weekday }));
                    }
                }
            }
        }
        (None, Some(days)) => {
            let days = days.set();
            let numbers = days.days & !1;
            match next_day {
                true => {
                    let kept = NEVER_LAST.fold(0, |bits, day| bits | numbers & 1 << day);
                    sets.push(DaySet::Month(kept << 1 | u32::from(days.last) << 1));
                }
                false => {
                    sets.push(DaySet::Month(numbers));
                    sets.extend(days.last.then_some(DaySet::Last));
                    let nearest = (1..32).filter(|day| days.nearest >> day & 1 == 1);
                    sets.extend(nearest.map(DaySet::Nearest));
                }
            }
        }
        (Some(_), Some(_)) => {}
    }
    sets.retain(|set| !matches!(set, DaySet::Week(0) | DaySet::Month(0)));
    sets.into_iter()
        .map(|days| Pattern { days, months })
        .collect()
}

/// The dates from one to another, both included.
pub(super) fn days(first: Date, last: Date) -> Vec<Day> {
    let dates = first.series(1.day()).take_while(|date| *date <= last);
    dates.map(Day::of).collect()
}
