//! The heart of the product: what AWS makes of the compiled objects is what the
//! schedule says, minute by minute, for any schedule.
//!
//! `LAMPLIGHTER_SCHEDULES` says how many random schedules are tried, and
//! `LAMPLIGHTER_SEED` with which seed they begin. A schedule that fails is
//! made as small as it can be and still fail, and printed; kept under
//! `tests/cases/compile`, it is tried for ever.

mod dice;
mod money;
mod random_schedules;
mod replacing;

use dice::Dice;
use domain::{
    aws_timing::Object,
    plan::at_expression,
    schedules::{
        Schedule, Timetable, Zones,
        compile::{Compiled, Refusal, Verified, compile, verify},
    },
    time::{DAY_MS, MINUTE_MS, Timestamp, Zone},
};
use random_schedules::random_schedule;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A schedule with a horizon.
#[derive(Debug, Clone)]
struct Case {
    schedule: Value,
    from: Timestamp,
    days: i64,
}

/// Compiles and verifies; none when the schedule is none.
fn outcome(case: &Case) -> Option<(Compiled, Verified)> {
    let schedule: Schedule = serde_json::from_value(case.schedule.clone()).ok()?;
    let zones = Zones::named_by(&schedule).expect("zones of the database");
    let timetable = Timetable::new(&schedule, &zones).expect("its zones");
    let until = case.from.plus_ms(case.days * DAY_MS);
    let compiled = compile(&timetable, case.from, until);
    let verified = verify(&timetable, &compiled, case.from, until);
    Some((compiled, verified))
}

/// Wrong, and not merely more than AWS keeps for one target.
fn fails(case: &Case) -> bool {
    outcome(case).is_some_and(|(compiled, verified)| compiled.refused.is_empty() && !verified.equal)
}

/// Leaves out whatever can be left out.
fn shrink(mut case: Case) -> Case {
    loop {
        let mut smaller = Vec::new();
        for list in ["windows", "exceptions", "overrides", "targets"] {
            let length = case.schedule[list].as_array().map_or(0, Vec::len);
            for place in 0..length {
                let mut less = case.clone();
                less.schedule[list]
                    .as_array_mut()
                    .expect("a list")
                    .remove(place);
                smaller.push(less);
                for field in ["dates", "days", "monthdays", "months", "timezone"] {
                    let mut less = case.clone();
                    let Some(part) = less.schedule[list][place].as_object_mut() else {
                        continue;
                    };
                    match part.get_mut(field) {
                        Some(Value::Array(items)) if items.len() > 1 => drop(items.pop()),
                        Some(_) => drop(part.remove(field)),
                        None => continue,
                    }
                    smaller.push(less);
                }
            }
        }
        for days in [case.days / 2, case.days - 7, case.days - 1] {
            let less = case.clone();
            smaller.extend((days > 0).then_some(Case { days, ..less }));
        }
        match smaller.into_iter().find(fails) {
            Some(less) => case = less,
            None => return case,
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn aws_makes_of_random_schedules_what_they_say() {
    let count = number("LAMPLIGHTER_SCHEDULES").unwrap_or(300);
    let first_seed = number("LAMPLIGHTER_SEED").unwrap_or(1);
    println!("{count} schedules from seed {first_seed}");
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in first_seed..first_seed + count {
        let mut dice = Dice::new(seed);
        let random = random_schedule(&mut dice);
        let zone = random.schedule["timezone"].as_str().expect("a zone");
        let zone = Zone::named(zone).expect("a zone of the database");
        let minutes = match dice.one_in(2) {
            true => 0,
            false => i64::try_from(dice.below(24 * 60)).expect("minutes"),
        };
        let midnight = zone.instant(random.from.at(0, 0, 0, 0));
        let mut case = Case {
            schedule: random.schedule,
            from: midnight.plus_ms(minutes * MINUTE_MS),
            days: random.days,
        };
        loop {
            let (compiled, verified) = outcome(&case).expect("a schedule");
            let over = |refusal: &Refusal| matches!(refusal, Refusal::Quota { .. });
            if compiled.refused.iter().any(over) && case.days > 1 {
                // More than a target can hold: less of it fits.
                case.days /= 2;
                *seen.entry("over quota, tried shorter").or_default() += 1;
                continue;
            }
            if !verified.equal {
                let small = shrink(case);
                let (_, verified) = outcome(&small).expect("a schedule");
                let Case {
                    schedule,
                    from,
                    days,
                } = small;
                let case = json!({"schedule": schedule, "from": from.to_string(), "days": days});
                panic!(
                    "seed {seed}: {:?}\nkeep this under tests/cases/compile:\n{case}",
                    verified.first_difference
                );
            }
            *seen.entry("equal").or_default() += 1;
            *seen.entry("objects").or_default() += compiled.objects.len();
            *seen.entry("minutes").or_default() +=
                usize::try_from(verified.minutes).expect("minutes");
            *seen.entry("restarts by AWS").or_default() += verified.aws_restarts;
            break;
        }
    }
    println!("{seen:?}");
}

#[test]
fn what_was_once_wrong_stays_right() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/compile");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of cases") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let case: Value = serde_json::from_str(&text).expect("JSON");
        let case = Case {
            schedule: case["schedule"].clone(),
            from: case["from"]
                .as_str()
                .and_then(|at| at.parse().ok())
                .expect("from"),
            days: case["days"].as_i64().expect("days"),
        };
        let (_, verified) = outcome(&case).expect("a schedule");
        assert_eq!(verified.first_difference, None, "{}", path.display());
        tried += 1;
    }
    assert!(tried > 0, "there are cases");
}

