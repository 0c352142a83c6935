//! Random schedules that lie in wait: zones with odd clock changes, edges inside
//! them, overlapping windows, counted days, exceptions and overrides in the way.

use super::dice::Dice;
use serde_json::{Value, json};

/// Zones with half-hour changes, changes at a quarter to three, two changes around
/// a month that moves, a quarter-hour offset, changes at midnight and a minute after,
/// a day that never was (Apia, 2011), and none at all.
const ZONES: [&str; 11] = [
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/New_York",
    "Asia/Seoul",
    "UTC",
    "America/Havana",
    "America/St_Johns",
    "Pacific/Apia",
];

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// Edges of gaps and folds in those zones, and plain times.
const TIMES: [&str; 22] = [
    "00:00", "00:00", "00:01", "00:30", "01:00", "01:30", "01:45", "02:00", "02:15", "02:30",
    "02:45", "03:00", "03:30", "03:45", "06:00", "08:00", "09:00", "12:00", "18:00", "20:00",
    "22:00", "23:59",
];

/// A schedule as a file holds it, with the first date and the days of a horizon.
pub struct RandomSchedule {
    pub schedule: Value,
    pub from: jiff::civil::Date,
    pub days: i64,
}

/// Throws the dice.
pub fn random_schedule(dice: &mut Dice) -> RandomSchedule {
    let days = dice.pick(&[1, 7, 30, 60, 60, 60, 200, 400]);
    let year = i16::try_from(2008 + dice.below(24)).expect("a year");
    let day = i64::try_from(dice.below(365)).expect("a day");
    let from = jiff::civil::date(year, 1, 1).saturating_add(jiff::Span::new().days(day));
    let kind = dice.pick(&["asg", "asg", "ecs", "ec2_tag", "rds", "rds_cluster", "eks"]);
    let spot = kind == "asg" && dice.one_in(3);
    let windows: Vec<Value> = (0..dice.below(6))
        .map(|place| window(dice, kind, spot, place, from))
        .collect();
    let exceptions: Vec<Value> = (0..dice.below(4))
        .map(|_| {
            let place = dice.below(windows.len() as u64 + 1);
            let instead = match dice.one_in(2) || place == windows.len() as u64 {
                true => "base".to_owned(),
                false => format!("w{place}"),
            };
            json!({"dates": dates(dice, from, days), "use": instead})
        })
        .collect();
    let overrides: Vec<Value> = (0..dice.below(4))
        .map(|_| {
            let start = jiff::civil::DateTime::from(from).to_zoned(jiff::tz::TimeZone::UTC);
            let minutes = dice.below(u64::try_from(days).expect("days") * 24 * 60);
            let start = start.expect("an instant").timestamp();
            let minutes = jiff::Span::new().minutes(i64::try_from(minutes).expect("minutes"));
            let start = start.checked_add(minutes).expect("an instant");
            let length =
                jiff::Span::new().minutes(1 + i64::try_from(dice.below(4_000)).expect("minutes"));
            let end = start.checked_add(length).expect("an instant");
            json!({
                "from": start.to_string(),
                "until": end.to_string(),
                "capacity": capacity(dice, kind, spot),
                "reason": "a random one",
            })
        })
        .collect();
    let targets: Vec<Value> = (0..=dice.below(2))
        .map(|place| target(kind, place))
        .collect();
    let schedule = json!({
        "name": "random",
        "timezone": dice.pick(&ZONES),
        "targets": targets,
        "base": capacity(dice, kind, spot),
        "windows": windows,
        "exceptions": exceptions,
        "overrides": overrides,
    });
    RandomSchedule {
        schedule,
        from,
        days,
    }
}

fn target(kind: &str, place: u64) -> Value {
    match kind {
        "ecs" | "eks" => json!({kind: format!("main/target-{place}")}),
        "ec2_tag" => json!({kind: {"key": "Schedule", "value": format!("target-{place}")}}),
        _ => json!({kind: format!("target-{place}")}),
    }
}

/// Few different ones, so that neighbours are often alike.
fn capacity(dice: &mut Dice, kind: &str, spot: bool) -> Value {
    let (min, more, spare) = (dice.below(3), dice.below(2), dice.below(2));
    match kind {
        "ecs" => json!({"min": min, "max": min + more}),
        "ec2_tag" | "rds" | "rds_cluster" => {
            json!({"state": dice.pick(&["running", "stopped"])})
        }
        _ => {
            let least = u64::from(kind == "eks");
            let mut sizes =
                json!({"min": min, "desired": min + more, "max": (min + more + spare).max(least)});
            if spot {
                let percent = dice.pick(&[0, 50, 100]);
                sizes["spot"] = json!({"on_demand_base": 1, "on_demand_percent": percent});
            }
            sizes
        }
    }
}

fn window(dice: &mut Dice, kind: &str, spot: bool, place: u64, from: jiff::civil::Date) -> Value {
    let to = match dice.one_in(10) {
        true => "24:00",
        false => dice.pick(&TIMES),
    };
    let mut window = json!({
        "name": format!("w{place}"),
        "from": dice.pick(&TIMES),
        "to": to,
        "capacity": capacity(dice, kind, spot),
    });
    if dice.one_in(3) {
        window["timezone"] = json!(dice.pick(&ZONES));
    }
    match dice.below(10) {
        0 => window["dates"] = dates(dice, from, 60),
        1 | 2 => window["monthdays"] = monthdays(dice),
        3 => {
            window["days"] = weekdays(dice);
            window["monthdays"] = monthdays(dice);
        }
        4 => {}
        _ => window["days"] = weekdays(dice),
    }
    if dice.one_in(4) && window.get("dates").is_none() {
        window["months"] = json!([format!("{}..{}", dice.pick(&MONTHS), dice.pick(&MONTHS))]);
    }
    window
}

fn weekdays(dice: &mut Dice) -> Value {
    let items: Vec<String> = (0..=dice.below(2))
        .map(|_| {
            let day = dice.pick(&WEEKDAYS);
            match dice.below(6) {
                0 => format!("{day}#{}", 1 + dice.below(5)),
                1 => format!("{day}#last"),
                2 | 3 => day.to_owned(),
                _ => format!("{day}..{}", dice.pick(&WEEKDAYS)),
            }
        })
        .collect();
    json!(items)
}

fn monthdays(dice: &mut Dice) -> Value {
    let items: Vec<String> = (0..=dice.below(2))
        .map(|_| match dice.below(5) {
            0 => "last".to_owned(),
            1 => format!("{}w", 1 + dice.below(31)),
            _ => (1 + dice.below(31)).to_string(),
        })
        .collect();
    json!(items)
}

fn dates(dice: &mut Dice, from: jiff::civil::Date, days: i64) -> Value {
    let items: Vec<String> = (0..=dice.below(3))
        .map(|_| {
            let ahead = dice.below(u64::try_from(days).expect("days"));
            let ahead = jiff::Span::new().days(i64::try_from(ahead).expect("days"));
            let first = from.saturating_add(ahead);
            match dice.one_in(4) {
                true => {
                    let more = i64::try_from(dice.below(20)).expect("days");
                    format!(
                        "{first}..{}",
                        first.saturating_add(jiff::Span::new().days(more))
                    )
                }
                false => first.to_string(),
            }
        })
        .collect();
    json!(items)
}
