//! `/api/v1/silences`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::silences::{NewSilence, SilencePreview, SilenceRow, SilenceScope};
use axum::{Json, http::StatusCode};
use domain::ids::SilenceId;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(preview))
        .routes(routes!(end))
}

/// Lists silences that are not over, and those of the last week, the longest first.
#[utoipa::path(
    get, path = "/silences", tag = "silences", operation_id = "list_silences",
    responses((status = 200, body = Vec<SilenceRow>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<SilenceRow>>, Failure> {
    Ok(Json(caller.0.list_silences().await?))
}

/// The id of what was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Added {
    /// The silence.
    id: SilenceId,
}

/// Silences alarms for a time.
#[utoipa::path(
    post, path = "/silences", tag = "silences", operation_id = "add_silence", request_body = NewSilence,
    responses((status = 201, body = Added), Failures)
)]
async fn add(
    caller: Caller,
    Body(silence): Body<NewSilence>,
) -> Result<(StatusCode, Json<Added>), Failure> {
    let id = caller.0.add_silence(silence).await?;
    Ok((StatusCode::CREATED, Json(Added { id })))
}

/// Tells of which alarms nobody would be told.
#[utoipa::path(
    post, path = "/silences/preview", tag = "silences", operation_id = "preview_silence",
    request_body = SilenceScope, responses((status = 200, body = SilencePreview), Failures)
)]
async fn preview(
    caller: Caller,
    Body(scope): Body<SilenceScope>,
) -> Result<Json<SilencePreview>, Failure> {
    Ok(Json(caller.0.preview_silence(scope).await?))
}

/// Ends a silence before its time.
#[utoipa::path(
    delete, path = "/silences/{id}", tag = "silences", operation_id = "end_silence", params(("id" = SilenceId, Path)),
    responses((status = 204), Failures)
)]
async fn end(caller: Caller, Id(id): Id<SilenceId>) -> Result<StatusCode, Failure> {
    caller.0.end_silence(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