/// A proof that cannot fail proves nothing.
#[test]
fn the_proof_sees_every_object_that_is_missing_late_or_wrong() {
    let mut tried = 0;
    for seed in 1..=30 {
        let random = random_schedule(&mut Dice::new(seed));
        let Ok(schedule) = serde_json::from_value::<Schedule>(random.schedule) else {
            continue;
        };
        let zones = Zones::named_by(&schedule).expect("zones of the database");
        let timetable = Timetable::new(&schedule, &zones).expect("its zones");
        let from = timetable.zone().instant(random.from.at(0, 0, 0, 0));
        let until = from.plus_ms(random.days.min(60) * DAY_MS);
        let compiled = compile(&timetable, from, until);
        for (place, object) in compiled.objects.iter().enumerate() {
            // A call to stop again is only needed while AWS starts by itself.
            if object.name.contains(".again.") {
                continue;
            }
            let with = |changed: Option<Object>| {
                let mut other = compiled.clone();
                other.objects.splice(place..=place, changed);
                verify(&timetable, &other, from, until).equal
            };
            let name = &object.name;
            assert!(!with(None), "seed {seed}: {name} was not missed");
            assert!(!with(Some(late(object))), "seed {seed}: {name} was late");
            let differs = |other: &&Object| {
                (other.kind, other.recurrence.is_some())
                    == (object.kind, object.recurrence.is_some())
                    && (&other.target, &other.input) != (&object.target, &object.input)
            };
            if let Some(other) = compiled.objects.iter().find(differs) {
                let (target, input) = (other.target.clone(), other.input.clone());
                let wrong = Object {
                    target,
                    input,
                    ..object.clone()
                };
                assert!(!with(Some(wrong)), "seed {seed}: {name} was wrong");
            }
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried} objects");
}

/// The same object a minute later.
fn late(object: &Object) -> Object {
    let mut late = object.clone();
    // A start is itself a firing.
    late.start = object.start.map(|start| start.plus_ms(MINUTE_MS));
    let Some(recurrence) = &object.recurrence else {
        return late;
    };
    if let Some(at) = recurrence
        .strip_prefix("at(")
        .and_then(|at| at.strip_suffix(')'))
    {
        let at: Timestamp = format!("{at}Z").parse().expect("an instant");
        late.recurrence = Some(at_expression(at.plus_ms(MINUTE_MS)));
        return late;
    }
    let first = recurrence
        .find(|c: char| c.is_ascii_digit())
        .expect("a minute");
    let (word, fields) = recurrence.split_at(first);
    let (minute, rest) = fields.split_once(' ').expect("fields");
    let minute: u32 = minute.parse().expect("a minute");
    // 59 becomes 58: what is early is as wrong as what is late.
    let other = if minute == 59 { 58 } else { minute + 1 };
    late.recurrence = Some(format!("{word}{other} {rest}"));
    late
}
