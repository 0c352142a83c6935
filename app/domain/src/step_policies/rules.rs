//! What is the matter with each policy, and with each pair of policy and alarm.

use super::{
    Adjusting, AdjustmentType, Alarm, Bounds, Comparison, Document, Finding, Gap, Mend, Movement,
    Policy, Problem, Step, Unchecked,
    intervals::{Interval, Side, holes, uncovered},
    links::{Links, links, lists, policy_name},
};
use crate::limits;
use std::collections::{BTreeMap, BTreeSet};

/// Words in the names of metrics that fall when there is more to do, so that
/// adding capacity when they are low is what is wanted.
const SPARE_WORDS: [&str; 9] = [
    "free",
    "freeable",
    "available",
    "idle",
    "remaining",
    "balance",
    "unused",
    "headroom",
    "spare",
];

/// Everything that is the matter, in the order of the document: each policy by
/// itself and then with each of its alarms; then alarms with several policies,
/// and those whose policy is not there.
#[must_use]
pub fn lint(document: &Document) -> Vec<Finding> {
    let (policies, alarms) = lists(document);
    let links = links(policies, alarms);
    let mut findings = Vec::new();
    for (at, policy) in policies.iter().enumerate() {
        let runs = Runs::of(at, alarms, &links);
        match &policy.adjusting {
            Some(adjusting) => {
                let judge = Judge {
                    policy,
                    adjusting,
                    findings: Vec::new(),
                };
                findings.extend(judge.judge(&runs));
            }
            // Of what such a policy does nothing is known; without its alarms it does nothing.
            None => findings.extend(
                runs.on_alarm
                    .iter()
                    .filter_map(|alarm| muted(policy, alarm)),
            ),
        }
    }
    shared_alarms(policies, alarms, &links, &mut findings);
    if document.policies.is_some() {
        unknown_policies(alarms, &links, &mut findings);
    }
    findings
}

/// The alarms that run one policy.
struct Runs<'a> {
    on_alarm: Vec<&'a Alarm>,
    on_ok: Vec<&'a Alarm>,
    on_insufficient_data: Vec<&'a Alarm>,
    unheld: Vec<&'a str>,
}

impl<'a> Runs<'a> {
    fn of(policy: usize, alarms: &'a [Alarm], links: &Links<'a>) -> Self {
        let of = |pairs: &BTreeSet<(usize, usize)>| {
            let pairs = pairs.range((policy, 0)..=(policy, usize::MAX));
            pairs.map(|(_, alarm)| &alarms[*alarm]).collect()
        };
        let begin = links.unheld.partition_point(|(at, _)| *at < policy);
        let unheld = links.unheld[begin..].iter();
        Self {
            on_alarm: of(&links.pairs),
            on_ok: of(&links.on_ok),
            on_insufficient_data: of(&links.on_insufficient_data),
            unheld: unheld
                .take_while(|(at, _)| *at == policy)
                .map(|(_, name)| *name)
                .collect(),
        }
    }
}

