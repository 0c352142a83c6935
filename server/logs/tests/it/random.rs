//! Random rows: written plainly, read by the reader and by a naive one, counted by the aggregate
//! and by hand.

use crate::{
    dice::Dice,
    rows::{counted, told},
};
use logs::{Aggregate, Range, Reading, Report, Times, read_line};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A row as the writer knows it.
pub struct Drawn {
    pub kind: &'static str,
    pub minute: u64,
    pub second: u64,
    pub client: String,
    pub target: String,
    pub times_ms: [Option<u64>; 3],
    pub elb_status: String,
    pub target_status: String,
    pub sizes: [u64; 2],
    pub method: &'static str,
    pub path: String,
    pub agent: &'static str,
    pub reason: &'static str,
    pub tail: String,
}

const AGENTS: [(&str, &str); 7] = [
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
        "desktop",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
        "mobile_web",
    ),
    ("okhttp/4.12.0", "mobile_app"),
    (
        "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
        "bot",
    ),
    ("a \\x22quoted\\x22 \\\"one\\\"", "unknown"),
    ("-", "unknown"),
    ("한국어", "unknown"),
];

impl Drawn {
    pub fn draw(dice: &mut Dice) -> Self {
        let ms = |dice: &mut Dice| {
            let most = dice.one_of(&[2, 50, 1_000, 60_000]);
            (!dice.one_in(10)).then(|| dice.below(most))
        };
        let v6 = dice.one_in(4);
        let (host, port) = (dice.below(30), dice.below(65_536));
        let client = match v6 {
            true => format!("2001:db8::{host:x}:{port}"),
            false => format!("192.0.2.{host}:{port}"),
        };
        let elb_status = dice.one_of(&[
            "101", "200", "200", "200", "302", "404", "460", "502", "503", "-",
        ]);
        let path = match dice.below(4) {
            0 => "/".to_owned(),
            1 => format!("/course/{}/edit", dice.below(1_000)),
            2 => format!("/static/app.{:08x}a1.js", dice.below(1 << 32)),
            _ => format!("/search {}?q={}", dice.below(3), dice.below(9)),
        };
        let tails = [
            "".to_owned(),
            " TID_00".to_owned(),
            " TID_00 \"-\" \"-\" \"-\"".to_owned(),
            format!(
                " TID_00 \"-\" \"-\" \"-\" 10.0.1.{} \"new field\"",
                dice.below(3)
            ),
        ];
        Self {
            kind: dice.one_of(&["http", "https", "h2", "grpcs", "ws", "wss"]),
            minute: dice.below(180),
            second: dice.below(60),
            client,
            target: dice.one_of(&["10.0.0.1:80", "10.0.0.2:80", "-"]).to_owned(),
            times_ms: [ms(dice), ms(dice), ms(dice)],
            elb_status: elb_status.to_owned(),
            target_status: dice
                .one_of(&[elb_status, elb_status, "-", "200"])
                .to_string(),
            sizes: [dice.below(1_000), dice.below(1_000_000)],
            method: dice.one_of(&["GET", "POST", "DELETE"]),
            path,
            agent: dice.one_of(&AGENTS).0,
            reason: dice.one_of(&["-", "-", "LambdaInvalidResponse", "WAFServiceError"]),
            tail: tails[usize::try_from(dice.below(4)).expect("small")].clone(),
        }
    }

    pub fn write(&self) -> String {
        let seconds = |ms: Option<u64>| {
            ms.map_or("-1".to_owned(), |ms| {
                format!("{}.{:03}", ms / 1_000, ms % 1_000)
            })
        };
        let [before, target, after] = self.times_ms.map(seconds);
        let Self {
            kind,
            client,
            elb_status,
            target_status,
            method,
            path,
            agent,
            reason,
            tail,
            ..
        } = self;
        format!(
            "{kind} {} app/web/50dc6c495c0c9188 {client} {} {before} {target} {after} {elb_status} \
             {target_status} {} {} \"{method} https://Shop.example:443{path} HTTP/1.1\" \"{agent}\" - - \
             arn:x \"Root=1-58337262-36d2\" \"-\" \"-\" 0 {} \"forward\" \"-\" \"{reason}\" \"-\" \"-\" \
             \"-\" \"-\"{tail}",
            self.time(),
            self.target,
            self.sizes[0],
            self.sizes[1],
            self.time(),
        )
    }

    fn time(&self) -> String {
        format!(
            "{}:{:02}.{:06}Z",
            self.minute_text(),
            self.second,
            self.sizes[1]
        )
    }

