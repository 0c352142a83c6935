//! Server functions of the silences.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::silences::{NewSilence, SilencePreview, SilenceRow, SilenceScope};
use domain::ids::SilenceId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "silences/list", protocol = Call)]
pub(super) async fn list_silences() -> Result<Vec<SilenceRow>, UiError> {
    answer(backend()?.list_silences().await)
}

#[server(prefix = "/rpc", endpoint = "silences/preview", protocol = Call)]
pub(super) async fn preview_silence(scope: SilenceScope) -> Result<SilencePreview, UiError> {
    answer(backend()?.preview_silence(scope).await)
}

#[server(prefix = "/rpc", endpoint = "silences/add", protocol = Call)]
pub(super) async fn add_silence(silence: NewSilence) -> Result<SilenceId, UiError> {
    answer(backend()?.add_silence(silence).await)
}

#[server(prefix = "/rpc", endpoint = "silences/end", protocol = Call)]
pub(super) async fn end_silence(id: SilenceId) -> Result<(), UiError> {
    answer(backend()?.end_silence(id).await)
}
