//! The dialect of EC2 Auto Scaling: five fields as crontab(5).
//!
//! No nicknames, no `L`, `W`, `#` or `?`, no seconds and no years.

use super::{
    Form,
    calendar::{Calendar, Days, MonthDays, WeekDays},
    field::{Field, MONTHS, WEEKDAYS, bits},
};

const fn field(name: &'static str, least: u16, most: u16, names: &'static [&'static str]) -> Field {
    Field {
        name,
        least,
        most,
        names,
        step_after_number: false,
    }
}

const MINUTE: Field = field("minute", 0, 59, &[]);
const HOUR: Field = field("hour", 0, 23, &[]);
const MONTH_DAY: Field = field("day-of-month", 1, 31, &[]);
const MONTH: Field = field("month", 1, 12, &MONTHS);
/// Sunday is 0 and, as crontab(5) has it, also 7.
const WEEKDAY: Field = field("day-of-week", 0, 7, &WEEKDAYS);

pub(super) fn parse(expression: &str) -> Result<Form, String> {
    for word in ["cron(", "rate(", "at("] {
        if expression.trim_start().starts_with(word) {
            return Err(format!(
                "{word}…) belongs to Application Auto Scaling; a group takes five fields such as \
                 0 9 * * MON-FRI"
            ));
        }
    }
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let &[minute, hour, month_day, month, weekday] = fields.as_slice() else {
        return Err(format!(
            "it has {} fields; a group takes five: minute hour day-of-month month day-of-week",
            fields.len()
        ));
    };
    // crontab(5): a day field is restricted unless it starts with *. Two restricted
    // ones name the days that fit either, otherwise a day must fit both.
    let either = !month_day.starts_with('*') && !weekday.starts_with('*');
    let week = bits(&WEEKDAY.parse(weekday)?);
    Ok(Form::Calendar(Calendar::new(
        &HOUR.parse(hour)?,
        &MINUTE.parse(minute)?,
        bits(&MONTH.parse(month)?),
        None,
        Days {
            month: MonthDays::of(bits(&MONTH_DAY.parse(month_day)?)),
            week: WeekDays::of(week | week >> 7 & 1),
            either,
        },
    )))
}
