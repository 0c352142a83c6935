//! The recurrence dialects of AWS and when they fire.
//!
//! Two dialects that look alike and are not: EC2 Auto Scaling reads five-field
//! Unix cron (day-of-month OR day-of-week when both are set), Application Auto
//! Scaling reads `cron(…)` of six fields in which one of the two days must be
//! `?`, `rate(…)` and `at(…)`. Each has its own file; here is what they share:
//! zones, starts, ends, and what a change of clock does.
//!
//! Where AWS documents nothing, the choice made here is named at its place:
//! - A local time that a clock change skips: Application Auto Scaling skips the
//!   occurrence (as EventBridge Scheduler documents for the same expressions);
//!   EC2 Auto Scaling is taken to fire at the first instant after the gap.
//! - A local time that happens twice fires once, the first time.
//! - A start time is itself a firing (both services: "performs the action at
//!   this time, and then performs the action based on the recurrence").
//! - An end is exclusive, as EventBridge Scheduler's EndDate.
//!
//! It may not read a clock, and it decides nothing but instants.

mod application;
mod calendar;
mod field;
mod unix;

#[cfg(all(test, feature = "tzdb"))]
mod tests;

use crate::{
    capacity::{ScheduledAction, TargetKind, Timing},
    limits,
    time::{Timestamp, Zone},
};
use calendar::{Calendar, Gap};
// The sets of days of a schedule are those of a recurrence.
pub(crate) use calendar::{MonthDays, WeekDays};
use jiff::civil::DateTime;
use std::iter;

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{expression}` is not a valid recurrence: {reason}")]
pub struct CronError {
    /// The expression.
    pub expression: String,
    /// What is wrong with it.
    pub reason: String,
}

impl CronError {
    fn new(expression: &str, reason: impl Into<String>) -> Self {
        Self {
            expression: expression.into(),
            reason: reason.into(),
        }
    }
}

/// A recurrence that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence(Form);

/// The forms a recurrence can take.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// A pattern of local dates and times.
    Calendar(Calendar),
    /// Every so many milliseconds of elapsed time, from its start.
    Rate {
        /// More than zero.
        every_ms: i64,
    },
    /// At one local time.
    At(DateTime),
}

impl Recurrence {
    /// Reads an expression in the dialect of a kind of target.
    ///
    /// # Errors
    /// [`CronError`] naming the field and what it may hold.
    pub fn parse(kind: TargetKind, expression: &str) -> Result<Self, CronError> {
        if expression.chars().count() > limits::RECURRENCE_CHARS_MAX {
            return Err(CronError::new(
                &expression.chars().take(64).collect::<String>(),
                format!(
                    "it is longer than {} characters",
                    limits::RECURRENCE_CHARS_MAX
                ),
            ));
        }
        match kind {
            TargetKind::Asg => unix::parse(expression),
            _ => application::parse(expression),
        }
        .map(Self)
        .map_err(|reason| CronError::new(expression, reason))
    }
}

/// The instants at which an action fires in `[from, until)`, ascending, at most
/// [`crate::limits::FIRINGS_MAX`].
///
/// # Errors
/// [`CronError`] when the expression or its zone cannot be read, or for a rate
/// without a start time: it counts from when it was made, which an action does
/// not tell. Outside the server only the zone UTC is known.
pub fn firings(
    kind: TargetKind,
    action: &ScheduledAction,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Timestamp>, CronError> {
    Ok(occurrences(kind, &action.timing, from)?
        .take_while(|at| *at < until)
        .take(limits::FIRINGS_MAX)
        .collect())
}

/// The first instant after `after` at which an action fires; none when it never
/// does again (years after 2199 are not looked at).
///
/// # Errors
/// As [`firings`].
pub fn next_firing(
    kind: TargetKind,
    action: &ScheduledAction,
    after: Timestamp,
) -> Result<Option<Timestamp>, CronError> {
    Ok(occurrences(kind, &action.timing, after.plus_ms(1))?.next())
}

/// Every firing at or after `from`, ascending and without repetition.
fn occurrences(
    kind: TargetKind,
    timing: &Timing,
    from: Timestamp,
) -> Result<Box<dyn Iterator<Item = Timestamp>>, CronError> {
    let (expression, timezone, starts_at, ends_at) = match timing {
        Timing::Once { at } => return Ok(Box::new(Some(*at).filter(|at| *at >= from).into_iter())),
        Timing::Recurring {
            expression,
            timezone,
            starts_at,
            ends_at,
        } => (expression, timezone, *starts_at, *ends_at),
    };
    let Recurrence(form) = Recurrence::parse(kind, expression)?;
    let zone = zone(timezone).map_err(|reason| CronError::new(expression, reason))?;
    let gap = match kind {
        TargetKind::Asg => Gap::FiresAfter,
        _ => Gap::Skips,
    };
    let start = starts_at.filter(|start| *start >= from);
    let pattern_from = starts_at.map_or(from, |start| from.max(start.plus_ms(1)));
    let pattern: Box<dyn Iterator<Item = Timestamp>> = match form {
        Form::Calendar(calendar) => Box::new(calendar.occurrences(zone, gap, pattern_from)),
        Form::Rate { every_ms } => {
            let start = starts_at.ok_or_else(|| {
                CronError::new(
                    expression,
                    "a rate without a start time counts from when it was made, which is not \
                     known; give it a start time",
                )
            })?;
            Box::new(rate(start, every_ms, pattern_from))
        }
        // A one-time schedule has no start or end (Application Auto Scaling API,
        // PutScheduledAction): whatever is there is not a second firing.
        Form::At(local) => {
            let at = calendar::instant(&zone, gap, local).filter(|at| *at >= from);
            return Ok(Box::new(at.into_iter()));
        }
    };
    let ended = move |at: &Timestamp| ends_at.is_none_or(|end| *at < end);
    Ok(Box::new(start.into_iter().chain(pattern).take_while(ended)))
}

/// Elapsed time counts, not local time: a day is 24 hours.
fn rate(start: Timestamp, every_ms: i64, from: Timestamp) -> impl Iterator<Item = Timestamp> {
    let passed_ms = from.since_ms(start).max(0);
    let rounds = passed_ms / every_ms + i64::from(passed_ms % every_ms != 0);
    let first = start.plus_ms(rounds.saturating_mul(every_ms));
    iter::successors(Some(first), move |at| {
        let next = at.plus_ms(every_ms);
        (next > *at).then_some(next)
    })
}

fn zone(name: &str) -> Result<Zone, String> {
    #[cfg(feature = "tzdb")]
    return Zone::named(name).map_err(|error| error.to_string());
    // The browser has no time-zone database; it is told what will happen by the server.
    #[cfg(not(feature = "tzdb"))]
    return match name {
        "UTC" | "Etc/UTC" => Ok(Zone::utc()),
        _ => Err(format!(
            "the rules of time zone `{name}` are not at hand here"
        )),
    };
}
