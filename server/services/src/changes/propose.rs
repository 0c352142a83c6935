//! Previewing and proposing.

use super::{ballot_hash, expires_at, news, plan, refuse_blocked};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
    targets, texts,
};
use api::changes::Preview;
use domain::{
    approvals::Vote,
    capacity::Target,
    changes::{Change, ChangeState},
    checks::blocks,
    ids::{ApprovalId, ChangeId},
    limits,
    plan::Plan,
    policy::{Action, Resource},
    scale_events::ScaleEvent,
    text,
    time::Timestamp,
};
use serde_json::json;
use store::{ChangeRow, StoreError, TargetRow, VoteRow};

/// What a change would do; nothing is kept.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid`; `conflict` when there is nothing to end;
/// `unavailable` when AWS does not answer.
pub async fn preview(s: &Services, cx: &Cx, change: Change) -> Outcome<Preview> {
    let change = checked(cx, change)?;
    let target = target_of(s, cx, &change).await?;
    let live = look(s, cx, &target).await?;
    let id = ChangeId::from_parts(cx.now.ms(), s.ids.random());
    let plan = plan::plan(s.store.read(), id, &change, &target, &live, cx.now).await?;
    let plan = plan.map_err(|why| why.told(cx))?;
    Ok(Preview {
        calls: plan.steps.iter().flat_map(|step| step.call.aws()).collect(),
        approvals_needed: approvals_needed(s, &change, &live),
        blocked: blocks(&plan.findings),
        plan,
    })
}

/// Proposes a change.
///
/// # Errors
/// As [`preview`]; `invalid` when the checks forbid it; `conflict` when the key
/// was used for something else.
pub async fn propose(
    s: &Services,
    cx: &Cx,
    change: Change,
    key: Option<String>,
) -> Outcome<ChangeId> {
    let change = checked(cx, change)?;
    let key = key.map(|key| checked_key(cx, &key)).transpose()?;
    let target = target_of(s, cx, &change).await?;
    if let Some(id) = repeated(s, cx, key.as_deref(), &change).await? {
        return Ok(id);
    }
    let live = look(s, cx, &target).await?;
    let id = ChangeId::from_parts(cx.now.ms(), s.ids.random());
    let kept = keep(s, cx, id, change.clone(), &target, &live, key.clone()).await;
    match kept {
        // The same key came twice at once and the other one was first.
        Err(crate::Failure::Store(StoreError::Duplicate { .. })) if key.is_some() => {
            let first = repeated(s, cx, key.as_deref(), &change).await?;
            Ok(first.ok_or_else(|| cx.conflict(texts::moved_on(cx.lang)))?)
        }
        kept => {
            kept?;
            s.signals.feed();
            s.signals.apply();
            Ok(id)
        }
    }
}

async fn keep(
    s: &Services,
    cx: &Cx,
    id: ChangeId,
    change: Change,
    target: &TargetRow,
    live: &Target,
    key: Option<String>,
) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    let plan = plan::plan(tx.read(), id, &change, target, live, cx.now).await?;
    let plan = plan.map_err(|why| why.told(cx))?;
    refuse_blocked(cx, &plan)?;
    let row = row(s, cx, id, change, target, live, plan, key)?;
    let audit = cx
        .audit("change.propose", id)?
        .within(&row.environment)
        .detail(&json!({
            "change": row.change,
            "target": row.target_name,
            "hash": row.hash,
            "reason": row.change.reason(),
        }));
    tx.insert_change(&row).await?;
    tx.audit(&audit).await?;
    if row.state == ChangeState::Approved {
        let vote = policy_vote(s, &row, cx.now);
        tx.insert_vote(id, &vote).await?;
        let audit = system_audit(cx.now, "change.approve", id).within(&row.environment);
        tx.audit(&audit.detail(&json!({ "hash": row.hash, "by": "policy" })))
            .await?;
    }
    tx.feed(&[news(&row, row.version)], cx.now).await?;
    tx.commit().await?;
    Ok(())
}

