//! `/api/v1`: the contract for programs.
//!
//! Each handler takes its parameters apart, calls one method of `api` and
//! answers JSON. What is wrong with a request is told with the name of the
//! parameter or field. The OpenAPI document is made of the same handlers, so
//! that a route cannot be served without being described.

mod agent;
mod alarms;
mod audit;
mod aws_events;
mod calendars;
mod capacity;
mod changes;
mod checks;
mod coverage;
pub mod drills;
mod extract;
pub mod failure;
mod fit;
mod freezes;
mod log_lines;
mod notifications;
mod on_call;
mod overview;
mod people;
mod prices;
mod queues;
mod sandbox;
mod schedules;
mod silences;
mod sources;
mod spot;
mod system;
mod timeline;
mod tokens;

use axum::Router;
use utoipa::{
    OpenApi as _,
    openapi::{
        OpenApi,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Lamplighter",
        description = "The console of an AWS operations team. Times are RFC 3339 in UTC; ids read \
                       `<prefix>_<ULID>`; a failure is an `ApiError` with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(api::stream::News)),
    security(("token" = []))
)]
struct Document;

/// The routes, all below `/api/v1`, and their description.
pub fn router() -> (Router, OpenApi) {
    let mut document = Document::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").into();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("token", SecurityScheme::Http(token));
    let routes = OpenApiRouter::new()
        .merge(agent::routes())
        .merge(alarms::routes())
        .merge(audit::routes())
        .merge(aws_events::routes())
        .merge(calendars::routes())
        .merge(capacity::routes())
        .merge(changes::routes())
        .merge(checks::routes())
        .merge(coverage::routes())
        .merge(drills::routes())
        .merge(fit::routes())
        .merge(freezes::routes())
        .merge(log_lines::routes())
        .merge(notifications::routes())
        .merge(on_call::routes())
        .merge(overview::routes())
        .merge(people::routes())
        .merge(prices::routes())
        .merge(queues::routes())
        .merge(sandbox::routes())
        .merge(schedules::routes())
        .merge(silences::routes())
        .merge(sources::routes())
        .merge(spot::routes())
        .merge(system::routes())
        .merge(timeline::routes())
        .merge(tokens::routes())
        .fallback(failure::no_such_path);
    let (router, document) = OpenApiRouter::with_openapi(document)
        .nest("/api/v1", routes)
        .split_for_parts();
    (
        router.method_not_allowed_fallback(failure::no_such_method),
        document,
    )
}
