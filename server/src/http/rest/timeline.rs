//! `/api/v1/timeline`.

use super::{
    extract::{Caller, Parameters},
    failure::{Failure, Failures},
};
use api::timeline::{TIMELINE_DAYS_DEFAULT, Timeline, TimelineQuery};
use axum::Json;
use domain::{estate::Environment, time::Timestamp};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(show))
}

/// Shows the planned and the actual capacity of targets over days.
#[utoipa::path(
    get, path = "/timeline", tag = "capacity", operation_id = "show_timeline",
    params(
        ("environment" = Option<Vec<Environment>>, Query, description = "Only targets of these environments."),
        ("text" = Option<String>, Query, description = "Words in the target's name."),
        ("from" = Option<Timestamp>, Query, description = "Where it begins, at most 35 days before now and 60 after; a while before today by default."),
        ("days" = Option<u32>, Query, description = "How many days, 1 to 28; 7 by default."),
        ("offset" = Option<u32>, Query, description = "Targets to leave out."),
        ("limit" = Option<u32>, Query, description = "Targets on the page, at most 200."),
    ),
    responses((status = 200, body = Timeline), Failures)
)]
async fn show(caller: Caller, mut given: Parameters) -> Result<Json<Timeline>, Failure> {
    let query = TimelineQuery {
        environment: given.many("environment", Environment::parse)?,
        text: given.text("text")?,
        from: given.one("from", |text| text.parse().ok())?,
        days: given
            .one("days", |text| text.parse().ok())?
            .unwrap_or(TIMELINE_DAYS_DEFAULT),
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.timeline(query).await?))
}
