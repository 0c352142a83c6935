//! Server functions of the notifications.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    notifications::{
        NotificationQuery, NotificationRow, RouteExplanation, RouteQuestion, RouteTrial,
        RouteTried, Routing,
    },
};
use domain::{channels::ChannelName, ids::DeliveryId};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "notifications/list", protocol = Call)]
pub(super) async fn list_notifications(
    query: NotificationQuery,
) -> Result<Page<NotificationRow>, UiError> {
    answer(backend()?.list_notifications(query).await)
}

#[server(prefix = "/rpc", endpoint = "notifications/send_again", protocol = Call)]
pub(super) async fn send_again(id: DeliveryId) -> Result<NotificationRow, UiError> {
    answer(backend()?.send_again(id).await)
}

#[server(prefix = "/rpc", endpoint = "notifications/routing", protocol = Call)]
pub(super) async fn show_routing() -> Result<Routing, UiError> {
    answer(backend()?.routing().await)
}

#[server(prefix = "/rpc", endpoint = "notifications/test", protocol = Call)]
pub(super) async fn test_channel(name: ChannelName) -> Result<(), UiError> {
    answer(backend()?.test_channel(name).await)
}

#[server(prefix = "/rpc", endpoint = "notifications/explain", protocol = Call)]
pub(super) async fn explain_route(question: RouteQuestion) -> Result<RouteExplanation, UiError> {
    answer(backend()?.explain_route(question).await)
}

#[server(prefix = "/rpc", endpoint = "notifications/try-routes", protocol = Call)]
pub(super) async fn try_routes(trial: RouteTrial) -> Result<RouteTried, UiError> {
    answer(backend()?.try_routes(trial).await)
}
