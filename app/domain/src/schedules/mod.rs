//! Schedules: which capacity is wanted when, as people write it and as everything
//! else reads it.
//!
//! **The cast.** A [`Schedule`] has a base, windows, exceptions and overrides for
//! targets of one kind. It is made of a [`ScheduleDraft`], which is its form in
//! files and requests, and once made it holds: names are unique, capacities whole
//! and ordered, every exception's window is there. A [`Timetable`] is a schedule with
//! the rules of its time zones at hand; it alone can be asked what holds when.
//! `notes` tells what a reader of the schedule would not expect.
//!
//! **What holds at an instant** is decided in this order, first come first served:
//!
//! 1. *Overrides*, the later in the list before the earlier: from `from` until
//!    `until`, both instants.
//! 2. *Exceptions*, the later before the earlier: the whole local day, from the
//!    first instant of the date to the first of the next, by the clock of the
//!    schedule's zone; its capacity is the base or that of the window it names.
//! 3. *Windows*, the later before the earlier: from `from` on a day of the window
//!    to the next `to`, by the clock of the window's zone. A window belongs to the
//!    date on which it starts, by its own clock, also after midnight; on a date that
//!    an exception names it does not start, and so has no tail on the next.
//! 4. The *base*.
//!
//! A local time that does not exist means the first instant after the gap; one that
//! happens twice, the first. So a window is one interval, which a change of clock
//! makes longer, shorter or empty, and it is never entered twice.
//!
//! Nothing here fires: AWS does, from the objects that `compile` makes.

mod adopt;
mod clock;
pub mod compile;
mod days;
mod evaluate;
mod level;
mod names;
mod notes;
mod overrides;
mod preview;
mod sweep;
mod targets;

pub use adopt::{AdoptRefusal, adopt};
pub use days::{DateRange, Dates, DayError, DayTime, Days, Monthdays, Months, Weekdays};
pub(crate) use evaluate::lies_in;
pub use evaluate::{Rule, Timetable, Transition, Zones};
pub use level::{Level, LevelChange, LevelError, Power, SpotChange, SpotShare};
pub use names::{NameError, ScheduleName, WindowName, ZoneName};
pub use notes::{Edge, Note, NoteKind};
pub use preview::{
    Answers, Outlook, Preview, PreviewNote, PreviewTransition, answers, day_range, preview,
};
pub use targets::{PairName, Tag, Target, TargetError, TargetKind, ThingName};

#[cfg(all(test, feature = "tzdb"))]
mod tests;

use crate::{
    limits, text,
    time::{MINUTE_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// A schedule as it is written: every part is well formed, but nothing says yet
/// that they fit each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a schedule: name, timezone, targets, base, windows, exceptions and overrides"
)]
pub struct ScheduleDraft {
    /// Its name.
    pub name: ScheduleName,
    /// The zone of its clock.
    pub timezone: ZoneName,
    /// What it is for; all of one kind.
    pub targets: Vec<Target>,
    /// The capacity outside every window.
    pub base: LevelChange,
    /// Windows; the later win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<WindowDraft>,
    /// Dates on which windows do not start; the later win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Capacities for a time; the later win.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<OverrideDraft>,
}

/// A window as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a window: name, from, to, capacity and its days"
)]
pub struct WindowDraft {
    /// Unique in the schedule.
    pub name: WindowName,
    /// Days of the week on which it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Weekdays>,
    /// Days of the month on which it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthdays: Option<Monthdays>,
    /// Months in which it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<Months>,
    /// Dates on which it starts, instead of the other three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
    /// When it starts.
    pub from: DayTime,
    /// When it ends; not after `from` means on the next day.
    pub to: DayTime,
    /// The zone of its clock, if not the schedule's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<ZoneName>,
    /// The capacity inside it.
    pub capacity: LevelChange,
}

/// Days on which no window starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an exception: dates or calendar, and use"
)]
pub struct Exception {
    /// The days.
    #[serde(default, skip_serializing_if = "Dates::is_empty")]
    pub dates: Dates,
    /// The file of a calendar whose days count too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// What the calendar held when it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_dates: Option<Dates>,
    /// Which capacity those days have.
    #[serde(rename = "use")]
    pub instead: Instead,
}

impl Exception {
    /// Its own dates and its calendar's.
    #[must_use]
    pub fn all_dates(&self) -> Dates {
        let calendar = self.calendar_dates.iter().flat_map(Dates::ranges);
        Dates::of(self.dates.ranges().iter().chain(calendar).copied())
    }
}

/// The capacity of an exception's days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Instead {
    /// The base.
    Base,
    /// A window's, for the whole day.
    Window(WindowName),
}

impl TryFrom<String> for Instead {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        match text.as_str() {
            "base" => Ok(Self::Base),
            name => WindowName::new(name).map(Self::Window),
        }
    }
}

impl From<Instead> for String {
    fn from(instead: Instead) -> Self {
        match instead {
            Instead::Base => "base".into(),
            Instead::Window(name) => name.into(),
        }
    }
}

/// An override as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an override: from, until, capacity and reason"
)]
pub struct OverrideDraft {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// The capacity.
    pub capacity: LevelChange,
    /// Why.
    pub reason: String,
}

