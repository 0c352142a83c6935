//! Spot capacity: how much of a target is bought so, what AWS told of it, and what it has
//! cost.

use crate::{
    capacity::{Instance, Purchase},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How instances are bought, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bought {
    /// On demand.
    pub on_demand: u32,
    /// As spot.
    pub spot: u32,
    /// Nobody could tell.
    pub unknown: u32,
}

impl Bought {
    /// Of the instances that serve.
    #[must_use]
    pub fn of(instances: &[Instance]) -> Self {
        let mut bought = Self::default();
        for instance in instances.iter().filter(|instance| instance.in_service()) {
            bought.add(instance.purchase);
        }
        bought
    }

    const fn add(&mut self, purchase: Purchase) {
        let count = match purchase {
            Purchase::OnDemand => &mut self.on_demand,
            Purchase::Spot => &mut self.spot,
            Purchase::Unknown => &mut self.unknown,
        };
        *count = count.saturating_add(1);
    }

    /// How many there are.
    #[must_use]
    pub const fn all(self) -> u32 {
        self.on_demand
            .saturating_add(self.spot)
            .saturating_add(self.unknown)
    }

    /// The share of spot, in whole percent; none where there is nothing, or where somebody
    /// would have to guess.
    #[must_use]
    pub fn spot_percent(self) -> Option<u32> {
        let all = u64::from(self.all());
        if all == 0 || self.unknown > 0 {
            return None;
        }
        u32::try_from((u64::from(self.spot) * 100 + all / 2) / all).ok()
    }
}

/// A part of a target: what serves in one zone, or of one instance type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpotPart {
    /// The zone or the type.
    pub name: String,
    /// How it is bought.
    pub bought: Bought,
}

fn parts(instances: &[Instance], name: fn(&Instance) -> &str) -> Vec<SpotPart> {
    let mut parts: BTreeMap<&str, Bought> = BTreeMap::new();
    for instance in instances.iter().filter(|instance| instance.in_service()) {
        parts
            .entry(name(instance))
            .or_default()
            .add(instance.purchase);
    }
    let part = |(name, bought): (&str, Bought)| SpotPart {
        name: name.to_owned(),
        bought,
    };
    parts.into_iter().map(part).collect()
}

/// What serves in each zone, by its name.
#[must_use]
pub fn by_zone(instances: &[Instance]) -> Vec<SpotPart> {
    parts(instances, |instance| &instance.zone)
}

/// What serves of each instance type, by its name.
#[must_use]
pub fn by_type(instances: &[Instance]) -> Vec<SpotPart> {
    parts(instances, |instance| &instance.instance_type)
}

/// What AWS tells of a spot instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpotNoticeKind {
    /// It is taken away in two minutes.
    Interruption,
    /// It is likely to be taken away.
    Rebalance,
}

impl SpotNoticeKind {
    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interruption => "interruption",
            Self::Rebalance => "rebalance",
        }
    }

    /// Reads what [`SpotNoticeKind::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = [Self::Interruption, Self::Rebalance].into_iter();
        all.find(|kind| kind.as_str() == text)
    }
}

/// What an instance type has cost as spot in a zone, from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotPrice {
    /// Such as `m7g.large`.
    pub instance_type: String,
    /// Availability zone.
    pub zone: String,
    /// Since when.
    pub at: Timestamp,
    /// An hour, in millionths of a US dollar.
    pub micro_usd: u64,
}

/// A price, and since when it has held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PricePoint {
    /// Since when.
    pub at: Timestamp,
    /// An hour, in millionths of a US dollar.
    pub micro_usd: u64,
}

/// What an instance type has cost as spot in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ZonePrices {
    /// Availability zone.
    pub zone: String,
    /// The prices, oldest first; the last one still holds. Never empty.
    pub points: Vec<PricePoint>,
    /// The mean over the time that was asked for.
    pub mean_micro_usd: u64,
}

impl ZonePrices {
    /// From prices of one type and zone in any order. Those before `from` count as what held
    /// then.
    fn of(zone: &str, mut points: Vec<PricePoint>, (from, until): (Timestamp, Timestamp)) -> Self {
        points.sort_by_key(|point| point.at);
        let before = points.iter().filter(|point| point.at <= from).count();
        // What held at the beginning is the last that was told before it.
        points.drain(..before.saturating_sub(1));
        if let Some(first) = points.first_mut() {
            first.at = first.at.max(from);
        }
        points.dedup_by_key(|point| point.micro_usd);
        let ends = points.iter().skip(1).map(|point| point.at);
        let spans = points.iter().zip(ends.chain([until]));
        let (mut total, mut length_ms) = (0_u128, 0_u128);
        for (point, end) in spans {
            let span_ms = u128::try_from(end.since_ms(point.at)).unwrap_or(0);
            total += span_ms * u128::from(point.micro_usd);
            length_ms += span_ms;
        }
        let mean = total
            .checked_div(length_ms)
            .and_then(|mean| mean.try_into().ok());
        let last = points.last().map_or(0, |point| point.micro_usd);
        Self {
            zone: zone.to_owned(),
            points,
            mean_micro_usd: mean.unwrap_or(last),
        }
    }

