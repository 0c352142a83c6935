//! The audit log.

use crate::page::PageQuery;
#[cfg(feature = "server")]
use crate::{ApiResult, Page};
use domain::{audit::AuditOutcome, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Which entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AuditQuery {
    /// Only about this thing (an id).
    pub subject: String,
    /// Only verbs that begin so: `change.` or `session.sign_in`.
    pub action: String,
    /// Only by this person (an id or `system`).
    pub actor: String,
    /// Only by people whose name, now or then, contains these words, any case.
    pub person: String,
    /// Only of the last so many hours; none means ever.
    pub hours: Option<u32>,
    /// Which page.
    pub page: PageQuery,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who: an id or `system`.
    pub actor: String,
    /// The name they had then.
    pub actor_name: String,
    /// The verb.
    pub action: String,
    /// To what: an id, or empty.
    pub subject: String,
    /// The name of that now, where it has one and is still known; else empty.
    pub subject_name: String,
    /// In which environment, or empty.
    pub environment: String,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// What else, as JSON.
    pub detail_json: String,
    /// Its hash in the chain.
    pub hash: String,
}

/// What can be asked about the audit log.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Audit {
    /// A page of entries, newest first.
    async fn list_audit(&self, query: AuditQuery) -> ApiResult<Page<AuditRow>>;
}
