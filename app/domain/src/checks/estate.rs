//! Checks over the estate as it stands, whatever anybody plans: targets, the policies
//! that move them, and the alarms that run those. The words for people are in
//! [`crate::i18n::checks`].
//!
//! Each rule judges what one reading shows. It knows neither history nor load, so it
//! says what AWS would do, not what it did. Only [`below_desired`] is about what lasts.

use super::Severity;
use crate::{
    alarms::{AlarmKind, AlarmReading},
    aws_timing::ObjectKind,
    capacity::{Capacity, CapacityChange, Target, TargetKind, TargetRef},
    estate::Scope,
    ids::ChangeId,
    limits,
    plan::action_owner,
    schedules::{
        ScheduleName,
        compile::{object_prefix, schedule_of_action},
    },
    shortfalls::Shortfall,
    step_policies::{
        self, Comparison,
        live::{exact_most, lint_target},
    },
};
use std::collections::{HashMap, HashSet};

/// The rule of what stays below what it wants, which has a way out at a click.
pub const BELOW_DESIRED: &str = "below-desired";

/// Every rule, in the order in which they are offered.
pub const RULES: [&str; 29] = [
    "step-gap",
    "step-overlap",
    "step-bounds",
    "step-unreachable",
    "absolute-bounds",
    "direction",
    "negative-exact",
    "percent-no-effect",
    "change-no-effect",
    "min-magnitude-unused",
    "no-alarm",
    "alarm-muted",
    "alarm-unchecked",
    "alarm-without-action",
    "shared-alarm",
    "missing-data",
    "runs-on-ok",
    "statistic-mismatch",
    "max-below-policy",
    "min-above-desired",
    "max-below-desired",
    "off-for-good",
    "suspended-process",
    "action-quota-near",
    "spot-without-rebalance",
    "spot-few-types",
    "spot-few-zones",
    "left-behind",
    BELOW_DESIRED,
];

/// One thing that a look over the estate found.
#[derive(Debug, Clone, PartialEq)]
pub struct EstateFinding {
    /// In which account and region.
    pub scope: Scope,
    /// The target that it is about; none where it is about an alarm alone.
    pub target: Option<TargetRef>,
    /// The alarm's name, where it is about one.
    pub alarm: Option<String>,
    /// What is the matter.
    pub problem: EstateProblem,
    /// What it was seen by, in AWS's own terms.
    pub evidence: Vec<String>,
}

/// What can be the matter.
#[derive(Debug, Clone, PartialEq)]
pub enum EstateProblem {
    /// Something about a scaling policy and its alarms.
    Policy(step_policies::Finding),
    /// A policy sets more than a maximum allows.
    MaxBelowPolicy {
        /// The policy.
        policy: String,
        /// What it sets.
        needs: u32,
        /// The maximum.
        max: u32,
        /// The scheduled action that brings this maximum; none where it holds now.
        action: Option<String>,
    },
    /// A service runs fewer tasks than its scalable target's minimum.
    MinAboveDesired {
        /// Its capacity.
        capacity: Capacity,
    },
    /// A service runs more tasks than its scalable target's maximum.
    MaxBelowDesired {
        /// Its capacity.
        capacity: Capacity,
    },
    /// Spot capacity that nothing replaces before an interruption.
    SpotWithoutRebalance {
        /// Percent of the capacity above the base that is spot.
        percent: u32,
    },
    /// Spot capacity of too few instance types.
    SpotFewTypes {
        /// How many.
        types: u32,
    },
    /// Spot capacity in too few zones.
    SpotFewZones {
        /// How many.
        zones: u32,
    },
    /// The maximum is 0 and no scheduled action raises it.
    OffForGood,
    /// A suspended process stops what waits for it.
    SuspendedProcess {
        /// AWS's name of the process.
        process: String,
        /// Scheduled actions that wait for it.
        actions: u32,
        /// Policies that wait for it.
        policies: u32,
    },
    /// Nearly as many scheduled actions as AWS keeps.
    ActionQuotaNear {
        /// There now.
        have: u32,
        /// AWS's limit.
        limit: u32,
    },
    /// An alarm that does nothing when it goes off.
    AlarmWithoutAction,
    /// Scheduled actions and timers in the console's own names that nothing stands for.
    LeftBehind {
        /// How many.
        count: u32,
    },
    /// A group that buys spot stays below what it wants.
    BelowDesired {
        /// By how many.
        missing: u32,
    },
}

