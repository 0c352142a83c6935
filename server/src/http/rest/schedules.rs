//! `/api/v1/schedules`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::schedules::{Adoption, ScheduleDetail, ScheduleReading, ScheduleRow, ScheduleText};
use axum::Json;
use domain::ids::TargetId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(detail))
        .routes(routes!(adopt))
        .routes(routes!(read))
}

/// Lists schedules that stand.
#[utoipa::path(
    get, path = "/schedules", tag = "schedules", operation_id = "list_schedules",
    responses((status = 200, body = Vec<ScheduleRow>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<ScheduleRow>>, Failure> {
    Ok(Json(caller.0.list_schedules().await?))
}

/// Shows one schedule, with the AWS objects that carry it out.
#[utoipa::path(
    get, path = "/schedules/{name}", tag = "schedules", operation_id = "show_schedule", params(("name" = String, Path)),
    responses((status = 200, body = ScheduleDetail), Failures)
)]
async fn detail(caller: Caller, Id(name): Id<String>) -> Result<Json<ScheduleDetail>, Failure> {
    Ok(Json(caller.0.schedule(name).await?))
}

/// Tells a target's scheduled actions as a schedule that does the same, proved
/// equal; keeps nothing.
#[utoipa::path(
    get, path = "/targets/{id}/adoption", tag = "schedules", operation_id = "adopt_actions", params(("id" = TargetId, Path)),
    responses((status = 200, body = Adoption), Failures)
)]
async fn adopt(caller: Caller, Id(id): Id<TargetId>) -> Result<Json<Adoption>, Failure> {
    Ok(Json(caller.0.adopt_actions(id).await?))
}

/// Reads the text of a schedule (YAML or JSON) without keeping it. What it makes is
/// what a change request of the kind `apply_schedule` takes.
#[utoipa::path(
    post, path = "/schedules/read", tag = "schedules", operation_id = "read_schedule", request_body = ScheduleText,
    responses((status = 200, body = ScheduleReading), Failures)
)]
async fn read(
    caller: Caller,
    Body(given): Body<ScheduleText>,
) -> Result<Json<ScheduleReading>, Failure> {
    Ok(Json(caller.0.read_schedule(given.text).await?))
}