    fn minute_text(&self) -> String {
        format!("2026-03-02T{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

/// A reader that goes from character to character: quotes begin and end texts, and what follows a
/// backslash within a text belongs to it.
fn naive(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut characters = line.chars().peekable();
    while let Some(first) = characters.next() {
        let mut field = String::new();
        match first {
            ' ' => continue,
            '"' => {
                while let Some(next) = characters.next_if(|&c| c != '"') {
                    field.push(next);
                    if next == '\\' {
                        field.extend(characters.next());
                    }
                }
                characters.next();
            }
            first => {
                field.push(first);
                while let Some(next) = characters.next_if(|&c| c != ' ') {
                    field.push(next);
                }
            }
        }
        fields.push(field);
    }
    fields
}

#[test]
fn random_rows_are_read_as_a_naive_reader_reads_them() {
    let mut dice = Dice(1);
    for _ in 0..5_000 {
        let drawn = Drawn::draw(&mut dice);
        let line = drawn.write();
        let told = told(line.as_bytes());
        let fields = naive(&line);
        let or_null = |text: &str| {
            if text == "-" {
                Value::Null
            } else {
                json!(text)
            }
        };
        for (index, name) in [
            (0, "type"),
            (1, "time"),
            (2, "elb"),
            (12, "request"),
            (13, "user_agent"),
            (14, "ssl_cipher"),
            (16, "target_group_arn"),
            (17, "trace_id"),
            (18, "domain_name"),
            (20, "matched_rule_priority"),
            (21, "request_creation_time"),
            (24, "error_reason"),
            (28, "classification_reason"),
            (29, "conn_trace_id"),
            (32, "request_transform_status"),
        ] {
            let expected = fields.get(index).map(|text| or_null(text));
            assert_eq!(told.get(name), expected.as_ref(), "{name}: {line}");
        }
        for (index, name) in [
            (5, "request_processing_time"),
            (8, "elb_status_code"),
            (11, "sent_bytes"),
        ] {
            let expected = fields[index].parse::<f64>().ok();
            assert_eq!(told[name].as_f64(), expected, "{name}: {line}");
        }
        let (ip, port) = fields[3].rsplit_once(':').expect("a port");
        assert_eq!(told["client_ip"], ip, "{line}");
        assert_eq!(told["client_port"].to_string(), port, "{line}");
        assert_eq!(
            told["unknown"],
            json!(fields.get(33..).unwrap_or_default()),
            "{line}"
        );
    }
}

#[test]
fn hostile_bytes_never_stop_the_reader() {
    let mut dice = Dice(2);
    let mut times = Times::default();
    let pieces: [&[u8]; 14] = [
        b" ",
        b"\"",
        b"\\",
        b"-",
        b"http",
        b"2026-03-02T01:02:03Z",
        b":",
        b"200",
        b"0.1",
        b"\xff\xfe",
        b"app/x",
        b"\0",
        b"GET http://",
        b"\xe2\x82",
    ];
    for _ in 0..20_000 {
        let mut bytes = Vec::new();
        if dice.one_in(2) {
            bytes = Drawn::draw(&mut dice).write().into_bytes();
            for _ in 0..=dice.below(4) {
                let at = usize::try_from(dice.below(bytes.len() as u64)).expect("a place");
                match dice.below(3) {
                    0 => bytes[at] = dice.roll().to_le_bytes()[0],
                    1 => bytes.truncate(at + 1),
                    _ => drop(bytes.splice(at..at, dice.one_of(&pieces).iter().copied())),
                }
            }
        } else {
            for _ in 0..dice.below(60) {
                bytes.extend_from_slice(dice.one_of(&pieces));
            }
        }
        if let Reading::Row(row) = read_line(&bytes, &mut times) {
            assert!(
                row.total_us()
                    .is_none_or(|total| Some(total) >= row.target_us)
            );
        }
        assert!(told(&bytes).is_object());
        let aggregate = counted("x", &*bytes, Range::default());
        let report = json!(Report::new(aggregate, 20));
        let lines = |name: &str| report["lines"][name].as_u64().expect("a count");
        assert_eq!(
            lines("total"),
            lines("parsed") + lines("rejected") + lines("ignored")
        );
    }
}

/// Everything that a report tells, counted by hand.
fn by_hand(rows: &[Drawn]) -> Value {
    let count = |holds: &dyn Fn(&Drawn) -> bool| rows.iter().filter(|row| holds(row)).count();
    let class = |row: &Drawn| row.elb_status.chars().next().unwrap_or('-');
    let mut minutes: BTreeMap<String, Vec<&Drawn>> = BTreeMap::new();
    for row in rows {
        minutes.entry(row.minute_text()).or_default().push(row);
    }
    let series: Vec<Value> = minutes
        .iter()
        .map(|(minute, rows)| {
            let of = |first| rows.iter().filter(|row| class(row) == first).count();
            json!({"minute": format!("{minute}:00Z"), "requests": rows.len(),
            "2xx": of('2'), "3xx": of('3'), "4xx": of('4'), "5xx": of('5')})
        })
        .collect();
    let timed: Vec<&Drawn> = rows
        .iter()
        .filter(|row| !row.kind.starts_with('w') && row.times_ms.iter().all(Option::is_some))
        .collect();
    let websocket = count(&|row| row.kind.starts_with('w'));
    let made = |first, by_target: bool| {
        count(&|row| {
            let status = if by_target {
                row.elb_status.as_str()
            } else {
                "-"
            };
            class(row) == first && row.target_status == status
        })
    };
    let tally = |text: &dyn Fn(&Drawn) -> Option<String>, name: &str| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for text in rows.iter().filter_map(text) {
            *counts.entry(text).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        counts.truncate(20);
        let rows = counts
            .into_iter()
            .map(|(text, count)| json!({name: text, "requests": count}));
        Value::from(rows.collect::<Vec<_>>())
    };
    let some = |text: &str| (text != "-").then(|| text.to_owned());
    let device = |name| {
        count(&|row| {
            AGENTS
                .iter()
                .any(|&(agent, device)| agent == row.agent && device == name)
        })
    };
    json!({
        "requests": rows.len(),
        "bytes": {"received": rows.iter().map(|row| row.sizes[0]).sum::<u64>(),
            "sent": rows.iter().map(|row| row.sizes[1]).sum::<u64>()},
        "status": {"1xx": count(&|row| class(row) == '1'), "2xx": count(&|row| class(row) == '2'),
            "3xx": count(&|row| class(row) == '3'), "4xx": count(&|row| class(row) == '4'),
            "5xx": count(&|row| class(row) == '5'), "none": count(&|row| class(row) == '-')},
        "errors": {"elb_5xx": made('5', false), "target_5xx": made('5', true),
            "elb_4xx": made('4', false), "target_4xx": made('4', true)},
        "latency_ms": {
            "target": percentiles(timed.iter().filter_map(|row| row.times_ms[1]).collect()),
            "total": percentiles(timed.iter().map(|row| row.times_ms.iter().flatten().sum()).collect()),
            "excluded": {"sentinel": rows.len() - timed.len() - websocket, "websocket": websocket}},
        "series": series,
        "paths": tally(&|row| row.path.split('?').next().map(str::to_owned), "path"),
        "clients": tally(&|row| row.client.rsplit_once(':').map(|(ip, _)| ip.to_owned()), "ip"),
        "hosts": tally(&|_| Some("shop.example".to_owned()), "host"),
        "targets": tally(&|row| some(&row.target), "target"),
        "user_agents": tally(&|row| some(row.agent), "user_agent"),
        "devices": {"mobile_app": device("mobile_app"), "mobile_web": device("mobile_web"),
            "desktop": device("desktop"), "bot": device("bot"), "unknown": device("unknown")},
        "error_reasons": tally(&|row| some(row.reason), "reason"),
    })
}

fn percentiles(mut all: Vec<u64>) -> Value {
    all.sort_unstable();
    let at = |percent: usize| {
        (all.len() * percent)
            .div_ceil(100)
            .checked_sub(1)
            .map(|rank| all[rank])
    };
    json!({"count": all.len(), "p50": at(50), "p90": at(90), "p95": at(95), "p99": at(99), "max": all.last()})
}

#[test]
fn random_rows_are_counted_as_by_hand_whole_or_in_parts() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let count = dice.below(600);
        let rows: Vec<Drawn> = (0..count).map(|_| Drawn::draw(&mut dice)).collect();
        let read = |rows: &[Drawn]| {
            let text: String = rows.iter().map(|row| row.write() + "\n").collect();
            counted("x", text.as_bytes(), Range::default())
        };
        let whole = read(&rows);
        let mut parts = Aggregate::new(Range::default());
        for part in rows.chunks(1 + usize::try_from(dice.below(200)).expect("small")) {
            parts.merge(read(part));
        }
        let (whole, mut parts) = (json!(Report::new(whole, 20)), json!(Report::new(parts, 20)));
        for (name, expected) in by_hand(&rows).as_object().expect("an object") {
            check(seed, name, &whole[name], expected);
        }
        parts["files"] = whole["files"].clone();
        assert_eq!(parts, whole, "{seed}");
    }
}

/// Percentiles may be off by one in a hundred; all else is exact.
fn check(seed: u64, name: &str, told: &Value, expected: &Value) {
    if let Some(object) = expected.as_object() {
        for (name, expected) in object {
            check(seed, name, &told[name], expected);
        }
    } else if ["p50", "p90", "p95", "p99"].contains(&name) && !expected.is_null() {
        let (told, exact) = (
            told.as_f64().expect("a number"),
            expected.as_f64().expect("a number"),
        );
        assert!(
            (told - exact).abs() <= exact / 100.0,
            "{seed}: {name}: {told} is not {exact}"
        );
    } else {
        assert_eq!(told, expected, "{seed}: {name}");
    }
}