/// A window that fits its schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Unique in the schedule.
    pub name: WindowName,
    /// The days on which it starts.
    pub days: Days,
    /// When it starts.
    pub from: DayTime,
    /// When it ends.
    pub to: DayTime,
    /// The zone of its clock.
    pub zone: ZoneName,
    /// The whole capacity inside it.
    pub level: Level,
}

impl Window {
    /// It ends on the day after the one on which it starts.
    #[must_use]
    pub fn overnight(&self) -> bool {
        self.to <= self.from
    }
}

/// An override that fits its schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// The whole capacity.
    pub level: Level,
    /// Why.
    pub reason: String,
}

/// Why a draft is no schedule, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ScheduleError {
    /// The way to the field: `windows`, `2`, `capacity`.
    pub path: Vec<String>,
    /// What is wrong with it.
    pub problem: ScheduleProblem,
}

/// What can be wrong with parts that are well formed each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleProblem {
    /// Nothing to schedule.
    #[error("a schedule needs at least one target")]
    NoTarget,
    /// Two kinds.
    #[error("a schedule is for one kind of target; this is {found}, the first is {first}")]
    MixedTargets {
        /// The first target's.
        first: TargetKind,
        /// This one's.
        found: TargetKind,
    },
    /// Named twice.
    #[error("target {0} is named twice")]
    TargetTwice(String),
    /// Named twice.
    #[error("there are two windows `{0}`; give one of them another name")]
    WindowTwice(WindowName),
    /// The two ways to name days exclude each other.
    #[error("`dates` stand instead of days, monthdays and months; write one or the other")]
    DatesAndDays,
    /// `from: "24:00"`.
    #[error("a window cannot start at 24:00; write 00:00 of the next day")]
    StartsAtEnd,
    /// An exception without a day.
    #[error("an exception needs `dates`, a `calendar`, or both")]
    NoDates,
    /// An exception for a window that is not there.
    #[error("there is no window `{name}`; write `base` or one of: {known}")]
    NoSuchWindow {
        /// The name.
        name: WindowName,
        /// The names that there are.
        known: String,
    },
    /// An override that ends before it starts.
    #[error("`until` must be after `from`")]
    EndsBeforeStart,
    /// A part of a minute.
    #[error("AWS acts on whole minutes; leave the seconds out")]
    PartOfMinute,
    /// A reason that is no text of use.
    #[error("the reason {0}")]
    Reason(text::TextError),
    /// A capacity.
    #[error(transparent)]
    Level(LevelError),
    /// A list that is too long.
    #[error("at most {0} of them")]
    TooMany(usize),
}

/// A schedule in which everything fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScheduleDraft", into = "ScheduleDraft")]
pub struct Schedule {
    draft: ScheduleDraft,
    kind: TargetKind,
    base: Level,
    windows: Vec<Window>,
    overrides: Vec<Override>,
}

impl From<Schedule> for ScheduleDraft {
    fn from(schedule: Schedule) -> Self {
        schedule.draft
    }
}

impl TryFrom<ScheduleDraft> for Schedule {
    type Error = ScheduleError;
    fn try_from(draft: ScheduleDraft) -> Result<Self, ScheduleError> {
        let kind = one_kind(&draft.targets)?;
        let base = Level::base(kind, &draft.base).map_err(|error| level_error(&["base"], error))?;
        for (list, length, most) in [
            ("windows", draft.windows.len(), limits::SCHEDULE_WINDOWS_MAX),
            (
                "exceptions",
                draft.exceptions.len(),
                limits::SCHEDULE_EXCEPTIONS_MAX,
            ),
            (
                "overrides",
                draft.overrides.len(),
                limits::SCHEDULE_OVERRIDES_MAX,
            ),
        ] {
            if length > most {
                return fail(&[list], ScheduleProblem::TooMany(most));
            }
        }
        let mut windows: Vec<Window> = Vec::with_capacity(draft.windows.len());
        for (index, window) in draft.windows.iter().enumerate() {
            if windows.iter().any(|other| other.name == window.name) {
                let problem = ScheduleProblem::WindowTwice(window.name.clone());
                return fail(&["windows", &index.to_string(), "name"], problem);
            }
            windows.push(fit_window(kind, base, &draft.timezone, index, window)?);
        }
        for (index, exception) in draft.exceptions.iter().enumerate() {
            check_exception(&windows, index, exception)?;
        }
        let overrides = draft
            .overrides
            .iter()
            .enumerate()
            .map(|(index, over)| fit_override(kind, base, index, over))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            draft,
            kind,
            base,
            windows,
            overrides,
        })
    }
}

impl Schedule {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &ScheduleName {
        &self.draft.name
    }

    /// The zone of its clock.
    #[must_use]
    pub fn zone(&self) -> &ZoneName {
        &self.draft.timezone
    }