    /// The price that holds.
    #[must_use]
    pub fn now_micro_usd(&self) -> u64 {
        self.points.last().map_or(0, |point| point.micro_usd)
    }
}

/// What an instance type has cost as spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TypePrices {
    /// Such as `m7g.large`.
    pub instance_type: String,
    /// The list price on demand, an hour, in millionths of a US dollar; none where it is
    /// unknown.
    pub on_demand_micro_usd: Option<u64>,
    /// By zone.
    pub zones: Vec<ZonePrices>,
}

/// Prices as they were told, by type and zone, for `[from, until)`.
#[must_use]
pub fn by_type_and_zone(
    told: &[SpotPrice],
    span: (Timestamp, Timestamp),
    on_demand_micro_usd: impl Fn(&str) -> Option<u64>,
) -> Vec<TypePrices> {
    let mut types: BTreeMap<&str, BTreeMap<&str, Vec<PricePoint>>> = BTreeMap::new();
    for price in told.iter().filter(|price| price.at < span.1) {
        let zones = types.entry(&price.instance_type).or_default();
        zones.entry(&price.zone).or_default().push(PricePoint {
            at: price.at,
            micro_usd: price.micro_usd,
        });
    }
    let prices = types.into_iter().map(|(name, zones)| TypePrices {
        instance_type: name.to_owned(),
        on_demand_micro_usd: on_demand_micro_usd(name),
        zones: zones
            .into_iter()
            .map(|(zone, points)| ZonePrices::of(zone, points, span))
            .collect(),
    });
    prices.collect()
}

/// A price in percent of another, rounded.
#[must_use]
pub fn percent_of(micro_usd: u64, whole_micro_usd: u64) -> Option<u64> {
    let scaled = micro_usd.checked_mul(100)?;
    scaled
        .checked_add(whole_micro_usd / 2)?
        .checked_div(whole_micro_usd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(zone: &str, instance_type: &str, state: &str, purchase: Purchase) -> Instance {
        Instance {
            id: "i-1".into(),
            zone: zone.into(),
            instance_type: instance_type.into(),
            lifecycle_state: state.into(),
            healthy: true,
            purchase,
            protected: false,
        }
    }

    #[test]
    fn only_what_serves_is_counted_by_zone_and_by_type() {
        use Purchase::{OnDemand, Spot};
        let instances = [
            instance("a", "m7g.large", "InService", Spot),
            instance("a", "m6g.large", "InService", OnDemand),
            instance("b", "m7g.large", "InService", Spot),
            instance("b", "m7g.large", "Pending", Spot),
        ];
        let bought = |on_demand, spot| Bought {
            on_demand,
            spot,
            unknown: 0,
        };
        let part = |name: &str, bought| SpotPart {
            name: name.into(),
            bought,
        };
        assert_eq!(Bought::of(&instances), bought(1, 2));
        assert_eq!(
            by_zone(&instances),
            [part("a", bought(1, 1)), part("b", bought(0, 1))]
        );
        assert_eq!(
            by_type(&instances),
            [
                part("m6g.large", bought(1, 0)),
                part("m7g.large", bought(0, 2))
            ]
        );
    }

    #[test]
    fn a_share_is_told_only_where_nobody_has_to_guess() {
        for ((on_demand, spot, unknown), percent) in [
            ((0, 0, 0), None),
            ((1, 2, 0), Some(67)),
            ((3, 0, 0), Some(0)),
            ((0, 4, 0), Some(100)),
            ((1, 2, 1), None),
        ] {
            let bought = Bought {
                on_demand,
                spot,
                unknown,
            };
            assert_eq!(bought.spot_percent(), percent, "{bought:?}");
        }
    }

    #[test]
    fn prices_hold_until_the_next_one_and_begin_with_what_held_before() {
        let t = Timestamp::from_ms;
        let told = |at, micro_usd| SpotPrice {
            instance_type: "m7g.large".into(),
            zone: "a".into(),
            at: t(at),
            micro_usd,
        };
        let found = by_type_and_zone(
            &[
                told(500, 40),
                told(50, 20),
                told(10, 99),
                told(300, 20),
                told(1_000, 7),
            ],
            (t(100), t(900)),
            |name| (name == "m7g.large").then_some(80),
        );
        let point = |at, micro_usd| PricePoint {
            at: t(at),
            micro_usd,
        };
        let expected = TypePrices {
            instance_type: "m7g.large".into(),
            on_demand_micro_usd: Some(80),
            zones: vec![ZonePrices {
                zone: "a".into(),
                points: vec![point(100, 20), point(500, 40)],
                mean_micro_usd: 30,
            }],
        };
        assert_eq!(found, [expected]);
        assert_eq!(found[0].zones[0].now_micro_usd(), 40);
        assert_eq!(percent_of(30, 80), Some(38));
        assert_eq!(percent_of(30, 0), None);
    }
}
