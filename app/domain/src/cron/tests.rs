//! Expressions against a table of what AWS takes, firings against documented
//! examples, and the day walk against a walk over every minute.

use super::*;
use crate::{
    capacity::CapacityChange,
    time::{HOUR_MS, MINUTE_MS},
};
use std::collections::BTreeSet;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn recurring(expression: &str, timezone: &str) -> ScheduledAction {
    action(Timing::Recurring {
        expression: expression.into(),
        timezone: timezone.into(),
        starts_at: None,
        ends_at: None,
    })
}

fn action(timing: Timing) -> ScheduledAction {
    ScheduledAction {
        name: "an-action".into(),
        timing,
        capacity: CapacityChange::default(),
        next_run_at: None,
    }
}

/// The first firings from an instant on, as the zone's clock shows them.
fn check(kind: TargetKind, expression: &str, zone: &str, from: &str, expected: &[&str]) {
    let until = at("2200-01-01T00:00:00Z");
    let fired = firings(kind, &recurring(expression, zone), at(from), until).expect(expression);
    let zone = Zone::named(zone).expect("a zone");
    let fired: Vec<_> = fired
        .iter()
        .take(expected.len())
        .map(|at| zone.minute_text(*at))
        .collect();
    assert_eq!(fired, expected, "{expression}");
}

const ASG: TargetKind = TargetKind::Asg;
const ECS: TargetKind = TargetKind::EcsService;

#[test]
fn each_kind_takes_its_own_dialect_only() {
    let mut rows = 0;
    for row in include_str!("validity.tsv").lines().skip(2) {
        let cells: Vec<_> = row.split('\t').collect();
        let &[kind, expression, expected, origin] = cells.as_slice() else {
            panic!("{row}: four columns");
        };
        let kind = TargetKind::parse(kind).expect("a kind");
        let read = Recurrence::parse(kind, expression);
        assert_eq!(
            read.is_ok(),
            expected == "ok",
            "{expression} ({origin}): {read:?}"
        );
        rows += 1;
    }
    assert!(rows > 90, "{rows} rows");
}

#[test]
fn an_error_names_the_field_and_what_it_holds() {
    for (kind, expression, part) in [
        (ASG, "0 25 * * *", "hour 25 does not exist; hour is 0–23"),
        (
            ASG,
            "0 9 * * FUN",
            "`FUN` cannot stand in the day-of-week field",
        ),
        (ASG, "0 9 * *", "it has 4 fields; a group takes five"),
        (
            ASG,
            "5/10 * * * *",
            "a step follows a range or *, as in */10",
        ),
        (
            ASG,
            "cron(0 9 * * ? *)",
            "belongs to Application Auto Scaling",
        ),
        (ECS, "cron(0 9 * * * *)", "must be ?"),
        (ECS, "0 9 * * *", "a service takes cron(0 9 * * ? *)"),
    ] {
        let error = Recurrence::parse(kind, expression).expect_err(expression);
        assert!(
            error.reason.contains(part),
            "{expression}: {}",
            error.reason
        );
        assert_eq!(error.expression, expression);
    }
    let long = "0 9 * * 1,".repeat(30);
    assert!(Recurrence::parse(ASG, &long).is_err());
    let nowhere = recurring("0 9 * * *", "Asia/Nowhere");
    let error = firings(
        ASG,
        &nowhere,
        at("2026-01-01T00:00:00Z"),
        at("2026-01-02T00:00:00Z"),
    );
    assert!(error.expect_err("no zone").reason.contains("Asia/Nowhere"));
}

#[test]
fn unix_cron_takes_days_that_fit_either_field() {
    let from = "2026-03-01T00:00:00Z";
    let days = ["2026-03-02 09:00", "2026-03-09 09:00", "2026-03-13 09:00"];
    check(ASG, "0 9 13 * MON", "UTC", from, &days);
    // A field that starts with * is not restricted: odd days that are Mondays.
    let days = ["2026-03-09 09:00", "2026-03-23 09:00", "2026-04-13 09:00"];
    check(ASG, "0 9 */2 * MON", "UTC", from, &days);
    let days = ["2026-03-01 09:00", "2026-03-08 09:00"];
    check(ASG, "0 9 * * 7", "UTC", from, &days);
    check(ASG, "0 9 * * 0", "UTC", from, &days);
    let leap = ["2028-02-29 00:00", "2032-02-29 00:00"];
    check(ASG, "0 0 29 2 *", "UTC", from, &leap);
    let never = recurring("0 0 31 2 *", "UTC");
    assert_eq!(next_firing(ASG, &never, at(from)), Ok(None));
}