    /// What it is for: at least one, all of one kind.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.draft.targets
    }

    /// The kind of its targets.
    #[must_use]
    pub const fn kind(&self) -> TargetKind {
        self.kind
    }

    /// The capacity outside everything else.
    #[must_use]
    pub const fn base(&self) -> Level {
        self.base
    }

    /// Windows; the later win.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Exceptions; the later win.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.draft.exceptions
    }

    /// Overrides; the later win.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// As it is written.
    #[must_use]
    pub const fn draft(&self) -> &ScheduleDraft {
        &self.draft
    }

    /// The capacity of an exception's days.
    #[must_use]
    pub fn instead(&self, exception: &Exception) -> Level {
        let window = match &exception.instead {
            Instead::Base => None,
            Instead::Window(name) => self.windows.iter().find(|window| window.name == *name),
        };
        window.map_or(self.base, |window| window.level)
    }

    /// Every zone it names, each once, the schedule's own first.
    #[must_use]
    pub fn zones(&self) -> Vec<&ZoneName> {
        let mut zones = vec![self.zone()];
        for window in &self.windows {
            if !zones.contains(&&window.zone) {
                zones.push(&window.zone);
            }
        }
        zones
    }
}

fn fail<T>(path: &[&str], problem: ScheduleProblem) -> Result<T, ScheduleError> {
    Err(ScheduleError {
        path: path.iter().map(|&step| step.to_owned()).collect(),
        problem,
    })
}

fn level_error(path: &[&str], error: LevelError) -> ScheduleError {
    let mut path: Vec<String> = path.iter().map(|&step| step.to_owned()).collect();
    path.extend(error.field().map(str::to_owned));
    ScheduleError {
        path,
        problem: ScheduleProblem::Level(error),
    }
}

fn one_kind(targets: &[Target]) -> Result<TargetKind, ScheduleError> {
    let Some(first) = targets.first().map(Target::kind) else {
        return fail(&["targets"], ScheduleProblem::NoTarget);
    };
    if targets.len() > limits::SCHEDULE_TARGETS_MAX {
        return fail(
            &["targets"],
            ScheduleProblem::TooMany(limits::SCHEDULE_TARGETS_MAX),
        );
    }
    for (index, target) in targets.iter().enumerate() {
        let path = ["targets", &index.to_string()];
        let found = target.kind();
        if found != first {
            return fail(&path, ScheduleProblem::MixedTargets { first, found });
        }
        if targets.iter().take(index).any(|other| other == target) {
            return fail(&path, ScheduleProblem::TargetTwice(target.to_string()));
        }
    }
    Ok(first)
}

fn fit_window(
    kind: TargetKind,
    base: Level,
    zone: &ZoneName,
    index: usize,
    window: &WindowDraft,
) -> Result<Window, ScheduleError> {
    let index = index.to_string();
    let days = Days::of(
        window.days.as_ref(),
        window.monthdays.as_ref(),
        window.months,
        window.dates.as_ref(),
    );
    let Some(days) = days else {
        return fail(&["windows", &index, "dates"], ScheduleProblem::DatesAndDays);
    };
    if window.from == DayTime::MIDNIGHT_AFTER {
        return fail(&["windows", &index, "from"], ScheduleProblem::StartsAtEnd);
    }
    let level = base
        .with(kind, &window.capacity)
        .map_err(|error| level_error(&["windows", &index, "capacity"], error))?;
    Ok(Window {
        name: window.name.clone(),
        days,
        from: window.from,
        to: window.to,
        zone: window.timezone.clone().unwrap_or_else(|| zone.clone()),
        level,
    })
}

fn check_exception(
    windows: &[Window],
    index: usize,
    exception: &Exception,
) -> Result<(), ScheduleError> {
    let index = index.to_string();
    if exception.dates.is_empty() && exception.calendar.is_none() {
        return fail(&["exceptions", &index], ScheduleProblem::NoDates);
    }
    let Instead::Window(name) = &exception.instead else {
        return Ok(());
    };
    if windows.iter().any(|window| window.name == *name) {
        return Ok(());
    }
    let known: Vec<&str> = windows.iter().map(|window| window.name.as_str()).collect();
    let problem = ScheduleProblem::NoSuchWindow {
        name: name.clone(),
        known: known.join(", "),
    };
    fail(&["exceptions", &index, "use"], problem)
}

fn fit_override(
    kind: TargetKind,
    base: Level,
    index: usize,
    over: &OverrideDraft,
) -> Result<Override, ScheduleError> {
    let index = index.to_string();
    for (field, at) in [("from", over.from), ("until", over.until)] {
        if at.ms() % MINUTE_MS != 0 {
            return fail(&["overrides", &index, field], ScheduleProblem::PartOfMinute);
        }
    }
    if over.until <= over.from {
        return fail(
            &["overrides", &index, "until"],
            ScheduleProblem::EndsBeforeStart,
        );
    }
    let reason = text::note(&over.reason).map_err(|error| ScheduleError {
        path: vec!["overrides".into(), index.clone(), "reason".into()],
        problem: ScheduleProblem::Reason(error),
    })?;
    let level = base
        .with(kind, &over.capacity)
        .map_err(|error| level_error(&["overrides", &index, "capacity"], error))?;
    Ok(Override {
        from: over.from,
        until: over.until,
        level,
        reason,
    })
}
