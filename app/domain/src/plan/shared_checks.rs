//! Checks that every plan for a target shares.

use crate::{
    capacity::{Target, TargetKind},
    checks::Finding,
    estate::Environment,
    freezes::Freeze,
    limits,
    schedules::SpotShare,
    time::Timestamp,
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

/// More scheduled actions than AWS keeps for a target, once `adds` stand beside those
/// that are there.
pub(super) fn action_quota(target: &Target, adds: usize) -> Option<Finding> {
    let limit = match target.reference.kind {
        TargetKind::Asg => limits::ASG_SCHEDULED_ACTIONS_MAX,
        TargetKind::EcsService => limits::APPLICATION_SCHEDULED_ACTIONS_MAX,
    };
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
    let mix = target.mix?;
    let on_demand_percent = wanted.unwrap_or(mix.share()).on_demand_percent;
    let is_bare = !mix.rebalance && on_demand_percent < 100;
    (is_bare && target.reference.kind == TargetKind::Asg).then(|| Finding::SpotWithoutRebalance {
        percent: 100 - on_demand_percent,
    })
}
