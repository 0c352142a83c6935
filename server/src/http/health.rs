//! `/healthz`: the program runs. `/readyz`: it can serve, which takes its
//! database. Neither says more than that, for both are open to everybody.

use super::Web;
use axum::{extract::State, http::StatusCode};
use domain::limits;
use std::{sync::Arc, time::Duration};

/// Answers as long as the program runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Answers 200 when the database does, else 503. AWS is not asked: a console
/// that cannot reach AWS still shows what it knows, and a restart would not help.
pub async fn ready(State(web): State<Arc<Web>>) -> (StatusCode, &'static str) {
    let patience = Duration::from_millis(limits::READY_MS);
    match tokio::time::timeout(patience, web.services.store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
        Err(_) => {
            tracing::warn!("the database takes too long to answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database takes too long to answer\n",
            )
        }
    }
}
