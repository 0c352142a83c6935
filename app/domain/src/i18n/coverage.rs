//! What has no alarm, in words: what it means, what to do, and why a draft is as it is.

use super::{Lang, changes::Explanation};
use crate::{
    alarms::definition::AlarmDefinition,
    coverage::{Draft, Gap, Problem},
};

/// Explains a gap.
#[must_use]
pub fn explain(lang: Lang, gap: &Gap) -> Explanation {
    let (what, fix): (String, &'static str) = match gap.problem {
        Problem::CannotTell { hours } => (words::stuck(lang, hours), words::stuck_fix(lang)),
        Problem::SwitchedOff => (words::off(lang).into(), words::off_fix(lang)),
        Problem::TellsNobody => (words::idle(lang).into(), words::idle_fix(lang)),
        Problem::NeverFired { days } => (words::quiet(lang, days), words::quiet_fix(lang)),
        Problem::NoTermination => (words::instances(lang).into(), words::instances_fix(lang)),
        Problem::No5xx => (words::errors(lang).into(), words::errors_fix(lang)),
        Problem::NoUnhealthy => (words::hosts(lang).into(), words::hosts_fix(lang)),
        Problem::NoErrors => (words::function(lang).into(), words::function_fix(lang)),
        Problem::NoMemoryMetric { instances } => {
            (words::no_memory(lang, instances), words::agent_fix(lang))
        }
        Problem::NoDiskMetric { instances } => {
            (words::no_disk(lang, instances), words::agent_fix(lang))
        }
        Problem::NoMemoryAlarm => (words::memory(lang).into(), full_fix(lang, gap)),
        Problem::NoDiskAlarm => (words::disk(lang).into(), full_fix(lang, gap)),
    };
    Explanation {
        what,
        fix: fix.to_owned(),
    }
}

/// An alarm needs one metric of the whole group, or one for each instance.
fn full_fix(lang: Lang, gap: &Gap) -> &'static str {
    match gap.draft {
        Some(_) => words::full_fix(lang),
        None => words::singles_fix(lang),
    }
}

/// Why a draft is as it is; empty where it says so itself.
#[must_use]
pub fn why(lang: Lang, gap: &Gap) -> String {
    let Some(Draft::New { definition, .. }) = &gap.draft else {
        return String::new();
    };
    let AlarmDefinition {
        threshold,
        datapoints_to_alarm: breaching,
        evaluation_periods: periods,
        ..
    } = &**definition;
    let minutes = definition.metric.period_s / 60;
    let reason = match gap.problem {
        Problem::NoTermination => words::why_instances(lang),
        Problem::No5xx => words::why_errors(lang),
        Problem::NoUnhealthy => words::why_hosts(lang),
        Problem::NoErrors => words::why_function(lang),
        _ => words::why_full(lang),
    };
    let sign = definition.comparison.sign();
    let rule = words::rule(
        lang,
        sign,
        &threshold.to_string(),
        *breaching,
        *periods,
        minutes,
    );
    format!("{rule} {reason}")
}

/// What a description of a drafted alarm says, in the language of who drafts it.
#[must_use]
pub fn description(lang: Lang, problem: Problem) -> &'static str {
    match problem {
        Problem::NoTermination => words::says_instances(lang),
        Problem::No5xx => words::says_errors(lang),
        Problem::NoUnhealthy => words::says_hosts(lang),
        Problem::NoErrors => words::says_function(lang),
        Problem::NoMemoryAlarm => words::says_memory(lang),
        Problem::NoDiskAlarm => words::says_disk(lang),
        _ => "",
    }
}

