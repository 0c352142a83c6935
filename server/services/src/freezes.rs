//! Freezes: list, declare, lift.

use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    texts,
};
use api::freezes::NewFreeze;
use domain::{
    estate::Environment,
    freezes::Freeze,
    ids::FreezeId,
    limits,
    people::Reach,
    policy::{Action, Resource},
    text,
};
use serde_json::json;

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
    freezes.retain(|freeze| concerns(freeze, sees));
    for freeze in &mut freezes {
        freeze.environments.retain(|e| sees.covers(e));
    }
    freezes
}

fn concerns(freeze: &Freeze, sees: &Reach) -> bool {
    freeze.environments.is_empty() || freeze.environments.iter().any(|e| sees.covers(e))
}

/// Asks for the right to manage a freeze in every environment that it covers.
fn authorize(cx: &Cx, environments: &[Environment]) -> Result<(), api::ApiError> {
    if environments.is_empty() {
        cx.authorize(Action::ManageFreezes, Resource::Installation)?;
    }
    for environment in environments {
        cx.authorize(Action::ManageFreezes, Resource::In(environment))?;
    }
    Ok(())
}

/// Declares a freeze.
///
/// # Errors
/// `forbidden`; `invalid`; `conflict` when there are too many.
pub async fn declare(s: &Services, cx: &Cx, new: NewFreeze) -> Outcome<FreezeId> {
    let environments = environments(cx, &new.environments)?;
    authorize(cx, &environments)?;
    let freeze = checked(s, cx, new, environments)?;
    let audit = cx.audit("freeze.declare", freeze.id)?.detail(&json!({
        "name": freeze.name,
        "environments": freeze.environments,
        "from": freeze.from,
        "until": freeze.until,
        "reason": freeze.reason,
    }));
    let mut tx = s.store.begin().await?;
    let kept = tx.read().count_freezes().await?;
    if usize::try_from(kept).is_ok_and(|kept| kept >= limits::FREEZES_MAX) {
        return Err(cx.conflict(texts::freezes_full(cx.lang)).into());
    }
    tx.insert_freeze(&freeze, cx.actor()?.person, cx.now)
        .await?;
    tx.audit(&audit).await?;
    tx.commit().await?;
    Ok(freeze.id)
}

/// The environments in their one spelling, sorted and without repeats.
fn environments(cx: &Cx, named: &[Environment]) -> Result<Vec<Environment>, api::ApiError> {
    if named.len() > limits::ENVIRONMENTS_MAX {
        return Err(cx.invalid("environments", texts::environments_full(cx.lang)));
    }
    let parsed = named.iter().map(|e| Environment::parse(e.as_str()));
    let Some(mut environments) = parsed.collect::<Option<Vec<_>>>() else {
        return Err(cx.invalid("environments", texts::environment_form(cx.lang)));
    };
    environments.sort();
    environments.dedup();
    Ok(environments)
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
    })
}

/// Lifts a freeze.
///
/// # Errors
/// `not_found`; `forbidden`.
pub async fn lift(s: &Services, cx: &Cx, id: FreezeId) -> Outcome<()> {
    let sees = cx.sees()?;
    let freeze = s.store.read().freeze(id).await?;
    let Some(freeze) = freeze.filter(|freeze| concerns(freeze, &sees)) else {
        return Err(cx.not_found().into());
    };
    authorize(cx, &freeze.environments)?;
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
