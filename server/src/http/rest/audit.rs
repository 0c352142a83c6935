//! `/api/v1/audit`.

use super::{
    extract::{Caller, Parameters},
    failure::{Failure, Failures},
};
use api::{
    Page,
    audit::{AuditQuery, AuditRow},
};
use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list))
}

/// Lists the audit log, newest first.
#[utoipa::path(
    get, path = "/audit", tag = "audit", operation_id = "list_audit",
    params(
        ("subject" = Option<String>, Query, description = "Only about this id."),
        ("action" = Option<String>, Query, description = "Only verbs that begin so."),
        ("actor" = Option<String>, Query, description = "Only by this person id, or `system`."),
        ("person" = Option<String>, Query, description = "Only by people whose name contains these words."),
        ("hours" = Option<u32>, Query, description = "Only of the last so many hours."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<AuditRow>), Failures)
)]
async fn list(caller: Caller, mut given: Parameters) -> Result<Json<Page<AuditRow>>, Failure> {
    let query = AuditQuery {
        subject: given.text("subject")?,
        action: given.text("action")?,
        actor: given.text("actor")?,
        person: given.text("person")?,
        hours: given.one("hours", |text| text.parse().ok())?,
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.list_audit(query).await?))
}
