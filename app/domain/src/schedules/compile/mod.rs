//! From a schedule to the objects with which AWS itself carries it out.
//!
//! **The cast.** The evaluator's timeline tells every change of capacity over a
//! rolling horizon. Each `objects::Part` of a target (its sizes, its spot mix,
//! its power) takes from it the changes of its own. `cover` makes the fewest
//! recurrences and one-time actions that fire exactly then and never else.
//! `objects` writes them as the services want them. [`verify()`] runs the result
//! under AWS's rules and compares it with the evaluator, minute by minute.
//!
//! **What is never relied upon:** what AWS does with a recurrence in a change of
//! clock, two actions at one instant, a firing at an end. Where windows meet, one
//! action carries the winner; where an exception or an override breaks a pattern,
//! the recurrence is cut around it.
//!
//! **Beyond the horizon** recurrences go on as they are, so that a console that is
//! down for longer than that leaves an estate that still opens and closes.
//! Exceptions further away are not in AWS until the horizon has come to them, and
//! neither is the second half of a recurrence that is cut on the last of its days in
//! the horizon.
//!
//! It reads no clock: the horizon is given.

mod cover;
mod objects;
mod patterns;
mod verify;

#[cfg(all(test, feature = "tzdb"))]
mod tests;

pub use objects::{object_prefix, schedule_of_action};
pub use verify::{Difference, Verified, verify};

use super::{Level, Power, Schedule, Target, TargetKind, Timetable};
use crate::{
    aws_timing::{Object, quota},
    capacity,
    i18n::{Lang, refusals},
    limits,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use cover::{Slot, cover};
use jiff::ToSpan;
use objects::{Maker, Part, Setting, retry_policy};
use serde::{Deserialize, Serialize};

/// What became of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Compiled {
    /// The kind of its targets.
    pub target_kind: TargetKind,
    /// The objects, by target and name. Those of a refused target are left out.
    pub objects: Vec<Object>,
    /// What AWS cannot be made to do.
    pub refused: Vec<Refusal>,
}

/// Why a schedule, or one target of it, has no objects.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Refusal {
    /// More objects than AWS keeps for one target.
    Quota {
        /// The target.
        target: String,
        /// So many would be needed.
        count: usize,
        /// So many are kept.
        count_max: usize,
    },
    /// A managed node group's maximum cannot be zero.
    NodeGroupMaxZero {
        /// The target.
        target: String,
    },
    /// The horizon is empty or too long.
    Horizon {
        /// Longest.
        days_max: i64,
    },
}

/// What is printed of a compiled schedule: refusals bear their words.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    target_kind: TargetKind,
    objects: &'a [Object],
    refused: Vec<Reason<'a>>,
}

#[derive(Debug, Serialize)]
struct Reason<'a> {
    #[serde(flatten)]
    refusal: &'a Refusal,
    reason: String,
}

impl Compiled {
    /// As a document for people and programs.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report<'_> {
        let reason = |refusal| Reason {
            refusal,
            reason: refusals::refusal(lang, refusal),
        };
        Report {
            target_kind: self.target_kind,
            objects: &self.objects,
            refused: self.refused.iter().map(reason).collect(),
        }
    }
}

/// Compiles a schedule for `[from, until)`: the objects that, put just before
/// `from` onto what holds at `from`, make every change in time.
#[must_use]
pub fn compile(timetable: &Timetable<'_>, from: Timestamp, until: Timestamp) -> Compiled {
    let schedule = timetable.schedule();
    let mut compiled = Compiled {
        target_kind: schedule.kind(),
        objects: Vec::new(),
        refused: Vec::new(),
    };
    // Days are those of the clock: changes of it make some longer than others.
    let [first, after] = [from, until].map(|at| timetable.zone().civil(at).date());
    let last = first.saturating_add(limits::SCHEDULE_DAYS_MAX.days());
    if until <= from || after > last {
        compiled.refused.push(Refusal::Horizon {
            days_max: limits::SCHEDULE_DAYS_MAX,
        });
        return compiled;
    }
    let slots = slots(timetable);
    let timeline = timetable.timeline(from, until);
    for part in parts(schedule) {
        let changes = changes(
            part,
            timeline.iter().map(|change| (change.at, change.level)),
        );
        let pieces = cover(&changes, until, &slots, part.dialect());
        for target in schedule.targets() {
            let maker = Maker {
                schedule: schedule.name(),
                zone: schedule.zone().as_str(),
                target,
                part,
                retry_policy: retry_policy(&changes),
            };
            let mut objects: Vec<Object> = pieces.iter().map(|piece| maker.object(piece)).collect();
            if capacity::TargetKind::from(target.kind()).restarts_itself() {
                objects.extend(stops_again(timetable, &maker, &changes, until));
            }
            objects.sort_by(|one, other| one.name.cmp(&other.name));
            match refusal(target, part, &changes, objects.len()) {
                Some(refusal) => compiled.refused.push(refusal),
                None => compiled.objects.append(&mut objects),
            }
        }
    }
    compiled
}