#[test]
fn application_cron_knows_last_nearest_and_nth() {
    let from = "2026-01-01T00:00:00Z";
    for (expression, expected) in [
        (
            "cron(0 0 L * ? *)",
            ["2026-01-31 00:00", "2026-02-28 00:00", "2026-03-31 00:00"],
        ),
        // 31 January 2026 is a Saturday, 28 February too, 31 March a Tuesday.
        (
            "cron(0 0 LW * ? *)",
            ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-31 00:00"],
        ),
        // 15 February 2026 and 15 March 2026 are Sundays.
        (
            "cron(0 0 15W * ? *)",
            ["2026-01-15 00:00", "2026-02-16 00:00", "2026-03-16 00:00"],
        ),
        // 1 August 2026 is a Saturday: the working day stays in its month.
        (
            "cron(0 0 1W 8,9,10 ? *)",
            ["2026-08-03 00:00", "2026-09-01 00:00", "2026-10-01 00:00"],
        ),
        (
            "cron(0 0 31W * ? *)",
            ["2026-01-30 00:00", "2026-03-31 00:00", "2026-05-29 00:00"],
        ),
        (
            "cron(0 10 ? * 6L *)",
            ["2026-01-30 10:00", "2026-02-27 10:00", "2026-03-27 10:00"],
        ),
        (
            "cron(0 10 ? * 6#2 *)",
            ["2026-01-09 10:00", "2026-02-13 10:00", "2026-03-13 10:00"],
        ),
        (
            "cron(0 10 ? * MON#5 *)",
            ["2026-03-30 10:00", "2026-06-29 10:00", "2026-08-31 10:00"],
        ),
        (
            "cron(0 10 ? * L *)",
            ["2026-01-03 10:00", "2026-01-10 10:00", "2026-01-17 10:00"],
        ),
        (
            "cron(0 10 ? * 1 *)",
            ["2026-01-04 10:00", "2026-01-11 10:00", "2026-01-18 10:00"],
        ),
        (
            "cron(0 0 1 1 ? 2028,2030/2)",
            ["2028-01-01 00:00", "2030-01-01 00:00", "2032-01-01 00:00"],
        ),
        (
            "cron(50/5 23 * * ? *)",
            ["2026-01-01 23:50", "2026-01-01 23:55", "2026-01-02 23:50"],
        ),
    ] {
        check(ECS, expression, "UTC", from, &expected);
    }
}

#[test]
fn a_change_of_clock_skips_a_service_and_delays_a_group() {
    let spring = "2026-03-07T12:00:00Z";
    let zone = "America/New_York";
    check(
        ECS,
        "cron(30 2 * * ? *)",
        zone,
        spring,
        &["2026-03-09 02:30"],
    );
    let delayed = ["2026-03-08 03:00", "2026-03-09 02:30"];
    check(ASG, "30 2 * * *", zone, spring, &delayed);
    // Several that fall into the gap are one firing.
    let once = ["2026-03-08 01:50", "2026-03-08 03:00", "2026-03-08 03:10"];
    check(ASG, "*/10 1-3 * * *", zone, "2026-03-08T06:50:00Z", &once);
    // Lord Howe moves by half an hour.
    let half = ["2026-10-04 02:30", "2026-10-05 02:15"];
    check(
        ASG,
        "15 2 * * *",
        "Australia/Lord_Howe",
        "2026-10-03T12:00:00Z",
        &half,
    );
    // Samoa left out 30 December 2011.
    let date = ["2011-12-31 00:00", "2011-12-31 09:00"];
    check(
        ASG,
        "0 9 * * *",
        "Pacific/Apia",
        "2011-12-30T09:59:00Z",
        &date,
    );
    let day = ["2011-12-31 09:00"];
    check(
        ECS,
        "cron(0 9 * * ? *)",
        "Pacific/Apia",
        "2011-12-30T09:59:00Z",
        &day,
    );

    for (kind, expression) in [(ASG, "30 1 * * *"), (ECS, "cron(30 1 * * ? *)")] {
        let autumn = recurring(expression, zone);
        let from = at("2026-11-01T04:00:00Z");
        let fired = firings(kind, &autumn, from, from.plus_ms(36 * HOUR_MS));
        let first_of_two = at("2026-11-01T05:30:00Z");
        assert_eq!(fired, Ok(vec![first_of_two, at("2026-11-02T06:30:00Z")]));
    }
}

