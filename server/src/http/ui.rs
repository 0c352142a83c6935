//! Pages and the functions behind them.
//!
//! Every path that nothing else answers is the application's, which also knows
//! how "not found" looks. Whether somebody is signed in is decided here, before
//! it renders: a page that streams can no longer redirect.

use super::{
    Web, answer, headers,
    observe::RequestId,
    rest,
    session::{Visit, bearer},
};
use api::{ApiError, Backend, ErrorCode};
use app::{
    PageAssets, ResponseStatus, UiError, Visitor,
    paths::{self, Query},
};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Request, State},
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::{
    nonce::Nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use services::{Outcome, sign_in::setup};
use std::sync::Arc;

/// Pages that strangers see.
const OPEN: [&str; 2] = ["/sign-in", "/setup"];

/// Readies the rendering: its tasks run on our runtime. Only the first call of
/// a process does something.
pub fn start() {
    // It fails when it was done before, which is what is wanted.
    let _ = any_spawner::Executor::init_tokio();
}

/// The description of `/api/v1`.
pub async fn openapi(State(web): State<Arc<Web>>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        web.openapi.clone(),
    )
        .into_response()
}

/// Renders a page.
pub async fn page(
    State(web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response {
    let path = request.uri().path();
    if answer::is_for_programs(path) {
        return rest::failure::no_such_path().await.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return rest::failure::no_such_method().await;
    }
    let backend = request.extensions().get::<Arc<dyn Backend>>().cloned();
    if backend.is_none() && !OPEN.contains(&path) {
        let wanted = request
            .uri()
            .path_and_query()
            .map_or("/", |wanted| wanted.as_str());
        // The overview is where signing in leads anyway.
        let next = if wanted == "/" { "" } else { wanted };
        return Redirect::to(&paths::sign_in(next)).into_response();
    }
    if path == paths::SETUP_POST {
        match set_up_is_over(&web, request.uri()).await {
            Ok(None) => {}
            Ok(Some(to)) => return Redirect::to(&to).into_response(),
            Err(failure) => {
                let error = failure.told(&visit.cx);
                return answer::fail(path, request.headers(), error);
            }
        }
    }
    let viewer = match &backend {
        None => None,
        Some(backend) => match backend.viewer().await {
            Ok(viewer) => Some(viewer),
            Err(error) => return answer::fail(path, request.headers(), error),
        },
    };
    let visitor = Visitor {
        viewer,
        lang: visit.cx.lang,
        theme: visit.theme,
        typed: visit.typed,
        sandbox: web.services.sandbox.is_some(),
    };
    render(&web, visitor, backend, request).await
}

/// Where the set-up page leads when its link makes no first admin any more: to the
/// sign-in page once somebody has an account, else to why.
async fn set_up_is_over(web: &Web, uri: &Uri) -> Outcome<Option<String>> {
    let query = Query::parse(uri.query().unwrap_or_default());
    let token = query.get("token").unwrap_or_default();
    Ok(match setup::link(&web.services, token).await? {
        setup::Link::Live => None,
        setup::Link::NotNeeded => Some(paths::sign_in("")),
        // Said by the page itself.
        setup::Link::Dead if token.is_empty() => None,
        setup::Link::Dead => {
            let why = Query::default().with("error", "token");
            Some(why.on(paths::SETUP_POST))
        }
    })
}

async fn render(
    web: &Web,
    visitor: Visitor,
    backend: Option<Arc<dyn Backend>>,
    request: Request,
) -> Response {
    let nonce = format!("{:032x}", web.services.ids.random());
    let assets = assets(web);
    let policy = headers::page_policy(&nonce);
    let context = move || {
        provide_context(Nonce::from_value(nonce.clone()));
        provide_context(visitor.clone());
        provide_context(assets.clone());
        if let Some(backend) = &backend {
            provide_context(Arc::clone(backend));
        }
        if let Some(options) = use_context::<ResponseOptions>() {
            provide_context(ResponseStatus::page(move |status| {
                set_status(&options, status)
            }));
        }
    };
    let mut response =
        leptos_axum::render_app_async_with_context(context, app::shell)(request).await;
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// What the page must load. Without a client build it comes without script and
/// style.
fn assets(web: &Web) -> PageAssets {
    let files = web.site.files();
    let address = |text: String| (!text.is_empty()).then_some(text);
    PageAssets {
        css: address(files.css),
        js: address(files.js),
        wasm: address(files.wasm),
        areas: files.areas,
        icon: files.icon,
        dev_reload: web.dev_reload.is_some(),
    }
}

fn set_status(options: &ResponseOptions, status: u16) {
    if let Ok(status) = StatusCode::from_u16(status) {
        options.set_status(status);
    }
}

/// Calls a function behind a page.
pub async fn call(
    State(_web): State<Arc<Web>>,
    Extension(visit): Extension<Visit>,
    request: Request<Body>,
) -> Response {
    let backend = request.extensions().get::<Arc<dyn Backend>>().cloned();
    let Some(backend) = backend.filter(|_| bearer(request.headers()).is_none()) else {
        // Before its arguments are read: a stranger learns nothing about them.
        let id = request.extensions().get::<RequestId>();
        let message = services::texts::sign_in_first(visit.cx.lang);
        let error = ApiError {
            request_id: id.map(|id| id.0.clone()),
            ..ApiError::new(ErrorCode::Unauthenticated, message)
        };
        return (StatusCode::UNAUTHORIZED, Json(UiError::Api(error))).into_response();
    };
    let path = request.uri().path();
    let known = leptos::server_fn::axum::server_fn_paths().any(|(own, _)| own == path);
    if !known {
        return rest::failure::no_such_path().await.into_response();
    }
    let context = move || {
        provide_context(Arc::clone(&backend));
        if let Some(options) = use_context::<ResponseOptions>() {
            provide_context(ResponseStatus::rpc(move |status| {
                set_status(&options, status)
            }));
        }
    };
    leptos_axum::handle_server_fns_with_context(context, request)
        .await
        .into_response()
}
