//! Silences of the canned backend.

use super::{Fake, MARKUP, alarm_row, at, prod};
use api::{ApiResult, silences::*};
use domain::{ids::SilenceId, silences::SilenceState};

pub(super) fn silence_row() -> SilenceRow {
    SilenceRow {
        id: SilenceId::from_parts(0, 1),
        scope: SilenceScope {
            environments: vec![prod()],
            matchers: format!("team=\"{MARKUP}\""),
        },
        from: at(-30),
        until: at(90),
        state: SilenceState::Active,
        comment: format!("moving house {MARKUP}"),
        by: format!("Mina {MARKUP}"),
        ended_by: None,
        end_refused: None,
    }
}

#[async_trait::async_trait]
impl Silences for Fake {
    async fn list_silences(&self) -> ApiResult<Vec<SilenceRow>> {
        self.many(silence_row)
    }
    async fn preview_silence(&self, _scope: SilenceScope) -> ApiResult<SilencePreview> {
        self.one(|| SilencePreview {
            alarms: 2,
            firing: 1,
            first: vec![alarm_row()],
            cut: true,
        })
    }
    async fn add_silence(&self, _silence: NewSilence) -> ApiResult<SilenceId> {
        self.one(|| SilenceId::from_parts(0, 1))
    }
    async fn end_silence(&self, _id: SilenceId) -> ApiResult<()> {
        self.one(|| ())
    }
}
