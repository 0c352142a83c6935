//! Why a schedule cannot be written into AWS, in words.

use super::Lang;
use crate::{messages, schedules::compile::Refusal};

messages! {
    quota(target: &str, count: usize, count_max: usize) =>
        "{target} would need {count} scheduled actions, and AWS keeps at most {count_max}. Compile for fewer days, or give windows the same hours.",
        "{target}에는 예약 작업이 {count}개 필요하지만 AWS는 최대 {count_max}개까지만 보관합니다. 더 짧은 기간으로 컴파일하거나 구간들의 시각을 맞추세요.";
    node_group_max_zero(target: &str) =>
        "{target} is a managed node group, whose max cannot be 0 in AWS. Write max: 1 and let min and desired be 0.",
        "{target}은(는) 관리형 노드 그룹이므로 AWS에서 max를 0으로 둘 수 없습니다. min과 desired는 0으로 두고 max: 1로 쓰세요.";
    horizon(days_max: i64) =>
        "A schedule is compiled for 1 to {days_max} days.",
        "일정은 1일에서 {days_max}일까지 컴파일할 수 있습니다.";
}

/// Says why, and what helps.
#[must_use]
pub fn refusal(lang: Lang, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Quota {
            target,
            count,
            count_max,
        } => quota(lang, target, *count, *count_max),
        Refusal::NodeGroupMaxZero { target } => node_group_max_zero(lang, target),
        Refusal::Horizon { days_max } => horizon(lang, *days_max),
    }
}
