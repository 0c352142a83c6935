//! Scheduled actions that people made by hand, as a schedule that does the same.
//!
//! What recurs week by week is turned into windows over the capacity that holds the
//! longest; then the objects as they stand are run under AWS's rules and must give
//! what the schedule says in every minute, by the same proof that compiled objects
//! have to pass. What cannot be told as a schedule is refused with the reason.

use super::{
    Level, LevelChange, Schedule, ScheduleDraft, ScheduleName, Target, TargetKind, Timetable,
    WindowDraft, Zones,
    compile::{Compiled, Difference, Verified, verify},
};
use crate::{
    aws_timing::Object,
    capacity::{self, Capacity, ScheduledAction, Timing},
    cron, limits,
    time::{DAY_MS, MINUTE_MS, Timestamp, Zone},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many weeks must look like the first.
const WEEKS: i64 = 9;
const WEEK_MS: i64 = 7 * DAY_MS;
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Why actions cannot be told as a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum AdoptRefusal {
    /// There is none that recurs.
    Nothing,
    /// One fires once, or not for ever.
    NotForEver {
        /// Its name.
        action: String,
    },
    /// They are in several time zones.
    SeveralZones {
        /// Their names.
        zones: Vec<String>,
    },
    /// One does not fire week by week.
    NotWeekly {
        /// Its name.
        action: String,
    },
    /// One leaves the desired capacity as it is, and a schedule would set it.
    NoDesired {
        /// Its name.
        action: String,
    },
    /// One cannot be read.
    Unreadable {
        /// Its name.
        action: String,
        /// Why.
        reason: String,
    },
    /// What they do is no schedule.
    NotASchedule {
        /// Why.
        message: String,
    },
    /// The schedule that they make does not do the same.
    NotEqual {
        /// Where it differs.
        difference: Difference,
    },
}

/// A Monday, by a clock that never changes.
fn monday() -> Timestamp {
    Timestamp::from_ms(4 * DAY_MS)
}

/// A schedule that does what the recurring actions of a target do, from `now` on.
///
/// # Errors
/// [`AdoptRefusal`].
pub fn adopt(
    name: ScheduleName,
    target: &capacity::Target,
    zones: &dyn Fn(&str) -> Option<Zone>,
    now: Timestamp,
) -> Result<Schedule, AdoptRefusal> {
    let timezone = one_zone(&target.actions)?;
    let kind = TargetKind::from(target.reference.kind);
    let edges = edges(kind, target)?;
    let draft = draft(name, kind, target, timezone, &edges)?;
    let schedule = Schedule::try_from(draft).map_err(|error| AdoptRefusal::NotASchedule {
        message: error.to_string(),
    })?;
    prove(&schedule, target, zones, now)?;
    Ok(schedule)
}

/// The one zone of actions that recur for ever.
fn one_zone(actions: &[ScheduledAction]) -> Result<&str, AdoptRefusal> {
    let mut zones: Vec<&str> = Vec::new();
    for action in actions {
        match &action.timing {
            Timing::Recurring {
                timezone,
                ends_at: None,
                ..
            } => zones.push(timezone),
            _ => {
                return Err(AdoptRefusal::NotForEver {
                    action: action.name.clone(),
                });
            }
        }
    }
    zones.sort_unstable();
    zones.dedup();
    match zones.as_slice() {
        [] => Err(AdoptRefusal::Nothing),
        [zone] => Ok(zone),
        several => Err(AdoptRefusal::SeveralZones {
            zones: several.iter().map(|&zone| zone.to_owned()).collect(),
        }),
    }
}

/// A change of capacity in the week, by its minute from Monday's midnight.
type Edge = (i64, Capacity);

/// Every change of the week, in order, each capacity another than the one before.
fn edges(kind: TargetKind, target: &capacity::Target) -> Result<Vec<Edge>, AdoptRefusal> {
    let mut firings: Vec<(Timestamp, &ScheduledAction)> = Vec::new();
    for action in &target.actions {
        if kind == TargetKind::Asg && action.capacity.desired.is_none() {
            return Err(AdoptRefusal::NoDesired {
                action: action.name.clone(),
            });
        }
        let found = week_by_week(target.reference.kind, action)?;
        firings.extend(found.into_iter().map(|at| (at, action)));
    }
    firings.sort_by_key(|(at, action)| (*at, action.name.clone()));
    // The first week sets what the second begins with.
    let mut capacity = target.capacity;
    let mut edges: Vec<Edge> = Vec::new();
    for (at, action) in firings {
        let before = capacity;
        capacity = capacity.with(action.capacity);
        let minute = at.since_ms(monday()) / MINUTE_MS - WEEK_MS / MINUTE_MS;
        if minute >= 0 && capacity != before {
            edges.push((minute, capacity));
        }
    }
    if edges.is_empty() {
        edges.push((0, capacity));
    }
    Ok(edges)
}

/// The firings of the first two weeks of an action that fires alike in every one.
fn week_by_week(
    kind: capacity::TargetKind,
    action: &ScheduledAction,
) -> Result<Vec<Timestamp>, AdoptRefusal> {
    let mut naive = action.clone();
    if let Timing::Recurring {
        timezone,
        starts_at,
        ..
    } = &mut naive.timing
    {
        *timezone = "UTC".into();
        *starts_at = None;
    }
    let weeks: Vec<Vec<i64>> = (0..WEEKS)
        .map(|week| {
            let from = monday().plus_ms(week * WEEK_MS);
            let found = cron::firings(kind, &naive, from, from.plus_ms(WEEK_MS));
            let found = found.map_err(|error| AdoptRefusal::Unreadable {
                action: action.name.clone(),
                reason: error.reason,
            })?;
            Ok(found.into_iter().map(|at| at.since_ms(from)).collect())
        })
        .collect::<Result<_, _>>()?;
    let alike = weeks.windows(2).all(|pair| pair[0] == pair[1]);
    match weeks.first() {
        Some(first) if alike && !first.is_empty() && first.len() < limits::FIRINGS_MAX => {
            let of = |week: i64| {
                first
                    .iter()
                    .map(move |ms| monday().plus_ms(week * WEEK_MS + ms))
            };
            Ok(of(0).chain(of(1)).collect())
        }
        _ => Err(AdoptRefusal::NotWeekly {
            action: action.name.clone(),
        }),
    }
}

/// A part of a day: from which minute of it, and for how many, at most a day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    from: i64,
    minutes: i64,
}

