//! What is the matter with a scaling policy, in words: what it means and what
//! to do.

use super::{Lang, changes::Explanation};
use crate::step_policies::{
    Bounds, Comparison, Finding, Gap, Mend, Problem, Unchecked,
    intervals::{Interval, Side},
};

/// Explains a finding.
#[must_use]
pub fn explain(lang: Lang, finding: &Finding) -> Explanation {
    let alarm = finding.alarm.as_deref().unwrap_or_default();
    let policy = finding.policy.as_str();
    let (what, fix) = match &finding.problem {
        Problem::StepGap(gap) => return explain_gap(lang, alarm, gap),
        Problem::StepOverlap { lower, upper } => {
            let range = range(*lower, *upper);
            (words::overlap(lang, &range), words::overlap_fix(lang))
        }
        Problem::StepBounds(bounds) => explain_bounds(lang, *bounds),
        Problem::Direction { side, adjustment } => {
            let adjustment = format!("{adjustment:+}");
            let what = match side {
                Side::Above => words::against_high(lang, alarm, &adjustment),
                Side::Below => words::against_low(lang, alarm, &adjustment),
            };
            (what, words::against_fix(lang))
        }
        Problem::AbsoluteBounds { threshold } => {
            let threshold = number(*threshold);
            (
                words::absolute(lang, alarm, &threshold),
                words::absolute_fix(lang),
            )
        }
        Problem::NoAlarm => (words::no_alarm(lang).into(), words::no_alarm_fix(lang)),
        Problem::NegativeExact { adjustment } => (
            words::negative_exact(lang, *adjustment),
            words::negative_exact_fix(lang),
        ),
        Problem::NoEffect {
            larger_breach: true,
            ..
        } => (
            words::still_beyond(lang, alarm),
            words::still_beyond_fix(lang),
        ),
        Problem::NoEffect { percent, .. } => {
            let what = if *percent {
                words::percent_still(lang)
            } else {
                words::count_still(lang)
            };
            (what.into(), words::still_fix(lang))
        }
        Problem::MagnitudeUnused => (
            words::magnitude_unused(lang).into(),
            words::magnitude_unused_fix(lang),
        ),
        Problem::StepUnreachable { lower, upper } => {
            let range = range(*lower, *upper);
            (
                words::unreachable(lang, &range),
                words::unreachable_fix(lang),
            )
        }
        Problem::SharedAlarm { others, count } => {
            let mut others: Vec<String> = others.iter().map(|name| format!("“{name}”")).collect();
            if others.len() < *count {
                others.push("…".into());
            }
            let others = others.join(", ");
            (
                words::shared(lang, alarm, policy, &others),
                words::shared_fix(lang),
            )
        }
        Problem::MissingData { insufficient: true } => (
            words::insufficient(lang, alarm),
            words::insufficient_fix(lang),
        ),
        Problem::MissingData { .. } => (words::missing(lang, alarm), words::missing_fix(lang)),
        Problem::RunsOnOk => (words::on_ok(lang, alarm), words::on_ok_fix(lang)),
        Problem::StatisticMismatch {
            statistic,
            aggregation,
            ..
        } => (
            words::statistic(lang, alarm, statistic, aggregation.as_str()),
            words::statistic_fix(lang),
        ),
        Problem::AlarmMuted => (words::muted(lang, alarm), words::muted_fix(lang)),
        Problem::AlarmUnchecked(Unchecked::NotGiven) => {
            (words::not_given(lang, alarm), words::not_given_fix(lang))
        }
        Problem::AlarmUnchecked(Unchecked::NoThreshold) => (
            words::no_threshold(lang, alarm),
            words::no_threshold_fix(lang),
        ),
        Problem::PolicyUnknown => (
            words::policy_unknown(lang, alarm, policy),
            words::policy_unknown_fix(lang),
        ),
    };
    Explanation {
        what,
        fix: fix.to_owned(),
    }
}

