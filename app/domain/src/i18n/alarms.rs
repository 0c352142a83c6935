//! Words about alarms that are put: the names of their parts, and what a check found.

use super::Lang;
use crate::{
    alarms::definition::{AlarmField, MissingData},
    checks::alarms::AlarmFinding,
    decimals::Decimal,
};

crate::messages! {
    name => "Name", "이름";
    description => "Description", "설명";
    namespace => "Namespace", "네임스페이스";
    metric => "Metric", "지표";
    dimensions => "Dimensions", "차원";
    statistic => "Statistic", "통계";
    period => "Period", "기간";
    unit => "Unit", "단위";
    comparison => "Comparison", "비교";
    threshold => "Threshold", "임계값";
    evaluation_periods => "Periods looked at", "평가 기간 수";
    datapoints_to_alarm => "Periods that must breach", "위반해야 하는 기간 수";
    missing_data => "Missing data", "누락된 데이터";
    actions_enabled => "Actions are on", "작업 켜짐";
    alarm_actions => "Told when it goes off", "발생 시 알림";
    ok_actions => "Told when it is well again", "정상 복귀 시 알림";
    insufficient_data_actions => "Told when there is nothing to judge", "데이터 부족 시 알림";
    log_group => "Log group", "로그 그룹";
    filter => "Metric filter", "지표 필터";
    pattern => "Lines that count", "집계할 로그";

    refused_name => "A name has 1 to 255 characters, with no space around it.", "이름은 앞뒤 공백 없이 1~255자입니다.";
    refused_description => "A description has at most 1,024 characters.", "설명은 최대 1,024자입니다.";
    refused_namespace => "A namespace has 1 to 255 characters and does not begin with a colon; that of a metric filter not with AWS/, and it has no : * $.", "네임스페이스는 1~255자이며 콜론으로 시작할 수 없습니다. 지표 필터의 네임스페이스는 AWS/로 시작할 수 없고 : * $ 를 쓸 수 없습니다.";
    refused_metric => "A metric's name has 1 to 255 characters; that of a metric filter no : * $.", "지표 이름은 1~255자입니다. 지표 필터의 지표에는 : * $ 를 쓸 수 없습니다.";
    refused_dimensions => "A metric has at most 30 dimensions, each with another name and a value; one that counts lines has none.", "차원은 최대 30개이며 이름이 서로 다르고 값이 있어야 합니다. 로그를 세는 지표에는 차원이 없습니다.";
    refused_statistic => "CloudWatch knows Average, Sum, Minimum, Maximum, SampleCount, and such as p99, tm90 or TM(10%:90%).", "CloudWatch의 통계는 Average, Sum, Minimum, Maximum, SampleCount와 p99, tm90, TM(10%:90%) 등입니다.";
    refused_period => "A period has 10, 20 or 30 seconds, or whole minutes.", "기간은 10초, 20초, 30초 또는 1분의 배수입니다.";
    refused_unit => "CloudWatch does not know this unit.", "CloudWatch에 없는 단위입니다.";
    refused_comparison => "Only a fixed threshold can be put from here.", "여기서는 고정 임계값만 설정할 수 있습니다.";
    refused_threshold => "Enter a decimal such as 0.25, with no more digits than CloudWatch keeps.", "0.25와 같은 십진수를 CloudWatch가 보존하는 자릿수 안에서 입력하세요.";
    refused_evaluation => "All periods together take at most a day; a week where each is an hour or longer.", "모든 기간을 합쳐 최대 하루입니다. 기간이 한 시간 이상이면 최대 일주일입니다.";
    refused_datapoints => "At least one period must breach, and no more than are looked at.", "위반 기간 수는 1 이상이며 평가 기간 수를 넘을 수 없습니다.";
    refused_missing => "Choose what a period without a value means.", "값이 없는 기간의 처리 방식을 고르세요.";
    refused_log_group => "A log group's name has 1 to 512 letters, digits and . _ - / #.", "로그 그룹 이름은 1~512자이며 영문자, 숫자, . _ - / # 만 쓸 수 있습니다.";
    refused_filter => "A metric filter's name has 1 to 512 characters, none of them : or *.", "지표 필터 이름은 1~512자이며 : 와 * 는 쓸 수 없습니다.";
    refused_pattern => "A pattern has at most 1,024 characters.", "패턴은 최대 1,024자입니다.";
    refused_actions => "Each state has at most five actions, each the ARN of what is told.", "상태마다 작업은 최대 5개이며 각각 ARN이어야 합니다.";

    treats_missing => "nothing: cannot tell without any", "판단하지 않음";
    treats_well => "as well", "정상으로 간주";
    treats_breach => "as a breach", "위반으로 간주";
    treats_ignored => "the alarm stays as it is", "현재 상태 유지";

    name_taken => "An alarm of this name is there; putting it would take its place.", "같은 이름의 경보가 이미 있어 그 경보를 대체하게 됩니다.";
    unmodelled(fields: &str) => "The alarm has what this console would lose: {fields}.", "이 콘솔이 보존할 수 없는 설정이 있습니다: {fields}.";
    managed(policy: &str) => "AWS itself keeps this alarm for the scaling policy “{policy}”.", "조정 정책 “{policy}”을(를) 위해 AWS가 직접 관리하는 경보입니다.";
    moves(from: &str, to: &str) => "The alarm would belong to {to} and no longer to {from}.", "경보가 {from}에서 {to}(으)로 옮겨집니다.";
    foreign_action(action: &str) => "{action} is no topic of this region and no scaling policy of this environment.", "{action}: 이 리전의 주제도, 이 환경의 조정 정책도 아닙니다.";
    changed_since => "The alarm was changed since that request; this takes that change back, too.", "그 요청 이후 경보가 변경되었습니다. 그 변경도 함께 되돌립니다.";
    quota(have: u64, limit: u64) => "The account has {have} alarms in this region; AWS allows {limit} unless it was asked for more.", "이 리전의 경보가 {have}개입니다. 증설하지 않았다면 AWS는 {limit}개까지 허용합니다.";
    no_values(hours: u32) => "The metric had no value in the last {hours} hours.", "지난 {hours}시간 동안 지표 값이 없습니다.";
    period_too_short(period_s: u32, every_s: u32) => "A period has {period_s} s, but the metric has a value only every {every_s} s.", "기간은 {period_s}초인데 지표 값은 {every_s}초마다 있습니다.";
    breaches_mostly(percent: u32, hours: u32) => "{percent} % of the last {hours} hours were a breach: the alarm would be on most of the time.", "지난 {hours}시간의 {percent} %가 위반입니다. 경보가 대부분 켜져 있게 됩니다.";
    never_near(hours: u32, nearest: &str) => "In the last {hours} hours no value came near the threshold; the nearest was {nearest}.", "지난 {hours}시간 동안 임계값에 가까운 값이 없습니다. 가장 가까운 값은 {nearest}입니다.";
    silent_when_missing => "What stops reporting counts as well: the alarm stays silent just then.", "보고가 멈추면 정상으로 간주되어 바로 그때 경보가 울리지 않습니다.";

    group_missing(group: &str) => "There is no log group {group}.", "로그 그룹 {group}이(가) 없습니다.";
    pattern_refused(message: &str) => "CloudWatch Logs does not take the pattern: {message}", "CloudWatch Logs가 패턴을 받지 않습니다: {message}";
    filter_taken(filter: &str) => "The metric filter “{filter}” of this log group does something else than to add 1 for each of these lines, with 0 by default.", "이 로그 그룹의 지표 필터 “{filter}”은(는) 이 로그마다 1을 더하고 기본값이 0인 필터가 아닙니다.";
    metric_elsewhere(alarms: usize) => "Alarms of other environments look at this metric ({alarms}), and their people were not asked.", "다른 환경의 경보({alarms}개)가 이 지표를 보고 있으며 그 담당자의 동의가 없습니다.";
    metric_made(filters: &str) => "Other metric filters make this metric, and lines would count twice: {filters}.", "다른 지표 필터도 이 지표를 만들어 로그가 이중으로 집계됩니다: {filters}.";
    filter_quota(limit: usize) => "The log group has {limit} metric filters; AWS allows no more.", "로그 그룹의 지표 필터가 {limit}개로 AWS 한도에 이르렀습니다.";
    metric_shared(alarms: &str) => "Other alarms look at this metric and would count other lines: {alarms}.", "다른 경보도 이 지표를 보며 집계 대상이 바뀝니다: {alarms}.";
    lines_fit(lines: u64, hours: u32) => "Of the last {hours} hours, {lines} lines fit.", "지난 {hours}시간 동안 일치한 로그는 {lines}줄입니다.";
    lines_fit_more(lines: u64, hours: u32) => "Of the last {hours} hours, at least {lines} lines fit; not all were looked at.", "지난 {hours}시간 동안 일치한 로그는 {lines}줄 이상이며 전부 살펴보지는 못했습니다.";
    not_summed => "Each line counts 1: only their Sum tells how many there were.", "로그 한 줄은 1로 집계됩니다. 개수는 Sum 통계로만 알 수 있습니다.";
    fix_group_missing => "Check its name, account and region; a function has one once it has run.", "이름, 계정, 리전을 확인하세요. Lambda 함수의 로그 그룹은 한 번 실행되어야 생깁니다.";
    fix_pattern => "See Filter pattern syntax in the CloudWatch Logs user guide.", "CloudWatch Logs 사용 설명서의 필터 패턴 구문을 참고하세요.";
    fix_filter_taken => "Choose another name and another metric, or change the filter where it was made.", "다른 이름과 다른 지표를 쓰거나 필터를 만든 곳에서 변경하세요.";
    fix_filter_quota => "Delete one that nobody needs.", "불필요한 지표 필터를 삭제하세요.";
    fix_metric_shared => "Give this alarm a metric of its own.", "이 경보에 별도의 지표를 쓰세요.";
    fix_not_summed => "Choose Sum.", "Sum을 고르세요.";
    fix_name_taken => "Choose another name, or change that alarm on its page.", "다른 이름을 쓰거나 그 경보의 페이지에서 변경하세요.";
    fix_unmodelled => "Change it where it was made.", "만든 곳에서 변경하세요.";
    fix_managed => "Change the policy's target value.", "정책의 목표 값을 변경하세요.";
    fix_moves => "Keep what it watches and its name, or make a new alarm there.", "감시 대상과 이름을 유지하거나 그 환경에 새 경보를 만드세요.";
    fix_foreign_action => "Tell an SNS topic of this region, or wire the policy where it belongs.", "이 리전의 SNS 주제를 쓰거나 해당 환경에서 정책을 연결하세요.";
    fix_changed_since => "Read what it is now, and what it becomes.", "현재 내용과 바뀔 내용을 확인하세요.";
    fix_quota => "Ask AWS for more, or delete alarms that nobody needs.", "AWS에 증설을 요청하거나 불필요한 경보를 삭제하세요.";
    fix_no_values => "Check namespace, name, dimensions and unit, letter by letter.", "네임스페이스, 이름, 차원, 단위를 정확히 확인하세요.";
    fix_period_too_short => "Choose a period at least as long.", "그 이상의 기간을 고르세요.";
    fix_breaches_mostly => "Move the threshold, or mend what it measures first.", "임계값을 조정하거나 먼저 원인을 해결하세요.";
    fix_silent_when_missing => "Treat missing data as a breach.", "누락된 데이터를 위반으로 처리하세요.";
}

