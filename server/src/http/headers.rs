//! The headers that every answer carries.
//!
//! Handlers may set their own `Content-Security-Policy` and `Cache-Control`
//! (pages and assets do); everything else gets the strictest. The policy of a
//! page starts from nothing and allows our own files: scripts are those and the
//! inline ones that carry the page's nonce; there are no inline styles and no
//! inline handlers anywhere. `wasm-unsafe-eval` is the word for compiling
//! WebAssembly and allows no `eval` (CSP Level 3, 4.4).

use super::Web;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use std::sync::Arc;

/// For answers that are not pages: nothing may be loaded, nothing may frame them.
const NOTHING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A year, with subdomains left to their owners.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// On every answer, whatever a handler thinks.
///
/// The referrer is `same-origin` and not `no-referrer`: with the latter browsers
/// send `Origin: null` with our own forms (Fetch, "append a request Origin
/// header"), and they could not be told from another site's.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Sets them.
pub async fn secure(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if web.door.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(NOTHING);
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// The policy of a page whose inline scripts carry `nonce`.
#[must_use]
pub fn page_policy(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(NOTHING)
}
