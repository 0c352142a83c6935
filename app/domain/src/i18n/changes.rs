//! What a check found, in words: what it means and what to do.

mod english;
mod korean;

use super::{Lang, alarms, refreshes, step_policies};
use crate::{
    aws_timing::Effect,
    capacity::{Capacity, CapacityChange, TargetKind},
    checks::Finding,
    mixes::SpotStrategy,
    plan::Difference,
    schedules::{Power, SpotShare},
    time::Zone,
};

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
    if let Finding::OnTarget { target, finding } = finding {
        let Explanation { what, fix } = explain(lang, zone, finding);
        return Explanation {
            what: format!("{target}: {what}"),
            fix,
        };
    }
    if let Finding::Policy { finding } = finding {
        let Explanation { what, fix } = step_policies::explain(lang, finding);
        return Explanation {
            what: format!("{}: {what}", finding.policy),
            fix,
        };
    }
    let (what, fix) = match lang {
        Lang::En => english::english(zone, finding),
        Lang::Ko => korean::korean(zone, finding),
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

/// How a group buys its instances.
#[must_use]
pub fn buys(lang: Lang, mix: SpotShare) -> String {
    let SpotShare {
        on_demand_base: base,
        on_demand_percent: percent,
    } = mix;
    match lang {
        Lang::En => format!("{base} on demand, then {percent} % on demand"),
        Lang::Ko => format!("온디맨드 기본 {base}, 초과분 {percent} % 온디맨드"),
    }
}

/// On or off.
#[must_use]
pub const fn power(lang: Lang, power: Power) -> &'static str {
    match (lang, power) {
        (Lang::En, Power::Running) => "running",
        (Lang::En, Power::Stopped) => "stopped",
        (Lang::Ko, Power::Running) => "실행",
        (Lang::Ko, Power::Stopped) => "정지",
    }
}

/// What a firing does.
#[must_use]
pub fn does(lang: Lang, effect: Effect) -> String {
    match effect {
        Effect::Sizes(change) | Effect::Bounds(change) => sets(lang, &change),
        Effect::Mix(mix) => buys(lang, mix),
        Effect::Running(running) => power(
            lang,
            if running {
                Power::Running
            } else {
                Power::Stopped
            },
        )
        .to_owned(),
    }
}

/// How much there is of a target, of its kind.
#[must_use]
pub fn has(lang: Lang, kind: TargetKind, capacity: Capacity) -> String {
    let Capacity {
        desired: on,
        max: all,
        ..
    } = capacity;
    match (lang, on, all) {
        _ if !kind.is_switched() => capacity.to_string(),
        (_, 0, _) => power(lang, Power::Stopped).to_owned(),
        (_, 1, 1) => power(lang, Power::Running).to_owned(),
        (Lang::En, ..) => format!("{on} of {all} running"),
        (Lang::Ko, ..) => format!("{all}개 중 {on}개 실행"),
    }
}

