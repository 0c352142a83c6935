//! Server functions of the overview.

use crate::rpc::{Json, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::overview::Overview;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "overview/show", input = Json, output = Json)]
pub(crate) async fn show_overview() -> Result<Overview, UiError> {
    answer(backend()?.overview().await)
}
