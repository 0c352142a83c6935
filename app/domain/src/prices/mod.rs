//! What instances cost, and what a plan costs: instance hours times list prices.
//!
//! Money is whole millionths of a US dollar. A price that nobody knows is unknown, never
//! zero: whatever needs it has no cost. Where a scaling policy decides how many run, both
//! what is sure and what is possible are told. Commitments (Savings Plans, reserved
//! instances), disks and traffic are left out.

use crate::{
    capacity::{Capacity, SpotMix, Target, TargetKind},
    estate::Region,
    schedules::{Level, SpotShare, Timetable},
    time::Timestamp,
    timeline::PlannedStep,
};
use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign};

/// Days of what is called a month.
pub const MONTH_DAYS: i64 = 30;

/// What a spot instance is taken to cost, in percent of its price on demand. It is an
/// assumption until spot prices are read. In the source of the list's Seoul prices the
/// zones of ap-northeast-2 lie between 29 and 45 percent for the sizes `large` of the
/// sandbox's groups, those of us-east-1 between 37 and 87.
pub const SPOT_PERCENT: u64 = 45;

const HOUR_MS: u128 = 3_600_000;
/// Decimals of a dollar that are kept.
const MICRO_DIGITS: usize = 6;
const LIST: &str = include_str!("list.tsv");

/// Where a price comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceSource {
    /// Who says so.
    pub name: String,
    /// The date of the prices, or the revision where it is known by that alone.
    pub state: String,
}

/// Reads an amount of US dollars as AWS writes it (`0.046800`), in millionths of a dollar,
/// the rest rounded up: none for what is no amount or is nothing.
#[must_use]
pub fn micro_usd(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let (told, rest) = fraction.split_at(fraction.len().min(MICRO_DIGITS));
    let told: u64 = format!("{told:0<MICRO_DIGITS$}").parse().ok()?;
    let up = u64::from(rest.bytes().any(|digit| digit != b'0'));
    let whole: u64 = whole.parse().ok()?;
    let amount = whole.checked_mul(1_000_000)?.checked_add(told + up)?;
    (amount > 0).then_some(amount)
}

/// The list price of an instance type on demand, in millionths of a US dollar an hour.
#[must_use]
pub fn on_demand_micro_usd(region: &Region, instance_type: &str) -> Option<u64> {
    let mut fields = LIST.lines().map(|line| line.split('\t'));
    fields.find_map(|mut line| {
        let own = line.next() == Some(region.as_str()) && line.next() == Some(instance_type);
        own.then(|| line.next()?.parse().ok()).flatten()
    })
}

/// Where the prices of a region come from; none where none are listed.
#[must_use]
pub fn source(region: &Region) -> Option<PriceSource> {
    let mut fields = LIST.lines().map(|line| line.split('\t'));
    fields.find_map(|mut line| {
        let own = line.next() == Some("source") && line.next() == Some(region.as_str());
        let (state, name) = own.then(|| line.next().zip(line.next())).flatten()?;
        Some(PriceSource {
            name: name.to_owned(),
            state: state.to_owned(),
        })
    })
}

/// What one instance of a target costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitPrice {
    /// On demand, in millionths of a US dollar an hour: the mean over what runs.
    pub on_demand_micro_usd: u64,
    /// The instance types that run.
    pub instance_types: Vec<String>,
    /// Where that comes from.
    pub source: PriceSource,
}

/// What one instance of a group costs, by the types that run now. None when nothing runs,
/// when the price of one of them is unknown, or for tasks, whose size nobody has read.
#[must_use]
pub fn unit_price(target: &Target) -> Option<UnitPrice> {
    let region = &target.reference.scope.region;
    if target.reference.kind != TargetKind::Asg || target.instances.is_empty() {
        return None;
    }
    let types = target
        .instances
        .iter()
        .map(|one| one.instance_type.as_str());
    let prices = types.clone().map(|name| on_demand_micro_usd(region, name));
    let total: u64 = prices.collect::<Option<Vec<_>>>()?.into_iter().sum();
    let count = u64::try_from(target.instances.len()).ok()?;
    let mut instance_types: Vec<String> = types.map(str::to_owned).collect();
    instance_types.sort();
    instance_types.dedup();
    Some(UnitPrice {
        on_demand_micro_usd: total / count,
        instance_types,
        source: source(region)?,
    })
}

