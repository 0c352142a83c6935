//! What a check found, in Korean.

use super::super::{
    Lang, alarms, checks::words as checks, particle, processes, refreshes, refusals, step_policies,
};
use super::{buys, sets as capacity_sets};
use crate::{checks::Finding, processes::Process, schedules::Power, time::Zone};

pub(super) fn korean(zone: &Zone, finding: &Finding) -> (String, &'static str) {
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
                capacity_sets(Lang::Ko, change)
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
                capacity_sets(Lang::Ko, change)
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
        Finding::SpotMayLack {
            on_demand_base,
            minutes,
        } => (
            format!(
                "AWS는 온디맨드 {on_demand_base}대를 먼저, 나머지는 비율대로 구매하며 할당 전략에 따라 스팟 풀을 고릅니다. 어느 풀에도 용량이 없으면 온디맨드로 대신 구매하지 않습니다. Lamplighter가 이를 지켜보며, 희망 용량에 {minutes}분 동안 못 미친 그룹을 점검에 표시하고 온디맨드 전환을 제안합니다."
            ),
            "",
        ),
        Finding::PolicyReturns => (
            "복귀할 때 범위만 되돌리고, 희망 용량은 조정 정책이 내립니다.".into(),
            "",
        ),
        Finding::TwoStepReturn => (
            "복귀할 때 1분 간격의 예약 작업 두 개가 수를 맞춘 뒤 범위를 되돌립니다.".into(),
            "",
        ),
        Finding::OnTarget { finding, .. } => korean(zone, finding),
        Finding::TargetMissing { target } => (
            format!("그 계정과 리전에서 “{target}”을(를) 찾을 수 없습니다."),
            "이름, 계정, 리전을 확인하세요.",
        ),
        Finding::SeveralEnvironments { environments } => (
            format!("대상이 여러 환경에 있습니다: {}.", environments.join(", ")),
            "환경마다 일정을 따로 만드세요. 승인자가 서로 다릅니다.",
        ),
        Finding::OtherSchedule { target, schedule } => (
            format!("“{target}”에는 이미 일정 “{schedule}”이(가) 적용되어 있습니다."),
            "먼저 그 일정에서 대상을 빼세요.",
        ),
        Finding::CannotCompile { refusal } => (
            refusals::refusal(Lang::Ko, refusal),
            "일정을 더 단순하게 만드세요.",
        ),
        Finding::CannotReplace { target, reason } => (
            format!("“{target}”에 있는 것을 바꿀 수 없습니다: {reason}."),
            "그 작업을 직접 지운 뒤 다시 확인하세요.",
        ),
        Finding::LeavesTarget { target } => (
            format!("일정이 더 이상 지정하지 않는 “{target}”에서 제거됩니다."),
            "용량은 그대로 남습니다. 다른 일정이라면 이름을 다르게 지으세요.",
        ),
        Finding::StopsNow { count } => (
            format!("실행 중인 {count}개가 바로 중지됩니다."),
            "지금 아무도 쓰고 있지 않은지 확인하세요.",
        ),
        Finding::DisksBilled => (
            "중지된 동안에도 디스크는 남아 있고 AWS가 요금을 청구합니다.".into(),
            "",
        ),
        Finding::AwsStartsIt => (
            "AWS는 7일 동안 중지된 데이터베이스를 다시 시작합니다. 그 뒤로는 매시간 다시 중지되며, 일주일에 최대 두 시간 반 동안 실행됩니다.".into(),
            "그렇게 오래 쓰지 않는다면 스냅샷을 만든 뒤 삭제하세요.",
        ),
        Finding::NotSwitched => (
            "크기가 있는 대상이므로 통째로 시작하거나 중지할 수 없습니다.".into(),
            "스케일 이벤트를 계획하거나 일정을 작성하세요.",
        ),
        Finding::StartsNow { count } => (
            format!("중지된 {count}개가 시작되며, 그때부터 AWS 요금이 부과됩니다."),
            "",
        ),
        Finding::InBetween { id, state } => (
            format!("{id}의 상태가 {state}입니다. 끝날 때까지 AWS가 호출을 거부합니다."),
            "몇 분 동안 다시 시도합니다. 더 오래 걸리면 끝난 뒤에 요청하세요.",
        ),
        Finding::AwsStartsItLater => (
            "AWS는 7일 동안 중지된 데이터베이스를 다시 시작하며, 그때부터 요금이 부과됩니다."
                .into(),
            "계속 꺼 두려면 다시 중지하는 일정을 작성하세요.",
        ),
        Finding::SwitchedBack {
            schedule,
            at: t,
            power,
        } => {
            let does = match power {
                Power::Running => "다시 시작합니다",
                Power::Stopped => "다시 중지합니다",
            };
            (
                format!(
                    "일정 “{schedule}”이(가) {}에 {does}. 일정과 같아질 때까지 일정 페이지에 차이로 표시됩니다.",
                    at(*t)
                ),
                "",
            )
        }
        Finding::StaysSwitched {
            power: Power::Running,
        } => (
            "다시 중지하는 일정이 없어 누군가 중지할 때까지 실행됩니다.".into(),
            "",
        ),
        Finding::StaysSwitched {
            power: Power::Stopped,
        } => (
            "다시 시작하는 일정이 없어 누군가 시작할 때까지 중지된 채로 있습니다.".into(),
            "",
        ),
        Finding::MixSetBack {
            schedule,
            at: t,
            share,
        } => (
            format!(
                "일정 “{schedule}”이(가) {}에 다음으로 설정합니다: {}. 그때까지 일정 페이지에 차이로 표시될 수 있습니다.",
                at(*t),
                buys(Lang::Ko, *share)
            ),
            "",
        ),
        Finding::CheapestPools => (
            "lowest-price는 가장 싼 스팟 풀에서 구매하며, 그런 풀이 가장 자주 중단됩니다.".into(),
            "AWS는 price-capacity-optimized를 권장합니다.",
        ),
        Finding::NoRefreshes => (
            "인스턴스 새로 고침은 Auto Scaling 그룹에만 있습니다.".into(),
            "평소의 배포 방법을 사용하세요.",
        ),
        Finding::PaceRefused { field } => (
            refreshes::refused(Lang::Ko, *field).into(),
            "AWS가 받아들이는 값을 고르세요.",
        ),
        Finding::RefreshRuns { percent } => (
            format!(
                "다른 인스턴스 새로 고침이 {percent} % 진행 중이며, AWS는 두 번째 요청을 거부합니다."
            ),
            "끝날 때까지 기다리거나 취소하세요.",
        ),
        Finding::RefreshHeld { process } => (
            format!("{process} 프로세스가 일시 중지되어 새로 고침이 진행되지 않습니다."),
            "먼저 프로세스를 재개하세요.",
        ),
        Finding::RefreshInEvent { change, until } => (
            format!(
                "{change}이(가) {}까지 이 대상을 유지합니다. 그동안 일부가 서비스에서 빠집니다.",
                at(*until)
            ),
            "감당할 수 없다면 끝날 때까지 기다리세요.",
        ),
        Finding::Replaces { count } => (
            format!("실행 중인 인스턴스 최대 {count}대를 조금씩 종료하고 새로 시작합니다."),
            "",
        ),
        Finding::OutAtOnce { count, of } => (
            format!("한 번에 {of}대 중 최대 {count}대가 서비스에서 빠집니다."),
            "나머지로 부하를 감당할 수 있는지 확인하거나 최소 정상 비율을 높이세요.",
        ),
        Finding::SkipsMatching => (
            "구매 방식과 관계없이 템플릿과 유형이 같은 인스턴스는 그대로 남습니다.".into(),
            "",
        ),
        Finding::ProtectedWait { count } => (
            format!(
                "{count}대가 축소로부터 보호되어 있습니다. AWS는 한 시간 동안 기다린 뒤 실패로 끝냅니다."
            ),
            "먼저 보호를 해제하세요.",
        ),
        Finding::EndsAtCheckpoint { percent } => (
            format!("마지막 체크포인트가 {percent} %이므로 나머지는 교체되지 않습니다."),
            "모두 교체하려면 체크포인트에 100을 추가하세요.",
        ),
        Finding::NoRefresh => (
            "진행 중인 인스턴스 새로 고침이 없습니다.".into(),
            "현재 상태를 다시 확인하세요.",
        ),
        Finding::CancelLeaves { percent } => (
            format!("교체된 {percent} %는 그대로 남고, 나머지는 바뀌지 않습니다."),
            "",
        ),
        Finding::NoScaleEvents => (
            "AWS는 이 종류의 대상에 예약된 작업을 두지 않으므로 되돌릴 방법이 없습니다.".into(),
            "대신 재정의가 있는 일정을 작성하세요.",
        ),
        Finding::NoTimerRole { target } => (
            format!(
                "{target} 대상에는 EventBridge Scheduler가 필요하지만, 이 계정에 역할이 설정되어 있지 않습니다."
            ),
            "server/aws/policies/README.md의 역할을 만들고 계정의 scheduler_role_arn에 적으세요.",
        ),
        Finding::NoMixedInstances => (
            "그룹에 혼합 인스턴스 정책이 없어 모두 온디맨드로 구매합니다.".into(),
            "먼저 AWS에서 혼합 인스턴스 정책을 설정하거나 “spot”을 빼세요.",
        ),
        Finding::InstancesStay { count } => (
            format!(
                "실행 중인 인스턴스 중 최대 {count}대는 구매 방식이 달라 교체될 때까지 그대로 남습니다."
            ),
            "바로 바꾸려면 인스턴스를 새로 고치세요.",
        ),
        Finding::ForeignAction {
            action,
            at: t,
            sets,
        } => (
            format!(
                "일정에 속하지 않은 예약 작업 “{action}”이(가) {}에 {}(으)로 설정합니다.",
                at(*t),
                capacity_sets(Lang::Ko, sets)
            ),
            "지우거나, 그 내용을 일정에 넣으세요.",
        ),
        Finding::OffForGood { at: t } => (
            format!("{}부터 최대 용량이 0이고, 되돌리는 것이 없습니다.", at(*t)),
            "구간을 추가하세요. 그러지 않으면 어떤 정책도 용량을 늘릴 수 없습니다.",
        ),
        Finding::PolicyMovesDesired => (
            "일정이 바꾸는 시각 사이에는 조정 정책이 희망 용량을 바꿉니다.".into(),
            "",
        ),
        Finding::FiresInFreeze {
            freeze,
            first,
            count,
        } => (
            format!(
                "동결 “{freeze}” 중에도 AWS가 {count}번 실행합니다. 첫 실행은 {}입니다.",
                at(*first)
            ),
            "그 시간에 재정의를 추가하거나 그대로 두세요.",
        ),
        Finding::ClockChange { first, count } => (
            format!(
                "시계 변경으로 구간 경계 {count}개가 옮겨집니다. 첫 번째는 {}입니다.",
                at(*first)
            ),
            "",
        ),
        Finding::StaysAsItIs => ("일정을 제거해도 용량은 그 시점 그대로 남습니다.".into(), ""),
        Finding::OverridesPast { count } => (
            format!("이미 끝나 아무것도 바꾸지 않는 재정의: {count}개."),
            "빼거나 더 늦은 시각을 고르세요.",
        ),
        Finding::AlreadySo => (
            "이미 그 상태입니다. 바뀌는 것이 없습니다.".into(),
            "현재 상태를 다시 확인하세요.",
        ),
        Finding::ProcessForeign { process } => (
            format!("이 종류의 대상에는 {process} 프로세스가 없습니다."),
            "대상에 있는 프로세스를 고르세요.",
        ),
        Finding::ProcessStops { process } => (
            format!(
                "{process} 프로세스가 일시 중지된 동안 {}.",
                processes::stops(Lang::Ko, *process)
            ),
            "",
        ),
        Finding::StopsEvent {
            change,
            from,
            until,
        } => (
            format!(
                "{change}이(가) {}부터 {}까지 이 대상을 유지합니다. AWS가 시작도 복귀도 실행하지 않게 됩니다.",
                at(*from),
                at(*until)
            ),
            "그 이벤트를 먼저 끝내거나 끝날 때까지 기다리세요.",
        ),
        Finding::StopsRuns {
            owner,
            first,
            count,
        } => (
            format!(
                "앞으로 7일 동안 “{owner}”의 실행 {count}회가 이루어지지 않습니다. 첫 실행은 {}입니다.",
                at(*first)
            ),
            "나중에 보충되지 않으니, 그동안의 용량은 스케일 이벤트로 설정하세요.",
        ),
        Finding::PoliciesStop { process, policies } => (
            format!(
                "{process} 없이는 다음 정책이 동작하지 않습니다: {}.",
                policies.join(", ")
            ),
            "현재 용량만으로 부하를 감당할 수 있는지 확인하세요.",
        ),
        Finding::CatchesUp {
            process: Process::Launch,
            count,
        } => (format!("부족한 {count}대를 AWS가 바로 시작합니다."), ""),
        Finding::CatchesUp {
            process: Process::ReplaceUnhealthy,
            count,
        } => (format!("비정상 {count}대를 AWS가 바로 교체합니다."), ""),
        Finding::CatchesUp { count, .. } => (
            format!("남는 {count}대를 AWS가 바로 종료합니다."),
            "남겨 두려면 희망 용량을 먼저 설정하세요.",
        ),
        Finding::NotAddedLater => (
            "그동안 시작된 인스턴스는 로드 밸런서에 등록되지 않습니다.".into(),
            "직접 등록하거나 교체하세요.",
        ),
        Finding::UntilResumed => (
            "AWS가 정해진 시각에 스스로 재개할 수 없습니다. 다른 변경 요청으로 재개할 때까지 중지됩니다.".into(),
            "",
        ),
        Finding::MutesPolicy { target, policy } => (
            format!("{target}의 조정 정책 “{policy}”이(가) 이 경보에 연결되어 있어 더 이상 실행되지 않습니다."),
            "현재 용량만으로 부하를 감당할 수 있는지 확인하세요.",
        ),
        Finding::TellsNobody => (
            "경보가 발생해도 AWS가 알리지 않습니다. 이 콘솔에는 계속 표시됩니다.".into(),
            "",
        ),
        Finding::TellsNextTime => (
            "작업은 현재 상태가 아니라 다음 상태 변경부터 실행됩니다.".into(),
            "",
        ),
        Finding::Alarm { finding } => alarms::explain(Lang::Ko, finding),
        Finding::Policy { finding } => (step_policies::explain(Lang::Ko, finding).what, ""),
        Finding::MaxBelowPolicy { policy, needs, max } => (
            checks::max_below(Lang::Ko, policy, *needs, *max),
            checks::max_below_fix(Lang::Ko),
        ),
    }
}
