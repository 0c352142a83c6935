//! `/api/v1/tokens`.

use super::{
    extract::{Body, Caller, Id},
    failure::{Failure, Failures},
};
use api::tokens::{MadeToken, NewToken, TokenRow};
use axum::{Json, http::StatusCode};
use domain::ids::TokenId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(revoke))
}

/// Lists the caller's tokens, newest first.
#[utoipa::path(
    get, path = "/tokens", tag = "self", operation_id = "list_tokens",
    responses((status = 200, body = Vec<TokenRow>), Failures)
)]
async fn list(caller: Caller) -> Result<Json<Vec<TokenRow>>, Failure> {
    Ok(Json(caller.0.list_tokens().await?))
}

/// Makes a token. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/tokens", tag = "self", operation_id = "make_token", request_body = NewToken,
    responses((status = 201, body = MadeToken), Failures)
)]
async fn make(
    caller: Caller,
    Body(token): Body<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), Failure> {
    Ok((StatusCode::CREATED, Json(caller.0.make_token(token).await?)))
}

/// Revokes one of the caller's tokens.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "self", operation_id = "revoke_token", params(("id" = TokenId, Path)),
    responses((status = 204), Failures)
)]
async fn revoke(caller: Caller, Id(id): Id<TokenId>) -> Result<StatusCode, Failure> {
    caller.0.revoke_token(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
