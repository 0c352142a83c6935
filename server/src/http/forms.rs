//! The few forms that are sent without script: signing in and out, the set-up
//! link, and a stranger's language and theme. Each answers with a redirect.

use super::{
    Web, answer, rest,
    session::{self, LANG_COOKIE, THEME_COOKIE, TYPED_COOKIE, Visit},
};
use api::people::Theme;
use app::paths::{self, Query, parse_local};
use axum::{
    Extension, Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{i18n::Lang, limits, people::Role};
use serde::Deserialize;
use services::{
    Failure,
    sessions::{self, Begun},
    sign_in::{
        self, SignIn, sandbox,
        setup::{self, FirstAdmin, SetUp},
    },
};
use std::sync::Arc;

/// A form whose fields are all there, empty where they were not sent.
type Sent<T> = Result<Form<T>, FormRejection>;

fn fields<T: Default>(sent: Sent<T>) -> T {
    sent.map(|Form(fields)| fields).unwrap_or_default()
}

/// A redirect that every browser follows with a GET.
fn go(to: &str, cookies: impl IntoIterator<Item = Option<HeaderValue>>) -> Response {
    // An address that fits in no header is not one of ours.
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    let mut response = Redirect::to("/").into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    for cookie in cookies.into_iter().flatten() {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

fn signed_in(web: &Web, begun: &Begun, next: &str) -> Response {
    let now = web.services.clock.now();
    go(
        &parse_local(next),
        [session::keep(begun, now, web.door.is_https())],
    )
}

fn failed(path: &str, headers: &HeaderMap, visit: &Visit, failure: Failure) -> Response {
    answer::fail(path, headers, failure.told(&visit.cx))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    login: String,
    password: String,
    next: String,
}

pub async fn sign_in(
    State(web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    form: Sent<SignInForm>,
) -> Response {
    let form = fields(form);
    let origin = visit.origin();
    let tried = sign_in::by_password(&web.services, &form.login, form.password, &origin).await;
    let back = |error: &str, minutes: Option<i64>| {
        let minutes = minutes
            .map(|minutes| minutes.to_string())
            .unwrap_or_default();
        let query = Query::default()
            .with("error", error)
            .with("minutes", minutes);
        go(
            &query
                .with("next", form.next.as_str())
                .on(paths::SIGN_IN_POST),
            [typed(&web, &form.login, "")],
        )
    };
    match tried {
        Ok(SignIn::Done(begun)) => signed_in(&web, &begun, &form.next),
        Ok(SignIn::Wrong) => back("wrong", None),
        Ok(SignIn::Throttled { minutes }) => back("throttled", Some(minutes)),
        Err(failure) => failed(paths::SIGN_IN_POST, &headers, &visit, failure),
    }
}

/// Keeps what was typed for the page that asks again. Not in its address: those end
/// up in the logs of proxies.
fn typed(web: &Web, login: &str, name: &str) -> Option<HeaderValue> {
    let cut = |text: &str, most| text.chars().take(most).collect::<String>();
    let kept = Query::default()
        .with("login", cut(login, limits::LOGIN_CHARS_MAX))
        .with("name", cut(name, limits::LINE_CHARS_MAX))
        .on("");
    session::set_cookie(
        TYPED_COOKIE,
        &kept,
        limits::LOGIN_KEPT_S,
        web.door.is_https(),
    )
}

pub async fn sign_out(
    State(web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Response {
    if let Some(cookie) = &visit.cookie {
        let ended = sessions::sign_out(&web.services, cookie, &visit.cx.request_id).await;
        if let Err(failure) = ended {
            return failed(paths::SIGN_OUT_POST, &headers, &visit, failure);
        }
    }
    let to = Query::default().with("error", "signed_out").on("/sign-in");
    go(&to, [session::forget(web.door.is_https())])
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SetUpForm {
    token: String,
    login: String,
    name: String,
    password: String,
}

pub async fn set_up(
    State(web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    form: Sent<SetUpForm>,
) -> Response {
    let form = fields(form);
    let token = form.token.clone();
    let kept = typed(&web, &form.login, &form.name);
    let admin = FirstAdmin {
        token: form.token,
        login: form.login,
        name: form.name,
        password: form.password,
    };
    let back = |error: &str| {
        let query = Query::default()
            .with("token", token.as_str())
            .with("error", error);
        go(&query.on(paths::SETUP_POST), [kept.clone()])
    };
    match setup::set_up(&web.services, admin, &visit.origin()).await {
        Ok(SetUp::Done(begun)) => signed_in(&web, &begun, "/"),
        Ok(SetUp::Link) => back("token"),
        Ok(SetUp::Field(error)) => back(
            error
                .fields
                .first()
                .map_or("login", |field| field.field.as_str()),
        ),
        Err(failure) => failed(paths::SETUP_POST, &headers, &visit, failure),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RoleForm {
    role: String,
    next: String,
}

/// Signs a sandbox person in. Outside the sandbox there is no such path.
pub async fn sandbox_sign_in(
    State(web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    form: Sent<RoleForm>,
) -> Response {
    let form = fields(form);
    let role = Role::parse(&form.role).filter(|_| web.services.sandbox.is_some());
    let Some(role) = role else {
        return rest::failure::no_such_path().await.into_response();
    };
    match sandbox::by_role(&web.services, role, &visit.origin()).await {
        Ok(begun) => signed_in(&web, &begun, &form.next),
        Err(failure) => failed(paths::SANDBOX_SIGN_IN_POST, &headers, &visit, failure),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PreferencesForm {
    lang: String,
    theme: String,
    next: String,
}

/// Keeps a stranger's language and theme in the browser.
pub async fn preferences(State(web): State<Arc<Web>>, form: Sent<PreferencesForm>) -> Response {
    let form = fields(form);
    let secure = web.door.is_https();
    let keep = |name, value| session::set_cookie(name, value, limits::PREFERENCES_AGE_S, secure);
    let lang = Lang::parse(&form.lang).and_then(|lang| keep(LANG_COOKIE, lang.tag()));
    let theme = Theme::parse(&form.theme).and_then(|theme| keep(THEME_COOKIE, theme.as_str()));
    go(&parse_local(&form.next), [lang, theme])
}