/// What is sure and what is possible: they differ where a policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Between {
    /// At least.
    pub least: u64,
    /// At most.
    pub most: u64,
}

impl Add for Between {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            most: self.most.saturating_add(other.most),
        }
    }
}

/// How long how many instances run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Milliseconds of instances on demand, added up.
    pub on_demand_ms: Between,
    /// Milliseconds of spot instances, added up.
    pub spot_ms: Between,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.on_demand_ms = self.on_demand_ms + other.on_demand_ms;
        self.spot_ms = self.spot_ms + other.spot_ms;
    }
}

impl Usage {
    /// So many instances for so long.
    fn of(length_ms: i64, (least, most): (u32, u32), mix: Option<SpotShare>) -> Self {
        let length_ms = u64::try_from(length_ms).unwrap_or_default();
        let on_demand = |count: u32| mix.map_or(count, |mix| on_demand_of(mix, count));
        let time = |count: u32| u64::from(count).saturating_mul(length_ms);
        let both = |count: fn(u32, u32) -> u32| Between {
            least: time(count(least, on_demand(least))),
            most: time(count(most, on_demand(most))),
        };
        Self {
            on_demand_ms: both(|_, on_demand| on_demand),
            spot_ms: both(|all, on_demand| all - on_demand),
        }
    }

    /// All instances, however bought.
    #[must_use]
    pub fn all_ms(self) -> Between {
        self.on_demand_ms + self.spot_ms
    }

    /// What it costs, in millionths of a US dollar.
    #[must_use]
    pub fn cost_micro_usd(self, price: &UnitPrice) -> Between {
        let on_demand = u128::from(price.on_demand_micro_usd);
        let spot = on_demand * u128::from(SPOT_PERCENT) / 100;
        let cost = |on_demand_ms: u64, spot_ms: u64| {
            let total = u128::from(on_demand_ms) * on_demand + u128::from(spot_ms) * spot;
            u64::try_from(total / HOUR_MS).unwrap_or(u64::MAX)
        };
        Between {
            least: cost(self.on_demand_ms.least, self.spot_ms.least),
            most: cost(self.on_demand_ms.most, self.spot_ms.most),
        }
    }
}

/// How many of a group's instances are bought on demand. AWS rounds in their favour.
fn on_demand_of(mix: SpotShare, count: u32) -> u32 {
    let above = u64::from(count.saturating_sub(mix.on_demand_base));
    let percent = u64::from(mix.on_demand_percent.min(100));
    let on_demand = (above * percent).div_ceil(100);
    // No more than `above`, by the percentage.
    count.min(mix.on_demand_base) + u32::try_from(on_demand).unwrap_or(u32::MAX)
}

/// How a target buys and scales: what a count means for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Buying {
    /// A policy decides between minimum and maximum.
    pub scales_itself: bool,
    /// Its mix of spot and on demand, if it has one.
    pub mix: Option<SpotShare>,
}

impl Buying {
    /// As a target does.
    #[must_use]
    pub fn of(target: &Target) -> Self {
        let share = |mix: SpotMix| SpotShare {
            on_demand_base: mix.on_demand_base,
            on_demand_percent: mix.on_demand_percent,
        };
        Self {
            scales_itself: target.scales_itself(),
            mix: target.mix.map(share),
        }
    }

    /// At least and at most, of a capacity.
    const fn reach(self, capacity: Capacity) -> (u32, u32) {
        match self.scales_itself {
            true => (capacity.min, capacity.max),
            false => (capacity.desired, capacity.desired),
        }
    }

