//! Amounts side by side, each with its own label.

use super::data::{ChartSize, ChartText};
use super::frame::{self, Cursor};
use super::path::percent;
use super::plot::Tick;
use super::scale::Scale;
use super::ticks::nice_ticks;
use crate::Tone;
use leptos::prelude::*;
use std::sync::Arc;

/// Labels under the bars at most; the rest is read by cursor and table.
const LABELS_MAX: usize = 8;
const Y_TICKS: usize = 5;
/// Share of its slot that a bar fills.
const BAR_WIDTH: f64 = 0.72;

/// One amount.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// What it is the amount of.
    pub label: String,
    /// The amount.
    pub value: f64,
    /// How good it is; neutral bars have the first series' colour.
    pub tone: Tone,
}

/// Where everything stands.
#[derive(Clone, Debug, PartialEq)]
struct Layout {
    y_ticks: Vec<Tick>,
    x_ticks: Vec<Tick>,
    /// Left edge, lower edge and height of each bar, in places.
    bars: Vec<(f64, f64, f64)>,
    width: f64,
}

fn layout(bars: &[Bar], value: &dyn Fn(f64) -> String) -> Layout {
    let finite = bars
        .iter()
        .map(|bar| bar.value)
        .filter(|value| value.is_finite());
    let (low, high) = finite.fold((0.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let high = if high > low { high } else { low + 1.0 };
    let values = nice_ticks(low, high, Y_TICKS);
    let y = Scale::new(values[0], values[values.len() - 1]);
    let slot = 1.0 / bars.len().max(1) as f64;
    let stride = bars.len().div_ceil(LABELS_MAX).max(1);
    let label = |(index, bar): (usize, &Bar)| Tick {
        place: (index as f64 + 0.5) * slot,
        label: bar.label.clone(),
    };
    let place = |(index, bar): (usize, &Bar)| {
        let amount = if bar.value.is_finite() {
            bar.value
        } else {
            0.0
        };
        let (low, high) = (y.place(amount.min(0.0)), y.place(amount.max(0.0)));
        (
            (index as f64 + (1.0 - BAR_WIDTH) / 2.0) * slot,
            low,
            high - low,
        )
    };
    Layout {
        y_ticks: values
            .iter()
            .map(|&at| Tick {
                place: y.place(at),
                label: value(at),
            })
            .collect(),
        x_ticks: bars.iter().enumerate().step_by(stride).map(label).collect(),
        bars: bars.iter().enumerate().map(place).collect(),
        width: BAR_WIDTH * slot,
    }
}

/// A chart of bars.
#[component]
pub fn BarChart(
    /// The bars in order: a value or a signal.
    #[prop(into)]
    bars: Signal<Vec<Bar>>,
    /// Its words; `time` heads the column of labels.
    text: ChartText,
    /// A value with its unit.
    #[prop(into)]
    value_format: BarFormat,
    /// Head of the table's column of values.
    #[prop(into)]
    value_head: String,
    /// How tall it is.
    #[prop(optional)]
    size: ChartSize,
) -> impl IntoView {
    let format = value_format.0;
    let layout = {
        let format = format.clone();
        Memo::new(move |_| bars.with(|bars| layout(bars, &*format)))
    };
    let cursor = Cursor::new(Signal::derive(move || bars.with(Vec::len)));
    let readout = {
        let format = format.clone();
        move |index: usize| {
            bars.with(|bars| {
                bars.get(index)
                    .map(|bar| format!("{}: {}", bar.label, format(bar.value)))
            })
        }
    };
    let at = {
        let readout = readout.clone();
        Signal::derive(move || cursor.get().and_then(&readout).unwrap_or_default())
    };
    let spoken = Signal::derive(move || {
        let shown = cursor.get().or_else(|| bars.with(Vec::len).checked_sub(1));
        shown.and_then(&readout).unwrap_or_default()
    });
    let body = {
        let text = text.clone();
        (move || {
            let count = bars.with(Vec::len);
            if count == 0 {
                return frame::empty(&text);
            }
            let rects = layout.with(|layout| bars.with(|bars| {
                layout.bars.iter().zip(bars).enumerate().map(|(index, (&(x, low, height), bar))| view! {
                    <rect class="chart-bar" data-tone=bar.tone.as_str()
                        data-current=move || (cursor.get() == Some(index)).then_some("true")
                        x=percent(x) y=percent(1.0 - low - height)
                        width=percent(layout.width) height=percent(height)/>
                }).collect_view()
            }));
            let canvas = view! {
                <svg class="chart-canvas" width="100%" height="100%" aria-hidden="true" focusable="false">
                    {layout.with(|layout| frame::grid(&layout.y_ticks))}
                    {rects}
                </svg>
            };
            let nearest = move |across, _| slot_at(across, count);
            let area = frame::plot_area(cursor, text.title.clone(), spoken, nearest, canvas.into_any());
            view! {
                {layout.with(|layout| frame::y_axis(&layout.y_ticks))}
                {area}
                {layout.with(|layout| frame::x_axis(&layout.x_ticks))}
            }
            .into_any()
        })
        .into_any()
    };
    let table = {
        let text = text.clone();
        (move || {
            let rows = bars.get().into_iter().map(|bar| {
                let value = format(bar.value);
                view! { <tr><th scope="row">{bar.label}</th><td data-numeric="true">{value}</td></tr> }
            });
            view! {
                <table class="table" data-dense="true">
                    <caption class="visually-hidden">{text.title.clone()}</caption>
                    <thead><tr><th scope="col">{text.time.clone()}</th><th scope="col" data-numeric="true">{value_head.clone()}</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            }
        })
        .into_any()
    };
    frame::figure(&text, size, at, ().into_any(), body, table)
}

/// How a bar's value becomes text.
#[derive(Clone)]
pub struct BarFormat(Arc<dyn Fn(f64) -> String + Send + Sync>);

impl<F: Fn(f64) -> String + Send + Sync + 'static> From<F> for BarFormat {
    fn from(format: F) -> Self {
        Self(Arc::new(format))
    }
}

fn slot_at(place: f64, count: usize) -> usize {
    let last = count.saturating_sub(1);
    let slot = (place.clamp(0.0, 1.0) * count as f64).floor();
    // Between 0 and `count` by the clamp, so the cast loses nothing.
    (slot as usize).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: f64) -> Bar {
        Bar {
            label: label.into(),
            value,
            tone: Tone::Neutral,
        }
    }

    #[test]
    fn bars_stand_on_zero() {
        let layout = layout(
            &[bar("a", 50.0), bar("b", -50.0), bar("c", f64::NAN)],
            &|value| value.to_string(),
        );
        let rounded: Vec<(f64, f64)> = layout
            .bars
            .iter()
            .map(|&(_, low, height)| ((low * 1e6).round() / 1e6, (height * 1e6).round() / 1e6))
            .collect();
        assert_eq!(rounded, [(0.5, 0.5), (0.0, 0.5), (0.5, 0.0)]);
    }

    #[test]
    fn labels_are_thinned() {
        let many: Vec<Bar> = (0..24).map(|hour| bar(&hour.to_string(), 1.0)).collect();
        let layout = layout(&many, &|value| value.to_string());
        assert_eq!(layout.x_ticks.len(), 8);
        assert_eq!(layout.x_ticks[1].label, "3");
    }

    #[test]
    fn the_pointer_finds_its_bar() {
        for (place, index) in [
            (-1.0, 0),
            (0.0, 0),
            (0.24, 0),
            (0.26, 1),
            (0.99, 3),
            (1.0, 3),
            (2.0, 3),
        ] {
            assert_eq!(slot_at(place, 4), index, "at {place}");
        }
    }
}