/// The name of a part.
#[must_use]
pub fn field(lang: Lang, field: AlarmField) -> &'static str {
    match field {
        AlarmField::Name => name(lang),
        AlarmField::Description => description(lang),
        AlarmField::Namespace => namespace(lang),
        AlarmField::Metric => metric(lang),
        AlarmField::Dimensions => dimensions(lang),
        AlarmField::Statistic => statistic(lang),
        AlarmField::Period => period(lang),
        AlarmField::Unit => unit(lang),
        AlarmField::Comparison => comparison(lang),
        AlarmField::Threshold => threshold(lang),
        AlarmField::EvaluationPeriods => evaluation_periods(lang),
        AlarmField::DatapointsToAlarm => datapoints_to_alarm(lang),
        AlarmField::MissingData => missing_data(lang),
        AlarmField::ActionsEnabled => actions_enabled(lang),
        AlarmField::AlarmActions => alarm_actions(lang),
        AlarmField::OkActions => ok_actions(lang),
        AlarmField::InsufficientDataActions => insufficient_data_actions(lang),
        AlarmField::LogGroup => log_group(lang),
        AlarmField::Filter => filter(lang),
        AlarmField::Pattern => pattern(lang),
    }
}

/// Why CloudWatch would refuse a part.
#[must_use]
pub fn refused(lang: Lang, field: AlarmField) -> &'static str {
    match field {
        AlarmField::Name => refused_name(lang),
        AlarmField::Description => refused_description(lang),
        AlarmField::Namespace => refused_namespace(lang),
        AlarmField::Metric => refused_metric(lang),
        AlarmField::Dimensions => refused_dimensions(lang),
        AlarmField::Statistic => refused_statistic(lang),
        AlarmField::Period => refused_period(lang),
        AlarmField::Unit => refused_unit(lang),
        AlarmField::Comparison => refused_comparison(lang),
        AlarmField::Threshold => refused_threshold(lang),
        AlarmField::EvaluationPeriods => refused_evaluation(lang),
        AlarmField::DatapointsToAlarm => refused_datapoints(lang),
        AlarmField::MissingData => refused_missing(lang),
        AlarmField::LogGroup => refused_log_group(lang),
        AlarmField::Filter => refused_filter(lang),
        AlarmField::Pattern => refused_pattern(lang),
        AlarmField::ActionsEnabled
        | AlarmField::AlarmActions
        | AlarmField::OkActions
        | AlarmField::InsufficientDataActions => refused_actions(lang),
    }
}