/// One policy under judgement.
struct Judge<'a> {
    policy: &'a Policy,
    adjusting: &'a Adjusting,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn found(&mut self, alarm: Option<&str>, problem: Problem) {
        self.findings.push(Finding {
            policy: self.policy.name.clone(),
            target: self.policy.target.clone(),
            alarm: alarm.map(str::to_owned),
            problem,
        });
    }

    fn judge(mut self, runs: &Runs<'_>) -> Vec<Finding> {
        let kind = self.adjusting.kind;
        let whole = match &self.adjusting.movement {
            Movement::Steps { steps, .. } => self.shape(steps),
            Movement::Simple { .. } => false,
        };
        for adjustment in adjustments(self.adjusting) {
            if kind == AdjustmentType::ExactCapacity && adjustment < 0 {
                self.found(None, Problem::NegativeExact { adjustment });
            }
        }
        if kind != AdjustmentType::PercentChangeInCapacity
            && self.adjusting.magnitude_min.is_some_and(|least| least > 0)
        {
            self.found(None, Problem::MagnitudeUnused);
        }
        self.nothing_at_all();
        if runs.on_alarm.is_empty() && runs.unheld.is_empty() {
            self.found(None, Problem::NoAlarm);
        }
        for alarm in &runs.on_alarm {
            self.pair(alarm, whole);
        }
        for alarm in &runs.on_ok {
            self.found(Some(&alarm.name), Problem::RunsOnOk);
        }
        if let Movement::Steps { steps, .. } = &self.adjusting.movement {
            if whole {
                self.hidden_holes(steps);
                self.unreachable(steps, runs);
            }
            for alarm in &runs.on_insufficient_data {
                let problem = Problem::MissingData { insufficient: true };
                self.found(Some(&alarm.name), problem);
            }
        }
        for name in &runs.unheld {
            let problem = Problem::AlarmUnchecked(Unchecked::NotGiven);
            self.found(Some(name), problem);
        }
        self.findings
    }

    /// What AWS itself would refuse, whatever the alarm. Answers whether the
    /// steps can be judged against one: with a bound that cannot be meant,
    /// nobody knows what the step was to take.
    fn shape(&mut self, steps: &[Step]) -> bool {
        let mut broken = Vec::new();
        for step in steps {
            match (step.lower, step.upper) {
                (None, None) => broken.push(Bounds::BothOpen),
                // A bound that is no number is not above anything.
                (lower, upper)
                    if lower.is_none_or(f64::is_finite)
                        && upper.is_none_or(f64::is_finite)
                        && lower.zip(upper).is_none_or(|(lower, upper)| lower < upper) => {}
                (lower, upper) => broken.push(Bounds::UpperNotAbove {
                    lower: lower.unwrap_or(f64::NEG_INFINITY),
                    upper: upper.unwrap_or(f64::INFINITY),
                }),
            }
        }
        let whole = broken.is_empty();
        broken.extend(open_ends(steps));
        for bounds in broken {
            self.found(None, Problem::StepBounds(bounds));
        }
        for (lower, upper) in overlaps(steps) {
            self.found(None, Problem::StepOverlap { lower, upper });
        }
        whole
    }

    fn nothing_at_all(&mut self) {
        let adjustments = adjustments(self.adjusting);
        if self.adjusting.kind != AdjustmentType::ExactCapacity
            && !adjustments.is_empty()
            && adjustments.iter().all(|adjustment| *adjustment == 0)
        {
            self.no_effect(None, false);
        }
    }

    fn no_effect(&mut self, alarm: Option<&str>, larger_breach: bool) {
        let percent = self.adjusting.kind == AdjustmentType::PercentChangeInCapacity;
        let problem = Problem::NoEffect {
            percent,
            larger_breach,
        };
        self.found(alarm, problem);
    }

    /// One policy with one alarm that runs it.
    fn pair(&mut self, alarm: &Alarm, whole: bool) {
        self.findings.extend(muted(self.policy, alarm));
        match &self.adjusting.movement {
            Movement::Simple { adjustment } => {
                if let Some(comparison) = alarm.comparison {
                    for side in comparison.sides() {
                        self.direction(alarm, *side, &[*adjustment]);
                    }
                }
            }
            Movement::Steps { steps, aggregation } => {
                match thresholds(alarm) {
                    Some((comparison, threshold)) if whole => {
                        self.steps(alarm, comparison, threshold, steps);
                    }
                    Some(_) => {}
                    None => self.found(
                        Some(&alarm.name),
                        Problem::AlarmUnchecked(Unchecked::NoThreshold),
                    ),
                }
                if alarm.missing_data.as_deref() == Some("breaching") {
                    let problem = Problem::MissingData {
                        insufficient: false,
                    };
                    self.found(Some(&alarm.name), problem);
                }
                let statistic = alarm.statistic.as_deref().unwrap_or_default();
                let comparable = ["Average", "Minimum", "Maximum"].contains(&statistic);
                if comparable && statistic != aggregation.as_str() {
                    let problem = Problem::StatisticMismatch {
                        statistic: statistic.to_owned(),
                        aggregation: *aggregation,
                        periods: alarm.evaluation_periods,
                    };
                    self.found(Some(&alarm.name), problem);
                }
            }
        }
    }

    fn steps(&mut self, alarm: &Alarm, comparison: Comparison, threshold: f64, steps: &[Step]) {
        let left = uncovered(steps, comparison, threshold);
        if !left.is_empty() {
            let relative = comparison.is_band();
            let gap = Gap {
                mends: mends(steps, comparison, threshold, &left),
                example_metric: left
                    .iter()
                    .find_map(Interval::example)
                    .filter(|_| !relative),
                uncovered: left,
                relative,
                alarm: Some((comparison, alarm.threshold.filter(|_| !relative))),
            };
            self.found(Some(&alarm.name), Problem::StepGap(gap));
        }
        if !comparison.is_band() && look_absolute(steps, comparison, threshold) {
            let problem = Problem::AbsoluteBounds { threshold };
            self.found(Some(&alarm.name), problem);
        }
        let of = |steps: &[&Step]| steps.iter().map(|step| step.adjustment).collect::<Vec<_>>();
        for side in comparison.sides() {
            let mut on_side = reached(steps, comparison, *side, threshold);
            self.larger_breach(alarm, &on_side);
            if on_side.is_empty() && comparison.sides().len() == 1 {
                // Nothing fits yet; once the bounds are mended, these will.
                on_side = steps.iter().collect();
            }
            self.direction(alarm, *side, &of(&on_side));
        }
    }

    /// The first adjustment that goes against the side. Where a metric tells what
    /// is spare and every adjustment goes against it, that is how it must be.
    fn direction(&mut self, alarm: &Alarm, side: Side, adjustments: &[i32]) {
        if self.adjusting.kind == AdjustmentType::ExactCapacity {
            return;
        }
        let against = |adjustment: i32| match side {
            Side::Above => adjustment < 0,
            Side::Below => adjustment > 0,
        };
        let mut moving = adjustments.iter().filter(|adjustment| **adjustment != 0);
        let metric = alarm.metric.as_deref().unwrap_or_default();
        if tells_spare(metric) && moving.clone().all(|adjustment| against(*adjustment)) {
            return;
        }
        if let Some(adjustment) = moving.find(|adjustment| against(**adjustment)) {
            let problem = Problem::Direction {
                side,
                adjustment: *adjustment,
            };
            self.found(Some(&alarm.name), problem);
        }
    }

    /// A step that holds still beyond one that moves. Holding still near the
    /// threshold is a dead band and meant so.
    fn larger_breach(&mut self, alarm: &Alarm, reached: &[&Step]) {
        if self.adjusting.kind == AdjustmentType::ExactCapacity {
            return;
        }
        let beyond = reached
            .iter()
            .skip_while(|step| step.adjustment == 0)
            .any(|step| step.adjustment == 0);
        if beyond {
            self.no_effect(Some(&alarm.name), true);
        }
    }

    /// Holes between steps that no alarm showed: AWS refuses them all the same.
    fn hidden_holes(&mut self, steps: &[Step]) {
        let is_gap = |finding: &Finding| matches!(finding.problem, Problem::StepGap(_));
        let holes = holes(steps);
        if holes.is_empty() || self.findings.iter().any(is_gap) {
            return;
        }
        let gap = Gap {
            uncovered: holes,
            relative: true,
            example_metric: None,
            alarm: None,
            mends: vec![Mend::Join],
        };
        self.found(None, Problem::StepGap(gap));
    }

    /// Steps for which no alarm has a value, where others have one.
    fn unreachable(&mut self, steps: &[Step], runs: &Runs<'_>) {
        let known: Option<Vec<(Comparison, f64)>> = runs
            .on_alarm
            .iter()
            .map(|alarm| thresholds(alarm))
            .collect();
        let Some(known) = known else { return };
        // An alarm that is not known, or one that is well again, may have the values.
        if !runs.unheld.is_empty() || !runs.on_ok.is_empty() {
            return;
        }
        let is_reached = |step: &Step| {
            known.iter().any(|(comparison, threshold)| {
                let step = std::slice::from_ref(step);
                let mut sides = comparison.sides().iter();
                sides.any(|side| !reached(step, *comparison, *side, *threshold).is_empty())
            })
        };
        let (used, dead): (Vec<&Step>, Vec<&Step>) =
            steps.iter().partition(|step| is_reached(step));
        if used.is_empty() {
            return;
        }
        for step in dead {
            let problem = Problem::StepUnreachable {
                lower: step.lower,
                upper: step.upper,
            };
            self.found(None, problem);
        }
    }
}