impl EstateProblem {
    /// The rule's stable name.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Policy(finding) => finding.problem.rule(),
            Self::MaxBelowPolicy { .. } => "max-below-policy",
            Self::MinAboveDesired { .. } => "min-above-desired",
            Self::MaxBelowDesired { .. } => "max-below-desired",
            Self::SpotWithoutRebalance { .. } => "spot-without-rebalance",
            Self::SpotFewTypes { .. } => "spot-few-types",
            Self::SpotFewZones { .. } => "spot-few-zones",
            Self::OffForGood => "off-for-good",
            Self::SuspendedProcess { .. } => "suspended-process",
            Self::ActionQuotaNear { .. } => "action-quota-near",
            Self::AlarmWithoutAction => "alarm-without-action",
            Self::LeftBehind { .. } => "left-behind",
            Self::BelowDesired { .. } => BELOW_DESIRED,
        }
    }

    /// How bad it is: an error leaves the capacity where it is; a warning may be meant
    /// so; the rest is good to know.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Policy(finding) => finding.problem.severity(),
            Self::MaxBelowPolicy { .. }
            | Self::MinAboveDesired { .. }
            | Self::MaxBelowDesired { .. }
            | Self::SpotWithoutRebalance { .. }
            | Self::SpotFewTypes { .. }
            | Self::SpotFewZones { .. }
            | Self::OffForGood
            | Self::SuspendedProcess { .. }
            | Self::ActionQuotaNear { .. }
            | Self::LeftBehind { .. }
            | Self::BelowDesired { .. } => Severity::Warning,
            Self::AlarmWithoutAction => Severity::Info,
        }
    }

    /// The policy that it is about, by its name.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        match self {
            Self::Policy(finding) => Some(&finding.policy),
            Self::MaxBelowPolicy { policy, .. } => Some(policy),
            _ => None,
        }
    }
}

/// Everything that is the matter: of each target in the order given, then of alarms
/// that no target is about.
#[must_use]
pub fn check_estate<'a>(
    targets: impl IntoIterator<Item = &'a Target>,
    alarms: &[AlarmReading],
) -> Vec<EstateFinding> {
    let named: HashMap<(&Scope, &str), &AlarmReading> = alarms
        .iter()
        .map(|alarm| ((&alarm.scope, alarm.name.as_str()), alarm))
        .collect();
    let mut findings = Vec::new();
    for target in targets {
        let scope = &target.reference.scope;
        let alarm = |name: &str| named.get(&(scope, name)).copied();
        let about = |problem, evidence| EstateFinding {
            scope: scope.clone(),
            target: Some(target.reference.clone()),
            alarm: None,
            problem,
            evidence,
        };
        for finding in lint_target(target, alarm) {
            let evidence = policy_evidence(target, &finding, alarm);
            findings.push(EstateFinding {
                alarm: finding.alarm.clone(),
                ..about(EstateProblem::Policy(finding), evidence)
            });
        }
        let own = maxima(target)
            .chain(bounds(target))
            .chain(spot(target))
            .chain(off_for_good(target))
            .chain(suspended(target))
            .chain(quota(target));
        findings.extend(own.map(|(problem, evidence)| about(problem, evidence)));
    }
    findings.extend(without_action(alarms));
    findings
}

/// What of a target carries the console's names and is fired by AWS though nothing stands
/// for it: a change request failed and not all of it could be taken back.
///
/// `standing` are the schedules that stand on the target or are being applied; `is_lost`
/// tells of a scale event's change request whether nothing of it should be left.
#[must_use]
pub fn left_behind(
    target: &Target,
    standing: &[&ScheduleName],
    is_lost: impl Fn(ChangeId) -> bool,
) -> Option<EstateFinding> {
    let reference = &target.reference;
    let kind = ObjectKind::of_actions(reference.kind);
    let is_wanted = |kind, name: &str| {
        let mut prefixes = standing.iter().map(|one| object_prefix(kind, one));
        prefixes.any(|prefix| name.starts_with(&prefix))
    };
    let actions = target.actions.iter().map(|action| action.name.as_str());
    let actions = actions.filter(|name| match action_owner(name) {
        Some(event) => is_lost(event),
        None => schedule_of_action(kind, name).is_some() && !is_wanted(kind, name),
    });
    let timers = target.timers.iter().map(|timer| timer.object.name.as_str());
    let timers = timers.filter(|name| !is_wanted(ObjectKind::SchedulerSchedule, name));
    let evidence: Vec<String> = actions.chain(timers).map(str::to_owned).collect();
    (!evidence.is_empty()).then(|| EstateFinding {
        scope: reference.scope.clone(),
        target: Some(reference.clone()),
        alarm: None,
        problem: EstateProblem::LeftBehind {
            count: count(evidence.len()),
        },
        evidence,
    })
}

