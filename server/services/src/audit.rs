//! Reading the audit log. Writing it is part of every use case's transaction.

use crate::{Services, cx::Cx, failure::Outcome, page};
use api::{
    Page,
    audit::{AuditQuery, AuditRow},
};
use domain::{policy::Action, time::HOUR_MS};
use store::AuditFilter;

/// A page of entries, newest first: of the environments in which the caller may
/// read them, and of the installation if that is everywhere.
///
/// # Errors
/// `forbidden` to those who may read them nowhere.
pub async fn list(s: &Services, cx: &Cx, query: AuditQuery) -> Outcome<Page<AuditRow>> {
    let filter = AuditFilter {
        subject: query.subject.trim().into(),
        action: query.action.trim().into(),
        actor: query.actor.trim().into(),
        person: page::search(cx, "person", &query.person)?,
        from: query
            .hours
            .map(|hours| cx.now.plus_ms(-i64::from(hours) * HOUR_MS)),
        reach: cx.reach_for(Action::ReadAudit)?,
    };
    let (slice, paged) = page::of(query.page);
    let found = s.store.read().audit_page(&filter, slice).await?;
    Ok(paged.fill(found, |row| AuditRow {
        seq: row.seq,
        at: row.entry.at,
        actor: row.entry.actor,
        actor_name: row.entry.actor_name,
        action: row.entry.action,
        subject: row.entry.subject,
        environment: row.entry.environment,
        outcome: row.entry.outcome,
        detail_json: row.entry.detail_json,
        hash: row.hash,
    }))
}
