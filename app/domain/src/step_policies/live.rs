//! The policies of a live target against the live alarms that run them.
//!
//! One target is judged at a time: within it a policy's name is enough to know it by,
//! and within its account and region an alarm's.

use super::{
    Adjusting, AdjustmentType, Alarm, AlarmLink, Comparison, Document, Finding, Movement, Policy,
    Problem, Unchecked, links::policy_of, lint,
};
use crate::{
    alarms::{AlarmKind, AlarmReading},
    capacity::{ScalingPolicy, Target, TargetKind, TargetRef},
};
use std::collections::BTreeSet;

/// Everything that is the matter with the policies of a target that are switched on.
/// `alarm` finds an alarm of the target's account and region by its name.
///
/// What would be said of the reading and not of AWS is left out: a policy's alarm that
/// was not read, and an alarm's policy that is another target's or a service's of which
/// nothing is read.
#[must_use]
pub fn lint_target<'a>(
    target: &Target,
    alarm: impl Fn(&str) -> Option<&'a AlarmReading>,
) -> Vec<Finding> {
    let enabled = || target.policies.iter().filter(|policy| policy.enabled);
    let names: BTreeSet<&str> = enabled()
        .flat_map(|policy| &policy.alarms)
        .map(String::as_str)
        .collect();
    let alarms = names.into_iter().filter_map(alarm).map(Alarm::from);
    let policies = enabled().map(|policy| Policy::of(&target.reference, policy));
    let mut findings = lint(&Document {
        policies: Some(policies.collect()),
        alarms: Some(alarms.collect()),
    });
    findings.retain(|finding| {
        !matches!(
            finding.problem,
            Problem::AlarmUnchecked(Unchecked::NotGiven) | Problem::PolicyUnknown
        )
    });
    findings
}

/// The policy of the target that an alarm's action runs.
#[must_use]
pub fn policy_run_by<'a>(action: &'a str, target: &Target) -> Option<&'a str> {
    let reference = &target.reference;
    let place = format!(":{}:{}:", reference.scope.region, reference.scope.account);
    let (resource, name) = policy_of(action).filter(|_| action.contains(&place))?;
    let mut policies = target.policies.iter();
    let is_there = resource == resource_of(reference) && policies.any(|own| own.name == name);
    is_there.then_some(name)
}

/// What a policy's ARN calls its target.
fn resource_of(target: &TargetRef) -> String {
    match target.kind {
        TargetKind::EcsService => format!("service/{}", target.name),
        _ => target.name.clone(),
    }
}

/// The most that a policy of the target sets its capacity to, and the policy.
#[must_use]
pub fn exact_most(target: &Target) -> Option<(&str, u32)> {
    let enabled = target.policies.iter().filter(|policy| policy.enabled);
    enabled
        .filter_map(|policy| Some((policy.name.as_str(), exact(policy.adjusting.as_ref()?)?)))
        .max_by_key(|(_, capacity)| *capacity)
}

fn exact(adjusting: &Adjusting) -> Option<u32> {
    let most = match &adjusting.movement {
        Movement::Steps { steps, .. } => steps.iter().map(|step| step.adjustment).max()?,
        Movement::Simple { adjustment } => *adjustment,
    };
    match adjusting.kind {
        AdjustmentType::ExactCapacity => u32::try_from(most).ok(),
        AdjustmentType::ChangeInCapacity | AdjustmentType::PercentChangeInCapacity => None,
    }
}

impl Policy {
    fn of(target: &TargetRef, policy: &ScalingPolicy) -> Self {
        let link = |name: &String| AlarmLink {
            name: name.clone(),
            arn: None,
        };
        Self {
            name: policy.name.clone(),
            target: Some(resource_of(target)),
            arn: None,
            adjusting: policy.adjusting.clone(),
            alarms: policy.alarms.iter().map(link).collect(),
        }
    }
}

impl From<&AlarmReading> for Alarm {
    fn from(reading: &AlarmReading) -> Self {
        let rule = &reading.rule;
        // The metric inside an expression is not what the alarm compares.
        let metric = rule.metric.as_ref();
        let metric = metric.filter(|_| reading.kind != AlarmKind::MetricMath);
        Self {
            name: reading.name.clone(),
            arn: Some(reading.arn.clone()),
            comparison: Comparison::parse(&rule.comparison),
            threshold: rule.threshold,
            metric: metric.map(|metric| metric.name.clone()),
            statistic: metric.map(|metric| metric.statistic.clone()),
            evaluation_periods: Some(rule.evaluation_periods),
            missing_data: Some(rule.missing_data.clone()),
            muted: !reading.actions_enabled,
            alarm_actions: reading.alarm_actions.clone(),
            ok_actions: reading.ok_actions.clone(),
            insufficient_data_actions: reading.insufficient_data_actions.clone(),
        }
    }
}
