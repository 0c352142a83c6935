//! `/api/v1/overview`.

use super::{
    extract::Caller,
    failure::{Failure, Failures},
};
use api::overview::Overview;
use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(overview))
}

/// Shows what needs the caller now.
#[utoipa::path(
    get, path = "/overview", tag = "overview", operation_id = "show_overview",
    responses((status = 200, body = Overview), Failures)
)]
async fn overview(caller: Caller) -> Result<Json<Overview>, Failure> {
    Ok(Json(caller.0.overview().await?))
}
