//! On-call rotations: people take turns at being told, one shift after the other.
//!
//! A *contact* is a person as routes know them: how they are told, and the hours in which
//! they want to hear of some priorities later only. A *rotation* is a list of contacts whose
//! shifts follow each other for ever, forwards and backwards, so that at every instant somebody
//! is on call. A *cover* puts somebody else in for a time (PagerDuty and GoAlert call it an
//! override; that word means capacity here). Shifts of days and weeks change at the same local
//! time on both sides of a clock change; shifts of hours last so many hours (as in GoAlert).

pub mod calendar;

use crate::{
    alarms::Priority,
    channels::ChannelName,
    ids::CoverId,
    limits,
    names::short_name,
    time::{DAY_MS, HOUR_MS, Timestamp, Zone},
    time_intervals::TimeIntervalName,
};
use jiff::{ToSpan as _, civil::DateTime};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

short_name! {
    /// A contact's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    ContactName,
    /// Why a text is no name of a contact.
    ContactNameError
}

short_name! {
    /// A rotation's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    RotationName,
    /// Why a text is no name of a rotation.
    RotationNameError
}

/// Whether a text may be the id of a person, a team or an agent in a chat or paging service: short,
/// of letters and digits, as `U0123456789`.
#[must_use]
pub fn is_chat_id(id: &str) -> bool {
    let fits = (1..=limits::CHAT_ID_CHARS_MAX).contains(&id.len());
    fits && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Hours in which a person wants to hear of some alarms later only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuietHours {
    /// Of alarms of these priorities; of all but P1 when none is named: what wakes people must be
    /// left out by its name.
    pub priority: Vec<Priority>,
    /// While one of these holds.
    pub time_intervals: Vec<TimeIntervalName>,
}

impl QuietHours {
    /// Whether they are about alarms of a priority.
    #[must_use]
    pub fn are_about(&self, priority: Priority) -> bool {
        match self.priority.as_slice() {
            [] => priority != Priority::P1,
            named => named.contains(&priority),
        }
    }
}

/// A person as routes know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Their name.
    pub name: ContactName,
    /// How they are told.
    pub channels: Vec<ChannelName>,
    /// When they want to hear later only.
    pub quiet_hours: Vec<QuietHours>,
}

/// Who somebody is in Slack, and by which account they act here when they press a button there.
/// An id of a person is one within its workspace only, so both must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackPerson {
    /// The contact.
    pub contact: ContactName,
    /// The workspace's id.
    pub team: String,
    /// Their id in it.
    pub user: String,
    /// The sign-in name of their account, in lower case.
    pub account: String,
}

/// Who a contact is in PagerDuty, and as which account they act here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerdutyPerson {
    /// The contact.
    pub contact: ContactName,
    /// Their id there.
    pub user: String,
    /// The sign-in name of their account, in lower case.
    pub account: String,
}

/// How long a shift lasts: `12 hours`, `1 day`, `2 weeks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftLength {
    /// So many hours, whatever clocks do.
    Hours(u16),
    /// So many days, to the same local time.
    Days(u16),
}

/// Why a text is no length of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write a number of hours, days or weeks as \"12 hours\", \"1 day\" or \"2 weeks\", up to {} days",
    limits::SHIFT_DAYS_MAX
)]
pub struct ShiftLengthError;

impl ShiftLength {
    /// How long it usually lasts; an hour more or less where clocks change.
    const fn usual_ms(self) -> i64 {
        match self {
            Self::Hours(hours) => hours as i64 * HOUR_MS,
            Self::Days(days) => days as i64 * DAY_MS,
        }
    }
}

impl FromStr for ShiftLength {
    type Err = ShiftLengthError;

    fn from_str(text: &str) -> Result<Self, ShiftLengthError> {
        let (number, unit) = text.split_once(' ').ok_or(ShiftLengthError)?;
        let number: u16 = number.parse().map_err(|_| ShiftLengthError)?;
        let length = match unit.trim_end_matches('s') {
            "hour" => Self::Hours(number),
            "day" => Self::Days(number),
            "week" => Self::Days(number.checked_mul(7).ok_or(ShiftLengthError)?),
            _ => return Err(ShiftLengthError),
        };
        let fits = (1..=limits::SHIFT_DAYS_MAX * DAY_MS).contains(&length.usual_ms());
        fits.then_some(length).ok_or(ShiftLengthError)
    }
}

impl fmt::Display for ShiftLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match *self {
            Self::Hours(hours) => (hours, "hour"),
            Self::Days(days) if days % 7 == 0 => (days / 7, "week"),
            Self::Days(days) => (days, "day"),
        };
        let plural = if number == 1 { "" } else { "s" };
        write!(f, "{number} {unit}{plural}")
    }
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    name: RotationName,
    zone: Zone,
    first: DateTime,
    length: ShiftLength,
    contacts: Vec<ContactName>,
}

/// Somebody who is on call instead of whoever would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Its id.
    pub id: CoverId,
    /// In which rotation.
    pub rotation: RotationName,
    /// Who.
    pub contact: ContactName,
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// Why; may be empty.
    pub note: String,
    /// The name of who asked for it.
    pub by: String,
}

/// Somebody's time on call, as far as it is of one piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shift {
    /// Who.
    pub contact: ContactName,
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// The cover by which they are; none when it is their turn.
    pub cover: Option<CoverId>,
}

