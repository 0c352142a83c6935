//! Who is on call, minute by minute, in zones whose clocks change.

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn rotation(zone: &str, first: &str, length: &str, people: &[&str]) -> Rotation {
    let contacts = people.iter().map(|name| name.parse().expect("a name"));
    Rotation::new(
        "web".parse().expect("a name"),
        Zone::named(zone).expect("a zone"),
        first.parse().expect("a local time"),
        length.parse().expect("a length"),
        contacts.collect(),
    )
    .expect("a rotation")
}

fn cover(number: u128, contact: &str, from: &str, until: &str) -> Cover {
    Cover {
        id: CoverId::from_parts(0, number),
        rotation: "web".parse().expect("a name"),
        contact: contact.parse().expect("a name"),
        from: at(from),
        until: at(until),
        note: String::new(),
        by: "Mina".into(),
    }
}

fn told(shift: &Shift) -> (&str, String, String) {
    let (from, until) = (shift.from.to_string(), shift.until.to_string());
    (shift.contact.as_str(), from, until)
}

#[test]
fn shifts_change_at_the_same_local_time_on_both_sides_of_a_clock_change() {
    let weeks = rotation(
        "America/New_York",
        "2026-10-26T09:00",
        "1 week",
        &["ann", "bob"],
    );
    for (when, contact, until) in [
        ("2026-10-26T13:00:00Z", "ann", "2026-11-02T14:00:00Z"),
        ("2026-11-02T13:59:59Z", "ann", "2026-11-02T14:00:00Z"),
        ("2026-11-02T14:00:00Z", "bob", "2026-11-09T14:00:00Z"),
        // Before the first shift the turns went on in the same way.
        ("2026-10-26T12:59:59Z", "bob", "2026-10-26T13:00:00Z"),
        ("2026-10-19T12:59:59Z", "ann", "2026-10-19T13:00:00Z"),
    ] {
        let shift = weeks.turn(at(when));
        assert_eq!(
            (shift.contact.as_str(), shift.until),
            (contact, at(until)),
            "{when}"
        );
    }
    // Hours are hours: the night on which clocks go back has thirteen local ones in a shift.
    let hours = rotation(
        "America/New_York",
        "2026-10-31T20:00",
        "12 hours",
        &["ann", "bob"],
    );
    let night = hours.turn(at("2026-11-01T05:00:00Z"));
    assert_eq!(night.until.since_ms(night.from), 12 * HOUR_MS);
    assert_eq!(night.until, at("2026-11-01T07:00:00-05:00"));
}

#[test]
fn a_handover_in_the_gap_of_a_clock_comes_at_its_end() {
    let days = rotation(
        "America/New_York",
        "2026-03-07T02:30",
        "1 day",
        &["ann", "bob"],
    );
    let shift = days.turn(at("2026-03-08T06:59:59Z"));
    assert_eq!(
        told(&shift),
        (
            "ann",
            "2026-03-07T07:30:00Z".into(),
            "2026-03-08T07:00:00Z".into()
        )
    );
}

#[test]
fn a_cover_takes_its_time_out_of_the_turns_around_it() {
    let days = rotation("UTC", "2026-11-02T09:00", "1 day", &["ann", "bob"]);
    let covers = [cover(
        1,
        "cho",
        "2026-11-02T18:00:00Z",
        "2026-11-03T12:00:00Z",
    )];
    let span = (at("2026-11-02T09:00:00Z"), at("2026-11-04T09:00:00Z"));
    let shifts = days.shifts(&covers, span, 10);
    let found: Vec<_> = shifts
        .iter()
        .map(|shift| (shift.contact.as_str(), shift.from, shift.until))
        .collect();
    assert_eq!(
        found,
        [
            ("ann", span.0, covers[0].from),
            ("cho", covers[0].from, covers[0].until),
            ("bob", covers[0].until, span.1),
        ]
    );
    assert_eq!(shifts[1].cover, Some(covers[0].id));
    // Another rotation's cover is none of ours.
    let mut others = covers.clone();
    others[0].rotation = "db".parse().expect("a name");
    assert_eq!(days.shift(&others, covers[0].from).contact.as_str(), "ann");
}

#[test]
fn lengths_are_read_as_they_are_written_and_odd_ones_refused() {
    for text in ["1 hour", "12 hours", "1 day", "3 days", "1 week", "2 weeks"] {
        let length: ShiftLength = text.parse().expect("a length");
        assert_eq!(length.to_string(), text);
    }
    assert_eq!("7 days".parse(), Ok(ShiftLength::Days(7)));
    for text in [
        "",
        "12",
        "0 hours",
        "-1 day",
        "1 month",
        "53 weeks",
        "65535 weeks",
        "1  day",
    ] {
        assert_eq!(text.parse::<ShiftLength>(), Err(ShiftLengthError), "{text}");
    }
}

/// However clocks change: at every instant one person is on call, in a shift around it that the
/// next one follows without a gap, and turns go round in their order.
#[test]
fn at_every_instant_one_person_is_on_call() {
    let zones = [
        "UTC",
        "Asia/Seoul",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Chatham",
        "America/Sao_Paulo",
    ];
    let people = ["p0", "p1", "p2"];
    let (begin, end) = (at("2025-02-20T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    for zone in zones {
        for first in ["00:00", "02:30", "23:59"] {
            for length in ["5 hours", "12 hours", "1 day", "3 days", "2 weeks"] {
                let told = format!("{zone} {first} {length}");
                let rotation = rotation(zone, &format!("2026-03-01T{first}"), length, &people);
                let mut shift = rotation.turn(begin);
                assert!(shift.from <= begin && begin < shift.until, "{told}");
                while shift.until < end {
                    let next = rotation.turn(shift.until);
                    assert_eq!(next.from, shift.until, "{told}");
                    let last = shift.until.plus_ms(-1);
                    assert_eq!(rotation.turn(last), shift, "{told}");
                    let place = |shift: &Shift| {
                        let mut contacts = rotation.contacts().iter();
                        contacts.position(|name| *name == shift.contact)
                    };
                    let here = place(&shift).expect("a place");
                    assert_eq!(place(&next), Some((here + 1) % people.len()), "{told}");
                    shift = next;
                }
            }
        }
    }
}
