//! Taking a proposal back.

use super::{news, seen};
use crate::{
    Services,
    cx::{AuditEntryExt, Cx},
    failure::Outcome,
    texts,
};
use api::{ApiError, ErrorCode};
use domain::{
    changes::{Change, Move},
    ids::ChangeId,
    policy::{Action, Resource},
};
use store::{AuthorRow, ChangeRow};

/// Takes a proposal back, or an approved change request that has not begun.
///
/// # Errors
/// `not_found`; `forbidden` to all but its authors; `conflict` when it is too late.
pub async fn withdraw(s: &Services, cx: &Cx, id: ChangeId) -> Outcome<()> {
    seen(s, cx, id).await?;
    let mut tx = s.store.begin().await?;
    let mut row = tx.read().change(id).await?.ok_or_else(|| cx.not_found())?;
    let authors = tx.read().authors_of(id).await?;
    refuse(cx, &row, &authors)?;
    row.state = row
        .state
        .after(Move::Withdraw)
        .map_err(|_| too_late(cx, &row))?;
    row.updated_at = cx.now;
    let audit = cx.audit("change.withdraw", id)?.within(&row.environment);
    let version = tx.update_change(&row).await?;
    tx.audit(&audit).await?;
    tx.feed(&[news(&row, version)], cx.now).await?;
    tx.commit().await?;
    s.signals.feed();
    Ok(())
}

/// Why the caller cannot withdraw it.
///
/// # Errors
/// `forbidden`; `conflict`.
pub(super) fn refuse(cx: &Cx, row: &ChangeRow, authors: &[AuthorRow]) -> Result<(), ApiError> {
    let actor = cx.authorize(Action::ProposeChange, Resource::In(&row.environment))?;
    // What goes on with what was approved is the console's own, whoever approved it then.
    let is_own = matches!(row.change, Change::ExtendSchedule { .. });
    if is_own || !authors.iter().any(|author| author.person == actor.person) {
        let message = texts::not_an_author(cx.lang);
        return Err(ApiError::new(ErrorCode::Forbidden, message));
    }
    let withdrawn = row.state.after(Move::Withdraw);
    withdrawn.map(|_| ()).map_err(|_| too_late(cx, row))
}

fn too_late(cx: &Cx, row: &ChangeRow) -> ApiError {
    let state = texts::state(cx.lang, row.state);
    cx.conflict(texts::not_withdrawable(cx.lang, state))
}
