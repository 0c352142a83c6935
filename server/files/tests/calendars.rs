//! Calendars of other programs: the dates that their events make.

use domain::{
    calendars::Times,
    limits,
    schedules::Dates,
    time::{DAY_MS, Timestamp, Zone},
};
use files::{parse_calendar, parse_times};

fn calendar(events: &[&str]) -> String {
    let events: Vec<String> = events
        .iter()
        .map(|lines| {
            format!(
                "BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n",
                lines.replace('\n', "\r\n")
            )
        })
        .collect();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n",
        events.concat()
    )
}

fn check(events: &[&str], expected: &[&str]) {
    let zone = Zone::named("Asia/Seoul").expect("a zone");
    let dates = parse_calendar("days.ics", &calendar(events), &zone);
    let expected = match expected {
        [] => Dates::default(),
        expected => Dates::parse(expected).expect("dates"),
    };
    assert_eq!(dates, Ok(expected), "{events:?}");
}

#[test]
fn events_are_the_dates_that_they_touch() {
    check(&["DTSTART;VALUE=DATE:20261225"], &["2026-12-25"]);
    check(
        &["DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227"],
        &["2026-12-24..2026-12-26"],
    );
    check(
        &["DTSTART;VALUE=DATE:20261224\nDURATION:P1W"],
        &["2026-12-24..2026-12-30"],
    );
    // 23:30 UTC is the next morning in Seoul; an end at midnight touches no new day.
    check(
        &["DTSTART:20261224T233000Z\nDTEND:20261225T003000Z"],
        &["2026-12-25"],
    );
    check(
        &["DTSTART:20261224T220000\nDTEND:20261225T000000"],
        &["2026-12-24"],
    );
    check(
        &["DTSTART:20261224T220000\nDURATION:PT2H1M"],
        &["2026-12-24..2026-12-25"],
    );
    check(
        &["DTSTART;TZID=America/New_York:20261224T190000\nDURATION:PT1H"],
        &["2026-12-25"],
    );
    check(&["DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED"], &[]);
}

#[test]
fn lines_are_unfolded_and_parts_of_events_passed_over() {
    check(
        &[
            "SUMMARY:a long\n  name: of a day\nDTSTART;VAL\n UE=DATE:202612\n\t25\nBEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM",
        ],
        &["2026-12-25"],
    );
    let zone = Zone::utc();
    let unix = calendar(&["DTSTART:20261225"]).replace("\r\n", "\n\n");
    let dates = parse_calendar("days.ics", &unix, &zone);
    assert_eq!(dates, Ok(Dates::parse(&["2026-12-25"]).expect("dates")));
}

#[test]
fn rules_repeat_events() {
    check(
        &["DTSTART;VALUE=DATE:20260505\nRRULE:FREQ=YEARLY;COUNT=3"],
        &["2026-05-05", "2027-05-05", "2028-05-05"],
    );
    check(
        &["DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;UNTIL=20320301"],
        &["2024-02-29", "2028-02-29", "2032-02-29"],
    );
    // Thanksgiving, and the last Monday of May.
    check(
        &["DTSTART;VALUE=DATE:20251127\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3"],
        &["2025-11-27", "2026-11-26", "2027-11-25"],
    );
    check(
        &["DTSTART;VALUE=DATE:20260525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2"],
        &["2026-05-25", "2027-05-31"],
    );
    check(
        &["DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA;UNTIL=20260404"],
        &[
            "2026-03-02",
            "2026-03-07",
            "2026-03-16",
            "2026-03-21",
            "2026-03-30",
            "2026-04-04",
        ],
    );
    check(
        &["DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;COUNT=3"],
        &["2026-01-31", "2026-03-31", "2026-05-31"],
    );
    check(
        &["DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"],
        &["2026-01-31", "2026-02-28", "2026-03-31"],
    );
    check(
        &[
            "DTSTART:20260301T090000\nRRULE:FREQ=DAILY;INTERVAL=3;UNTIL=20260307T080000\nDURATION:PT1H",
        ],
        &["2026-03-01", "2026-03-04"],
    );
    // The 20th Monday of the year.
    check(
        &["DTSTART;VALUE=DATE:20260518\nRRULE:FREQ=YEARLY;BYDAY=20MO;COUNT=2"],
        &["2026-05-18", "2027-05-17"],
    );
}

