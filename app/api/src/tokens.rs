//! API tokens: list, make, revoke. Shown once, kept as a hash.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{ids::TokenId, people::Role, time::Timestamp};
use serde::{Deserialize, Serialize};

/// A token in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// Acts with at most this role.
    pub role: Role,
    /// Made.
    pub created_at: Timestamp,
    /// Ends.
    pub expires_at: Timestamp,
    /// Last used.
    pub used_at: Option<Timestamp>,
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// At most this role, never more than its owner has.
    pub role: Role,
    /// Days until it ends, 1 to 366.
    pub days: u32,
}

/// A token just made: the only time its secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeToken {
    /// Its id.
    pub id: TokenId,
    /// `lamplighter_…`, for the `Authorization: Bearer` header.
    pub secret: String,
}

/// What can be asked about one's own tokens.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Tokens {
    /// One's own tokens, newest first.
    async fn list_tokens(&self) -> ApiResult<Vec<TokenRow>>;
    /// Makes one.
    async fn make_token(&self, token: NewToken) -> ApiResult<MadeToken>;
    /// Revokes one of one's own.
    async fn revoke_token(&self, id: TokenId) -> ApiResult<()>;
}
