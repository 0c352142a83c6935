//! Any JSON, by the mappings that README shows.

mod dice;

use dice::Dice;
use domain::{
    alarms::AlarmState,
    limits,
    mappings::{MappingText, StateWord},
    time::Timestamp,
};
use files::Mapping;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: i64 = 1_772_442_000_000;

fn now() -> Timestamp {
    Timestamp::from_ms(NOW)
}

/// The mappings of README by the name of their source.
fn readme() -> BTreeMap<String, Mapping> {
    let text = include_str!("../../../README.md");
    let blocks = text.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("```").next());
    let mut mappings = BTreeMap::new();
    for block in blocks.filter(|block| block.contains("[sources.mapping]")) {
        let file: toml::Table = toml::from_str(block).expect("TOML");
        for source in file["sources"].as_array().expect("sources") {
            let Some(mapping) = source.get("mapping") else {
                continue;
            };
            let name = source["name"].as_str().expect("a name").to_owned();
            let mapping: MappingText = mapping.clone().try_into().expect("a mapping");
            mappings.insert(name, Mapping::compile(mapping).expect("it compiles"));
        }
    }
    mappings
}

fn mapping(labels: &str, state: &str) -> MappingText {
    MappingText {
        labels: labels.into(),
        state: state.into(),
        ..MappingText::default()
    }
}

/// What these programs post, as their own documents show it, and the alarms it makes.
#[test]
fn what_others_post_becomes_alarms_by_the_mappings_of_the_readme() {
    let mappings = readme();
    for (source, body, name, state, at) in [
        (
            "datadog",
            json!({
                "title": "[Triggered on {host:web-1}] CPU is high", "transition": "Triggered",
                "monitor": "CPU is high", "host": "web-1", "id": "123", "date": "1772441940000",
                "link": "https://app.datadoghq.com/monitors/123", "body": "above 90 %",
            }),
            r#"CPU is high{host="web-1",monitor_id="123"}"#,
            AlarmState::Alarm,
            1_772_441_940_000,
        ),
        (
            "zabbix",
            json!({
                "event_name": "Disk is full", "host": "db-1", "trigger_id": "77", "event_value": "0",
                "severity": "High", "timestamp": "1772441000", "url": "https://zabbix.example/tr",
            }),
            r#"Disk is full{host="db-1",severity="High",trigger_id="77"}"#,
            AlarmState::Ok,
            NOW,
        ),
        (
            "uptime-kuma",
            json!({
                "heartbeat": {
                    "monitorID": 4, "status": 0, "time": "2026-03-02 08:59:00.000",
                    "msg": "connect ECONNREFUSED", "important": true, "duration": 60,
                },
                "monitor": { "id": 4, "name": "Shop", "url": "https://shop.example", "type": "http" },
                "msg": "[Shop] [Down] connect ECONNREFUSED",
            }),
            r#"Shop{monitor="4"}"#,
            AlarmState::Alarm,
            NOW,
        ),
        (
            "sentry",
            json!({
                "action": "critical",
                "data": {
                    "metric_alert": {
                        "id": "1", "alert_rule": { "name": "Too many errors" },
                        "date_detected": "2026-03-02T08:50:00Z",
                    },
                    "description_title": "Critical: Too many errors",
                    "description_text": "120 events in the last 10 minutes",
                    "web_url": "https://sentry.example/alerts/1",
                },
            }),
            r#"Too many errors{source="sentry"}"#,
            AlarmState::Alarm,
            NOW,
        ),
        (
            "github",
            json!({
                "action": "completed",
                "workflow_run": {
                    "name": "deploy", "head_branch": "main", "conclusion": "success",
                    "updated_at": "2026-03-02T08:58:00Z", "html_url": "https://github.com/o/r/actions/runs/1",
                    "display_title": "Ship it",
                },
                "repository": { "full_name": "o/r" },
            }),
            r#"deploy{branch="main",repository="o/r"}"#,
            AlarmState::Ok,
            1_772_441_880_000,
        ),
        (
            "uptimerobot",
            json!({
                "monitorID": "9", "monitorURL": "https://shop.example", "monitorFriendlyName": "Shop",
                "alertType": "1", "alertDetails": "HTTP 503", "alertDateTime": 1_772_441_700,
            }),
            r#"Shop{monitor="9"}"#,
            AlarmState::Alarm,
            1_772_441_700_000,
        ),
    ] {
        let mapping = mappings
            .get(source)
            .unwrap_or_else(|| panic!("no {source}"));
        let reports = mapping.read(body.to_string().as_bytes(), now());
        let reports = reports.unwrap_or_else(|error| panic!("{source}: {error}"));
        let [report] = &reports[..] else {
            panic!("{source}: {reports:?}");
        };
        assert_eq!(
            (report.name.as_str(), report.state),
            (name, state),
            "{source}"
        );
        assert_eq!(report.state_at.min(now()).ms(), at, "{source}");
    }
}