#[test]
fn a_start_is_a_firing_and_an_end_is_none() {
    let timing = |expression: &str| Timing::Recurring {
        expression: expression.into(),
        timezone: "Asia/Seoul".into(),
        starts_at: Some(at("2026-03-02T03:00:00Z")),
        ends_at: Some(at("2026-03-05T00:00:00Z")),
    };
    let expected = vec![
        at("2026-03-02T03:00:00Z"),
        at("2026-03-03T00:00:00Z"),
        at("2026-03-04T00:00:00Z"),
    ];
    for (kind, expression) in [(ASG, "0 9 * * *"), (ECS, "cron(0 9 * * ? *)")] {
        let action = action(timing(expression));
        let all = firings(
            kind,
            &action,
            at("2026-01-01T00:00:00Z"),
            at("2027-01-01T00:00:00Z"),
        );
        assert_eq!(all.as_ref(), Ok(&expected));
        let later = at("2026-03-02T03:00:00.001Z");
        let rest = firings(kind, &action, later, at("2027-01-01T00:00:00Z"));
        assert_eq!(rest.as_deref(), Ok(&expected[1..]));
        assert_eq!(
            next_firing(kind, &action, expected[0]),
            Ok(Some(expected[1]))
        );
        assert_eq!(next_firing(kind, &action, expected[2]), Ok(None));
    }
}

#[test]
fn a_rate_counts_elapsed_time_from_its_start() {
    let timing = |starts_at| {
        action(Timing::Recurring {
            expression: "rate(1 day)".into(),
            timezone: "America/New_York".into(),
            starts_at,
            ends_at: None,
        })
    };
    let start = at("2026-03-07T12:00:00Z");
    let fired = firings(
        ECS,
        &timing(Some(start)),
        start,
        start.plus_ms(49 * HOUR_MS),
    );
    // The clock changed in between; 24 hours are 24 hours.
    let expected = [0, 24, 48].map(|hours| start.plus_ms(hours * HOUR_MS));
    assert_eq!(fired.as_deref(), Ok(&expected[..]));
    assert_eq!(
        next_firing(ECS, &timing(Some(start)), start.plus_ms(24 * HOUR_MS - 1)),
        Ok(Some(expected[1]))
    );
    let unknown = next_firing(ECS, &timing(None), start).expect_err("no start");
    assert!(unknown.reason.contains("start time"));
}

#[test]
fn a_one_time_schedule_is_read_in_its_zone() {
    let once = recurring("at(2026-03-02T09:00:00)", "Asia/Seoul");
    let fired = next_firing(ECS, &once, at("2026-01-01T00:00:00Z"));
    assert_eq!(fired, Ok(Some(at("2026-03-02T00:00:00Z"))));
    let instant = at("2026-03-02T00:00:00Z");
    let once = action(Timing::Once { at: instant });
    let around = |from: Timestamp, until| firings(ASG, &once, from, until).expect("readable");
    assert_eq!(around(instant, instant.plus_ms(1)), [instant]);
    assert!(around(instant.plus_ms(-9), instant).is_empty());
    assert!(around(instant.plus_ms(1), instant.plus_ms(9)).is_empty());
}

#[test]
fn firings_are_bounded() {
    let every_minute = recurring("* * * * *", "UTC");
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2036-01-01T00:00:00Z"));
    let fired = firings(ASG, &every_minute, from, until).expect("readable");
    assert_eq!(fired.len(), limits::FIRINGS_MAX);
    assert_eq!(fired[1], from.plus_ms(MINUTE_MS));
}

/// A seeded generator (splitmix64), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % most
    }

    /// A field's text and the numbers it means, made together.
    fn field(&mut self, least: u64, most: u64, star: bool) -> (String, BTreeSet<u64>) {
        if star {
            return ("*".into(), (least..=most).collect());
        }
        let span = most - least;
        let step = 1 + self.below(span.min(20));
        if self.below(4) == 0 {
            let set = (least..=most).step_by(step as usize).collect();
            return (format!("*/{step}"), set);
        }
        let mut texts = Vec::new();
        let mut set = BTreeSet::new();
        for _ in 0..=self.below(3) {
            let first = least + self.below(span);
            let last = first + self.below(most - first + 1);
            match self.below(3) {
                0 => {
                    texts.push(first.to_string());
                    set.insert(first);
                }
                1 => {
                    texts.push(format!("{first}-{last}"));
                    set.extend(first..=last);
                }
                _ => {
                    texts.push(format!("{first}-{last}/{step}"));
                    set.extend((first..=last).step_by(step as usize));
                }
            }
        }
        (texts.join(","), set)
    }
}

