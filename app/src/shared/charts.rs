//! Charts in the viewer's zone and language.

use crate::{texts::common as t, viewer::Viewing};
use domain::time::{DAY_MS, HOUR_MS, Timestamp};
use kit::chart::{ChartFormat, ChartText};

/// An axis of counts reaches at least up to this: its ticks are whole numbers.
pub(crate) const COUNT_AXIS: f64 = 4.0;

/// The words of a chart.
pub(crate) fn chart_text(viewing: Viewing, title: impl Into<String>) -> ChartText {
    let lang = viewing.lang;
    ChartText {
        title: title.into(),
        table: t::as_table(lang).into(),
        time: t::time(lang).into(),
        empty: t::no_data(lang).into(),
        missing: t::no_data(lang).into(),
    }
}

/// How a chart around an instant writes instants and values. The offset is that
/// of the instant: within a chart that holds a change of summer time, ticks
/// before it stand off round hours, and every label is still right.
pub(crate) fn chart_format(
    viewing: Viewing,
    around: Timestamp,
    value: impl Fn(f64) -> String + Send + Sync + 'static,
) -> ChartFormat {
    let zone = viewing.zone();
    let tick_zone = zone.clone();
    ChartFormat::new(
        viewing.offset_ms(around),
        move |at_ms, step_ms| {
            tick_text(&tick_zone.minute_text(Timestamp::from_ms(at_ms)), step_ms).to_owned()
        },
        move |at_ms| zone.minute_text(Timestamp::from_ms(at_ms)),
        value,
    )
}

/// What of `2026-03-01 09:00` tells a tick from its neighbours: the month where they are
/// months apart, the day where they are days apart and at midnight, else the clock.
fn tick_text(minute: &str, step_ms: i64) -> &str {
    let part = match minute.get(11..) {
        _ if step_ms > 30 * DAY_MS => minute.get(..7),
        Some("00:00") => minute.get(5..10),
        _ if step_ms >= DAY_MS => minute.get(5..10),
        clock => clock,
    };
    part.unwrap_or(minute)
}

/// A count; between two whole numbers stands only a tick of an axis.
pub(crate) fn count_text(value: f64) -> String {
    match value.fract() == 0.0 {
        true => format!("{value:.0}"),
        false => format!("{value:.1}"),
    }
}

/// Millionths of a US dollar, to the cent: `$1,234.50`.
pub(crate) fn money_text(micro_usd: u64) -> String {
    let cents = micro_usd.saturating_add(5_000) / 10_000;
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// Millionths of a US dollar, as the price of an hour is told: `$0.0312`.
pub(crate) fn price_text(micro_usd: u64) -> String {
    let parts = micro_usd.saturating_add(50) / 100;
    format!("${}.{:04}", grouped(parts / 10_000), parts % 10_000)
}

/// Milliseconds as whole hours: `4,464`.
pub(crate) fn hours_text(ms: u64) -> String {
    let hour_ms = HOUR_MS.unsigned_abs();
    grouped(ms.saturating_add(hour_ms / 2) / hour_ms)
}

/// `1,234,567`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// At most three significant decimals, thousands shortened: `1.2k`.
pub(crate) fn amount_text(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "–".into();
    }
    let (scaled, suffix) = match size {
        1e9.. => (value / 1e9, "G"),
        1e6.. => (value / 1e6, "M"),
        1e4.. => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        0.0 => 0,
        100.0.. => 0,
        10.0.. => 1,
        0.1.. => 2,
        _ => 6,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_to_the_cent_and_time_in_whole_hours() {
        for (micro_usd, text) in [
            (0, "$0.00"),
            (4_999, "$0.00"),
            (5_000, "$0.01"),
            (412_300_000, "$412.30"),
            (1_234_567_890_000, "$1,234,567.89"),
        ] {
            assert_eq!(money_text(micro_usd), text);
        }
        assert_eq!(price_text(31_249), "$0.0312");
        assert_eq!(price_text(1_204_050), "$1.2041");
        assert_eq!(hours_text(4_464 * 3_600_000), "4,464");
        assert_eq!(hours_text(1_799_999), "0");
        assert_eq!(hours_text(1_800_000), "1");
    }

    #[test]
    fn a_tick_tells_what_its_neighbours_do_not() {
        for (step_ms, text) in [
            (HOUR_MS, "09:00"),
            (DAY_MS, "03-01"),
            (30 * DAY_MS, "03-01"),
            (90 * DAY_MS, "2026-03"),
            (10 * 365 * DAY_MS, "2026-03"),
        ] {
            assert_eq!(tick_text("2026-03-01 09:00", step_ms), text);
        }
        assert_eq!(tick_text("2026-03-02 00:00", HOUR_MS), "03-02");
    }

    #[test]
    fn amounts_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (0.25, "0.25"),
            (0.000_35, "0.00035"),
            (80.0, "80"),
            (99.95, "100"),
            (1_234.0, "1234"),
            (12_345.0, "12.3k"),
            (2_500_000.0, "2.5M"),
            (-3.5, "-3.5"),
        ] {
            assert_eq!(amount_text(value), text);
        }
    }
}
