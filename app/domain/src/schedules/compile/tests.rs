//! What schedules become, object by object.

use super::*;
use crate::{
    aws_timing::ObjectKind,
    i18n::Lang,
    schedules::{Schedule, Zones, day_range},
};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn schedule(parts: &Value) -> Schedule {
    let mut whole = json!({
        "name": "office-hours",
        "timezone": "Asia/Seoul",
        "targets": [{"asg": "web-prod"}],
        "base": {"min": 0, "desired": 0, "max": 0},
    });
    for (key, value) in parts.as_object().expect("an object") {
        whole[key] = value.clone();
    }
    serde_json::from_value(whole).expect("a schedule")
}

fn compiled(parts: &Value, from: &str, days: i64) -> (Compiled, Verified) {
    let schedule = schedule(parts);
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    let (from, until) = (at(from), at(from).plus_ms(days * DAY_MS));
    let compiled = compile(&timetable, from, until);
    let verified = verify(&timetable, &compiled, from, until);
    (compiled, verified)
}

/// One line for each object: name, recurrence, start, end; an expected line may
/// leave out the beginning that all names share.
fn check(parts: &Value, from: &str, days: i64, expected: &[&str]) {
    let (compiled, verified) = compiled(parts, from, days);
    assert_eq!(compiled.refused, []);
    assert_eq!(verified.first_difference, None);
    let instant = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let lines: Vec<String> = compiled
        .objects
        .iter()
        .map(|object| {
            let name = object
                .name
                .split(['/', '.'])
                .skip(2)
                .collect::<Vec<_>>()
                .join(".");
            let recurrence = object.recurrence.as_deref().unwrap_or("-");
            let (start, end) = (instant(object.start), instant(object.end));
            format!(
                "{name} | {recurrence} | {} | {start} | {end}",
                object.timezone
            )
        })
        .collect();
    assert_eq!(lines, expected);
}

fn day(capacity: &Value) -> Value {
    json!({"name": "day", "days": ["mon..fri"], "from": "08:00", "to": "20:00", "capacity": capacity})
}

fn on() -> Value {
    json!({"min": 2, "desired": 2, "max": 6})
}

#[test]
fn a_week_is_two_recurrences_for_ever() {
    check(
        &json!({"windows": [day(&on())]}),
        "2026-11-21T00:00:00Z",
        60,
        &[
            "0800.mon-fri | 0 8 * * MON-FRI | Asia/Seoul | - | -",
            "2000.mon-fri | 0 20 * * MON-FRI | Asia/Seoul | - | -",
        ],
    );
}

#[test]
fn weekdays_of_several_windows_with_the_same_hours_are_one_recurrence() {
    let mut windows = Vec::new();
    for (name, days) in [
        ("a", json!(["mon", "wed"])),
        ("b", json!(["tue", "thu..fri"])),
    ] {
        let mut window = day(&on());
        window["name"] = json!(name);
        window["days"] = days;
        windows.push(window);
    }
    let expected = [
        "0800.mon-fri | 0 8 * * MON-FRI | Asia/Seoul | - | -",
        "2000.mon-fri | 0 20 * * MON-FRI | Asia/Seoul | - | -",
    ];
    check(
        &json!({"windows": windows}),
        "2026-11-21T00:00:00Z",
        60,
        &expected,
    );
    windows.reverse();
    check(
        &json!({"windows": windows}),
        "2026-11-21T00:00:00Z",
        60,
        &expected,
    );
}

#[test]
fn an_exception_cuts_recurrences_and_each_starts_on_one_of_its_own_firings() {
    check(
        &json!({
            "windows": [day(&on())],
            "exceptions": [{"dates": ["2026-12-25"], "use": "base"}],
        }),
        "2026-11-21T00:00:00Z",
        60,
        &[
            "0800.mon-fri | 0 8 * * MON-FRI | Asia/Seoul | - | 2026-12-24T11:00:00Z",
            "0800.mon-fri.from-20261228 | 0 8 * * MON-FRI | Asia/Seoul | 2026-12-27T23:00:00Z | -",
            "2000.mon-fri | 0 20 * * MON-FRI | Asia/Seoul | - | 2026-12-24T23:00:00Z",
            "2000.mon-fri.from-20261228 | 0 20 * * MON-FRI | Asia/Seoul | 2026-12-28T11:00:00Z | -",
        ],
    );
}