fn explain_gap(lang: Lang, alarm: &str, gap: &Gap) -> Explanation {
    let ranges: Vec<String> = gap.uncovered.iter().map(interval).collect();
    let ranges = ranges.join("; ");
    let what = match (gap.alarm, gap.example_metric) {
        (Some((comparison, Some(threshold))), Some(example)) => {
            let condition = condition(comparison, threshold);
            words::gap(lang, alarm, &condition, &ranges, &number(example))
        }
        (Some(_), _) => words::gap_of_band(lang, alarm, &ranges),
        (None, _) => words::hole(lang, &ranges),
    };
    let fix: Vec<&str> = gap
        .mends
        .iter()
        .map(|mend| mend_words(lang, gap, *mend))
        .collect();
    Explanation {
        what,
        fix: fix.join(" "),
    }
}

fn mend_words(lang: Lang, gap: &Gap, mend: Mend) -> &'static str {
    let sides = gap.alarm.map(|(comparison, _)| comparison.sides());
    match (mend, sides) {
        (Mend::AddStep, Some([Side::Below])) => words::add_low(lang),
        (Mend::AddStep, Some([Side::Below, Side::Above])) => words::turn_band(lang),
        (Mend::AddStep, _) => words::add_high(lang),
        (Mend::OtherSide, Some([Side::Below])) => words::turn_low(lang),
        (Mend::OtherSide, Some([Side::Above])) => words::turn_high(lang),
        (Mend::OtherSide, _) => words::turn_band(lang),
        (Mend::BeginAtThreshold, Some([Side::Below])) => words::begin_low(lang),
        (Mend::BeginAtThreshold, Some([Side::Above])) => words::begin_high(lang),
        (Mend::BeginAtThreshold, _) => words::begin_band(lang),
        (Mend::OpenEnd, Some([Side::Below])) => words::open_low(lang),
        (Mend::OpenEnd, Some([Side::Above])) => words::open_high(lang),
        (Mend::OpenEnd, _) => words::open_band(lang),
        (Mend::Join, _) => words::join(lang),
    }
}

fn explain_bounds(lang: Lang, bounds: Bounds) -> (String, &'static str) {
    match bounds {
        Bounds::BothOpen => (words::both_open(lang).into(), words::both_open_fix(lang)),
        Bounds::TwoOpenLower => (
            words::two_open_lower(lang).into(),
            words::two_open_lower_fix(lang),
        ),
        Bounds::TwoOpenUpper => (
            words::two_open_upper(lang).into(),
            words::two_open_upper_fix(lang),
        ),
        Bounds::UpperNotAbove { lower, upper } => (
            words::not_above(lang, &number(lower), &number(upper)),
            words::not_above_fix(lang),
        ),
        Bounds::NoOpenLower { lower } => (
            words::no_open_lower(lang, &number(lower)),
            words::open_low(lang),
        ),
        Bounds::NoOpenUpper { upper } => (
            words::no_open_upper(lang, &number(upper)),
            words::open_high(lang),
        ),
    }
}

/// A number that fits a line: very large and very small ones with an exponent.
fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e15).contains(&size) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// `60 ≤ x < 80`, `x > 50`: the same in every language.
fn interval(interval: &Interval) -> String {
    let sign = |inclusive| if inclusive { '≤' } else { '<' };
    match (interval.from, interval.to) {
        (None, None) => "−∞ < x < ∞".into(),
        (Some(from), None) if interval.from_inclusive => format!("x ≥ {}", number(from)),
        (Some(from), None) => format!("x > {}", number(from)),
        (None, Some(to)) => format!("x {} {}", sign(interval.to_inclusive), number(to)),
        (Some(from), Some(to)) => format!(
            "{} {} x {} {}",
            number(from),
            sign(interval.from_inclusive),
            sign(interval.to_inclusive),
            number(to)
        ),
    }
}

/// Bounds as a policy writes them: `10 … ∞`.
fn range(lower: Option<f64>, upper: Option<f64>) -> String {
    let lower = lower.map_or_else(|| "−∞".into(), number);
    let upper = upper.map_or_else(|| "∞".into(), number);
    format!("{lower} … {upper}")
}

