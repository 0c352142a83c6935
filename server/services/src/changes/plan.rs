//! Planning against the live state: a look at AWS, then a pure plan from it
//! and from what the database holds.

use crate::{
    Services,
    cx::Cx,
    failure::{Failure, Outcome},
    texts,
};
use domain::{
    capacity::Target,
    changes::{Change, ChangeState},
    freezes::Freeze,
    ids::ChangeId,
    limits,
    plan::{OtherEvent, Plan, Situation, plan_end, plan_scale_event},
    time::Timestamp,
};
use store::{ChangeRow, Read, TargetRow};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoPlan {
    /// The event to be ended is not one, or not there.
    NotAnEvent,
    /// The event to be ended has nothing in AWS.
    NotStanding(ChangeState),
    /// The event to be ended has ended.
    Over,
    /// Another change request is ending it.
    Ending,
}

impl NoPlan {
    /// What the caller is told.
    pub fn told(&self, cx: &Cx) -> api::ApiError {
        let lang = cx.lang;
        cx.conflict(match self {
            Self::NotAnEvent => texts::not_an_event(lang).to_owned(),
            Self::NotStanding(state) => texts::event_not_standing(lang, texts::state(lang, *state)),
            Self::Over => texts::event_over(lang).to_owned(),
            Self::Ending => texts::event_ending(lang).to_owned(),
        })
    }
}

/// Looks at a target in AWS; none if AWS does not show it.
///
/// # Errors
/// What the cloud answers.
pub(crate) async fn look(s: &Services, target: &TargetRow) -> Outcome<Option<Target>> {
    Ok(s.cloud.target(&target.target.reference).await?)
}

/// The target of a change request.
///
/// # Errors
/// A defect when the database does not have it: targets that a change request
/// names are never deleted.
pub(crate) async fn target_of(mut read: Read<'_>, row: &ChangeRow) -> Outcome<TargetRow> {
    let target = read.target(row.target).await?;
    target.ok_or_else(|| Failure::defect(format!("{} names target {}", row.id, row.target)))
}

/// Plans a change on a live target, with what the database holds now.
///
/// # Errors
/// The database's.
pub(crate) async fn plan(
    mut read: Read<'_>,
    id: ChangeId,
    change: &Change,
    target: &TargetRow,
    live: &Target,
    now: Timestamp,
) -> Outcome<Result<Plan, NoPlan>> {
    // One that was over a moment ago still counts: its return may come late, into
    // the next one.
    let late = now.plus_ms(-limits::FIRING_LATE_MS);
    let standing = read.standing_events(target.id, late).await?;
    let others: Vec<_> = standing
        .iter()
        .filter(|row| row.id != id)
        .filter_map(|row| {
            let until = row.until?;
            let from = row.from.unwrap_or(now);
            Some(OtherEvent {
                change: row.id,
                from,
                until,
            })
        })
        .collect();
    let freezes = freezes_ahead(&mut read, now).await?;
    let situation = Situation {
        change: id,
        target: live,
        others: &others,
        freezes: &freezes,
        now,
    };
    match change {
        Change::ScaleEvent(event) => Ok(Ok(plan_scale_event(event, &situation))),
        Change::EndScaleEvent { event, .. } => plan_the_end(read, id, *event, &situation).await,
    }
}

/// Freezes that could hold a change that is asked for now.
///
/// # Errors
/// The database's.
pub(crate) async fn freezes_ahead(read: &mut Read<'_>, now: Timestamp) -> Outcome<Vec<Freeze>> {
    let horizon = now.plus_ms(limits::SCALE_EVENT_AHEAD_MS_MAX + limits::SCALE_EVENT_MS_MAX);
    Ok(read.freezes_between(now, horizon).await?)
}

async fn plan_the_end(
    mut read: Read<'_>,
    id: ChangeId,
    event: ChangeId,
    situation: &Situation<'_>,
) -> Outcome<Result<Plan, NoPlan>> {
    let Some(row) = read.change(event).await? else {
        return Ok(Err(NoPlan::NotAnEvent));
    };
    let Change::ScaleEvent(wanted) = &row.change else {
        return Ok(Err(NoPlan::NotAnEvent));
    };
    if !row.state.stands() {
        return Ok(Err(NoPlan::NotStanding(row.state)));
    }
    let from = row.from.or(row.applied_at).unwrap_or(situation.now);
    let until = row.until.unwrap_or(wanted.until);
    if row.ended_at.is_some() || until <= situation.now {
        return Ok(Err(NoPlan::Over));
    }
    let ending = read.end_change_of(event).await?;
    if ending.is_some_and(|ending| ending.id != id) {
        return Ok(Err(NoPlan::Ending));
    }
    Ok(Ok(plan_end(wanted, event, &row.plan, from, situation)))
}
