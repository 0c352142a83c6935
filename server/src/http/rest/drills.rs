//! `/api/v1/drills`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::drills::{DrillDetail, DrillPreview, DrillRow, DrillSubject, NewDrill, RecurringDrillRow};
use axum::{Json, http::StatusCode};
use domain::ids::DrillId;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, start))
        .routes(routes!(recurring))
        .routes(routes!(preview))
        .routes(routes!(show))
        .routes(routes!(end))
}

/// Lists the newest drills.
#[utoipa::path(
    get, path = "/drills", tag = "drills", operation_id = "list_drills",
    responses((status = 200, body = Vec<DrillRow>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<DrillRow>>, Failure> {
    Ok(Json(caller.0.list_drills().await?))
}

/// Lists the drills that begin by themselves, as the configuration has them.
#[utoipa::path(
    get, path = "/drills/recurring", tag = "drills", operation_id = "list_recurring_drills",
    responses((status = 200, body = Vec<RecurringDrillRow>), Failures)
)]
async fn recurring(caller: Caller) -> Result<Json<Vec<RecurringDrillRow>>, Failure> {
    Ok(Json(caller.0.list_recurring_drills().await?))
}

/// The id of what was started.
#[derive(Serialize, utoipa::ToSchema)]
struct Started {
    /// The drill.
    id: DrillId,
}

/// Starts a drill: a marked alarm that calls the channels which the preview named.
#[utoipa::path(
    post, path = "/drills", tag = "drills", operation_id = "start_drill", request_body = NewDrill,
    responses((status = 201, body = Started), Failures)
)]
async fn start(
    caller: Caller,
    Body(drill): Body<NewDrill>,
) -> Result<(StatusCode, Json<Started>), Failure> {
    let id = caller.0.start_drill(drill).await?;
    Ok((StatusCode::CREATED, Json(Started { id })))
}

/// Tells who would be told of a drill, and when.
#[utoipa::path(
    post, path = "/drills/preview", tag = "drills", operation_id = "preview_drill",
    request_body = DrillSubject, responses((status = 200, body = DrillPreview), Failures)
)]
async fn preview(
    caller: Caller,
    Body(subject): Body<DrillSubject>,
) -> Result<Json<DrillPreview>, Failure> {
    Ok(Json(caller.0.preview_drill(subject).await?))
}

/// Shows a drill and what each channel got.
#[utoipa::path(
    get, path = "/drills/{id}", tag = "drills", operation_id = "show_drill", params(("id" = DrillId, Path)),
    responses((status = 200, body = DrillDetail), Failures)
)]
async fn show(caller: Caller, Id(id): Id<DrillId>) -> Result<Json<DrillDetail>, Failure> {
    Ok(Json(caller.0.drill(id).await?))
}

/// Ends a drill before its time.
#[utoipa::path(
    post, path = "/drills/{id}/end", tag = "drills", operation_id = "end_drill", params(("id" = DrillId, Path)),
    responses((status = 204), Failures)
)]
async fn end(caller: Caller, Id(id): Id<DrillId>) -> Result<StatusCode, Failure> {
    caller.0.end_drill(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