/// One minute of a zone's clock.
struct Tick {
    at: Timestamp,
    /// The local times that this minute stands for in a group: its own, if it is
    /// the first of its name, and those that a gap has just skipped.
    group: Vec<DateTime>,
    /// And in a service.
    service: Vec<DateTime>,
}

/// Walks every minute of some days.
fn walk(zone: &Zone, from: Timestamp, days: i64) -> Vec<Tick> {
    use jiff::ToSpan;
    let mut seen = BTreeSet::new();
    let mut before = zone.civil(from.plus_ms(-MINUTE_MS));
    // What was already shown before the walk began cannot be the first of its name.
    for minutes in 1..=120 {
        seen.insert(zone.civil(from.plus_ms(-minutes * MINUTE_MS)));
    }
    let mut ticks = Vec::new();
    for minute in 0..days * 24 * 60 {
        let at = from.plus_ms(minute * MINUTE_MS);
        let now = zone.civil(at);
        let service = if seen.insert(now) {
            vec![now]
        } else {
            Vec::new()
        };
        let mut group = service.clone();
        let mut skipped = before.saturating_add(1.minute());
        while skipped < now {
            group.push(skipped);
            skipped = skipped.saturating_add(1.minute());
        }
        before = now;
        ticks.push(Tick { at, group, service });
    }
    ticks
}

#[test]
fn the_day_walk_agrees_with_a_walk_over_every_minute() {
    let mut walks = Vec::new();
    for (name, starts) in [
        (
            "Asia/Seoul",
            ["2026-02-25T00:00:00Z", "2026-12-28T00:00:00Z"],
        ),
        (
            "America/New_York",
            ["2026-03-03T00:00:00Z", "2026-10-28T00:00:00Z"],
        ),
        (
            "Australia/Lord_Howe",
            ["2026-03-31T00:00:00Z", "2026-09-29T00:00:00Z"],
        ),
    ] {
        let zone = Zone::named(name).expect("a zone");
        for start in starts {
            walks.push((name, walk(&zone, at(start), 9)));
        }
    }
    let mut dice = Dice(2026);
    let mut compared = 0;
    for round in 0..200 {
        let stars = dice.below(16);
        let (minute, minutes) = dice.field(0, 59, dice.0.is_multiple_of(8));
        let (hour, hours) = dice.field(0, 23, stars & 1 == 0);
        let (month_day, month_days) = dice.field(1, 31, stars & 2 == 0);
        let (month, months) = dice.field(1, 12, stars & 4 == 0);
        let (weekday, weekdays) = dice.field(0, 6, stars & 8 == 0);
        let either = !month_day.starts_with('*') && !weekday.starts_with('*');
        let time_fits = |local: &DateTime| {
            minutes.contains(&(local.minute() as u64))
                && hours.contains(&(local.hour() as u64))
                && months.contains(&(local.month() as u64))
        };
        let by_number = |local: &DateTime| month_days.contains(&(local.day() as u64));
        let by_name =
            |local: &DateTime| weekdays.contains(&(local.weekday().to_sunday_zero_offset() as u64));
        let group_fits = |local: &DateTime| {
            time_fits(local)
                && match either {
                    true => by_number(local) || by_name(local),
                    false => by_number(local) && by_name(local),
                }
        };
        let service_fits = |local: &DateTime| time_fits(local) && by_number(local);
        let group = format!("{minute} {hour} {month_day} {month} {weekday}");
        let service = format!("cron({minute} {hour} {month_day} {month} ? *)");
        for (zone, ticks) in &walks {
            let (first, last) = (&ticks[0], &ticks[ticks.len() - 1]);
            let end = last.at.plus_ms(MINUTE_MS);
            let fired = |kind, expression: &str| {
                let action = recurring(expression, zone);
                firings(kind, &action, first.at, end).expect(expression)
            };
            let walked = |fits: &dyn Fn(&Tick) -> bool| -> Vec<Timestamp> {
                let fitting = ticks.iter().filter(|tick| fits(tick)).map(|tick| tick.at);
                fitting.take(limits::FIRINGS_MAX).collect()
            };
            let expected = walked(&|tick| tick.group.iter().any(group_fits));
            assert_eq!(
                fired(ASG, &group),
                expected,
                "round {round}: {group} in {zone}"
            );
            compared += expected.len();
            let expected = walked(&|tick| tick.service.iter().any(service_fits));
            assert_eq!(
                fired(ECS, &service),
                expected,
                "round {round}: {service} in {zone}"
            );
            compared += expected.len();
        }
    }
    assert!(compared > 10_000, "only {compared} firings were compared");
}
