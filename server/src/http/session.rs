//! Who asks: found out once for each request, before any handler runs.
//!
//! A token in the `Authorization` header speaks for itself, and a cookie beside
//! it is not looked at. A cookie that opens nothing, such as that of another
//! installation, means "not signed in" and is no error; a token that opens
//! nothing is one, because a program sent it on purpose.

use super::{Web, answer, observe::RequestId};
use api::{ApiError, ErrorCode, people::Theme};
use app::{Typed, paths::Query};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{
    i18n::Lang,
    limits,
    people::Actor,
    time::{Timestamp, Zone},
};
use services::{
    Cx, Failure, Outcome,
    sessions::{self, Begun},
    sign_in::Origin,
    tokens,
};
use std::{net::IpAddr, sync::Arc};
use store::PersonRow;

/// The cookie's name over HTTPS. The prefix makes browsers refuse one that was
/// set by another host, without `Secure` or for another path (RFC 6265bis).
pub const SECURE_COOKIE: &str = "__Host-lamplighter";
/// The cookie's name without HTTPS.
pub const PLAIN_COOKIE: &str = "lamplighter";
/// The language of a stranger, and of whoever has chosen none.
pub const LANG_COOKIE: &str = "lamplighter-lang";
/// A stranger's theme.
pub const THEME_COOKIE: &str = "lamplighter-theme";

/// The address of a sign-in that failed, for the page that says so.
pub const TYPED_COOKIE: &str = "lamplighter-typed";

/// Who asks, as every handler sees it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// For the services.
    pub cx: Cx,
    /// What proves who it is; none for a stranger.
    pub proof: Option<Proof>,
    /// The session cookie that came, whether it opens anything or not.
    pub cookie: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// What they typed into a form that was just refused.
    pub typed: Typed,
    /// The client's address, as we believe it; none when it is hidden.
    pub address: Option<IpAddr>,
    /// The client, in its own words.
    pub agent: String,
}

/// What proves who somebody is. It is asked again while a stream lasts.
#[derive(Clone)]
pub enum Proof {
    /// A session cookie.
    Cookie(String),
    /// An API token.
    Token(String),
}

impl std::fmt::Debug for Proof {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cookie(_) => "Cookie(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

impl Visit {
    /// From where somebody signs in.
    pub fn origin(&self) -> Origin {
        Origin {
            address: self.address,
            agent: self.agent.clone(),
            cookie: self.cookie.clone(),
            request_id: self.cx.request_id.clone(),
            lang: self.cx.lang,
        }
    }
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The first cookie of a name.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(own, value)| (own == name).then_some(value))
}

/// Whether a browser sent a session cookie along, of either name.
pub fn has_cookie(headers: &HeaderMap) -> bool {
    [SECURE_COOKIE, PLAIN_COOKIE]
        .iter()
        .any(|name| cookie(headers, name).is_some())
}

const fn cookie_name(secure: bool) -> &'static str {
    if secure { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// The header that keeps a session in the browser.
pub fn keep(begun: &Begun, now: Timestamp, secure: bool) -> Option<HeaderValue> {
    let name = cookie_name(secure);
    let age_s = (begun.ends_at.since_ms(now) / 1_000).min(limits::COOKIE_AGE_S_MAX);
    set_cookie(name, &begun.secret, age_s, secure)
}

/// The header that forgets it.
pub fn forget(secure: bool) -> Option<HeaderValue> {
    set_cookie(cookie_name(secure), "", 0, secure)
}

/// A cookie for the whole site, out of the reach of scripts. `Lax` and not
/// `Strict`: a link to an alarm in a chat must open the alarm.
pub fn set_cookie(name: &str, value: &str, age_s: i64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).ok()
}

/// Finds out who asks.
pub async fn identify(State(web): State<Arc<Web>>, mut request: Request, next: Next) -> Response {
    let stranger = stranger(&web, &request);
    match who(&web, request.headers(), &stranger).await {
        Ok(visit) => {
            if visit.proof.is_some() {
                let backend = web.services.caller(visit.cx.clone());
                request.extensions_mut().insert(backend);
            }
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(failure) => {
            let error = failure.told(&stranger.cx);
            answer::fail(request.uri().path(), request.headers(), error)
        }
    }
}

/// The visit before anybody has proved anything.
pub fn stranger(web: &Web, request: &Request) -> Visit {
    let headers = request.headers();
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let id = request.extensions().get::<RequestId>();
    let accepted = || Lang::from_accept(text(header::ACCEPT_LANGUAGE).unwrap_or_default());
    Visit {
        cx: Cx {
            actor: None,
            session: None,
            token: None,
            now: web.services.clock.now(),
            lang: cookie(headers, LANG_COOKIE)
                .and_then(Lang::parse)
                .unwrap_or_else(accepted),
            zone: Zone::utc(),
            request_id: id.map(|id| id.0.clone()).unwrap_or_default(),
        },
        proof: None,
        cookie: cookie(headers, cookie_name(web.door.is_https())).map(str::to_owned),
        theme: cookie(headers, THEME_COOKIE)
            .and_then(Theme::parse)
            .unwrap_or_default(),
        typed: cookie(headers, TYPED_COOKIE)
            .map(Query::parse)
            .map(|kept| {
                let field = |name| kept.get(name).unwrap_or_default().to_owned();
                Typed {
                    login: field("login"),
                    name: field("name"),
                }
            })
            .unwrap_or_default(),
        address: web.door.client(headers, request.extensions()),
        agent: text(header::USER_AGENT)
            .unwrap_or_default()
            .chars()
            .take(limits::LINE_CHARS_MAX)
            .collect(),
    }
}

async fn who(web: &Web, headers: &HeaderMap, stranger: &Visit) -> Outcome<Visit> {
    let s = &web.services;
    if headers.contains_key(header::AUTHORIZATION) {
        let token = bearer(headers).unwrap_or_default();
        let Some(found) = tokens::find(s, token).await? else {
            let message = "the token is not valid; it may have expired or been revoked";
            let error = ApiError::new(ErrorCode::Unauthenticated, message);
            return Err(Failure::Told(error));
        };
        let proof = Proof::Token(token.to_owned());
        let mut visit = known(stranger, &found.person, found.actor(), proof);
        visit.cx.token = Some(found.id);
        return Ok(visit);
    }
    let Some(cookie) = &stranger.cookie else {
        return Ok(stranger.clone());
    };
    Ok(match sessions::find(s, cookie).await? {
        None => stranger.clone(),
        Some(found) => {
            let proof = Proof::Cookie(cookie.clone());
            let mut visit = known(stranger, &found.person, found.actor(), proof);
            visit.cx.session = Some(found.id);
            visit
        }
    })
}

fn known(stranger: &Visit, person: &PersonRow, actor: Actor, proof: Proof) -> Visit {
    let mut visit = stranger.clone();
    visit.cx.actor = Some(actor);
    visit.cx.lang = person.lang.unwrap_or(stranger.cx.lang);
    visit.cx.zone = Zone::named(&person.zone).unwrap_or_else(|_| Zone::utc());
    visit.theme = Theme::parse(&person.theme).unwrap_or_default();
    visit.proof = Some(proof);
    visit
}

/// Whether the proof still opens the same grants.
pub async fn still_stands(web: &Web, proof: &Proof, actor: &Actor) -> Outcome<bool> {
    match proof {
        Proof::Cookie(cookie) => sessions::still_stands(&web.services, cookie, actor).await,
        Proof::Token(token) => {
            let found = tokens::find(&web.services, token).await?;
            Ok(found.is_some_and(|found| found.actor().grants == actor.grants))
        }
    }
}
