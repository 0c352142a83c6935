//! Planning that an alarm is put: a new one, another definition of one that is there, or
//! what was there before a request.

use super::{
    Call, Effect, Plan, Step,
    put_lines::{self, LinesSight},
    shared_checks::freezes_now,
};
use crate::{
    alarms::{
        AlarmKind, AlarmReading, AlarmRef, AlarmState, Series,
        definition::{AlarmDefinition, MissingData},
    },
    capacity::{PolicyKind, Target},
    checks::{Finding, Severity, alarms::AlarmFinding},
    estate::Environment,
    freezes::Freeze,
    limits,
    step_policies::{
        Comparison,
        live::{lint_target, policy_run_by},
    },
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What is done to an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlarmEffect {
    /// Which.
    pub alarm: AlarmRef,
    /// As it was when the plan was made: the live state it rests on. None where there was
    /// none.
    pub before: Option<Box<AlarmDefinition>>,
    /// As it is from then on; none where it is deleted.
    pub after: Option<Box<AlarmDefinition>>,
}

/// What is supposed to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supposed {
    /// No alarm of that name.
    Nothing,
    /// One.
    One,
    /// What a request has left, which is now taken back.
    Left(Option<Box<AlarmDefinition>>),
}

/// Everything such a plan is made of, read beforehand.
#[derive(Debug, Clone, Copy)]
pub struct PutSituation<'a> {
    /// Which alarm.
    pub alarm: &'a AlarmRef,
    /// What is supposed to be there.
    pub supposed: &'a Supposed,
    /// What is there.
    pub live: Option<&'a AlarmReading>,
    /// The environment whose people decide.
    pub environment: &'a Environment,
    /// Where the alarm belongs from then on.
    pub becomes: &'a Environment,
    /// The targets of that environment in the alarm's account and region.
    pub targets: &'a [Target],
    /// The log whose lines are counted; none where none are, or they could not be read.
    pub lines: Option<&'a LinesSight>,
    /// The metric lately; none where it could not be read.
    pub series: Option<&'a Series>,
    /// Alarms of the account and region.
    pub count: u64,
    /// All freezes.
    pub freezes: &'a [Freeze],
    /// Now.
    pub now: Timestamp,
}

/// Plans that an alarm is as wanted from now on; that none is there where nothing is wanted.
#[must_use]
pub fn plan_put_alarm(wanted: Option<&AlarmDefinition>, situation: &PutSituation<'_>) -> Plan {
    let before = situation.live.and_then(AlarmReading::definition);
    let before = before.map(|before| put_lines::with_lines(before, wanted, situation));
    let alarm = situation.alarm;
    let call = |definition: Option<&AlarmDefinition>| match definition {
        Some(definition) => Call::PutAlarm {
            alarm: alarm.clone(),
            definition: Box::new(definition.without_lines()),
        },
        None => Call::DeleteAlarm {
            alarm: alarm.clone(),
        },
    };
    let mut findings = check(wanted, before.as_ref(), situation);
    findings.sort_by_key(Finding::severity);
    let alone =
        |definition: Option<&AlarmDefinition>| definition.map(AlarmDefinition::without_lines);
    let is_other = alone(wanted) != alone(before.as_ref());
    let alarm_step = is_other.then(|| Step {
        call: call(wanted),
        undo: Some(call(before.as_ref())),
    });
    let filter_step = put_lines::step(wanted, situation);
    // There is a metric as long as there is an alarm on it.
    let steps = match filter_step {
        Some(step) if matches!(step.call, Call::DeleteMetricFilter { .. }) => {
            alarm_step.into_iter().chain([step]).collect()
        }
        step => step.into_iter().chain(alarm_step).collect(),
    };
    // What is not understood is left alone.
    let is_plain = situation.live.is_some() == before.is_some();
    Plan {
        from: None,
        until: None,
        findings,
        steps: match is_plain {
            true => steps,
            false => Vec::new(),
        },
        effect: Effect::Alarm(AlarmEffect {
            alarm: alarm.clone(),
            before: before.map(Box::new),
            after: wanted.cloned().map(Box::new),
        }),
    }
}