fn draft(
    name: ScheduleName,
    kind: TargetKind,
    target: &capacity::Target,
    timezone: &str,
    edges: &[Edge],
) -> Result<ScheduleDraft, AdoptRefusal> {
    let refuse = |message: String| AdoptRefusal::NotASchedule { message };
    let week = WEEK_MS / MINUTE_MS;
    let day = DAY_MS / MINUTE_MS;
    let next = |place: usize| {
        edges
            .get(place + 1)
            .map_or(edges[0].0 + week, |edge| edge.0)
    };
    let mut lengths: BTreeMap<[u32; 3], i64> = BTreeMap::new();
    for (place, (from, capacity)) in edges.iter().enumerate() {
        let key = [capacity.min, capacity.desired, capacity.max];
        *lengths.entry(key).or_default() += next(place) - from;
    }
    let longest = lengths.iter().max_by_key(|(_, minutes)| **minutes);
    let base = longest.map_or([0; 3], |(key, _)| *key);
    let mut windows: BTreeMap<(Piece, [u32; 3]), Vec<&str>> = BTreeMap::new();
    for (place, (from, capacity)) in edges.iter().enumerate() {
        let key = [capacity.min, capacity.desired, capacity.max];
        if key == base {
            continue;
        }
        let (mut at, until) = (*from, next(place));
        while at < until {
            let piece = Piece {
                from: at % day,
                minutes: (until - at).min(day),
            };
            let weekday = usize::try_from(at / day % 7).unwrap_or_default();
            windows
                .entry((piece, key))
                .or_default()
                .push(WEEKDAYS[weekday]);
            at += day;
        }
    }
    let level = |[min, desired, max]: [u32; 3]| -> LevelChange {
        match kind {
            TargetKind::Asg => Level::Group {
                capacity: Capacity { min, desired, max },
                spot: None,
            },
            _ => Level::Bounds { min, max },
        }
        .into()
    };
    let clock = |minute: i64| format!("{:02}:{:02}", minute % day / 60, minute % 60);
    let windows = windows
        .into_iter()
        .enumerate()
        .map(|(place, ((piece, key), days))| {
            let window = json!({
                "name": format!("window-{}", place + 1),
                "days": days,
                "from": clock(piece.from),
                "to": clock(piece.from + piece.minutes),
                "capacity": level(key),
            });
            serde_json::from_value::<WindowDraft>(window).map_err(|error| refuse(error.to_string()))
        });
    Ok(ScheduleDraft {
        name,
        timezone: read(json!(timezone)).map_err(refuse)?,
        targets: vec![target_of(kind, target).map_err(refuse)?],
        base: level(base),
        windows: windows.collect::<Result<_, _>>()?,
        exceptions: Vec::new(),
        overrides: Vec::new(),
    })
}

fn target_of(kind: TargetKind, target: &capacity::Target) -> Result<Target, String> {
    read(json!({ kind.as_str(): target.reference.name }))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Runs the actions as they stand under AWS's rules against the schedule.
fn prove(
    schedule: &Schedule,
    target: &capacity::Target,
    zones: &dyn Fn(&str) -> Option<Zone>,
    now: Timestamp,
) -> Result<(), AdoptRefusal> {
    let named = schedule.zones().into_iter();
    let zones = Zones::of(named.filter_map(|zone| zones(zone.as_str())));
    let timetable =
        Timetable::new(schedule, &zones).map_err(|error| AdoptRefusal::NotASchedule {
            message: error.to_string(),
        })?;
    let objects = target.actions.iter().map(|action| {
        let mut object = Object::of_action(&target.reference, action);
        // A start that is past is no start any more.
        object.start = object.start.filter(|start| *start > now);
        object
    });
    let compiled = Compiled {
        target_kind: schedule.kind(),
        objects: objects.collect(),
        refused: Vec::new(),
    };
    let from = now.ceil_minute();
    let until = from.plus_ms(limits::COMPILE_DAYS_DEFAULT * DAY_MS);
    let Verified {
        first_difference, ..
    } = verify(&timetable, &compiled, from, until);
    match first_difference {
        None => Ok(()),
        Some(difference) => Err(AdoptRefusal::NotEqual { difference }),
    }
}