#[test]
fn an_override_is_two_one_time_actions_and_gives_way_to_none() {
    check(
        &json!({
            "windows": [day(&on())],
            "overrides": [{
                "from": "2026-12-01T09:00:00+09:00",
                "until": "2026-12-01T12:00:00+09:00",
                "capacity": {"min": 8, "desired": 8, "max": 12},
                "reason": "course registration",
            }],
        }),
        "2026-11-21T00:00:00Z",
        60,
        &[
            "0800.mon-fri | 0 8 * * MON-FRI | Asia/Seoul | - | -",
            "2000.mon-fri | 0 20 * * MON-FRI | Asia/Seoul | - | -",
            "once.20261201T0000Z | - | UTC | 2026-12-01T00:00:00Z | -",
            "once.20261201T0300Z | - | UTC | 2026-12-01T03:00:00Z | -",
        ],
    );
}

#[test]
fn where_windows_meet_one_action_carries_the_winner() {
    let mut night = day(&json!({"min": 1, "desired": 1, "max": 2}));
    night["name"] = json!("night");
    night["from"] = json!("20:00");
    night["to"] = json!("08:00");
    check(
        &json!({"windows": [day(&on()), night]}),
        "2026-11-21T00:00:00Z",
        60,
        &[
            "0800.mon-fri | 0 8 * * MON-FRI | Asia/Seoul | - | -",
            "0800.sat | 0 8 * * SAT | Asia/Seoul | - | -",
            "2000.mon-fri | 0 20 * * MON-FRI | Asia/Seoul | - | -",
        ],
    );
}

#[test]
fn a_time_that_the_clock_skips_or_repeats_is_cut_out_and_stands_in_utc() {
    let mut night = day(&on());
    night["days"] = json!(["sat..sun"]);
    night["from"] = json!("01:30");
    night["to"] = json!("02:30");
    check(
        &json!({"timezone": "America/New_York", "windows": [night]}),
        "2026-03-01T00:00:00Z",
        14,
        &[
            "0130.sun.sat | 30 1 * * SUN,SAT | America/New_York | - | -",
            "0230.sun.sat | 30 2 * * SUN,SAT | America/New_York | - | 2026-03-07T19:30:00Z",
            "0230.sun.sat.from-20260314 | 30 2 * * SUN,SAT | America/New_York | 2026-03-14T06:30:00Z | -",
            "once.20260308T0700Z | - | UTC | 2026-03-08T07:00:00Z | -",
        ],
    );
    check(
        &json!({"timezone": "America/New_York", "windows": [night]}),
        "2026-10-26T00:00:00Z",
        14,
        &[
            "0130.sun.sat.from-20261107 | 30 1 * * SUN,SAT | America/New_York | 2026-11-07T06:30:00Z | -",
            "0230.sun.sat | 30 2 * * SUN,SAT | America/New_York | - | -",
            // The one firing before the change is no recurrence.
            "once.20261031T0530Z | - | UTC | 2026-10-31T05:30:00Z | -",
            "once.20261101T0530Z | - | UTC | 2026-11-01T05:30:00Z | -",
        ],
    );
}

#[test]
fn counted_days_are_one_recurrence_where_the_service_can_count() {
    let mut first = day(&json!({"min": 2, "max": 4}));
    first["days"] = json!(["mon#1", "fri#last"]);
    let mut pay = day(&json!({"min": 3, "max": 9}));
    pay["name"] = json!("pay");
    pay["days"] = Value::Null;
    pay["monthdays"] = json!([15, "28w", "last"]);
    pay["to"] = json!("24:00");
    check(
        &json!({
            "targets": [{"ecs": "main/api"}],
            "base": {"min": 1, "max": 2},
            "windows": [first, pay],
        }),
        "2026-03-31T15:00:00Z",
        60,
        &[
            "0000.day1.16 | cron(0 0 1,16 * ? *) | Asia/Seoul | - | -",
            "0800.day-last | cron(0 8 L * ? *) | Asia/Seoul | - | -",
            "0800.day15 | cron(0 8 15 * ? *) | Asia/Seoul | - | -",
            "0800.day28w | cron(0 8 28W * ? *) | Asia/Seoul | - | -",
            "0800.fri-last | cron(0 8 ? * 6L *) | Asia/Seoul | - | -",
            "0800.mon1 | cron(0 8 ? * 2#1 *) | Asia/Seoul | - | -",
            "2000.fri-last | cron(0 20 ? * 6L *) | Asia/Seoul | - | -",
            "2000.mon1 | cron(0 20 ? * 2#1 *) | Asia/Seoul | - | -",
            // The morrow of a nearest working day has no name in any dialect.
            "once.20260428T1500Z | at(2026-04-28T15:00:00) | UTC | - | -",
            "once.20260528T1500Z | at(2026-05-28T15:00:00) | UTC | - | -",
        ],
    );
}