/// Says what is not as predicted.
#[must_use]
pub fn difference(lang: Lang, found: &Difference) -> String {
    match (lang, found) {
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
            Difference::NextRun {
                action,
                expected,
                found,
            },
        ) => {
            format!("AWS will run “{action}” at {found}; {expected} was predicted.")
        }
        (
            Lang::Ko,
            Difference::NextRun {
                action,
                expected,
                found,
            },
        ) => {
            format!("AWS는 “{action}”을(를) {found}에 실행합니다. 예측은 {expected}입니다.")
        }
        (
            Lang::En,
            Difference::Process {
                process,
                suspended: true,
            },
        ) => {
            format!("{process} is suspended.")
        }
        (
            Lang::En,
            Difference::Process {
                process,
                suspended: false,
            },
        ) => {
            format!("{process} is not suspended.")
        }
        (
            Lang::Ko,
            Difference::Process {
                process,
                suspended: true,
            },
        ) => {
            format!("{process} 프로세스가 일시 중지되어 있습니다.")
        }
        (
            Lang::Ko,
            Difference::Process {
                process,
                suspended: false,
            },
        ) => {
            format!("{process} 프로세스가 일시 중지되어 있지 않습니다.")
        }
        (Lang::En, Difference::RefreshMissing) => "AWS tells of no instance refresh.".into(),
        (Lang::Ko, Difference::RefreshMissing) => {
            "AWS에 해당 인스턴스 새로 고침이 없습니다.".into()
        }
        (Lang::En, Difference::RefreshGoesOn) => "The instance refresh goes on.".into(),
        (Lang::Ko, Difference::RefreshGoesOn) => "인스턴스 새로 고침이 계속되고 있습니다.".into(),
        (
            _,
            Difference::RefreshEnded {
                state,
                percent,
                reason,
            },
        ) => {
            let state = refreshes::state(lang, *state);
            let ended = match lang {
                Lang::En => format!("The instance refresh ended at {percent} %: {state}."),
                Lang::Ko => format!("인스턴스 새로 고침이 {percent} %에서 끝났습니다: {state}."),
            };
            format!("{ended} {reason}").trim_end().to_owned()
        }
        (Lang::En, Difference::Strategy { expected, found }) => format!(
            "The spot allocation strategy is {}; {} was predicted.",
            found.map_or("not told", SpotStrategy::as_str),
            expected.as_str()
        ),
        (Lang::Ko, Difference::Strategy { expected, found }) => format!(
            "스팟 할당 전략: {}. 예측: {}.",
            found.map_or("확인할 수 없음", SpotStrategy::as_str),
            expected.as_str()
        ),
        (Lang::En, Difference::AlarmGone) => "The alarm no longer exists.".into(),
        (Lang::Ko, Difference::AlarmGone) => "경보가 더 이상 없습니다.".into(),
        (Lang::En, Difference::AlarmActions { enabled: true }) => {
            "The alarm's actions are on.".into()
        }
        (Lang::En, Difference::AlarmActions { enabled: false }) => {
            "The alarm's actions are off.".into()
        }
        (Lang::Ko, Difference::AlarmActions { enabled: true }) => {
            "경보 작업이 켜져 있습니다.".into()
        }
        (Lang::Ko, Difference::AlarmActions { enabled: false }) => {
            "경보 작업이 꺼져 있습니다.".into()
        }
        (Lang::En, Difference::FilterGone { filter }) => {
            format!("The metric filter “{filter}” no longer counts lines for the alarm.")
        }
        (Lang::Ko, Difference::FilterGone { filter }) => {
            format!("지표 필터 “{filter}”이(가) 더 이상 경보를 위해 로그를 세지 않습니다.")
        }
        (Lang::En, Difference::FilterLeft { filter }) => {
            format!("The metric filter “{filter}” is still there.")
        }
        (Lang::Ko, Difference::FilterLeft { filter }) => {
            format!("지표 필터 “{filter}”이(가) 아직 남아 있습니다.")
        }
        (Lang::En, Difference::AlarmLeft) => "The alarm is still there.".into(),
        (Lang::Ko, Difference::AlarmLeft) => "경보가 아직 남아 있습니다.".into(),
        (
            lang,
            Difference::AlarmField {
                field,
                expected,
                found,
            },
        ) => alarms::differs(lang, *field, expected, found.as_deref()),
        (
            lang,
            Difference::OnTarget {
                target,
                difference: of_target,
            },
        ) => {
            format!("{target}: {}", difference(lang, of_target))
        }
        (Lang::En, Difference::Power { expected, on, all }) => {
            let expected = power(lang, *expected);
            format!("{on} of {all} run; {expected} was predicted.")
        }
        (Lang::Ko, Difference::Power { expected, on, all }) => {
            let expected = power(lang, *expected);
            format!("{all}개 중 {on}개가 실행 중입니다. 예측은 {expected}입니다.")
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
