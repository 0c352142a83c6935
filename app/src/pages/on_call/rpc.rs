//! Server functions of who is on call.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::on_call::{NewCover, OnCallBoard};
use domain::ids::CoverId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "on-call/show", protocol = Call)]
pub(crate) async fn show_on_call() -> Result<OnCallBoard, UiError> {
    answer(backend()?.on_call().await)
}

#[server(prefix = "/rpc", endpoint = "on-call/cover", protocol = Call)]
pub(super) async fn add_cover(cover: NewCover) -> Result<CoverId, UiError> {
    answer(backend()?.add_cover(cover).await)
}

#[server(prefix = "/rpc", endpoint = "on-call/end", protocol = Call)]
pub(super) async fn end_cover(id: CoverId) -> Result<(), UiError> {
    answer(backend()?.end_cover(id).await)
}
