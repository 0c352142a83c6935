//! The dialect of Application Auto Scaling: `cron(m h dom mon dow year)`,
//! `rate(n unit)` and `at(yyyy-mm-ddThh:mm:ss)`.
//!
//! Wildcards as EventBridge documents them for the same expressions: `, - * /`
//! everywhere, `?` and `L` in both days, `W` in day-of-month, `#` in day-of-week,
//! whose numbers run from 1 = Sunday. Of the two days exactly one is `?`.

use super::{
    Form,
    calendar::{Calendar, Days, MonthDays, WeekDays},
    field::{Field, MONTHS, WEEKDAYS, bits, digits},
};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use jiff::civil::DateTime;

const fn field(name: &'static str, least: u16, most: u16, names: &'static [&'static str]) -> Field {
    Field {
        name,
        least,
        most,
        names,
        step_after_number: true,
    }
}

const MINUTE: Field = field("minute", 0, 59, &[]);
const HOUR: Field = field("hour", 0, 23, &[]);
const MONTH_DAY: Field = field("day-of-month", 1, 31, &[]);
const MONTH: Field = field("month", 1, 12, &MONTHS);
const WEEKDAY: Field = field("day-of-week", 1, 7, &WEEKDAYS);
const YEAR: Field = field("year", 1970, 2199, &[]);

pub(super) fn parse(expression: &str) -> Result<Form, String> {
    let expression = expression.trim();
    let inside = |word: &str| {
        let rest = expression.strip_prefix(word)?.strip_prefix('(')?;
        rest.strip_suffix(')')
    };
    if let Some(fields) = inside("cron") {
        return cron(fields).map(Form::Calendar);
    }
    if let Some(rate) = inside("rate") {
        return parse_rate(rate).map(|every_ms| Form::Rate { every_ms });
    }
    if let Some(at) = inside("at") {
        return parse_at(at).map(Form::At);
    }
    Err("a service takes cron(0 9 * * ? *), rate(5 minutes) or at(2026-03-01T09:00:00)".into())
}

fn cron(fields: &str) -> Result<Calendar, String> {
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let &[minute, hour, month_day, month, weekday, year] = fields.as_slice() else {
        return Err(format!(
            "it has {} fields; cron(…) takes six: minute hour day-of-month month day-of-week year",
            fields.len()
        ));
    };
    let days = match (month_day, weekday) {
        ("?", "?") => return Err("only one of day-of-month and day-of-week may be ?".into()),
        ("?", weekday) => Days {
            month: MonthDays::every(),
            week: week_days(weekday)?,
            either: false,
        },
        (month_day, "?") => Days {
            month: month_days(month_day)?,
            week: WeekDays::every(),
            either: false,
        },
        _ => return Err("one of day-of-month and day-of-week must be ?".into()),
    };
    let years = match year {
        "*" => None,
        _ => Some(YEAR.parse(year)?),
    };
    Ok(Calendar::new(
        &HOUR.parse(hour)?,
        &MINUTE.parse(minute)?,
        bits(&MONTH.parse(month)?),
        years,
        days,
    ))
}

/// `L` is the month's last day, `LW` its last working day, `15W` the working
/// day nearest to the 15th.
fn month_days(text: &str) -> Result<MonthDays, String> {
    let mut days = MonthDays::of(0);
    for item in text.split(',') {
        if item == "L" {
            days.last = true;
        } else if item == "LW" {
            days.last_working = true;
        } else if let Some(day) = item.strip_suffix('W') {
            days.nearest |= bits(&[MONTH_DAY.number(day)?]);
        } else {
            days.days |= bits(&MONTH_DAY.parse(item)?);
        }
    }
    Ok(days)
}

/// `L` alone is Saturday, `6L` the month's last Friday, `6#2` its second.
fn week_days(text: &str) -> Result<WeekDays, String> {
    // Numbers here run from 1 = Sunday, bits from 0.
    let from_sunday = |number: u16| number - WEEKDAY.least;
    let mut days = WeekDays::of(0);
    for item in text.split(',') {
        if item == "L" {
            days.days |= bits(&[from_sunday(WEEKDAY.most)]);
        } else if let Some((day, nth)) = item.split_once('#') {
            let nth = digits(nth)
                .filter(|nth| (1..=5).contains(nth))
                .ok_or("after # stands 1 to 5: a month has no sixth week")?;
            days.nth[usize::from(nth - 1)] |= bits(&[from_sunday(WEEKDAY.number(day)?)]);
        } else if let Some(day) = item.strip_suffix('L') {
            days.last |= bits(&[from_sunday(WEEKDAY.number(day)?)]);
        } else {
            days.days |= bits(&WEEKDAY.parse(item)?) >> WEEKDAY.least;
        }
    }
    Ok(days)
}

/// Milliseconds between two runs.
fn parse_rate(text: &str) -> Result<i64, String> {
    let shape = "a rate is a number and a unit: 5 minutes, 1 hour, 2 days";
    let (number, unit) = text.split_once(' ').ok_or(shape)?;
    let number = digits(number).filter(|number| *number > 0).ok_or(shape)?;
    let one_ms = match unit.strip_suffix('s').unwrap_or(unit) {
        "minute" => MINUTE_MS,
        "hour" => HOUR_MS,
        "day" => DAY_MS,
        _ => return Err(shape.into()),
    };
    if unit.ends_with('s') == (number == 1) {
        return Err("the unit of 1 is singular and of any other number plural".into());
    }
    Ok(i64::from(number) * one_ms)
}

fn parse_at(text: &str) -> Result<DateTime, String> {
    DateTime::strptime("%Y-%m-%dT%H:%M:%S", text)
        .ok()
        .filter(|at| at.strftime("%Y-%m-%dT%H:%M:%S").to_string() == text)
        .ok_or_else(|| "a one-time schedule is written at(2026-03-01T09:00:00)".into())
}