#[test]
fn occurrences_can_be_left_out_added_and_moved() {
    check(
        &[
            "DTSTART;VALUE=DATE:20260301\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE;VALUE=DATE:20260302,20260304\nRDATE;VALUE=DATE:20260310",
        ],
        &["2026-03-01", "2026-03-03", "2026-03-10"],
    );
    check(
        &[
            "UID:a\nDTSTART;VALUE=DATE:20260301\nRRULE:FREQ=DAILY;COUNT=3",
            "UID:a\nRECURRENCE-ID;VALUE=DATE:20260302\nDTSTART;VALUE=DATE:20260320",
            "UID:a\nRECURRENCE-ID;VALUE=DATE:20260303\nDTSTART;VALUE=DATE:20260303\nSTATUS:CANCELLED",
        ],
        &["2026-03-01", "2026-03-20"],
    );
}

#[test]
fn what_is_left_out_is_told_by_the_clock_of_the_start() {
    // 23:00 UTC is 08:00 of the next day in Seoul, where the event is.
    let daily =
        "UID:a\nDTSTART;TZID=Asia/Seoul:20260302T080000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3";
    check(
        &[&format!("{daily}\nEXDATE:20260302T230000Z")],
        &["2026-03-02", "2026-03-04"],
    );
    check(
        &[&format!(
            "{daily}\nEXDATE;TZID=America/New_York:20260302T180000"
        )],
        &["2026-03-02", "2026-03-04"],
    );
    check(
        &[&format!("{daily}\nEXDATE;VALUE=DATE:20260303")],
        &["2026-03-02", "2026-03-04"],
    );
    check(
        &[
            daily,
            "UID:a\nRECURRENCE-ID:20260302T230000Z\nDTSTART:20260310T000000Z",
        ],
        &["2026-03-02", "2026-03-04", "2026-03-10"],
    );
    // The clock is that of the start, not the one by which the dates are told:
    // 08:00 of 3 March in Seoul is 2 March in UTC, where the event is.
    check(
        &[
            "DTSTART:20260301T230000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Asia/Seoul:20260303T080000",
        ],
        &["2026-03-02", "2026-03-04"],
    );
    // An event without a clock goes by the schedule's, which is Seoul's here.
    check(
        &["DTSTART:20260302T080000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260302T230000Z"],
        &["2026-03-02", "2026-03-04"],
    );
    // What is added in another clock is left out by the start's too.
    check(
        &[
            "DTSTART;TZID=Asia/Seoul:20260302T080000\nRDATE:20260309T230000Z\nEXDATE;TZID=Asia/Seoul:20260310T080000",
        ],
        &["2026-03-02"],
    );
}

/// As AWS Systems Manager writes one: an empty calendar has a task.
fn change_calendar(kind: &str, events: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//AWS//Change Calendar 1.0//EN\r\nVERSION:2.0\r\n\
         X-CALENDAR-TYPE:{kind}\r\nX-WR-CALDESC:\r\nX-CALENDAR-CMEVENTS:DISABLED\r\n\
         BEGIN:VTODO\r\nDTSTAMP:20200320T004207Z\r\nUID:1\r\nSUMMARY:Add events.\r\n\
         END:VTODO\r\n{events}END:VCALENDAR\r\n"
    )
}

#[test]
fn a_change_calendar_says_whether_its_events_are_closed_or_open() {
    let at = |text: &str| -> Timestamp { text.parse().expect("a time") };
    let until = at("2026-03-09T00:00:00Z");
    let read = |text: &str| parse_times("c", text, &Zone::utc(), until);
    // It repeats without end, more often than dates are counted.
    let nights = "BEGIN:VEVENT\r\nUID:2\r\nSEQUENCE:0\r\nSUMMARY:Deploys\r\n\
        DTSTART;TZID=Asia/Seoul:20260302T020000\r\nDTEND;TZID=Asia/Seoul:20260302T040000\r\n\
        RRULE:FREQ=DAILY\r\nX-EVENT-TYPE:STANDARD\r\nEND:VEVENT\r\n";
    let Ok(Times::Open(found)) = read(&change_calendar("DEFAULT_CLOSED", nights)) else {
        panic!("open times");
    };
    assert_eq!(found.len(), 8);
    let first = found.first().expect("a night");
    assert_eq!(
        (first.from, first.title.as_str()),
        (at("2026-03-01T17:00:00Z"), "Deploys")
    );
    assert_eq!(first.from.plus_ms(7 * DAY_MS), found[7].from);
    let advice = nights.replace("STANDARD", "ADVISORY");
    for (events, count) in [("", 0), (nights, 8), (&advice, 0)] {
        let Ok(Times::Closed(found)) = read(&change_calendar("DEFAULT_OPEN", events)) else {
            panic!("closed times");
        };
        assert_eq!(found.len(), count);
    }
    let error = read(&change_calendar("ASK", "")).expect_err("no such kind");
    assert_eq!(
        error.to_string(),
        "c line 4, `X-CALENDAR-TYPE`: `ASK` is neither DEFAULT_OPEN nor DEFAULT_CLOSED"
    );
}