#[test]
fn alerts_are_found_and_the_later_of_two_counts_later() {
    let text = MappingText {
        alerts: Some("items[?kind == 'alert'].{n: name, s: status}".into()),
        ..mapping("{alertname: n}", "s")
    };
    let mapping = Mapping::compile(text).expect("a mapping");
    let item = |kind: &str, status: Value| json!({ "kind": kind, "name": "a", "status": status });
    let body = json!({ "items": [item("alert", json!("down")), item("note", json!(1)), item("alert", json!("up"))] });
    let reports = mapping
        .read(body.to_string().as_bytes(), now())
        .expect("alerts");
    let told: Vec<_> = reports
        .iter()
        .map(|r| (r.state, r.state_at.ms() - NOW))
        .collect();
    assert_eq!(told, [(AlarmState::Alarm, 1), (AlarmState::Ok, 2)]);
}

#[test]
fn times_are_read_as_seconds_milliseconds_and_rfc_3339() {
    let text = MappingText {
        at: Some("at".into()),
        ..mapping("{alertname: 'x'}", "'down'")
    };
    let mapping = Mapping::compile(text).expect("a mapping");
    let at = |at: Value| {
        let body = json!({ "at": at }).to_string();
        mapping
            .read(body.as_bytes(), now())
            .map(|reports| reports[0].state_at.ms())
    };
    for (given, expected) in [
        (json!("2026-03-02T08:00:00Z"), 1_772_438_400_000),
        (json!(1_772_438_400), 1_772_438_400_000),
        (json!("1772438400"), 1_772_438_400_000),
        (json!(1_772_438_400_123_i64), 1_772_438_400_123),
        (json!(1_772_438_400.25), 1_772_438_400_250),
        (json!(0), 0),
        // The time of the call: just after it, so that it never stands against it.
        (Value::Null, NOW + 1),
        (json!(""), NOW + 1),
    ] {
        assert_eq!(at(given.clone()), Ok(expected), "{given}");
    }
    for odd in [
        json!("yesterday"),
        json!(-1),
        json!([]),
        json!(1e30),
        json!("99999999999999999999"),
    ] {
        let error = at(odd.clone()).expect_err("an error").to_string();
        assert!(error.starts_with("body, `at`: is "), "{odd} {error}");
    }
}

#[test]
fn what_is_wrong_with_a_body_is_told_with_its_place() {
    let text = MappingText {
        alerts: Some("alerts".into()),
        ..mapping("{alertname: name, tags: tags}", "status")
    };
    let mapping = Mapping::compile(text).expect("a mapping");
    let many = json!({ "alerts": vec![json!({}); limits::MAPPED_ALERTS_MAX + 1] });
    let long = "x".repeat(limits::LABEL_BYTES_MAX + 1);
    for (body, told) in [
        ("{".to_owned(), "body line 1: EOF"),
        ("{}".to_owned(), "body, `alerts`: gives null; a list or an object"),
        (many.to_string(), "body, `alerts`: gives 1001 alerts; 1000 at most"),
        (
            json!({ "alerts": [{ "name": "a", "status": "up" }, { "name": "b", "status": "weird" }] }).to_string(),
            "body, `alerts[1].state`: is `weird`, which is neither in alarm_when nor in ok_when",
        ),
        (
            json!({ "alerts": [{ "name": "a", "tags": ["x"], "status": "up" }] }).to_string(),
            "body, `alerts[0].labels`: `tags` is a list of 1; a text, a number or a boolean",
        ),
        (
            json!({ "alerts": [{ "status": "up" }] }).to_string(),
            "body, `alerts[0].labels`: gives no label",
        ),
        (
            json!({ "alerts": [{ "name": long, "status": "up" }] }).to_string(),
            "body, `alerts[0].labels`: has more than 64 labels, or one of more than",
        ),
        (
            json!({ "alerts": [{ "name": "a", "status": 1.5 }] }).to_string(),
            "body, `alerts[0].state`: gives 1.5; a text, a whole number or a boolean",
        ),
        (
            format!("{}1{}", "[".repeat(200), "]".repeat(200)),
            "body line 1: recursion limit",
        ),
    ] {
        let found = mapping.read(body.as_bytes(), now()).expect_err("an error");
        assert!(found.to_string().starts_with(told), "{found}\n{told}");
    }
}

