//! Days against a table of expressions of other schedulers, and against calendars.

use super::super::{Dates, DayTime, Monthdays, Months, Weekdays};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Which expressions other programs take and refuse.
const EXPRESSIONS: &str = include_str!("../../../tests/cases/expression_validity.tsv");

/// An expression of theirs in our words; none where ours has no such thing: every
/// one (`*`, `?`, leave the field out), steps, and numbers of weekdays, which start
/// at another day in every program.
fn ours(field: &str, item: &str) -> Option<String> {
    let item = item.trim();
    let number = item.starts_with(|c: char| c.is_ascii_digit());
    if item.contains(['*', '?', '/']) || (field == "weekdays" && (number || item == "L")) {
        return None;
    }
    let item = item.replacen('-', "..", 1);
    Some(match (field, item.strip_suffix('L')) {
        ("monthdays", Some(before)) => format!("{before}last"),
        ("weekdays", Some(day)) => format!("{day}#last"),
        _ => item,
    })
}

#[test]
fn what_others_take_in_our_words_is_taken_and_what_they_refuse_is_refused() {
    let mut counts = (0, 0, 0);
    for row in EXPRESSIONS.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let &[field, expression, expected] = cells.as_slice() else {
            panic!("{row}");
        };
        let items: Option<Vec<String>> = expression
            .split(',')
            .map(|item| ours(field, item))
            .collect();
        let Some(items) = items else {
            assert_eq!(expected, "valid", "{row}");
            counts.2 += 1;
            continue;
        };
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let read = match field {
            "weekdays" => Weekdays::parse(&items).map(|_| ()),
            "monthdays" => Monthdays::parse(&items).map(|_| ()),
            "months" => Months::parse(&items).map(|_| ()),
            field => panic!("{field}"),
        };
        assert_eq!(read.is_ok(), expected == "valid", "{row}: {read:?}");
        match read {
            Ok(()) => counts.0 += 1,
            Err(_) => counts.1 += 1,
        }
    }
    assert_eq!(counts, (27, 17, 24), "taken, refused, without our words");
}

/// Reads a list and writes it again.
fn written<T: serde::de::DeserializeOwned + serde::Serialize>(
    list: Value,
) -> Result<Value, String> {
    let read: T = serde_json::from_value(list).map_err(|error| error.to_string())?;
    serde_json::to_value(read).map_err(|error| error.to_string())
}

#[test]
fn lists_that_mean_the_same_days_are_written_the_same() {
    for (list, expected) in [
        (
            json!(["fri", "MON", "tuesday", "wed", "thu", "mon"]),
            json!(["mon..fri"]),
        ),
        (json!(["sat..mon"]), json!(["sat..mon"])),
        (
            json!(["sun", "sat", "mon", "wed"]),
            json!(["wed", "sat..mon"]),
        ),
        (json!(["sat", "sun"]), json!(["sat", "sun"])),
        (json!(["mon..sun"]), json!(["mon..sun"])),
        (
            json!(["fri#LAST", "mon#1", "mon#3"]),
            json!(["mon#1", "mon#3", "fri#last"]),
        ),
    ] {
        assert_eq!(written::<Weekdays>(list), Ok(expected));
    }
    for (list, expected) in [
        (
            json!([15, "1", "last", "15w", 2, 3]),
            json!(["1..3", 15, "15w", "last"]),
        ),
        (json!(["20..last"]), json!(["20..31"])),
    ] {
        assert_eq!(written::<Monthdays>(list), Ok(expected));
    }
    for (list, expected) in [
        (json!(["dec", "jan..mar"]), json!(["dec..mar"])),
        (json!([1, "6..7"]), json!(["jan", "jun", "jul"])),
        (json!(["jan..dec"]), json!(["jan..dec"])),
    ] {
        assert_eq!(written::<Months>(list), Ok(expected));
    }
    let dates = json!([
        "2026-12-31..2027-01-02",
        "2026-12-24",
        "2027-01-03",
        "2026-12-24"
    ]);
    assert_eq!(
        written::<Dates>(dates),
        Ok(json!(["2026-12-24", "2026-12-31..2027-01-03"]))
    );
}

#[test]
fn what_names_no_day_is_refused_with_what_can_stand_there() {
    for (list, expected) in [
        (
            json!(["mon#0"]),
            "`mon#0` is not the first to fifth (mon#1 to mon#5) or last (mon#last) of a month",
        ),
        (
            json!([]),
            "`[]` is not a day of the week such as mon, mon..fri, mon#1 or fri#last; leave the field out for every day",
        ),
        (
            json!([1]),
            "`1` is not a day of the week such as mon, mon..fri, mon#1 or fri#last; leave the field out for every day",
        ),
    ] {
        assert_eq!(written::<Weekdays>(list), Err(expected.to_owned()));
    }
    for bad in [
        json!(["2026-02-29"]),
        json!(["20261224"]),
        json!(["1999-12-31"]),
        json!(["2027-01-02..2026-12-31"]),
    ] {
        assert!(written::<Dates>(bad.clone()).is_err(), "{bad}");
    }
    for bad in ["8:00", "08:60", "24:01", "25:00", "08:00:00", "+8:00", ""] {
        assert!(bad.parse::<DayTime>().is_err(), "{bad}");
    }
    assert_eq!("24:00".parse(), Ok(DayTime::MIDNIGHT_AFTER));
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

#[test]
fn the_nearest_working_day_stays_inside_the_month() {
    for (item, expected) in [
        // A Saturday, a Sunday, the first and the last of a month.
        ("15w", "2026-08-14"),
        ("15w", "2026-03-16"),
        ("1w", "2026-08-03"),
        ("31w", "2026-05-29"),
        ("28w", "2026-02-27"),
    ] {
        let days = Monthdays::parse(&[item]).expect(item);
        let month = date(expected).first_of_month();
        let held: Vec<Date> = month
            .series(jiff::Span::new().days(1))
            .take_while(|day| day.month() == month.month())
            .filter(|day| days.hold(*day))
            .collect();
        assert_eq!(held, [date(expected)], "{item}");
    }
    let none = Monthdays::parse(&["31w"]).expect("31w");
    assert!(!(1..=30).any(|day| none.hold(Date::constant(2026, 6, day))));
}