#[test]
fn an_event_lists_only_so_many_dates() {
    let most = limits::CALENDAR_EVENT_DATES_MAX;
    let zone = Zone::utc();
    for name in ["EXDATE", "RDATE"] {
        // On two lines: what counts is the event.
        let text = |count: usize| {
            let first = vec!["20270101"; count - 1].join(",");
            calendar(&[&format!(
                "DTSTART:20261225\n{name}:{first}\n{name}:20270101"
            )])
        };
        let full = parse_calendar("days.ics", &text(most), &zone);
        assert!(full.is_ok(), "{name}: {full:?}");
        let error = parse_calendar("days.ics", &text(most + 1), &zone).expect_err(name);
        let expected = format!(
            "days.ics line 6, `{name}`: this event lists more than {most} dates in {name}; split it"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let zone = Zone::utc();
    for (text, expected) in [
        (
            "",
            "days.ics line 1: this is not a calendar: it has no BEGIN:VCALENDAR".to_owned(),
        ),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
            "days.ics line 2: the calendar breaks off; its END:VCALENDAR is missing".to_owned(),
        ),
        (
            &calendar(&["DTSTART:20261332"]),
            "days.ics line 4, `DTSTART`: `20261332` is not a date such as 20261225 or a time such \
             as 20261225T090000Z"
                .to_owned(),
        ),
        (
            &calendar(&["DTSTART:20261225\nRRULE:FREQ=YEARLY;BYSETPOS=1"]),
            "days.ics line 5, `RRULE`: BYSETPOS is not understood; FREQ, INTERVAL, COUNT, UNTIL, \
             BYMONTH, BYMONTHDAY, BYDAY and WKST are"
                .to_owned(),
        ),
        (
            &calendar(&["DTSTART:20261225\nRRULE:FREQ=HOURLY"]),
            "days.ics line 5, `RRULE`: FREQ=HOURLY makes no dates of its own".to_owned(),
        ),
        (
            &calendar(&[
                "UID:a\nDTSTART:20261225\nRRULE:FREQ=DAILY;COUNT=9",
                "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261227\nDTSTART:20261228",
            ]),
            "days.ics line 10, `RECURRENCE-ID`: RANGE is not understood: it changes every later \
             occurrence too; end the series with UNTIL and make a second one of what follows"
                .to_owned(),
        ),
        (
            &calendar(&["DTSTART;TZID=\"Korea Standard Time\":20261224T190000\nDURATION:PT1H"]),
            "days.ics line 4, `DTSTART`: `Korea Standard Time` is no IANA zone; write TZID as one \
             such as Asia/Seoul"
                .to_owned(),
        ),
        (
            &calendar(&["DTSTART:20261224T190000Z\nEXDATE;TZID=KST:20261225T040000"]),
            "days.ics line 5, `EXDATE`: `KST` is no IANA zone; write TZID as one such as Asia/Seoul"
                .to_owned(),
        ),
        (
            &calendar(&["SUMMARY:x"]),
            "days.ics line 3, `BEGIN`: this event has no DTSTART".to_owned(),
        ),
        (
            &calendar(&["DTSTART:20260101\nRRULE:FREQ=DAILY"]),
            "days.ics line 3, `BEGIN`: the calendar has more than 10000 dates; give it an end"
                .to_owned(),
        ),
        (
            &calendar(&["DTSTART:20260101\nnonsense"]),
            "days.ics line 5: this is no line of a calendar, which reads NAME:VALUE".to_owned(),
        ),
    ] {
        let error = parse_calendar("days.ics", text, &zone).expect_err(text);
        assert_eq!(error.to_string(), expected);
    }
}
