//! What holds when, as stretches of days below each other: the darker, the more.

use super::data::{ChartSize, ChartText};
use super::frame::{self, Cursor};
use super::path::percent;
use super::plot::Tick;
use crate::Tone;
use leptos::prelude::*;

/// The darkest shade; 0 means nothing.
pub const HEAT_SHADES_MAX: u8 = 5;

/// Hours between the labels under the days.
const LABEL_HOURS: usize = 3;
/// Share of its row that a stretch fills.
const STRETCH_HEIGHT: f64 = 0.86;
/// Share of a narrow plot's width that one letter of a label takes.
const LETTER_WIDTH: f64 = 0.026;

/// A part of a day on which one thing holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatStretch {
    /// Where it begins, as a part of the day: noon is 0.5.
    pub from: f64,
    /// Where it ends, as a part of the day.
    pub to: f64,
    /// How much, up to [`HEAT_SHADES_MAX`].
    pub shade: u8,
    /// What is written on it, the longest first: the first that fits.
    pub labels: Vec<String>,
    /// All about it, in one line.
    pub text: String,
    /// Neutral, or what marks it among the others.
    pub tone: Tone,
}

/// One day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatRow {
    /// Which.
    pub label: String,
    /// Its stretches in order.
    pub stretches: Vec<HeatStretch>,
    /// Where the present moment is in it, if it is.
    pub now: Option<f64>,
}

/// What a shade stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeatKey {
    /// The shade.
    pub shade: u8,
    /// What it means.
    pub label: String,
}

/// Days, and what their shades stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatData {
    /// The days in order.
    pub rows: Vec<HeatRow>,
    /// The shades that occur.
    pub keys: Vec<HeatKey>,
}

impl HeatData {
    /// The stop of the cursor at a place: stretches are counted day by day.
    fn nearest(&self, across: f64, down: f64) -> usize {
        let count = self.rows.len();
        // Between 0 and `count` by the clamp, so the cast loses nothing.
        let row = (down.clamp(0.0, 1.0) * count as f64).floor() as usize;
        let row = row.min(count.saturating_sub(1));
        let before: usize = self
            .rows
            .iter()
            .take(row)
            .map(|row| row.stretches.len())
            .sum();
        let Some(row) = self.rows.get(row) else {
            return 0;
        };
        let inside = row
            .stretches
            .iter()
            .take_while(|stretch| stretch.to <= across);
        before + inside.count().min(row.stretches.len().saturating_sub(1))
    }

    /// The day and the stretch at a stop.
    fn stop(&self, at: usize) -> Option<(&HeatRow, &HeatStretch)> {
        let all = self
            .rows
            .iter()
            .flat_map(|row| row.stretches.iter().map(move |stretch| (row, stretch)));
        all.into_iter().nth(at)
    }

    /// Where the middle of each day's row is, seen from below.
    fn row_ticks(&self) -> Vec<Tick> {
        let count = self.rows.len().max(1) as f64;
        let tick = |(index, row): (usize, &HeatRow)| Tick {
            place: 1.0 - (index as f64 + 0.5) / count,
            label: row.label.clone(),
        };
        self.rows.iter().enumerate().map(tick).collect()
    }
}

fn hour_ticks() -> Vec<Tick> {
    let tick = |hour: usize| Tick {
        place: hour as f64 / 24.0,
        label: format!("{hour:02}"),
    };
    (0..=24).step_by(LABEL_HOURS).map(tick).collect()
}

/// Days below each other, 24 hours across.
#[component]
pub fn HeatMap(
    /// The days: a value or a signal.
    #[prop(into)]
    data: Signal<HeatData>,
    /// Its words; `time` heads the column of days.
    text: ChartText,
    /// Head of the table's column of what holds.
    #[prop(into)]
    value_head: String,
) -> impl IntoView {
    let count = move || data.with(|data| data.rows.iter().map(|row| row.stretches.len()).sum());
    let cursor = Cursor::new(Signal::derive(count));
    let readout = move |at: usize| {
        data.with(|data| {
            let (row, stretch) = data.stop(at)?;
            Some(format!("{} {}", row.label, stretch.text))
        })
    };
    let at = Signal::derive(move || cursor.get().and_then(readout).unwrap_or_default());
    let spoken = Signal::derive(move || readout(cursor.get().unwrap_or(0)).unwrap_or_default());
    let body = {
        let text = text.clone();
        (move || {
            if data.with(|data| data.rows.is_empty()) {
                return frame::empty(&text);
            }
            let nearest =
                move |across, down| data.with_untracked(|data| data.nearest(across, down));
            let canvas = data.with(|data| canvas(data, cursor));
            let area = frame::plot_area(cursor, text.title.clone(), spoken, nearest, canvas);
            view! {
                {data.with(|data| frame::y_axis(&data.row_ticks()))}
                {area}
                {frame::x_axis(&hour_ticks())}
            }
            .into_any()
        })
        .into_any()
    };
    let legend = move || {
        let keys = data.with(|data| data.keys.clone());
        let keys = keys.into_iter().map(|key| {
            view! {
                <li>
                    <svg class="heat-key" width="16" height="12" aria-hidden="true" focusable="false">
                        <rect class="heat-stretch" data-shade=key.shade.to_string() width="16" height="12" rx="2"/>
                    </svg>
                    <span class="chart-name">{key.label}</span>
                </li>
            }
        });
        view! { <ul class="chart-legend">{keys.collect_view()}</ul> }
    };
    let table = {
        let text = text.clone();
        (move || {
            let days = data.get().rows.into_iter().map(|row| {
                let stretches = row.stretches.into_iter().map(|stretch| view! { <p>{stretch.text}</p> });
                view! { <tr><th scope="row">{row.label}</th><td>{stretches.collect_view()}</td></tr> }
            });
            view! {
                <table class="table" data-dense="true">
                    <caption class="visually-hidden">{text.title.clone()}</caption>
                    <thead><tr><th scope="col">{text.time.clone()}</th><th scope="col">{value_head.clone()}</th></tr></thead>
                    <tbody>{days.collect_view()}</tbody>
                </table>
            }
        })
        .into_any()
    };
    frame::figure(&text, ChartSize::Medium, at, legend.into_any(), body, table)
}

