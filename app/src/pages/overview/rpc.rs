//! Server functions of the overview.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::overview::Overview;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "overview/show", protocol = Call)]
pub(crate) async fn show_overview() -> Result<Overview, UiError> {
    answer(backend()?.overview().await)
}
