//! `/api/v1/prices`.

use super::{
    extract::{Caller, Parameters, word},
    failure::{Failure, Failures},
};
use api::prices::{MonthPrices, PriceQuery};
use axum::Json;
use domain::{
    estate::{AccountId, Region, Scope},
    schedules::TargetKind,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(show))
}

/// Shows what targets cost in the 30 days to come.
#[utoipa::path(
    get, path = "/prices", tag = "capacity", operation_id = "show_prices",
    params(
        ("account" = AccountId, Query, description = "Where the targets are."),
        ("region" = Region, Query, description = "Where the targets are."),
        ("kind" = TargetKind, Query, description = "Their kind, as a schedule says it."),
        ("target" = Option<Vec<String>>, Query, description = "Their names; repeat for several."),
    ),
    responses((status = 200, body = MonthPrices), Failures)
)]
async fn show(caller: Caller, mut given: Parameters) -> Result<Json<MonthPrices>, Failure> {
    let query = PriceQuery {
        scope: Scope {
            account: given.required("account", AccountId::parse)?,
            region: given.required("region", Region::parse)?,
        },
        kind: given.required("kind", word::<TargetKind>)?,
        targets: given.many("target", |text| Some(text.to_owned()))?,
    };
    given.finish()?;
    Ok(Json(caller.0.prices(query).await?))
}