fn canvas(data: &HeatData, cursor: Cursor) -> AnyView {
    let height = 1.0 / data.rows.len().max(1) as f64;
    let mut stop = 0;
    let mut stretches = Vec::new();
    let mut now = Vec::new();
    for (index, row) in data.rows.iter().enumerate() {
        let top = (index as f64 + (1.0 - STRETCH_HEIGHT) / 2.0) * height;
        for stretch in &row.stretches {
            stretches.push(drawn(stretch, top, height * STRETCH_HEIGHT, cursor, stop));
            stop += 1;
        }
        now.extend(row.now.map(|place| {
            let x = percent(place);
            let (y1, y2) = (
                percent(index as f64 * height),
                percent((index as f64 + 1.0) * height),
            );
            view! { <line class="heat-now" x1=x.clone() x2=x y1=y1 y2=y2/> }
        }));
    }
    view! {
        <svg class="chart-canvas" width="100%" height="100%" aria-hidden="true" focusable="false">
            {stretches}
            {now}
        </svg>
    }
    .into_any()
}

fn drawn(stretch: &HeatStretch, top: f64, height: f64, cursor: Cursor, stop: usize) -> AnyView {
    let width = stretch.to - stretch.from;
    let fits = |label: &&String| label.chars().count() as f64 * LETTER_WIDTH <= width;
    let label = stretch.labels.iter().find(fits).map(|label| {
        let (x, y) = (
            percent(stretch.from + width / 2.0),
            percent(top + height / 2.0),
        );
        view! { <text class="heat-label" x=x y=y dy="0.32em">{label.clone()}</text> }
    });
    // What is marked has a line under it, not only a colour.
    let mark = (stretch.tone != Tone::Neutral).then(|| {
        let y = percent(top + height);
        let (x1, x2) = (percent(stretch.from), percent(stretch.to));
        view! { <line class="heat-mark" data-tone=stretch.tone.as_str() x1=x1 x2=x2 y1=y.clone() y2=y/> }
    });
    view! {
        <rect class="heat-stretch" data-shade=stretch.shade.min(HEAT_SHADES_MAX).to_string()
            data-current=move || (cursor.get() == Some(stop)).then_some("true")
            x=percent(stretch.from) y=percent(top) width=percent(width) height=percent(height) rx="2"/>
        {mark}
        {label}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(label: &str, ends: &[f64]) -> HeatRow {
        let starts = std::iter::once(0.0).chain(ends.iter().copied());
        HeatRow {
            label: label.into(),
            stretches: starts
                .zip(ends)
                .map(|(from, &to)| HeatStretch {
                    from,
                    to,
                    text: format!("{from}–{to}"),
                    ..HeatStretch::default()
                })
                .collect(),
            now: None,
        }
    }

    #[test]
    fn the_pointer_finds_the_stretch_under_it() {
        let data = HeatData {
            rows: vec![row("Mon", &[0.5, 1.0]), row("Tue", &[0.25, 0.75, 1.0])],
            keys: vec![],
        };
        for (across, down, day, text) in [
            (0.1, 0.1, "Mon", "0–0.5"),
            (0.5, 0.49, "Mon", "0.5–1"),
            (0.3, 0.51, "Tue", "0.25–0.75"),
            (1.0, 1.0, "Tue", "0.75–1"),
        ] {
            let stop = data.stop(data.nearest(across, down)).expect("a stop");
            assert_eq!((stop.0.label.as_str(), stop.1.text.as_str()), (day, text));
        }
        assert_eq!(HeatData::default().nearest(0.5, 0.5), 0);
        assert_eq!(data.row_ticks()[0].place, 0.75, "the first day is on top");
    }
}
