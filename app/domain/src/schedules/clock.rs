//! A zone's clock over a range: many local times become instants at little cost.
//!
//! What a local time means is [`Zone::instant`]'s to say and is asked there near
//! every change of clock. Between two changes a zone is a constant offset, and
//! nearly all edges of windows lie there.

use crate::time::{DAY_MS, HOUR_MS, Timestamp, Zone};
use jiff::{
    civil::{Date, DateTime},
    tz::Offset,
};

/// More than any change of clock: the greatest known skipped a whole day.
const NEAR_MS: i64 = DAY_MS + HOUR_MS;

/// Local times are milliseconds since 1970 as a clock without a zone counts them.
#[derive(Debug)]
pub(super) struct LocalClock<'a> {
    zone: &'a Zone,
    stretches: Vec<Stretch>,
}

/// Instants far enough from every change of clock, and their offset from UTC.
#[derive(Debug)]
struct Stretch {
    first_ms: i64,
    last_ms: i64,
    offset_ms: i64,
}

impl<'a> LocalClock<'a> {
    /// A clock that is quick in `[from, until)` and right everywhere.
    pub fn new(zone: &'a Zone, from: Timestamp, until: Timestamp) -> Self {
        let mut stretches = Vec::new();
        let mut start = from;
        let changes = zone.rules().following(from.to_jiff());
        let changes = changes.map(|change| Timestamp::from_jiff(change.timestamp()));
        let within = changes.take_while(|at| *at < until);
        for end in within.chain([until]) {
            let offset = zone.rules().to_offset(start.to_jiff());
            stretches.push(Stretch {
                first_ms: start.ms().saturating_add(NEAR_MS),
                last_ms: end.ms().saturating_sub(NEAR_MS),
                offset_ms: i64::from(offset.seconds()) * 1_000,
            });
            start = end;
        }
        Self { zone, stretches }
    }

    /// The instant of a local time.
    pub fn instant(&self, local_ms: i64) -> Timestamp {
        for stretch in &self.stretches {
            let at_ms = local_ms - stretch.offset_ms;
            if (stretch.first_ms..=stretch.last_ms).contains(&at_ms) {
                return Timestamp::from_ms(at_ms);
            }
        }
        self.zone.instant(civil(local_ms))
    }
}

/// Midnight of a date as a local time.
pub(super) fn local_midnight_ms(date: Date) -> i64 {
    let at = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
    at.map_or(0, |at| at.as_millisecond())
}

/// A local time in the form of calendars.
pub(super) fn civil(local_ms: i64) -> DateTime {
    Offset::UTC.to_datetime(Timestamp::from_ms(local_ms).to_jiff())
}
