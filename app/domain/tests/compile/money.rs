//! What a schedule costs is what a walk over its minutes adds up, whatever clocks do.

use super::{dice::Dice, random_schedules::random_schedule};
use domain::{
    prices::{Between, Buying, Usage},
    schedules::{Level, Schedule, SpotShare, Timetable, Zones},
    time::{DAY_MS, MINUTE_MS, Timestamp},
};
use serde_json::json;

/// The days before clocks change somewhere, and one on which none does.
const BEGINNINGS: [&str; 8] = [
    "2026-02-14T00:00:00Z",
    "2026-03-07T12:00:00Z",
    "2026-03-28T12:00:00Z",
    "2026-04-04T00:00:00Z",
    "2026-07-01T00:00:00Z",
    "2026-09-26T00:00:00Z",
    "2026-10-03T00:00:00Z",
    "2026-10-31T12:00:00Z",
];
const DAYS: i64 = 2;
const SCHEDULES: usize = 64;

/// The same sum, minute by minute and without a thought.
fn walked(timetable: &Timetable<'_>, buying: Buying, from: Timestamp) -> Option<Usage> {
    let mut usage = Usage::default();
    for minute in 0..DAYS * DAY_MS / MINUTE_MS {
        let (_, level) = timetable.capacity_at(from.plus_ms(minute * MINUTE_MS));
        let (least, most, mix) = match level {
            Level::Group { capacity, spot } if buying.scales_itself => {
                (capacity.min, capacity.max, spot.or(buying.mix))
            }
            Level::Group { capacity, spot } => {
                (capacity.desired, capacity.desired, spot.or(buying.mix))
            }
            Level::Bounds { min, max } => (min, max, buying.mix),
            Level::Power { .. } => return None,
        };
        let on_demand = |count: u32| match mix {
            None => count,
            Some(mix) => {
                let bought = |place: u32| match place {
                    place if place < mix.on_demand_base => 1.0,
                    _ => f64::from(mix.on_demand_percent) / 100.0,
                };
                (0..count).map(bought).sum::<f64>().ceil() as u32
            }
        };
        let minute_ms = u64::try_from(MINUTE_MS).expect("a length");
        let time = |count: u32| u64::from(count) * minute_ms;
        usage += Usage {
            on_demand_ms: Between {
                least: time(on_demand(least)),
                most: time(on_demand(most)),
            },
            spot_ms: Between {
                least: time(least - on_demand(least)),
                most: time(most - on_demand(most)),
            },
        };
    }
    Some(usage)
}

#[test]
fn a_month_adds_up_as_its_minutes_do() {
    let mut dice = Dice::new(20_261_121);
    let mut compared = 0;
    while compared < SCHEDULES {
        let random = random_schedule(&mut dice).schedule;
        let Ok(schedule) = serde_json::from_value::<Schedule>(random.clone()) else {
            continue;
        };
        let zones = Zones::named_by(&schedule).expect("zones");
        let timetable = Timetable::new(&schedule, &zones).expect("a timetable");
        let from: Timestamp = dice.pick(&BEGINNINGS).parse().expect("an instant");
        let mix = SpotShare {
            on_demand_base: 1,
            on_demand_percent: dice.pick(&[0, 50, 100]),
        };
        let buying = Buying {
            scales_itself: dice.one_in(2),
            mix: dice.one_in(2).then_some(mix),
        };
        let until = from.plus_ms(DAYS * DAY_MS);
        let (summed, walked) = (
            buying.scheduled(&timetable, from, until),
            walked(&timetable, buying, from),
        );
        assert_eq!(summed, walked, "{random} from {from} as {buying:?}");
        compared += usize::from(summed.is_some());
    }
}

#[test]
fn a_day_without_an_hour_costs_an_hour_less() {
    let night = json!({
        "name": "night", "timezone": "America/New_York", "targets": [{"asg": "web"}],
        "base": {"min": 0, "desired": 0, "max": 0},
        "windows": [{"name": "night", "from": "01:00", "to": "05:00",
            "capacity": {"min": 1, "desired": 1, "max": 1}}],
    });
    let schedule: Schedule = serde_json::from_value(night).expect("a schedule");
    let zones = Zones::named_by(&schedule).expect("zones");
    let timetable = Timetable::new(&schedule, &zones).expect("a timetable");
    let buying = Buying {
        scales_itself: false,
        mix: None,
    };
    let minutes = |day: &str| {
        let from: Timestamp = day.parse().expect("an instant");
        let usage = buying.scheduled(&timetable, from, from.plus_ms(DAY_MS));
        usage.expect("sizes").all_ms().least / 60_000
    };
    assert_eq!(minutes("2026-03-07T05:00:00Z"), 240);
    assert_eq!(minutes("2026-03-08T05:00:00Z"), 180);
    assert_eq!(minutes("2026-11-01T04:00:00Z"), 300);
}
