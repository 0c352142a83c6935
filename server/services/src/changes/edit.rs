//! Editing a proposal: a new revision, all votes void, one more author.

use super::{ballot_hash, expires_at, news, plan, propose, refuse_blocked, seen, sight};
use crate::{
    Services, calendars,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    texts,
};
use domain::{
    changes::{Change, Move, Proposal},
    ids::ChangeId,
    policy::{Action, Resource},
};
use serde_json::json;
use store::{AuthorRow, ChangeRow};

/// Changes what is asked for.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid`; `conflict` when it was edited since the
/// caller looked, or is no longer open; `unavailable` when AWS does not answer.
pub async fn edit(
    s: &Services,
    cx: &Cx,
    id: ChangeId,
    proposal: Proposal,
    seen_hash: String,
) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    let actor = cx.authorize(Action::ProposeChange, Resource::In(&row.environment))?;
    let proposal = propose::checked(cx, proposal)?;
    propose::check_time(cx, &proposal)?;
    let Proposal {
        change,
        planned_for,
    } = proposal;
    let change = calendars::filled(s, cx, change).await?;
    refuse(cx, &row, &change, &seen_hash)?;
    let subject = sight::subject(s, &change).await?;
    let subject = subject.map_err(|why| why.told(cx))?;
    subject.authorize(cx)?;
    let sight = propose::look(s, cx, subject.clone()).await?;

    let mut tx = s.store.begin().await?;
    let mut row = tx.read().change(id).await?.ok_or_else(|| cx.not_found())?;
    refuse(cx, &row, &change, &seen_hash)?;
    let plan = plan::plan(tx.read(), id, &change, planned_for, &sight, cx.now).await?;
    let plan = plan.map_err(|why| why.told(cx))?;
    refuse_blocked(cx, &plan)?;
    let audit = cx.audit("change.edit", id)?.within(sight.environment());
    let before = row.proposal();
    (row.change, row.planned_for) = (change, planned_for);
    row.state = row
        .state
        .after(Move::Revise)
        .map_err(|_| not_open(cx, &row))?;
    row.revision += 1;
    row.hash = ballot_hash(row.revision, &row.change, planned_for, &plan);
    row.environment = sight.environment().clone();
    row.target = subject.first().map(|row| row.id);
    row.approvals_needed = propose::approvals_needed(s, &row.change, &row.environment);
    row.from = plan.from;
    row.until = plan.until;
    row.expires_at = expires_at(cx.now, &row.change, planned_for, &plan);
    row.updated_at = cx.now;
    row.plan = plan;
    let author = AuthorRow {
        person: actor.person,
        name: actor.name.clone(),
        since: cx.now,
    };
    let version = tx.update_change(&row).await?;
    sight::note_targets(&mut tx, id, &subject).await?;
    tx.add_author(id, &author).await?;
    let detail = json!({ "before": before, "after": row.proposal(), "hash": row.hash });
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[news(&row, version)], cx.now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// Refuses what cannot be edited, or not into this.
fn refuse(cx: &Cx, row: &ChangeRow, change: &Change, seen_hash: &str) -> Result<(), api::ApiError> {
    row.state
        .after(Move::Revise)
        .map_err(|_| not_open(cx, row))?;
    match (&row.change, change) {
        (Change::ScaleEvent(held), Change::ScaleEvent(wanted)) if held.target == wanted.target => {}
        (
            Change::ApplySchedule { schedule: held, .. },
            Change::ApplySchedule {
                schedule: wanted, ..
            },
        ) if held.name() == wanted.name() => {}
        (
            Change::RemoveSchedule { schedule: held, .. },
            Change::RemoveSchedule { schedule, .. },
        )
        | (Change::Override { schedule: held, .. }, Change::Override { schedule, .. })
        | (Change::EndOverride { schedule: held, .. }, Change::EndOverride { schedule, .. })
            if held == schedule => {}
        (Change::SetPower { target: held, .. }, Change::SetPower { target, .. })
        | (Change::SetMix { target: held, .. }, Change::SetMix { target, .. })
        | (
            Change::RefreshInstances { target: held, .. },
            Change::RefreshInstances { target, .. },
        )
        | (Change::SetProcesses { target: held, .. }, Change::SetProcesses { target, .. })
            if held == target => {}
        (Change::SetAlarmActions { alarm: held, .. }, Change::SetAlarmActions { alarm, .. })
            if held == alarm => {}
        (
            Change::PutAlarm {
                alarm: held,
                replaces: held_place,
                ..
            },
            Change::PutAlarm {
                alarm, replaces, ..
            },
        ) if (held, held_place) == (alarm, replaces) => {}
        (Change::PutAlarmBack { put: held, .. }, Change::PutAlarmBack { put, .. })
            if held == put => {}
        (held, _) if held.is_by_policy() => {
            return Err(cx.conflict(texts::end_not_edited(cx.lang)));
        }
        _ => return Err(cx.invalid("target", texts::same_kind(cx.lang))),
    }
    if row.hash != seen_hash {
        return Err(cx.conflict(texts::edited_since(cx.lang)));
    }
    Ok(())
}

/// "It is no longer open."
pub(super) fn not_open(cx: &Cx, row: &ChangeRow) -> api::ApiError {
    cx.conflict(texts::not_open(cx.lang, texts::state(cx.lang, row.state)))
}
