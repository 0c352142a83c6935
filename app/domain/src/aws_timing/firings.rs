//! When one object fires, by the documented rules of its service.
//!
//! The pattern is read as local times without a zone; each is then brought to
//! its instant here, because what a change of clock does to it is exactly what
//! the services do not agree upon.

use super::{Fault, Object, ObjectKind};
use crate::{
    capacity::{CapacityChange, ScheduledAction, TargetKind, Timing},
    cron, limits,
    time::{DAY_MS, Timestamp, Zone},
};
use jiff::{civil::DateTime, tz::AmbiguousOffset};
use std::ops::Range;

/// The instants in `[from, until)` at which an object fires, ascending.
pub(super) fn firings(
    object: &Object,
    zone: &Zone,
    run: &Range<Timestamp>,
) -> Result<Vec<Timestamp>, Fault> {
    check_bounds(object, run.start)?;
    let Some(expression) = object.recurrence.as_deref() else {
        return match (object.kind, object.start) {
            (ObjectKind::AsgScheduledAction, Some(at)) => Ok(inside(run, [at])),
            (ObjectKind::AsgScheduledAction, None) => {
                Err(Fault::refused(object, "neither a start nor a recurrence"))
            }
            _ => Err(Fault::refused(object, "no schedule expression")),
        };
    };
    if expression.trim_start().starts_with("rate(") {
        return rate(object, expression, run);
    }
    if expression.trim_start().starts_with("at(") {
        return match at(object, expression, zone)? {
            Some(at) if at < run.start => {
                Err(Fault::refused(object, "its one time lies in the past"))
            }
            at => Ok(inside(run, at)),
        };
    }
    pattern(object, expression, zone, run)
}

/// The firings in a range of an object that AWS has already: its start may be past,
/// and it may have nothing left to do.
pub(super) fn firings_ahead(
    object: &Object,
    zone: &Zone,
    range: &Range<Timestamp>,
) -> Result<Vec<Timestamp>, Fault> {
    let past = |at: Option<Timestamp>| at.is_some_and(|at| at < range.start);
    let expression = object.recurrence.as_deref().unwrap_or_default();
    if expression.trim_start().starts_with("at(") {
        return Ok(inside(range, at(object, expression, zone)?));
    }
    if past(object.end) || (past(object.start) && object.recurrence.is_none()) {
        return Ok(Vec::new());
    }
    let mut running = object.clone();
    running.start = object.start.filter(|_| !past(object.start));
    firings(&running, zone, range)
}

/// A start or an end that is past is refused when the object is put, and so is
/// a life that ends before it begins.
fn check_bounds(object: &Object, now: Timestamp) -> Result<(), Fault> {
    let past = |at: Option<Timestamp>| at.is_some_and(|at| at < now);
    if past(object.start) || past(object.end) {
        return Err(Fault::refused(object, "a start or an end lies in the past"));
    }
    match (object.start, object.end) {
        (Some(start), Some(end)) if end <= start => {
            Err(Fault::refused(object, "it ends before it starts"))
        }
        _ => Ok(()),
    }
}

fn inside(run: &Range<Timestamp>, at: impl IntoIterator<Item = Timestamp>) -> Vec<Timestamp> {
    at.into_iter().filter(|at| run.contains(at)).collect()
}

/// Elapsed time counts, and so no zone is asked.
fn rate(
    object: &Object,
    expression: &str,
    run: &Range<Timestamp>,
) -> Result<Vec<Timestamp>, Fault> {
    let timing = Timing::Recurring {
        expression: expression.into(),
        timezone: "UTC".into(),
        starts_at: object.start,
        ends_at: object.end,
    };
    all_firings(object, timing, run.clone())
}

/// One local time. A zone's change of clock can make it none or two.
fn at(object: &Object, expression: &str, zone: &Zone) -> Result<Option<Timestamp>, Fault> {
    let whole = Timestamp::from_ms(i64::MIN)..Timestamp::from_ms(i64::MAX);
    let Some(&naive) = all_firings(object, naive_timing(expression), whole)?.first() else {
        return Ok(None);
    };
    let local = Zone::utc().civil(naive);
    let AmbiguousOffset::Unambiguous { offset } =
        zone.rules().to_ambiguous_timestamp(local).offset()
    else {
        let reason = "a one-time schedule in a change of clock";
        return Err(undefined(object, local, reason));
    };
    instant(object, local, offset).map(Some)
}

