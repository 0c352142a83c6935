//! Previewing and proposing.

use super::{
    ballot_hash, expires_at, news, plan, refuse_blocked,
    sight::{self, Sight, Subject},
};
use crate::{
    Services,
    asking::may_ask,
    calendars,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
    texts,
};
use api::changes::Preview;
use domain::{
    approvals::Vote,
    changes::{Change, ChangeState, Proposal},
    checks::blocks,
    estate::Environment,
    ids::{ApprovalId, ChangeId},
    limits,
    people::Actor,
    plan::Plan,
    policy::{Action, Resource},
    scale_events::ScaleEvent,
    text,
    time::{DAY_MS, Timestamp},
};
use serde_json::json;
use store::{ChangeRow, StoreError, VoteRow};

/// How the names of the console's own scheduled actions begin.
const OWN: &str = "lamplighter";

/// What a change would do; nothing is kept.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid`; `conflict` when there is nothing to end;
/// `too_many` in a minute; `unavailable` when AWS does not answer.
pub async fn preview(s: &Services, cx: &Cx, proposal: Proposal) -> Outcome<Preview> {
    let proposal = checked(cx, proposal)?;
    check_time(cx, &proposal)?;
    let Proposal {
        change,
        planned_for,
    } = proposal;
    let change = calendars::filled(s, cx, change).await?;
    let subject = subject(s, cx, &change).await?;
    let sight = look(s, cx, subject).await?;
    let id = ChangeId::from_parts(cx.now.ms(), s.ids.random());
    let plan = plan::plan(s.store.read(), id, &change, planned_for, &sight, cx.now).await?;
    let plan = plan.map_err(|why| why.told(cx))?;
    Ok(Preview {
        calls: plan.steps.iter().flat_map(|step| step.call.aws()).collect(),
        approvals_needed: approvals_needed(s, &change, sight.environment()),
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
    proposal: Proposal,
    key: Option<String>,
) -> Outcome<ChangeId> {
    let mut proposal = checked(cx, proposal)?;
    proposal.change = calendars::filled(s, cx, proposal.change).await?;
    let key = key.map(|key| checked_key(cx, &key)).transpose()?;
    // First of all: what it asks for may be done by now, and its time over, and the answer was lost.
    if let Some(id) = repeated(s, cx, key.as_deref(), &proposal).await? {
        return Ok(id);
    }
    check_time(cx, &proposal)?;
    let subject = subject(s, cx, &proposal.change).await?;
    let sight = look(s, cx, subject.clone()).await?;
    let id = ChangeId::from_parts(cx.now.ms(), s.ids.random());
    let kept = keep(s, cx, id, proposal.clone(), &subject, &sight, key.clone()).await;
    match kept {
        // The same key came twice at once and the other one was first.
        Err(crate::Failure::Store(StoreError::Duplicate { .. })) if key.is_some() => {
            let first = repeated(s, cx, key.as_deref(), &proposal).await?;
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
    proposal: Proposal,
    subject: &Subject,
    sight: &Sight,
    key: Option<String>,
) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    let Proposal {
        change,
        planned_for,
    } = &proposal;
    let plan = plan::plan(tx.read(), id, change, *planned_for, sight, cx.now).await?;
    let plan = plan.map_err(|why| why.told(cx))?;
    refuse_blocked(cx, &plan)?;
    let wanted = Wanted {
        proposal,
        plan,
        environment: sight.environment().clone(),
        idempotency_key: key,
    };
    let row = row(s, id, wanted, subject, cx.actor()?, cx.now);
    let audit = cx
        .audit("change.propose", id)?
        .within(&row.environment)
        .detail(&json!({
            "change": row.proposal(),
            "target": row.target_name,
            "hash": row.hash,
            "reason": row.change.reason(),
        }));
    tx.insert_change(&row).await?;
    sight::note_targets(&mut tx, id, subject).await?;
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

/// A change request to be written down.
pub(crate) struct Wanted {
    /// What is asked for.
    pub proposal: Proposal,
    /// What it will do.
    pub plan: Plan,
    /// Whose people decide.
    pub environment: Environment,
    /// The caller's own key.
    pub idempotency_key: Option<String>,
}

/// The record of a new change request.
pub(crate) fn row(
    s: &Services,
    id: ChangeId,
    wanted: Wanted,
    subject: &Subject,
    author: &Actor,
    now: Timestamp,
) -> ChangeRow {
    let Wanted {
        proposal: Proposal {
            change,
            planned_for,
        },
        plan,
        environment,
        idempotency_key,
    } = wanted;
    // What goes on with or ends what was approved is approved with it.
    let state = match change.is_by_policy() {
        true => ChangeState::Approved,
        false => ChangeState::Proposed,
    };
    let event = match &change {
        Change::EndScaleEvent { event, .. } => Some(*event),
        _ => None,
    };
    ChangeRow {
        id,
        state,
        revision: 1,
        hash: ballot_hash(1, &change, planned_for, &plan),
        approvals_needed: approvals_needed(s, &change, &environment),
        environment,
        target: subject.first().map(|row| row.id),
        target_name: subject.name(),
        from: plan.from,
        until: plan.until,
        author: author.person,
        author_name: author.name.clone(),
        created_at: now,
        updated_at: now,
        expires_at: expires_at(now, &change, planned_for, &plan),
        not_before: now,
        planned_for,
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
    }
}

/// The vote by which the policy approves what goes on with, or ends, what people have
/// approved.
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
pub(crate) fn approvals_needed(s: &Services, change: &Change, environment: &Environment) -> u32 {
    match change.is_by_policy() {
        true => 0,
        false => s.settings.approvals_needed(environment),
    }
}

/// What is asked for with its texts checked and its times on the minute.
///
/// # Errors
/// `invalid`.
pub(super) fn checked(cx: &Cx, proposal: Proposal) -> Result<Proposal, api::ApiError> {
    Ok(Proposal {
        change: checked_change(cx, proposal.change)?,
        planned_for: proposal.planned_for.map(|at| at.floor_minute()),
    })
}

/// Whether a change may be carried out when it is asked to be.
///
/// # Errors
/// `invalid`.
pub(super) fn check_time(cx: &Cx, proposal: &Proposal) -> Result<(), api::ApiError> {
    let Some(at) = proposal.planned_for else {
        return Ok(());
    };
    let most = limits::PLANNED_AHEAD_MS_MAX;
    let wrong = match at.since_ms(cx.now) {
        _ if !proposal.change.may_be_planned() => texts::not_planned(cx.lang).to_owned(),
        ..=0 => texts::planned_past(cx.lang).to_owned(),
        ahead if ahead > most => texts::planned_too_far(cx.lang, most / DAY_MS),
        _ => return Ok(()),
    };
    Err(cx.invalid("planned_for", wrong))
}

fn checked_change(cx: &Cx, change: Change) -> Result<Change, api::ApiError> {
    let reason = cx.text("reason", text::note(change.reason()))?;
    Ok(match change {
        Change::ScaleEvent(event) => Change::ScaleEvent(ScaleEvent {
            from: event.from.map(|from| from.floor_minute()),
            until: event.until.floor_minute(),
            reason,
            ..event
        }),
        Change::EndScaleEvent { event, .. } => Change::EndScaleEvent { event, reason },
        Change::ApplySchedule {
            scope,
            schedule,
            mut takes_over,
            ..
        } => {
            // The way back of a scale event, or another schedule's, is nobody's to take.
            if takes_over.iter().any(|name| name.starts_with(OWN)) {
                return Err(cx.invalid("takes_over", texts::not_taken_over(cx.lang)));
            }
            takes_over.sort_unstable();
            takes_over.dedup();
            if takes_over.len() > limits::ACTIONS_TAKEN_OVER_MAX {
                let most = limits::ACTIONS_TAKEN_OVER_MAX;
                return Err(cx.invalid("takes_over", texts::too_many(cx.lang, most)));
            }
            Change::ApplySchedule {
                scope,
                schedule,
                takes_over,
                reason,
            }
        }
        Change::RemoveSchedule { schedule, .. } => Change::RemoveSchedule { schedule, reason },
        Change::Override {
            schedule,
            from,
            until,
            capacity,
            ..
        } => Change::Override {
            schedule,
            from: from.floor_minute(),
            until: until.floor_minute(),
            capacity,
            reason,
        },
        Change::EndOverride {
            schedule,
            from,
            until,
            ..
        } => Change::EndOverride {
            schedule,
            from: from.floor_minute(),
            until: until.floor_minute(),
            reason,
        },
        Change::SetProcesses {
            target,
            mut processes,
            suspended,
            ..
        } => {
            processes.sort_unstable();
            processes.dedup();
            if processes.is_empty() {
                return Err(cx.invalid("processes", texts::no_process(cx.lang)));
            }
            Change::SetProcesses {
                target,
                processes,
                suspended,
                reason,
            }
        }
        Change::SetPower { target, power, .. } => Change::SetPower {
            target,
            power,
            reason,
        },
        Change::SetMix {
            target,
            mix,
            refresh,
            ..
        } => Change::SetMix {
            target,
            mix,
            refresh,
            reason,
        },
        Change::RefreshInstances { target, pace, .. } => Change::RefreshInstances {
            target,
            pace,
            reason,
        },
        Change::CancelRefresh { refresh, .. } => Change::CancelRefresh { refresh, reason },
        Change::SetAlarmActions { alarm, enabled, .. } => Change::SetAlarmActions {
            alarm,
            enabled,
            reason,
        },
        Change::PutAlarm {
            alarm,
            replaces,
            definition,
            ..
        } => Change::PutAlarm {
            alarm,
            replaces,
            definition: Box::new(definition.tidied()),
            reason,
        },
        Change::PutAlarmBack { put, .. } => Change::PutAlarmBack { put, reason },
        // The console itself goes on with schedules.
        Change::ExtendSchedule { .. } => {
            return Err(cx.invalid("kind", texts::not_asked_for(cx.lang)));
        }
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
    proposal: &Proposal,
) -> Outcome<Option<ChangeId>> {
    let Some(key) = key else {
        return Ok(None);
    };
    let mut read = s.store.read();
    let Some((id, posted)) = read.change_by_key(cx.actor()?.person, key).await? else {
        return Ok(None);
    };
    if posted != *proposal {
        return Err(cx.conflict(texts::key_taken(cx.lang)).into());
    }
    Ok(Some(id))
}

/// What a change that the caller may propose is about.
async fn subject(s: &Services, cx: &Cx, change: &Change) -> Outcome<Subject> {
    if let Change::EndScaleEvent { event: ended, .. }
    | Change::CancelRefresh { refresh: ended, .. }
    | Change::PutAlarmBack { put: ended, .. } = change
    {
        super::seen(s, cx, *ended).await?;
    }
    if let Change::PutAlarm { alarm, .. } = change
        && !s.reads(&alarm.scope)
    {
        return Err(cx.not_found().into());
    }
    if let Change::RemoveSchedule { schedule, .. }
    | Change::Override { schedule, .. }
    | Change::EndOverride { schedule, .. } = change
    {
        // Whoever does not see it learns nothing of it, such as what would fit it.
        let standing = s.store.read().schedule(schedule).await?;
        let environment = standing.map(|standing| standing.environment);
        let seen = environment.is_some_and(|one| cx.may(Action::View, Resource::In(&one)));
        if !seen {
            return Err(cx.not_found().into());
        }
    }
    let subject = sight::subject(s, change).await?;
    let subject = subject.map_err(|why| why.told(cx))?;
    subject.authorize(cx)?;
    Ok(subject)
}

/// The live targets of a change that the caller may propose.
///
/// # Errors
/// `conflict` when AWS does not show one; `too_many` in a minute; `forbidden`; what the cloud
/// answers.
pub(super) async fn look(s: &Services, cx: &Cx, subject: Subject) -> Outcome<Sight> {
    may_ask(s, cx)?;
    let Some(sight) = subject.look(s).await? else {
        return Err(cx.conflict(texts::target_missing(cx.lang)).into());
    };
    sight.authorize(cx)?;
    Ok(sight)
}
