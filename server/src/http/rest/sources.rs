//! `/api/v1/sources`.

use super::{
    extract::{Body, Caller},
    failure::{Failure, Failures},
};
use api::sources::{SourceView, Trial, Tried};
use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(try_mapping))
}

/// Lists the sources that call, and when they last did.
#[utoipa::path(
    get, path = "/sources", tag = "sources", operation_id = "list_sources",
    responses((status = 200, body = Vec<SourceView>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<SourceView>>, Failure> {
    Ok(Json(caller.0.list_sources().await?))
}

/// Tells what a mapping makes of a sample. Nothing is written.
#[utoipa::path(
    post, path = "/sources/try", tag = "sources", operation_id = "try_mapping",
    request_body = Trial, responses((status = 200, body = Tried), Failures)
)]
async fn try_mapping(caller: Caller, Body(trial): Body<Trial>) -> Result<Json<Tried>, Failure> {
    Ok(Json(caller.0.try_mapping(trial).await?))
}
