//! Prints what compiling and proving a schedule of 50 windows over 400 days costs.
//!
//! `cargo run --release -p domain --features tzdb --example schedule_compile`

use domain::{
    schedules::{
        Schedule, Timetable, Zones,
        compile::{compile, verify},
    },
    time::{DAY_MS, Timestamp},
};
use serde_json::{Value, json};
use std::{error::Error, hint::black_box, time::Instant};

const WINDOWS: usize = 50;
const DAYS: i64 = 400;
const ROUNDS: usize = 20;
const ZONES: [&str; 3] = ["Asia/Seoul", "America/New_York", "Australia/Lord_Howe"];

#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring tool reads the machine's clock and prints its figure"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let schedule: Schedule = serde_json::from_value(schedule())?;
    let zones = Zones::named_by(&schedule)?;
    let timetable = Timetable::new(&schedule, &zones)?;
    let from: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let until = from.plus_ms(DAYS * DAY_MS);
    let mut compiles_us = Vec::new();
    let mut proofs_us = Vec::new();
    let mut compiled = compile(&timetable, from, until);
    let mut equal = true;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        compiled = black_box(compile(&timetable, from, until));
        compiles_us.push(start.elapsed().as_micros());
        let start = Instant::now();
        equal &= black_box(verify(&timetable, &compiled, from, until)).equal;
        proofs_us.push(start.elapsed().as_micros());
    }
    let changes = timetable.timeline(from, until).len();
    let objects = compiled.objects.len();
    println!(
        "{WINDOWS} windows, {DAYS} days: {changes} changes, {objects} objects, equal: {equal}"
    );
    for (name, mut took_us) in [("compile", compiles_us), ("verify", proofs_us)] {
        took_us.sort_unstable();
        let median = took_us.get(took_us.len() / 2).copied().unwrap_or_default();
        let most = took_us.last().copied().unwrap_or_default();
        println!("{name:10} median {median} µs, most {most} µs");
    }
    Ok(())
}

/// For node groups, of whose schedules AWS keeps as many as there are.
fn schedule() -> Value {
    const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let windows: Vec<Value> = (0..WINDOWS)
        .map(|index| {
            json!({
                "name": format!("w{index}"),
                "days": [format!("{}..{}", WEEKDAYS[index % 7], WEEKDAYS[(index * 3 + 4) % 7])],
                "from": format!("{:02}:{:02}", index % 24, index % 60),
                "to": format!("{:02}:{:02}", (index % 24 + 1) % 24, index * 7 % 60),
                "timezone": ZONES[index % ZONES.len()],
                "capacity": {"min": index % 5 + 1, "desired": index % 5 + 1, "max": 10},
            })
        })
        .collect();
    json!({
        "name": "many-windows",
        "timezone": "Asia/Seoul",
        "targets": [{"eks": "main/nodes"}],
        "base": {"min": 0, "desired": 0, "max": 10},
        "windows": windows,
        "exceptions": [
            {"dates": ["2026-02-16..2026-02-18", "2026-05-05", "2026-12-25"], "use": "base"},
        ],
    })
}
