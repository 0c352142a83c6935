//! What comes again at a local time on certain days: digests and drills.

use crate::{
    limits,
    schedules::{DayTime, Days},
    time::{Timestamp, Zone},
};
use jiff::{ToSpan as _, civil::Date, civil::Time};
use std::fmt;

/// A local time on certain days, by the clock of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// The zone by whose clock it comes.
    pub zone: Zone,
    /// On which days.
    pub days: Days,
    /// At which local time.
    pub at: DayTime,
}

impl Recurrence {
    /// The last instant by now at which it was due, of today and yesterday.
    #[must_use]
    pub fn last_due(&self, now: Timestamp) -> Option<Timestamp> {
        let today = self.zone.civil(now).date();
        let dates = [today, today.saturating_sub(1.days())].into_iter();
        let due = dates.filter_map(|date| self.on(date));
        due.filter(|at| *at <= now).max()
    }

    /// The first instant after now at which it comes; none where no such day is near.
    #[must_use]
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let mut date = self.zone.civil(now).date();
        for _ in 0..limits::RECURRENCE_DAYS_AHEAD_MAX {
            if let Some(at) = self.on(date).filter(|at| *at > now) {
                return Some(at);
            }
            date = date.saturating_add(1.days());
        }
        None
    }

    /// When the local day of an instant began.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Timestamp {
        let midnight = self.zone.civil(at).date().to_datetime(Time::midnight());
        self.zone.instant(midnight)
    }

    fn on(&self, date: Date) -> Option<Timestamp> {
        let time = Time::midnight().saturating_add(i64::from(self.at.minutes()).minutes());
        let holds = self.days.hold(date);
        holds.then(|| self.zone.instant(date.to_datetime(time)))
    }
}

impl fmt::Display for Recurrence {
    /// `mon..fri 09:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.days.to_string();
        let space = if days.is_empty() { "" } else { " " };
        write!(f, "{days}{space}{}", self.at)
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn it_is_due_at_its_local_time_on_its_days() {
        let weekdays = serde_json::from_value(json!(["mon..fri"])).expect("days");
        let when = Recurrence {
            zone: Zone::named("Asia/Seoul").expect("a zone"),
            days: Days::of(Some(&weekdays), None, None, None).expect("days"),
            at: DayTime::new(9, 0).expect("a time"),
        };
        assert_eq!(when.to_string(), "mon..fri 09:00");
        for (now, due, next) in [
            (
                "2026-11-20T08:59:59+09:00",
                Some("2026-11-19T09:00:00+09:00"),
                "2026-11-20T09:00:00+09:00",
            ),
            (
                "2026-11-20T09:00:00+09:00",
                Some("2026-11-20T09:00:00+09:00"),
                "2026-11-23T09:00:00+09:00",
            ),
            (
                "2026-11-21T12:00:00+09:00",
                Some("2026-11-20T09:00:00+09:00"),
                "2026-11-23T09:00:00+09:00",
            ),
            // Sunday: neither today nor yesterday.
            (
                "2026-11-22T12:00:00+09:00",
                None,
                "2026-11-23T09:00:00+09:00",
            ),
        ] {
            assert_eq!(when.last_due(at(now)), due.map(at), "{now}");
            assert_eq!(when.next_due(at(now)), Some(at(next)), "{now}");
        }
    }

    #[test]
    fn the_first_tuesday_of_a_month_keeps_its_local_time_over_a_change_of_clocks() {
        let weekdays = serde_json::from_value(json!(["tue"])).expect("days");
        let monthdays = serde_json::from_value(json!(["1..7"])).expect("days");
        let when = Recurrence {
            zone: Zone::named("Europe/Berlin").expect("a zone"),
            days: Days::of(Some(&weekdays), Some(&monthdays), None, None).expect("days"),
            at: DayTime::new(2, 30).expect("a time"),
        };
        let first = when.next_due(at("2026-03-04T00:00:00Z")).expect("a day");
        assert_eq!(first, at("2026-04-07T02:30:00+02:00"));
        assert_eq!(when.next_due(first), Some(at("2026-05-05T02:30:00+02:00")));
        assert_eq!(
            when.last_due(at("2026-11-03T12:00:00+01:00")),
            Some(at("2026-11-03T02:30:00+01:00"))
        );
    }
}
