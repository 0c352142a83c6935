//! `/api/v1/calendars`.

use super::{
    extract::{Body, Caller},
    failure::{Failure, Failures},
};
use api::calendars::{CalendarRow, NewCalendar};
use axum::{Json, http::StatusCode};
use domain::ids::FreezeId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, import))
}

/// Lists the calendars of the configuration, and how they do.
#[utoipa::path(
    get, path = "/calendars", tag = "freezes", operation_id = "list_calendars",
    responses((status = 200, body = Vec<CalendarRow>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<CalendarRow>>, Failure> {
    Ok(Json(caller.0.list_calendars().await?))
}

/// Makes freezes of the times that a calendar names in the coming months, once.
#[utoipa::path(
    post, path = "/calendars", tag = "freezes", operation_id = "import_calendar", request_body = NewCalendar,
    responses((status = 201, body = Vec<FreezeId>), Failures)
)]
async fn import(
    caller: Caller,
    Body(calendar): Body<NewCalendar>,
) -> Result<(StatusCode, Json<Vec<FreezeId>>), Failure> {
    let ids = caller.0.import_calendar(calendar).await?;
    Ok((StatusCode::CREATED, Json(ids)))
}
