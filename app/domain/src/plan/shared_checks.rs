//! Checks that every plan for a target shares.

use crate::{
    alarms::AlarmReading,
    capacity::Target,
    checks::{Finding, Severity},
    estate::Environment,
    freezes::Freeze,
    schedules::SpotShare,
    step_policies::live::{exact_most, lint_target},
    time::{MINUTE_MS, Timestamp},
};
use std::ops::Range;

/// Freezes that cover what is done in that time.
pub(super) fn freezes_within(
    freezes: &[Freeze],
    environment: &Environment,
    time: Range<Timestamp>,
) -> impl Iterator<Item = Finding> {
    let covering = freezes
        .iter()
        .filter(move |freeze| freeze.overlaps(environment, time.start, time.end));
    covering.map(|freeze| Finding::Frozen {
        freeze: freeze.name.clone(),
        until: freeze.until,
    })
}

/// Freezes that cover what is done as soon as it may be.
pub(super) fn freezes_now(
    freezes: &[Freeze],
    environment: &Environment,
    now: Timestamp,
) -> impl Iterator<Item = Finding> {
    freezes_within(freezes, environment, now..now.plus_ms(MINUTE_MS))
}

/// More scheduled actions than AWS keeps for a target, once `adds` stand beside those
/// that are there.
pub(super) fn action_quota(target: &Target, adds: usize) -> Option<Finding> {
    let limit = target.reference.kind.actions_max();
    let have = target.actions.len();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (have + adds > limit).then(|| Finding::ActionQuota {
        have: count(have),
        adds: count(adds),
        limit: count(limit),
    })
}

/// Spot capacity that nothing replaces before an interruption, bought as the group does
/// now or as is wanted.
pub(super) fn spot_without_rebalance(
    target: &Target,
    wanted: Option<SpotShare>,
) -> Option<Finding> {
    let percent = target.spot_without_rebalance(wanted)?;
    Some(Finding::SpotWithoutRebalance { percent })
}

/// What the ways to buy instances mean for a group, where people wait so long for spot.
pub(super) fn mixes(target: &Target, mixes: &[SpotShare], minutes: u32) -> Vec<Finding> {
    if target.mix.is_none() {
        return vec![Finding::NoMixedInstances];
    }
    let most_spot = mixes.iter().min_by_key(|mix| mix.on_demand_percent);
    let spot = spot_without_rebalance(target, most_spot.copied());
    let lack = most_spot.filter(|mix| mix.on_demand_percent < 100);
    let lack = lack.map(|mix| Finding::SpotMayLack {
        on_demand_base: mix.on_demand_base,
        minutes,
    });
    let stay = mixes.iter().map(|mix| target.bought_otherwise(*mix)).max();
    let stay = stay.filter(|count| *count > 0);
    let stay = stay.map(|count| Finding::InstancesStay { count });
    spot.into_iter().chain(lack).chain(stay).collect()
}

/// What is the matter with the policies that move the target beside the plan. What is
/// only good to know about them stays on the page of checks.
pub(super) fn policies(target: &Target, alarms: &[AlarmReading]) -> impl Iterator<Item = Finding> {
    let scope = &target.reference.scope;
    let named = |name: &str| {
        let mut alarms = alarms.iter();
        alarms.find(|alarm| alarm.scope == *scope && alarm.name == name)
    };
    let findings = lint_target(target, named).into_iter();
    let findings = findings.filter(|finding| finding.problem.severity() != Severity::Info);
    findings.map(|finding| Finding::Policy { finding })
}

/// A maximum that keeps a policy of the target from what it sets. A maximum of 0 turns
/// the target off, which is told elsewhere.
pub(super) fn max_below_policy(target: &Target, max: u32) -> Option<Finding> {
    let (policy, needs) = exact_most(target).filter(|_| max > 0)?;
    (max < needs).then(|| Finding::MaxBelowPolicy {
        policy: policy.to_owned(),
        needs,
        max,
    })
}
