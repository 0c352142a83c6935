//! Public lines and words: AWS's documentation, and the test data of other readers.

use crate::rows::{LINE, line, told};
use serde_json::{Value, json};

const LINES: &str = include_str!("../cases/access_lines.ndjson");
const WORDS: &str = include_str!("../cases/vocab.tsv");
const REQUESTS: &str = include_str!("../cases/desync_tiers.tsv");

#[test]
fn public_lines_are_read_as_they_are_meant() {
    let mut count = 0;
    for case in LINES.lines() {
        let case: Value = serde_json::from_str(case).expect("json");
        let (id, line) = (&case["id"], case["line"].as_str().expect("a line"));
        let told = told(line.as_bytes());
        let expected = case["expected"].as_object().expect("an object");
        if expected["parse"] == "judge" {
            assert!(
                told["error"].is_string(),
                "{id}: no value may be invented: {told}"
            );
        } else {
            check(id, &told, expected);
        }
        count += 1;
    }
    assert_eq!(count, 39);
}

fn check(id: &Value, told: &Value, expected: &serde_json::Map<String, Value>) {
    assert_eq!(told["unknown"], json!([]), "{id}");
    for (name, value) in expected {
        let name = match name.as_str() {
            "tokens" | "parse" => continue,
            "request_raw" => "request",
            name => name,
        };
        let told = told.get(name);
        match value.as_str() {
            Some("ABSENT") => assert_eq!(told, None, "{id}: {name}"),
            // `-` is told as null, also of a list.
            _ if value == &json!([]) => assert_eq!(told, Some(&Value::Null), "{id}: {name}"),
            _ if value.is_f64() => {
                let told = told.and_then(Value::as_f64);
                assert_eq!(told, value.as_f64(), "{id}: {name}");
            }
            _ => assert_eq!(told, Some(value), "{id}: {name}"),
        }
    }
}

#[test]
fn words_that_aws_adds_pass_as_they_are() {
    let words = WORDS.lines().skip(1).filter_map(|row| {
        let mut cells = row.split('\t');
        Some((cells.next()?, cells.next()?))
    });
    let new = [
        ("error_reason", "NotThoughtOfYet"),
        ("classification_reason", "NotThoughtOfYet"),
        ("action", "not-thought-of-yet"),
    ];
    let mut count = 0;
    for (kind, word) in words.chain(new) {
        let tail = "\"10.0.0.1:80\" \"200\" \"-\" \"-\" TID";
        let reason = format!("\"{word}\" {tail}");
        let classified = format!("\"10.0.0.1:80\" \"200\" \"Ambiguous\" \"{word}\" TID");
        let (name, value, line) = match kind {
            "error_reason" => (
                kind,
                json!(word),
                line(&[(&format!("\"-\" {tail}"), &reason)]),
            ),
            "classification_reason" => (kind, json!(word), line(&[(tail, &classified)])),
            "action" => {
                let line = line(&[("waf,forward", &format!("waf,{word}"))]);
                ("actions_executed", json!(["waf", word]), line)
            }
            _ => panic!("{kind} has no test"),
        };
        assert_eq!(told(line.as_bytes())[name], value, "{word}");
        count += 1;
    }
    assert_eq!(count, 75);
}

#[test]
fn requests_that_a_load_balancer_has_classified_are_read_whole() {
    let mut count = 0;
    for row in REQUESTS.lines().skip(2) {
        let cells: Vec<&str> = row.split('\t').collect();
        let &[_, name, method, uri, version, tier, reason] = &cells[..] else {
            panic!("seven cells: {row}");
        };
        let request = format!("{method} http://a.b:80{uri} {version}");
        let line = line(&[
            (
                "GET https://www.example.com:443/course/7?a=b HTTP/2.0",
                &request,
            ),
            ("\"-\" \"-\" TID", &format!("\"{tier}\" \"{reason}\" TID")),
        ]);
        let told = told(line.as_bytes());
        let expected = json!([
            request,
            tier,
            reason,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0"
        ]);
        let names = [
            "request",
            "classification",
            "classification_reason",
            "user_agent",
        ];
        assert_eq!(json!(names.map(|name| &told[name])), expected, "{name}");
        assert_eq!(told["method"], json!(method), "{name}");
        count += 1;
    }
    assert_eq!(count, 158);
}

