//! Schedules as people meet them: days, clocks that change, rules that go before
//! others, and what is noted.

mod adopt;
mod days;

use super::*;
use crate::{
    i18n::{Lang, schedules as words},
    time::{DAY_MS, Zone},
};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn schedule(zone: &str, rest: Value) -> Schedule {
    let mut written = json!({
        "name": "office",
        "timezone": zone,
        "targets": [{"asg": "web"}],
        "base": {"min": 0, "desired": 0, "max": 0},
    });
    for (key, value) in rest.as_object().expect("a map") {
        written[key] = value.clone();
    }
    serde_json::from_value(written).expect("a schedule")
}

fn window(name: &str, from: &str, to: &str, count: u32) -> Value {
    let capacity = json!({"min": count, "desired": count, "max": count});
    json!({"name": name, "from": from, "to": to, "capacity": capacity})
}

/// The changes in a range, as `local time rule`.
fn check(schedule: &Schedule, from: &str, until: &str, expected: &[&str]) {
    let zones = Zones::named_by(schedule).expect("zones");
    let timetable = Timetable::new(schedule, &zones).expect("zones");
    let told: Vec<String> = timetable
        .timeline(at(from), at(until))
        .iter()
        .map(|change| {
            let local = timetable.zone().rfc_3339(change.at);
            format!("{local} {}", change.rule.text(schedule))
        })
        .collect();
    assert_eq!(told, expected);
}

