//! How much a request may bring and how long its answer may take.
//!
//! The time runs until the answer begins; an event stream begins at once and
//! then lasts as long as it likes.

use super::answer::refuse;
use api::ErrorCode;
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use domain::limits;
use futures::StreamExt as _;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub async fn bound(request: Request, next: Next) -> Response {
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > limits::BODY_BYTES_MAX as u64) {
        return too_large();
    }
    let over = Arc::new(AtomicBool::new(false));
    let request = match *request.method() {
        Method::GET | Method::HEAD => request,
        _ => counted(request, Arc::clone(&over)),
    };
    let limit = Duration::from_millis(limits::REQUEST_TIMEOUT_MS);
    let Ok(response) = tokio::time::timeout(limit, next.run(request)).await else {
        let message = "this took too long; try again";
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Unavailable,
            message,
        );
    };
    // Whoever read the body saw it break off; that it was too large is known here.
    if over.load(Ordering::Relaxed) {
        return too_large();
    }
    response
}

/// The same request with a body that breaks off at the limit.
fn counted(request: Request, over: Arc<AtomicBool>) -> Request {
    let mut total = 0_usize;
    request.map(|body| {
        Body::from_stream(
            body.into_data_stream()
                .map(move |chunk| -> io::Result<Bytes> {
                    let chunk = chunk.map_err(io::Error::other)?;
                    total = total.saturating_add(chunk.len());
                    if total > limits::BODY_BYTES_MAX {
                        over.store(true, Ordering::Relaxed);
                        return Err(io::Error::other("the body is too large"));
                    }
                    Ok(chunk)
                }),
        )
    })
}

fn too_large() -> Response {
    let message = format!("the body is larger than {} bytes", limits::BODY_BYTES_MAX);
    refuse(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::Invalid, message)
}
