//! What a source that calls us is answered.

use serde::{Deserialize, Serialize};

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Things it told of.
    pub told: u32,
    /// Those of which it was news.
    pub changed: u32,
    /// New ones for which the source has no room.
    pub left_out: u32,
}