/// A group that has been below what it wants for longer than people wait.
#[must_use]
pub fn below_desired(target: &Target, short: &Shortfall) -> EstateFinding {
    let reference = &target.reference;
    let (in_service, desired) = (target.in_service, target.capacity.desired);
    EstateFinding {
        scope: reference.scope.clone(),
        target: Some(reference.clone()),
        alarm: None,
        problem: EstateProblem::BelowDesired {
            missing: short.missing,
        },
        evidence: vec![format!(
            "InService {in_service} · DesiredCapacity {desired} · {}",
            short.since
        )],
    }
}

/// A problem and what it was seen by.
type Seen = (EstateProblem, Vec<String>);

fn policy_evidence<'a>(
    target: &Target,
    finding: &step_policies::Finding,
    alarm: impl Fn(&str) -> Option<&'a AlarmReading>,
) -> Vec<String> {
    let policies = target.policies.iter();
    let own = policies.filter(|policy| policy.name == finding.policy);
    let policy = own.map(|policy| format!("{}: {}", policy.name, policy.summary));
    let alarm = finding.alarm.as_deref().and_then(alarm);
    policy.chain(alarm.map(alarm_text)).collect()
}

/// `queue-age-high: ApproximateAgeOfOldestMessage > 120, ActionsEnabled true`.
fn alarm_text(alarm: &AlarmReading) -> String {
    let rule = &alarm.rule;
    let metric = rule.metric.as_ref().map(|metric| metric.name.as_str());
    let what = metric.or(rule.expression.as_deref()).unwrap_or_default();
    let sign = Comparison::parse(&rule.comparison).map_or("", Comparison::sign);
    let threshold = rule.threshold.map_or_else(String::new, |t| format!(" {t}"));
    format!(
        "{}: {what} {sign}{threshold}, ActionsEnabled {}",
        alarm.name, alarm.actions_enabled
    )
}

/// Maxima, of now and of scheduled actions, that keep a policy from what it sets.
fn maxima(target: &Target) -> impl Iterator<Item = Seen> {
    let actions = target.actions.iter();
    let scheduled = actions.filter_map(|action| Some((action.capacity.max?, Some(&action.name))));
    let all = std::iter::once((target.capacity.max, None)).chain(scheduled);
    let most = exact_most(target);
    all.filter_map(move |(max, action)| {
        let (policy, needs) = most?;
        // A maximum of 0 turns the target off; that is another matter.
        (0 < max && max < needs).then(|| {
            let problem = EstateProblem::MaxBelowPolicy {
                policy: policy.to_owned(),
                needs,
                max,
                action: action.cloned(),
            };
            let holder = action.map_or_else(String::new, |name| format!("{name}: "));
            let evidence = vec![
                format!("{policy}: ExactCapacity {needs}"),
                format!("{holder}{} {max}", max_word(target)),
            ];
            (problem, evidence)
        })
    })
}

const fn max_word(target: &Target) -> &'static str {
    match target.reference.kind {
        TargetKind::EcsService => "MaxCapacity",
        _ => "MaxSize",
    }
}

/// A service whose count lies outside its scalable target's bounds: nobody but its own
/// policies or scheduled actions would bring it back. AWS refuses that of a group.
fn bounds(target: &Target) -> impl Iterator<Item = Seen> {
    let capacity = target.capacity;
    let problem = match target.reference.kind {
        TargetKind::EcsService if capacity.desired < capacity.min => {
            Some(EstateProblem::MinAboveDesired { capacity })
        }
        TargetKind::EcsService if capacity.desired > capacity.max => {
            Some(EstateProblem::MaxBelowDesired { capacity })
        }
        _ => None,
    };
    let Capacity { min, desired, max } = capacity;
    let evidence = format!("MinCapacity {min} · desiredCount {desired} · MaxCapacity {max}");
    problem.map(|problem| (problem, vec![evidence])).into_iter()
}