/// What doubles, nests or leaves the list is refused before it is used.
#[test]
fn an_expression_that_could_take_too_much_is_refused() {
    let doubling = ["[@, @][]"; 12].join(" | ");
    let written = ["[to_string(@)]"; 8].join(" | ");
    for (expression, told) in [
        (doubling, "multiplies what it is given by up to"),
        (written, "multiplies what it is given by up to"),
        ("[::2147483647]".to_owned(), "is out of -100000 to 100000"),
        ("[-2147483647]".to_owned(), "is out of -100000 to 100000"),
        ("(".repeat(101), "operators and brackets; 100 at most"),
        ("!".repeat(101), "operators and brackets; 100 at most"),
        ("a".repeat(2_001), "has 2001 characters; 2000 at most"),
        ("a[".to_owned(), "Expected number, ':', or '*'"),
        (
            "frobnicate(a)".to_owned(),
            "there is no function `frobnicate`",
        ),
    ] {
        let error = Mapping::compile(mapping(&expression, "state")).expect_err(&expression);
        assert!(error.message.contains(told), "{error}\n{told}");
    }
}

#[test]
fn a_text_that_is_joined_is_bounded() {
    let mapping = Mapping::compile(mapping("{alertname: join(glue, parts)}", "'down'"));
    let glue = "x".repeat(1_000);
    let body = json!({ "glue": glue, "parts": vec!["y"; 1_000] }).to_string();
    let error = mapping.expect("a mapping").read(body.as_bytes(), now());
    let error = error.expect_err("too long").to_string();
    assert!(
        error.contains("makes texts of more than 65536 bytes"),
        "{error}"
    );
}

/// Each text is short enough; it is their number that would take the machine.
#[test]
fn the_texts_of_an_expression_are_bounded_all_together() {
    let copies = ["@"; 20].join(", ");
    let long = "x".repeat(500);
    for (made, parts) in [
        (format!("join('{long}', @)"), 100),
        ("to_string(@)".to_owned(), 1_000),
    ] {
        let labels = format!("{{alertname: 'x', n: length([{copies}][*].{made})}}");
        let mapping = Mapping::compile(mapping(&labels, "'down'")).expect("a mapping");
        let error = mapping.read(json!(vec!["y"; parts]).to_string().as_bytes(), now());
        let error = error.expect_err("too long").to_string();
        assert!(
            error.contains("makes texts of more than 65536 bytes"),
            "{error}"
        );
        // What was made for one body does not count against the next.
        assert!(mapping.read(b"[\"y\"]", now()).is_ok());
    }
}

#[test]
fn a_body_of_which_too_much_would_be_made_is_refused() {
    let copies = ["@"; 90].join(", ");
    let labels = format!("{{alertname: 'x', n: to_string(length([{copies}]))}}");
    let mapping = Mapping::compile(mapping(&labels, "'down'")).expect("a mapping");
    let body = json!(vec![1; 60_000]).to_string();
    let error = mapping.read(body.as_bytes(), now()).expect_err("too large");
    assert!(error.to_string().contains("has 60001 values"), "{error}");
    assert!(mapping.read(b"[1, 2]", now()).is_ok());
}

