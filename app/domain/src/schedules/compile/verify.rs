//! The proof: objects under AWS's rules against the evaluator.
//!
//! Both sides are walked from change to change, which compares every minute
//! without looking at each. One difference is AWS's own and no schedule's: it
//! starts a database that has been stopped for seven days. That is counted and
//! passes, if the database is stopped again, or wanted, soon enough.

use super::super::{Power, Target, Timetable};
use super::{
    Compiled, Refusal, changes,
    objects::{Part, Setting},
    parts, stopped_since,
};
use crate::{
    aws_timing::{Resource, State, run},
    capacity::Capacity,
    limits,
    time::{MINUTE_MS, Timestamp, Zone},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// What the comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verified {
    /// No difference in any minute of any target.
    pub equal: bool,
    /// Minutes compared, of each target.
    pub minutes: i64,
    /// The first difference.
    pub first_difference: Option<Difference>,
    /// How often AWS starts a database by itself, against the schedule.
    pub aws_restarts: usize,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// AWS would have another state.
    State {
        /// From when.
        at: Timestamp,
        /// Of which target.
        target: String,
        /// By the schedule.
        expected: String,
        /// By AWS.
        actual: String,
    },
    /// AWS would refuse the objects, or nobody knows what it would do.
    Fault {
        /// Why.
        message: String,
    },
    /// There are no objects to compare.
    Refused {
        /// Why.
        refusal: Refusal,
    },
}

/// Runs compiled objects under AWS's rules from what holds at `from` and compares
/// with the evaluator until `until`.
#[must_use]
pub fn verify(
    timetable: &Timetable<'_>,
    compiled: &Compiled,
    from: Timestamp,
    until: Timestamp,
) -> Verified {
    let mut verified = Verified {
        equal: true,
        minutes: until.since_ms(from) / MINUTE_MS,
        first_difference: None,
        aws_restarts: 0,
    };
    let difference = compare(timetable, compiled, from, until, &mut verified.aws_restarts);
    verified.equal = difference.is_none();
    verified.first_difference = difference;
    verified
}

fn compare(
    timetable: &Timetable<'_>,
    compiled: &Compiled,
    from: Timestamp,
    until: Timestamp,
    aws_restarts: &mut usize,
) -> Option<Difference> {
    if let Some(refusal) = compiled.refused.first() {
        let refusal = refusal.clone();
        return Some(Difference::Refused { refusal });
    }
    let schedule = timetable.schedule();
    let timeline = timetable.timeline(from, until);
    let expected: Vec<(Part, Vec<(Timestamp, Setting)>)> = parts(schedule)
        .into_iter()
        .map(|part| {
            let levels = timeline.iter().map(|change| (change.at, change.level));
            (part, changes(part, levels))
        })
        .collect();
    let mut state = State::default();
    for (_, setting) in expected.iter().filter_map(|(_, changes)| changes.first()) {
        found_at_start(timetable, from, *setting, &mut state);
    }
    let targets = schedule.targets();
    let start: BTreeMap<Resource, State> = targets
        .iter()
        .map(|target| (resource(target), state))
        .collect();
    let zones = |name: &str| zone(timetable, name);
    let run = match run(&compiled.objects, &start, &zones, from..until) {
        Ok(run) => run,
        Err(fault) => {
            let message = fault.to_string();
            return Some(Difference::Fault { message });
        }
    };
    *aws_restarts = run.restarts.len();
    let mut first: Option<(Timestamp, Difference)> = None;
    for target in targets {
        let resource = resource(target);
        let states = run.states.get(&resource).map_or(&[][..], Vec::as_slice);
        for (part, expected) in &expected {
            let actual: Vec<_> = states
                .iter()
                .map(|(at, state)| (*at, seen(*part, state)))
                .collect();
            let restarted = |at| {
                let mut restarts = run.restarts.iter();
                restarts.any(|restart| restart.resource == resource && restart.at == at)
            };
            let found = first_difference(expected, &actual, until, restarted);
            if let Some((at, expected, actual)) = found
                && first.as_ref().is_none_or(|(earlier, _)| at < *earlier)
            {
                let difference = Difference::State {
                    at,
                    target: target.to_string(),
                    expected: expected.to_string(),
                    actual: actual.map_or_else(|| "unknown".to_owned(), |seen| seen.to_string()),
                };
                first = Some((at, difference));
            }
        }
    }
    first.map(|(_, difference)| difference)
}

