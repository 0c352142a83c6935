//! `/hooks`: where sources tell of alarms and events. A call proves who it is by its source's token,
//! or SNS's by its signature, so neither a session nor an origin is asked for.

use super::{
    Web,
    rest::failure::Failure,
    session::{bearer, stranger},
};
use api::{ApiError, ErrorCode, sources::Taken};
use axum::{
    Json,
    body::to_bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use connect::SlackDoor;
use domain::{limits, sns::ProofError, sources::HookKind};
use services::{
    presses, settle, sources, texts,
    topics::{self, TopicCall},
};
use std::{sync::Arc, time::Duration};

/// Alertmanager's webhook, version 4.
pub async fn alertmanager(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    take(&web, HookKind::Prometheus, &name, request).await
}

/// Grafana's webhook contact point.
pub async fn grafana(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    take(&web, HookKind::Grafana, &name, request).await
}

/// An API destination of EventBridge.
pub async fn eventbridge(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    take(&web, HookKind::Eventbridge, &name, request).await
}

/// Any JSON, by the mapping of its source.
pub async fn json(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    take(&web, HookKind::Json, &name, request).await
}

/// What only has to call, by `POST` or, as the simplest of programs do, by `GET`: what it posts
/// is read as far as any body is, and ignored.
pub async fn heartbeat(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    take(&web, HookKind::Heartbeat, &name, request).await
}

/// Says "true" of a message that is delivered as it was published, without a signature.
const RAW: &str = "x-amz-sns-rawdelivery";

/// A topic of SNS, by its subscription to this address.
pub async fn sns(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    let cx = stranger(&web, &request).cx;
    let s = &web.services;
    let source = topics::admit(s, &cx, &name)?;
    let raw = request.headers().get(RAW);
    let is_raw = raw.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    let body = body(request).await?;
    let certificates = web.certificates.clone();
    let (now, name) = (cx.now, source.name.clone());
    let prove = |topic, seal| async move {
        match certificates {
            Some(certificates) => certificates.prove(&name, &topic, &seal, now).await,
            None => Err(ProofError::Later("nothing fetches any".to_owned())),
        }
    };
    let call = TopicCall {
        is_raw,
        body: &body,
    };
    let taken = topics::take(s, &cx, source, call, prove).await;
    Ok(Json(settle(&cx, taken)?))
}

/// What is pressed under a message in Slack. Slack takes no words for an answer here: whoever
/// pressed is told by a message of their own.
pub async fn slack(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    request: Request,
) -> Result<StatusCode, Failure> {
    let mut cx = stranger(&web, &request).cx;
    let headers = request.headers().clone();
    let body = bounded(request, limits::PRESS_BYTES_MAX).await?;
    let mut doors = web.slack_doors.iter();
    let door = doors.find(|door| door.channel.as_str() == channel);
    // A channel that is not there and a signature that is wrong are one answer.
    let Some(door) = door.filter(|door| door.proves(&headers, &body, cx.now)) else {
        let message = texts::press_unproved(cx.lang);
        return Err(ApiError::new(ErrorCode::Unauthenticated, message).into());
    };
    cx.lang = door.lang;
    let read = files::read_slack_press(&body);
    let read = read.map_err(|error| Failure::invalid("body", error.to_string()))?;
    let Some(press) = read else {
        return Ok(StatusCode::OK);
    };
    let told = settle(&cx, presses::press(&web.services, &cx, &press).await)?;
    if let Some(told) = told {
        whisper(door, &press.user, &told).await;
    }
    Ok(StatusCode::OK)
}

/// What PagerDuty tells of incidents. It asks again, for two days, until a call is taken.
pub async fn pagerduty(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    request: Request,
) -> Result<StatusCode, Failure> {
    let mut cx = stranger(&web, &request).cx;
    let headers = request.headers().clone();
    let body = bounded(request, limits::PRESS_BYTES_MAX).await?;
    let mut doors = web.pagerduty_doors.iter();
    let door = doors.find(|door| door.channel.as_str() == channel);
    let Some(door) = door.filter(|door| door.proves(&headers, &body)) else {
        let message = texts::word_unproved(cx.lang);
        return Err(ApiError::new(ErrorCode::Unauthenticated, message).into());
    };
    cx.lang = door.lang;
    let read = files::read_pagerduty_word(&body);
    let read = read.map_err(|error| Failure::invalid("body", error.to_string()))?;
    if let Some(word) = read {
        settle(
            &cx,
            services::pagerduty::hear(&web.services, &cx, &door.channel, &word).await,
        )?;
    }
    Ok(StatusCode::OK)
}

/// What was pressed is done, whether its answer arrives or not.
async fn whisper(door: &SlackDoor, user: &str, told: &str) {
    let wait = Duration::from_millis(limits::WHISPER_MS);
    let channel = &door.channel;
    match tokio::time::timeout(wait, door.whisper(user, told)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%channel, error = %error, "whoever pressed a button was not answered");
        }
        Err(_) => tracing::warn!(%channel, "whoever pressed a button was not answered in time"),
    }
}

async fn take(
    web: &Web,
    kind: HookKind,
    name: &str,
    request: Request,
) -> Result<Json<Taken>, Failure> {
    let cx = stranger(web, &request).cx;
    let s = &web.services;
    let token = token(request.headers());
    // Before the body is read: a stranger does not make us keep one.
    let source = sources::admit(s, &cx, kind, name, token.as_deref())?;
    let body = body(request).await?;
    let taken = settle(&cx, sources::take(s, &cx, source, &body).await)?;
    Ok(Json(taken))
}

async fn body(request: Request) -> Result<Bytes, Failure> {
    bounded(request, limits::BODY_BYTES_MAX).await
}

async fn bounded(request: Request, bytes_max: usize) -> Result<Bytes, Failure> {
    let body = to_bytes(request.into_body(), bytes_max).await;
    body.map_err(|error| Failure::invalid("body", error.to_string()))
}

/// The token that a call brings: a bearer's, or the password where a source knows names
/// and passwords only.
fn token(headers: &HeaderMap) -> Option<String> {
    if let Some(token) = bearer(headers) {
        return Some(token.to_owned());
    }
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (_, password) = text.split_once(':')?;
    Some(password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_bearers_or_a_password() {
        let check = |value: &str| {
            let pair = (header::AUTHORIZATION, value.parse().expect("a value"));
            token(&HeaderMap::from_iter([pair]))
        };
        assert_eq!(check("Bearer s3cret").as_deref(), Some("s3cret"));
        assert_eq!(
            check("basic YWxlcnRzOnMzOmNyZXQ=").as_deref(),
            Some("s3:cret")
        );
        for odd in ["Basic !", "Basic YWxlcnRz", "Digest x", "x"] {
            assert_eq!(check(odd), None, "{odd}");
        }
        assert_eq!(token(&HeaderMap::new()), None);
    }
}
