//! Failures as HTTP answers.

use api::{ApiError, ErrorCode, FieldError};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// An [`ApiError`] on its way out.
#[derive(Debug)]
pub struct Failure(pub ApiError);

impl Failure {
    /// A parameter or field that is wrong.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let field = FieldError {
            field: field.to_owned(),
            message: message.clone(),
        };
        Self(ApiError {
            fields: vec![field],
            ..ApiError::new(ErrorCode::Invalid, message)
        })
    }

    /// Nothing there.
    pub fn not_found() -> Self {
        Self(ApiError::new(ErrorCode::NotFound, "there is no such thing"))
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status());
        (
            status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Json(self.0),
        )
            .into_response()
    }
}

/// Every failure that any route may answer, for the OpenAPI document.
#[derive(utoipa::IntoResponses)]
pub enum Failures {
    /// Nobody is signed in.
    #[response(status = 401)]
    Unauthenticated(#[to_schema] ApiError),
    /// The role does not allow it.
    #[response(status = 403)]
    Forbidden(#[to_schema] ApiError),
    /// There is no such thing, or none the caller may know of.
    #[response(status = 404)]
    NotFound(#[to_schema] ApiError),
    /// The thing has moved on since the caller looked.
    #[response(status = 409)]
    Conflict(#[to_schema] ApiError),
    /// The request is wrong; `fields` says where.
    #[response(status = 422)]
    Invalid(#[to_schema] ApiError),
    /// Too many requests.
    #[response(status = 429)]
    TooMany(#[to_schema] ApiError),
    /// AWS or the database cannot be reached.
    #[response(status = 503)]
    Unavailable(#[to_schema] ApiError),
}

/// Answers a path that is not there.
pub async fn no_such_path() -> Failure {
    Failure(ApiError::new(
        ErrorCode::NotFound,
        "there is no such path; see /api/v1/openapi.json",
    ))
}

/// Answers a method that a path does not have.
pub async fn no_such_method() -> Response {
    let error = ApiError::new(
        ErrorCode::Invalid,
        "this path does not take this method; see /api/v1/openapi.json",
    );
    (StatusCode::METHOD_NOT_ALLOWED, Json(error)).into_response()
}
