//! Whatever bytes come from outside, every reader answers: something that can be meant, or an error
//! that says what to do. Nothing panics, and nothing takes long. What was written by real programs
//! is damaged here in ways that proptest finds and makes small.

use domain::{
    mappings::MappingText,
    sources::HookKind,
    time::{Timestamp, Zone},
};
use files::{
    Mapping, parse_calendar, parse_schedule, parse_times, read_alerts, read_aws_event,
    read_pagerduty_word, read_slack_press, read_topic_message, signed_part,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::json;
use std::time::{Duration, Instant};

/// One reading may take so long in a debug build on a busy machine.
const READ_MAX: Duration = Duration::from_secs(5);

/// What comes from outside, by who reads it.
#[derive(Debug, Clone, Copy)]
enum Reader {
    Prometheus,
    Grafana,
    Event,
    Topic,
    Signed,
    Press,
    Word,
    Mapped,
    Calendar,
    Schedule,
}

const READERS: [Reader; 10] = [
    Reader::Prometheus,
    Reader::Grafana,
    Reader::Event,
    Reader::Topic,
    Reader::Signed,
    Reader::Press,
    Reader::Word,
    Reader::Mapped,
    Reader::Calendar,
    Reader::Schedule,
];

const TOPIC: &str = include_str!("cases/sns/notification-v2.json");
const EVENTS: &str = include_str!("cases/aws_events.ndjson");
const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260302\r\n\
    RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=9\r\nEXDATE;VALUE=DATE:20260414\r\nSUMMARY:Closed\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Asia/Seoul:20260405T090000\r\nDURATION:PT3H\r\n\
    RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z;INTERVAL=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
const README: &str = include_str!("../../../README.md");

/// The schedule that README shows.
fn schedule() -> &'static str {
    let blocks = README.split("```yaml\n").skip(1);
    let mut blocks = blocks.filter_map(|rest| rest.split("```").next());
    blocks
        .find(|text| text.contains("overrides:"))
        .expect("a schedule")
}

/// Bodies that real programs would send.
fn sample(reader: Reader) -> Vec<u8> {
    let alert = json!({
        "status": "firing", "fingerprint": "9aa2c1f5c0ff3b5f",
        "labels": { "alertname": "HighErrorRate", "env": "prod", "job": "api" },
        "annotations": { "summary": "5 % of requests fail", "runbook_url": "https://wiki.example/5xx" },
        "startsAt": "2026-03-02T09:00:00.123456789+09:00", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=x", "values": { "B": 12.5 },
    });
    let press = json!({
        "type": "block_actions", "team": { "id": "T1" }, "user": { "id": "U1", "team_id": "T1" },
        "actions": [{ "action_id": "alarm.acknowledge", "value": "alm_1", "action_ts": "1772442000.1" }],
        "container": { "message_ts": "1.2", "channel_id": "C1" },
    });
    match reader {
        Reader::Prometheus | Reader::Grafana => json!({
            "version": "4", "status": "firing", "receiver": "l", "groupLabels": {}, "truncatedAlerts": 0,
            "externalURL": "http://alertmanager:9093", "alerts": [alert],
        })
        .to_string()
        .into_bytes(),
        Reader::Event => {
            let line = EVENTS.lines().next().unwrap_or_default();
            let case: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            case["payload"].to_string().into_bytes()
        }
        Reader::Topic | Reader::Signed => TOPIC.as_bytes().to_vec(),
        Reader::Press => press.to_string().into_bytes(),
        Reader::Word => json!({ "event": {
            "id": "E1", "event_type": "incident.acknowledged", "occurred_at": "2026-03-02T00:00:00Z",
            "agent": { "id": "P1", "type": "user_reference" },
            "data": { "id": "I1", "incident_key": "thr_1" },
        }})
        .to_string()
        .into_bytes(),
        Reader::Mapped => json!({
            "monitor": "CPU is high", "transition": "Triggered", "host": "web-1", "date": 1_772_441_940_000_i64,
        })
        .to_string()
        .into_bytes(),
        Reader::Calendar => CALENDAR.into(),
        Reader::Schedule => schedule().into(),
    }
}

/// What happens to a body on its way.
#[derive(Debug, Clone)]
enum Damage {
    Set(Index, u8),
    Cut(Index),
    Remove(Index, u8),
    Insert(Index, Vec<u8>),
    Repeat(Index, u8, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    let odd = prop_oneof![
        vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            &b"\""[..],
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b":",
            b"\\u0000",
            b"\\ud800",
            b"null",
            b"-0",
            b"1e999",
            b"99999999999999999999",
            b"-9223372036854775808",
            b"0001-01-01T00:00:00Z",
            b"9999-12-31T23:59:59.999999999Z",
            b"\r\n",
            b"\n ",
            b"&a *a",
            b"FREQ=SECONDLY",
            b"\xff\xfe",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), any::<u8>()).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<Index>(), odd).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (any::<Index>(), any::<u8>(), any::<u8>()).prop_map(|(at, n, m)| Damage::Repeat(at, n, m)),
    ]
}

