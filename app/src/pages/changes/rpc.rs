//! Server functions of the change requests and freezes.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    calendars::{CalendarRow, NewCalendar},
    changes::{ChangeDetail, ChangeQuery, ChangeRow, Preview},
    freezes::NewFreeze,
};
use domain::{
    approvals::Vote,
    changes::Proposal,
    freezes::Freeze,
    ids::{ChangeId, FreezeId},
};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "changes/list", protocol = Call)]
pub(crate) async fn list_changes(query: ChangeQuery) -> Result<Page<ChangeRow>, UiError> {
    answer(backend()?.list_changes(query).await)
}

#[server(prefix = "/rpc", endpoint = "changes/show", protocol = Call)]
pub(crate) async fn show_change(id: ChangeId) -> Result<ChangeDetail, UiError> {
    answer(backend()?.change(id).await)
}

#[server(prefix = "/rpc", endpoint = "changes/preview", protocol = Call)]
pub(crate) async fn preview_change(proposal: Proposal) -> Result<Preview, UiError> {
    answer(backend()?.preview_change(proposal).await)
}

#[server(prefix = "/rpc", endpoint = "changes/propose", protocol = Call)]
pub(crate) async fn propose_change(
    proposal: Proposal,
    key: Option<String>,
) -> Result<ChangeId, UiError> {
    answer(backend()?.propose_change(proposal, key).await)
}

#[server(prefix = "/rpc", endpoint = "changes/edit", protocol = Call)]
pub(crate) async fn edit_change(
    id: ChangeId,
    proposal: Proposal,
    seen_hash: String,
) -> Result<(), UiError> {
    answer(backend()?.edit_change(id, proposal, seen_hash).await)
}

#[server(prefix = "/rpc", endpoint = "changes/vote", protocol = Call)]
pub(super) async fn vote_change(
    id: ChangeId,
    vote: Vote,
    seen_hash: String,
    note: String,
) -> Result<(), UiError> {
    answer(backend()?.vote_change(id, vote, seen_hash, note).await)
}

#[server(prefix = "/rpc", endpoint = "changes/withdraw", protocol = Call)]
pub(super) async fn withdraw_change(id: ChangeId) -> Result<(), UiError> {
    answer(backend()?.withdraw_change(id).await)
}

#[server(prefix = "/rpc", endpoint = "changes/comment", protocol = Call)]
pub(super) async fn comment_on_change(id: ChangeId, text: String) -> Result<(), UiError> {
    answer(backend()?.comment_on_change(id, text).await)
}

#[server(prefix = "/rpc", endpoint = "changes/break_glass", protocol = Call)]
pub(super) async fn break_glass(
    id: ChangeId,
    seen_hash: String,
    reason: String,
) -> Result<(), UiError> {
    answer(backend()?.break_glass(id, seen_hash, reason).await)
}

#[server(prefix = "/rpc", endpoint = "changes/review", protocol = Call)]
pub(super) async fn review_change(
    id: ChangeId,
    seen_hash: String,
    text: String,
) -> Result<(), UiError> {
    answer(backend()?.review_change(id, seen_hash, text).await)
}

#[server(prefix = "/rpc", endpoint = "freezes/list", protocol = Call)]
pub(super) async fn list_freezes() -> Result<Vec<Freeze>, UiError> {
    answer(backend()?.list_freezes().await)
}

#[server(prefix = "/rpc", endpoint = "freezes/declare", protocol = Call)]
pub(super) async fn declare_freeze(freeze: NewFreeze) -> Result<FreezeId, UiError> {
    answer(backend()?.declare_freeze(freeze).await)
}

#[server(prefix = "/rpc", endpoint = "calendars/list", protocol = Call)]
pub(crate) async fn list_calendars() -> Result<Vec<CalendarRow>, UiError> {
    answer(backend()?.list_calendars().await)
}

#[server(prefix = "/rpc", endpoint = "calendars/import", protocol = Call)]
pub(super) async fn import_calendar(calendar: NewCalendar) -> Result<Vec<FreezeId>, UiError> {
    answer(backend()?.import_calendar(calendar).await)
}

#[server(prefix = "/rpc", endpoint = "freezes/lift", protocol = Call)]
pub(super) async fn lift_freeze(id: FreezeId) -> Result<(), UiError> {
    answer(backend()?.lift_freeze(id).await)
}