    /// What planned steps come to until an instant.
    #[must_use]
    pub fn planned(self, steps: &[PlannedStep], until: Timestamp) -> Usage {
        let ends = steps.iter().skip(1).map(|step| step.at).chain([until]);
        let mut usage = Usage::default();
        for (step, end) in steps.iter().zip(ends) {
            let length_ms = end.since_ms(step.at);
            usage += Usage::of(length_ms, self.reach(step.capacity), self.mix);
        }
        usage
    }

    /// What a schedule comes to in `[from, until)`; none for what has no sizes.
    #[must_use]
    pub fn scheduled(
        self,
        timetable: &Timetable<'_>,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<Usage> {
        let held = timetable.timeline(from, until);
        let ends = held.iter().skip(1).map(|next| next.at).chain([until]);
        let mut usage = Usage::default();
        for (holds, end) in held.iter().zip(ends) {
            let (reach, mix) = match holds.level {
                Level::Group { capacity, spot } => (self.reach(capacity), spot.or(self.mix)),
                Level::Bounds { min, max } => ((min, max), self.mix),
                Level::Power { .. } => return None,
            };
            usage += Usage::of(end.since_ms(holds.at), reach, mix);
        }
        Some(usage)
    }
}

/// The end of the month that begins at an instant.
#[must_use]
pub fn month_end(from: Timestamp) -> Timestamp {
    from.plus_ms(MONTH_DAYS * crate::time::DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_digit_by_digit() {
        for (text, amount) in [
            ("0.046800", Some(46_800)),
            ("12", Some(12_000_000)),
            ("0.1", Some(100_000)),
            ("0.0000004", Some(1)),
            ("0.000000", None),
            (".5", None),
            ("1e3", None),
            ("-1.0", None),
            ("99999999999999.0", None),
            ("", None),
        ] {
            assert_eq!(micro_usd(text), amount, "{text}");
        }
    }

    #[test]
    fn a_price_is_known_or_unknown_and_never_zero() {
        let seoul = Region::from("ap-northeast-2");
        assert_eq!(on_demand_micro_usd(&seoul, "c7g.large"), Some(81_600));
        assert_eq!(on_demand_micro_usd(&seoul, "c7g.huge"), None);
        assert_eq!(
            on_demand_micro_usd(&Region::from("eu-west-1"), "c7g.large"),
            None
        );
        for line in LIST.lines().filter(|line| !line.starts_with(['#', 's'])) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [region, name, _] = fields[..] else {
                panic!("{line}");
            };
            let region = Region::parse(region).expect("a region");
            let price = on_demand_micro_usd(&region, name).expect("a price");
            assert!((1_000..100_000_000).contains(&price), "{line}");
            assert!(source(&region).is_some(), "{line}");
            let same = format!("{region}\t{name}\t");
            assert_eq!(LIST.matches(&same).count(), 1, "{line} stands twice");
        }
    }

    #[test]
    fn aws_rounds_in_favour_of_on_demand() {
        let check = |base, percent, count, expected| {
            let mix = SpotShare {
                on_demand_base: base,
                on_demand_percent: percent,
            };
            assert_eq!(
                on_demand_of(mix, count),
                expected,
                "{base} {percent} {count}"
            );
        };
        check(0, 0, 5, 0);
        check(2, 0, 1, 1);
        check(2, 0, 5, 2);
        check(1, 50, 4, 3);
        check(0, 100, 7, 7);
        check(0, 1, 1, 1);
    }

    #[test]
    fn hours_times_prices_is_money() {
        let price = UnitPrice {
            on_demand_micro_usd: 100_000,
            instance_types: vec![],
            source: PriceSource {
                name: "a list".into(),
                state: "2026-01-01".into(),
            },
        };
        let mix = Some(SpotShare {
            on_demand_base: 1,
            on_demand_percent: 0,
        });
        let usage = Usage::of(3_600_000, (1, 3), mix);
        assert_eq!(
            usage.all_ms(),
            Between {
                least: 3_600_000,
                most: 10_800_000
            }
        );
        let cost = usage.cost_micro_usd(&price);
        assert_eq!(
            cost,
            Between {
                least: 100_000,
                most: 190_000
            }
        );
    }
}
