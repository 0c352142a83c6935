//! `/api/v1/sandbox`; 404 outside the sandbox.

use super::{
    extract::{Body, Caller},
    failure::{Failure, Failures},
};
use api::sandbox::{SandboxAct, SandboxView};
use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(view, act))
}

/// Shows the sandbox's clock.
#[utoipa::path(
    get, path = "/sandbox", tag = "sandbox", operation_id = "show_sandbox",
    responses((status = 200, body = SandboxView), Failures)
)]
async fn view(caller: Caller) -> Result<Json<SandboxView>, Failure> {
    Ok(Json(caller.0.sandbox().await?))
}

/// Does something to the sandbox.
#[utoipa::path(
    post, path = "/sandbox", tag = "sandbox", operation_id = "act_on_sandbox", request_body = SandboxAct,
    responses((status = 200, body = SandboxView), Failures)
)]
async fn act(caller: Caller, Body(act): Body<SandboxAct>) -> Result<Json<SandboxView>, Failure> {
    Ok(Json(caller.0.sandbox_act(act).await?))
}