#[test]
fn every_format_since_2016_is_read_and_fields_to_come_are_kept() {
    let ends = [
        (18, " \"www.example.com\"", "domain_name"),
        (20, " 7 2026", "matched_rule_priority"),
        (21, " 2026-03-02T01:02:03.432", "request_creation_time"),
        (22, " \"waf", "actions_executed"),
        (25, " \"10.0.0.1:80\" \"200\"", "target_port_list"),
        (27, " \"-\" \"-\" TID", "classification"),
        (29, " TID", "conn_trace_id"),
        (30, " \"-\" \"-\" \"-\"", "transformed_host"),
    ];
    for (fields, end, absent) in ends {
        let end = LINE.rfind(end).expect("there");
        let told = told(&LINE.as_bytes()[..end]);
        assert_eq!(told["sent_bytes"], 366, "{fields}");
        assert_eq!(told.get(absent), None, "{fields}");
        assert_eq!(told["unknown"], json!([]), "{fields}");
    }
    let first = &LINE[..LINE.find(" \"Root").expect("there")];
    assert_eq!(
        told(first.as_bytes()).get("trace_id"),
        None,
        "the first format"
    );
    let longer = format!("{LINE} 10.0.0.9 \"a text\" - \"b \\\" c\"");
    let unknown = json!(["10.0.0.9", "a text", null, "b \\\" c"]);
    assert_eq!(told(longer.as_bytes())["unknown"], unknown);
    assert_eq!(told(LINE.as_bytes())["transformed_host"], Value::Null);
    let end = LINE.len() - "\"-\" \"-\" \"-\"".len();
    let line = format!("{}\"a.b\" \"/c d\" \"TransformSuccess\"", &LINE[..end]);
    let told = told(line.as_bytes());
    assert_eq!(told["transformed_host"], "a.b");
    assert_eq!(told["transformed_uri"], "/c d");
    assert_eq!(told["request_transform_status"], "TransformSuccess");
}

#[test]
fn what_clients_send_stays_in_its_field() {
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0";
    for sent in [
        "a \\x22b\\x22 \\x5c",
        "a \\\"b\\\" c",
        "a \\\\",
        // A load balancer that escaped nothing would write these.
        "a \"b\" c",
        "a \"b c",
        "\"\"",
        "a\"",
        "ends with \\",
        "tab\there",
        "\u{1}\u{7f}\u{0}",
        "한국어 \u{1f600}",
        " ",
        "x\" - - arn",
        "--",
    ] {
        let told = told(line(&[(agent, sent)]).as_bytes());
        assert_eq!(told["user_agent"], sent, "{sent:?}: {told}");
        assert_eq!(told["ssl_protocol"], "TLSv1.2", "{sent:?}");
        assert_eq!(
            told["conn_trace_id"], "TID_dc57cebed65b444ebc8177bb698fe166",
            "{sent:?}"
        );
    }
    for sent in [
        "/a b",
        "/a?q=\"x\" y",
        "/a?q=\\\"x\\\"",
        "/\\x16\\x03",
        "/a?q=\" HTTP/1.1",
    ] {
        let told = told(line(&[("/course/7?a=b", sent)]).as_bytes());
        let url = format!("https://www.example.com:443{sent}");
        assert_eq!(told["url"], url, "{told}");
        assert_eq!(told["user_agent"], agent, "{sent:?}");
    }
}

