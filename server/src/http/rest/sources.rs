//! `/api/v1/sources`.

use super::{
    extract::{Body, Caller},
    failure::{Failure, Failures},
};
use api::{
    log_queries::LogQueryView,
    sources::{SourceView, Trial, Tried},
};
use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(list_log_queries))
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

/// Lists the queries of logs, how their last runs came out and what they scanned.
#[utoipa::path(
    get, path = "/log-queries", tag = "sources", operation_id = "list_log_queries",
    responses((status = 200, body = Vec<LogQueryView>), Failures)
)]
async fn list_log_queries(caller: Caller) -> Result<Json<Vec<LogQueryView>>, Failure> {
    Ok(Json(caller.0.list_log_queries().await?))
}

/// Tells what a mapping makes of a sample. Nothing is written.
#[utoipa::path(
    post, path = "/sources/try", tag = "sources", operation_id = "try_mapping",
    request_body = Trial, responses((status = 200, body = Tried), Failures)
)]
async fn try_mapping(caller: Caller, Body(trial): Body<Trial>) -> Result<Json<Tried>, Failure> {
    Ok(Json(caller.0.try_mapping(trial).await?))
}