/// The alarm would run the policy, were its actions not switched off.
fn muted(policy: &Policy, alarm: &Alarm) -> Option<Finding> {
    alarm.muted.then(|| Finding {
        policy: policy.name.clone(),
        target: policy.target.clone(),
        alarm: Some(alarm.name.clone()),
        problem: Problem::AlarmMuted,
    })
}

fn adjustments(adjusting: &Adjusting) -> Vec<i32> {
    match &adjusting.movement {
        Movement::Steps { steps, .. } => steps.iter().map(|step| step.adjustment).collect(),
        Movement::Simple { adjustment } => vec![*adjustment],
    }
}

/// How the alarm compares and with what; a band's edge counts as zero, so that
/// values are distances from it.
fn thresholds(alarm: &Alarm) -> Option<(Comparison, f64)> {
    let comparison = alarm.comparison?;
    if comparison.is_band() {
        return Some((comparison, 0.0));
    }
    let threshold = alarm.threshold.filter(|threshold| threshold.is_finite())?;
    Some((comparison, threshold))
}

/// The rules about missing bounds over all steps.
fn open_ends(steps: &[Step]) -> Vec<Bounds> {
    let open_lower = steps.iter().filter(|step| step.lower.is_none()).count();
    let open_upper = steps.iter().filter(|step| step.upper.is_none()).count();
    let lowest = steps.iter().filter_map(|step| step.lower);
    let highest = steps.iter().filter_map(|step| step.upper);
    let mut found = Vec::new();
    if open_lower > 1 {
        found.push(Bounds::TwoOpenLower);
    }
    if open_upper > 1 {
        found.push(Bounds::TwoOpenUpper);
    }
    let lowest = lowest.min_by(f64::total_cmp);
    if let Some(lower) = lowest.filter(|lower| *lower < 0.0 && open_lower == 0) {
        found.push(Bounds::NoOpenLower { lower });
    }
    let highest = highest.max_by(f64::total_cmp);
    if let Some(upper) = highest.filter(|upper| *upper > 0.0 && open_upper == 0) {
        found.push(Bounds::NoOpenUpper { upper });
    }
    found
}

