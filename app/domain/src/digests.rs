//! Digests: what is not urgent is told of once a day, all that still stands in one message.
//!
//! A route with a digest tells nobody at once. At the digest's time its channels are told of the
//! alarms that are in ALARM then, that nobody has taken on and nothing silences; of what came and
//! went meanwhile they hear nothing.

use crate::{
    names::short_name,
    schedules::{DayTime, Days},
    time::{Timestamp, Zone},
};
use jiff::{ToSpan as _, civil::Time};
use std::fmt;

short_name! {
    /// A digest's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    DigestName,
    /// Why a text is no name of a digest.
    DigestNameError
}

/// When what is not urgent is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Its name.
    pub name: DigestName,
    /// The zone by whose clock it comes.
    pub zone: Zone,
    /// On which days.
    pub days: Days,
    /// At which local time.
    pub at: DayTime,
}

impl Digest {
    /// The last instant by now at which it was due, of today and yesterday.
    #[must_use]
    pub fn last_due(&self, now: Timestamp) -> Option<Timestamp> {
        let today = self.zone.civil(now).date();
        let time = Time::midnight().saturating_add(i64::from(self.at.minutes()).minutes());
        let dates = [today, today.saturating_sub(1.days())].into_iter();
        let due = dates
            .filter(|date| self.days.hold(*date))
            .map(|date| self.zone.instant(date.to_datetime(time)));
        due.filter(|at| *at <= now).max()
    }
}

impl fmt::Display for Digest {
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

    #[test]
    fn it_is_due_at_its_local_time_on_its_days() {
        let weekdays = serde_json::from_value(json!(["mon..fri"])).expect("days");
        let digest = Digest {
            name: "morning".parse().expect("a name"),
            zone: Zone::named("Asia/Seoul").expect("a zone"),
            days: Days::of(Some(&weekdays), None, None, None).expect("days"),
            at: DayTime::new(9, 0).expect("a time"),
        };
        assert_eq!(digest.to_string(), "mon..fri 09:00");
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        for (now, due) in [
            (
                "2026-11-20T08:59:59+09:00",
                Some("2026-11-19T09:00:00+09:00"),
            ),
            (
                "2026-11-20T09:00:00+09:00",
                Some("2026-11-20T09:00:00+09:00"),
            ),
            (
                "2026-11-21T12:00:00+09:00",
                Some("2026-11-20T09:00:00+09:00"),
            ),
            // Sunday: neither today nor yesterday.
            ("2026-11-22T12:00:00+09:00", None),
        ] {
            assert_eq!(digest.last_due(at(now)), due.map(at), "{now}");
        }
    }
}
