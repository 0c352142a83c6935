//! What a check found, in words: what it means and what to do.

use super::{Lang, particle};
use crate::{capacity::CapacityChange, checks::Finding, plan::Difference, time::Zone};

/// A finding for people: what is the matter, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was found.
    pub what: String,
    /// What to do; empty when nothing is to be done.
    pub fix: String,
}

/// Explains a finding, with times in the reader's zone.
#[must_use]
pub fn explain(lang: Lang, zone: &Zone, finding: &Finding) -> Explanation {
    let (what, fix) = match lang {
        Lang::En => english(zone, finding),
        Lang::Ko => korean(zone, finding),
    };
    Explanation {
        what,
        fix: fix.to_owned(),
    }
}

/// What a partial capacity sets: `min 2 · max 8`.
#[must_use]
pub fn sets(lang: Lang, change: &CapacityChange) -> String {
    let (min, desired, max) = match lang {
        Lang::En => return change.to_string(),
        Lang::Ko => ("최소", "희망", "최대"),
    };
    let parts = [
        (min, change.min),
        (desired, change.desired),
        (max, change.max),
    ];
    let parts = parts
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", value?)));
    parts.collect::<Vec<_>>().join(" · ")
}

/// Says what is not as predicted.
#[must_use]
pub fn difference(lang: Lang, difference: &Difference) -> String {
    match (lang, difference) {
        (Lang::En, Difference::TargetGone) => "The target no longer exists.".into(),
        (Lang::Ko, Difference::TargetGone) => "대상이 더 이상 없습니다.".into(),
        (Lang::En, Difference::ActionMissing { action }) => {
            format!("Scheduled action “{action}” is missing.")
        }
        (Lang::Ko, Difference::ActionMissing { action }) => {
            format!("예약 작업 “{action}”이(가) 없습니다.")
        }
        (Lang::En, Difference::ActionDiffers { action }) => {
            format!("Scheduled action “{action}” is not as it was put.")
        }
        (Lang::Ko, Difference::ActionDiffers { action }) => {
            format!("예약 작업 “{action}”이(가) 등록한 내용과 다릅니다.")
        }
        (Lang::En, Difference::ActionLeft { action }) => {
            format!("Scheduled action “{action}” is still there.")
        }
        (Lang::Ko, Difference::ActionLeft { action }) => {
            format!("예약 작업 “{action}”이(가) 아직 남아 있습니다.")
        }
        (
            Lang::En,
            Difference::Number {
                field,
                expected,
                found,
            },
        ) => {
            format!("{field} is {found}; {expected} was predicted.")
        }
        (
            Lang::Ko,
            Difference::Number {
                field,
                expected,
                found,
            },
        ) => {
            format!("{field} 값이 {found}입니다. 예측은 {expected}입니다.")
        }
    }
}

