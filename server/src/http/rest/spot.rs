//! `/api/v1/targets/{id}/spot` and `/api/v1/targets/{id}/spot-prices`.

use super::{
    extract::{Caller, Id},
    failure::{Failure, Failures},
};
use api::spot::{SpotPrices, SpotReport};
use axum::Json;
use domain::ids::TargetId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(report))
        .routes(routes!(prices))
}

/// Shows how much of a target is spot, and what AWS told of its spot instances in the last 30
/// days.
#[utoipa::path(
    get, path = "/targets/{id}/spot", tag = "capacity", operation_id = "show_target_spot", params(("id" = TargetId, Path)),
    responses((status = 200, body = SpotReport), Failures)
)]
async fn report(caller: Caller, Id(id): Id<TargetId>) -> Result<Json<SpotReport>, Failure> {
    Ok(Json(caller.0.target_spot(id).await?))
}

/// Shows what the instance types of a target have cost as spot in the last 14 days.
#[utoipa::path(
    get, path = "/targets/{id}/spot-prices", tag = "capacity", operation_id = "show_spot_prices",
    params(("id" = TargetId, Path)),
    responses((status = 200, body = SpotPrices), Failures)
)]
async fn prices(caller: Caller, Id(id): Id<TargetId>) -> Result<Json<SpotPrices>, Failure> {
    Ok(Json(caller.0.target_spot_prices(id).await?))
}
