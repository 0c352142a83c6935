//! `/api/v1/on-call`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::on_call::{NewCover, OnCallBoard};
use axum::{
    Json,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{ids::CoverId, on_call::RotationName};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(calendar))
        .routes(routes!(cover))
        .routes(routes!(end))
}

/// Tells who is on call, and who will be.
#[utoipa::path(
    get, path = "/on-call", tag = "on-call", operation_id = "on_call",
    responses((status = 200, body = OnCallBoard), Failures)
)]
async fn show(caller: Caller) -> Result<Json<OnCallBoard>, Failure> {
    Ok(Json(caller.0.on_call().await?))
}

/// Tells the shifts of a rotation as a calendar (RFC 5545): the one of now and those of half a
/// year.
#[utoipa::path(
    get, path = "/on-call/{rotation}/calendar.ics", tag = "on-call", operation_id = "on_call_calendar",
    params(("rotation" = RotationName, Path)),
    responses((status = 200, body = String, content_type = "text/calendar"), Failures)
)]
async fn calendar(
    caller: Caller,
    Id(rotation): Id<RotationName>,
) -> Result<impl IntoResponse, Failure> {
    let file = format!("attachment; filename=\"on-call-{rotation}.ics\"");
    let text = caller.0.on_call_calendar(rotation).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/calendar; charset=utf-8".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((headers, text))
}

/// The id of what was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Covered {
    /// The cover.
    id: CoverId,
}

/// Puts somebody on call instead of whoever's turn it is.
#[utoipa::path(
    post, path = "/on-call/covers", tag = "on-call", operation_id = "add_cover", request_body = NewCover,
    responses((status = 201, body = Covered), Failures)
)]
async fn cover(
    caller: Caller,
    Body(cover): Body<NewCover>,
) -> Result<(StatusCode, Json<Covered>), Failure> {
    let id = caller.0.add_cover(cover).await?;
    Ok((StatusCode::CREATED, Json(Covered { id })))
}

/// Ends a cover before its time.
#[utoipa::path(
    delete, path = "/on-call/covers/{id}", tag = "on-call", operation_id = "end_cover", params(("id" = CoverId, Path)),
    responses((status = 204), Failures)
)]
async fn end(caller: Caller, Id(id): Id<CoverId>) -> Result<StatusCode, Failure> {
    caller.0.end_cover(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
