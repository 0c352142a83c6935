//! `/api/v1/targets/{id}/agent`.

use super::{
    extract::{Caller, Id},
    failure::{Failure, Failures},
};
use api::agent::AgentReport;
use axum::Json;
use domain::ids::TargetId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(report))
}

/// Shows memory and disks of a target as the CloudWatch agent reported them last.
#[utoipa::path(
    get, path = "/targets/{id}/agent", tag = "capacity", operation_id = "show_target_agent", params(("id" = TargetId, Path)),
    responses((status = 200, body = AgentReport), Failures)
)]
async fn report(caller: Caller, Id(id): Id<TargetId>) -> Result<Json<AgentReport>, Failure> {
    Ok(Json(caller.0.target_agent(id).await?))
}
