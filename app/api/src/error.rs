//! What a caller is told when something cannot be done.

use serde::{Deserialize, Serialize};

/// A stable code that programs can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nobody is signed in (401).
    Unauthenticated,
    /// The role does not allow it (403).
    Forbidden,
    /// There is no such thing, or none the caller may know of (404).
    NotFound,
    /// The input is wrong; `fields` says where (422).
    Invalid,
    /// The thing has moved on since the caller looked (409).
    Conflict,
    /// Too many requests (429).
    TooMany,
    /// AWS or the database cannot be reached (503).
    Unavailable,
    /// A defect of ours (500).
    Internal,
}

impl ErrorCode {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name in the request.
    pub field: String,
    /// What is wrong and what to do, in the caller's language.
    pub message: String,
}

/// A failure that is safe to show. Causes are in the server's log, under the
/// request id; nothing of them is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{message}")]
pub struct ApiError {
    /// What kind.
    pub code: ErrorCode,
    /// For people, in the caller's language.
    pub message: String,
    /// What is wrong with which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// To find the cause in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ApiError {
    /// A failure without fields.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            request_id: None,
        }
    }
}
