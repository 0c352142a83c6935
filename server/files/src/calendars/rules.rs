//! Rules by which events repeat (RFC 5545, 3.3.10), as far as they make dates.
//!
//! It looks at one day after another and asks whether the rule names it: some tens
//! of thousands of days at most, and no cleverness that could be wrong.

use super::{CalendarError, Line, When, when};
use domain::limits;
use jiff::civil::{Date, Weekday};

/// How often a rule's periods come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    every: Every,
    interval: i64,
    count: Option<usize>,
    /// The last time at which an occurrence may start.
    pub until: Option<When>,
    months: Vec<i8>,
    /// Days of the month; negative ones count from its end.
    month_days: Vec<i8>,
    /// Days of the week, and which of the month or year: 0 is every one.
    week_days: Vec<(Weekday, i16)>,
    week_starts: Weekday,
}

impl Rule {
    /// Reads a rule.
    pub fn parse(line: &Line) -> Result<Self, CalendarError> {
        let fail = |message: String| CalendarError::new(line, message);
        let mut rule = Self {
            every: Every::Year,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            week_days: Vec::new(),
            week_starts: Weekday::Monday,
        };
        let mut every = None;
        for part in line.value.split(';').filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(fail(format!("`{part}` is not NAME=VALUE")));
            };
            let wrong = || fail(format!("`{value}` cannot stand in {name}"));
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => {
                    every = Some(match value {
                        "DAILY" => Every::Day,
                        "WEEKLY" => Every::Week,
                        "MONTHLY" => Every::Month,
                        "YEARLY" => Every::Year,
                        _ => return Err(fail(format!("FREQ={value} makes no dates of its own"))),
                    });
                }
                "INTERVAL" => {
                    rule.interval = number(value, 1, 1_000).ok_or_else(wrong)?;
                }
                "COUNT" => rule.count = Some(value.parse().map_err(|_| wrong())?),
                "UNTIL" => rule.until = Some(when(line, value)?),
                "BYMONTH" => rule.months = numbers(value, 1, 12).ok_or_else(wrong)?,
                "BYMONTHDAY" => rule.month_days = numbers(value, -31, 31).ok_or_else(wrong)?,
                "BYDAY" => {
                    let days: Option<_> = value.split(',').map(week_day).collect();
                    rule.week_days = days.ok_or_else(wrong)?;
                }
                "WKST" => rule.week_starts = week_day(value).ok_or_else(wrong)?.0,
                _ => {
                    let known = "FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY and WKST";
                    return Err(fail(format!("{name} is not understood; {known} are")));
                }
            }
        }
        rule.every = every.ok_or_else(|| fail("this rule has no FREQ".into()))?;
        let counted = rule.week_days.iter().any(|(_, nth)| *nth != 0);
        if counted && matches!(rule.every, Every::Day | Every::Week) {
            return Err(fail("a counted BYDAY needs FREQ=MONTHLY or YEARLY".into()));
        }
        Ok(rule)
    }

    /// The dates of a rule whose event first starts on a date, which is always one
    /// of them. A rule without end is followed for [`limits::CALENDAR_YEARS_MAX`].
    pub fn dates(&self, start: Date) -> impl Iterator<Item = Date> {
        let last_year = start.year().saturating_add(limits::CALENDAR_YEARS_MAX);
        let last_year = last_year.min(limits::SCHEDULE_YEAR_MAX);
        let days = std::iter::successors(Some(start), |date| date.tomorrow().ok());
        days.take_while(move |date| date.year() <= last_year)
            .filter(move |date| *date == start || self.names(start, *date))
            .take(self.count.unwrap_or(usize::MAX))
    }

    fn names(&self, start: Date, date: Date) -> bool {
        let in_month = self.months.is_empty() || self.months.contains(&date.month());
        let on_month_day = self.month_days.iter().any(|day| match day {
            1.. => *day == date.day(),
            _ => date.days_in_month() + 1 + day == date.day(),
        });
        if !in_month || (!self.month_days.is_empty() && !on_month_day) {
            return false;
        }
        let on_week_day = self.week_days.iter().any(|(day, nth)| {
            *day == date.weekday() && (*nth == 0 || self.nth(date).contains(nth))
        });
        if !self.week_days.is_empty() && !on_week_day {
            return false;
        }
        let free = self.month_days.is_empty() && self.week_days.is_empty();
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        let (passed, same_day) = match self.every {
            Every::Day => (days_between(start, date), true),
            Every::Week => {
                let weeks = days_between(self.week(start), self.week(date)) / 7;
                (weeks, date.weekday() == start.weekday())
            }
            Every::Month => (months(date) - months(start), date.day() == start.day()),
            Every::Year => {
                let same_month = !self.months.is_empty() || date.month() == start.month();
                let years = i64::from(date.year()) - i64::from(start.year());
                (years, same_month && date.day() == start.day())
            }
        };
        // Days that the rule does not name are those of the start.
        passed % self.interval == 0 && (!free || same_day)
    }

    /// Which of its weekday a date is, from the front and from the back: of its year
    /// in a yearly rule that names no months, else of its month.
    fn nth(&self, date: Date) -> [i16; 2] {
        let in_year = self.every == Every::Year && self.months.is_empty();
        let (day, days) = match in_year {
            true => (date.day_of_year(), date.days_in_year()),
            false => (i16::from(date.day()), i16::from(date.days_in_month())),
        };
        [(day - 1) / 7 + 1, -((days - day) / 7 + 1)]
    }

    /// The first day of a date's week.
    fn week(&self, date: Date) -> Date {
        let mut day = date;
        while day.weekday() != self.week_starts {
            day = match day.yesterday() {
                Ok(before) => before,
                Err(_) => return day,
            };
        }
        day
    }
}

fn days_between(first: Date, last: Date) -> i64 {
    first
        .until(last)
        .map_or(0, |span| i64::from(span.get_days()))
}

fn number<T: TryFrom<i64>>(text: &str, least: i64, most: i64) -> Option<T> {
    let number = text
        .parse()
        .ok()
        .filter(|n| (least..=most).contains(n) && *n != 0);
    number.and_then(|number| T::try_from(number).ok())
}

fn numbers(text: &str, least: i64, most: i64) -> Option<Vec<i8>> {
    text.split(',')
        .map(|item| number(item, least, most))
        .collect()
}

/// `MO`, `1MO`, `-1FR`.
fn week_day(text: &str) -> Option<(Weekday, i16)> {
    let at = text
        .len()
        .checked_sub(2)
        .filter(|at| text.is_char_boundary(*at))?;
    let (nth, day) = text.split_at(at);
    let day = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    match nth {
        "" => Some((day, 0)),
        nth => number(nth, -53, 53).map(|nth| (day, nth)),
    }
}