/// As in Prometheus, and whichever way a number is written.
#[test]
fn an_empty_label_and_a_fraction_of_nothing_make_no_other_alarm() {
    let mapping = Mapping::compile(mapping("{alertname: name, host: host, id: id}", "'down'"));
    let mapping = mapping.expect("a mapping");
    let name = |body: &str| {
        let reports = mapping.read(body.as_bytes(), now()).expect("reports");
        reports[0].name.clone()
    };
    let expected = name(r#"{"name": "Disk", "id": 5}"#);
    assert_eq!(expected, r#"Disk{id="5"}"#);
    assert_eq!(name(r#"{"name": "Disk", "host": "", "id": 5.0}"#), expected);
    assert_eq!(
        name(r#"{"name": "Disk", "host": null, "id": "5"}"#),
        expected
    );
}

/// The deepest expressions that are taken are read and used on a small stack.
#[test]
fn what_nests_as_deep_as_it_may_is_read_and_used() {
    const FITS: usize = limits::EXPRESSION_OPERATORS_MAX;
    let body = json!({ "a": [[[[1]]]] }).to_string();
    for expression in [
        format!("{}a{}", "(".repeat(FITS), ")".repeat(FITS)),
        format!("{}a", "!".repeat(FITS)),
        format!("a{}", "[0]".repeat(FITS)),
        format!("a{}", "[*]".repeat(FITS / 2)),
        format!("a{}", ".*".repeat(FITS / 2)),
        format!("a{}", "[]".repeat(FITS)),
        format!("a{}", " || a".repeat(FITS / 2)),
        format!("{}a{}", "[".repeat(FITS), "]".repeat(FITS)),
        format!("{}a{}", "{a:".repeat(FITS), "}".repeat(FITS)),
        format!("a{}", "[?a]".repeat(FITS / 2)),
    ] {
        let mapping = Mapping::compile(mapping(&expression, "state"));
        let mapping = mapping.unwrap_or_else(|error| panic!("{expression}: {error}"));
        // None of them finds labels.
        let found = mapping.read(body.as_bytes(), now());
        assert!(found.is_err(), "{expression}");
    }
}

/// Whatever an expression and a body are, the answer is alarms within the limits or an error:
/// never a panic.
#[test]
fn damaged_mappings_and_bodies_are_read_or_refused() {
    let parts = [
        "@",
        "a",
        "b",
        "[*]",
        "[]",
        "[0]",
        "[-1]",
        "[::2]",
        ".",
        "|",
        "||",
        "&&",
        "!",
        "(",
        ")",
        "{",
        "}",
        ":",
        ",",
        "&",
        "[?",
        "]",
        "==",
        "<",
        "`1`",
        "`[1,2]`",
        "'x'",
        "\"a\"",
        "*",
        "to_string(",
        "join(",
        "sort(",
        "sort_by(",
        "map(",
        "max_by(",
        "length(",
        "keys(",
        "values(",
        "merge(",
        "not_null(",
        "reverse(",
        "to_number(",
        "contains(",
        "sum(",
        "avg(",
        "abs(",
        "min(",
        "type(",
        " ",
        "-",
        "½",
        "\\",
    ];
    let bodies = [
        json!({ "a": [1, 2, { "b": "x" }], "b": { "a": "y", "c": null } }),
        json!([[1, "a"], ["b", true], []]),
        json!("text"),
        json!({ "a": "1e400", "b": [3.5, -1, 0] }),
    ];
    let mut dice = Dice(11);
    let (mut compiled, mut read) = (0_u32, 0_u32);
    for _ in 0..60_000 {
        let expression: String = (0..=dice.below(7))
            .map(|_| parts[dice.below(parts.len())])
            .collect();
        let text = MappingText {
            alerts: (dice.below(2) == 0).then(|| expression.clone()),
            at: (dice.below(4) == 0).then(|| expression.clone()),
            reason: Some(expression.clone()),
            link: Some(expression.clone()),
            ok_when: vec![StateWord::Flag(true), StateWord::Text("x".into())],
            ..mapping("{a: a, b: to_string(@)}", "'x'")
        };
        let Ok(mapping) = Mapping::compile(text) else {
            continue;
        };
        compiled += 1;
        let whole = bodies[dice.below(bodies.len())].to_string().into_bytes();
        let body = match dice.below(3) {
            0 => dice.damaged(&whole),
            _ => whole,
        };
        match mapping.read(&body, now()) {
            Ok(reports) => {
                read += 1;
                assert!(reports.len() <= limits::MAPPED_ALERTS_MAX);
            }
            Err(error) => assert!(!error.message.is_empty()),
        }
    }
    assert!(compiled > 2_000 && read > 300, "{compiled} {read}");
}
