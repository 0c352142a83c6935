//! How many requests a second arrive: the students' day, the office's day and
//! the nightly batch. A pure function of the seed and the minute.

use crate::{
    chance::{drift, swing},
    estate::{Curve, StreamPlan},
};
use domain::time::{MINUTE_MS, Timestamp, Zone};

/// Share of the peak at each hour of a student's day, 24:00 being 0:00 again.
const LEARNERS: [f64; 25] = [
    0.55, 0.34, 0.18, 0.10, 0.07, 0.08, 0.14, 0.26, 0.40, 0.54, 0.60, 0.62, 0.58, 0.60, 0.62, 0.63,
    0.64, 0.66, 0.72, 0.86, 0.97, 1.00, 0.94, 0.76, 0.55,
];
/// Of an office's working day: from eight to eight.
const OFFICE: [f64; 25] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.9, 1.0, 0.6, 0.85, 1.0, 0.95, 0.9, 0.85,
    0.5, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0,
];
/// When the rush begins and ends, in minutes of the local day.
const RUSH: (f64, f64) = (600.0, 620.0);
/// Requests at the height of the rush, over what the hour would have.
const RUSH_FACTOR: f64 = 1.9;
/// How long the rush takes to come and to go, in minutes.
const RUSH_EDGE: f64 = 3.0;

/// What arrives in one minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Demand {
    /// Requests a second.
    pub rps: f64,
    /// How much of a registration rush it is: 0 to 1.
    pub rush: f64,
}

/// The requests of one environment.
pub(crate) struct Stream {
    plan: &'static StreamPlan,
    zone: Zone,
    key: u64,
}

impl Stream {
    pub fn new(plan: &'static StreamPlan, key: u64) -> Self {
        let zone = Zone::named(plan.zone).expect("the plans name zones of the database");
        Self { plan, zone, key }
    }

    /// In a minute, counted from 1970.
    pub fn demand(&self, minute: i64) -> Demand {
        let local = self.zone.civil(Timestamp::from_ms(minute * MINUTE_MS));
        let hour = f64::from(local.hour());
        let of_day = hour.mul_add(60.0, f64::from(local.minute()));
        let weekday = local.weekday().to_monday_one_offset();
        let (level, day) = match self.plan.curve {
            Curve::Learners => (
                between(&LEARNERS, of_day),
                match weekday {
                    6 => 0.86,
                    7 => 0.95,
                    _ => 1.0,
                },
            ),
            Curve::Office => (between(&OFFICE, of_day), f64::from(weekday < 6)),
            Curve::Nightly => (f64::from((60.0..300.0).contains(&of_day)), 1.0),
        };
        let rush = match self.plan.rush {
            true => edge(of_day - RUSH.0).min(edge(RUSH.1 - of_day)),
            false => 0.0,
        };
        let noise = drift(self.key, minute, 10).mul_add(0.04, swing(!self.key, minute) * 0.02);
        let surge = rush.mul_add(RUSH_FACTOR - 1.0, 1.0);
        let rps = self.plan.peak_rps * level * day * surge * (1.0 + noise);
        Demand {
            rps: rps.max(0.0),
            rush,
        }
    }

    /// How busy a minute is, as a share of the peak.
    pub fn level(&self, minute: i64) -> f64 {
        self.demand(minute).rps / self.plan.peak_rps
    }
}

/// From 0 to 1 in the minutes of an edge.
fn edge(minutes: f64) -> f64 {
    (minutes / RUSH_EDGE).clamp(0.0, 1.0)
}

/// The level at a minute of the day, on straight lines between the hours.
fn between(hours: &[f64; 25], of_day: f64) -> f64 {
    let hour = (of_day / 60.0).floor();
    let index = (hour as usize).min(23);
    let along = of_day / 60.0 - hour;
    (hours[index + 1] - hours[index]).mul_add(along, hours[index])
}
