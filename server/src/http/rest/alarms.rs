//! `/api/v1/alarms`.

use super::{
    extract::{Body, Caller, Id, Parameters, word},
    failure::{Failure, Failures},
};
use api::{
    Page,
    alarms::{AlarmChart, AlarmCount, AlarmDetail, AlarmQuery, AlarmRow},
};
use axum::Json;
use domain::{
    alarms::{AlarmState, AlarmTransition, Priority},
    estate::Environment,
    ids::AlarmId,
    sources::SourceKind,
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Hours of a chart when the caller names none.
const CHART_HOURS: u32 = 3;

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(counts))
        .routes(routes!(detail))
        .routes(routes!(chart))
        .routes(routes!(history))
        .routes(routes!(acknowledge, unacknowledge))
}

/// Lists alarms.
#[utoipa::path(
    get, path = "/alarms", tag = "alarms", operation_id = "list_alarms",
    params(
        ("state" = Option<Vec<AlarmState>>, Query, description = "Only these states; repeat for several."),
        ("environment" = Option<Vec<Environment>>, Query, description = "Only these environments."),
        ("priority" = Option<Vec<Priority>>, Query, description = "Only these priorities."),
        ("source" = Option<Vec<SourceKind>>, Query, description = "Only of these kinds of source."),
        ("acknowledged" = Option<bool>, Query, description = "Only acknowledged, or only not."),
        ("text" = Option<String>, Query, description = "Words in name or description."),
        ("sort" = Option<api::alarms::AlarmSort>, Query, description = "Order; `urgency` by default."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<AlarmRow>), Failures)
)]
async fn list(caller: Caller, mut given: Parameters) -> Result<Json<Page<AlarmRow>>, Failure> {
    let query = AlarmQuery {
        state: given.many("state", AlarmState::parse)?,
        environment: given.many("environment", Environment::parse)?,
        priority: given.many("priority", Priority::parse)?,
        source: given.many("source", SourceKind::parse)?,
        acknowledged: given.one("acknowledged", |text| text.parse().ok())?,
        text: given.text("text")?,
        sort: given.one("sort", word)?.unwrap_or_default(),
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.list_alarms(query).await?))
}

/// Counts alarms by state, priority and environment.
#[utoipa::path(
    get, path = "/alarms/counts", tag = "alarms", operation_id = "count_alarms",
    responses((status = 200, body = Vec<AlarmCount>), Failures)
)]
async fn counts(caller: Caller) -> Result<Json<Vec<AlarmCount>>, Failure> {
    Ok(Json(caller.0.count_alarms().await?))
}

/// Shows one alarm.
#[utoipa::path(
    get, path = "/alarms/{id}", tag = "alarms", operation_id = "show_alarm", params(("id" = AlarmId, Path)),
    responses((status = 200, body = AlarmDetail), Failures)
)]
async fn detail(caller: Caller, Id(id): Id<AlarmId>) -> Result<Json<AlarmDetail>, Failure> {
    Ok(Json(caller.0.alarm(id).await?))
}

/// Shows the metric behind an alarm.
#[utoipa::path(
    get, path = "/alarms/{id}/chart", tag = "alarms", operation_id = "show_alarm_chart",
    params(
        ("id" = AlarmId, Path),
        ("hours" = Option<u32>, Query, description = "How far back, 1 to 168; 3 by default."),
    ),
    responses((status = 200, body = AlarmChart), Failures)
)]
async fn chart(
    caller: Caller,
    Id(id): Id<AlarmId>,
    mut given: Parameters,
) -> Result<Json<AlarmChart>, Failure> {
    let hours = given
        .one("hours", |text| text.parse().ok())?
        .unwrap_or(CHART_HOURS);
    given.finish()?;
    Ok(Json(caller.0.alarm_chart(id, hours).await?))
}

/// Lists an alarm's state changes, newest first.
#[utoipa::path(
    get, path = "/alarms/{id}/history", tag = "alarms", operation_id = "list_alarm_history", params(("id" = AlarmId, Path)),
    responses((status = 200, body = Vec<AlarmTransition>), Failures)
)]
async fn history(
    caller: Caller,
    Id(id): Id<AlarmId>,
) -> Result<Json<Vec<AlarmTransition>>, Failure> {
    Ok(Json(caller.0.alarm_history(id).await?))
}

/// An acknowledgement to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAcknowledgement {
    /// What to tell the others; may be left out.
    #[serde(default)]
    note: String,
}

/// Takes an alarm on.
#[utoipa::path(
    post, path = "/alarms/{id}/acknowledgement", tag = "alarms", operation_id = "acknowledge_alarm", params(("id" = AlarmId, Path)),
    request_body = NewAcknowledgement,
    responses((status = 200, body = AlarmRow), Failures)
)]
async fn acknowledge(
    caller: Caller,
    Id(id): Id<AlarmId>,
    Body(given): Body<NewAcknowledgement>,
) -> Result<Json<AlarmRow>, Failure> {
    Ok(Json(caller.0.acknowledge_alarm(id, given.note).await?))
}

/// Gives an alarm back.
#[utoipa::path(
    delete, path = "/alarms/{id}/acknowledgement", tag = "alarms", operation_id = "unacknowledge_alarm", params(("id" = AlarmId, Path)),
    responses((status = 200, body = AlarmRow), Failures)
)]
async fn unacknowledge(caller: Caller, Id(id): Id<AlarmId>) -> Result<Json<AlarmRow>, Failure> {
    Ok(Json(caller.0.unacknowledge_alarm(id).await?))
}
