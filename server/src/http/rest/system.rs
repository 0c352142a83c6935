//! `/api/v1/system`.

use super::{
    extract::Caller,
    failure::{Failure, Failures},
};
use api::system::SystemView;
use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(system))
}

/// Shows how the console itself is doing.
#[utoipa::path(
    get, path = "/system", tag = "system", operation_id = "show_system",
    responses((status = 200, body = SystemView), Failures)
)]
async fn system(caller: Caller) -> Result<Json<SystemView>, Failure> {
    Ok(Json(caller.0.system().await?))
}