/// Where a step begins before those that begin before it have ended.
fn overlaps(steps: &[Step]) -> Vec<(Option<f64>, Option<f64>)> {
    let mut ends: Vec<(f64, f64)> = steps
        .iter()
        .map(|step| {
            let lower = step.lower.unwrap_or(f64::NEG_INFINITY);
            (lower, step.upper.unwrap_or(f64::INFINITY))
        })
        .filter(|(lower, upper)| lower < upper)
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let known = |bound: f64| bound.is_finite().then_some(bound);
    let mut found = Vec::new();
    let mut reached = f64::NEG_INFINITY;
    for (position, (lower, upper)) in ends.into_iter().enumerate() {
        if position > 0 && lower < reached {
            found.push((known(lower), known(upper.min(reached))));
        }
        reached = reached.max(upper);
    }
    found
}

/// The steps that the alarm has values for on one side, nearest first.
fn reached(steps: &[Step], comparison: Comparison, side: Side, threshold: f64) -> Vec<&Step> {
    let delivered = comparison.delivers(side, threshold);
    let mut reached: Vec<&Step> = steps
        .iter()
        .filter(|step| {
            let taken = step.takes(side, threshold);
            taken.is_some_and(|taken| taken.meets(delivered))
        })
        .collect();
    let near = |step: &Step| match side {
        Side::Above => step.lower.unwrap_or(f64::NEG_INFINITY),
        Side::Below => -step.upper.unwrap_or(f64::INFINITY),
    };
    reached.sort_by(|a, b| near(a).total_cmp(&near(b)));
    reached
}