#[test]
fn times_addresses_and_numbers_are_as_they_were_written() {
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0";
    for (from, to, name, value) in [
        (" 0.001 ", " -1 ", "request_processing_time", json!(-1)),
        (" 0.020 ", " - ", "target_processing_time", Value::Null),
        (" 0.020 ", " 12.5 ", "target_processing_time", json!(12.5)),
        (
            " 0.020 ",
            " 0.000073 ",
            "target_processing_time",
            json!(0.000_073),
        ),
        (" 0.020 ", " 7 ", "target_processing_time", json!(7)),
        (
            "192.0.2.7:2817",
            "2001:db8::1:2817",
            "client_ip",
            json!("2001:db8::1"),
        ),
        (
            "192.0.2.7:2817",
            "[2001:db8::1]:2817",
            "client_ip",
            json!("2001:db8::1"),
        ),
        (
            "192.0.2.7:2817",
            "2001:db8::1:2817",
            "client_port",
            json!(2817),
        ),
        ("192.0.2.7:2817", "-", "client_port", Value::Null),
        ("10.0.0.1:80 0", "- 0", "target_ip", Value::Null),
        (" 200 200 ", " 460 - ", "elb_status_code", json!(460)),
        (" 200 200 ", " - - ", "elb_status_code", Value::Null),
        (
            " 34 ",
            " 18446744073709551615 ",
            "received_bytes",
            json!(u64::MAX),
        ),
        (
            "\"10.0.0.1:80\"",
            "\"10.0.0.1:80 10.0.0.2:80\"",
            "target_port_list",
            json!(["10.0.0.1:80", "10.0.0.2:80"]),
        ),
        (
            "\"200\"",
            "\"502 200\"",
            "target_status_code_list",
            json!(["502", "200"]),
        ),
        (agent, "-", "user_agent", Value::Null),
        (" 7 2026", " -1 2026", "matched_rule_priority", json!("-1")),
        ("https 2026", "grpcs 2026", "type", json!("grpcs")),
        (
            "01:02:03.456789Z",
            "01:02:03Z",
            "time",
            json!("2026-03-02T01:02:03Z"),
        ),
    ] {
        let told = told(line(&[(from, to)]).as_bytes());
        assert_eq!(told.get(name), Some(&value), "{to}: {told}");
    }
}

#[test]
fn lines_in_which_something_is_wrong_are_refused_with_the_reason() {
    for (from, to, reason) in [
        (
            "https 2026",
            "HTTPS 2026",
            "not a line of a load balancer's log",
        ),
        (
            "https 2026",
            "{\"type\": 2026",
            "not a line of a load balancer's log",
        ),
        (
            "2026-03-02T01:02:03.456789Z",
            "2026-03-32T01:02:03.456789Z",
            "time is not a time",
        ),
        (
            "192.0.2.7:2817",
            "192.0.2.7",
            "client is not an address with a port",
        ),
        (
            "192.0.2.7:2817",
            "192.0.2.7:65536",
            "client is not an address with a port",
        ),
        (
            "192.0.2.7:2817",
            "192.0.2.7:http",
            "client is not an address with a port",
        ),
        (
            "10.0.0.1:80 0",
            ":80 0",
            "target is not an address with a port",
        ),
        (
            " 0.020 ",
            " 20ms ",
            "target_processing_time is not a number of seconds",
        ),
        (
            " 0.020 ",
            " 0. ",
            "target_processing_time is not a number of seconds",
        ),
        (
            " 0.020 ",
            " -x ",
            "target_processing_time is not a number of seconds",
        ),
        (" 200 200 ", " 2000 200 ", "elb_status_code is not a status"),
        (
            " 200 200 ",
            " 200 2e2 ",
            "target_status_code is not a status",
        ),
        (" 34 ", " 3.4 ", "received_bytes is not a size"),
        (
            " 34 ",
            " 18446744073709551616 ",
            "received_bytes is not a size",
        ),
        (
            "2026-03-02T01:02:03.432000Z",
            "soon",
            "request_creation_time is not a time",
        ),
        (
            "\"-\" \"-\" \"-\"",
            "\"-\" \"-\" \"-",
            "a text in quotes has no end",
        ),
    ] {
        // The last `"-" "-" "-"` of the line is its end.
        let line = match to.ends_with("\"-") {
            true => LINE.strip_suffix('"').expect("a quote").to_owned(),
            false => line(&[(from, to)]),
        };
        assert_eq!(
            told(line.as_bytes()),
            json!({"error": reason, "line": 1}),
            "{to}"
        );
    }
    let mut words: Vec<&str> = LINE.split(' ').collect();
    words.truncate(12);
    let told = told(words.join(" ").as_bytes());
    assert_eq!(told["error"], "12 fields; every format has at least 17");
}

#[test]
fn a_line_that_is_cut_never_gives_a_value_that_it_does_not_have() {
    let whole = told(LINE.as_bytes());
    for end in 0..LINE.len() {
        let told = told(&LINE.as_bytes()[..end]);
        let Some(object) = told.as_object().filter(|told| !told.contains_key("error")) else {
            continue;
        };
        for (name, value) in object {
            // Where the last field ends cannot be known.
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let begins = text(&whole[name]).starts_with(&text(value));
            assert!(value == &whole[name] || begins, "{end}: {name}: {value}");
        }
    }
}
