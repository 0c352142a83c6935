//! Which days: weekdays, days of the month, months, dates, and the time of a day.
//!
//! Each list is read into a set and written back in one canonical way, so that two
//! schedules that mean the same days are the same value whatever their spelling.

use super::names::cut;
use crate::{
    cron::{MonthDays, WeekDays},
    limits,
    time::MINUTE_MS,
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// Why a day, a month, a date or a time of day cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}")]
pub struct DayError {
    /// What was given, cut to a readable length.
    pub text: String,
    /// What can stand there, with an example.
    pub wanted: &'static str,
}

fn refuse<T>(text: &str, wanted: &'static str) -> Result<T, DayError> {
    Err(DayError {
        text: cut(text),
        wanted,
    })
}

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Letters of the short names.
const SHORT: usize = 3;
const WEEKDAY_SHAPE: &str = "a day of the week such as mon, mon..fri, mon#1 or fri#last; leave \
                             the field out for every day";
const MONTH_DAY_SHAPE: &str = "a day of the month such as 15, 1..7, last or 15w; leave the field \
                               out for every day";
const MONTH_SHAPE: &str = "a month such as jan or oct..feb; leave the field out for every month";
const DATE_SHAPE: &str = "a date such as 2026-12-24 or 2026-12-31..2027-01-02";
const TIME_SHAPE: &str = "a time of day such as \"08:00\" or \"24:00\"";

/// The place of a short or whole name in a list of whole names.
fn named(names: &[&str], text: &str) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    let fits = |name: &str| name == text || name.get(..SHORT) == Some(text.as_str());
    names.iter().position(|name| fits(name))
}

