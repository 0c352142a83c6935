//! Refusals of the web server itself, in the one shape that programs know.

use api::{ApiError, ErrorCode};
use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// An [`ApiError`] with a status of its own, for what HTTP has a word for and
/// the contract has not (405, 413, 421).
pub fn refuse(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Response {
    (status, Json(ApiError::new(code, message))).into_response()
}

/// A failure before the application could render anything: JSON for programs, a
/// bare page for people.
pub fn fail(path: &str, headers: &HeaderMap, error: ApiError) -> Response {
    let status = StatusCode::from_u16(error.code.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if is_for_programs(path) || !accepts_html(headers) {
        return (status, Json(error)).into_response();
    }
    let reference = error.request_id.as_deref().unwrap_or_default();
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Lamplighter</title><h1>Lamplighter</h1>\
         <p>{}</p><p>{}</p>",
        escape(&error.message),
        escape(reference)
    );
    (status, Html(page)).into_response()
}

/// Whether a path answers programs and not people.
pub fn is_for_programs(path: &str) -> bool {
    ["/api/", "/rpc/", "/hooks/"]
        .iter()
        .any(|root| path.starts_with(root))
        || path == "/api"
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