/// A pattern of local times.
fn pattern(
    object: &Object,
    expression: &str,
    zone: &Zone,
    run: &Range<Timestamp>,
) -> Result<Vec<Timestamp>, Fault> {
    let starts_itself = object.kind != ObjectKind::SchedulerSchedule;
    let from = object.start.map_or(run.start, |start| start.max(run.start));
    let until = object.end.map_or(run.end, |end| end.min(run.end));
    let alive = |at: &Timestamp| *at >= from && *at < until;
    // No zone is further than a day from UTC.
    let naive = from.plus_ms(-DAY_MS)..until.plus_ms(DAY_MS);
    // "Performs the action at this time, and then performs the action based on the
    // recurrence": both scaling services, not EventBridge Scheduler.
    let mut fired: Vec<Timestamp> = object
        .start
        .filter(|start| starts_itself && alive(start))
        .into_iter()
        .collect();
    for naive in all_firings(object, naive_timing(expression), naive)? {
        let local = Zone::utc().civil(naive);
        let ambiguous = zone.rules().to_ambiguous_timestamp(local);
        let at = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => instant(object, local, offset)?,
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after }
                if starts_itself =>
            {
                let either = [before, after].map(|offset| instant(object, local, offset));
                for at in either {
                    if alive(&at?) {
                        let reason = "a recurrence in a change of clock";
                        return Err(undefined(object, local, reason));
                    }
                }
                continue;
            }
            // EventBridge Scheduler, "Daylight savings time": skipped in spring,
            // once in autumn.
            AmbiguousOffset::Gap { .. } => continue,
            AmbiguousOffset::Fold { before, .. } => instant(object, local, before)?,
        };
        if !starts_itself && (object.start == Some(at) || object.end == Some(at)) {
            // "Might occur on, or after, the StartDate", "might stop on, or before,
            // the EndDate" (API Reference, CreateSchedule).
            let reason = "an occurrence at the very start or end";
            return Err(undefined(object, local, reason));
        }
        if alive(&at) && fired.last().is_none_or(|last| at > *last) {
            fired.push(at);
        }
    }
    Ok(fired)
}

fn undefined(object: &Object, local: DateTime, reason: &'static str) -> Fault {
    Fault::Undefined {
        name: object.name.clone(),
        local: local.to_string(),
        reason,
    }
}

fn instant(object: &Object, local: DateTime, offset: jiff::tz::Offset) -> Result<Timestamp, Fault> {
    offset
        .to_timestamp(local)
        .map(Timestamp::from_jiff)
        .map_err(|error| Fault::refused(object, error.to_string()))
}

fn naive_timing(expression: &str) -> Timing {
    Timing::Recurring {
        expression: expression.into(),
        timezone: "UTC".into(),
        starts_at: None,
        ends_at: None,
    }
}

/// Every firing, however many.
fn all_firings(
    object: &Object,
    timing: Timing,
    range: Range<Timestamp>,
) -> Result<Vec<Timestamp>, Fault> {
    let dialect = match object.kind {
        ObjectKind::AsgScheduledAction => TargetKind::Asg,
        // EventBridge Scheduler writes its expressions as Application Auto Scaling.
        ObjectKind::AppautoscalingScheduledAction | ObjectKind::SchedulerSchedule => {
            TargetKind::EcsService
        }
    };
    let action = ScheduledAction {
        name: object.name.clone(),
        timing,
        capacity: CapacityChange::default(),
        next_run_at: None,
    };
    let mut all = Vec::new();
    let mut from = range.start;
    loop {
        let some = cron::firings(dialect, &action, from, range.end)
            .map_err(|error| Fault::refused(object, error.to_string()))?;
        all.extend_from_slice(&some);
        match some.last() {
            Some(last) if some.len() == limits::FIRINGS_MAX => from = last.plus_ms(1),
            _ => return Ok(all),
        }
    }
}
