//! Why a schedule cannot be written into AWS, or read from it, in words.

use super::Lang;
use crate::{
    messages,
    schedules::{
        AdoptRefusal,
        compile::{Difference, Refusal},
    },
};

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
    differs(at: &str, target: &str, expected: &str, actual: &str) =>
        "{at}, {target}: {expected} by the schedule, {actual} by AWS",
        "{at}, {target}: 일정으로는 {expected}, AWS로는 {actual}";
    nothing_recurs => "The target has no scheduled action that recurs.",
        "대상에 반복되는 예약 작업이 없습니다.";
    not_for_ever(action: &str) =>
        "“{action}” fires once, or ends; only what recurs for ever is taken over.",
        "“{action}”은(는) 한 번만 실행되거나 끝이 있습니다. 계속 반복되는 작업만 가져올 수 있습니다.";
    several_zones(zones: &str) =>
        "The actions are in several time zones: {zones}. Write the schedule by hand.",
        "예약 작업의 시간대가 여러 개입니다: {zones}. 일정을 직접 쓰세요.";
    not_weekly(action: &str) =>
        "“{action}” does not fire alike in every week. Write the schedule by hand.",
        "“{action}”은(는) 주마다 같게 실행되지 않습니다. 일정을 직접 쓰세요.";
    no_desired(action: &str) =>
        "“{action}” leaves the desired capacity as it is, and a schedule would set it.",
        "“{action}”은(는) 희망 용량을 그대로 두지만, 일정은 희망 용량을 설정합니다.";
    unreadable(action: &str, reason: &str) =>
        "“{action}” cannot be read: {reason}.", "“{action}”을(를) 읽을 수 없습니다: {reason}.";
    not_a_schedule(reason: &str) =>
        "What they do is no schedule: {reason}.", "일정으로 나타낼 수 없습니다: {reason}.";
    not_equal(difference: &str) =>
        "The schedule would not do the same: {difference}.",
        "일정이 같은 일을 하지 않습니다: {difference}.";
}

/// Says where AWS would do something else than a schedule says.
#[must_use]
pub fn difference(lang: Lang, difference: &Difference) -> String {
    match difference {
        Difference::State {
            at,
            target,
            expected,
            actual,
        } => differs(lang, &at.to_string(), target, expected, actual),
        Difference::Fault { message } => message.clone(),
        Difference::Refused { refusal: why } => refusal(lang, why),
    }
}

/// Says why scheduled actions cannot be told as a schedule.
#[must_use]
pub fn adoption(lang: Lang, refused: &AdoptRefusal) -> String {
    match refused {
        AdoptRefusal::Nothing => nothing_recurs(lang).to_owned(),
        AdoptRefusal::NotForEver { action } => not_for_ever(lang, action),
        AdoptRefusal::SeveralZones { zones } => several_zones(lang, &zones.join(", ")),
        AdoptRefusal::NotWeekly { action } => not_weekly(lang, action),
        AdoptRefusal::NoDesired { action } => no_desired(lang, action),
        AdoptRefusal::Unreadable { action, reason } => unreadable(lang, action, reason),
        AdoptRefusal::NotASchedule { message } => not_a_schedule(lang, message),
        AdoptRefusal::NotEqual { difference: found } => not_equal(lang, &difference(lang, found)),
    }
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