impl Rotation {
    /// One in which the first contact's shift begins at a local time, and others follow.
    ///
    /// # Errors
    /// [`RotationError`] when nobody takes part, or too many do.
    pub fn new(
        name: RotationName,
        zone: Zone,
        first: DateTime,
        length: ShiftLength,
        contacts: Vec<ContactName>,
    ) -> Result<Self, RotationError> {
        if !(1..=limits::ROTATION_CONTACTS_MAX).contains(&contacts.len()) {
            return Err(RotationError);
        }
        Ok(Self {
            name,
            zone,
            first,
            length,
            contacts,
        })
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &RotationName {
        &self.name
    }

    /// The zone by whose clock its shifts change.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// How long a shift lasts.
    #[must_use]
    pub const fn length(&self) -> ShiftLength {
        self.length
    }

    /// Who takes part, in their order.
    #[must_use]
    pub fn contacts(&self) -> &[ContactName] {
        &self.contacts
    }

    /// When a shift begins; the first is number 0.
    fn begins(&self, number: i64) -> Timestamp {
        match self.length {
            ShiftLength::Hours(_) => {
                let first = self.zone.instant(self.first);
                first.plus_ms(number.saturating_mul(self.length.usual_ms()))
            }
            ShiftLength::Days(days) => {
                let away = number.saturating_mul(i64::from(days));
                // Beyond the years that the library can tell the nearest is taken.
                let span = i32::try_from(away).unwrap_or(i32::MAX).days();
                self.zone.instant(self.first.saturating_add(span))
            }
        }
    }

    /// The number of the shift in which an instant lies.
    fn number_at(&self, at: Timestamp) -> i64 {
        let away = at.since_ms(self.begins(0));
        let mut number = away.div_euclid(self.length.usual_ms());
        // Where clocks changed in between, the guess is one off.
        if self.begins(number) > at {
            number -= 1;
        } else if self.begins(number + 1) <= at {
            number += 1;
        }
        number
    }

    /// Who is on call at an instant, covers not counted: the shift in which it lies.
    #[must_use]
    pub fn turn(&self, at: Timestamp) -> Shift {
        let number = self.number_at(at);
        let places = i64::try_from(self.contacts.len()).unwrap_or(1);
        let place = usize::try_from(number.rem_euclid(places)).unwrap_or(0);
        Shift {
            contact: self.contacts[place].clone(),
            from: self.begins(number),
            until: self.begins(number + 1),
            cover: None,
        }
    }

    /// Who is on call at an instant, from when until when. Of covers that overlap, which no
    /// two should, the one that was asked for last counts.
    #[must_use]
    pub fn shift(&self, covers: &[Cover], at: Timestamp) -> Shift {
        let own = || covers.iter().filter(|cover| cover.rotation == self.name);
        let mut shift = self.turn(at);
        let covering = own().filter(|cover| cover.from <= at && at < cover.until);
        if let Some(cover) = covering.max_by_key(|cover| cover.id) {
            return Shift {
                contact: cover.contact.clone(),
                from: cover.from,
                until: cover.until,
                cover: Some(cover.id),
            };
        }
        for cover in own() {
            if cover.until <= at {
                shift.from = shift.from.max(cover.until);
            }
            if cover.from > at {
                shift.until = shift.until.min(cover.from);
            }
        }
        shift
    }

    /// Who is on call from an instant until another, shift after shift, at most so many.
    #[must_use]
    pub fn shifts(
        &self,
        covers: &[Cover],
        (from, until): (Timestamp, Timestamp),
        most: usize,
    ) -> Vec<Shift> {
        let mut shifts = Vec::new();
        let mut at = from;
        while at < until && shifts.len() < most {
            let shift = self.shift(covers, at);
            // Time goes on, whatever covers say.
            at = shift.until.max(at.plus_ms(1));
            shifts.push(shift);
        }
        shifts
    }
}

/// Why there is no such rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("needs 1 to {} contacts", limits::ROTATION_CONTACTS_MAX)]
pub struct RotationError;

/// The people who can be told, and how they take turns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// The people.
    pub contacts: Vec<Contact>,
    /// How they take turns.
    pub rotations: Vec<Rotation>,
    /// Who of them is who in Slack.
    pub in_slack: Vec<SlackPerson>,
    /// Who of them is who in PagerDuty.
    pub in_pagerduty: Vec<PagerdutyPerson>,
}

impl Roster {
    /// A contact by name.
    #[must_use]
    pub fn contact(&self, name: &ContactName) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.name == *name)
    }

    /// Who somebody in Slack is here; none when nobody said.
    #[must_use]
    pub fn slack_person(&self, team: &str, user: &str) -> Option<&SlackPerson> {
        let mut people = self.in_slack.iter();
        people.find(|person| person.team == team && person.user == user)
    }

    /// Who somebody in PagerDuty is here; none when nobody said.
    #[must_use]
    pub fn pagerduty_person(&self, user: &str) -> Option<&PagerdutyPerson> {
        self.in_pagerduty.iter().find(|person| person.user == user)
    }

    /// A rotation by name.
    #[must_use]
    pub fn rotation(&self, name: &RotationName) -> Option<&Rotation> {
        self.rotations.iter().find(|one| *one.name() == *name)
    }

    /// Those covers whose rotation and contact are still configured: others hold nothing, so
    /// that nobody is on call who cannot be told.
    pub fn known<'a>(&self, covers: impl IntoIterator<Item = &'a Cover>) -> Vec<Cover> {
        let known = covers.into_iter().filter(|cover| {
            self.rotation(&cover.rotation).is_some() && self.contact(&cover.contact).is_some()
        });
        known.cloned().collect()
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests;