fn english(zone: &Zone, finding: &Finding) -> (String, &'static str) {
    let at = |t| zone.minute_text(t);
    match finding {
        Finding::CapacityOrder { capacity } => (
            format!("min ≤ desired ≤ max does not hold: {capacity}."),
            "Choose a count inside the bounds.",
        ),
        Finding::CountOverLimit { count, limit } => (
            format!("{count} is more than the {limit} that may be asked for."),
            "Check the number.",
        ),
        Finding::RaisesMax { from, to } => (
            format!("The maximum is raised from {from} to {to} until the return."),
            "Check that quotas, subnets and the budget allow it.",
        ),
        Finding::NoEffect => (
            "The target already has this capacity; nothing would change.".into(),
            "Check the number, or leave it.",
        ),
        Finding::ScalesDown { from, to } => (
            format!("Desired capacity falls from {from} to {to}; the difference is terminated."),
            "Make sure that the remaining capacity carries the load.",
        ),
        Finding::OffUntilReturn => (
            "The maximum becomes 0: no policy can start anything before the return.".into(),
            "Hold “at least” instead of “exactly” if a policy should still be able to scale out.",
        ),
        Finding::StartPassed { from } => (
            format!("The start {} is past or less than two minutes away.", at(*from)),
            "Choose a later start, or start now.",
        ),
        Finding::EndPassed { until } => {
            (format!("The end {} is past.", at(*until)), "Choose a later end.")
        }
        Finding::TooShort { minutes_min } => (
            format!("Shorter than {minutes_min} minutes: AWS may run a scheduled action two minutes late."),
            "Choose a later end.",
        ),
        Finding::TooLong { days_max } => (
            format!("Longer than {days_max} days."),
            "Split it, or change the target's normal capacity.",
        ),
        Finding::TooFarAhead { days_max } => {
            (format!("More than {days_max} days ahead."), "Choose an earlier start.")
        }
        Finding::SameInstant { action, at: t } => (
            format!("Scheduled action “{action}” stands at the same instant, {}; AWS refuses a second.", at(*t)),
            "Move the event by a minute.",
        ),
        Finding::ActionDuring { action, at: t, sets, undercuts: true } => (
            format!("Scheduled action “{action}” at {} sets {sets} and would undercut the event.", at(*t)),
            "End the event before it, or change that action first.",
        ),
        Finding::ActionDuring { action, at: t, sets, undercuts: false } => (
            format!("Scheduled action “{action}” at {} sets {sets} during the event.", at(*t)),
            "Check that this is what you want.",
        ),
        Finding::ActionUnreadable { action, reason } => (
            format!("Scheduled action “{action}” cannot be checked for collisions: {reason}."),
            "Look at its recurrence before you go on.",
        ),
        Finding::EventOverlap { change, from, until } => (
            format!("{change} holds this target from {} to {}.", at(*from), at(*until)),
            "End that event first, or choose another time.",
        ),
        Finding::ProcessBlocks { process } => (
            format!("The process {process} is suspended: AWS would not carry the event out."),
            "Resume the process first.",
        ),
        Finding::ProcessSuspended { process } => (
            format!("The process {process} is suspended."),
            "Check that the event still does what you want.",
        ),
        Finding::ActionQuota { have, adds, limit } => (
            format!("The target has {have} scheduled actions; {adds} more would pass AWS's limit of {limit}."),
            "Delete scheduled actions that are no longer needed.",
        ),
        Finding::Frozen { freeze, until } => (
            format!("The freeze “{freeze}” lasts until {}.", at(*until)),
            "A freeze approver must approve, or choose a time after it.",
        ),
        Finding::SpotWithoutRebalance { percent } => (
            format!("{percent} % of the added capacity is spot, and capacity rebalance is off."),
            "Turn capacity rebalance on, or raise the on-demand base.",
        ),
        Finding::PolicyReturns => (
            "At the return only the bounds go back; the scaling policy brings the desired capacity down.".into(),
            "",
        ),
        Finding::TwoStepReturn => (
            "At the return two scheduled actions, a minute apart, force the count and then restore the bounds.".into(),
            "",
        ),
    }
}