type Found = (Timestamp, Setting, Option<Setting>);

fn first_difference(
    expected: &[(Timestamp, Setting)],
    actual: &[(Timestamp, Option<Setting>)],
    until: Timestamp,
    restarted: impl Fn(Timestamp) -> bool,
) -> Option<Found> {
    let mut instants: Vec<Timestamp> = expected.iter().map(|(at, _)| *at).collect();
    instants.extend(actual.iter().map(|(at, _)| *at));
    instants.sort_unstable();
    instants.dedup();
    let (mut expected_place, mut actual_place) = (0, 0);
    for (place, at) in instants.iter().enumerate() {
        while expected
            .get(expected_place + 1)
            .is_some_and(|(next, _)| next <= at)
        {
            expected_place += 1;
        }
        while actual
            .get(actual_place + 1)
            .is_some_and(|(next, _)| next <= at)
        {
            actual_place += 1;
        }
        let (_, wanted) = expected.get(expected_place)?;
        let seen = actual.get(actual_place).and_then(|(_, seen)| *seen);
        if seen == Some(*wanted) {
            continue;
        }
        let next = instants.get(place + 1).copied().unwrap_or(until);
        let soon = next.since_ms(*at) <= limits::DATABASE_RESTART_MS_MAX;
        if !(restarted(*at) && soon && seen == Some(Setting::Power(Power::Running))) {
            return Some((*at, *wanted, seen));
        }
    }
    None
}

fn found_at_start(timetable: &Timetable<'_>, from: Timestamp, setting: Setting, state: &mut State) {
    match setting {
        Setting::Sizes(sizes) => state.sizes = Some(sizes),
        Setting::Bounds { min, max } => {
            let desired = min;
            state.sizes = Some(Capacity { min, desired, max });
        }
        Setting::Mix(mix) => state.mix = Some(mix),
        Setting::Power(Power::Running) => state.running = Some(true),
        Setting::Power(Power::Stopped) => {
            state.running = Some(false);
            state.stopped_at = Some(stopped_since(timetable, from));
        }
    }
}

/// What of a state a part sets.
fn seen(part: Part, state: &State) -> Option<Setting> {
    match part {
        Part::Group | Part::Nodes => state.sizes.map(Setting::Sizes),
        Part::Bounds => state
            .sizes
            .map(|Capacity { min, max, .. }| Setting::Bounds { min, max }),
        Part::Mix => state.mix.map(Setting::Mix),
        Part::Power => state.running.map(|running| match running {
            true => Setting::Power(Power::Running),
            false => Setting::Power(Power::Stopped),
        }),
    }
}

fn resource(target: &Target) -> Resource {
    let name = target.to_string();
    match target {
        Target::Asg(_) => Resource::Group { name },
        Target::Ecs(_) => Resource::Service { name },
        Target::Rds(_) => Resource::Database { name },
        Target::RdsCluster(_) => Resource::DatabaseCluster { name },
        Target::Eks(nodes) => Resource::NodeGroup {
            cluster: nodes.outer().to_owned(),
            name: nodes.inner().to_owned(),
        },
        Target::Ec2Tag(tag) => Resource::TaggedInstances {
            key: tag.key.as_str().to_owned(),
            value: tag.value.as_str().to_owned(),
        },
    }
}

/// The zones that objects can name: those of the schedule, and UTC.
fn zone(timetable: &Timetable<'_>, name: &str) -> Option<Zone> {
    let windows = 0..timetable.schedule().windows().len();
    let mut zones = windows.map(|window| timetable.zone_of(window));
    zones
        .find(|zone| zone.name() == name)
        .cloned()
        .or_else(|| (name == "UTC").then(Zone::utc))
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sizes(sizes) => write!(f, "{sizes}"),
            Self::Bounds { min, max } => write!(f, "{min}–{max}"),
            Self::Mix(mix) => mix.fmt(f),
            Self::Power(Power::Running) => f.write_str("running"),
            Self::Power(Power::Stopped) => f.write_str("stopped"),
        }
    }
}
