//! Prints what the preview of a schedule of 50 windows over 400 days costs.
//!
//! `cargo run --release -p domain --features tzdb --example schedule_preview`

use domain::{
    i18n::Lang,
    schedules::{Schedule, Timetable, Zones, preview},
    time::{DAY_MS, Timestamp},
};
use serde_json::{Value, json};
use std::{error::Error, hint::black_box, time::Instant};

const WINDOWS: usize = 50;
const DAYS: i64 = 400;
const ROUNDS: usize = 50;
const ZONES: [&str; 4] = [
    "America/New_York",
    "Asia/Seoul",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
];

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring tool reads the machine's clock and prints its figure"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let schedule: Schedule = serde_json::from_value(schedule())?;
    let zones = Zones::named_by(&schedule)?;
    let from: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let mut timelines_us = Vec::new();
    let mut previews_us = Vec::new();
    let mut transitions = 0;
    for _ in 0..ROUNDS {
        let timetable = Timetable::new(&schedule, &zones)?;
        let start = Instant::now();
        transitions = black_box(timetable.timeline(from, from.plus_ms(DAYS * DAY_MS))).len();
        timelines_us.push(start.elapsed().as_micros());
        let start = Instant::now();

        let today = timetable.zone().civil(from).date();
        black_box(preview(&timetable, today, DAYS, Lang::En));
        previews_us.push(start.elapsed().as_micros());
    }
    println!("{WINDOWS} windows, {DAYS} days, {transitions} transitions, {ROUNDS} rounds");
    for (name, mut took_us) in [("timeline", timelines_us), ("preview", previews_us)] {
        took_us.sort_unstable();
        let median = took_us.get(took_us.len() / 2).copied().unwrap_or_default();
        let least = took_us.first().copied().unwrap_or_default();
        println!("{name:10} least {least} µs, median {median} µs (budget 10,000 µs)");
    }
    Ok(())
}

fn schedule() -> Value {
    let windows: Vec<Value> = (0..WINDOWS)
        .map(|index| {
            let mut window = json!({
                "name": format!("w{index}"),
                "from": format!("{:02}:{:02}", index % 24, index % 60),
                "to": format!("{:02}:{:02}", (index * 7 + 3) % 24, 30),
                "timezone": ZONES[index % ZONES.len()],
                "capacity": {"min": index, "desired": index, "max": 100},
            });
            if index % 3 == 1 {
                window["days"] = json!(["mon..fri", "sat#2"]);
            }
            if index % 3 == 2 {
                window["monthdays"] = json!(["1..20", "15w", "last"]);
            }
            window
        })
        .collect();
    json!({
        "name": "fifty",
        "timezone": "Asia/Seoul",
        "targets": [{"asg": "web-prod"}],
        "base": {"min": 0, "desired": 0, "max": 0},
        "windows": windows,
        "exceptions": [{"dates": ["2026-12-25"], "use": "base"}],
        "overrides": [],
    })
}
