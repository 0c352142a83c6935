//! Why a use case failed. What the caller is told and what the log keeps are
//! two things; this is where they part.

use crate::{cx::Cx, health::KeptFault, texts};
use api::{ApiError, ErrorCode};
use ports::{CloudError, CloudErrorKind};
use store::StoreError;

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Already in the caller's words.
    #[error(transparent)]
    Told(#[from] ApiError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// AWS, or the sandbox in its place.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// A defect of ours.
    #[error("{0}")]
    Defect(String),
}

/// What a use case answers.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A row of the database that holds what it should not.
    #[must_use]
    pub fn defect(what: impl ToString) -> Self {
        Self::Defect(what.to_string())
    }

    /// What the caller is told; the cause goes to the log under the request id.
    #[must_use]
    pub fn told(self, cx: &Cx) -> ApiError {
        let lang = cx.lang;
        let error = match self {
            Self::Told(error) => error,
            Self::Cloud(error) => {
                tracing::warn!(request_id = %cx.request_id, error = %error, "the cloud did not answer a request");
                let message = KeptFault::from(&error).told(cx);
                ApiError::new(cloud_code(error.kind), message)
            }
            Self::Store(StoreError::Conflict { .. }) => {
                ApiError::new(ErrorCode::Conflict, texts::moved_on(lang))
            }
            Self::Store(error) if error.is_passing() => {
                tracing::warn!(request_id = %cx.request_id, error = %error, "the database did not answer a request");
                ApiError::new(ErrorCode::Unavailable, texts::database_busy(lang))
            }
            Self::Store(error) => {
                tracing::error!(request_id = %cx.request_id, error = %error, "a request failed in the database");
                ApiError::new(ErrorCode::Internal, texts::internal(lang))
            }
            Self::Defect(what) => {
                tracing::error!(request_id = %cx.request_id, error = %what, "a request met a defect");
                ApiError::new(ErrorCode::Internal, texts::internal(lang))
            }
        };
        ApiError {
            request_id: Some(cx.request_id.clone()),
            ..error
        }
    }
}

/// A reading that AWS refuses is still "unavailable" to the caller: there is
/// nothing in the request that could be corrected.
const fn cloud_code(kind: CloudErrorKind) -> ErrorCode {
    match kind {
        CloudErrorKind::NotFound => ErrorCode::NotFound,
        CloudErrorKind::Throttled
        | CloudErrorKind::Denied
        | CloudErrorKind::Credentials
        | CloudErrorKind::Invalid
        | CloudErrorKind::Unavailable => ErrorCode::Unavailable,
    }
}
