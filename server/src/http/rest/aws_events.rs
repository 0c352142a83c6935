//! `/api/v1/aws-events`.

use super::{
    extract::{Caller, Id, Parameters},
    failure::{Failure, Failures},
};
use api::{
    Page,
    aws_events::{AwsEventDetail, AwsEventQuery, AwsEventRow},
};
use axum::Json;
use domain::{aws_events::AwsEventKind, ids::AwsEventId};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(detail))
}

/// Lists what AWS told by events, newest first.
#[utoipa::path(
    get, path = "/aws-events", tag = "alarms", operation_id = "list_aws_events",
    params(
        ("kind" = Option<Vec<AwsEventKind>>, Query, description = "Only these kinds; repeat for several."),
        ("text" = Option<String>, Query, description = "Words in name or subject."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<AwsEventRow>), Failures)
)]
async fn list(caller: Caller, mut given: Parameters) -> Result<Json<Page<AwsEventRow>>, Failure> {
    let query = AwsEventQuery {
        kind: given.many("kind", AwsEventKind::parse)?,
        text: given.text("text")?,
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.list_aws_events(query).await?))
}

/// Shows one event as it came.
#[utoipa::path(
    get, path = "/aws-events/{id}", tag = "alarms", operation_id = "show_aws_event", params(("id" = AwsEventId, Path)),
    responses((status = 200, body = AwsEventDetail), Failures)
)]
async fn detail(caller: Caller, Id(id): Id<AwsEventId>) -> Result<Json<AwsEventDetail>, Failure> {
    Ok(Json(caller.0.aws_event(id).await?))
}
