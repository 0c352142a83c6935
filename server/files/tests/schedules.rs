//! Schedule files: what is read, what is refused and with which words.

use domain::schedules::{Dates, Schedule};
use files::{FileError, parse_schedule, read_schedule, write_schedule};
use std::fs;

fn parse(text: &str) -> Result<Schedule, FileError> {
    parse_schedule("office.yaml", text, |_, _| {
        Dates::parse(&["2026-12-25"]).map_err(|_| unreachable!())
    })
}

const OFFICE: &str = r#"# The format's own example.
name: office-hours
timezone: Asia/Seoul
targets:
  - asg: web-prod
base:
  min: 0
  desired: 0
  max: 0
  spot: { on_demand_base: 1, on_demand_percent: 100 }
windows:
  - name: day
    days: [mon, tue, wed, thu, fri]
    monthdays: [1, 15, last, 15w]
    months: [jan..mar, dec]
    from: "08:00"
    to: "20:00"
    timezone: America/New_York
    capacity: { min: 2, desired: 2, max: 6 }
  - name: eves
    dates: [2026-12-24, 2026-12-31..2027-01-02]
    from: 20:00
    to: 24:00
    capacity: { min: 1, desired: 1, max: 6, spot: { on_demand_percent: 50 } }
exceptions:
  - dates: [2026-12-25]
    calendar: holidays.ics
    use: base
overrides:
  - { from: "2026-12-01T09:00:00+09:00", until: "2026-12-01T12:00:00+09:00", capacity: { min: 8, desired: 8, max: 12 }, reason: course registration }
"#;

#[test]
fn a_schedule_is_written_in_one_way_and_read_back_the_same() {
    let schedule = parse(OFFICE).expect("a schedule");
    let written = write_schedule(&schedule);
    insta::assert_snapshot!(written);
    assert_eq!(parse(&written), Ok(schedule.clone()));
    assert_eq!(
        write_schedule(&parse(&written).expect("a schedule")),
        written
    );
    let json = serde_json::to_string(&schedule).expect("json");
    assert_eq!(
        serde_json::from_str::<Schedule>(&json).expect("a schedule"),
        schedule
    );
    assert_eq!(
        parse(&json),
        Ok(schedule.clone()),
        "JSON is read by the same reader"
    );
    let json = serde_json::to_string_pretty(&schedule)
        .expect("json")
        .replace("  ", "\t");
    assert_eq!(parse(&json), Ok(schedule), "however it is indented");
}