/// What a period without a value means.
#[must_use]
pub fn treats(lang: Lang, missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => treats_missing(lang),
        MissingData::NotBreaching => treats_well(lang),
        MissingData::Breaching => treats_breach(lang),
        MissingData::Ignore => treats_ignored(lang),
    }
}

/// What was found, and what helps.
pub(super) fn explain(lang: Lang, finding: &AlarmFinding) -> (String, &'static str) {
    match finding {
        AlarmFinding::Refused { field } => (refused(lang, *field).to_owned(), ""),
        AlarmFinding::NameTaken => (name_taken(lang).to_owned(), fix_name_taken(lang)),
        AlarmFinding::Unmodelled { fields } => {
            (unmodelled(lang, &fields.join(", ")), fix_unmodelled(lang))
        }
        AlarmFinding::Managed { policy } => (managed(lang, policy), fix_managed(lang)),
        AlarmFinding::Moves { from, to } => {
            (moves(lang, from.as_str(), to.as_str()), fix_moves(lang))
        }
        AlarmFinding::ForeignAction { action } => {
            (foreign_action(lang, action), fix_foreign_action(lang))
        }
        AlarmFinding::ChangedSince => (changed_since(lang).to_owned(), fix_changed_since(lang)),
        AlarmFinding::Quota { have, limit } => (quota(lang, *have, *limit), fix_quota(lang)),
        AlarmFinding::NoValues { hours } => (no_values(lang, *hours), fix_no_values(lang)),
        AlarmFinding::PeriodTooShort { period_s, every_s } => (
            period_too_short(lang, *period_s, *every_s),
            fix_period_too_short(lang),
        ),
        AlarmFinding::BreachesMostly { percent, hours } => (
            breaches_mostly(lang, *percent, *hours),
            fix_breaches_mostly(lang),
        ),
        AlarmFinding::NeverNear { nearest, hours } => {
            let nearest = Decimal::of(*nearest).map(|nearest| nearest.to_string());
            (never_near(lang, *hours, &nearest.unwrap_or_default()), "")
        }
        AlarmFinding::SilentWhenMissing => (
            silent_when_missing(lang).to_owned(),
            fix_silent_when_missing(lang),
        ),
        AlarmFinding::GroupMissing { group } => {
            (group_missing(lang, group), fix_group_missing(lang))
        }
        AlarmFinding::PatternRefused { message } => {
            (pattern_refused(lang, message), fix_pattern(lang))
        }
        AlarmFinding::FilterTaken { filter } => {
            (filter_taken(lang, filter), fix_filter_taken(lang))
        }
        AlarmFinding::FilterQuota { limit } => (filter_quota(lang, *limit), fix_filter_quota(lang)),
        AlarmFinding::MetricShared { alarms } => (
            metric_shared(lang, &alarms.join(", ")),
            fix_metric_shared(lang),
        ),
        AlarmFinding::MetricElsewhere { alarms } => {
            (metric_elsewhere(lang, *alarms), fix_metric_shared(lang))
        }
        AlarmFinding::MetricMade { filters } => (
            metric_made(lang, &filters.join(", ")),
            fix_metric_shared(lang),
        ),
        AlarmFinding::LinesFit { lines, hours, more } => {
            let text = match more {
                true => lines_fit_more(lang, *lines, *hours),
                false => lines_fit(lang, *lines, *hours),
            };
            (text, "")
        }
        AlarmFinding::NotSummed => (not_summed(lang).to_owned(), fix_not_summed(lang)),
    }
}

/// Says what is not as it was put.
pub(super) fn differs(lang: Lang, part: AlarmField, expected: &str, found: Option<&str>) -> String {
    let part = field(lang, part);
    let quoted = |text: &str| match text {
        "" => "–".to_owned(),
        text => format!("“{text}”"),
    };
    let (expected, found) = (quoted(expected), quoted(found.unwrap_or_default()));
    match lang {
        Lang::En => format!("{part}: {found}; {expected} was predicted."),
        Lang::Ko => format!("{part}: {found}. 예측은 {expected}입니다."),
    }
}
