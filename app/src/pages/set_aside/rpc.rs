//! Server functions of messages that were set aside.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page, PageQuery,
    queues::{SetAsideDetail, SetAsideRow},
};
use domain::ids::SetAsideId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "set_aside/list", protocol = Call)]
pub(super) async fn list_set_aside(query: PageQuery) -> Result<Page<SetAsideRow>, UiError> {
    answer(backend()?.list_set_aside(query).await)
}

#[server(prefix = "/rpc", endpoint = "set_aside/show", protocol = Call)]
pub(super) async fn show_set_aside(id: SetAsideId) -> Result<SetAsideDetail, UiError> {
    answer(backend()?.set_aside(id).await)
}

#[server(prefix = "/rpc", endpoint = "set_aside/take_again", protocol = Call)]
pub(super) async fn take_again(id: SetAsideId) -> Result<(), UiError> {
    answer(backend()?.take_again(id).await)
}

#[server(prefix = "/rpc", endpoint = "set_aside/discard", protocol = Call)]
pub(super) async fn discard_set_aside(id: SetAsideId) -> Result<(), UiError> {
    answer(backend()?.discard_set_aside(id).await)
}
