//! Replacing what AWS has with what it should have, call by call: AWS takes every
//! call, never has nothing, and in the end does what the new schedule says.

use super::{dice::Dice, number, random_schedules::random_schedule};
use domain::{
    aws_timing::{Fault, Object, ObjectKind, Step, quota, replace, run},
    schedules::{
        Schedule, Timetable, Zones,
        compile::{Compiled, compile, verify},
    },
    time::{DAY_MS, Timestamp, Zone},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, ops::Range};

const DAYS: i64 = 60;

fn zones(name: &str) -> Option<Zone> {
    Zone::named(name).ok()
}

/// Compiles, when the schedule fits AWS.
fn compiled(schedule: &Schedule, from: Timestamp) -> Option<Compiled> {
    let zones = Zones::named_by(schedule).expect("zones of the database");
    let timetable = Timetable::new(schedule, &zones).expect("its zones");
    let compiled = compile(&timetable, from, from.plus_ms(DAYS * DAY_MS));
    compiled.refused.is_empty().then_some(compiled)
}

/// What is left of objects when their time has come: AWS deletes what is over.
fn alive(objects: &[Object], now: Timestamp) -> Vec<Object> {
    let over = |object: &&Object| {
        let once = object
            .recurrence
            .as_deref()
            .is_none_or(|text| text.starts_with("at("));
        let at = object.recurrence.as_deref().and_then(|text| {
            format!("{}Z", text.strip_prefix("at(")?.strip_suffix(')')?)
                .parse()
                .ok()
        });
        object.end.is_some_and(|end| end < now)
            || (once && at.or(object.start).is_some_and(|at| at < now))
    };
    objects
        .iter()
        .filter(|object| !over(object))
        .cloned()
        .collect()
}

/// The next firing of an object, found by the executor alone.
fn next(object: &Object, horizon: &Range<Timestamp>) -> Option<Timestamp> {
    // Against nothing but itself, it is replaced by a copy that was never put.
    let mut probe = object.clone();
    probe.start = object.start.filter(|start| *start >= horizon.start);
    // An old horizon may not have reached a change of clock that this one does.
    let mut horizon = horizon.clone();
    let run = loop {
        let range = horizon.clone();
        match run(
            std::slice::from_ref(&probe),
            &BTreeMap::new(),
            &zones,
            range,
        ) {
            Err(Fault::Undefined { .. }) => {
                let half_ms = horizon.end.since_ms(horizon.start) / 2;
                horizon.end = horizon.start.plus_ms(half_ms);
            }
            run => break run.expect("an object that AWS takes"),
        }
    };
    let states = run.states.into_values().next().expect("one resource");
    // From unknown to known at its first firing.
    states.get(1).map(|(at, _)| *at).or_else(|| {
        let (at, state) = states[0];
        let known = state.sizes.is_some() || state.mix.is_some() || state.running.is_some();
        known.then_some(at)
    })
}

/// AWS as far as it matters: it refuses what meets another, and counts.
struct Aws {
    horizon: Range<Timestamp>,
    held: Vec<(Object, Option<Timestamp>)>,
}

impl Aws {
    fn new(objects: &[Object], horizon: Range<Timestamp>) -> Self {
        let next = |object: &Object| (object.clone(), next(object, &horizon));
        let held = objects.iter().map(next).collect();
        Self { horizon, held }
    }

    fn carry_out(&mut self, step: &Step) {
        match step {
            Step::Delete { object } => {
                let count = self.held.len();
                self.held.retain(|(other, _)| {
                    other.name != object.name || other.target != object.target
                });
                assert_eq!(self.held.len(), count - 1, "{} was not there", object.name);
            }
            Step::Put { object } => self.put(object.clone()),
        }
    }

    fn put(&mut self, mut object: Object) {
        let in_group = object.kind == ObjectKind::AsgScheduledAction;
        let everywhere = object.kind == ObjectKind::SchedulerSchedule;
        let same = self.held.iter().position(|(other, _)| {
            other.name == object.name && (everywhere || other.target == object.target)
        });
        if let Some(place) = same {
            let (other, next) = self.held.remove(place);
            if in_group {
                // What an update does not name may stay as it was, the next firing
                // that AWS worked out included.
                object.start = object.start.or(next);
                object.end = object.end.or(other.end);
                object.recurrence = object.recurrence.or(other.recurrence);
            }
        }
        let mine = next(&object, &self.horizon);
        let target = object.target.clone();
        if in_group && mine.is_some() {
            let meets = self
                .held
                .iter()
                .find(|(other, next)| other.target == target && *next == mine);
            assert!(meets.is_none(), "{object:?} meets {meets:?}");
        }
        self.held.push((object, mine));
        let beside = self.held.iter().filter(|(other, _)| {
            other.target == target && other.kind == ObjectKind::AsgScheduledAction
        });
        assert!(beside.count() <= quota(ObjectKind::AsgScheduledAction));
    }
}

