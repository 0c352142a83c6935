//! Groups that stay below what they want. Where AWS has no spot capacity it goes on asking
//! for some and buys nothing on demand in its stead, so somebody has to be told.

use crate::{
    capacity::Target,
    processes::Process,
    time::{MINUTE_MS, Timestamp},
};
use serde::{Deserialize, Serialize};

/// A group that buys spot is below what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shortfall {
    /// By how many.
    pub missing: u32,
    /// Since when it was seen so every time.
    pub since: Timestamp,
    /// From when on it has lasted longer than people wait.
    pub told_from: Timestamp,
}

impl Shortfall {
    /// One for which people wait so long.
    #[must_use]
    pub fn new(missing: u32, since: Timestamp, minutes: u32) -> Self {
        Self {
            missing,
            since,
            told_from: since.plus_ms(i64::from(minutes) * MINUTE_MS),
        }
    }

    /// Whether it has lasted longer than people wait.
    #[must_use]
    pub fn is_told(&self, now: Timestamp) -> bool {
        self.told_from <= now
    }
}

/// How many a group is short of that buys spot; none where nothing is missing, and where
/// to buy on demand would not help.
#[must_use]
pub fn missing_spot(target: &Target) -> Option<u32> {
    let desired = target.capacity.desired;
    let on_demand = target.mix?.share().on_demand_of(desired);
    let missing = desired.saturating_sub(target.in_service);
    let helps = on_demand < desired && !target.is_suspended(Process::Launch);
    (helps && missing > 0).then_some(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capacity::{Capacity, SpotMix, TargetKind},
        plan::fixtures::target,
    };

    #[test]
    fn it_is_told_when_it_has_lasted() {
        let at = |minutes| Timestamp::from_ms(minutes * MINUTE_MS);
        let short = Shortfall::new(2, at(3), 15);
        for (minutes, told) in [(3, false), (17, false), (18, true), (90, true)] {
            assert_eq!(short.is_told(at(minutes)), told, "{minutes}");
        }
    }

    #[test]
    fn only_what_on_demand_would_bring_is_missing() {
        let check = |mix: Option<(u32, u32)>, in_service, suspended: &[&str], expected| {
            let target = Target {
                capacity: Capacity {
                    min: 0,
                    desired: 4,
                    max: 8,
                },
                in_service,
                suspended: suspended.iter().map(ToString::to_string).collect(),
                mix: mix.map(|(on_demand_base, on_demand_percent)| SpotMix {
                    on_demand_base,
                    on_demand_percent,
                    rebalance: true,
                    types: None,
                    zones: None,
                    strategy: None,
                }),
                ..target(TargetKind::Asg, 4)
            };
            assert_eq!(missing_spot(&target), expected, "{target:?}");
        };
        check(Some((1, 50)), 3, &[], Some(1));
        check(Some((0, 0)), 0, &[], Some(4));
        check(Some((1, 50)), 4, &[], None);
        check(Some((1, 50)), 5, &[], None);
        // It buys on demand already: by its percentage, its base, or for want of a policy.
        check(Some((0, 100)), 3, &[], None);
        check(Some((4, 0)), 3, &[], None);
        check(None, 3, &[], None);
        // Nothing is launched, however it is bought.
        check(Some((1, 50)), 3, &["Launch"], None);
        check(Some((1, 50)), 3, &["AZRebalance"], Some(1));
    }
}