fn short(names: &[&'static str], index: usize) -> &'static str {
    names
        .get(index)
        .and_then(|name| name.get(..SHORT))
        .unwrap_or_default()
}

/// `a..b` as its two ends, or a lone text as both.
fn ends(text: &str) -> (&str, &str) {
    text.split_once("..").unwrap_or((text, text))
}

/// The runs of a set on a circle of `count` places: first and last of each. A run
/// that goes over the end is one run.
fn runs(count: usize, holds: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let Some(gap) = (0..count).rev().find(|place| !holds(*place)) else {
        return vec![(0, count - 1)];
    };
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for place in (gap + 1..gap + 1 + count).map(|place| place % count) {
        let before = (place + count - 1) % count;
        match runs.last_mut() {
            _ if !holds(place) => {}
            Some(run) if run.1 == before => run.1 = place,
            _ => runs.push((place, place)),
        }
    }
    runs.sort_unstable();
    runs
}

/// Writes runs: two neighbours stay two items, three become a range.
fn write_runs(
    count: usize,
    runs: Vec<(usize, usize)>,
    name: impl Fn(usize) -> String,
) -> Vec<String> {
    let mut items = Vec::new();
    for (first, last) in runs {
        match (last + count - first) % count {
            0 => items.push(name(first)),
            1 => items.extend([name(first), name(last)]),
            _ => items.push(format!("{}..{}", name(first), name(last))),
        }
    }
    items
}

/// An item of a list as it is written: a word or a bare number.
struct Item(String);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Item;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a number")
            }
            fn visit_str<E>(self, text: &str) -> Result<Item, E> {
                Ok(Item(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Item, E> {
                Ok(Item(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Item, E> {
                Ok(Item(number.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A set that is read from a list of items and written as one.
///
/// Items are read one by one, each where it stands, so that whoever reads a file
/// can tell the line of the one that is wrong.
macro_rules! set {
    ($name:ident, $one:ident, $read:path) => {
        struct $one($name);

        impl<'de> Deserialize<'de> for $one {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Item(text) = Item::deserialize(deserializer)?;
                $read(&text).map(Self).map_err(de::Error::custom)
            }
        }

        impl $name {
            /// Reads the items of a list.
            ///
            /// # Errors
            /// [`DayError`] names the item that cannot be read, or says that there is none.
            pub fn parse(items: &[&str]) -> Result<Self, DayError> {
                let read: Result<Vec<Self>, DayError> =
                    items.iter().map(|item| $read(item)).collect();
                Self::union(read?)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let items = Vec::<$one>::deserialize(deserializer)?;
                Self::union(items.into_iter().map(|item| item.0).collect())
                    .map_err(de::Error::custom)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.items())
            }
        }
    };
}

/// Days of the week, every one or counted in the month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekdays(WeekDays);

set!(Weekdays, WeekdayItem, weekday_item);

/// Sunday is bit 0 in cron's sets and the last in ours.
const fn sunday_first(monday_first: usize) -> usize {
    (monday_first + 1) % WEEKDAYS.len()
}

fn weekday_item(text: &str) -> Result<Weekdays, DayError> {
    let text = text.trim();
    let mut days = WeekDays::of(0);
    if let Some((day, nth)) = text.split_once('#') {
        let Some(day) = named(&WEEKDAYS, day) else {
            return refuse(text, WEEKDAY_SHAPE);
        };
        let bit = 1 << sunday_first(day);
        match nth.parse::<usize>() {
            Ok(nth @ 1..=5) if days.nth.len() >= nth => days.nth[nth - 1] = bit,
            Err(_) if nth.eq_ignore_ascii_case("last") => days.last = bit,
            _ => {
                let wanted = "the first to fifth (mon#1 to mon#5) or last (mon#last) of a month";
                return refuse(text, wanted);
            }
        }
        return Ok(Weekdays(days));
    }
    let (first, last) = ends(text);
    let (Some(first), Some(last)) = (named(&WEEKDAYS, first), named(&WEEKDAYS, last)) else {
        return refuse(text, WEEKDAY_SHAPE);
    };
    for day in around(first, last, WEEKDAYS.len()) {
        days.days |= 1 << sunday_first(day);
    }
    Ok(Weekdays(days))
}

/// From one place to another on a circle, both included.
fn around(first: usize, last: usize, count: usize) -> impl Iterator<Item = usize> {
    let steps = (last + count - first) % count;
    (first..=first + steps).map(move |place| place % count)
}

impl Weekdays {
    fn union(items: Vec<Self>) -> Result<Self, DayError> {
        let mut all = WeekDays::of(0);
        for Self(item) in &items {
            all.days |= item.days;
            all.last |= item.last;
            for (all, nth) in all.nth.iter_mut().zip(item.nth) {
                *all |= nth;
            }
        }
        match items.is_empty() {
            true => refuse("[]", WEEKDAY_SHAPE),
            false => Ok(Self(all)),
        }
    }

    /// As a recurrence holds them.
    pub(super) const fn set(&self) -> &WeekDays {
        &self.0
    }

    /// Whether a date is one of them.
    #[must_use]
    pub fn hold(&self, date: Date) -> bool {
        self.0.holds(date)
    }

    fn items(&self) -> Vec<String> {
        let every = |day: usize| self.0.days >> sunday_first(day) & 1 == 1;
        let name = |day| short(&WEEKDAYS, day).to_owned();
        let any = self.0.days != 0;
        let mut items = match any {
            true => write_runs(WEEKDAYS.len(), runs(WEEKDAYS.len(), every), name),
            false => Vec::new(),
        };
        let counted = (1..)
            .zip(self.0.nth)
            .map(|(nth, bits)| (nth.to_string(), bits));
        for (nth, bits) in counted.chain([("last".to_owned(), self.0.last)]) {
            let of = |day: &usize| bits >> sunday_first(*day) & 1 == 1;
            let days = (0..WEEKDAYS.len()).filter(of);
            items.extend(days.map(|day| format!("{}#{nth}", short(&WEEKDAYS, day))));
        }
        items
    }
}

/// Days of the month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monthdays(MonthDays);

set!(Monthdays, MonthdayItem, monthday_item);

/// Days that a month can have.
const MONTH_DAYS: usize = 31;

fn monthday_item(text: &str) -> Result<Monthdays, DayError> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let number = |text: &str| {
        let number = text.parse::<usize>().ok();
        number.filter(|day| (1..=MONTH_DAYS).contains(day) && !text.starts_with('+'))
    };
    let mut days = MonthDays::of(0);
    if lower == "last" {
        days.last = true;
    } else if let Some(day) = lower.strip_suffix('w').and_then(number) {
        days.nearest = 1 << day;
    } else {
        let (first, last) = ends(&lower);
        let last = match last {
            "last" => Some(MONTH_DAYS),
            last => number(last),
        };
        match (number(first), last) {
            (Some(first), Some(last)) if first <= last => {
                days.days = (first..=last).fold(0, |bits, day| bits | 1 << day);
            }
            _ => return refuse(text, MONTH_DAY_SHAPE),
        }
    }
    Ok(Monthdays(days))
}

/// What a list of days of the month holds: numbers are written bare.
#[derive(Serialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Word(String),
}

impl Monthdays {
    fn union(items: Vec<Self>) -> Result<Self, DayError> {
        let mut all = MonthDays::of(0);
        for Self(item) in &items {
            all.days |= item.days;
            all.last |= item.last;
            all.nearest |= item.nearest;
        }
        match items.is_empty() {
            true => refuse("[]", MONTH_DAY_SHAPE),
            false => Ok(Self(all)),
        }
    }

    /// As a recurrence holds them.
    pub(super) const fn set(&self) -> &MonthDays {
        &self.0
    }

    /// Whether a date is one of them.
    #[must_use]
    pub fn hold(&self, date: Date) -> bool {
        self.0.holds(date)
    }

    fn items(&self) -> Vec<Written> {
        let written = |item: String| item.parse().map_or(Written::Word(item), Written::Number);
        self.words().into_iter().map(written).collect()
    }

    fn words(&self) -> Vec<String> {
        // Place 0 is never held, so no run goes over the end of the month.
        let runs = runs(MONTH_DAYS + 1, |day| self.0.days >> day & 1 == 1);
        let mut items = write_runs(MONTH_DAYS + 1, runs, |day| day.to_string());
        let nearest = |day: &usize| self.0.nearest >> day & 1 == 1;
        items.extend(
            (1..=MONTH_DAYS)
                .filter(nearest)
                .map(|day| format!("{day}w")),
        );
        items.extend(self.0.last.then(|| "last".to_owned()));
        items
    }
}

/// Months of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months(u32);

set!(Months, MonthItem, month_item);

fn month_item(text: &str) -> Result<Months, DayError> {
    let text = text.trim();
    let month = |text: &str| {
        let number = || text.parse::<usize>().ok()?.checked_sub(1);
        named(&MONTHS, text)
            .or_else(number)
            .filter(|month| *month < MONTHS.len())
    };
    let (first, last) = ends(text);
    let (Some(first), Some(last)) = (month(first), month(last)) else {
        return refuse(text, MONTH_SHAPE);
    };
    let months = around(first, last, MONTHS.len());
    Ok(Months(
        months.fold(0, |bits, month| bits | 1 << (month + 1)),
    ))
}

impl Months {
    fn union(items: Vec<Self>) -> Result<Self, DayError> {
        match items.is_empty() {
            true => refuse("[]", MONTH_SHAPE),
            false => Ok(Self(items.iter().fold(0, |bits, item| bits | item.0))),
        }
    }

    /// Bit n: the n-th month.
    pub(super) const fn bits(self) -> u32 {
        self.0
    }

    /// Whether a date is in one of them.
    #[must_use]
    pub fn hold(self, date: Date) -> bool {
        self.0 >> date.month() & 1 == 1
    }

    fn items(self) -> Vec<String> {
        let holds = |month: usize| self.0 >> (month + 1) & 1 == 1;
        let name = |month| short(&MONTHS, month).to_owned();
        write_runs(MONTHS.len(), runs(MONTHS.len(), holds), name)
    }
}

/// From one date to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateRange {
    /// The first.
    pub first: Date,
    /// The last; not before the first.
    pub last: Date,
}

/// Dates, as ranges that neither touch nor overlap, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dates(Vec<DateRange>);

set!(Dates, DateItem, date_item);

/// A date in its one spelling, of a year in which clocks and calendars are known.
pub(super) fn date(text: &str) -> Option<Date> {
    let date = Date::from_str(text).ok()?;
    let years = limits::SCHEDULE_YEAR_MIN..=limits::SCHEDULE_YEAR_MAX;
    (date.to_string() == text && years.contains(&date.year())).then_some(date)
}

fn date_item(text: &str) -> Result<Dates, DayError> {
    let text = text.trim();
    let (first, last) = ends(text);
    match (date(first), date(last)) {
        (Some(first), Some(last)) if first <= last => Ok(Dates(vec![DateRange { first, last }])),
        (Some(_), Some(_)) => refuse(text, "a range of dates; its end comes before its start"),
        _ => refuse(text, DATE_SHAPE),
    }
}

impl Dates {
    fn union(items: Vec<Self>) -> Result<Self, DayError> {
        if items.is_empty() {
            return refuse("[]", DATE_SHAPE);
        }
        if items.len() > limits::SCHEDULE_DATES_MAX {
            return refuse("", "a list of at most 10,000 dates and ranges");
        }
        Ok(Self::of(items.into_iter().flat_map(|item| item.0)))
    }

    /// Brings ranges in order and joins those that touch.
    #[must_use]
    pub fn of(ranges: impl IntoIterator<Item = DateRange>) -> Self {
        let mut sorted: Vec<DateRange> = ranges.into_iter().collect();
        sorted.sort_unstable();
        let mut joined: Vec<DateRange> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match joined.last_mut() {
                Some(before) if range.first <= before.last.saturating_add(1.day()) => {
                    before.last = before.last.max(range.last);
                }
                _ => joined.push(range),
            }
        }
        Self(joined)
    }

    /// Whether a date is one of them.
    #[must_use]
    pub fn hold(&self, date: Date) -> bool {
        let after = self.0.partition_point(|range| range.first <= date);
        after > 0 && self.0[after - 1].last >= date
    }

    /// The ranges, in order.
    #[must_use]
    pub fn ranges(&self) -> &[DateRange] {
        &self.0
    }

    /// No date at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn items(&self) -> Vec<String> {
        let written = |range: &DateRange| match range.first == range.last {
            true => range.first.to_string(),
            false => format!("{}..{}", range.first, range.last),
        };
        self.0.iter().map(written).collect()
    }
}

/// A time of day to the minute, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime(i16);

/// Minutes of a day that no clock change makes longer or shorter.
const DAY_MINUTES: i16 = 24 * 60;

impl DayTime {
    /// The end of a day.
    pub const MIDNIGHT_AFTER: Self = Self(DAY_MINUTES);

    /// From hours and minutes; what no day has is `None`.
    #[must_use]
    pub fn new(hour: i16, minute: i16) -> Option<Self> {
        let fits = (0..60).contains(&minute) && (0..=24).contains(&hour);
        Some(Self(hour * 60 + minute)).filter(|time| fits && time.0 <= DAY_MINUTES)
    }

    /// Minutes since midnight by the clock on the wall, 0 to 1,440.
    #[must_use]
    pub const fn minutes(self) -> i16 {
        self.0
    }

    /// Milliseconds since midnight by the clock on the wall.
    #[must_use]
    pub fn ms(self) -> i64 {
        i64::from(self.0) * MINUTE_MS
    }
}

impl FromStr for DayTime {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Self, DayError> {
        let number = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let time = text
            .split_once(':')
            .and_then(|(hour, minute)| Self::new(number(hour)?, number(minute)?));
        time.map_or_else(|| refuse(text, TIME_SHAPE), Ok)
    }
}

impl TryFrom<String> for DayTime {
    type Error = DayError;
    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}

impl fmt::Display for DayTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> Self {
        time.to_string()
    }
}

/// The days on which a window starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// Days that fit all that is given; nothing given is every day.
    Pattern {
        /// Days of the week.
        weekdays: Option<Weekdays>,
        /// Days of the month.
        monthdays: Option<Monthdays>,
        /// Months.
        months: Option<Months>,
    },
    /// Named dates.
    Dates(Dates),
}

impl Days {
    /// Days of a pattern, or dates; none when both are given.
    #[must_use]
    pub fn of(
        weekdays: Option<&Weekdays>,
        monthdays: Option<&Monthdays>,
        months: Option<Months>,
        dates: Option<&Dates>,
    ) -> Option<Self> {
        let pattern = weekdays.is_some() || monthdays.is_some() || months.is_some();
        match dates {
            Some(_) if pattern => None,
            Some(dates) => Some(Self::Dates(dates.clone())),
            None => Some(Self::Pattern {
                weekdays: weekdays.cloned(),
                monthdays: monthdays.cloned(),
                months,
            }),
        }
    }

    /// Whether a window starts on that date.
    #[must_use]
    pub fn hold(&self, date: Date) -> bool {
        match self {
            Self::Pattern {
                weekdays,
                monthdays,
                months,
            } => {
                months.is_none_or(|months| months.hold(date))
                    && weekdays.as_ref().is_none_or(|days| days.hold(date))
                    && monthdays.as_ref().is_none_or(|days| days.hold(date))
            }
            Self::Dates(dates) => dates.hold(date),
        }
    }
}

impl fmt::Display for Days {
    /// As a file lists them, and nothing for every day: `mon..fri`, `1, 15, last`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = match self {
            Self::Pattern {
                weekdays,
                monthdays,
                months,
            } => vec![
                weekdays.as_ref().map(Weekdays::items),
                monthdays.as_ref().map(Monthdays::words),
                months.map(Months::items),
            ],
            Self::Dates(dates) => vec![Some(dates.items())],
        };
        let lists = lists.into_iter().flatten().map(|list| list.join(", "));
        f.write_str(&lists.collect::<Vec<_>>().join(" · "))
    }
}