/// What closes the gaps that an alarm shows.
fn mends(steps: &[Step], comparison: Comparison, threshold: f64, left: &[Interval]) -> Vec<Mend> {
    if steps.is_empty() {
        return vec![Mend::AddStep];
    }
    let mut mends = BTreeSet::new();
    for side in comparison.sides() {
        let on_side: Vec<&Interval> = left
            .iter()
            .filter(|interval| match side {
                Side::Above => interval.from.is_some_and(|from| from >= threshold),
                Side::Below => interval.to.is_some_and(|to| to <= threshold),
            })
            .collect();
        if !on_side.is_empty() && reached(steps, comparison, *side, threshold).is_empty() {
            mends.insert(Mend::OtherSide);
            continue;
        }
        for interval in on_side {
            let (near, far) = match side {
                Side::Above => (interval.from, interval.to),
                Side::Below => (interval.to, interval.from),
            };
            mends.insert(if near == Some(threshold) {
                Mend::BeginAtThreshold
            } else if far.is_none() {
                Mend::OpenEnd
            } else {
                Mend::Join
            });
        }
    }
    mends.into_iter().collect()
}

/// Whether the bounds read better as values of the metric than as distances:
/// they lie where such values would, and 0, at which distances begin, is missing
/// or is beside the threshold itself.
fn look_absolute(steps: &[Step], comparison: Comparison, threshold: f64) -> bool {
    let bounds: Vec<f64> = steps
        .iter()
        .flat_map(|step| [step.lower, step.upper])
        .flatten()
        .collect();
    let names_threshold = bounds.contains(&threshold);
    let begins = bounds.contains(&0.0);
    if threshold <= 0.0 || bounds.is_empty() {
        return false;
    }
    match comparison.sides() {
        [Side::Below] => {
            let all_right = bounds.iter().all(|bound| *bound >= 0.0);
            let any_right = bounds.iter().any(|bound| *bound > 0.0);
            all_right && any_right && (names_threshold || !begins)
        }
        _ => {
            let open_lower = steps.iter().any(|step| step.lower.is_none());
            let all_values = bounds.iter().all(|bound| *bound >= threshold);
            all_values && (names_threshold || !open_lower)
        }
    }
}

fn tells_spare(metric: &str) -> bool {
    words(metric)
        .iter()
        .any(|word| SPARE_WORDS.contains(&word.as_str()))
}

/// The words of a metric's name in lower case: `FreeableMemory`, `mem_available_percent`,
/// `CPUCreditBalance`. A word inside another (`LoadBalancer`, `Unavailable`) is not one.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (place, letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|before| !before.is_uppercase())
                || after.is_some_and(|after| after.is_lowercase()));
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

fn shared_alarms(
    policies: &[Policy],
    alarms: &[Alarm],
    links: &Links<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut together: BTreeMap<(usize, Option<&str>), Vec<&Policy>> = BTreeMap::new();
    for (policy, alarm) in &links.pairs {
        let policy = &policies[*policy];
        if policy.adjusting.is_some() {
            let place = (*alarm, policy.target.as_deref());
            together.entry(place).or_default().push(policy);
        }
    }
    for ((alarm, _), sharing) in together {
        if let [first, others @ ..] = sharing.as_slice()
            && !others.is_empty()
        {
            let told = others.iter().take(limits::POLICY_NAMES_TOLD_MAX);
            findings.push(Finding {
                policy: first.name.clone(),
                target: first.target.clone(),
                alarm: Some(alarms[alarm].name.clone()),
                problem: Problem::SharedAlarm {
                    others: told.map(|policy| policy.name.clone()).collect(),
                    count: others.len(),
                },
            });
        }
    }
}

fn unknown_policies(alarms: &[Alarm], links: &Links<'_>, findings: &mut Vec<Finding>) {
    for (alarm, action) in &links.unknown {
        // Those that AWS made belong to policies that nobody asked to be judged.
        if alarms[*alarm].name.starts_with("TargetTracking-") {
            continue;
        }
        findings.push(Finding {
            policy: policy_name(action).to_owned(),
            target: None,
            alarm: Some(alarms[*alarm].name.clone()),
            problem: Problem::PolicyUnknown,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_tell_of_something_spare() {
        let check = |metric: &str, expected| {
            assert_eq!(tells_spare(metric), expected, "{metric}");
        };
        check("FreeableMemory", true);
        check("FreeStorageSpace", true);
        check("CPUCreditBalance", true);
        check("mem_available_percent", true);
        check("cpu_usage_idle", true);
        check("LoadBalancerRequests", false);
        check("UnavailableHosts", false);
        check("CPUUtilization", false);
    }
}
