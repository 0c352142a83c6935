//! `/api/v1/viewer`, `/profile`, `/password`, `/sessions`, `/zones` and `/people`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::people::{NewPerson, PersonChange, PersonRow, Profile, SessionRow, Viewer};
use axum::{Json, http::StatusCode};
use domain::ids::{PersonId, SessionId};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(viewer))
        .routes(routes!(save_profile))
        .routes(routes!(zones))
        .routes(routes!(change_password))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(list, add))
        .routes(routes!(change))
        .routes(routes!(reset_password))
}

/// Shows who is calling.
#[utoipa::path(
    get, path = "/viewer", tag = "self", operation_id = "show_viewer", responses((status = 200, body = Viewer), Failures)
)]
async fn viewer(caller: Caller) -> Result<Json<Viewer>, Failure> {
    Ok(Json(caller.0.viewer().await?))
}

/// Keeps the caller's preferences.
#[utoipa::path(
    put, path = "/profile", tag = "self", operation_id = "save_profile", request_body = Profile,
    responses((status = 204), Failures)
)]
async fn save_profile(caller: Caller, Body(profile): Body<Profile>) -> Result<StatusCode, Failure> {
    caller.0.save_profile(profile).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the names of time zones that can be chosen.
#[utoipa::path(
    get, path = "/zones", tag = "self", operation_id = "list_zones", responses((status = 200, body = Vec<String>), Failures)
)]
async fn zones(caller: Caller) -> Result<Json<Vec<String>>, Failure> {
    Ok(Json(caller.0.zone_names().await?))
}

/// A new password of one's own.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password that holds now.
    current: String,
    /// The password to come.
    new: String,
}

/// Changes the caller's password and ends their other sessions.
#[utoipa::path(
    post, path = "/password", tag = "self", operation_id = "change_password", request_body = NewPassword,
    responses((status = 204), Failures)
)]
async fn change_password(
    caller: Caller,
    Body(given): Body<NewPassword>,
) -> Result<StatusCode, Failure> {
    caller.0.change_password(given.current, given.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the caller's sessions, newest first.
#[utoipa::path(
    get, path = "/sessions", tag = "self", operation_id = "list_sessions",
    responses((status = 200, body = Vec<SessionRow>), Failures)
)]
async fn sessions(caller: Caller) -> Result<Json<Vec<SessionRow>>, Failure> {
    Ok(Json(caller.0.list_sessions().await?))
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "self", operation_id = "end_session", params(("id" = SessionId, Path)),
    responses((status = 204), Failures)
)]
async fn end_session(caller: Caller, Id(id): Id<SessionId>) -> Result<StatusCode, Failure> {
    caller.0.end_session(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists everybody, by name.
#[utoipa::path(
    get, path = "/people", tag = "people", operation_id = "list_people",
    responses((status = 200, body = Vec<PersonRow>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<PersonRow>>, Failure> {
    Ok(Json(caller.0.list_people().await?))
}

/// The id of who was added.
#[derive(Serialize, utoipa::ToSchema)]
struct Added {
    /// The person.
    id: PersonId,
}

/// Adds a person.
#[utoipa::path(
    post, path = "/people", tag = "people", operation_id = "add_person", request_body = NewPerson,
    responses((status = 201, body = Added), Failures)
)]
async fn add(
    caller: Caller,
    Body(person): Body<NewPerson>,
) -> Result<(StatusCode, Json<Added>), Failure> {
    let id = caller.0.add_person(person).await?;
    Ok((StatusCode::CREATED, Json(Added { id })))
}

/// Changes a person's name, roles or access.
#[utoipa::path(
    put, path = "/people/{id}", tag = "people", operation_id = "change_person", params(("id" = PersonId, Path)),
    request_body = PersonChange, responses((status = 204), Failures)
)]
async fn change(
    caller: Caller,
    Id(id): Id<PersonId>,
    Body(given): Body<PersonChange>,
) -> Result<StatusCode, Failure> {
    caller.0.change_person(id, given).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new password for somebody else.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetPassword {
    /// The password to come.
    password: String,
}

/// Sets a person's password and ends their sessions.
#[utoipa::path(
    post, path = "/people/{id}/password", tag = "people", operation_id = "reset_password", params(("id" = PersonId, Path)),
    request_body = ResetPassword, responses((status = 204), Failures)
)]
async fn reset_password(
    caller: Caller,
    Id(id): Id<PersonId>,
    Body(given): Body<ResetPassword>,
) -> Result<StatusCode, Failure> {
    caller.0.reset_password(id, given.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
