//! What a target's capacity is planned to be over time: one line made of everything
//! that moves it — schedules, scale events, other owners' scheduled actions.
//!
//! AWS keeps only what is still to come, so the days that are over are told from the
//! schedules and change requests that made them. From the last reading on, the line goes
//! on from what was really there.

use crate::{
    capacity::{Capacity, CapacityChange, ScheduledAction, TargetKind},
    cron::{self, CronError},
    ids::ChangeId,
    plan::{Plan, level_sets},
    scale_events::EventLife,
    schedules::Timetable,
    time::{Timestamp, Zone},
};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use std::mem;

/// What moves a capacity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// Nobody: it was found like this.
    Found,
    /// A schedule.
    Schedule {
        /// Its name.
        name: String,
        /// The rule that holds then: `base`, `window:day`, `exception:0`, `override:0`.
        rule: String,
    },
    /// Another owner's scheduled action.
    Action {
        /// Its name.
        name: String,
    },
    /// The start of a scale event.
    Start {
        /// Its change request.
        change: ChangeId,
    },
    /// The return of a scale event.
    Return {
        /// Its change request.
        change: ChangeId,
    },
}

/// A move of a capacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// When.
    pub at: Timestamp,
    /// What does it.
    pub by: Cause,
    /// What is set; the rest stays.
    pub sets: CapacityChange,
}

/// A planned capacity from one instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedStep {
    /// From when.
    pub at: Timestamp,
    /// What set it.
    pub by: Cause,
    /// What is planned from then on.
    pub capacity: Capacity,
}

