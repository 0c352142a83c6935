//! Words about instance refreshes: what a check found, and how one ended.

use super::Lang;
use crate::refreshes::{PaceField, RefreshState};

crate::messages! {
    min_healthy => "The least in service is from 0 to 100 %.", "최소 정상 비율은 0~100 %입니다.";
    max_healthy => "The most that run are from 100 to 200 %, and at most 100 more than the least.", "최대 정상 비율은 100~200 %이며 최소 비율보다 최대 100 높을 수 있습니다.";
    warm_up => "The warm-up is too long.", "워밍업이 너무 깁니다.";
    checkpoints => "Checkpoints ascend, each once, from 1 to 100 %.", "체크포인트는 1~100 % 사이에서 중복 없이 커져야 합니다.";
    checkpoint_pause => "The pause is at most two days, and needs checkpoints.", "대기 시간은 최대 이틀이며 체크포인트가 있어야 합니다.";
    running => "goes on", "진행 중";
    ending => "is ending", "종료 중";
    successful => "done", "완료";
    failed => "failed", "실패";
    cancelled => "cancelled", "취소됨";
}

/// Why AWS would refuse a pace.
#[must_use]
pub fn refused(lang: Lang, field: PaceField) -> &'static str {
    match field {
        PaceField::MinHealthy => min_healthy(lang),
        PaceField::MaxHealthy => max_healthy(lang),
        PaceField::WarmUp => warm_up(lang),
        PaceField::Checkpoints => checkpoints(lang),
        PaceField::CheckpointPause => checkpoint_pause(lang),
    }
}

/// Where a refresh stands.
#[must_use]
pub fn state(lang: Lang, state: RefreshState) -> &'static str {
    match state {
        RefreshState::Running => running(lang),
        RefreshState::Ending => ending(lang),
        RefreshState::Successful => successful(lang),
        RefreshState::Failed => failed(lang),
        RefreshState::Cancelled => cancelled(lang),
    }
}
