//! What is the matter in the estate, in words: what it means and what to do.

use super::{Lang, changes::Explanation, step_policies};
use crate::{
    capacity::Capacity,
    checks::estate::{EstateFinding, EstateProblem},
    limits,
};

/// Explains a finding.
#[must_use]
pub fn explain(lang: Lang, finding: &EstateFinding) -> Explanation {
    let (what, fix) = match &finding.problem {
        EstateProblem::Policy(finding) => return step_policies::explain(lang, finding),
        EstateProblem::MaxBelowPolicy {
            policy,
            needs,
            max,
            action,
        } => {
            let what = match action {
                None => words::max_below(lang, policy, *needs, *max),
                Some(action) => words::action_max_below(lang, policy, *needs, action, *max),
            };
            (what, words::max_below_fix(lang))
        }
        EstateProblem::MinAboveDesired { capacity } => {
            let Capacity { min, desired, .. } = *capacity;
            (
                words::min_above(lang, desired, min),
                words::min_above_fix(lang),
            )
        }
        EstateProblem::MaxBelowDesired { capacity } => {
            let Capacity { desired, max, .. } = *capacity;
            (
                words::desired_above(lang, desired, max),
                words::desired_above_fix(lang),
            )
        }
        EstateProblem::SpotWithoutRebalance { percent } => {
            (words::bare_spot(lang, *percent), words::bare_spot_fix(lang))
        }
        EstateProblem::SpotFewTypes { types } => {
            (words::few_types(lang, *types), words::few_types_fix(lang))
        }
        EstateProblem::SpotFewZones { zones } => {
            (words::few_zones(lang, *zones), words::few_zones_fix(lang))
        }
        EstateProblem::OffForGood => (words::off(lang).into(), words::off_fix(lang)),
        EstateProblem::SuspendedProcess {
            process,
            actions,
            policies,
        } => {
            let waiting = match (*actions, *policies) {
                (actions, 0) => words::actions_wait(lang, actions),
                (0, policies) => words::policies_wait(lang, policies),
                (actions, policies) => words::both_wait(lang, actions, policies),
            };
            (
                words::suspended(lang, process, &waiting),
                words::suspended_fix(lang),
            )
        }
        EstateProblem::ActionQuotaNear { have, limit } => {
            let percent = limits::ACTIONS_NEAR_PERCENT;
            (
                words::quota(lang, *have, *limit, percent),
                words::quota_fix(lang),
            )
        }
        EstateProblem::AlarmWithoutAction => (words::idle(lang).into(), words::idle_fix(lang)),
        EstateProblem::LeftBehind { count } => (words::left(lang, *count), words::left_fix(lang)),
        EstateProblem::BelowDesired { missing } => {
            (words::below(lang, *missing), words::below_fix(lang))
        }
    };
    Explanation {
        what,
        fix: fix.to_owned(),
    }
}

pub(super) mod words {
    //! The texts themselves.

