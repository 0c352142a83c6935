//! Breaking the glass: a change request is carried out at once, without an approval, and
//! another person must look at it afterwards.
//!
//! Votes and freezes are skipped, the checks are not: what they forbid would fail or do
//! harm however urgent it is. Until it is reviewed it stands on everybody's overview.

use super::{
    edit::not_open,
    news, seen,
    vote::{confirmed, look},
};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    texts,
};
use api::{
    ApiError, ErrorCode,
    changes::{EmergencyView, ReviewView},
};
use domain::{
    changes::{ChangeState, Move},
    emergencies::{Emergency, Review, ReviewRefusal},
    ids::ChangeId,
    people::Actor,
    policy::{Action, Resource},
    text,
};
use serde_json::json;
use store::{AuthorRow, ChangeRow};

/// Has the content with this hash carried out at once.
///
/// # Errors
/// `not_found`; `forbidden`; `invalid` reason, or when the checks forbid it; `conflict`
/// when it was edited, decided or overtaken by the live state; `unavailable` when AWS
/// does not answer.
pub async fn break_glass(
    s: &Services,
    cx: &Cx,
    id: ChangeId,
    seen_hash: String,
    reason: String,
) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    cx.authorize(Action::BreakGlass, Resource::In(&row.environment))?;
    let reason = cx.text("reason", text::note(&reason))?;
    admit(cx, &row, &seen_hash)?;
    let sight = look(s, cx, &row).await?;

    let mut tx = s.store.begin().await?;
    let row = tx.read().change(id).await?.ok_or_else(|| cx.not_found())?;
    let actor = admit(cx, &row, &seen_hash)?;
    let (mut tx, mut row) = confirmed(s, cx, tx, row, &sight).await?;
    row.state = row
        .state
        .after(Move::Approve)
        .map_err(|_| not_open(cx, &row))?;
    row.updated_at = cx.now;
    row.not_before = cx.now;
    let emergency = Emergency {
        person: actor.person,
        name: actor.name.clone(),
        at: cx.now,
        reason,
        hash: row.hash.clone(),
        review: None,
    };
    tx.put_emergency(id, &emergency).await?;
    let audit = cx.audit("change.break_glass", id)?.within(&row.environment);
    let detail = json!({ "hash": row.hash, "reason": emergency.reason });
    let version = tx.update_change(&row).await?;
    tx.audit(&audit.detail(&detail)).await?;
    tx.feed(&[news(&row, version)], cx.now).await?;
    tx.commit().await?;
    s.signals.feed();
    s.signals.apply();
    Ok(())
}

fn admit<'a>(cx: &'a Cx, row: &ChangeRow, seen_hash: &str) -> Result<&'a Actor, ApiError> {
    let actor = cx.authorize(Action::BreakGlass, Resource::In(&row.environment))?;
    if row.state != ChangeState::Proposed {
        return Err(not_open(cx, row));
    }
    if row.hash != seen_hash {
        return Err(cx.conflict(texts::edited_since(cx.lang)));
    }
    // What was seen is carried out at its time, and an emergency does not wait.
    if let Some(at) = row.planned_for.filter(|at| *at > cx.now) {
        let at = cx.zone.minute_text(at);
        return Err(cx.conflict(texts::planned_not_now(cx.lang, &at)));
    }
    Ok(actor)
}

/// Why the caller cannot break the glass.
pub(super) fn break_refused(cx: &Cx, row: &ChangeRow) -> Option<String> {
    admit(cx, row, &row.hash).err().map(|error| error.message)
}

/// Signs the review of the content with this hash, which nobody approved.
///
/// # Errors
/// `not_found`; `forbidden` by role, and to whoever wrote it or broke the glass;
/// `invalid` text; `conflict` when there is nothing to review, it was edited since, or it
/// has been reviewed.
pub async fn review(
    s: &Services,
    cx: &Cx,
    id: ChangeId,
    seen_hash: String,
    text: String,
) -> Outcome<()> {
    let row = seen(s, cx, id).await?;
    cx.authorize(Action::DecideChange, Resource::In(&row.environment))?;
    let text = cx.text("text", text::note(&text))?;
    let mut tx = s.store.begin().await?;
    let row = tx.read().change(id).await?.ok_or_else(|| cx.not_found())?;
    let authors = tx.read().authors_of(id).await?;
    let emergency = tx.read().emergency_of(id).await?;
    let actor = admit_review(cx, &row, &authors, emergency.as_ref())?;
    if row.hash != seen_hash {
        return Err(cx.conflict(texts::edited_since(cx.lang)).into());
    }
    let review = Review {
        person: actor.person,
        name: actor.name.clone(),
        at: cx.now,
        text,
    };
    if !tx.review_emergency(id, &seen_hash, &review).await? {
        return Err(cx.conflict(texts::moved_on(cx.lang)).into());
    }
    let audit = cx.audit("change.review", id)?.within(&row.environment);
    tx.audit(&audit.detail(&json!({ "note": review.text })))
        .await?;
    tx.feed(&[news(&row, row.version)], cx.now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// Whether the caller may review it now.
///
/// # Errors
/// `forbidden`; `conflict`.
pub(super) fn admit_review<'a>(
    cx: &'a Cx,
    row: &ChangeRow,
    authors: &[AuthorRow],
    emergency: Option<&Emergency>,
) -> Result<&'a Actor, ApiError> {
    let actor = cx.authorize(Action::DecideChange, Resource::In(&row.environment))?;
    // One that was edited since was not carried out so.
    let Some(emergency) = emergency.filter(|emergency| emergency.hash == row.hash) else {
        return Err(cx.conflict(texts::no_emergency(cx.lang)));
    };
    let authors: Vec<_> = authors.iter().map(|author| author.person).collect();
    let admitted = emergency.admit_review(actor.person, &authors);
    admitted.map_err(|refusal| match refusal {
        ReviewRefusal::Own => ApiError::new(ErrorCode::Forbidden, texts::own_emergency(cx.lang)),
        ReviewRefusal::Reviewed => cx.conflict(texts::reviewed_already(cx.lang)),
    })?;
    Ok(actor)
}

/// For people.
pub(super) fn shown(row: &ChangeRow, emergency: Emergency) -> EmergencyView {
    EmergencyView {
        void: emergency.hash != row.hash,
        name: emergency.name,
        at: emergency.at,
        reason: emergency.reason,
        review: emergency.review.map(|review| ReviewView {
            name: review.name,
            at: review.at,
            text: review.text,
        }),
    }
}