fn spot(target: &Target) -> impl Iterator<Item = Seen> {
    let mix = target.mix.filter(|mix| mix.on_demand_percent < 100);
    let share = mix.map(|mix| {
        format!(
            "OnDemandBaseCapacity {} · OnDemandPercentageAboveBaseCapacity {}",
            mix.on_demand_base, mix.on_demand_percent
        )
    });
    let bare = target.spot_without_rebalance(None).map(|percent| {
        (
            EstateProblem::SpotWithoutRebalance { percent },
            "CapacityRebalance false".to_owned(),
        )
    });
    let types = mix.and_then(|mix| mix.types);
    let types = types.filter(|types| *types < limits::SPOT_TYPES_MIN);
    let types = types.map(|types| {
        (
            EstateProblem::SpotFewTypes { types },
            format!("InstanceType: {types}"),
        )
    });
    let zones = mix.and_then(|mix| mix.zones);
    let zones = zones.filter(|zones| *zones < limits::SPOT_ZONES_MIN);
    let zones = zones.map(|zones| {
        (
            EstateProblem::SpotFewZones { zones },
            format!("AvailabilityZones: {zones}"),
        )
    });
    let found = bare.into_iter().chain(types).chain(zones);
    found.map(move |(problem, seen)| (problem, share.iter().cloned().chain([seen]).collect()))
}

fn off_for_good(target: &Target) -> impl Iterator<Item = Seen> {
    let raises = |change: CapacityChange| change.max.is_some_and(|max| max > 0);
    let mut actions = target.actions.iter();
    let is_off = target.capacity.max == 0 && !actions.any(|action| raises(action.capacity));
    let evidence = format!("{} 0", max_word(target));
    is_off
        .then(|| (EstateProblem::OffForGood, vec![evidence]))
        .into_iter()
}

/// Processes whose suspension stops scheduled actions or policies that are there.
fn suspended(target: &Target) -> impl Iterator<Item = Seen> {
    let policies = target.policies.iter().filter(|policy| policy.enabled);
    let (actions, policies) = (count(target.actions.len()), count(policies.count()));
    target.suspended.iter().filter_map(move |process| {
        let (actions, policies) = match process.as_str() {
            "ScheduledActions" | "ScheduledScaling" => (actions, 0),
            "AlarmNotification" | "DynamicScalingIn" | "DynamicScalingOut" => (0, policies),
            "Launch" | "Terminate" => (actions, policies),
            _ => (0, 0),
        };
        let problem = EstateProblem::SuspendedProcess {
            process: process.clone(),
            actions,
            policies,
        };
        let evidence = vec![format!("SuspendedProcesses: {process}")];
        (actions + policies > 0).then_some((problem, evidence))
    })
}

fn quota(target: &Target) -> impl Iterator<Item = Seen> {
    let (have, limit) = (target.actions.len(), target.reference.kind.actions_max());
    let is_near = limit > 0 && have * 100 >= limit * limits::ACTIONS_NEAR_PERCENT;
    let problem = EstateProblem::ActionQuotaNear {
        have: count(have),
        limit: count(limit),
    };
    let evidence = vec![format!("ScheduledActions: {have} / {limit}")];
    is_near.then_some((problem, evidence)).into_iter()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Alarms that tell nobody and run nothing. One that a composite alarm looks at is
/// heard through that.
fn without_action(alarms: &[AlarmReading]) -> impl Iterator<Item = EstateFinding> {
    let composites = alarms
        .iter()
        .filter(|alarm| alarm.kind == AlarmKind::Composite);
    let heard: HashSet<(&Scope, &str)> = composites
        .flat_map(|alarm| {
            let rule = alarm.rule.expression.as_deref().unwrap_or_default();
            children(rule).map(|child| (&alarm.scope, child))
        })
        .collect();
    let idle = alarms.iter().filter(move |alarm| {
        let actions = [
            &alarm.alarm_actions,
            &alarm.ok_actions,
            &alarm.insufficient_data_actions,
        ];
        actions.iter().all(|actions| actions.is_empty())
            && !heard.contains(&(&alarm.scope, alarm.name.as_str()))
    });
    idle.map(|alarm| EstateFinding {
        scope: alarm.scope.clone(),
        target: None,
        alarm: Some(alarm.name.clone()),
        problem: EstateProblem::AlarmWithoutAction,
        evidence: vec!["AlarmActions []".to_owned()],
    })
}

/// The alarms that a composite alarm's rule names: in quotes or bare, by name or by ARN
/// (CloudWatch API, PutCompositeAlarm: AlarmRule). Its other words name no alarm that
/// matters.
pub(crate) fn children(rule: &str) -> impl Iterator<Item = &str> {
    let words = rule.split('"').enumerate().flat_map(|(place, part)| {
        let is_quoted = place % 2 == 1;
        part.split(move |c: char| !is_quoted && (c == '(' || c == ')' || c.is_whitespace()))
    });
    words.map(|word| word.split_once(":alarm:").map_or(word, |(_, name)| name))
}

#[cfg(test)]
mod tests;
