//! Why votes became void although nobody edited the change request.

use crate::texts;
use domain::i18n::Lang;
use serde::{Deserialize, Serialize};

/// The reason, kept in the audit log and told in any language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Void {
    /// The plan made from the live state is another.
    LiveState,
    /// The votes that were enough are not those that it takes now: a freeze was
    /// declared, or more approvals were asked for.
    VotesShort,
}

impl Void {
    /// For people.
    pub fn told(self, lang: Lang) -> &'static str {
        match self {
            Self::LiveState => texts::void_live_state(lang),
            Self::VotesShort => texts::void_votes_short(lang),
        }
    }
}
