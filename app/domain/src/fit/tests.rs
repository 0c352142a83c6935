//! What advice promises, by example and for random schedules and traffic.

use super::*;
use crate::schedules::{
    DayTime, Level, LevelChange, Schedule, Timetable, Weekdays, WindowName, Zones,
};
use serde_json::{Value, json};

/// Monday 2 March 2026, 00:00 in Seoul.
const MONDAY_MS: i64 = 1_772_377_200_000;
/// What one member gets in every quarter hour.
const CARRIED: u32 = 100;

fn schedule(base: &Value, windows: &Value) -> Schedule {
    let value = json!({
        "name": "fit", "timezone": "Asia/Seoul", "targets": [{ "asg": "web" }],
        "base": base, "windows": windows,
    });
    serde_json::from_value(value).expect("a schedule")
}

fn office(from: &str, to: &str) -> Schedule {
    schedule(
        &json!({ "min": 2, "desired": 2, "max": 9 }),
        &json!([{ "name": "day", "days": ["mon..fri"], "from": from, "to": to,
            "capacity": { "min": 6, "desired": 6 } }]),
    )
}

/// Four weeks before that Monday in which so many members were needed, by the hour of
/// the day and the day of the week.
fn traffic(members: impl Fn(usize, f64) -> u32) -> Traffic {
    let quarters = 28 * QUARTERS_A_DAY;
    let requests = (0..quarters).map(|place| {
        let day = place / QUARTERS_A_DAY % 7;
        let hour = (place % QUARTERS_A_DAY) as f64 / 4.0;
        Some(members(day, hour) * CARRIED)
    });
    Traffic {
        first: Timestamp::from_ms(MONDAY_MS - 28 * DAY_MS),
        requests: requests.collect(),
        per_member: vec![Some(CARRIED); quarters],
    }
}

fn advice_of(schedule: &Schedule, traffic: &Traffic) -> Result<Vec<Advice>, TooLittle> {
    let zones = Zones::named_by(schedule).expect("zones");
    let fit = compare(schedule, &zones, traffic, Timestamp::from_ms(MONDAY_MS));
    Ok(fit?.map(|fit| fit.advice).unwrap_or_default())
}

fn time(text: &str) -> DayTime {
    text.parse().expect("a time of day")
}

#[test]
fn a_window_that_starts_too_late_is_told_to_start_earlier() {
    let busy = |day: usize, hour: f64| match (day, hour) {
        (0..=4, hour) if (7.5..20.0).contains(&hour) => 6,
        _ => 2,
    };
    let found = advice_of(&office("08:00", "20:00"), &traffic(busy)).expect("advice");
    assert_eq!(
        found,
        [Advice {
            edit: Edit::Start {
                window: WindowName::new("day").expect("a name"),
                at: time("07:30"),
            },
            days: WeekPart::Every,
            minutes: 30,
            planned: 2,
            needed: 6,
            requests: 600,
        }]
    );
    assert_eq!(
        advice_of(&office("07:30", "20:00"), &traffic(busy)),
        Ok(vec![])
    );
    // One bad Monday is no reason; most of the days are.
    let mondays = |day: usize, hour: f64| busy(if day == 0 { 0 } else { 6 }, hour);
    assert_eq!(
        advice_of(&office("08:00", "20:00"), &traffic(mondays)),
        Ok(vec![])
    );
}

#[test]
fn a_window_that_ends_too_early_is_told_to_end_later() {
    let busy = |day: usize, hour: f64| match (day, hour) {
        (0..=4, hour) if (8.0..20.75).contains(&hour) => 6,
        _ => 2,
    };
    let found = advice_of(&office("08:00", "20:00"), &traffic(busy)).expect("advice");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0].edit, found[0].minutes),
        (
            &Edit::End {
                window: WindowName::new("day").expect("a name"),
                at: time("20:45"),
            },
            45
        )
    );
}

#[test]
fn a_minimum_that_nobody_uses_is_told_with_its_hours() {
    let always = schedule(&json!({ "min": 4, "desired": 4, "max": 9 }), &json!([]));
    let night = |_: usize, hour: f64| if (1.0..6.0).contains(&hour) { 1 } else { 4 };
    let found = advice_of(&always, &traffic(night)).expect("advice");
    let capacity = LevelChange {
        min: Some(1),
        desired: Some(1),
        max: Some(9),
        ..LevelChange::default()
    };
    let quiet = Advice {
        edit: Edit::Quiet {
            days: None,
            from: time("01:00"),
            to: time("06:00"),
            capacity,
        },
        days: WeekPart::Every,
        minutes: 300,
        planned: 4,
        needed: 1,
        requests: 100,
    };
    assert_eq!(found, std::slice::from_ref(&quiet));
    let edited = quiet.edit.of(&always).expect("a schedule");
    assert_eq!(advice_of(&edited, &traffic(night)), Ok(vec![]));
    // The name is taken now, and another is found.
    let again = quiet.edit.of(&edited).expect("a schedule");
    assert_eq!(again.windows()[1].name.as_str(), "quiet-2");

    let weekend = |day: usize, _: f64| if day > 4 { 2 } else { 4 };
    let found = advice_of(&always, &traffic(weekend)).expect("advice");
    let Edit::Quiet { days, from, to, .. } = &found[0].edit else {
        panic!("{found:?}");
    };
    assert_eq!(*days, Some(Weekdays::parse(&["sat", "sun"]).expect("days")));
    assert_eq!((*from, *to), (time("00:00"), DayTime::MIDNIGHT_AFTER));
}

