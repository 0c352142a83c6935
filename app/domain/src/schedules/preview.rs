//! What a schedule will do in the coming days, in the form that programs and pages
//! read.

use super::{
    Level, Timetable, Transition,
    notes::{Found, Meetings, Note, notes},
    sweep::{Seen, sweep},
};
use crate::{
    i18n::{Lang, schedules},
    limits,
    time::{Timestamp, Zone},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// Everything that a schedule does in a range, and what is to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Every change of rule or capacity, the first being what holds at the start.
    pub transitions: Vec<Transition>,
    /// In order of time.
    pub notes: Vec<Note>,
}

impl Timetable<'_> {
    /// The outlook on `[from, until)`.
    #[must_use]
    pub fn outlook(&self, from: Timestamp, until: Timestamp) -> Outlook {
        let intervals = self.intervals(from, until);
        let windows = self.schedule().windows().len();
        let mut transitions = Vec::new();
        let mut meetings = Meetings::among(windows);
        let mut shows = vec![false; windows];
        sweep(&intervals, from, until, |seen| match seen {
            Seen::Starts { at, rule, among } => meetings.add(at, rule, among),
            Seen::Holds { at, rule } => {
                if let super::Rule::Window(window) = rule {
                    shows[window] = true;
                }
                transitions.push(self.transition(at, rule));
            }
        });
        let notes = notes(&Found {
            timetable: self,
            from,
            until,
            intervals: &intervals,
            meetings: &meetings,
            shows: &shows,
        });
        Outlook { transitions, notes }
    }
}

/// A preview as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// The schedule's name.
    pub schedule: String,
    /// The zone of its clock, in which times are written.
    pub timezone: String,
    /// Every change of rule or capacity, the first being what holds at the start.
    pub transitions: Vec<PreviewTransition>,
    /// What a reader would not expect, in order of time.
    pub notes: Vec<PreviewNote>,
}

/// A change, or an answer, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewTransition {
    /// When, as RFC 3339 with the offset of the schedule's zone, or as it was asked.
    pub at: String,
    /// `override:N`, `exception:N`, `window:NAME` or `base`.
    pub rule: String,
    /// The capacity that it gives.
    pub capacity: Level,
}

/// A note as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewNote {
    /// A word for programs.
    pub kind: String,
    /// When, as RFC 3339 with the offset of the schedule's zone.
    pub at: String,
    /// For people.
    pub message: String,
}

/// What holds at some instants, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answers {
    /// The schedule's name.
    pub schedule: String,
    /// In the order of the questions.
    pub at: Vec<PreviewTransition>,
}

/// What holds at each of some instants, which keep their order and text.
#[must_use]
pub fn answers(timetable: &Timetable<'_>, questions: &[(String, Timestamp)]) -> Answers {
    let schedule = timetable.schedule();
    let answer = |(text, at): &(String, Timestamp)| {
        let (rule, capacity) = timetable.capacity_at(*at);
        PreviewTransition {
            at: text.clone(),
            rule: rule.text(schedule),
            capacity,
        }
    };
    Answers {
        schedule: schedule.name().to_string(),
        at: questions.iter().map(answer).collect(),
    }
}

/// The preview of so many local days from a date, at most
/// [`limits::SCHEDULE_DAYS_MAX`].
#[must_use]
pub fn preview(timetable: &Timetable<'_>, from: Date, days: i64, lang: Lang) -> Preview {
    let (from, until) = day_range(timetable.zone(), from, days);
    let Outlook { transitions, notes } = timetable.outlook(from, until);
    let schedule = timetable.schedule();
    let zone = timetable.zone();
    let transition = |transition: Transition| PreviewTransition {
        at: zone.rfc_3339(transition.at),
        rule: transition.rule.text(schedule),
        capacity: transition.level,
    };
    let note = |note: Note| PreviewNote {
        kind: note.kind.as_str().to_owned(),
        at: zone.rfc_3339(note.at),
        message: schedules::note(lang, timetable, &note),
    };
    Preview {
        schedule: schedule.name().to_string(),
        timezone: schedule.zone().to_string(),
        transitions: transitions.into_iter().map(transition).collect(),
        notes: notes.into_iter().map(note).collect(),
    }
}

/// From the first instant of a local date to that of another, so many days later.
#[must_use]
pub fn day_range(zone: &Zone, from: Date, days: i64) -> (Timestamp, Timestamp) {
    let days = days.clamp(0, limits::SCHEDULE_DAYS_MAX);
    let midnight = |date: Date| zone.instant(date.at(0, 0, 0, 0));
    (midnight(from), midnight(from.saturating_add(days.days())))
}
