//! The web server: one router, and the layers every request passes.
//!
//! From the outside in:
//!
//! 1. **headers**: what browsers must be told, on every answer, whatever made it.
//! 2. **observe**: a request id, a log line, a figure for `/metrics`; a panic
//!    becomes a 500 and the server lives on.
//! 3. **compression**: of pages and JSON; not of event streams nor of files that
//!    are kept compressed.
//! 4. **bounds**: the size of a body and the time of an answer.
//!
//! Health, metrics and the browser's program need no more, nor do `/hooks`, where sources
//! of alarms call with a token of their own, or a signature. Everything else is
//! *guarded* by two further layers:
//!
//! 5. **origin**: what changes something must come from our own pages, or carry
//!    a token instead of a cookie.
//! 6. **session**: who asks, decided before any page is rendered, because a page
//!    that streams can no longer redirect.
//!
//! Then the routes: `/api/v1` for programs, `/rpc` for our pages, the forms of
//! signing in, and for every other path the application itself, which also
//! renders "not found".
//!
//! **Invariant:** nothing here decides what somebody may do. Handlers get a
//! backend that knows its caller, or none.

mod answer;
pub mod assets;
mod bounds;
mod forms;
pub mod headers;
mod health;
mod hooks;
pub mod metrics;
mod observe;
pub mod origin;
mod reload;
pub mod rest;
pub mod session;
mod stream;
mod ui;

use assets::Site;
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get, post},
};
use bytes::Bytes;
use connect::{Certificates, PagerdutyDoor, SlackDoor};
use metrics::Metrics;
use origin::Door;
use services::Services;
use std::sync::Arc;
use tokio::sync::watch;
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// What the router is made of.
pub struct Parts {
    /// The use cases.
    pub services: Services,
    /// What proves the messages of topics; none where no topic may tell us.
    pub certificates: Option<Certificates>,
    /// Where presses in Slack come in.
    pub slack_doors: Vec<SlackDoor>,
    /// Where PagerDuty's words come in.
    pub pagerduty_doors: Vec<PagerdutyDoor>,
    /// How the outside reaches us.
    pub door: Door,
    /// The browser's program.
    pub site: Site,
    /// A token that opens `/metrics` from elsewhere than this machine.
    pub metrics_token: Option<String>,
    /// The build that `/__reload` tells; none outside development.
    pub dev_reload: Option<String>,
    /// Turns true when the server is about to end.
    pub closing: watch::Receiver<bool>,
}

/// What every handler shares.
pub struct Web {
    services: Services,
    certificates: Option<Arc<Certificates>>,
    slack_doors: Vec<SlackDoor>,
    pagerduty_doors: Vec<PagerdutyDoor>,
    door: Door,
    site: Site,
    metrics: Metrics,
    metrics_token: Option<String>,
    dev_reload: Option<String>,
    closing: watch::Receiver<bool>,
    openapi: Bytes,
}

/// The description of `/api/v1` as JSON.
#[must_use]
pub fn openapi_json() -> String {
    let mut document = rest::router().1;
    document.merge(stream::router().1);
    // It fails only for maps whose keys are no strings; there are none.
    let json = serde_json::to_value(&document).unwrap_or_default();
    format!("{json:#}\n")
}

/// The whole server as a service.
pub fn router(parts: Parts) -> Router {
    ui::start();
    let web = Arc::new(Web {
        services: parts.services,
        certificates: parts.certificates.map(Arc::new),
        slack_doors: parts.slack_doors,
        pagerduty_doors: parts.pagerduty_doors,
        door: parts.door,
        site: parts.site,
        metrics: Metrics::default(),
        metrics_token: parts.metrics_token,
        dev_reload: parts.dev_reload,
        closing: parts.closing,
        openapi: openapi_json().into(),
    });
    let guarded = Router::new()
        .route("/api/v1/openapi.json", get(ui::openapi))
        .route("/rpc/{*function}", post(ui::call))
        .route("/sign-in", get(ui::page).post(forms::sign_in))
        .route("/sign-out", post(forms::sign_out))
        .route("/setup", get(ui::page).post(forms::set_up))
        .route("/sandbox/sign-in", post(forms::sandbox_sign_in))
        .route("/preferences", post(forms::preferences))
        .fallback(any(ui::page))
        .with_state(Arc::clone(&web))
        .merge(stream::router().0.with_state(Arc::clone(&web)))
        .merge(rest::router().0)
        .method_not_allowed_fallback(rest::failure::no_such_method)
        .layer(from_fn_with_state(Arc::clone(&web), session::identify))
        .layer(from_fn_with_state(Arc::clone(&web), origin::guard));
    let files = Router::new()
        .route("/pkg/{*file}", get(assets::serve))
        .with_state(web.site.clone());
    let open = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .route("/__reload", get(reload::stream))
        .route("/hooks/alertmanager/{source}", post(hooks::alertmanager))
        .route("/hooks/grafana/{source}", post(hooks::grafana))
        .route("/hooks/eventbridge/{source}", post(hooks::eventbridge))
        .route("/hooks/json/{source}", post(hooks::json))
        .route(
            "/hooks/heartbeat/{source}",
            get(hooks::heartbeat).post(hooks::heartbeat),
        )
        .route("/hooks/sns/{source}", post(hooks::sns))
        .route("/hooks/slack/{channel}", post(hooks::slack))
        .route("/hooks/pagerduty/{channel}", post(hooks::pagerduty))
        .with_state(Arc::clone(&web))
        .merge(files);
    open.merge(guarded)
        .layer(from_fn(bounds::bound))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::clone(&web), observe::observe))
        .layer(from_fn_with_state(web, headers::secure))
}
