//! A curve the size of a word.

use super::path::{Point, SIDE, linear};
use super::scale::Scale;
use leptos::prelude::*;

/// A small curve without axes, for a row of a table or beside a figure.
#[component]
pub fn Spark(
    /// Values at even distances; none where nothing was measured.
    #[prop(into)]
    values: Signal<Vec<Option<f64>>>,
    /// What it shows, with first and last value: its text alternative.
    #[prop(into)]
    label: Signal<String>,
    /// Bottom of the scale; the smallest value unless given.
    #[prop(optional, into)]
    min: Option<f64>,
    /// Top of the scale; the largest value unless given.
    #[prop(optional, into)]
    max: Option<f64>,
) -> impl IntoView {
    let side = format!("0 0 {SIDE} {SIDE}");
    view! {
        <svg class="spark" role="img" aria-label=label viewBox=side preserveAspectRatio="none" focusable="false">
            <path class="chart-line" data-series="1" d=move || values.with(|values| curve(values, min, max))/>
        </svg>
    }
}

fn curve(values: &[Option<f64>], min: Option<f64>, max: Option<f64>) -> String {
    let known = || {
        values
            .iter()
            .flatten()
            .copied()
            .filter(|value| value.is_finite())
    };
    let low = min.unwrap_or_else(|| known().fold(f64::INFINITY, f64::min));
    let high = max.unwrap_or_else(|| known().fold(f64::NEG_INFINITY, f64::max));
    if !(low.is_finite() && high.is_finite()) {
        return String::new();
    }
    let scale = Scale::new(low, high);
    let last = values.len().saturating_sub(1).max(1) as f64;
    let points: Vec<Point> = values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            (
                index as f64 / last,
                value.map(|value| scale.place(value).clamp(0.0, 1.0)),
            )
        })
        .collect();
    linear(&points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_span_the_height() {
        assert_eq!(
            curve(&[Some(2.0), Some(4.0), Some(3.0)], None, None),
            "M0 1000L500 0L1000 500"
        );
        assert_eq!(
            curve(&[Some(2.0), None, Some(4.0)], Some(0.0), Some(4.0)),
            "M0 500h0M1000 0h0"
        );
        assert_eq!(curve(&[None], None, None), "");
        assert_eq!(curve(&[], None, None), "");
        assert_eq!(
            curve(&[Some(9.0), Some(9.0)], None, Some(4.0)),
            "M0 1000L1000 1000"
        );
    }
}
