//! Voting: four eyes, bound to what the voter saw and to what is live.

use super::{
    ballot::{
        Papers, approvals_needed, freezes_over, is_another, is_frozen, revise, votes_that_count,
    },
    edit::not_open,
    news, plan, refuse_blocked, seen,
    sight::Sight,
    void::Void,
};
use crate::{
    Services,
    asking::may_ask,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
    texts,
};
use domain::{
    approvals::{Outcome as Tally, Vote},
    changes::Move,
    checks::frozen,
    ids::{ApprovalId, ChangeId},
    people::Role,
    policy::{Action, Resource},
};
use serde_json::json;
use store::{ChangeRow, Tx, VoteRow};

/// Votes on the content with this hash.
///
/// A vote for looks at AWS first: when the live state is no longer what the plan
/// rests on, the plan is made anew, all votes are void and the voter is told.
///
/// # Errors
/// `not_found`; `forbidden` by role, to authors, and in a freeze to all but its
/// approvers; `conflict` when it was edited, decided or overtaken by the live
/// state; `invalid` when the checks now forbid it; `unavailable` when AWS does
/// not answer.
pub async fn vote(
    s: &Services,
    cx: &Cx,
    id: ChangeId,
    vote: Vote,
    seen_hash: String,
    note: String,
) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    cx.authorize(Action::DecideChange, Resource::In(&row.environment))?;
    let note = cx.text("note", vote.note(&note))?;
    let mut read = s.store.read();
    let authors = read.authors_of(id).await?;
    let cast = votes_that_count(read, &row).await?;
    let freezes = freezes_over(s, &row, cx.now).await?;
    let ballot = Papers::new(s, &row, &authors, &cast, is_frozen(&row, &freezes, cx.now));
    ballot.admit(cx, &row, vote, &seen_hash)?;
    let sight = match vote {
        Vote::Approve => Some(look(s, cx, &row).await?),
        Vote::Reject => None,
    };
    let cast = Cast {
        id,
        vote,
        seen_hash,
        note,
    };
    let told = count(s, cx, cast, sight).await;
    s.signals.feed();
    s.signals.apply();
    told
}

/// A vote on its way into the box.
struct Cast {
    id: ChangeId,
    vote: Vote,
    seen_hash: String,
    note: Option<String>,
}

/// What a change request about to be approved is about.
///
/// # Errors
/// `conflict` when AWS does not show it; `too_many` in a minute; what the cloud answers.
pub(super) async fn look(s: &Services, cx: &Cx, row: &ChangeRow) -> Outcome<Sight> {
    may_ask(s, cx)?;
    let subject = plan::subject_of(s, row).await?;
    let subject = subject.map_err(|why| why.told(cx))?;
    let sight = subject.look(s).await?;
    Ok(sight.ok_or_else(|| cx.conflict(texts::target_missing(cx.lang)))?)
}

/// The change request with its plan made again from what AWS shows, and the transaction
/// in which that was done.
///
/// # Errors
/// `conflict` when the plan is another: it is written down then, and all votes are void;
/// `invalid` when the checks now forbid it.
pub(super) async fn confirmed(
    s: &Services,
    cx: &Cx,
    mut tx: Tx,
    mut row: ChangeRow,
    sight: &Sight,
) -> Outcome<(Tx, ChangeRow)> {
    let id = row.id;
    let fresh = plan::plan(tx.read(), id, &row.change, row.planned_for, sight, cx.now).await?;
    let fresh = fresh.map_err(|why| why.told(cx))?;
    if is_another(&row, &fresh, sight.environment()) {
        let audit =
            system_audit(cx.now, "change.void", id).detail(&json!({ "void": Void::LiveState }));
        revise(s, &mut tx, row, fresh, sight.environment(), audit, cx.now).await?;
        tx.commit().await?;
        return Err(cx.conflict(texts::live_changed(cx.lang)).into());
    }
    refuse_blocked(cx, &fresh)?;
    row.plan = fresh;
    Ok((tx, row))
}

/// The transaction: everything is read again inside it.
async fn count(s: &Services, cx: &Cx, cast: Cast, sight: Option<Sight>) -> Outcome<()> {
    let id = cast.id;
    let mut tx = s.store.begin().await?;
    let mut row = tx.read().change(id).await?.ok_or_else(|| cx.not_found())?;
    let actor = cx.authorize(Action::DecideChange, Resource::In(&row.environment))?;
    let authors = tx.read().authors_of(id).await?;
    let mut votes = votes_that_count(tx.read(), &row).await?;
    let mut held_by_freeze = false;
    if let Some(sight) = sight {
        // Refusals that need no plan come first, or a stranger could revise.
        Papers::new(s, &row, &authors, &votes, false).admit(
            cx,
            &row,
            cast.vote,
            &cast.seen_hash,
        )?;
        (tx, row) = confirmed(s, cx, tx, row, &sight).await?;
        held_by_freeze = frozen(&row.plan.findings);
    }
    Papers::new(s, &row, &authors, &votes, held_by_freeze).admit(
        cx,
        &row,
        cast.vote,
        &cast.seen_hash,
    )?;

    let role = actor.role_in(&row.environment).unwrap_or(Role::Viewer);
    let vote = VoteRow {
        id: ApprovalId::from_parts(cx.now.ms(), s.ids.random()),
        person: Some(actor.person),
        name: actor.name.clone(),
        role: Some(role),
        vote: cast.vote,
        hash: row.hash.clone(),
        at: cx.now,
        note: cast.note,
    };
    tx.insert_vote(id, &vote).await?;
    let (action, note) = (verb(cast.vote), vote.note.clone());
    votes.push(vote);
    let tally = Papers::new(s, &row, &authors, &votes, held_by_freeze).tally();
    let wanted = match tally {
        Tally::Open(_) => None,
        Tally::Approved => Some(Move::Approve),
        Tally::Rejected => Some(Move::Reject),
    };
    if let Some(wanted) = wanted {
        row.state = row.state.after(wanted).map_err(|_| not_open(cx, &row))?;
    }
    // What it took stays with it, whatever is asked for later.
    row.approvals_needed = approvals_needed(s, &row);
    row.updated_at = cx.now;
    row.not_before = cx.now;
    let audit = cx.audit(action, id)?.within(&row.environment);
    let detail = json!({ "hash": row.hash, "note": note, "role": role, "state": row.state });
    let version = tx.update_change(&row).await?;
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[news(&row, version)], cx.now).await?;
    tx.commit().await?;
    Ok(())
}

const fn verb(vote: Vote) -> &'static str {
    match vote {
        Vote::Approve => "change.approve",
        Vote::Reject => "change.reject",
    }
}