/// The moves of a schedule in `[from, until)`, the first being what holds at `from`.
#[must_use]
pub fn schedule_moves(
    timetable: &Timetable<'_>,
    scales_itself: bool,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Move> {
    let schedule = timetable.schedule();
    let transitions = timetable.timeline(from, until).into_iter();
    let moves = transitions.map(|held| Move {
        at: held.at,
        by: Cause::Schedule {
            name: schedule.name().to_string(),
            rule: held.rule.text(schedule),
        },
        sets: level_sets(held.level, scales_itself),
    });
    moves.collect()
}

/// The moves of a scale event; none of one that never ran, or of another kind of plan.
#[must_use]
pub fn event_moves(change: ChangeId, plan: &Plan, life: EventLife) -> Vec<Move> {
    let end = life.ended_at.map_or(life.until, |at| at.min(life.until));
    let Some(effect) = plan.event().filter(|_| life.from < end) else {
        return Vec::new();
    };
    vec![
        Move {
            at: life.from,
            by: Cause::Start { change },
            sets: effect.during,
        },
        Move {
            at: end,
            by: Cause::Return { change },
            sets: effect.after,
        },
    ]
}

/// The moves of another owner's scheduled action in `[from, until)`.
///
/// # Errors
/// [`CronError`] when its recurrence cannot be read.
pub fn action_moves(
    kind: TargetKind,
    action: &ScheduledAction,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Move>, CronError> {
    let firings = cron::firings(kind, action, from, until)?;
    let fired = |at| Move {
        at,
        by: Cause::Action {
            name: action.name.clone(),
        },
        sets: action.capacity,
    };
    Ok(firings.into_iter().map(fired).collect())
}

/// What a reading found, as a move: it sets everything.
#[must_use]
pub fn found(at: Timestamp, live: Capacity) -> Move {
    Move {
        at,
        by: Cause::Found,
        sets: live.into(),
    }
}

/// Every step of a capacity in `[from, until)`, the first being what holds at `from`.
/// `before` is what was there before the first of the moves; of several at one instant
/// those of schedules come first, then actions, then the events that hold over them.
#[must_use]
pub fn planned(
    before: Capacity,
    mut moves: Vec<Move>,
    from: Timestamp,
    until: Timestamp,
) -> Vec<PlannedStep> {
    moves.sort_by(|a, b| (a.at, &a.by).cmp(&(b.at, &b.by)));
    let mut steps = Vec::new();
    let mut held = PlannedStep {
        at: from,
        by: Cause::Found,
        capacity: before,
    };
    for Move { at, by, sets } in moves.into_iter().take_while(|next| next.at < until) {
        let capacity = held.capacity.with(sets);
        if at <= from {
            (held.by, held.capacity) = (by, capacity);
        } else if by != Cause::Found || capacity != held.capacity {
            // A reading that finds what was planned is no step.
            steps.push(mem::replace(&mut held, PlannedStep { at, by, capacity }));
        }
    }
    steps.push(held);
    steps
}

/// The start of the day that is so many days after that of an instant, by a zone's clock.
#[must_use]
pub fn midnight(zone: &Zone, at: Timestamp, days: i32) -> Timestamp {
    let date = zone.civil(at).date().saturating_add(days.days());
    zone.instant(date.to_datetime(jiff::civil::Time::midnight()))
}

/// The same time of day so many days later, by a zone's clock.
#[must_use]
pub fn days_later(zone: &Zone, at: Timestamp, days: i32) -> Timestamp {
    zone.instant(zone.civil(at).saturating_add(days.days()))
}

#[cfg(all(test, feature = "tzdb"))]
mod tests {
    use super::*;
    use crate::{
        capacity::Timing,
        schedules::{Schedule, Zones},
    };
    use serde_json::json;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    const fn capacity(min: u32, desired: u32, max: u32) -> Capacity {
        Capacity { min, desired, max }
    }

    fn told(steps: &[PlannedStep]) -> Vec<(String, String)> {
        let by = |cause: &Cause| match cause {
            Cause::Found => "found".to_owned(),
            Cause::Schedule { rule, .. } => rule.clone(),
            Cause::Action { name } => name.clone(),
            Cause::Start { .. } => "start".to_owned(),
            Cause::Return { .. } => "return".to_owned(),
        };
        let line = |step: &PlannedStep| {
            (
                step.at.to_string(),
                format!("{} by {}", step.capacity, by(&step.by)),
            )
        };
        steps.iter().map(line).collect()
    }

    fn check(
        before: Capacity,
        moves: Vec<Move>,
        (from, until): (&str, &str),
        expected: &[(&str, &str)],
    ) {
        let steps = planned(before, moves, at(from), at(until));
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(when, what)| ((*when).to_owned(), (*what).to_owned()))
            .collect();
        assert_eq!(told(&steps), expected);
    }

    fn office() -> Schedule {
        serde_json::from_value(json!({
            "name": "office", "timezone": "Asia/Seoul", "targets": [{"asg": "web"}],
            "base": {"min": 0, "desired": 0, "max": 0},
            "windows": [{"name": "day", "from": "08:00", "to": "20:00",
                "capacity": {"min": 2, "desired": 3, "max": 6}}],
        }))
        .expect("a schedule")
    }

    #[test]
    fn schedules_events_and_foreign_actions_make_one_line() {
        let schedule = office();
        let zones = Zones::named_by(&schedule).expect("zones");
        let timetable = Timetable::new(&schedule, &zones).expect("a timetable");
        let (from, until) = ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z");
        let change = ChangeId::from_parts(0, 1);
        let step = |when: &str, by, min, max| Move {
            at: at(when),
            by,
            sets: CapacityChange {
                min: Some(min),
                desired: None,
                max: Some(max),
            },
        };
        let mut moves = schedule_moves(&timetable, false, at(from), at(until));
        moves.push(step("2026-03-02T05:00:00Z", Cause::Return { change }, 2, 6));
        moves.push(step("2026-03-02T03:00:00Z", Cause::Start { change }, 5, 8));
        let nightly = ScheduledAction {
            name: "batch".into(),
            timing: Timing::Recurring {
                expression: "0 13 * * *".into(),
                timezone: "UTC".into(),
                starts_at: None,
                ends_at: None,
            },
            capacity: CapacityChange {
                max: Some(4),
                ..CapacityChange::default()
            },
            next_run_at: None,
        };
        let fired = action_moves(TargetKind::Asg, &nightly, at(from), at(until));
        moves.extend(fired.expect("a recurrence"));
        check(
            capacity(9, 9, 9),
            moves,
            (from, until),
            &[
                ("2026-03-02T00:00:00Z", "2–3–6 by window:day"),
                ("2026-03-02T03:00:00Z", "5–5–8 by start"),
                ("2026-03-02T05:00:00Z", "2–5–6 by return"),
                ("2026-03-02T11:00:00Z", "0–0–0 by base"),
                ("2026-03-02T13:00:00Z", "0–0–4 by batch"),
                ("2026-03-02T23:00:00Z", "2–3–6 by window:day"),
            ],
        );
    }

    #[test]
    fn a_reading_puts_the_line_on_what_is_there() {
        let moves = || {
            vec![
                found(at("2026-03-02T06:00:00Z"), capacity(4, 4, 8)),
                found(at("2026-03-02T07:00:00Z"), capacity(4, 4, 8)),
            ]
        };
        check(
            capacity(2, 2, 8),
            moves(),
            ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
            &[
                ("2026-03-02T00:00:00Z", "2–2–8 by found"),
                ("2026-03-02T06:00:00Z", "4–4–8 by found"),
            ],
        );
        check(
            capacity(2, 2, 8),
            moves(),
            ("2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"),
            &[("2026-03-04T00:00:00Z", "4–4–8 by found")],
        );
    }

    #[test]
    fn a_schedule_leaves_alone_what_a_policy_moves() {
        let schedule = office();
        let zones = Zones::named_by(&schedule).expect("zones");
        let timetable = Timetable::new(&schedule, &zones).expect("a timetable");
        let (from, until) = ("2026-03-02T00:00:00Z", "2026-03-02T01:00:00Z");
        let moves = schedule_moves(&timetable, true, at(from), at(until));
        check(
            capacity(1, 5, 9),
            moves,
            (from, until),
            &[("2026-03-02T00:00:00Z", "2–5–6 by window:day")],
        );
    }

    #[test]
    fn days_are_counted_by_the_clock() {
        let york = Zone::named("America/New_York").expect("a zone");
        let noon = at("2026-03-07T17:00:00Z");
        assert_eq!(midnight(&york, noon, 0), at("2026-03-07T05:00:00Z"));
        // The clock goes forward on the eighth.
        assert_eq!(midnight(&york, noon, 2), at("2026-03-09T04:00:00Z"));
        assert_eq!(days_later(&york, noon, 2), at("2026-03-09T16:00:00Z"));
        assert_eq!(midnight(&york, noon, -1), at("2026-03-06T05:00:00Z"));
    }
}