fn korean(zone: &Zone, finding: &Finding) -> (String, &'static str) {
    let at = |t| zone.minute_text(t);
    match finding {
        Finding::CapacityOrder { capacity } => (
            format!("최소 ≤ 희망 ≤ 최대가 성립하지 않습니다: {capacity}."),
            "범위 안의 수를 고르세요.",
        ),
        Finding::CountOverLimit { count, limit } => (
            format!(
                "{count}{} 요청할 수 있는 {limit}보다 많습니다.",
                particle(&count.to_string(), "은", "는")
            ),
            "숫자를 확인하세요.",
        ),
        Finding::RaisesMax { from, to } => (
            format!("복귀할 때까지 최대 용량을 {from}에서 {to}(으)로 올립니다."),
            "할당량, 서브넷, 예산이 충분한지 확인하세요.",
        ),
        Finding::NoEffect => (
            "대상의 용량이 이미 같습니다. 바뀌는 것이 없습니다.".into(),
            "숫자를 확인하거나 그대로 두세요.",
        ),
        Finding::ScalesDown { from, to } => (
            format!("희망 용량이 {from}에서 {to}(으)로 줄고, 차이만큼 종료됩니다."),
            "남는 용량으로 부하를 감당할 수 있는지 확인하세요.",
        ),
        Finding::OffUntilReturn => (
            "최대 용량이 0이 되어, 복귀 전에는 어떤 정책도 용량을 늘릴 수 없습니다.".into(),
            "정책이 확장할 수 있어야 한다면 “정확히” 대신 “최소”로 유지하세요.",
        ),
        Finding::StartPassed { from } => (
            format!(
                "시작 시각 {}이(가) 지났거나 2분도 남지 않았습니다.",
                at(*from)
            ),
            "더 늦은 시작 시각을 고르거나 지금 시작하세요.",
        ),
        Finding::EndPassed { until } => (
            format!("종료 시각 {}이(가) 지났습니다.", at(*until)),
            "더 늦은 종료 시각을 고르세요.",
        ),
        Finding::TooShort { minutes_min } => (
            format!("{minutes_min}분보다 짧습니다. AWS는 예약 작업을 2분 늦게 실행할 수 있습니다."),
            "더 늦은 종료 시각을 고르세요.",
        ),
        Finding::TooLong { days_max } => (
            format!("{days_max}일보다 깁니다."),
            "나누거나, 대상의 평소 용량을 바꾸세요.",
        ),
        Finding::TooFarAhead { days_max } => (
            format!("{days_max}일보다 먼 미래입니다."),
            "더 이른 시작 시각을 고르세요.",
        ),
        Finding::SameInstant { action, at: t } => (
            format!(
                "예약 작업 “{action}”이(가) 같은 시각({})에 있습니다. AWS는 둘째 작업을 거부합니다.",
                at(*t)
            ),
            "이벤트를 1분 옮기세요.",
        ),
        Finding::ActionDuring {
            action,
            at: t,
            sets: change,
            undercuts: true,
        } => (
            format!(
                "예약 작업 “{action}”이(가) {}에 용량을 설정하여({}) 이벤트보다 낮아집니다.",
                at(*t),
                sets(Lang::Ko, change)
            ),
            "그 전에 이벤트를 끝내거나 그 작업을 먼저 바꾸세요.",
        ),
        Finding::ActionDuring {
            action,
            at: t,
            sets: change,
            undercuts: false,
        } => (
            format!(
                "이벤트 중 {}에 예약 작업 “{action}”이(가) 용량을 설정합니다({}).",
                at(*t),
                sets(Lang::Ko, change)
            ),
            "의도한 것인지 확인하세요.",
        ),
        Finding::ActionUnreadable { action, reason } => (
            format!("예약 작업 “{action}”의 충돌을 확인할 수 없습니다: {reason}."),
            "계속하기 전에 반복 규칙을 확인하세요.",
        ),
        Finding::EventOverlap {
            change,
            from,
            until,
        } => (
            format!(
                "{change}이(가) {}부터 {}까지 이 대상을 유지합니다.",
                at(*from),
                at(*until)
            ),
            "그 이벤트를 먼저 끝내거나 다른 시각을 고르세요.",
        ),
        Finding::ProcessBlocks { process } => (
            format!("{process} 프로세스가 일시 중지되어 AWS가 이벤트를 실행하지 않습니다."),
            "먼저 프로세스를 재개하세요.",
        ),
        Finding::ProcessSuspended { process } => (
            format!("{process} 프로세스가 일시 중지되어 있습니다."),
            "그래도 이벤트가 의도대로 되는지 확인하세요.",
        ),
        Finding::ActionQuota { have, adds, limit } => (
            format!(
                "예약 작업이 {have}개 있습니다. {adds}개를 더하면 AWS 한도 {limit}개를 넘습니다."
            ),
            "필요 없는 예약 작업을 지우세요.",
        ),
        Finding::Frozen { freeze, until } => (
            format!("동결 “{freeze}”이(가) {}까지 이어집니다.", at(*until)),
            "동결 승인자가 승인하거나, 그 이후의 시각을 고르세요.",
        ),
        Finding::SpotWithoutRebalance { percent } => (
            format!("추가 용량의 {percent} %가 스팟이고 용량 재조정이 꺼져 있습니다."),
            "용량 재조정을 켜거나 온디맨드 기본 수를 늘리세요.",
        ),
        Finding::PolicyReturns => (
            "복귀할 때 범위만 되돌리고, 희망 용량은 조정 정책이 내립니다.".into(),
            "",
        ),
        Finding::TwoStepReturn => (
            "복귀할 때 1분 간격의 예약 작업 두 개가 수를 맞춘 뒤 범위를 되돌립니다.".into(),
            "",
        ),
    }
}
