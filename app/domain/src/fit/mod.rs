//! How a schedule fits the traffic of its target.
//!
//! **The cast.** [`Traffic`] is what the target's load balancers sent to it, by quarter
//! hour. A [`Week`] is its usual week: what came at most in each quarter hour of the
//! week, by the clock of the schedule. [`Traffic::carried`] is what one member has been
//! seen to carry. Together they say how many members each quarter hour takes;
//! [`compare`] lays that beside what the schedule wants.
//!
//! **It never guesses.** Less than [`limits::FIT_DAYS_MIN`] days of traffic give no
//! advice. An advice is an [`Edit`], and it is given only when the edited schedule was
//! evaluated and nowhere has less than it had, unless what it has there is enough.

mod advice;
mod edit;
#[cfg(all(test, feature = "tzdb"))]
mod tests;

pub use advice::{Advice, Fit, Quarter, WeekPart, compare};
pub use edit::{Edit, EditError};

use crate::{
    limits,
    time::{DAY_MS, MINUTE_MS, Timestamp, Zone},
};
use serde::{Deserialize, Serialize};

/// A quarter of an hour.
pub const QUARTER_MS: i64 = 15 * MINUTE_MS;
/// Quarter hours of a day.
const QUARTERS_A_DAY: usize = 96;
/// Quarter hours of a week.
const QUARTERS_A_WEEK: usize = 7 * QUARTERS_A_DAY;
/// The share of quarter hours in which a member carried no more than it is trusted with.
const CARRIED_PERCENT: usize = 95;

/// What load balancers sent to a target, by quarter hour.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Traffic {
    /// The start of the first quarter hour.
    pub first: Timestamp,
    /// Requests in each. None where nothing was reported: nothing came.
    pub requests: Vec<Option<u32>>,
    /// Requests that one member got in each, on average.
    pub per_member: Vec<Option<u32>>,
}

/// Too little is known of a target's traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLittle {
    /// So many days of it.
    #[error("traffic of {0} days is known; advice takes {least}", least = limits::FIT_DAYS_MIN)]
    Days(u32),
    /// What a member carries.
    #[error("it is not known what one member carries")]
    Carried,
}

impl Traffic {
    /// The places between the first and the last of what was reported, both included.
    fn known(&self) -> Option<std::ops::RangeInclusive<usize>> {
        let first = self.requests.iter().position(Option::is_some)?;
        let last = self.requests.iter().rposition(Option::is_some)?;
        Some(first..=last)
    }

    /// Whole days of what was reported.
    #[must_use]
    pub fn days(&self) -> u32 {
        let quarters = self.known().map_or(0, |known| known.count());
        // Nothing may come in the first and the last hours of a day.
        let days = (quarters + QUARTERS_A_DAY / 2) / QUARTERS_A_DAY;
        u32::try_from(days).unwrap_or(u32::MAX)
    }

    /// Requests in a quarter hour that one member has been seen to carry: what it got at
    /// most in 95 of 100 quarter hours in which it got any.
    ///
    /// # Errors
    /// [`TooLittle::Carried`] with less than a day of it.
    pub fn carried(&self) -> Result<u32, TooLittle> {
        let got = self.per_member.iter().flatten().copied();
        let mut got: Vec<u32> = got.filter(|requests| *requests > 0).collect();
        if got.len() < QUARTERS_A_DAY {
            return Err(TooLittle::Carried);
        }
        got.sort_unstable();
        let place = (got.len() * CARRIED_PERCENT).div_ceil(100) - 1;
        got.get(place).copied().ok_or(TooLittle::Carried)
    }
}

/// The usual week of a target: quarter hours from Monday 00:00 on, by a zone's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Requests at most in each quarter hour.
    most: Vec<u32>,
    /// Days that it was made of.
    pub days: u32,
}

impl Week {
    /// The usual week of a traffic.
    ///
    /// # Errors
    /// [`TooLittle::Days`].
    pub fn of(traffic: &Traffic, zone: &Zone) -> Result<Self, TooLittle> {
        let days = traffic.days();
        let known = traffic.known().filter(|_| days >= limits::FIT_DAYS_MIN);
        let Some(known) = known else {
            return Err(TooLittle::Days(days));
        };
        let mut most = vec![0_u32; QUARTERS_A_WEEK];
        for (place, requests) in traffic.requests.iter().enumerate() {
            if !known.contains(&place) {
                continue;
            }
            let after_ms = i64::try_from(place).unwrap_or(i64::MAX / QUARTER_MS) * QUARTER_MS;
            let slot = slot_of(zone, traffic.first.plus_ms(after_ms));
            if let Some(most) = most.get_mut(slot) {
                *most = (*most).max(requests.unwrap_or(0));
            }
        }
        Ok(Self { most, days })
    }

    /// Requests at most in the quarter hour of an instant.
    #[must_use]
    pub fn most_at(&self, zone: &Zone, at: Timestamp) -> u32 {
        self.most.get(slot_of(zone, at)).copied().unwrap_or(0)
    }

    /// Members that the quarter hour of an instant takes.
    #[must_use]
    pub fn needed_at(&self, zone: &Zone, at: Timestamp, carried: u32) -> u32 {
        self.most_at(zone, at).div_ceil(carried.max(1))
    }
}

/// The quarter hour of the week in which an instant is.
fn slot_of(zone: &Zone, at: Timestamp) -> usize {
    let local = zone.civil(at);
    let day = local.weekday().to_monday_zero_offset();
    let quarter = i32::from(local.hour()) * 4 + i32::from(local.minute()) / 15;
    let slot = i32::from(day) * 96 + quarter;
    usize::try_from(slot).unwrap_or(0)
}

/// How far back traffic is looked at, in whole quarter hours.
#[must_use]
pub fn span(now: Timestamp) -> (Timestamp, Timestamp) {
    let until = Timestamp::from_ms(now.ms().div_euclid(QUARTER_MS) * QUARTER_MS);
    (
        until.plus_ms(-i64::from(limits::FIT_DAYS_MAX) * DAY_MS),
        until,
    )
}
