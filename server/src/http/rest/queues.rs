//! `/api/v1/set-aside`.

use super::{
    extract::{Caller, Id, Parameters},
    failure::{Failure, Failures},
};
use api::{
    Page,
    queues::{SetAsideDetail, SetAsideRow},
};
use axum::{Json, http::StatusCode};
use domain::ids::SetAsideId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(detail, discard))
        .routes(routes!(take_again))
}

/// Lists messages of queues that could not be taken in, newest first.
#[utoipa::path(
    get, path = "/set-aside", tag = "alarms", operation_id = "list_set_aside",
    params(
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<SetAsideRow>), Failures)
)]
async fn list(caller: Caller, mut given: Parameters) -> Result<Json<Page<SetAsideRow>>, Failure> {
    let page = given.page()?;
    given.finish()?;
    Ok(Json(caller.0.list_set_aside(page).await?))
}

/// Shows one message as it came.
#[utoipa::path(
    get, path = "/set-aside/{id}", tag = "alarms", operation_id = "show_set_aside", params(("id" = SetAsideId, Path)),
    responses((status = 200, body = SetAsideDetail), Failures)
)]
async fn detail(caller: Caller, Id(id): Id<SetAsideId>) -> Result<Json<SetAsideDetail>, Failure> {
    Ok(Json(caller.0.set_aside(id).await?))
}

/// Takes a message in once more.
#[utoipa::path(
    post, path = "/set-aside/{id}/taking", tag = "alarms", operation_id = "take_again", params(("id" = SetAsideId, Path)),
    responses((status = 204), Failures)
)]
async fn take_again(caller: Caller, Id(id): Id<SetAsideId>) -> Result<StatusCode, Failure> {
    caller.0.take_again(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets go of a message for good.
#[utoipa::path(
    delete, path = "/set-aside/{id}", tag = "alarms", operation_id = "discard_set_aside", params(("id" = SetAsideId, Path)),
    responses((status = 204), Failures)
)]
async fn discard(caller: Caller, Id(id): Id<SetAsideId>) -> Result<StatusCode, Failure> {
    caller.0.discard_set_aside(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