    crate::messages! {
        max_below(policy: &str, needs: u32, max: u32) =>
            "Policy “{policy}” sets the capacity to {needs}, but the maximum is {max}: AWS stops there.",
            "정책 “{policy}”은(는) 용량을 {needs}(으)로 설정하지만 최대가 {max}이어서 AWS가 거기서 멈춥니다.";
        action_max_below(policy: &str, needs: u32, action: &str, max: u32) =>
            "Policy “{policy}” sets the capacity to {needs}, but scheduled action “{action}” brings the maximum to {max}: from then on AWS stops there.",
            "정책 “{policy}”은(는) 용량을 {needs}(으)로 설정하지만 예약 작업 “{action}”이(가) 최대를 {max}(으)로 바꾸므로 그때부터 AWS가 거기서 멈춥니다.";
        max_below_fix =>
            "Raise the maximum, or let the policy set less.",
            "최대를 올리거나 정책의 값을 낮추세요.";
        min_above(desired: u32, min: u32) =>
            "The service wants {desired} tasks, fewer than the minimum {min} of its scalable target. AWS adds none until a policy or a scheduled action moves it.",
            "서비스의 희망 태스크 수 {desired}이(가) 확장 가능 대상의 최소 {min}보다 적습니다. 정책이나 예약 작업이 움직이기 전에는 AWS가 늘리지 않습니다.";
        min_above_fix =>
            "Set the service's desired count to the minimum or above.",
            "서비스의 희망 태스크 수를 최소 이상으로 설정하세요.";
        desired_above(desired: u32, max: u32) =>
            "The service wants {desired} tasks, more than the maximum {max} of its scalable target. Policies cannot add any, and the next to remove some cuts it to the maximum.",
            "서비스의 희망 태스크 수 {desired}이(가) 확장 가능 대상의 최대 {max}보다 많습니다. 정책은 더 늘릴 수 없고, 다음 축소 때 최대까지 줄어듭니다.";
        desired_above_fix =>
            "Raise the maximum to what is wanted, or lower the desired count.",
            "최대를 필요한 만큼 올리거나 희망 태스크 수를 낮추세요.";
        bare_spot(percent: u32) =>
            "{percent} % of the capacity above the base is spot, and capacity rebalance is off: nothing replaces an instance before AWS takes it away.",
            "기본 수를 넘는 용량의 {percent} %가 스팟이고 용량 재조정이 꺼져 있어, AWS가 인스턴스를 회수하기 전에 대체되지 않습니다.";
        bare_spot_fix =>
            "Turn capacity rebalance on, or raise the on-demand base.",
            "용량 재조정을 켜거나 온디맨드 기본 수를 늘리세요.";
        few_types(types: u32) =>
            "Instance types for spot capacity: {types}. When AWS has none of them left, the group cannot grow.",
            "스팟 용량에 쓸 수 있는 인스턴스 유형이 {types}개입니다. AWS에 그 유형이 모두 부족해지면 그룹이 늘어나지 못합니다.";
        few_types_fix =>
            "Add instance types that carry the load as well; AWS advises ten.",
            "부하를 감당할 수 있는 인스턴스 유형을 더하세요. AWS는 10개를 권장합니다.";
        few_zones(zones: u32) =>
            "Availability zones for spot capacity: {zones}. An interruption may take all of it at once.",
            "스팟 용량의 가용 영역이 {zones}개입니다. 한 번의 중단으로 모두 잃을 수 있습니다.";
        few_zones_fix =>
            "Give the group subnets in more zones.",
            "더 많은 영역의 서브넷을 그룹에 추가하세요.";
        off =>
            "The maximum is 0 and no scheduled action raises it: no policy can start anything.",
            "최대가 0이고 이를 올리는 예약 작업이 없어, 어떤 정책도 용량을 늘릴 수 없습니다.";
        off_fix =>
            "Raise the maximum, schedule its return, or delete the target if nobody needs it.",
            "최대를 올리거나 복귀를 예약하세요. 필요 없는 대상이면 지우세요.";
        left(count: u32) =>
            "Scheduled actions and timers in this console's names that AWS fires though no schedule and no scale event here stands for them: {count}. A change request failed and not all of it could be taken back, or another installation put them.",
            "이 콘솔의 이름으로 된 예약 작업과 타이머 {count}개를 AWS가 실행하지만, 이곳의 어떤 일정이나 조정 이벤트에도 속하지 않습니다. 변경 요청이 실패한 뒤 일부를 되돌리지 못했거나 다른 설치에서 등록한 것입니다.";
        left_fix =>
            "Apply a schedule of that name, which takes their places, or delete them in AWS.",
            "같은 이름의 일정을 적용해 대체하거나 AWS에서 삭제하세요.";
        below(missing: u32) =>
            "The group buys spot and stays below what it wants, by {missing}. Where AWS has no spot capacity it buys nothing on demand instead.",
            "스팟을 구매하는 그룹이 희망 용량에 계속 못 미치고 있습니다({missing}대 부족). 스팟 용량이 없을 때 AWS는 온디맨드로 대신 구매하지 않습니다.";
        below_fix =>
            "See in its activities why; buy on demand until there is spot capacity again; add instance types and zones.",
            "활동에서 원인을 확인하세요. 스팟 용량이 돌아올 때까지 온디맨드로 구매하고, 인스턴스 유형과 영역을 늘리세요.";
        suspended(process: &str, waiting: &str) =>
            "The process {process} is suspended, so AWS does not carry out what waits for it: {waiting}.",
            "{process} 프로세스가 일시 중지되어 AWS가 다음을 실행하지 않습니다: {waiting}.";
        actions_wait(actions: u32) =>
            "scheduled actions ({actions})",
            "예약 작업 {actions}개";
        policies_wait(policies: u32) =>
            "scaling policies ({policies})",
            "조정 정책 {policies}개";
        both_wait(actions: u32, policies: u32) =>
            "scheduled actions ({actions}) and scaling policies ({policies})",
            "예약 작업 {actions}개, 조정 정책 {policies}개";
        suspended_fix =>
            "Resume the process, or delete what is not to happen.",
            "프로세스를 재개하거나, 실행하지 않을 것은 지우세요.";
        quota(have: u32, limit: u32, percent: usize) =>
            "{have} of the {limit} scheduled actions that AWS keeps for it are used, {percent} % or more. A schedule needs room for its new actions beside the old ones.",
            "AWS가 허용하는 예약 작업 {limit}개 중 {have}개를 쓰고 있습니다({percent} % 이상). 일정은 기존 작업 옆에 새 작업을 둘 자리가 필요합니다.";
        quota_fix =>
            "Delete scheduled actions that are no longer needed, or put them into one schedule.",
            "필요 없는 예약 작업을 지우거나 하나의 일정으로 합치세요.";
        idle =>
            "The alarm has no action and no composite alarm looks at it: nobody hears of it outside this console.",
            "경보에 작업이 없고 이를 보는 복합 경보도 없어, 이 콘솔 밖에서는 아무도 알 수 없습니다.";
        idle_fix =>
            "Give it an action, such as an SNS topic, or delete it.",
            "SNS 주제 같은 작업을 추가하거나 경보를 지우세요.";
    }
}
