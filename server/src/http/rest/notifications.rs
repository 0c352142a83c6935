//! `/api/v1/notifications`, `/api/v1/channels` and `/api/v1/routes`.

use super::{
    extract::{Body, Caller, Id, Parameters},
    failure::{Failure, Failures},
};
use api::{
    Page,
    notifications::{
        NotificationQuery, NotificationRow, RouteExplanation, RouteQuestion, RouteTrial,
        RouteTried, Routing,
    },
};
use axum::{Json, http::StatusCode};
use domain::{
    alarms::{AlarmState, Priority},
    channels::ChannelName,
    estate::{AccountId, Environment, Region, Scope},
    ids::{AlarmId, DeliveryId},
    labels,
    notifications::DeliveryState,
    routes::Subject,
    time::Timestamp,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(send_again))
        .routes(routes!(routing))
        .routes(routes!(test))
        .routes(routes!(explain))
        .routes(routes!(try_routes))
}

/// Lists messages to channels, newest first.
#[utoipa::path(
    get, path = "/notifications", tag = "notifications", operation_id = "list_notifications",
    params(
        ("state" = Option<Vec<DeliveryState>>, Query, description = "Only these states; repeat for several."),
        ("channel" = Option<Vec<ChannelName>>, Query, description = "Only to these channels."),
        ("alarm" = Option<AlarmId>, Query, description = "Only about this alarm."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = Page<NotificationRow>), Failures)
)]
async fn list(
    caller: Caller,
    mut given: Parameters,
) -> Result<Json<Page<NotificationRow>>, Failure> {
    let query = NotificationQuery {
        state: given.many("state", DeliveryState::parse)?,
        channel: given.many("channel", |text| text.parse().ok())?,
        alarm: given.one("alarm", |text| text.parse().ok())?,
        page: given.page()?,
    };
    given.finish()?;
    Ok(Json(caller.0.list_notifications(query).await?))
}

/// Sends a message again that was given up.
#[utoipa::path(
    post, path = "/notifications/{id}/sending", tag = "notifications", operation_id = "send_again",
    params(("id" = DeliveryId, Path)),
    responses((status = 200, body = NotificationRow), Failures)
)]
async fn send_again(
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Json<NotificationRow>, Failure> {
    Ok(Json(caller.0.send_again(id).await?))
}

/// Shows the channels, how they are doing, and the routes.
#[utoipa::path(
    get, path = "/channels", tag = "notifications", operation_id = "show_routing",
    responses((status = 200, body = Routing), Failures)
)]
async fn routing(caller: Caller) -> Result<Json<Routing>, Failure> {
    Ok(Json(caller.0.routing().await?))
}

/// Sends a test to a channel.
#[utoipa::path(
    post, path = "/channels/{name}/test", tag = "notifications", operation_id = "test_channel",
    params(("name" = ChannelName, Path)),
    responses((status = 204), Failures)
)]
async fn test(caller: Caller, Id(name): Id<ChannelName>) -> Result<StatusCode, Failure> {
    caller.0.test_channel(name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells whom the routes would tell of such an alarm, and why.
#[utoipa::path(
    get, path = "/routes/explain", tag = "notifications", operation_id = "explain_route",
    params(
        ("environment" = Environment, Query, description = "The alarm's environment."),
        ("priority" = Priority, Query, description = "Its priority."),
        ("name" = Option<String>, Query, description = "Its name."),
        ("state" = Option<AlarmState>, Query, description = "Its state; `alarm` by default."),
        ("account" = Option<AccountId>, Query, description = "Its account; with `region`."),
        ("region" = Option<Region>, Query, description = "Its region; with `account`."),
        ("label" = Option<Vec<String>>, Query, description = "A label as `team=payments`; repeat for several."),
        ("at" = Option<Timestamp>, Query, description = "When; now by default. Routes may be mute then."),
        ("unattended_minutes" = Option<u32>, Query, description = "For how many minutes nobody has taken it on."),
    ),
    responses((status = 200, body = RouteExplanation), Failures)
)]
async fn explain(caller: Caller, mut given: Parameters) -> Result<Json<RouteExplanation>, Failure> {
    let missing =
        |name: &'static str| move || Failure::invalid(name, format!("`{name}` is missing"));
    let account = given.one("account", AccountId::parse)?;
    let region = given.one("region", Region::parse)?;
    let scope = match (account, region) {
        (None, None) => None,
        (Some(account), Some(region)) => Some(Scope { account, region }),
        (None, Some(_)) => return Err(missing("account")()),
        (Some(_), None) => return Err(missing("region")()),
    };
    let subject = Subject {
        environment: given
            .one("environment", Environment::parse)?
            .ok_or_else(missing("environment"))?,
        priority: given
            .one("priority", Priority::parse)?
            .ok_or_else(missing("priority"))?,
        name: given.text("name")?,
        scope,
        state: given
            .one("state", AlarmState::parse)?
            .unwrap_or(AlarmState::Alarm),
        labels: given.many("label", labels::pair)?.into_iter().collect(),
    };
    let question = RouteQuestion {
        subject,
        at: given.one("at", |text| text.parse().ok())?,
        unattended_minutes: given
            .one("unattended_minutes", |text| text.parse().ok())?
            .unwrap_or_default(),
    };
    given.finish()?;
    Ok(Json(caller.0.explain_route(question).await?))
}

/// Tells what other routes would change for the alarms that are known. Nothing is written.
#[utoipa::path(
    post, path = "/routes/try", tag = "notifications", operation_id = "try_routes",
    request_body = RouteTrial,
    responses((status = 200, body = RouteTried), Failures)
)]
async fn try_routes(
    caller: Caller,
    Body(trial): Body<RouteTrial>,
) -> Result<Json<RouteTried>, Failure> {
    Ok(Json(caller.0.try_routes(trial).await?))
}
