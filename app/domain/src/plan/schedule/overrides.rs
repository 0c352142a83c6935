//! Planning an override of the schedule that stands, or the end of one: the schedule takes
//! its own place with an override more or less.

use super::{ScheduleSituation, checks::frozen_over, horizon, plan_schedule};
use crate::{
    checks::Finding,
    plan::{Effect, Plan},
    schedules::{Level, Schedule, Timetable},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What an override, or the end of one, makes of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overriding {
    /// The schedule as it is afterwards.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub schedule: Schedule,
    /// What the schedule that stands wants when the override begins; of one that has begun,
    /// now.
    pub before: Level,
    /// What it wants then afterwards.
    pub after: Level,
}

/// Plans that a schedule is to hold which is the one that stands with an override more or
/// less, whose first instant is `from`. One more is frozen by what freezes its hours until
/// `until`, as an event is.
#[must_use]
pub fn plan_override(
    standing: &Timetable<'_>,
    timetable: &Timetable<'_>,
    (from, until): (Timestamp, Option<Timestamp>),
    situation: &ScheduleSituation<'_>,
) -> Plan {
    let mut plan = plan_schedule(timetable, situation);
    let hours = until.map(|until| from.max(situation.now)..until);
    for found in hours
        .into_iter()
        .flat_map(|hours| frozen_over(situation, hours))
    {
        if !plan.findings.contains(&found) {
            plan.findings.push(found);
        }
    }
    if horizon(timetable, situation.now).end <= from {
        // AWS is told when it comes nearer: that is an effect, too.
        plan.findings.retain(|found| *found != Finding::NoEffect);
    }
    let at = from.max(situation.now);
    let (_, before) = standing.capacity_at(at);
    let (_, after) = timetable.capacity_at(at);
    if let Effect::Schedule(effect) = &mut plan.effect {
        effect.overriding = Some(Box::new(Overriding {
            schedule: timetable.schedule().clone(),
            before,
            after,
        }));
    }
    plan
}
