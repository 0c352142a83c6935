//! Every request gets an id, a line in the log at level `debug` and a figure, and a
//! panic in a handler is an answer like any other.
//!
//! The log names the path without its query: a query may hold a set-up link.

use super::{Web, answer};
use crate::system::stopwatch;
use api::ErrorCode;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc};
use tracing::Instrument as _;

/// The header that tells a client under which id to find its request in the log.
pub const REQUEST_ID: &str = "x-request-id";

/// The id of a request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

pub async fn observe(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let id = format!(
        "req_{:016x}",
        web.services.ids.random() & u128::from(u64::MAX)
    );
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("page", MatchedPath::as_str);
    let span = tracing::info_span!("request", id = %id, %method, path = %path);

    let begun = stopwatch();
    let ran = AssertUnwindSafe(next.run(request).instrument(span.clone()));
    let mut response = ran.catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(parent: &span, "a handler panicked");
        let message = "something went wrong on our side; the log has the cause";
        answer::refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            message,
        )
    });
    let took = begun.elapsed();

    let status = response.status().as_u16();
    web.metrics
        .record(method_label(&method), route, status, took);
    tracing::debug!(parent: &span, status, duration_us = took.as_micros(), "answered");
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The method as a label: a client may send any word, and a label for each
/// would fill the memory.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
