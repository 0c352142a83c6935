//! Server functions of the activity page.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    audit::{AuditQuery, AuditRow},
};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "audit/list", protocol = Call)]
pub(super) async fn list_audit(query: AuditQuery) -> Result<Page<AuditRow>, UiError> {
    answer(backend()?.list_audit(query).await)
}
