//! Freezes: list, declare, lift.

use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    environments::{authorize, concern, named, within},
    failure::Outcome,
    texts,
};
use api::freezes::NewFreeze;
use domain::{
    estate::Environment, freezes::Freeze, ids::FreezeId, limits, people::Reach, policy::Action,
    text,
};
use serde_json::{Value, json};
use std::mem;
use store::Read;

/// Freezes that are not over and touch what the caller sees, soonest first. Each
/// names only those of its environments that the caller sees.
///
/// # Errors
/// `unauthenticated`.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<Freeze>> {
    let sees = cx.sees()?;
    let freezes = s.store.read().freezes(cx.now).await?;
    Ok(seen(freezes, &sees))
}

/// Those that touch what is within reach, each with only those of its environments.
pub(crate) fn seen(mut freezes: Vec<Freeze>, sees: &Reach) -> Vec<Freeze> {
    // First of all: one that is left with no environment would freeze them all.
    freezes.retain(|freeze| concern(&freeze.environments, sees));
    for freeze in &mut freezes {
        freeze.environments = within(mem::take(&mut freeze.environments), sees);
    }
    freezes
}

/// Declares a freeze.
///
/// # Errors
/// `forbidden`; `invalid`; `conflict` when there are too many.
pub async fn declare(s: &Services, cx: &Cx, new: NewFreeze) -> Outcome<FreezeId> {
    let environments = named(cx, &new.environments)?;
    authorize(cx, Action::ManageFreezes, &environments)?;
    let freeze = checked(s, cx, new, environments)?;
    let audit = cx.audit("freeze.declare", freeze.id)?;
    let audit = audit.detail(&told(&freeze));
    let mut tx = s.store.begin().await?;
    if !have_room(tx.read(), 1, 0).await? {
        return Err(cx.conflict(texts::freezes_full(cx.lang)).into());
    }
    tx.insert_freeze(&freeze, Some(cx.actor()?.person), cx.now)
        .await?;
    tx.audit(&audit).await?;
    tx.commit().await?;
    Ok(freeze.id)
}

/// What the audit log tells of a freeze.
pub(crate) fn told(freeze: &Freeze) -> Value {
    json!({
        "name": freeze.name,
        "environments": freeze.environments,
        "from": freeze.from,
        "until": freeze.until,
        "reason": freeze.reason,
    })
}

/// Whether so many freezes can be kept once so many are gone.
pub(crate) async fn have_room(mut read: Read<'_>, more: usize, fewer: usize) -> Outcome<bool> {
    let kept = usize::try_from(read.count_freezes().await?).unwrap_or(usize::MAX);
    Ok(kept.saturating_sub(fewer).saturating_add(more) <= limits::FREEZES_MAX)
}

fn checked(
    s: &Services,
    cx: &Cx,
    new: NewFreeze,
    environments: Vec<Environment>,
) -> Result<Freeze, api::ApiError> {
    let name = cx.text("name", text::line(&new.name))?;
    let reason = cx.text("reason", text::note(&new.reason))?;
    if new.until <= new.from {
        return Err(cx.invalid("until", texts::freeze_order(cx.lang)));
    }
    if new.until <= cx.now {
        return Err(cx.invalid("until", texts::freeze_over(cx.lang)));
    }
    Ok(Freeze {
        id: FreezeId::from_parts(cx.now.ms(), s.ids.random()),
        name,
        environments,
        from: new.from,
        until: new.until,
        reason,
        calendar: None,
    })
}

/// Lifts a freeze.
///
/// # Errors
/// `not_found`; `forbidden`; `conflict` for one that a calendar names.
pub async fn lift(s: &Services, cx: &Cx, id: FreezeId) -> Outcome<()> {
    let sees = cx.sees()?;
    let freeze = s.store.read().freeze(id).await?;
    let Some(freeze) = freeze.filter(|freeze| concern(&freeze.environments, &sees)) else {
        return Err(cx.not_found().into());
    };
    authorize(cx, Action::ManageFreezes, &freeze.environments)?;
    if let Some(calendar) = &freeze.calendar {
        return Err(cx
            .conflict(texts::freeze_of_calendar(cx.lang, calendar))
            .into());
    }
    let mut tx = s.store.begin().await?;
    if !tx.delete_freeze(id).await? {
        return Err(cx.not_found().into());
    }
    let audit = cx.audit("freeze.lift", id)?;
    tx.audit(&audit.detail(&json!({ "name": freeze.name })))
        .await?;
    tx.commit().await?;
    Ok(())
}
