//! `/api/v1/coverage`.

use super::{
    checks::asked,
    extract::{Caller, Parameters},
    failure::{Failure, Failures},
};
use api::coverage::CoverageList;
use axum::Json;
use domain::{checks::Severity, coverage::RULES, estate::Environment};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list))
}

/// Lists what has no alarm, or one that would tell nobody, the worst first. A row's draft can be
/// proposed as a change request, with a reason.
#[utoipa::path(
    get, path = "/coverage", tag = "alarms", operation_id = "list_coverage",
    params(
        ("severity" = Option<Vec<Severity>>, Query, description = "Only so bad; repeat for several."),
        ("environment" = Option<Vec<Environment>>, Query, description = "Only these environments."),
        ("rule" = Option<Vec<String>>, Query, description = "Only by these rules, such as `alarm-tells-nobody`."),
        ("text" = Option<String>, Query, description = "Words in the name of what the gap is about."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = CoverageList), Failures)
)]
async fn list(caller: Caller, given: Parameters) -> Result<Json<CoverageList>, Failure> {
    let query = asked(given, &RULES)?;
    Ok(Json(caller.0.list_coverage(query).await?))
}