/// Which parts of its targets a schedule sets.
fn parts(schedule: &Schedule) -> Vec<Part> {
    match (schedule.kind(), schedule.base()) {
        (TargetKind::Asg, Level::Group { spot: Some(_), .. }) => vec![Part::Group, Part::Mix],
        (TargetKind::Asg, _) => vec![Part::Group],
        (TargetKind::Ecs, _) => vec![Part::Bounds],
        (TargetKind::Eks, _) => vec![Part::Nodes],
        (TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster, _) => vec![Part::Power],
    }
}

/// The changes of one part, the first being what holds at the start.
fn changes(
    part: Part,
    timeline: impl Iterator<Item = (Timestamp, Level)>,
) -> Vec<(Timestamp, Setting)> {
    let mut changes: Vec<(Timestamp, Setting)> = Vec::new();
    for (at, level) in timeline {
        if let Some(setting) = part.of(level)
            && changes.last().is_none_or(|(_, last)| *last != setting)
        {
            changes.push((at, setting));
        }
    }
    changes
}

/// The times of day at which windows start and end, each once.
fn slots<'a>(timetable: &Timetable<'a>) -> Vec<Slot<'a>> {
    let mut slots: Vec<Slot<'a>> = Vec::new();
    for (index, window) in timetable.schedule().windows().iter().enumerate() {
        let zone = timetable.zone_of(index);
        let midnight = window.to.ms() == DAY_MS;
        let edges = [
            (window.from.ms() / MINUTE_MS, false),
            (
                window.to.ms() % DAY_MS / MINUTE_MS,
                window.overnight() || midnight,
            ),
        ];
        for (minutes, next_day) in edges {
            let natives = patterns::native(window, next_day);
            let known = slots
                .iter_mut()
                .find(|slot| slot.minutes == minutes && slot.zone.name() == zone.name());
            match known {
                Some(slot) => slot.natives.extend(natives),
                None => slots.push(Slot {
                    zone,
                    minutes,
                    natives,
                }),
            }
        }
    }
    // What comes out must not depend on the order of the windows.
    slots.sort_by(|one, other| {
        (one.zone.name(), one.minutes).cmp(&(other.zone.name(), other.minutes))
    });
    for slot in &mut slots {
        slot.natives.sort_unstable();
        slot.natives.dedup();
    }
    slots
}

/// AWS starts a database that has been stopped for seven days. Nothing can keep it
/// from that; so from then on it is told every hour to stop, until an hour before it
/// is wanted again: stopping and starting must not meet.
fn stops_again(
    timetable: &Timetable<'_>,
    maker: &Maker<'_>,
    changes: &[(Timestamp, Setting)],
    until: Timestamp,
) -> Vec<Object> {
    let mut objects = Vec::new();
    for (place, (at, setting)) in changes.iter().enumerate() {
        if *setting != Setting::Power(Power::Stopped) {
            continue;
        }
        let stopped = match place {
            0 => stopped_since(timetable, *at),
            _ => *at,
        };
        let wanted = changes.get(place + 1).map_or(until, |(next, _)| *next);
        let started = stopped.plus_ms(limits::DATABASE_STOPPED_MS_MAX).max(*at);
        // Whole hours, so that a horizon that rolls on finds the same firings.
        let start = Timestamp::from_ms((started.ms() + HOUR_MS - 1).div_euclid(HOUR_MS) * HOUR_MS);
        let half_past = start.plus_ms(HOUR_MS / 2);
        let hours = wanted.since_ms(half_past).div_euclid(HOUR_MS) - 1;
        if hours >= 0 {
            let end = start.plus_ms((hours + 1) * HOUR_MS);
            objects.push(maker.stops_again(start, end));
        }
    }
    objects
}

/// Since when a database that is stopped at the start of the horizon has been
/// stopped, looking back no further than it matters.
pub(crate) fn stopped_since(timetable: &Timetable<'_>, from: Timestamp) -> Timestamp {
    let earliest = from.plus_ms(-limits::DATABASE_STOPPED_MS_MAX);
    let before = timetable.timeline(earliest, from.plus_ms(1));
    let levels = before.iter().map(|change| (change.at, change.level));
    changes(Part::Power, levels)
        .last()
        .map_or(earliest, |(at, _)| *at)
}

fn refusal(
    target: &Target,
    part: Part,
    changes: &[(Timestamp, Setting)],
    count: usize,
) -> Option<Refusal> {
    let count_max = quota(part.kind());
    let target = || target.to_string();
    let max_zero = |(_, setting): &(Timestamp, Setting)| match setting {
        Setting::Sizes(sizes) => sizes.max == 0,
        _ => false,
    };
    if part == Part::Nodes && changes.iter().any(max_zero) {
        return Some(Refusal::NodeGroupMaxZero { target: target() });
    }
    (count > count_max).then(|| Refusal::Quota {
        target: target(),
        count,
        count_max,
    })
}