#[test]
fn days_that_unix_cron_cannot_count_are_one_time_actions() {
    let mut first = day(&on());
    first["days"] = json!(["mon#1"]);
    let mut thirteenth = day(&on());
    thirteenth["name"] = json!("thirteenth");
    // Both fields in one Unix cron would mean OR.
    thirteenth["days"] = json!(["fri"]);
    thirteenth["monthdays"] = json!([13]);
    thirteenth["to"] = json!("09:00");
    check(
        &json!({"windows": [first, thirteenth]}),
        "2026-02-28T15:00:00Z",
        30,
        &[
            "once.20260301T2300Z | - | UTC | 2026-03-01T23:00:00Z | -",
            "once.20260302T1100Z | - | UTC | 2026-03-02T11:00:00Z | -",
            "once.20260312T2300Z | - | UTC | 2026-03-12T23:00:00Z | -",
            "once.20260313T0000Z | - | UTC | 2026-03-13T00:00:00Z | -",
        ],
    );
}

#[test]
fn months_bound_recurrences_beyond_the_horizon_too() {
    let mut term = day(&on());
    term["months"] = json!(["sep..dec", "mar..jun"]);
    check(
        &json!({"windows": [term]}),
        "2026-11-21T00:00:00Z",
        60,
        &[
            "0800.mon-fri-mar-jun.sep-dec | 0 8 * MAR-JUN,SEP-DEC MON-FRI | Asia/Seoul | - | -",
            "2000.mon-fri-mar-jun.sep-dec | 0 20 * MAR-JUN,SEP-DEC MON-FRI | Asia/Seoul | - | -",
        ],
    );
}

#[test]
fn a_horizon_that_rolls_on_leaves_recurrences_as_they_are() {
    let parts = json!({"windows": [day(&on())]});
    let (first, _) = compiled(&parts, "2026-11-21T00:00:00Z", 60);
    for from in [
        "2026-11-22T00:00:00Z",
        "2026-11-25T03:17:00Z",
        "2026-11-25T23:00:00Z",
    ] {
        assert_eq!(compiled(&parts, from, 60).0, first, "{from}");
    }
}