fn condition(comparison: Comparison, threshold: f64) -> String {
    format!("{} {}", comparison.sign(), number(threshold))
}

crate::messages! {
    /// In front of what helps, in a list for people.
    to_do(fix: &str) => "to do: {fix}", "할 일: {fix}";
    /// About fields of a document that are of no use.
    not_looked_at(fields: &str) => "note: {fields} is not looked at; the lists are `ScalingPolicies` and `MetricAlarms`",
        "참고: {fields} 항목은 살펴보지 않습니다. 목록의 이름은 `ScalingPolicies`와 `MetricAlarms`입니다.";
    /// Why a file cannot be read.
    no_such_file => "there is no such file; name one with what the AWS command line prints, or `-` for standard input",
        "그런 파일이 없습니다. AWS 명령줄 출력을 담은 파일을 지정하거나, 표준 입력이면 `-`를 쓰세요.";
    /// Under a list for people.
    counts(policies: usize, alarms: usize, findings: usize) =>
        "{policies} policies, {alarms} alarms, {findings} findings",
        "정책 {policies}개, 경보 {alarms}개, 발견 {findings}건";
}

/// The sentences, in both languages.
mod words {
    crate::messages! {
        gap(alarm: &str, condition: &str, ranges: &str, example: &str) =>
            "Alarm “{alarm}” goes off at {condition}, but no step takes a metric x with {ranges}. At {example}, for one, AWS says “No step adjustment found” and the capacity stays as it is.",
            "경보 “{alarm}”은(는) {condition}일 때 울리지만 지표 x가 {ranges}인 구간에는 단계가 없습니다. 예를 들어 {example}이면 AWS가 “No step adjustment found”라고 답하고 용량이 그대로입니다.";
        gap_of_band(alarm: &str, ranges: &str) =>
            "Alarm “{alarm}” goes off outside an anomaly band, but no step takes a distance x from the band's edge with {ranges}: AWS finds no step adjustment there.",
            "경보 “{alarm}”은(는) 이상 탐지 범위를 벗어나면 울리지만 범위 경계로부터의 거리 x가 {ranges}인 구간에는 단계가 없어 AWS가 단계 조정을 찾지 못합니다.";
        hole(ranges: &str) =>
            "No step takes a distance x from the threshold with {ranges}: AWS refuses a gap between steps.",
            "임계값으로부터의 거리 x가 {ranges}인 구간에 단계가 없습니다. AWS는 단계 사이의 빈틈을 거부합니다.";
        add_high =>
            "Add a step with lower bound 0 and no upper bound.",
            "하한이 0이고 상한이 없는 단계를 추가하세요.";
        add_low =>
            "Add a step with upper bound 0 and no lower bound.",
            "상한이 0이고 하한이 없는 단계를 추가하세요.";
        turn_high =>
            "Every step lies below the threshold, where this alarm never goes off. Bounds are distances from the threshold: above it the first step has lower bound 0 and the last no upper bound.",
            "모든 단계가 이 경보가 울리지 않는 임계값 아래에 있습니다. 범위는 임계값으로부터의 거리입니다. 위쪽은 첫 단계의 하한이 0이고 마지막 단계에 상한이 없어야 합니다.";
        turn_low =>
            "Every step lies above the threshold, where this alarm never goes off. Bounds are distances from the threshold: below it the first step has upper bound 0 and the last no lower bound.",
            "모든 단계가 이 경보가 울리지 않는 임계값 위에 있습니다. 범위는 임계값으로부터의 거리입니다. 아래쪽은 첫 단계의 상한이 0이고 마지막 단계에 하한이 없어야 합니다.";
        turn_band =>
            "Add steps for the side of the band that has none.",
            "단계가 없는 쪽의 범위에 단계를 추가하세요.";
        begin_high =>
            "Let the step nearest to the threshold have lower bound 0.",
            "임계값에 가장 가까운 단계의 하한을 0으로 하세요.";
        begin_low =>
            "Let the step nearest to the threshold have upper bound 0.",
            "임계값에 가장 가까운 단계의 상한을 0으로 하세요.";
        begin_band =>
            "Let the steps on both sides meet at 0.",
            "양쪽 단계가 0에서 만나게 하세요.";
        open_high =>
            "Leave out the upper bound of the highest step.",
            "가장 높은 단계의 상한을 비우세요.";
        open_low =>
            "Leave out the lower bound of the lowest step.",
            "가장 낮은 단계의 하한을 비우세요.";
        open_band =>
            "Leave out the outer bound of the outermost steps.",
            "가장 바깥 단계의 바깥쪽 한계를 비우세요.";
        join =>
            "Let each step begin where its neighbour ends.",
            "각 단계가 이웃 단계가 끝나는 곳에서 시작하게 하세요.";

        overlap(range: &str) =>
            "Two steps cover the distances {range} from the threshold: AWS refuses steps that overlap.",
            "임계값으로부터의 거리 {range} 구간을 두 단계가 함께 맡습니다. AWS는 겹치는 단계를 거부합니다.";
        overlap_fix =>
            "Let one step end where the other begins.",
            "한 단계가 끝나는 곳에서 다른 단계가 시작하게 하세요.";
        both_open =>
            "A step has neither a lower nor an upper bound: AWS refuses it.",
            "하한도 상한도 없는 단계가 있습니다. AWS가 거부합니다.";
        both_open_fix =>
            "Give it lower bound 0 under a high alarm, upper bound 0 under a low one.",
            "높을 때 울리는 경보라면 하한 0을, 낮을 때 울리는 경보라면 상한 0을 주세요.";
        two_open_lower =>
            "Several steps have no lower bound: AWS takes one at most.",
            "하한이 없는 단계가 여럿입니다. AWS는 하나만 허용합니다.";
        two_open_lower_fix =>
            "Keep it open in the lowest step only; let the others begin where their neighbour ends.",
            "가장 낮은 단계만 비우고, 나머지는 이웃 단계가 끝나는 곳에서 시작하게 하세요.";
        two_open_upper =>
            "Several steps have no upper bound: AWS takes one at most.",
            "상한이 없는 단계가 여럿입니다. AWS는 하나만 허용합니다.";
        two_open_upper_fix =>
            "Keep it open in the highest step only; let the others end where their neighbour begins.",
            "가장 높은 단계만 비우고, 나머지는 이웃 단계가 시작하는 곳에서 끝나게 하세요.";
        not_above(lower: &str, upper: &str) =>
            "A step reaches from {lower} to {upper}: the upper bound must be above the lower one. Gaps are looked for when it is.",
            "어떤 단계가 {lower}에서 {upper}까지입니다. 상한은 하한보다 커야 합니다. 빈틈은 그 뒤에 확인합니다.";
        not_above_fix =>
            "Correct the bounds, or delete the step.",
            "범위를 고치거나 단계를 지우세요.";
        no_open_lower(lower: &str) =>
            "The lowest lower bound is {lower}, and no step is open below: AWS asks for one where a lower bound is negative.",
            "가장 낮은 하한이 {lower}인데 아래로 열린 단계가 없습니다. 하한이 음수이면 AWS는 그런 단계를 요구합니다.";
        no_open_upper(upper: &str) =>
            "The highest upper bound is {upper}, and no step is open above: AWS asks for one where an upper bound is positive.",
            "가장 높은 상한이 {upper}인데 위로 열린 단계가 없습니다. 상한이 양수이면 AWS는 그런 단계를 요구합니다.";

        against_high(alarm: &str, adjustment: &str) =>
            "Alarm “{alarm}” goes off when its metric is high, and the policy then adjusts by {adjustment}.",
            "경보 “{alarm}”은(는) 지표가 높을 때 울리는데, 그때 정책이 {adjustment}만큼 조정합니다.";
        against_low(alarm: &str, adjustment: &str) =>
            "Alarm “{alarm}” goes off when its metric is low, and the policy then adjusts by {adjustment}.",
            "경보 “{alarm}”은(는) 지표가 낮을 때 울리는데, 그때 정책이 {adjustment}만큼 조정합니다.";
        against_fix =>
            "Turn the sign, or wire the policy to the other alarm. Leave it if the metric falls as load rises.",
            "부호를 바꾸거나 정책을 다른 경보에 연결하세요. 부하가 늘 때 내려가는 지표라면 그대로 두세요.";
        absolute(alarm: &str, threshold: &str) =>
            "The bounds look like values of the metric; AWS adds them to the threshold {threshold} of alarm “{alarm}”.",
            "범위가 지표 값처럼 보입니다. AWS는 이 값을 경보 “{alarm}”의 임계값 {threshold}에 더합니다.";
        absolute_fix =>
            "Subtract the threshold from every bound; the step at the threshold then begins at 0.",
            "모든 범위에서 임계값을 빼세요. 그러면 임계값의 단계가 0에서 시작합니다.";
        no_alarm =>
            "No alarm runs this policy; it acts only when somebody executes it by hand.",
            "이 정책을 실행하는 경보가 없습니다. 사람이 직접 실행할 때만 동작합니다.";
        no_alarm_fix =>
            "Put the policy's ARN among the actions of an alarm, or delete the policy.",
            "정책의 ARN을 경보의 작업에 넣거나 정책을 지우세요.";
        negative_exact(adjustment: i32) =>
            "The policy sets the capacity to exactly {adjustment}: AWS refuses a number below zero.",
            "정책이 용량을 정확히 {adjustment}(으)로 설정합니다. AWS는 0보다 작은 수를 거부합니다.";
        negative_exact_fix =>
            "Give the capacity that is wanted, or change the type to ChangeInCapacity.",
            "원하는 용량을 적거나 유형을 ChangeInCapacity로 바꾸세요.";
        percent_still =>
            "Every adjustment is 0 percent: the policy never changes the capacity.",
            "모든 조정이 0퍼센트라서 정책이 용량을 바꾸지 않습니다.";
        count_still =>
            "Every adjustment is 0: the policy never changes the capacity.",
            "모든 조정이 0이라서 정책이 용량을 바꾸지 않습니다.";
        still_fix =>
            "Give the adjustment that is wanted, or delete the policy.",
            "원하는 조정 값을 적거나 정책을 지우세요.";
        still_beyond(alarm: &str) =>
            "Under alarm “{alarm}” a larger breach changes nothing while a smaller one does.",
            "경보 “{alarm}”에서 작은 이탈은 용량을 바꾸는데 더 큰 이탈은 바꾸지 않습니다.";
        still_beyond_fix =>
            "Give the outer step an adjustment at least as large as that of the inner one.",
            "바깥 단계의 조정 값을 안쪽 단계 이상으로 하세요.";
        magnitude_unused =>
            "MinAdjustmentMagnitude counts only with PercentChangeInCapacity; here it does nothing.",
            "MinAdjustmentMagnitude는 PercentChangeInCapacity에서만 쓰이므로 여기서는 효과가 없습니다.";
        magnitude_unused_fix =>
            "Take it out, or change the type.",
            "빼거나 유형을 바꾸세요.";
        unreachable(range: &str) =>
            "No alarm of the policy delivers the distances {range} from its threshold: that step is never taken.",
            "정책의 어떤 경보도 임계값으로부터 {range} 거리의 값을 내지 않아 그 단계는 쓰이지 않습니다.";
        unreachable_fix =>
            "Delete the step, or wire the policy to the alarm that it was meant for.",
            "단계를 지우거나, 의도한 경보에 정책을 연결하세요.";
        shared(alarm: &str, policy: &str, others: &str) =>
            "Alarm “{alarm}” runs “{policy}” and also {others} of the same target: they act at the same time.",
            "경보 “{alarm}”이(가) 같은 대상의 “{policy}”와(과) {others}을(를) 함께 실행하여 동시에 동작합니다.";
        shared_fix =>
            "Give each policy an alarm of its own, one for too much and one for too little.",
            "많을 때와 적을 때의 경보를 따로 두고 정책마다 하나씩 연결하세요.";
        missing(alarm: &str) =>
            "Alarm “{alarm}” treats missing data as a breach: it then runs the policy with no value to choose a step by.",
            "경보 “{alarm}”은(는) 누락된 데이터를 위반으로 봅니다. 그러면 단계를 고를 값 없이 정책이 실행됩니다.";
        missing_fix =>
            "Set TreatMissingData to missing, ignore or notBreaching.",
            "TreatMissingData를 missing, ignore 또는 notBreaching으로 설정하세요.";
        insufficient(alarm: &str) =>
            "Alarm “{alarm}” runs the policy when it has too little data, with no value to choose a step by.",
            "경보 “{alarm}”은(는) 데이터가 부족할 때 정책을 실행하므로 단계를 고를 값이 없습니다.";
        insufficient_fix =>
            "Take the policy out of InsufficientDataActions.",
            "InsufficientDataActions에서 정책을 빼세요.";
        on_ok(alarm: &str) =>
            "Alarm “{alarm}” runs the policy when it is well again: the metric then lies on the other side of the threshold.",
            "경보 “{alarm}”은(는) 정상으로 돌아올 때 정책을 실행합니다. 그때 지표는 임계값의 반대쪽에 있습니다.";
        on_ok_fix =>
            "Move the policy to AlarmActions of an alarm for that side.",
            "그쪽을 보는 경보의 AlarmActions로 정책을 옮기세요.";
        statistic(alarm: &str, statistic: &str, aggregation: &str) =>
            "Alarm “{alarm}” counts the {statistic}, but the policy folds its data points by {aggregation}: another step may be chosen than the alarm's value suggests.",
            "경보 “{alarm}”의 통계는 {statistic}인데 정책은 데이터 포인트를 {aggregation}(으)로 모읍니다. 경보 값과 다른 단계가 선택될 수 있습니다.";
        statistic_fix =>
            "Set the policy's MetricAggregationType to the alarm's statistic.",
            "정책의 MetricAggregationType을 경보의 통계와 같게 하세요.";
        muted(alarm: &str) =>
            "The actions of alarm “{alarm}” are switched off: it does not run the policy.",
            "경보 “{alarm}”의 작업이 꺼져 있어 정책을 실행하지 않습니다.";
        muted_fix =>
            "Switch its actions on: on the alarm's page in the console, or with aws cloudwatch enable-alarm-actions.",
            "콘솔의 경보 페이지에서 작업을 켜거나 aws cloudwatch enable-alarm-actions를 실행하세요.";
        not_given(alarm: &str) =>
            "The policy names alarm “{alarm}”, which the document does not hold: their steps and threshold were not compared.",
            "정책이 가리키는 경보 “{alarm}”이(가) 문서에 없어 단계와 임계값을 비교하지 못했습니다.";
        not_given_fix =>
            "Add the output of `aws cloudwatch describe-alarms`; if the alarm is gone, the policy has none.",
            "`aws cloudwatch describe-alarms`의 출력을 더하세요. 경보가 지워졌다면 정책에 경보가 없는 것입니다.";
        no_threshold(alarm: &str) =>
            "Alarm “{alarm}” has no threshold or no comparison that is known here: the steps were not compared with it.",
            "경보 “{alarm}”에 임계값이 없거나 알 수 없는 비교 방식이라 단계와 비교하지 못했습니다.";
        no_threshold_fix =>
            "Look at the alarm and the steps yourself.",
            "경보와 단계를 직접 확인하세요.";
        policy_unknown(alarm: &str, policy: &str) =>
            "Alarm “{alarm}” would run the policy “{policy}”, which the document does not hold.",
            "경보 “{alarm}”이(가) 실행할 정책 “{policy}”이(가) 문서에 없습니다.";
        policy_unknown_fix =>
            "Add the policies of its service; if the policy was deleted, take it out of the alarm's actions.",
            "해당 서비스의 정책을 더하세요. 정책이 지워졌다면 경보의 작업에서 빼세요.";
    }
}
