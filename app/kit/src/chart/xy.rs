//! Charts over time: lines, areas, steps. One frame; the shape is what differs.

use super::data::{ChartData, ChartFormat, ChartSize, ChartText, Rest};
use super::frame::{self, Cursor};
use super::path::{SIDE, percent};
use super::plot::{Plot, Shape, Stretch, thinned};
use leptos::prelude::*;

/// Curves that differ in colour and dash; the seventh looks like the first.
const STYLES: usize = 6;

/// A chart of straight lines: measurements.
#[component]
pub fn LineChart(
    /// What it shows: a value or a signal.
    #[prop(into)]
    data: Signal<ChartData>,
    /// Its words.
    text: ChartText,
    /// How instants and values become text.
    format: ChartFormat,
    /// How tall it is.
    #[prop(optional)]
    size: ChartSize,
) -> impl IntoView {
    xy_chart(Shape::Line, data, text, format, size)
}

/// A chart of lines over tinted surfaces: amounts.
#[component]
pub fn AreaChart(
    /// What it shows: a value or a signal.
    #[prop(into)]
    data: Signal<ChartData>,
    /// Its words.
    text: ChartText,
    /// How instants and values become text.
    format: ChartFormat,
    /// How tall it is.
    #[prop(optional)]
    size: ChartSize,
) -> impl IntoView {
    xy_chart(Shape::Area, data, text, format, size)
}

/// A chart of right angles: values that hold until the next one.
#[component]
pub fn StepChart(
    /// What it shows: a value or a signal.
    #[prop(into)]
    data: Signal<ChartData>,
    /// Its words.
    text: ChartText,
    /// How instants and values become text.
    format: ChartFormat,
    /// How tall it is.
    #[prop(optional)]
    size: ChartSize,
) -> impl IntoView {
    xy_chart(Shape::Step, data, text, format, size)
}

/// What the parts of one chart share.
#[derive(Clone)]
struct Chart {
    data: Signal<ChartData>,
    plot: Memo<Plot>,
    cursor: Cursor,
    text: ChartText,
    format: ChartFormat,
}

impl Chart {
    /// The instant the cursor is at.
    fn at_ms(&self) -> Option<i64> {
        let at = self.cursor.get()?;
        self.plot.with(|plot| plot.instants.get(at).copied())
    }

    /// The instant whose values the legend shows: the cursor's, or the last.
    fn shown_ms(&self) -> Option<i64> {
        self.at_ms()
            .or_else(|| match self.data.with(|data| data.rest) {
                Rest::Last => self.last_ms(),
                Rest::Nothing => None,
            })
    }

    fn last_ms(&self) -> Option<i64> {
        self.plot.with(|plot| plot.instants.last().copied())
    }

    /// One curve's value there, as text.
    fn value_text(&self, series: usize, at_ms: i64) -> String {
        let value = self.data.with(|data| {
            let series = data.series.get(series)?;
            self.plot.with(|plot| plot.value_at(series, at_ms))
        });
        value.map_or_else(
            || self.text.missing.clone(),
            |value| (self.format.value)(value),
        )
    }

    fn names(&self) -> Vec<String> {
        self.data.with(|data| {
            data.series
                .iter()
                .map(|series| series.name.clone())
                .collect()
        })
    }

    /// Where the cursor is, in one sentence.
    fn spoken(&self) -> String {
        let Some(at_ms) = self.shown_ms().or_else(|| self.last_ms()) else {
            return self.text.empty.clone();
        };
        let values: Vec<String> = self
            .names()
            .into_iter()
            .enumerate()
            .map(|(index, name)| format!("{name} {}", self.value_text(index, at_ms)))
            .collect();
        format!("{}: {}", (self.format.instant)(at_ms), values.join(", "))
    }
}

fn xy_chart(
    shape: Shape,
    data: Signal<ChartData>,
    text: ChartText,
    format: ChartFormat,
    size: ChartSize,
) -> AnyView {
    let plot = {
        let format = format.clone();
        Memo::new(move |_| data.with(|data| Plot::of(data, shape, &format)))
    };
    let cursor = Cursor::new(Signal::derive(move || {
        plot.with(|plot| plot.instants.len())
    }));
    let chart = Chart {
        data,
        plot,
        cursor,
        text: text.clone(),
        format,
    };
    let at = {
        let chart = chart.clone();
        Signal::derive(move || {
            chart
                .at_ms()
                .map(|at_ms| (chart.format.instant)(at_ms))
                .unwrap_or_default()
        })
    };
    let body = {
        let chart = chart.clone();
        (move || {
            if plot.with(|plot| plot.instants.is_empty()) {
                return frame::empty(&chart.text);
            }
            let spoken = {
                let chart = chart.clone();
                Signal::derive(move || chart.spoken())
            };
            let nearest = move |across, _| plot.with_untracked(|plot| plot.nearest(across));
            let area = frame::plot_area(
                cursor,
                chart.text.title.clone(),
                spoken,
                nearest,
                canvas(&chart),
            );
            view! {
                {plot.with(|plot| frame::y_axis(&plot.y_ticks))}
                {area}
                {plot.with(|plot| frame::x_axis(&plot.x_ticks))}
            }
            .into_any()
        })
        .into_any()
    };
    frame::figure(&text, size, at, legend(&chart), body, table(&chart))
}

fn style_of(series: usize) -> String {
    (series % STYLES + 1).to_string()
}

