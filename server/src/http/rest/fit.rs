//! `/api/v1/targets/{id}/traffic`.

use super::{
    extract::{Caller, Id},
    failure::{Failure, Failures},
};
use api::fit::TargetTraffic;
use axum::Json;
use domain::ids::TargetId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(traffic))
}

/// Shows what load balancers sent to a target in the last four weeks, by quarter hour.
#[utoipa::path(
    get, path = "/targets/{id}/traffic", tag = "capacity", operation_id = "show_target_traffic", params(("id" = TargetId, Path)),
    responses((status = 200, body = TargetTraffic), Failures)
)]
async fn traffic(caller: Caller, Id(id): Id<TargetId>) -> Result<Json<TargetTraffic>, Failure> {
    Ok(Json(caller.0.target_traffic(id).await?))
}