mod words {
    crate::messages! {
        stuck(hours: u32) =>
            "The alarm has had nothing to judge for {hours} hours: it cannot go off. Either nothing reports its metric any more, or its name or dimensions are not those of the metric.",
            "{hours}시간 동안 판단할 데이터가 없어 경보가 울릴 수 없습니다. 지표가 더 이상 보고되지 않거나, 지표의 이름이나 차원이 실제와 다릅니다.";
        stuck_fix =>
            "Look at the metric on the alarm's page. Correct the alarm, or delete it in AWS if what it watched is gone.",
            "경보 페이지에서 지표를 확인하세요. 경보를 고치거나, 감시하던 것이 없어졌다면 AWS에서 경보를 지우세요.";
        off =>
            "The alarm's actions are switched off: when it goes off, AWS tells nobody and runs nothing.",
            "경보의 작업이 꺼져 있어, 울려도 AWS가 아무에게도 알리지 않고 아무것도 실행하지 않습니다.";
        off_fix =>
            "Switch the actions on again, or delete the alarm if nobody needs it.",
            "작업을 다시 켜거나, 필요 없는 경보라면 지우세요.";
        idle =>
            "The alarm has no action for when it goes off and no composite alarm looks at it: AWS tells nobody.",
            "경보가 울릴 때 실행할 작업이 없고 이를 보는 복합 경보도 없어, AWS가 아무에게도 알리지 않습니다.";
        idle_fix =>
            "Have it tell a notification topic.",
            "알림 주제에 알리도록 설정하세요.";
        quiet(days: u32) =>
            "The alarm has not changed its state for {days} days, as far as AWS tells. It may be set so that it never goes off.",
            "AWS 기록상 {days}일 동안 경보 상태가 바뀌지 않았습니다. 결코 울리지 않도록 설정되어 있을 수 있습니다.";
        quiet_fix =>
            "Compare its threshold with what the metric has been; bring the threshold nearer, or delete what is not needed.",
            "임계값을 지표의 실제 값과 비교하세요. 임계값을 조정하거나 필요 없는 경보는 지우세요.";
        instances =>
            "No alarm tells when instances of the group are terminated and it is left with too few.",
            "그룹의 인스턴스가 종료되어 수가 부족해져도 알리는 경보가 없습니다.";
        instances_fix =>
            "Put an alarm on the instances in service. The group must report its own metrics to CloudWatch.",
            "서비스 중인 인스턴스 수에 경보를 만드세요. 그룹의 지표 수집이 켜져 있어야 합니다.";
        errors =>
            "No alarm tells of errors (5xx) of the load balancer: visitors would be the first to know.",
            "로드 밸런서의 오류(5xx)를 알리는 경보가 없습니다. 사용자가 가장 먼저 알게 됩니다.";
        errors_fix =>
            "Put an alarm on the 5xx answers.",
            "5xx 응답 수에 경보를 만드세요.";
        hosts =>
            "No alarm tells of hosts of the target group that fail their health check.",
            "대상 그룹의 호스트가 상태 검사에 실패해도 알리는 경보가 없습니다.";
        hosts_fix =>
            "Put an alarm on the unhealthy hosts.",
            "비정상 호스트 수에 경보를 만드세요.";
        function =>
            "No alarm tells of errors of the function.",
            "함수의 오류를 알리는 경보가 없습니다.";
        function_fix =>
            "Put an alarm on its errors.",
            "오류 수에 경보를 만드세요.";
        no_memory(instances: u32) =>
            "Nothing reports the memory of {instances} instances: EC2 itself knows none.",
            "인스턴스 {instances}대의 메모리를 보고하는 것이 없습니다. EC2 자체는 메모리 지표를 제공하지 않습니다.";
        no_disk(instances: u32) =>
            "Nothing reports how full the disks of {instances} instances are: EC2 itself does not know.",
            "인스턴스 {instances}대의 디스크 사용률을 보고하는 것이 없습니다. EC2 자체는 이 지표를 제공하지 않습니다.";
        agent_fix =>
            "Install the CloudWatch agent, and have it add up by AutoScalingGroupName (aggregation_dimensions).",
            "CloudWatch 에이전트를 설치하고 AutoScalingGroupName으로 집계하도록 설정하세요(aggregation_dimensions).";
        memory =>
            "The CloudWatch agent reports the memory and no alarm looks at it.",
            "CloudWatch 에이전트가 메모리를 보고하지만 이를 보는 경보가 없습니다.";
        disk =>
            "The CloudWatch agent reports the disks and no alarm looks at them.",
            "CloudWatch 에이전트가 디스크를 보고하지만 이를 보는 경보가 없습니다.";
        full_fix =>
            "Put an alarm on what is used.",
            "사용률에 경보를 만드세요.";
        singles_fix =>
            "The agent reports single instances only, which come and go. Have it add up by AutoScalingGroupName (aggregation_dimensions); then an alarm can be put from here.",
            "에이전트가 수시로 바뀌는 개별 인스턴스만 보고합니다. AutoScalingGroupName으로 집계하도록 설정하면(aggregation_dimensions) 여기서 경보를 만들 수 있습니다.";
        rule(sign: &str, threshold: &str, breaching: u32, periods: u32, minutes: u32) =>
            "The draft goes off at values {sign} {threshold} in {breaching} of {periods} periods of {minutes} minutes.",
            "초안은 {minutes}분 단위 {periods}개 중 {breaching}개가 {sign} {threshold}일 때 울립니다.";
        why_instances =>
            "The threshold is the fewest instances that the group is ever told to have.",
            "임계값은 그룹에 지정된 최소 인스턴스 수입니다.";
        why_errors =>
            "A few errors a minute are usual on a busy load balancer; compare the threshold with its own.",
            "요청이 많은 로드 밸런서에서는 분당 오류 몇 건은 흔합니다. 실제 오류 수와 비교해 임계값을 정하세요.";
        why_hosts =>
            "A host that is replaced is unhealthy for a minute or two; three in a row are no replacement any more.",
            "교체 중인 호스트는 1~2분간 비정상일 수 있습니다. 세 번 연속이면 교체가 아닙니다.";
        why_function =>
            "Every error counts; a function that is retried may stand a higher threshold.",
            "오류 한 건도 셉니다. 재시도되는 함수라면 임계값을 높여도 됩니다.";
        why_full =>
            "Nine tenths leave some time to act; the fullest instance decides.",
            "90 %면 아직 조치할 시간이 있습니다. 가장 많이 찬 인스턴스를 기준으로 합니다.";
        says_instances =>
            "The group has fewer instances in service than its minimum.",
            "서비스 중인 인스턴스가 그룹의 최솟값보다 적습니다.";
        says_errors =>
            "The load balancer's targets answer with errors (5xx).",
            "로드 밸런서의 대상이 오류(5xx)로 응답합니다.";
        says_hosts =>
            "Hosts of the target group fail their health check.",
            "대상 그룹의 호스트가 상태 검사에 실패합니다.";
        says_function =>
            "The function fails.",
            "함수에서 오류가 발생합니다.";
        says_memory =>
            "The memory of an instance is nearly used up.",
            "인스턴스의 메모리가 거의 찼습니다.";
        says_disk =>
            "A disk of an instance is nearly full.",
            "인스턴스의 디스크가 거의 찼습니다.";
    }
}