#[expect(
    clippy::too_many_arguments,
    reason = "it is where everything comes together"
)]
fn row(
    s: &Services,
    cx: &Cx,
    id: ChangeId,
    change: Change,
    target: &TargetRow,
    live: &Target,
    plan: Plan,
    idempotency_key: Option<String>,
) -> Result<ChangeRow, api::ApiError> {
    let actor = cx.actor()?;
    // Ending returns to what was approved together with the event.
    let (state, event) = match &change {
        Change::ScaleEvent(_) => (ChangeState::Proposed, None),
        Change::EndScaleEvent { event, .. } => (ChangeState::Approved, Some(*event)),
    };
    Ok(ChangeRow {
        id,
        state,
        revision: 1,
        hash: ballot_hash(1, &change, &plan),
        environment: live.environment.clone(),
        target: target.id,
        target_name: live.reference.name.clone(),
        from: plan.from,
        until: plan.until,
        author: actor.person,
        author_name: actor.name.clone(),
        approvals_needed: approvals_needed(s, &change, live),
        created_at: cx.now,
        updated_at: cx.now,
        expires_at: expires_at(cx.now, &plan),
        not_before: cx.now,
        idempotency_key,
        event,
        applied_at: None,
        ended_by: None,
        ended_at: None,
        return_verified_at: None,
        result: Vec::new(),
        version: 1,
        change,
        plan,
    })
}

/// The vote by which the policy approves the end of a scale event.
pub(crate) fn policy_vote(s: &Services, row: &ChangeRow, now: Timestamp) -> VoteRow {
    VoteRow {
        id: ApprovalId::from_parts(now.ms(), s.ids.random()),
        person: None,
        name: String::new(),
        role: None,
        vote: Vote::Approve,
        hash: row.hash.clone(),
        at: now,
        note: None,
    }
}

/// Approvals by people that a change needs.
pub(crate) fn approvals_needed(s: &Services, change: &Change, live: &Target) -> u32 {
    match change {
        Change::ScaleEvent(_) => s.settings.approvals_needed(&live.environment),
        Change::EndScaleEvent { .. } => 0,
    }
}

/// The change with its texts checked and its times on the minute.
///
/// # Errors
/// `invalid`.
pub(super) fn checked(cx: &Cx, change: Change) -> Result<Change, api::ApiError> {
    let reason = cx.text("reason", text::note(change.reason()))?;
    Ok(match change {
        Change::ScaleEvent(event) => Change::ScaleEvent(ScaleEvent {
            from: event.from.map(|from| from.floor_minute()),
            until: event.until.floor_minute(),
            reason,
            ..event
        }),
        Change::EndScaleEvent { event, .. } => Change::EndScaleEvent { event, reason },
    })
}

fn checked_key(cx: &Cx, key: &str) -> Result<String, api::ApiError> {
    let fits = (1..=limits::IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_graphic());
    if fits {
        return Ok(key.to_owned());
    }
    Err(cx.invalid(
        "key",
        texts::key_length(cx.lang, limits::IDEMPOTENCY_KEY_CHARS_MAX),
    ))
}

/// The change request that this caller made with this key before.
///
/// # Errors
/// `conflict` when that one asks for something else.
async fn repeated(
    s: &Services,
    cx: &Cx,
    key: Option<&str>,
    change: &Change,
) -> Outcome<Option<ChangeId>> {
    let Some(key) = key else {
        return Ok(None);
    };
    let mut read = s.store.read();
    let Some((id, posted)) = read.change_by_key(cx.actor()?.person, key).await? else {
        return Ok(None);
    };
    if posted != *change {
        return Err(cx.conflict(texts::key_taken(cx.lang)).into());
    }
    Ok(Some(id))
}

/// The target of a change that the caller may propose.
async fn target_of(s: &Services, cx: &Cx, change: &Change) -> Outcome<TargetRow> {
    let target = match change {
        Change::ScaleEvent(event) => event.target,
        Change::EndScaleEvent { event, .. } => super::seen(s, cx, *event).await?.target,
    };
    let target = targets::seen(s, cx, target).await?;
    cx.authorize(
        Action::ProposeChange,
        Resource::In(&target.target.environment),
    )?;
    Ok(target)
}

/// The live target of a change that the caller may propose.
pub(super) async fn look(s: &Services, cx: &Cx, target: &TargetRow) -> Outcome<Target> {
    let Some(live) = plan::look(s, target).await? else {
        return Err(cx.conflict(texts::target_missing(cx.lang)).into());
    };
    // Its tag may have changed since it was polled; what AWS says now counts.
    cx.authorize(Action::ProposeChange, Resource::In(&live.environment))?;
    Ok(live)
}