#[test]
fn every_call_is_taken_and_the_end_is_what_the_new_schedule_says() {
    let mut untouched = 0;
    let mut calls = 0;
    let count = number("LAMPLIGHTER_SCHEDULES").unwrap_or(60);
    let first_seed = number("LAMPLIGHTER_SEED").unwrap_or(1);
    for seed in first_seed..first_seed + count {
        let mut dice = Dice::new(seed);
        let random = random_schedule(&mut dice);
        let mut edited = random.schedule.clone();
        match dice.below(4) {
            // The horizon rolls on and nothing else.
            0 => {}
            1 => edited["overrides"] = json!([]),
            2 => drop(edited["windows"].as_array_mut().expect("windows").pop()),
            _ => edited["windows"] = random_schedule(&mut dice).schedule["windows"].clone(),
        }
        let read = serde_json::from_value::<Schedule>;
        let (Ok(before), Ok(after)) = (read(random.schedule), read(edited)) else {
            continue;
        };
        let put_at = Zone::utc().instant(random.from.at(0, 0, 0, 0));
        let days = i64::try_from(dice.below(20)).expect("days");
        let now = put_at.plus_ms(days * DAY_MS);
        let (Some(old), Some(new)) = (compiled(&before, put_at), compiled(&after, now)) else {
            continue;
        };
        let done = carry_all_out(&format!("seed {seed}"), &old, &after, new, now);
        untouched += usize::from(done == 0);
        calls += done;
    }
    println!("{calls} calls; {untouched} schedules needed none");
    assert!(calls > 0 && untouched > 0, "both kinds are tried");
}

/// Replaces, looks at AWS after each call, proves the end, and counts the calls.
fn carry_all_out(
    told: &str,
    old: &Compiled,
    after: &Schedule,
    new: Compiled,
    now: Timestamp,
) -> usize {
    let horizon = now..now.plus_ms(DAYS * DAY_MS);
    let before = alive(&old.objects, now);
    let plan = replace(&before, &new.objects, &zones, &horizon).expect("objects AWS takes");
    let least = before.len().min(new.objects.len());
    let mut aws = Aws::new(&before, horizon.clone());
    for step in &plan.steps {
        aws.carry_out(step);
        assert!(
            aws.held.len() >= least,
            "{told}: fewer than before and after"
        );
    }
    let mut held: Vec<Object> = aws.held.into_iter().map(|(object, _)| object).collect();

    let names = Zones::named_by(after).expect("zones of the database");
    let timetable = Timetable::new(after, &names).expect("its zones");
    // Starts that are past have no effect, and the proof wants none.
    for object in &mut held {
        object.start = object.start.filter(|start| *start >= now);
    }
    let held = Compiled {
        objects: held,
        ..new
    };
    let verified = verify(&timetable, &held, now, horizon.end);
    assert_eq!(verified.first_difference, None, "{told}");

    let again = replace(&plan.objects, &held.objects, &zones, &horizon);
    assert_eq!(again.expect("objects AWS takes").steps, [], "{told}");
    plan.steps.len()
}

/// The calls between two editions of a schedule, the old put on 21 November 2026.
fn calls(before: Value, after: Value, now: &str) -> Vec<String> {
    let schedule = |parts: Value| -> Schedule {
        let mut whole = json!({
            "name": "office",
            "timezone": "Asia/Seoul",
            "targets": [{"asg": "web"}],
            "base": {"min": 0, "desired": 0, "max": 0},
        });
        for (key, value) in parts.as_object().expect("an object") {
            whole[key] = value.clone();
        }
        serde_json::from_value(whole).expect("a schedule")
    };
    let put_at: Timestamp = "2026-11-21T00:00:00Z".parse().expect("a time");
    let now: Timestamp = now.parse().expect("a time");
    let old = compiled(&schedule(before), put_at).expect("objects");
    let new = compiled(&schedule(after), now).expect("objects");
    let horizon = now..now.plus_ms(DAYS * DAY_MS);
    let old = alive(&old.objects, now);
    let plan = replace(&old, &new.objects, &zones, &horizon).expect("objects AWS takes");
    let short = |object: &Object| object.name.replace("lamplighter/office/", "");
    plan.steps
        .iter()
        .map(|step| match step {
            Step::Put { object } => {
                let recurrence = object.recurrence.as_deref().unwrap_or("once");
                format!(
                    "put {} = {recurrence} sets {}",
                    short(object),
                    object.input["MinSize"]
                )
            }
            Step::Delete { object } => format!("delete {}", short(object)),
        })
        .collect()
}

