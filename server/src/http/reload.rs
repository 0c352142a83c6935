//! `/__reload`, for development only: tells the open pages which build this is,
//! so that they load anew after the server was built anew.

use super::{Web, rest};
use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::limits;
use futures::{StreamExt as _, stream};
use std::{convert::Infallible, sync::Arc, time::Duration};

/// Sends the build's token at once and then stays open.
pub async fn stream(State(web): State<Arc<Web>>) -> Response {
    let Some(token) = web.dev_reload.clone() else {
        return rest::failure::no_such_path().await.into_response();
    };
    let mut closing = web.closing.clone();
    let closed = async move {
        // An error means that the sender is gone: also the end.
        let _ = closing.wait_for(|closing| *closing).await;
    };
    let first = stream::once(async move { Ok::<_, Infallible>(Event::default().data(token)) });
    let events = first.chain(stream::pending()).take_until(Box::pin(closed));
    let interval = Duration::from_millis(limits::STREAM_KEEP_ALIVE_MS);
    let keep_alive = KeepAlive::new().interval(interval);
    Sse::new(events).keep_alive(keep_alive).into_response()
}