/// The notes of a range, as `kind at message`.
fn check_notes(schedule: &Schedule, from: &str, days: i64, lang: Lang, expected: &[&str]) {
    let zones = Zones::named_by(schedule).expect("zones");
    let timetable = Timetable::new(schedule, &zones).expect("zones");
    let outlook = timetable.outlook(at(from), at(from).plus_ms(days * DAY_MS));
    let told: Vec<String> = outlook
        .notes
        .iter()
        .map(|note| {
            let message = words::note(lang, &timetable, note);
            format!("{} {} {message}", note.kind.as_str(), note.at)
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_starts() {
    let mut night = window("night", "22:00", "06:00", 1);
    night["days"] = json!(["fri"]);
    let schedule = schedule("Asia/Seoul", json!({"windows": [night]}));
    check(
        &schedule,
        "2026-03-06T00:00:00+09:00",
        "2026-03-09T00:00:00+09:00",
        &[
            "2026-03-06T00:00:00+09:00 base",
            "2026-03-06T22:00:00+09:00 window:night",
            "2026-03-07T06:00:00+09:00 base",
        ],
    );
}

#[test]
fn windows_that_meet_leave_nothing_between_them() {
    let windows = json!([window("day", "00:00", "24:00", 1)]);
    let whole = schedule("Asia/Seoul", json!({"windows": windows}));
    let (from, until) = ("2026-03-06T05:00:00+09:00", "2026-03-12T00:00:00+09:00");
    check(
        &whole,
        from,
        until,
        &["2026-03-06T05:00:00+09:00 window:day"],
    );
    let windows = json!([
        window("a", "08:00", "20:00", 1),
        window("b", "20:00", "08:00", 2)
    ]);
    let two = schedule("Asia/Seoul", json!({"windows": windows}));
    check(
        &two,
        from,
        "2026-03-07T09:00:00+09:00",
        &[
            "2026-03-06T05:00:00+09:00 window:b",
            "2026-03-06T08:00:00+09:00 window:a",
            "2026-03-06T20:00:00+09:00 window:b",
            "2026-03-07T08:00:00+09:00 window:a",
        ],
    );
}

#[test]
fn a_skipped_time_is_the_end_of_the_gap_and_a_doubled_one_the_first() {
    let windows = json!([
        window("early", "02:30", "04:00", 1),
        window("gone", "02:00", "03:00", 2)
    ]);
    let spring = schedule("America/New_York", json!({"windows": windows}));
    let (from, until) = ("2026-03-08T00:00:00-05:00", "2026-03-08T12:00:00-04:00");
    check(
        &spring,
        from,
        until,
        &[
            "2026-03-08T00:00:00-05:00 base",
            "2026-03-08T03:00:00-04:00 window:early",
            "2026-03-08T04:00:00-04:00 base",
        ],
    );
    let autumn = schedule(
        "America/New_York",
        json!({"windows": [window("w", "01:30", "01:45", 1)]}),
    );
    check(
        &autumn,
        "2026-11-01T00:00:00-04:00",
        "2026-11-01T12:00:00-05:00",
        &[
            "2026-11-01T00:00:00-04:00 base",
            "2026-11-01T01:30:00-04:00 window:w",
            "2026-11-01T01:45:00-04:00 base",
        ],
    );
}

#[test]
fn overrides_go_before_exceptions_before_windows_before_the_base() {
    let capacity = |count: u32| json!({"min": count, "desired": count, "max": count});
    let over = |from: &str, until: &str, count| json!({"from": from, "until": until, "capacity": capacity(count), "reason": "sale"});
    let schedule = schedule(
        "Asia/Seoul",
        json!({
            "windows": [window("day", "08:00", "20:00", 1), window("night", "18:00", "02:00", 2)],
            "exceptions": [
                {"dates": ["2026-12-25"], "use": "base"},
                {"dates": ["2026-12-26"], "use": "day"},
            ],
            "overrides": [
                over("2026-12-24T10:00:00+09:00", "2026-12-24T12:00:00+09:00", 8),
                over("2026-12-24T11:00:00+09:00", "2026-12-24T13:00:00+09:00", 9),
                over("2026-12-25T10:00:00+09:00", "2026-12-25T11:00:00+09:00", 7),
            ],
        }),
    );
    check(
        &schedule,
        "2026-12-24T00:00:00+09:00",
        "2026-12-27T10:00:00+09:00",
        &[
            "2026-12-24T00:00:00+09:00 window:night",
            "2026-12-24T02:00:00+09:00 base",
            "2026-12-24T08:00:00+09:00 window:day",
            "2026-12-24T10:00:00+09:00 override:0",
            "2026-12-24T11:00:00+09:00 override:1",
            "2026-12-24T13:00:00+09:00 window:day",
            "2026-12-24T18:00:00+09:00 window:night",
            // The night's tail gives way to the day of the exception.
            "2026-12-25T00:00:00+09:00 exception:0",
            "2026-12-25T10:00:00+09:00 override:2",
            "2026-12-25T11:00:00+09:00 exception:0",
            "2026-12-26T00:00:00+09:00 exception:1",
            // The night of the 26th did not start, so it has no tail.
            "2026-12-27T00:00:00+09:00 base",
            "2026-12-27T08:00:00+09:00 window:day",
        ],
    );
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    let min = |text| {
        serde_json::to_value(timetable.capacity_at(at(text)).1).expect("json")["min"].clone()
    };
    assert_eq!(min("2026-12-25T09:00:00+09:00"), 0);
    assert_eq!(
        min("2026-12-26T03:00:00+09:00"),
        1,
        "the day's capacity, all day long"
    );
}

#[test]
fn an_exception_names_the_local_date_of_each_windows_own_clock() {
    let mut york = window("york", "09:00", "17:00", 1);
    york["timezone"] = json!("America/New_York");
    let schedule = schedule(
        "Asia/Seoul",
        json!({"windows": [york], "exceptions": [{"dates": ["2026-12-25"], "use": "base"}]}),
    );
    check(
        &schedule,
        "2026-12-24T12:00:00+09:00",
        "2026-12-27T00:00:00+09:00",
        &[
            "2026-12-24T12:00:00+09:00 base",
            // The 24th in New York, until Seoul's 25th begins.
            "2026-12-24T23:00:00+09:00 window:york",
            "2026-12-25T00:00:00+09:00 exception:0",
            // The 25th in New York, which Seoul's exception names too.
            "2026-12-26T00:00:00+09:00 base",
            "2026-12-26T23:00:00+09:00 window:york",
        ],
    );
}

#[test]
fn a_missing_field_is_the_bases() {
    let windows = json!([
        {"name": "w", "from": "08:00", "to": "20:00", "capacity": {"max": 9, "spot": {"on_demand_percent": 0}}},
    ]);
    let base = json!({
        "min": 1, "desired": 2, "max": 3, "spot": {"on_demand_base": 1, "on_demand_percent": 100},
    });
    let schedule = schedule("UTC", json!({"base": base, "windows": windows}));
    let spot = json!({"on_demand_base": 1, "on_demand_percent": 0});
    assert_eq!(
        serde_json::to_value(schedule.windows()[0].level).expect("json"),
        json!({"min": 1, "desired": 2, "max": 9, "spot": spot}),
    );
}

#[test]
fn the_next_changes_are_found_however_far() {
    let mut leap = window("leap", "00:00", "12:00", 1);
    leap["dates"] = json!(["2028-02-29"]);
    let schedule = schedule("UTC", json!({"windows": [leap]}));
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    let next = timetable.next(at("2026-01-01T00:00:00Z"), 5);
    let next: Vec<_> = next
        .iter()
        .map(|change| (change.at.to_string(), change.rule))
        .collect();
    assert_eq!(
        next,
        [
            ("2028-02-29T00:00:00Z".to_owned(), Rule::Window(0)),
            ("2028-02-29T12:00:00Z".to_owned(), Rule::Base),
        ]
    );
}

#[test]
fn what_a_reader_would_not_expect_is_noted() {
    let windows = json!([
        window("early", "02:30", "04:00", 1),
        window("gone", "02:00", "03:00", 2),
        window("late", "03:30", "05:00", 3),
    ]);
    let spring = schedule("America/New_York", json!({"windows": windows}));
    check_notes(
        &spring,
        "2026-03-08T00:00:00-05:00",
        1,
        Lang::En,
        &[
            "dst-gap 2026-03-08T07:00:00Z Window “early”: 2026-03-08 02:30 does not exist, the \
             clock skips it. It starts at 2026-03-08 03:00.",
            "dst-gap 2026-03-08T07:00:00Z Window “gone”: 2026-03-08 02:00 does not exist, the \
             clock skips it. It starts at 2026-03-08 03:00.",
            "window-empty 2026-03-08T07:00:00Z Window “gone” is empty this day: the clock skips \
             all of it.",
            "overlap 2026-03-08T07:30:00Z Windows “early” and “late” are on at once, 1 × from \
             here; “late” wins, since it is later in the list.",
        ],
    );
    let autumn = schedule(
        "America/New_York",
        json!({"windows": [window("w", "00:30", "01:30", 1)]}),
    );
    check_notes(
        &autumn,
        "2026-11-01T00:00:00-04:00",
        1,
        Lang::Ko,
        &[
            "dst-fold 2026-11-01T05:30:00Z 구간 “w”: 2026-11-01 01:30이(가) 두 번 옵니다. 첫 번째인 \
           2026-11-01 01:30 (-04:00)에 끝납니다.",
        ],
    );
}

#[test]
fn what_comes_to_nothing_is_noted() {
    let capacity = json!({"min": 9, "desired": 9, "max": 9});
    let over = |from: &str, until: &str| json!({"from": from, "until": until, "capacity": capacity, "reason": "sale"});
    let mut never = window("never", "08:00", "09:00", 1);
    never["monthdays"] = json!([31]);
    never["months"] = json!(["feb"]);
    let schedule = schedule(
        "UTC",
        json!({
            "windows": [never, window("under", "10:00", "11:00", 1), window("over", "09:00", "12:00", 2)],
            "exceptions": [
                {"dates": ["2026-06-03"], "use": "over"},
                {"dates": ["2025-06-03"], "use": "base"},
            ],
            "overrides": [
                over("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z"),
                over("2026-06-05T00:00:00Z", "2026-06-06T00:00:00Z"),
                over("2026-06-05T12:00:00Z", "2026-06-07T00:00:00Z"),
            ],
        }),
    );
    check_notes(
        &schedule,
        "2026-06-01T00:00:00Z",
        10,
        Lang::En,
        &[
            "override-past 2026-05-02T00:00:00Z Override 0 was over at 2026-05-02 00:00; it can \
             be deleted.",
            "exception-idle 2026-06-01T00:00:00Z Exception 1 changes no capacity in these days.",
            "window-idle 2026-06-01T00:00:00Z Window “never” never starts in these days.",
            "window-hidden 2026-06-01T00:00:00Z Window “under” starts in these days, but \
             something else always goes before it.",
            "overlap 2026-06-01T10:00:00Z Windows “under” and “over” are on at once, 9 × from \
             here; “over” wins, since it is later in the list.",
            "exception 2026-06-03T00:00:00Z Exception 0 keeps the capacity of window “over” all \
             day and replaces the start of a window 2 ×.",
            "override-overlap 2026-06-05T12:00:00Z Overrides 1 and 2 are on at once; 2 wins, \
             since it is later in the list.",
        ],
    );
}

#[test]
fn an_exception_that_cuts_a_night_or_adds_a_day_is_not_idle() {
    let mut night = window("night", "22:00", "06:00", 1);
    night["days"] = json!(["fri"]);
    let mut day = window("day", "08:00", "20:00", 2);
    day["days"] = json!(["mon..fri"]);
    let saturday = |instead: &str| {
        let exceptions = json!([{"dates": ["2026-03-07"], "use": instead}]);
        schedule(
            "Asia/Seoul",
            json!({"windows": [night, day], "exceptions": exceptions}),
        )
    };
    let friday = "2026-03-06T00:00:00+09:00";
    // The night's tail is cut at midnight.
    check_notes(&saturday("base"), friday, 3, Lang::En, &[]);
    // After that tail Saturday has no window that could be replaced.
    check_notes(
        &saturday("base"),
        "2026-03-07T06:00:00+09:00",
        2,
        Lang::En,
        &[
            "exception-idle 2026-03-06T21:00:00Z Exception 0 changes no capacity in these days.",
            "window-idle 2026-03-06T21:00:00Z Window “night” never starts in these days.",
            "window-idle 2026-03-06T21:00:00Z Window “day” never starts in these days.",
        ],
    );
    check_notes(&saturday("day"), friday, 3, Lang::En, &[]);
}

#[test]
fn a_preview_is_read_back_as_it_was_printed() {
    for (target, base) in [
        (
            json!({"asg": "web"}),
            json!({"min": 1, "desired": 2, "max": 3}),
        ),
        (
            json!({"asg": "web"}),
            json!({"min": 1, "desired": 2, "max": 3, "spot": {"on_demand_base": 1, "on_demand_percent": 50}}),
        ),
        (json!({"ecs": "main/api"}), json!({"min": 1, "max": 3})),
        (json!({"rds_cluster": "shop"}), json!({"state": "stopped"})),
    ] {
        let schedule = schedule("UTC", json!({"targets": [target], "base": base}));
        let zones = Zones::named_by(&schedule).expect("zones");
        let timetable = Timetable::new(&schedule, &zones).expect("zones");
        let first = jiff::civil::Date::constant(2026, 3, 1);
        let printed = preview(&timetable, first, 2, Lang::En);
        let json = serde_json::to_value(&printed).expect("json");
        assert_eq!(json["transitions"][0]["capacity"], base);
        assert_eq!(
            serde_json::from_value::<Preview>(json).expect("a preview"),
            printed
        );
    }
}

#[test]
fn parts_that_do_not_fit_each_other_are_no_schedule() {
    let whole = json!({
        "name": "office",
        "timezone": "UTC",
        "targets": [{"asg": "web"}],
        "base": {"min": 0, "desired": 0, "max": 0},
        "windows": [window("day", "08:00", "20:00", 1)],
        "exceptions": [{"dates": ["2026-12-25"], "use": "day"}],
    });
    for (pointer, value, expected) in [
        (
            "/targets",
            json!([]),
            "a schedule needs at least one target",
        ),
        (
            "/targets",
            json!([{"asg": "a"}, {"asg": "a"}]),
            "target a is named twice",
        ),
        ("/base/max", json!(5_001), "`max` is at most 5000"),
        (
            "/windows/0/from",
            json!("24:00"),
            "a window cannot start at 24:00; write 00:00 of the next day",
        ),
        (
            "/windows/0/capacity",
            json!({"spot": {"on_demand_base": 1}}),
            "the base has no `spot`; write it there too, or the group would not return to it",
        ),
        (
            "/exceptions/0",
            json!({"use": "day"}),
            "an exception needs `dates`, a `calendar`, or both",
        ),
        (
            "/windows/0/name",
            json!("base"),
            "`base` cannot be the name of a window; it is 1 to 64 of \
         letters, digits, -, _ and ., and not `base`",
        ),
        (
            "/name",
            json!("Office"),
            "`Office` cannot be the name of a schedule; it is 1 to 64 of \
         a-z, 0-9 and -",
        ),
    ] {
        let mut written = whole.clone();
        *written.pointer_mut(pointer).expect(pointer) = value;
        let error = serde_json::from_value::<Schedule>(written).expect_err(pointer);
        assert_eq!(error.to_string(), expected);
    }
    serde_json::from_value::<Schedule>(whole).expect("a schedule");
}

#[test]
fn what_does_not_fit_is_told_in_the_readers_language() {
    let draft: ScheduleDraft = serde_json::from_value(json!({
        "name": "office",
        "timezone": "UTC",
        "targets": [{"ecs": "main/api"}],
        "base": {"min": 2, "max": 1},
    }))
    .expect("a draft");
    let error = Schedule::try_from(draft).expect_err("no order");
    assert_eq!(error.path, ["base"]);
    assert_eq!(words::problem(Lang::En, &error.problem), error.to_string());
    assert_eq!(
        words::problem(Lang::Ko, &error.problem),
        "min ≤ max가 성립하지 않습니다: 2–1 (쓰지 않은 값은 기본 용량에서 물려받습니다)"
    );
}

#[test]
fn a_schedule_without_the_rules_of_a_zone_is_not_evaluated() {
    let schedule = schedule("Asia/Seoul", json!({}));
    let zones = Zones::of([Zone::utc()]);
    let error = Timetable::new(&schedule, &zones).expect_err("no zone");
    assert_eq!(
        error.to_string(),
        "`Asia/Seoul` is not an IANA time zone name such as Asia/Seoul"
    );
    let travelled: Zones = serde_json::to_value(Zones::named_by(&schedule).expect("zones"))
        .and_then(serde_json::from_value)
        .expect("zones");
    assert!(Timetable::new(&schedule, &travelled).is_ok());
}