fn windows(from: &str, min: u32) -> Value {
    let sizes = json!({"min": min, "desired": min, "max": 9});
    json!([
        {"name": "day", "days": ["mon..fri"], "from": from, "to": "20:00", "capacity": sizes},
    ])
}

#[test]
fn a_new_capacity_updates_in_place_and_new_hours_are_put_before_the_old_go() {
    let now = "2026-11-21T00:00:00Z";
    let week = |from, min| json!({"windows": windows(from, min)});
    assert_eq!(calls(week("08:00", 2), week("08:00", 2), now), [""; 0]);
    assert_eq!(
        calls(week("08:00", 2), week("08:00", 3), now),
        ["put 0800.mon-fri = 0 8 * * MON-FRI sets 3"]
    );
    assert_eq!(
        calls(week("08:00", 2), week("09:00", 2), now),
        [
            "put 0900.mon-fri = 0 9 * * MON-FRI sets 2",
            "delete 0800.mon-fri"
        ]
    );
}

#[test]
fn a_holiday_that_has_passed_leaves_the_second_half_alone() {
    let parts = json!({
        "windows": windows("08:00", 2),
        "exceptions": [{"dates": ["2026-12-25"], "use": "base"}],
    });
    // AWS has deleted the first half at its end.
    assert_eq!(
        calls(parts.clone(), parts.clone(), "2026-12-26T00:00:00Z"),
        [""; 0]
    );
    // Before, nothing changes either as the horizon rolls on.
    assert_eq!(calls(parts.clone(), parts, "2026-12-03T00:00:00Z"), [""; 0]);
}

#[test]
fn a_change_of_clock_that_comes_into_sight_is_cut_out_in_time() {
    let mut parts = json!({"timezone": "America/New_York", "windows": windows("02:30", 2)});
    parts["windows"][0]["days"] = json!(["sun"]);
    assert_eq!(
        calls(parts.clone(), parts, "2027-01-25T00:00:00Z"),
        [
            "put 0230.sun.from-20270321 = 30 2 * * SUN sets 2",
            "put once.20270314T0700Z = once sets 2",
            // It ends before the clock changes.
            "put 0230.sun = 30 2 * * SUN sets 2",
        ]
    );
}

#[test]
fn what_fires_next_at_the_same_instant_takes_over_the_name() {
    let week = json!({"windows": windows("08:00", 2)});
    let mut sale = week.clone();
    sale["overrides"] = json!([{
        "from": "2026-11-23T08:00:00+09:00",
        "until": "2026-11-23T10:00:00+09:00",
        "capacity": {"min": 5, "desired": 5, "max": 9},
        "reason": "sale",
    }]);
    assert_eq!(
        calls(week, sale, "2026-11-21T00:00:00Z"),
        [
            "put 0800.mon-fri.from-20261124 = 0 8 * * MON-FRI sets 2",
            "put once.20261123T0100Z = once sets 2",
            // AWS would refuse another action at the instant at which this one fires,
            // and an update cannot take its recurrence away: this one ends at once.
            "put 0800.mon-fri = 0 23 22 11 * sets 5",
        ]
    );
}

#[test]
fn what_would_not_fit_beside_the_old_takes_its_places() {
    // 2 × 45 actions before and after: 180 are more than a group can have.
    let many = |minutes: u32| -> Schedule {
        let windows: Vec<Value> = (0..45)
            .map(|place| {
                let (hour, minute) = (place / 2, place % 2 * 30 + minutes);
                json!({
                    "name": format!("w{place}"),
                    "from": format!("{hour:02}:{minute:02}"),
                    "to": format!("{hour:02}:{:02}", minute + 10),
                    "capacity": {"min": 1 + place, "desired": 50, "max": 50},
                })
            })
            .collect();
        let schedule = json!({
            "name": "many",
            "timezone": "Asia/Seoul",
            "targets": [{"asg": "web"}],
            "base": {"min": 0, "desired": 0, "max": 0},
            "windows": windows,
        });
        serde_json::from_value(schedule).expect("a schedule")
    };
    let now: Timestamp = "2026-11-21T00:00:00Z".parse().expect("a time");
    let (before, after) = (many(0), many(15));
    let old = compiled(&before, now).expect("objects");
    let new = compiled(&after, now).expect("objects");
    assert_eq!((old.objects.len(), new.objects.len()), (90, 90));
    // 35 fit beside the 90, and as many of those are deleted at the end.
    assert_eq!(carry_all_out("many", &old, &after, new, now), 90 + 35);
}
