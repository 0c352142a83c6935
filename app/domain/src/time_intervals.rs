//! Time intervals: named hours of the days, by which a route is mute or active (Alertmanager's
//! documentation, "Configuration", `<time_interval>`). Days and times of day are written, and
//! clock changes handled, as in the windows of a schedule.

use crate::{
    limits,
    names::short_name,
    schedules::{Dates, DayTime, Days, Monthdays, Months, Weekdays, lies_in},
    time::{Timestamp, Zone},
};
use serde::{Deserialize, Serialize};
use std::fmt;

short_name! {
    /// A time interval's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    TimeIntervalName,
    /// Why a text is no name of a time interval.
    TimeIntervalNameError
}

/// Hours of some days, as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "hours: from, to and their days")]
pub struct HoursDraft {
    /// Days of the week on which they begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Weekdays>,
    /// Days of the month on which they begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthdays: Option<Monthdays>,
    /// Months in which they begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<Months>,
    /// Dates on which they begin, instead of the other three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
    /// When they begin.
    pub from: DayTime,
    /// When they end; not after `from` means on the next day.
    pub to: DayTime,
}

/// Hours that begin on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hours {
    days: Days,
    from: DayTime,
    to: DayTime,
}

/// A time interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeInterval {
    name: TimeIntervalName,
    zone: Zone,
    hours: Vec<Hours>,
}

/// Why there is no such time interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeIntervalError {
    /// No hours, or too many.
    #[error("needs 1 to {} windows", limits::TIME_INTERVAL_HOURS_MAX)]
    Count,
    /// Dates stand beside other days.
    #[error("has in window {0} `dates` beside `days`, `monthdays` or `months`; write one of them")]
    DatesAndDays(usize),
    /// They begin at the end of a day.
    #[error("begins in window {0} at 24:00; write \"00:00\" of the next day")]
    BeginsAtEnd(usize),
}

impl TimeInterval {
    /// One of hours by the clock of a zone; windows are counted from 1 in errors.
    ///
    /// # Errors
    /// [`TimeIntervalError`] says what does not fit.
    pub fn new(
        name: TimeIntervalName,
        zone: Zone,
        drafts: &[HoursDraft],
    ) -> Result<Self, TimeIntervalError> {
        if !(1..=limits::TIME_INTERVAL_HOURS_MAX).contains(&drafts.len()) {
            return Err(TimeIntervalError::Count);
        }
        let fit = |(number, draft): (usize, &HoursDraft)| {
            let days = Days::of(
                draft.days.as_ref(),
                draft.monthdays.as_ref(),
                draft.months,
                draft.dates.as_ref(),
            );
            let days = days.ok_or(TimeIntervalError::DatesAndDays(number))?;
            if draft.from == DayTime::MIDNIGHT_AFTER {
                return Err(TimeIntervalError::BeginsAtEnd(number));
            }
            Ok(Hours {
                days,
                from: draft.from,
                to: draft.to,
            })
        };
        let hours: Result<Vec<_>, _> = (1..).zip(drafts).map(fit).collect();
        Ok(Self {
            name,
            zone,
            hours: hours?,
        })
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &TimeIntervalName {
        &self.name
    }

    /// The zone by whose clock it goes.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        let mut hours = self.hours.iter();
        hours.any(|one| lies_in(&self.zone, &one.days, (one.from, one.to), at))
    }
}

impl fmt::Display for TimeInterval {
    /// `mon..fri 22:00–07:00, sat, sun 00:00–24:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, hours) in self.hours.iter().enumerate() {
            let comma = if number == 0 { "" } else { "; " };
            let days = hours.days.to_string();
            let space = if days.is_empty() { "" } else { " " };
            write!(f, "{comma}{days}{space}{}–{}", hours.from, hours.to)?;
        }
        Ok(())
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn interval(zone: &str, hours: Value) -> Result<TimeInterval, TimeIntervalError> {
        let drafts: Vec<HoursDraft> = serde_json::from_value(hours).expect("hours");
        let name = "nights".parse().expect("a name");
        TimeInterval::new(name, Zone::named(zone).expect("a zone"), &drafts)
    }

    #[test]
    fn it_holds_by_the_clock_of_its_zone() {
        let nights = json!([
            {"days": ["mon..fri"], "from": "22:00", "to": "07:00"},
            {"days": ["sat", "sun"], "from": "00:00", "to": "24:00"}
        ]);
        let seoul = interval("Asia/Seoul", nights).expect("an interval");
        assert_eq!(
            seoul.to_string(),
            "mon..fri 22:00–07:00; sat, sun 00:00–24:00"
        );
        for (at, holds) in [
            // Friday 21:59, 22:00; Saturday; Sunday 23:59; Monday 00:00, which is no Sunday's.
            ("2026-11-20T21:59:59+09:00", false),
            ("2026-11-20T22:00:00+09:00", true),
            ("2026-11-21T12:00:00+09:00", true),
            ("2026-11-22T23:59:59+09:00", true),
            ("2026-11-23T00:00:00+09:00", false),
            ("2026-11-23T22:00:00+09:00", true),
            ("2026-11-24T06:59:59+09:00", true),
            ("2026-11-24T07:00:00+09:00", false),
        ] {
            assert_eq!(seoul.holds(at.parse().expect("a time")), holds, "{at}");
        }
        // Hours that begin in the gap of a clock begin after it; of a doubled time the first counts.
        let early = json!([{"from": "02:30", "to": "03:30"}]);
        let york = interval("America/New_York", early).expect("an interval");
        for (at, holds) in [
            ("2026-03-08T06:59:59Z", false),
            ("2026-03-08T07:00:00Z", true),
            ("2026-03-08T07:29:59Z", true),
            ("2026-03-08T07:30:00Z", false),
        ] {
            assert_eq!(york.holds(at.parse().expect("a time")), holds, "{at}");
        }
        let doubled = json!([{"from": "01:30", "to": "01:45"}]);
        let york = interval("America/New_York", doubled).expect("an interval");
        for (at, holds) in [
            ("2026-11-01T01:30:00-04:00", true),
            ("2026-11-01T01:45:00-04:00", false),
            ("2026-11-01T01:30:00-05:00", false),
        ] {
            assert_eq!(york.holds(at.parse().expect("a time")), holds, "{at}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let check = |hours: Value, error| {
            assert_eq!(interval("UTC", hours).expect_err("an error"), error);
        };
        check(json!([]), TimeIntervalError::Count);
        check(
            json!([{"from": "00:00", "to": "24:00"},
                {"days": ["mon"], "dates": ["2026-12-25"], "from": "00:00", "to": "24:00"}]),
            TimeIntervalError::DatesAndDays(2),
        );
        check(
            json!([{"from": "24:00", "to": "08:00"}]),
            TimeIntervalError::BeginsAtEnd(1),
        );
    }
}
