//! Who is on call: the rotations, and covers.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{
    ids::CoverId,
    on_call::{Contact, ContactName, RotationName, Shift},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A rotation and its shifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RotationRow {
    /// Its name.
    pub name: RotationName,
    /// The zone by whose clock its shifts change.
    pub timezone: String,
    /// How long a shift lasts: `12 hours`, `1 day`, `2 weeks`.
    pub shift: String,
    /// Who takes part, in their order.
    pub contacts: Vec<ContactName>,
    /// Who is on call: now first, then those of the next four weeks.
    pub shifts: Vec<Shift>,
}

/// Somebody who is on call instead of whoever's turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverRow {
    /// Its id.
    pub id: CoverId,
    /// In which rotation.
    pub rotation: RotationName,
    /// Who.
    pub contact: ContactName,
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// Why; may be empty.
    pub note: String,
    /// Who asked for it.
    pub by: String,
    /// It counts for nothing: the rotation or the person is configured no more.
    pub is_void: bool,
}

/// Who is on call, and will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OnCallBoard {
    /// The rotations, as they are configured.
    pub rotations: Vec<RotationRow>,
    /// The people, as they are configured.
    pub contacts: Vec<Contact>,
    /// Covers that are not over, those that begin first first.
    pub covers: Vec<CoverRow>,
}

/// A cover to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCover {
    /// In which rotation.
    pub rotation: RotationName,
    /// Who.
    pub contact: ContactName,
    /// First instant; now when none is named.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// First instant after it.
    pub until: Timestamp,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// What can be asked about who is on call.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait OnCall {
    /// Who is on call, and will be.
    async fn on_call(&self) -> ApiResult<OnCallBoard>;
    /// The shifts of a rotation as a calendar (RFC 5545).
    async fn on_call_calendar(&self, rotation: RotationName) -> ApiResult<String>;
    /// Adds a cover.
    async fn add_cover(&self, cover: NewCover) -> ApiResult<CoverId>;
    /// Ends one before its time.
    async fn end_cover(&self, id: CoverId) -> ApiResult<()>;
}