#[test]
fn texts_that_look_like_something_else_stay_texts() {
    let text = OFFICE
        .replace("course registration", r#""yes: \"수강\" # 신청\nend""#)
        .replace("asg: web-prod", "asg: 2026");
    let schedule = parse(&text).expect("a schedule");
    let written = write_schedule(&schedule);
    assert_eq!(parse(&written), Ok(schedule.clone()), "{written}");
    let json = serde_json::to_string(&schedule).expect("json");
    let json = json.replace("수강", r"\\\ud83c\udf93\uc218");
    let schedule = parse(&json).expect("a schedule");
    assert_eq!(
        schedule.overrides()[0].reason,
        "yes: \"\\🎓수\" # 신청\nend"
    );
}

/// Replaces one part of the example and expects the refusal.
fn check(old: &str, new: &str, expected: &str) {
    assert!(OFFICE.contains(old), "{old}");
    let error = parse(&OFFICE.replacen(old, new, 1))
        .expect_err(new)
        .to_string();
    assert_eq!(error, format!("office.yaml {expected}"), "{new}");
}

#[test]
fn every_refusal_names_line_and_field_and_what_to_do() {
    check(
        "timezone: Asia/Seoul",
        "timezone: KST",
        "line 3, `timezone`: `KST` is not an IANA time zone name; write Asia/Seoul",
    );
    check(
        "timezone: Asia/Seoul",
        "timezone: Asia/Soul",
        "line 3, `timezone`: there is no time zone `Asia/Soul`; did you mean Asia/Seoul?",
    );
    check(
        "timezone: America/New_York",
        "timezone: America/NewYork",
        "line 18, `windows[0].timezone`: there is no time zone `America/NewYork`; did you mean \
         America/New_York?",
    );
    check(
        "    from: \"08:00\"",
        "    form: \"08:00\"",
        "line 16, `windows[0].form`: unknown field `form`, expected one of `name`, `days`, \
         `monthdays`, `months`, `dates`, `from`, `to`, `timezone`, `capacity`; did you mean \
         `from`?",
    );
    check(
        "    to: \"20:00\"\n",
        "",
        "line 12, `windows[0]`: `to` is missing; write it",
    );
    check(
        "to: \"20:00\"",
        "to: 8pm",
        "line 17, `windows[0].to`: `8pm` is not a time of day such as \"08:00\" or \"24:00\"",
    );
    check(
        "thu, fri]",
        "thu, frei]",
        "line 13, `windows[0].days[4]`: `frei` is not a day of the week such as mon, mon..fri, \
         mon#1 or fri#last; leave the field out for every day",
    );
    check(
        "[1, 15, last, 15w]",
        "[1, 32]",
        "line 14, `windows[0].monthdays[1]`: `32` is not a day of the month such as 15, 1..7, \
         last or 15w; leave the field out for every day",
    );
    check(
        "2026-12-31..2027-01-02",
        "2026-02-30",
        "line 21, `windows[1].dates[1]`: `2026-02-30` is not a date such as 2026-12-24 or \
         2026-12-31..2027-01-02",
    );
    check(
        "{ min: 2, desired: 2, max: 6 }",
        "{ min: \"2\", desired: 2, max: 6 }",
        "line 19, `windows[0].capacity.min`: here is the text `2`; write a whole number, 0 or \
         more, without quotes",
    );
    check(
        "{ min: 2, desired: 2, max: 6 }",
        "{ min: 2, max: 6 }",
        "line 19, `windows[0].capacity`: min ≤ desired ≤ max does not hold: 2–0–6 (what is not \
         written is inherited from the base)",
    );
    check(
        "{ min: 2, desired: 2, max: 6 }",
        "{ state: running }",
        "line 19, `windows[0].capacity.state`: asg has no `state`; its capacity is min, desired \
         and max",
    );
    check(
        "  desired: 0\n",
        "",
        "line 7, `base`: the base has no `desired`; write it, since windows inherit from the base",
    );
    check(
        "name: eves",
        "name: day",
        "line 20, `windows[1].name`: there are two windows `day`; give one of them another name",
    );
    check(
        "use: base",
        "use: night",
        "line 28, `exceptions[0].use`: there is no window `night`; write `base` or one of: day, \
         eves",
    );
    check(
        "  - asg: web-prod",
        "  - asg: web-prod\n  - rds: shop",
        "line 6, `targets[1]`: a schedule is for one kind of target; this is rds, the first is asg",
    );
    check(
        "  - asg: web-prod",
        "  - asgs: web-prod",
        "line 5, `targets[0].asgs`: unknown variant `asgs`, expected one of `asg`, `ecs`, \
         `ec2_tag`, `rds`, `rds_cluster`, `eks`; did you mean `asg`?",
    );
    check(
        "until: \"2026-12-01T12:00:00+09:00\"",
        "until: \"2026-12-01T00:00:00Z\"",
        "line 30, `overrides[0].until`: `until` must be after `from`",
    );
    check(
        "from: \"2026-12-01T09:00:00+09:00\"",
        "from: 2026-12-01 09:00",
        "line 30, `overrides[0].from`: `2026-12-01 09:00` is not a time; write it as \
         2026-03-01T09:00:00+09:00",
    );
    check(
        "base:\n",
        "base:\n  min: 0\n",
        "line 8: `min` is written twice",
    );
    check(
        "name: office-hours",
        "name: [a",
        "line 3: not YAML: illegal placement of ':' indicator",
    );
    check(
        "windows:",
        "windows: !!seq",
        "line 11: tags (`!…`) have no meaning here; leave them out",
    );
}

#[test]
fn a_service_and_a_database_have_capacities_of_their_own() {
    let service = "{name: s, timezone: UTC, targets: [{ecs: main/api}], base: {min: 1, max: 4}}";
    assert!(parse(service).is_ok());
    let error = parse(&service.replace("max: 4", "desired: 2, max: 4")).expect_err("desired");
    assert_eq!(
        error.to_string(),
        "office.yaml line 1, `base.desired`: ecs has no `desired`; its capacity is min and max"
    );
    let database = "{name: d, timezone: UTC, targets: [{rds: shop}], base: {state: stopped}}";
    assert!(parse(database).is_ok());
    let error = parse(&database.replace("stopped", "stoped")).expect_err("a word");
    assert_eq!(
        error.to_string(),
        "office.yaml line 1, `base.state`: unknown variant `stoped`, expected `running` or \
         `stopped`; did you mean `stopped`?"
    );
    let tagged = "{name: t, timezone: UTC, targets: [{ec2_tag: {key: Schedule, value: 1}}], \
                  base: {state: stopped}}";
    assert!(parse(tagged).is_ok());
}

#[test]
fn a_small_file_cannot_become_a_large_one() {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in ["b", "c", "d", "e", "f", "g"]
        .iter()
        .zip(["a", "b", "c", "d", "e", "f"])
    {
        let ten = vec![format!("*{of}"); 10].join(", ");
        laughs.push_str(&format!("{name}: &{name} [{ten}]\n"));
    }
    let error = parse(&laughs).expect_err("ten million").to_string();
    assert_eq!(
        error,
        "office.yaml line 5: the file holds more than 50000 things"
    );
    let error = parse(&"[".repeat(17)).expect_err("deep").to_string();
    assert_eq!(
        error,
        "office.yaml line 1: things stand more than 16 deep inside each other"
    );
    assert!(parse(&"[".repeat(100_000)).is_err());
    let error = parse(&"a: b\n".repeat(200_000))
        .expect_err("long")
        .to_string();
    assert_eq!(
        error,
        "office.yaml: the file is longer than 524288 bytes; split it"
    );
}

#[test]
fn nothing_that_is_no_schedule_is_read_as_one() {
    for (text, expected) in [
        ("", "office.yaml line 1: the file is empty"),
        (
            "---\na: b\n---\nc: d\n",
            "office.yaml line 3: a second document begins here; a file holds one schedule",
        ),
        (
            "7",
            "office.yaml line 1: here is integer `7`; write a schedule: name, timezone, targets, base, windows, exceptions and overrides",
        ),
    ] {
        assert_eq!(parse(text).expect_err(text).to_string(), expected);
    }
    // Half of a good file, cut anywhere, is an error with a line and never a panic.
    for cut in (0..OFFICE.len()).filter(|cut| OFFICE.is_char_boundary(*cut)) {
        if let Err(error) = parse(&OFFICE[..cut]) {
            assert!(error.line.is_some(), "{error}");
        }
    }
}

/// What an editor that slipped, a bad disk or somebody unkind may leave behind.
#[test]
fn a_damaged_file_is_refused_or_read_and_nothing_else() {
    let mut dice = 20_261_121_u64;
    let mut roll = |below: usize| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).expect("31 bits") % below
    };
    let pieces = [
        "[", "]", "{", "}", ": ", "\n", "  ", "\t", "-", "&a", "*a", "!!x", "\"", "'", "|", "9",
        "\0",
    ];
    let (mut read, mut refused) = (0, 0);
    for _ in 0..2_000 {
        let mut text = OFFICE.to_owned();
        for _ in 0..=roll(3) {
            let at = roll(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                text.replace_range(at..=at, pieces[roll(pieces.len())]);
            }
        }
        match parse(&text) {
            Ok(schedule) => {
                assert_eq!(parse(&write_schedule(&schedule)), Ok(schedule), "{text}");
                read += 1;
            }
            Err(error) => {
                assert!(
                    error.line.is_some() && !error.message.is_empty(),
                    "{error}\n{text}"
                );
                refused += 1;
            }
        }
    }
    assert!(
        read > 50 && refused > 1_000,
        "{read} read, {refused} refused"
    );
}

#[test]
fn calendars_stand_beside_the_schedule() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("office.yaml");
    fs::write(&file, OFFICE).expect("written");
    let error = read_schedule(&file).expect_err("no calendar");
    assert!(error.file.ends_with("holidays.ics"), "{error}");
    assert_eq!(error.message, "there is no such file; check the path");
    let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260505\r\n\
                    RRULE:FREQ=YEARLY;COUNT=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    fs::write(folder.path().join("holidays.ics"), calendar).expect("written");
    let schedule = read_schedule(&file).expect("a schedule");
    let dates = Dates::parse(&["2026-12-25", "2026-05-05", "2027-05-05"]).expect("dates");
    assert_eq!(schedule.exceptions()[0].all_dates(), dates);
    // A server would know it; a file has nothing but what stands beside it.
    fs::write(&file, OFFICE.replace("holidays.ics", "holidays")).expect("written");
    let error = read_schedule(&file).expect_err("no calendar");
    assert!(
        error
            .message
            .contains("save what it holds as `holidays.ics`"),
        "{error}"
    );
    let missing = read_schedule(&folder.path().join("none.yaml")).expect_err("no file");
    assert_eq!(missing.message, "there is no such file; check the path");
}
