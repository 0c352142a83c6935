//! A burst of alarms through the door of a source to the real program: all of it is kept, with a
//! message each, in bounded memory, while people still read pages.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use crate::{
    console::{Installation, SECRET, call_hook},
    slack::Slack,
};
use serde_json::{Value, json};

/// Alarms of the burst; the full one is `cargo xtask bench`'s.
const ALARMS: usize = 2_000;
const ALARMS_A_CALL: usize = 10;
/// Connections of the source at one time.
const CALLERS: usize = 4;
/// The most memory that a debug build may take for it.
const RESIDENT_KB_MAX: u64 = 400_000;
/// Between two readings of a person.
const READING: Duration = Duration::from_millis(100);
const ROWS: usize = 200;

fn name(nth: usize) -> String {
    format!("Burst{nth:05}")
}

#[test]
fn a_burst_of_alarms_is_kept_whole_with_a_message_for_each() {
    let slack = Slack::start(Duration::ZERO);
    let config = format!(
        "[[sources]]\nname = \"seoul\"\nkind = \"prometheus\"\ntoken_env = \"{SECRET}\"\n\
         environment = \"prod\"\nalarms_max = 10000\ncalls_per_minute = 6000\n{}",
        slack.config()
    );
    let installation = Installation::without_aws(&config, None);
    let viewer = installation.person("vera@example.com", "viewer");
    let console = installation.serve();
    let now = console.hours_ahead(&viewer, 0).to_string();
    let call = |first: usize| {
        let alerts = (first..first + ALARMS_A_CALL).map(|nth| {
            json!({
                "status": "firing", "labels": {"alertname": name(nth)}, "annotations": {},
                "startsAt": now, "endsAt": "0001-01-01T00:00:00Z",
            })
        });
        let batch = json!({"version": "4", "alerts": alerts.collect::<Vec<_>>()});
        let answer = call_hook(console.address(), "alertmanager/seoul", &batch);
        let told = json!({"told": ALARMS_A_CALL, "changed": ALARMS_A_CALL, "left_out": 0});
        assert_eq!(answer, Some((200, told)), "the call from {first} on");
    };

    let done = AtomicBool::new(false);
    let (took, mut readings) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut readings = Vec::new();
            while !done.load(Ordering::SeqCst) {
                readings.push(timed(|| {
                    let (status, page) = console.ask(&viewer, "GET", "/alarms", &Value::Null);
                    assert_eq!(status, 200, "{page:#}");
                }));
                std::thread::sleep(READING);
            }
            readings
        });
        let took = timed(|| {
            std::thread::scope(|scope| {
                for caller in 0..CALLERS {
                    scope.spawn(move || {
                        let firsts = (0..ALARMS).step_by(ALARMS_A_CALL);
                        firsts.skip(caller).step_by(CALLERS).for_each(call);
                    });
                }
            });
        });
        done.store(true, Ordering::SeqCst);
        (took, reader.join().expect("readings"))
    });
    readings.sort_unstable();
    let p95 = readings[(readings.len() * 95).div_ceil(100) - 1];
    let resident_kb = console.resident_kb();
    println!(
        "{ALARMS} alarms in {took:?}; GET /api/v1/alarms meanwhile p95 {p95:?} of {}; {resident_kb} KB resident",
        readings.len()
    );
    assert!(resident_kb < RESIDENT_KB_MAX, "{resident_kb} KB");

    let mut listed = BTreeSet::new();
    for offset in (0..ALARMS).step_by(ROWS) {
        let path = format!("/alarms?source=prometheus&state=alarm&limit={ROWS}&offset={offset}");
        let (_, page) = console.ask(&viewer, "GET", &path, &Value::Null);
        assert_eq!(page["total"], ALARMS, "{path}");
        let rows = page["rows"].as_array().expect("rows");
        listed.extend(
            rows.iter()
                .map(|row| row["name"].as_str().expect("a name").to_owned()),
        );
    }
    assert_eq!(listed, (0..ALARMS).map(name).collect::<BTreeSet<_>>());
    let path = "/notifications?channel=ops";
    let (_, messages) = console.ask(&viewer, "GET", path, &Value::Null);
    assert_eq!(messages["total"], ALARMS, "a message for each");
    drop(console);
    installation.run(&["audit", "verify"]);
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
