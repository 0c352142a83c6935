//! `/api/v1/targets`.

use super::{
    extract::{Caller, Id, Parameters},
    failure::{Failure, Failures},
};
use api::{
    Page,
    capacity::{CapacitySample, TargetDetail, TargetQuery, TargetRow},
};
use axum::Json;
use domain::{capacity::TargetKind, estate::Environment, ids::TargetId};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Hours of samples when the caller names none.
const SAMPLE_HOURS: u32 = 24;

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(detail))
        .routes(routes!(samples))
}

/// Lists targets.
#[utoipa::path(
    get, path = "/targets", tag = "capacity", operation_id = "list_targets",
    params(
        ("kind" = Option<Vec<TargetKind>>, Query, description = "Only these kinds; repeat for several."),
        ("environment" = Option<Vec<Environment>>, Query, description = "Only these environments."),
        ("text" = Option<String>, Query, description = "Words in the name."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<TargetRow>), Failures)
)]
async fn list(caller: Caller, mut given: Parameters) -> Result<Json<Page<TargetRow>>, Failure> {
    let query = TargetQuery {
        kind: given.many("kind", TargetKind::parse)?,
        environment: given.many("environment", Environment::parse)?,
        text: given.text("text")?,
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.list_targets(query).await?))
}

/// Shows one target.
#[utoipa::path(
    get, path = "/targets/{id}", tag = "capacity", operation_id = "show_target", params(("id" = TargetId, Path)),
    responses((status = 200, body = TargetDetail), Failures)
)]
async fn detail(caller: Caller, Id(id): Id<TargetId>) -> Result<Json<TargetDetail>, Failure> {
    Ok(Json(caller.0.target(id).await?))
}

/// Shows a target's capacity over time, oldest first.
#[utoipa::path(
    get, path = "/targets/{id}/samples", tag = "capacity", operation_id = "list_target_samples",
    params(
        ("id" = TargetId, Path),
        ("hours" = Option<u32>, Query, description = "How far back, 1 to 168; 24 by default."),
    ),
    responses((status = 200, body = Vec<CapacitySample>), Failures)
)]
async fn samples(
    caller: Caller,
    Id(id): Id<TargetId>,
    mut given: Parameters,
) -> Result<Json<Vec<CapacitySample>>, Failure> {
    let hours = given
        .one("hours", |text| text.parse().ok())?
        .unwrap_or(SAMPLE_HOURS);
    given.finish()?;
    Ok(Json(caller.0.target_samples(id, hours).await?))
}
