//! Server functions of the checks.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::checks::{CheckList, CheckQuery};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "checks/list", protocol = Call)]
pub(super) async fn list_checks(query: CheckQuery) -> Result<CheckList, UiError> {
    answer(backend()?.list_checks(query).await)
}
