//! `/api/v1/freezes`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::freezes::NewFreeze;
use axum::{Json, http::StatusCode};
use domain::{freezes::Freeze, ids::FreezeId};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, declare))
        .routes(routes!(lift))
}

/// Lists freezes that are not over, soonest first.
#[utoipa::path(
    get, path = "/freezes", tag = "freezes", operation_id = "list_freezes",
    responses((status = 200, body = Vec<Freeze>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<Freeze>>, Failure> {
    Ok(Json(caller.0.list_freezes().await?))
}

/// The id of what was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Declared {
    /// The freeze.
    id: FreezeId,
}

/// Declares a freeze.
#[utoipa::path(
    post, path = "/freezes", tag = "freezes", operation_id = "declare_freeze", request_body = NewFreeze,
    responses((status = 201, body = Declared), Failures)
)]
async fn declare(
    caller: Caller,
    Body(freeze): Body<NewFreeze>,
) -> Result<(StatusCode, Json<Declared>), Failure> {
    let id = caller.0.declare_freeze(freeze).await?;
    Ok((StatusCode::CREATED, Json(Declared { id })))
}

/// Lifts a freeze.
#[utoipa::path(
    delete, path = "/freezes/{id}", tag = "freezes", operation_id = "lift_freeze", params(("id" = FreezeId, Path)),
    responses((status = 204), Failures)
)]
async fn lift(caller: Caller, Id(id): Id<FreezeId>) -> Result<StatusCode, Failure> {
    caller.0.lift_freeze(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