/// Every check, in no order.
fn check(
    wanted: Option<&AlarmDefinition>,
    before: Option<&AlarmDefinition>,
    situation: &PutSituation<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    check_there(before, situation, &mut found);
    put_lines::check(wanted, situation, &mut found);
    if let Some(wanted) = wanted {
        let refused = wanted.refused_fields(&situation.alarm.name);
        found.extend(
            refused
                .into_iter()
                .map(|field| AlarmFinding::Refused { field }),
        );
        found.extend(foreign_actions(wanted, before, situation));
        found.extend(situation.series.into_iter().flat_map(|s| lately(wanted, s)));
        let sight = situation.lines.and_then(|sight| sight.lately.as_ref());
        if let Some(Ok(fitting)) = sight
            && wanted.metric.statistic == "Sum"
        {
            let counted = fitting.series.iter();
            found.extend(counted.flat_map(|series| lately_in(wanted, series, fitting.hours)));
        }
        let is_low = matches!(
            wanted.comparison,
            Comparison::Less | Comparison::LessOrEqual
        );
        let counts_as_well = matches!(
            wanted.missing_data,
            MissingData::NotBreaching | MissingData::Ignore
        );
        if is_low && counts_as_well {
            found.push(AlarmFinding::SilentWhenMissing);
        }
    }
    let mut findings: Vec<_> = found
        .into_iter()
        .map(|finding| Finding::Alarm { finding })
        .collect();
    let is_same = wanted == before && put_lines::step(wanted, situation).is_none();
    if is_same && situation.live.is_some() == before.is_some() {
        findings.push(Finding::AlreadySo);
    }
    if wanted.is_some_and(|wanted| !wanted.actions_enabled || wanted.alarm_actions.is_empty()) {
        findings.push(Finding::TellsNobody);
    }
    findings.extend(policies(wanted, before, situation));
    findings.extend(freezes_now(
        situation.freezes,
        situation.environment,
        situation.now,
    ));
    findings
}

/// What is there against what is supposed to be there.
fn check_there(
    before: Option<&AlarmDefinition>,
    situation: &PutSituation<'_>,
    found: &mut Vec<AlarmFinding>,
) {
    match (situation.supposed, situation.live) {
        (Supposed::Nothing, Some(_)) => found.push(AlarmFinding::NameTaken),
        (Supposed::Left(left), _) if left.as_deref() != before => {
            found.push(AlarmFinding::ChangedSince)
        }
        _ => {}
    }
    if let Some(live) = situation.live.filter(|_| before.is_none()) {
        found.push(AlarmFinding::Unmodelled {
            fields: unmodelled(live),
        });
    }
    if situation.live.is_none() && situation.count >= limits::ALARMS_QUOTA {
        found.push(AlarmFinding::Quota {
            have: situation.count,
            limit: limits::ALARMS_QUOTA,
        });
    }
    let mut policies = situation.targets.iter().flat_map(|target| &target.policies);
    let managing = policies.find(|policy| {
        policy.kind == PolicyKind::TargetTracking && policy.alarms.contains(&situation.alarm.name)
    });
    found.extend(managing.map(|policy| AlarmFinding::Managed {
        policy: policy.name.clone(),
    }));
    if situation.becomes != situation.environment {
        found.push(AlarmFinding::Moves {
            from: situation.environment.clone(),
            to: situation.becomes.clone(),
        });
    }
}

/// What of an alarm a put from here would lose, in AWS's names.
fn unmodelled(live: &AlarmReading) -> Vec<String> {
    let of_kind = match live.kind {
        AlarmKind::MetricMath => Some("Metrics"),
        AlarmKind::Anomaly => Some("ThresholdMetricId"),
        AlarmKind::Composite => Some("AlarmRule"),
        AlarmKind::Metric | AlarmKind::Reported => None,
    };
    let mut fields = live.unmodelled.clone();
    let missing = of_kind.filter(|field| !live.unmodelled.iter().any(|own| own == field));
    fields.extend(missing.map(str::to_owned));
    fields
}

/// Actions by which somebody who may change this alarm could do what they may not. Those
/// that stand already may stay, as long as they are about the same thing.
fn foreign_actions(
    wanted: &AlarmDefinition,
    before: Option<&AlarmDefinition>,
    situation: &PutSituation<'_>,
) -> Vec<AlarmFinding> {
    let is_same = |before: &&AlarmDefinition| before.metric.dimensions == wanted.metric.dimensions;
    let before = before.filter(is_same);
    let kept = |action: &String| before.is_some_and(|before| before.actions().any(|a| a == action));
    let mut foreign: Vec<&String> = wanted
        .actions()
        .filter(|action| action.starts_with("arn:"))
        .filter(|action| !tells_people(action, situation.alarm) && !kept(action))
        .filter(|action| {
            let mut targets = situation.targets.iter();
            !targets.any(|target| policy_run_by(action, target).is_some())
        })
        .collect();
    foreign.sort();
    foreign.dedup();
    let finding = |action: &String| AlarmFinding::ForeignAction {
        action: action.clone(),
    };
    foreign.into_iter().map(finding).collect()
}

/// A topic in the alarm's region, an item of work or an incident.
fn tells_people(action: &str, alarm: &AlarmRef) -> bool {
    let mut parts = action.split(':').skip(2);
    match (parts.next(), parts.next()) {
        (Some("sns" | "ssm"), Some(region)) => region == alarm.scope.region.as_str(),
        (Some("ssm-incidents"), _) => true,
        _ => false,
    }
}

/// How the alarm would have stood lately.
fn lately(wanted: &AlarmDefinition, series: &Series) -> Vec<AlarmFinding> {
    lately_in(
        wanted,
        series,
        look_s(wanted.metric.period_s).div_ceil(3_600),
    )
}