#[test]
fn each_service_is_told_in_its_own_words() {
    let office = |targets: Value, base: Value, capacity: Value| json!({"targets": targets, "base": base, "windows": [day(&capacity)]});
    let off = json!({"state": "stopped"});
    let run = json!({"state": "running"});
    let aws = |action: &str| format!("arn:aws:scheduler:::aws-sdk:{action}");
    for (parts, kind, target, input) in [
        (
            office(
                json!([{"asg": "web-prod"}]),
                json!({"min": 0, "desired": 0, "max": 0}),
                on(),
            ),
            "asg-scheduled-action",
            "web-prod".to_owned(),
            json!({"MinSize": 2, "MaxSize": 6, "DesiredCapacity": 2}),
        ),
        (
            office(
                json!([{"ecs": "main/api"}]),
                json!({"min": 0, "max": 0}),
                json!({"min": 2, "max": 6}),
            ),
            "appautoscaling-scheduled-action",
            "service/main/api".to_owned(),
            json!({"MinCapacity": 2, "MaxCapacity": 6}),
        ),
        (
            office(
                json!([{"eks": "main/nodes"}]),
                json!({"min": 0, "desired": 0, "max": 1}),
                on(),
            ),
            "scheduler-schedule",
            aws("eks:updateNodegroupConfig"),
            json!({"ClusterName": "main", "NodegroupName": "nodes",
                "ScalingConfig": {"MinSize": 2, "MaxSize": 6, "DesiredSize": 2}}),
        ),
        (
            office(json!([{"rds": "orders"}]), off.clone(), run.clone()),
            "scheduler-schedule",
            aws("rds:startDBInstance"),
            json!({"DbInstanceIdentifier": "orders"}),
        ),
        (
            office(json!([{"rds_cluster": "orders"}]), off.clone(), run.clone()),
            "scheduler-schedule",
            aws("rds:startDBCluster"),
            json!({"DbClusterIdentifier": "orders"}),
        ),
        (
            office(
                json!([{"ec2_tag": {"key": "Schedule", "value": "office"}}]),
                off,
                run,
            ),
            "scheduler-schedule",
            aws("ssm:startAutomationExecution"),
            json!({"DocumentName": "AWS-StartEC2Instance", "TargetParameterName": "InstanceId",
                "Targets": [{"Key": "tag:Schedule", "Values": ["office"]}],
                "MaxConcurrency": "100%", "MaxErrors": "100%"}),
        ),
    ] {
        let (compiled, verified) = compiled(&parts, "2026-11-21T00:00:00Z", 60);
        assert!(verified.equal, "{verified:?}");
        let starts = compiled.objects.iter().find(|object| {
            object
                .recurrence
                .as_deref()
                .is_some_and(|text| text.contains("0 8 "))
        });
        let object = serde_json::to_value(starts.expect("the morning")).expect("JSON");
        assert_eq!(object["kind"], kind);
        assert_eq!(object["target"], target);
        assert_eq!(object["input"], input);
        assert_eq!(
            (&object["start"], &object["end"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn the_mix_changes_by_schedules_of_its_own() {
    let mut night = day(&json!({"spot": {"on_demand_percent": 0}}));
    night["name"] = json!("night");
    night["from"] = json!("22:00");
    night["to"] = json!("06:00");
    let parts = json!({
        "base": {"min": 1, "desired": 1, "max": 4,
            "spot": {"on_demand_base": 1, "on_demand_percent": 100}},
        "windows": [day(&on()), night],
    });
    let (compiled, verified) = compiled(&parts, "2026-11-21T00:00:00Z", 60);
    assert!(verified.equal, "{verified:?}");
    let (sizes, mixes): (Vec<_>, Vec<_>) = compiled
        .objects
        .iter()
        .partition(|object| object.kind == ObjectKind::AsgScheduledAction);
    assert_eq!((sizes.len(), mixes.len()), (2, 2));
    assert!(
        mixes
            .iter()
            .all(|object| object.target.ends_with("updateAutoScalingGroup"))
    );
}

#[test]
fn a_database_that_aws_starts_is_stopped_again_until_it_is_wanted() {
    let mut closing = day(&json!({"state": "running"}));
    closing["days"] = Value::Null;
    closing["monthdays"] = json!([1]);
    let parts = json!({
        "targets": [{"rds": "orders"}],
        "base": {"state": "stopped"},
        "windows": [closing],
    });
    let (from, days) = ("2026-11-30T15:00:00Z", 40);
    let (compiled, verified) = compiled(&parts, from, days);
    assert!(verified.equal, "{verified:?}");
    // 30 November, four times in December from the 8th on, 8 January.
    assert_eq!(verified.aws_restarts, 6);
    let again = |object: &&Object| object.name.contains(".again.");
    let lives: Vec<_> = compiled.objects.iter().filter(again).collect();
    let shown: Vec<String> = lives
        .iter()
        .filter_map(|object| {
            let (start, end) = (object.start?, object.end?);
            Some(format!("{start} {end} {}", object.recurrence.as_deref()?))
        })
        .collect();
    for expected in [
        // Stopped for a month before the horizon begins.
        "2026-11-30T15:00:00Z 2026-11-30T22:00:00Z cron(30 * * * ? *)",
        // Stopped at 20:00 on the 1st, wanted at 08:00 a month later.
        "2026-12-08T11:00:00Z 2026-12-31T22:00:00Z cron(30 * * * ? *)",
    ] {
        assert!(shown.iter().any(|life| life == expected), "{shown:#?}");
    }
    assert_eq!(lives.len(), 3);
    // One that failed must not be made again when the database is wanted.
    for object in &compiled.objects {
        let attempts = if again(&object) { 0 } else { 185 };
        let age_s = if again(&object) { 60 } else { 600 };
        check_delivery(object, attempts, age_s);
    }

    let schedule = schedule(&parts);
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    let mut without = compiled.clone();
    without.objects.retain(|object| !again(&object));
    let until = at(from).plus_ms(days * DAY_MS);
    assert!(!verify(&timetable, &without, at(from), until).equal);
}

/// Which retries an object asks for, as it is printed.
fn check_delivery(object: &Object, attempts: u32, age_s: u32) {
    let printed = serde_json::to_value(object).expect("JSON");
    assert_eq!(
        printed["retry_policy"],
        json!({"maximum_retry_attempts": attempts, "maximum_event_age_seconds": age_s}),
        "{printed}"
    );
    assert_eq!(printed["flexible_time_window"], "OFF", "{printed}");
}

#[test]
fn a_call_that_failed_is_not_made_again_after_the_next_change() {
    for (to, attempts, age_s) in [
        ("20:00", 185, 600),
        ("08:12", 185, 600),
        ("08:05", 185, 180),
        ("08:03", 185, 60),
        ("08:02", 0, 60),
    ] {
        let mut short = day(&json!({"state": "running"}));
        short["to"] = json!(to);
        let parts = json!({
            "targets": [{"rds": "orders"}],
            "base": {"state": "stopped"},
            "windows": [short],
        });
        let (compiled, verified) = compiled(&parts, "2026-11-21T00:00:00Z", 20);
        assert!(verified.equal, "{verified:?}");
        assert_eq!(compiled.objects.len(), 2);
        for object in &compiled.objects {
            check_delivery(object, attempts, age_s);
        }
    }
    // The other services have neither.
    let (compiled, _) = compiled(
        &json!({"windows": [day(&on())]}),
        "2026-11-21T00:00:00Z",
        20,
    );
    let printed = serde_json::to_value(&compiled.objects[0]).expect("JSON");
    assert_eq!(printed.get("retry_policy"), None);
    assert_eq!(printed.get("flexible_time_window"), None);
}

#[test]
fn what_aws_cannot_do_is_refused_with_the_reason() {
    let nodes = json!({"targets": [{"eks": "main/nodes"}], "windows": [day(&on())]});
    let many: Vec<Value> = (0..64)
        .map(|place| {
            let mut window = day(&json!({"min": 1 + place % 2, "desired": 2, "max": 4}));
            window["name"] = json!(format!("w{place}"));
            window["from"] = json!(format!("{:02}:{:02}", place / 4, place % 4 * 15));
            window["to"] = json!(format!("{:02}:{:02}", place / 4, place % 4 * 15 + 10));
            window
        })
        .collect();
    for (parts, days, rule, words) in [
        (
            nodes,
            60,
            "node-group-max-zero",
            "main/nodes is a managed node group",
        ),
        (
            json!({"windows": many}),
            60,
            "quota",
            "web-prod would need 128 scheduled actions",
        ),
        (
            json!({"windows": [day(&on())]}),
            0,
            "horizon",
            "for 1 to 1098 days",
        ),
        (
            json!({"windows": [day(&on())]}),
            1_099,
            "horizon",
            "for 1 to 1098 days",
        ),
    ] {
        let (compiled, verified) = compiled(&parts, "2026-11-21T00:00:00Z", days);
        assert_eq!(compiled.objects, []);
        assert!(!verified.equal);
        for lang in [Lang::En, Lang::Ko] {
            let report = serde_json::to_value(compiled.report(lang)).expect("JSON");
            assert_eq!(report["refused"][0]["rule"], rule);
            let reason = report["refused"][0]["reason"].as_str().expect("a text");
            match lang {
                Lang::En => assert!(reason.contains(words), "{reason}"),
                Lang::Ko => assert!(!reason.contains(words), "{reason}"),
            }
        }
    }
}

#[test]
fn the_longest_horizon_is_counted_in_days_of_the_clock() {
    let schedule = schedule(&json!({"timezone": "America/New_York", "windows": [day(&on())]}));
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("zones");
    // One more autumn than springs: an hour more than so many times 24.
    let first = jiff::civil::date(2027, 11, 4);
    let (from, until) = day_range(timetable.zone(), first, limits::SCHEDULE_DAYS_MAX);
    let longest_ms = limits::SCHEDULE_DAYS_MAX * DAY_MS;
    assert_eq!(until.since_ms(from), longest_ms + HOUR_MS);
    assert_eq!(compile(&timetable, from, until).refused, []);
    let days_max = limits::SCHEDULE_DAYS_MAX;
    let refused = compile(&timetable, from, until.plus_ms(DAY_MS)).refused;
    assert_eq!(refused, [Refusal::Horizon { days_max }]);
}

#[test]
fn names_fit_their_services_however_long_the_schedule_is_called() {
    for target in [
        json!({"asg": "web"}),
        json!({"ecs": "main/api"}),
        json!({"rds": "orders"}),
    ] {
        let (base, capacity) = match target.get("rds") {
            Some(_) => (json!({"state": "stopped"}), json!({"state": "running"})),
            None => (json!({"min": 0, "max": 0}), json!({"min": 1, "max": 1})),
        };
        let mut parts = json!({
            "name": "a".repeat(64),
            "targets": [target],
            "base": base,
            "windows": [day(&capacity)],
            "exceptions": [{"dates": ["2026-12-25"], "use": "base"}],
        });
        if parts["targets"][0].get("asg").is_some() {
            parts["base"]["desired"] = json!(0);
            parts["windows"][0]["capacity"]["desired"] = json!(1);
        }
        let (_, verified) = compiled(&parts, "2026-11-21T00:00:00Z", 60);
        assert_eq!(verified.first_difference, None);
    }
}