fn canvas(chart: &Chart) -> AnyView {
    let side = format!("0 0 {SIDE} {SIDE}");
    let curves = chart.plot.with(|plot| {
        plot.curves
            .iter()
            .enumerate()
            .map(|(index, curve)| {
                view! {
                    <path class="chart-surface" data-series=style_of(index) d=curve.surface.clone()/>
                    <path class="chart-line" data-series=style_of(index) d=curve.line.clone()/>
                }
            })
            .collect_view()
    });
    let (grid, threshold, bands, markers) = chart.plot.with(|plot| {
        let threshold = plot.threshold.as_ref().map(|threshold| {
            let y = percent(1.0 - threshold.place);
            // Above its line, unless the line is at the very top.
            let lift = if threshold.place > 0.9 { "14" } else { "-6" };
            view! {
                <line class="chart-threshold" x1="0" x2="100%" y1=y.clone() y2=y.clone()/>
                <text class="chart-note" data-tone="alarm" x="4" y=y dy=lift>{threshold.label.clone()}</text>
            }
        });
        let bands = plot.bands.iter().map(band).collect_view();
        let markers = plot.markers.iter().map(marker).collect_view();
        (frame::grid(&plot.y_ticks), threshold, bands, markers)
    });
    view! {
        <svg class="chart-canvas" width="100%" height="100%" aria-hidden="true" focusable="false">
            {bands}
            {grid}
            <svg class="chart-curves" x="0" y="0" width="100%" height="100%" viewBox=side preserveAspectRatio="none">
                {curves}
            </svg>
            {threshold}
            {markers}
            {crosshair(chart.clone())}
        </svg>
    }
    .into_any()
}

/// A label beside a place, on the side where there is room.
fn note(stretch: &Stretch, y: &'static str) -> impl IntoView + use<> {
    let (anchor, dx) = if stretch.place > 0.6 {
        ("end", "-5")
    } else {
        ("start", "5")
    };
    let place = if stretch.place > 0.6 {
        stretch.place + stretch.width
    } else {
        stretch.place
    };
    view! {
        <text class="chart-note" data-tone=stretch.tone.as_str() x=percent(place) dx=dx y=y text-anchor=anchor>
            {stretch.label.clone()}
        </text>
    }
}

fn band(stretch: &Stretch) -> impl IntoView + use<> {
    view! {
        <rect class="chart-band" data-tone=stretch.tone.as_str() x=percent(stretch.place) y="0"
            width=percent(stretch.width) height="100%"/>
        {note(stretch, "14")}
    }
}

fn marker(stretch: &Stretch) -> impl IntoView + use<> {
    let x = percent(stretch.place);
    view! {
        <line class="chart-marker" data-tone=stretch.tone.as_str() x1=x.clone() x2=x y1="0" y2="100%"/>
        {note(stretch, "30")}
    }
}

fn crosshair(chart: Chart) -> impl IntoView {
    move || {
        let at_ms = chart.at_ms()?;
        let (x, dots) = chart.plot.with(|plot| {
            let x = percent(plot.x.place(at_ms as f64));
            let dots = chart.data.with(|data| {
                data.series
                    .iter()
                    .enumerate()
                    .filter_map(|(index, series)| {
                        let y = percent(1.0 - plot.y.place(plot.value_at(series, at_ms)?));
                        let x = x.clone();
                        Some(view! { <circle class="chart-dot" data-series=style_of(index) cx=x cy=y r="3.5"/> })
                    })
                    .collect_view()
            });
            (x, dots)
        });
        Some(view! {
            <line class="chart-crosshair" x1=x.clone() x2=x y1="0" y2="100%"/>
            {dots}
        })
    }
}

/// The legend is the read-out too: it shows the values where the cursor is.
fn legend(chart: &Chart) -> AnyView {
    let chart = chart.clone();
    let entries = move || {
        chart
            .names()
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let chart = chart.clone();
                let value = move || chart.shown_ms().map(|at_ms| chart.value_text(index, at_ms));
                view! {
                    <li>
                        <svg class="chart-swatch" width="18" height="8" aria-hidden="true" focusable="false">
                            <line class="chart-line" data-series=style_of(index) x1="1" x2="17" y1="4" y2="4"/>
                        </svg>
                        <span class="chart-name">{name}</span>
                        <span class="chart-value">{value}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ul class="chart-legend">{entries}</ul> }.into_any()
}

fn table(chart: &Chart) -> AnyView {
    let chart = chart.clone();
    (move || {
        let heads = chart.names().into_iter().map(|name| view! { <th scope="col" data-numeric="true">{name}</th> });
        let count = chart.data.with(|data| data.series.len());
        let rows = chart.plot.with(|plot| thinned(plot.instants.len()).into_iter().map(|at| plot.instants[at]).collect::<Vec<_>>());
        let rows = rows.into_iter().map(|at_ms| {
            let cells = (0..count)
                .map(|series| view! { <td data-numeric="true">{chart.value_text(series, at_ms)}</td> })
                .collect_view();
            view! { <tr><th scope="row">{(chart.format.instant)(at_ms)}</th>{cells}</tr> }
        });
        view! {
            <table class="table" data-dense="true">
                <caption class="visually-hidden">{chart.text.title.clone()}</caption>
                <thead><tr><th scope="col">{chart.text.time.clone()}</th>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    })
    .into_any()
}