fn lately_in(wanted: &AlarmDefinition, series: &Series, hours: u32) -> Vec<AlarmFinding> {
    let Some(nearest) = nearest(wanted, series) else {
        return vec![AlarmFinding::NoValues { hours }];
    };
    let mut found = Vec::new();
    let gaps = series.at.windows(2);
    let every_s = gaps.map(|two| two[1].since_ms(two[0]) / 1_000).min();
    let every_s = every_s.and_then(|every_s| u32::try_from(every_s).ok());
    let period_s = wanted.metric.period_s;
    if let Some(every_s) = every_s.filter(|every_s| *every_s > period_s) {
        found.push(AlarmFinding::PeriodTooShort { period_s, every_s });
    }
    let threshold = wanted.threshold.value();
    let values = series.values.iter();
    let breaching = values
        .filter(|value| wanted.comparison.breaches(**value, threshold))
        .count();
    let percent = u32::try_from(breaching * 100 / series.values.len().max(1)).unwrap_or(100);
    if percent >= limits::BREACHING_PERCENT_MAX {
        found.push(AlarmFinding::BreachesMostly { percent, hours });
    } else if breaching == 0 && is_far(nearest, threshold, series) {
        found.push(AlarmFinding::NeverNear { nearest, hours });
    }
    found
}

/// The value that came nearest to a breach, or went furthest beyond.
fn nearest(wanted: &AlarmDefinition, series: &Series) -> Option<f64> {
    let values = series.values.iter().copied();
    match wanted.comparison {
        Comparison::Less | Comparison::LessOrEqual => values.reduce(f64::min),
        _ => values.reduce(f64::max),
    }
}

/// Further from the threshold than the values are from each other.
fn is_far(nearest: f64, threshold: f64, series: &Series) -> bool {
    let spread = series
        .values
        .iter()
        .map(|value| (value - nearest).abs())
        .fold(0.0, f64::max);
    (threshold - nearest).abs() > spread
}

/// For how long a metric is looked at, so that its periods are those of the alarm.
#[must_use]
pub fn look_s(period_s: u32) -> u32 {
    let points = u32::try_from(limits::METRIC_POINTS_MAX).unwrap_or(u32::MAX);
    match period_s {
        ..60 => limits::ALARM_LOOK_FINE_S,
        _ => limits::ALARM_LOOK_S_MAX.min(period_s.saturating_mul(points)),
    }
}

/// Scaling policies that the alarm no longer runs, and what is the matter with those that
/// it runs from then on.
fn policies(
    wanted: Option<&AlarmDefinition>,
    before: Option<&AlarmDefinition>,
    situation: &PutSituation<'_>,
) -> Vec<Finding> {
    let name = &situation.alarm.name;
    let next = wanted.map(|wanted| reading(wanted, situation));
    let mut findings = Vec::new();
    for target in situation.targets {
        let runs = |definition: Option<&AlarmDefinition>, policy: &str| {
            let definition = definition.filter(|definition| definition.actions_enabled);
            let mut actions = definition.into_iter().flat_map(AlarmDefinition::actions);
            actions.any(|action| policy_run_by(action, target) == Some(policy))
        };
        let mut then = target.clone();
        for policy in then.policies.iter_mut().filter(|policy| policy.enabled) {
            let will = runs(wanted, &policy.name);
            if runs(before, &policy.name) && !will {
                findings.push(Finding::MutesPolicy {
                    target: target.reference.name.clone(),
                    policy: policy.name.clone(),
                });
            }
            policy.alarms.retain(|alarm| alarm != name);
            policy.alarms.extend(will.then(|| name.clone()));
        }
        let alarm = |asked: &str| next.as_ref().filter(|_| asked == name);
        let about = lint_target(&then, alarm).into_iter().filter(|finding| {
            finding.alarm.as_deref() == Some(name.as_str())
                && finding.problem.severity() != Severity::Info
        });
        findings.extend(about.map(|finding| Finding::Policy { finding }));
    }
    findings
}

/// The alarm as it will be read.
fn reading(wanted: &AlarmDefinition, situation: &PutSituation<'_>) -> AlarmReading {
    AlarmReading {
        scope: situation.alarm.scope.clone(),
        name: situation.alarm.name.clone(),
        arn: String::new(),
        kind: AlarmKind::Metric,
        description: wanted.description.clone(),
        state: AlarmState::InsufficientData,
        state_at: situation.now,
        reason: String::new(),
        rule: wanted.rule(),
        actions_enabled: wanted.actions_enabled,
        alarm_actions: wanted.alarm_actions.clone(),
        ok_actions: wanted.ok_actions.clone(),
        insufficient_data_actions: wanted.insufficient_data_actions.clone(),
        unmodelled: Vec::new(),
    }
}

#[cfg(test)]
mod line_tests;
#[cfg(test)]
mod tests;
