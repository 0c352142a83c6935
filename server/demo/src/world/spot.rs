//! What instance types cost as spot: a pure function of the type, the zone and the day, as
//! EC2 would have it for weeks.

use super::{World, group::ZONES};
use crate::chance::{drift, unit};
use domain::{
    capacity::{TargetKind, TargetRef},
    prices::on_demand_micro_usd,
    spot::SpotPrice,
    time::{HOUR_MS, Timestamp},
};

/// A price holds at least so long.
const STEP_MS: i64 = 4 * HOUR_MS;
/// In how many of the steps it changes.
const CHANGES: f64 = 0.4;
/// The days in which it drifts from one level to the next, in steps.
const DRIFT_STEPS: i64 = 30;

impl World {
    /// The prices of a group's types in its zones since `from`, with what held then.
    pub fn spot_prices(
        &self,
        reference: &TargetRef,
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<SpotPrice> {
        let mut groups = self.groups.iter();
        let group = groups.find(|group| group.reference == *reference);
        let Some(group) = group.filter(|_| reference.kind == TargetKind::Asg) else {
            return Vec::new();
        };
        let region = &reference.scope.region;
        let mut prices = Vec::new();
        for instance_type in group.plan.types {
            let Some(whole) = on_demand_micro_usd(region, instance_type) else {
                continue;
            };
            for zone in ZONES {
                let zone = format!("{region}{zone}");
                let key = key(instance_type, &zone);
                let first = from.ms() / STEP_MS;
                for step in first..=until.ms() / STEP_MS {
                    if step > first && unit(key, step) >= CHANGES {
                        continue;
                    }
                    prices.push(SpotPrice {
                        instance_type: (*instance_type).to_owned(),
                        zone: zone.clone(),
                        at: Timestamp::from_ms(step * STEP_MS),
                        micro_usd: (whole as f64 * share(key, step)) as u64,
                    });
                }
            }
        }
        prices
    }
}

/// Of the price on demand: a level of the type in its zone, and what it drifts from it.
fn share(key: u64, step: i64) -> f64 {
    let level = unit(key, -1).mul_add(0.14, 0.31);
    drift(!key, step, DRIFT_STEPS).mul_add(0.08, 1.0) * level
}

/// FNV-1a: the same for the same names in every build.
fn key(instance_type: &str, zone: &str) -> u64 {
    let bytes = instance_type.bytes().chain(zone.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