fn damaged(mut body: Vec<u8>, damages: Vec<Damage>) -> Vec<u8> {
    for one in damages {
        if body.is_empty() {
            break;
        }
        match one {
            Damage::Set(at, byte) => {
                let at = at.index(body.len());
                body[at] = byte;
            }
            Damage::Cut(at) => body.truncate(at.index(body.len())),
            Damage::Remove(at, count) => {
                let at = at.index(body.len());
                let end = (at + usize::from(count)).min(body.len());
                body.drain(at..end);
            }
            Damage::Insert(at, bytes) => {
                let at = at.index(body.len());
                body.splice(at..at, bytes);
            }
            Damage::Repeat(at, length, times) => {
                let at = at.index(body.len());
                let end = (at + usize::from(length)).min(body.len());
                let part = body[at..end].repeat(usize::from(times));
                body.splice(at..at, part);
            }
        }
    }
    body
}

/// Reads; an error says something.
fn read(reader: Reader, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let seoul = Zone::named("Asia/Seoul").expect("a zone");
    let until = Timestamp::from_ms(1_900_000_000_000);
    let now = Timestamp::from_ms(1_772_442_000_000);
    let error = match reader {
        Reader::Prometheus => read_alerts(HookKind::Prometheus, body).err(),
        Reader::Grafana => read_alerts(HookKind::Grafana, body).err(),
        Reader::Event => read_aws_event(body).err(),
        Reader::Topic => read_topic_message(body).err(),
        Reader::Signed => signed_part(body).err(),
        Reader::Press => read_slack_press(body).err(),
        Reader::Word => read_pagerduty_word(body).err(),
        Reader::Mapped => {
            let mapping = MappingText {
                labels: "{alertname: monitor, host: host}".into(),
                state: "transition".into(),
                ..MappingText::default()
            };
            let mapping = Mapping::compile(mapping).expect("it compiles");
            mapping.read(body, now).err()
        }
        Reader::Calendar => {
            let days = parse_calendar("a.ics", &text, &seoul).err();
            days.or(parse_times("a.ics", &text, &seoul, until).err())
        }
        Reader::Schedule => parse_schedule("a.yaml", &text, |name, zone| {
            parse_calendar(name, CALENDAR, zone)
        })
        .err(),
    };
    if let Some(error) = error {
        assert!(!error.message.trim().is_empty(), "{error:?}");
    }
}

/// Fails when a reading takes long.
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn in_time(what: impl std::fmt::Debug, read: impl FnOnce()) {
    let begun = Instant::now();
    read();
    let took = begun.elapsed();
    assert!(took < READ_MAX, "{what:?} took {took:?}");
}

#[test]
fn what_real_programs_send_is_read() {
    let errors = READERS.into_iter().filter(|reader| {
        let body = sample(*reader);
        std::panic::catch_unwind(|| read(*reader, &body)).is_err()
    });
    assert_eq!(errors.count(), 0);
    assert!(read_alerts(HookKind::Prometheus, &sample(Reader::Prometheus)).is_ok());
    assert!(read_aws_event(&sample(Reader::Event)).is_ok());
    assert!(read_topic_message(&sample(Reader::Topic)).is_ok());
    let calendar = parse_calendar(
        "a.ics",
        CALENDAR,
        &Zone::named("Asia/Seoul").expect("a zone"),
    );
    assert!(calendar.is_ok(), "{calendar:?}");
    let schedule = parse_schedule("a.yaml", schedule(), |_, zone| {
        parse_calendar("a.ics", CALENDAR, zone)
    });
    assert!(schedule.is_ok(), "{schedule:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bodies_are_read_or_refused(
        reader in prop::sample::select(READERS.to_vec()),
        damages in vec(damage(), 1..6),
    ) {
        let body = damaged(sample(reader), damages);
        in_time(reader, || read(reader, &body));
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        reader in prop::sample::select(READERS.to_vec()),
        body in vec(any::<u8>(), 0..2_000),
    ) {
        in_time(reader, || read(reader, &body));
    }

    #[test]
    fn any_expression_compiles_or_is_refused(text in "[a-z@.\\[\\]\\*\\|&!'\"`{}(),:0-9 -]{0,120}") {
        let mapping = MappingText {
            labels: text.clone(),
            state: text,
            ..MappingText::default()
        };
        if let Ok(mapping) = Mapping::compile(mapping) {
            let body = sample(Reader::Mapped);
            in_time("an expression", || {
                // What it is refused for does not matter here.
                let _ = mapping.read(&body, Timestamp::from_ms(1_772_442_000_000));
            });
        }
    }
}