#[test]
fn what_is_nothing_or_switched_stays_as_it_is() {
    let one = schedule(&json!({ "min": 1, "desired": 1, "max": 9 }), &json!([]));
    assert_eq!(advice_of(&one, &traffic(|_, _| 0)), Ok(vec![]));
    let machine = json!({
        "name": "fit", "timezone": "Asia/Seoul", "targets": [{ "rds": "orders" }],
        "base": { "state": "stopped" },
    });
    let machine = serde_json::from_value(machine).expect("a schedule");
    assert_eq!(advice_of(&machine, &traffic(|_, _| 9)), Ok(vec![]));
}

#[test]
fn too_little_gives_no_advice() {
    let mut short = traffic(|_, _| 4);
    let fourteen = 14 * QUARTERS_A_DAY;
    short.requests.truncate(fourteen);
    assert!(advice_of(&office("08:00", "20:00"), &short).is_ok());
    short.requests.truncate(fourteen - QUARTERS_A_DAY);
    let none = advice_of(&office("08:00", "20:00"), &short);
    assert_eq!(none, Err(TooLittle::Days(13)));
    let unknown = Traffic {
        per_member: vec![None; 28 * QUARTERS_A_DAY],
        ..traffic(|_, _| 4)
    };
    let none = advice_of(&office("08:00", "20:00"), &unknown);
    assert_eq!(none, Err(TooLittle::Carried));
    assert_eq!(Traffic::default().days(), 0);
}

#[test]
fn an_edit_travels_as_text() {
    let edit = Edit::Start {
        window: WindowName::new("day").expect("a name"),
        at: time("07:30"),
    };
    let text = serde_json::to_string(&edit).expect("json");
    assert_eq!(text, r#"{"start":{"window":"day","at":"07:30"}}"#);
    assert_eq!(serde_json::from_str::<Edit>(&text).expect("an edit"), edit);
    let gone = schedule(&json!({ "min": 1, "desired": 1, "max": 9 }), &json!([]));
    assert!(matches!(edit.of(&gone), Err(EditError::NoWindow(_))));
}

/// Whatever the schedule and the traffic: who follows an advice has nowhere fewer
/// members than it takes, unless it had fewer before; and advice that was followed is
/// not given again.
#[test]
fn who_follows_advice_never_has_too_little_where_there_was_enough() {
    const ROUNDS: u64 = 100;
    let mut given = 0;
    for seed in 0..ROUNDS {
        let mut state = seed;
        let mut below = |count: u64| {
            // SplitMix64, as in the compiler's tests.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)) % count
        };
        let level = |min: u64, more: u64| json!({ "min": min, "desired": min + more, "max": 30 });
        let mut windows = Vec::new();
        for index in 0..below(4) {
            let (from, to) = (below(96), below(96));
            let days = [
                json!(["mon..fri"]),
                json!(["sat", "sun"]),
                json!(["mon..sun"]),
            ];
            windows.push(json!({
                "name": format!("w{index}"),
                "days": days[usize::try_from(below(3)).expect("small")],
                "from": format!("{:02}:{:02}", from / 4, from % 4 * 15),
                "to": format!("{:02}:{:02}", to / 4, to % 4 * 15),
                "capacity": level(below(8), below(3)),
            }));
        }
        let base = level(below(8), below(3));
        let schedule = schedule(&base, &Value::Array(windows));
        let steps: Vec<u32> = (0..12)
            .map(|_| u32::try_from(below(10)).expect("small"))
            .collect();
        let traffic = traffic(|day, hour| {
            let step = (hour / 2.0) as usize;
            steps[(step + day / 5) % steps.len()]
        });
        let zones = Zones::named_by(&schedule).expect("zones");
        let zone = Zone::named("Asia/Seoul").expect("a zone");
        let week = Week::of(&traffic, &zone).expect("a week");
        for advice in advice_of(&schedule, &traffic).expect("advice") {
            given += 1;
            let edited = advice.edit.of(&schedule).expect("a schedule");
            let (before, after) = (
                Timetable::new(&schedule, &zones).expect("a timetable"),
                Timetable::new(&edited, &zones).expect("a timetable"),
            );
            let wanted = |timetable: &Timetable<'_>, at| match timetable.capacity_at(at).1 {
                Level::Group { capacity, .. } => capacity.desired,
                other => panic!("{other}"),
            };
            for quarter in 0..672 {
                let at = Timestamp::from_ms(MONDAY_MS + 7 * DAY_MS + quarter * QUARTER_MS);
                let (had, has) = (wanted(&before, at), wanted(&after, at));
                let needed = week.needed_at(&zone, at, CARRIED);
                assert!(
                    has >= had || has >= needed,
                    "seed {seed}, {advice:?} at {at}: {had} became {has}, {needed} needed"
                );
            }
            let again = advice_of(&edited, &traffic).expect("advice");
            assert!(!again.contains(&advice), "seed {seed}: {advice:?} again");
        }
    }
    assert!(given > ROUNDS / 4, "only {given} were given");
}
