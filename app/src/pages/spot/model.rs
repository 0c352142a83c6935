//! Prices as a chart shows them.

use crate::{shared::price_text, texts::spot as t};
use domain::{i18n::Lang, spot::TypePrices, time::Timestamp};
use kit::chart::{ChartData, Series, Threshold};

const MICRO: f64 = 1e6;

/// A curve for each zone, and the price on demand across; in US dollars.
pub(super) fn chart(
    lang: Lang,
    prices: &TypePrices,
    (from, until): (Timestamp, Timestamp),
) -> ChartData {
    let dollars = |micro_usd: u64| micro_usd as f64 / MICRO;
    let series = prices.zones.iter().map(|zone| {
        let points = zone.points.iter();
        let mut points: Vec<_> = points
            .map(|point| (point.at.ms(), Some(dollars(point.micro_usd))))
            .collect();
        // The last price holds to the end.
        points.push((until.ms(), Some(dollars(zone.now_micro_usd()))));
        Series::new(zone.zone.clone(), points)
    });
    ChartData {
        from_ms: from.ms(),
        to_ms: until.ms(),
        series: series.collect(),
        threshold: prices.on_demand_micro_usd.map(|price| Threshold {
            value: dollars(price),
            label: t::list_price(lang, &price_text(price)),
        }),
        ..ChartData::default()
    }
}

/// A value of the chart, as a price.
pub(super) fn dollars_text(value: f64) -> String {
    price_text((value * MICRO).round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::spot::{PricePoint, ZonePrices};

    #[test]
    fn the_last_price_holds_to_the_end_and_the_list_price_lies_across() {
        let at = Timestamp::from_ms;
        let prices = TypePrices {
            instance_type: "m7g.large".into(),
            on_demand_micro_usd: Some(100_300),
            zones: vec![ZonePrices {
                zone: "a".into(),
                points: vec![PricePoint {
                    at: at(10),
                    micro_usd: 40_100,
                }],
                mean_micro_usd: 40_100,
            }],
        };
        let chart = chart(Lang::En, &prices, (at(0), at(99)));
        assert_eq!(
            chart.series[0].points,
            [(10, Some(0.0401)), (99, Some(0.0401))]
        );
        let across = chart.threshold.expect("a line across");
        assert_eq!(across.label, "on demand $0.1003");
        assert_eq!(dollars_text(across.value), "$0.1003");
    }
}
