//! Server functions of the activity page.

use crate::rpc::{Json, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    audit::{AuditQuery, AuditRow},
};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "audit/list", input = Json, output = Json)]
pub(super) async fn list_audit(query: AuditQuery) -> Result<Page<AuditRow>, UiError> {
    answer(backend()?.list_audit(query).await)
}
