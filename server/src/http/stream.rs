//! `/api/v1/stream`: live news as server-sent events (WHATWG HTML, 9.2). Each
//! event is one `News` as JSON, without a name.
//!
//! A stream outlives the look at who asks that every request begins with. So the
//! look is repeated every few seconds: when the session has ended, the person was
//! shut out or holds other grants, the stream ends, and the page that comes back
//! is told the truth.

use super::{
    Web,
    rest::failure::{Failure, Failures},
    session::{Visit, still_stands},
};
use crate::system::stopwatch;
use api::{ApiError, ErrorCode, stream::News};
use axum::{
    Extension, Router,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use domain::{limits, people::Actor};
use futures::stream;
use services::stream::Follower;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The route and its description.
pub fn router() -> (Router<Arc<Web>>, OpenApi) {
    let routes = OpenApiRouter::new().routes(routes!(follow));
    OpenApiRouter::new()
        .nest("/api/v1", routes)
        .split_for_parts()
}

/// Follows live news. Each event's data is one `News`; it ends with the session.
#[utoipa::path(
    get, path = "/stream", tag = "stream", operation_id = "follow_news",
    responses(
        (status = 200, description = "Server-sent events", body = News, content_type = "text/event-stream"),
        Failures
    )
)]
async fn follow(
    State(web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
) -> Result<Response, Failure> {
    let (Some(actor), Some(_)) = (visit.cx.actor.clone(), &visit.proof) else {
        let message = services::texts::sign_in_first(visit.cx.lang);
        return Err(ApiError::new(ErrorCode::Unauthenticated, message).into());
    };
    let follower = services::stream::follow(&web.services, &visit.cx)
        .map_err(|failure| failure.told(&visit.cx))?;
    let now = web.services.clock.now();
    let closing = web.closing.clone();
    // Neither the clock nor what cannot be read is told again before it changes.
    let unread = services::health::unread(&web.services)
        .await
        .map_err(|failure| failure.told(&visit.cx))?;
    let first = [News::Scopes { unread }, News::Tick { at: now }];
    let following = Following {
        web,
        visit,
        actor,
        follower,
        closing,
        first: first.into(),
        looked: stopwatch(),
    };
    let events = stream::unfold(following, |mut following| async move {
        let news = following.next().await?;
        // News is plain data: it always has JSON.
        let event = Event::default().json_data(&news).unwrap_or_default();
        Some((Ok::<_, Infallible>(event), following))
    });
    // Proxies hold back what they take for an ordinary answer.
    Ok(([("x-accel-buffering", "no")], Sse::new(events)).into_response())
}

struct Following {
    web: Arc<Web>,
    visit: Visit,
    actor: Actor,
    follower: Follower,
    closing: watch::Receiver<bool>,
    /// Told at once, the last first.
    first: Vec<News>,
    looked: Instant,
}

impl Following {
    /// The next piece of news; none when it is over.
    async fn next(&mut self) -> Option<News> {
        if let Some(news) = self.first.pop() {
            return Some(news);
        }
        let news = tokio::select! {
            _ = self.closing.wait_for(|closing| *closing) => return None,
            news = self.follower.next() => news,
        };
        if self.looked.elapsed() >= Duration::from_millis(limits::STREAM_LOOK_MS) {
            self.looked = stopwatch();
            if !self.may_go_on().await {
                return None;
            }
        }
        Some(news)
    }

    async fn may_go_on(&self) -> bool {
        let Some(proof) = &self.visit.proof else {
            return false;
        };
        match still_stands(&self.web, proof, &self.actor).await {
            Ok(stands) => stands,
            Err(failure) => {
                // A database that is away for a moment is no reason to end;
                // news cannot come while it is.
                tracing::warn!(error = %failure, "could not look whether a stream's session stands");
                true
            }
        }
    }
}
