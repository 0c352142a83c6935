//! Lanes: amounts over the same stretch of time below each other, each in a strip of its
//! own. All share one time axis and one reader's line, and a span of a lane can be chosen
//! by dragging over it or with the keyboard.

use super::data::{Band, ChartData, ChartFormat, Series};
use super::frame;
use super::path::{SIDE, percent};
use super::plot::{Plot, Shape, Stretch, Tick};
use super::scale::Scale;
use super::ticks;
use crate::{Tone, browser::after_leaving};
use leptos::{ev, html, prelude::*};

/// Time ticks at most.
const TICKS_MAX: usize = 8;
/// How many lines of the grid Page Up and Page Down go.
const PAGE: usize = 12;
/// The pattern of what is hatched; the axis defines it for all lanes.
const HATCH: &str = "lane-hatch";
/// Share of a lane's width above which what marks a span is written on it.
const LABEL_WIDTH: f64 = 0.09;

/// The time that lanes share, and where its reader is.
#[derive(Clone, Copy)]
pub struct LaneTime {
    from_ms: i64,
    to_ms: i64,
    step_ms: i64,
    /// The line of the grid, counted from the start.
    at: RwSignal<Option<usize>>,
}

impl LaneTime {
    /// A stretch of time with a line every so many milliseconds. None of it is empty.
    #[must_use]
    pub fn new(from_ms: i64, to_ms: i64, step_ms: i64) -> Self {
        Self {
            from_ms,
            to_ms: to_ms.max(from_ms.saturating_add(1)),
            step_ms: step_ms.max(1),
            at: RwSignal::new(None),
        }
    }

    /// The instant that the reader is at, Unix milliseconds.
    #[must_use]
    pub fn at_ms(self) -> Option<i64> {
        self.at.get().map(|line| self.line_ms(line))
    }

    /// The last line of the grid.
    fn last(self) -> usize {
        let lines = (self.to_ms - self.from_ms) / self.step_ms;
        usize::try_from(lines).unwrap_or(usize::MAX)
    }

    fn line_ms(self, line: usize) -> i64 {
        let steps = i64::try_from(line).unwrap_or(i64::MAX);
        let at_ms = steps
            .saturating_mul(self.step_ms)
            .saturating_add(self.from_ms);
        at_ms.min(self.to_ms)
    }

    fn scale(self) -> Scale {
        Scale::new(self.from_ms as f64, self.to_ms as f64)
    }

    /// The line nearest to a place of the axis.
    fn nearest(self, place: f64) -> usize {
        let wanted_ms = self.scale().value(place.clamp(0.0, 1.0)) - self.from_ms as f64;
        // Not negative and not beyond the last line, by the clamp.
        ((wanted_ms / self.step_ms as f64).round() as usize).min(self.last())
    }

    fn go(self, line: Option<usize>) {
        // None for who points at lanes whose page is gone.
        if self.at.try_get_untracked().is_some_and(|at| at != line) {
            self.at.set(line);
        }
    }
}

/// What one lane shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneData {
    /// Surfaces under steps, the faintest first.
    pub surfaces: Vec<Series>,
    /// Steps as a line over them.
    pub line: Series,
    /// Stretches that are hatched.
    pub hatched: Vec<Band>,
    /// Stretches that are marked along the upper edge.
    pub marked: Vec<Band>,
    /// Where the present moment is, Unix milliseconds.
    pub now_ms: Option<i64>,
}

impl LaneData {
    fn plot(&self, time: LaneTime, format: &ChartFormat) -> Plot {
        let series = self.surfaces.iter().chain([&self.line]).cloned();
        let data = ChartData {
            from_ms: time.from_ms,
            to_ms: time.to_ms,
            series: series.collect(),
            ..ChartData::default()
        };
        Plot::of(&data, Shape::Step, format)
    }
}

/// The time axis over lanes.
#[component]
pub fn LaneAxis(
    /// The time that the lanes share.
    time: LaneTime,
    /// How instants become text.
    format: ChartFormat,
) -> impl IntoView {
    let scale = time.scale();
    let found = ticks::time_ticks(time.from_ms, time.to_ms, format.offset_ms, TICKS_MAX);
    let ticks: Vec<Tick> = found
        .at_ms
        .iter()
        .map(|&at_ms| Tick {
            place: scale.place(at_ms as f64),
            label: (format.tick)(at_ms, found.step_ms),
        })
        .collect();
    view! {
        <div class="lane-axis">
            <svg class="lane-patterns" width="0" height="0" aria-hidden="true" focusable="false">
                <pattern id=HATCH width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <line class="lane-hatch-line" x1="0" x2="0" y1="0" y2="7"/>
                </pattern>
            </svg>
            {frame::x_axis(&ticks)}
        </div>
    }
}

/// What a span is being chosen from: a line of the grid.
type Anchor = RwSignal<Option<usize>>;

/// One lane. It is a slider over the grid: arrow keys move the reader's line, Enter begins
/// a span and ends it, and so does dragging with a mouse or a pen.
#[component]
pub fn LaneChart(
    /// The time that the lanes share.
    time: LaneTime,
    /// What it shows: a value or a signal.
    #[prop(into)]
    data: Signal<LaneData>,
    /// Its name for everybody.
    #[prop(into)]
    name: String,
    /// What is there where the reader is, in words.
    #[prop(into)]
    spoken: Signal<String>,
    /// How values become text.
    format: ChartFormat,
    /// What is done with a span that was chosen, Unix milliseconds; without it none can be.
    on_span: Option<Callback<(i64, i64)>>,
) -> impl IntoView {
    let scale_format = format.clone();
    let plot = Memo::new(move |_| data.with(|data| data.plot(time, &format)));
    let anchor: Anchor = RwSignal::new(None);
    let node = NodeRef::<html::Div>::new();
    let line_at = move |event: &ev::PointerEvent| {
        let bounds = node.get_untracked()?.get_bounding_client_rect();
        let across = (f64::from(event.client_x()) - bounds.left()) / bounds.width();
        (bounds.width() > 0.0).then(|| time.nearest(across))
    };
    let choose = move |from: usize, to: usize| {
        anchor.set(None);
        let (first, last) = (time.line_ms(from.min(to)), time.line_ms(from.max(to)));
        if let Some(on_span) = on_span.filter(|_| first < last) {
            on_span.run((first, last));
        }
    };
    let press = move |event: ev::PointerEvent| {
        // A finger scrolls.
        if on_span.is_some() && event.button() == 0 && event.pointer_type() != "touch" {
            anchor.set(line_at(&event));
            if let Some(lane) = node.get_untracked() {
                // Fails only for a pointer that is gone already.
                let _ = lane.set_pointer_capture(event.pointer_id());
            }
        }
    };
    let release = move |event: ev::PointerEvent| {
        if let (Some(from), Some(to)) = (anchor.get_untracked(), line_at(&event)) {
            choose(from, to);
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let now = time.at.get_untracked().unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => now + 1,
            "PageDown" => now.saturating_sub(PAGE),
            "PageUp" => now + PAGE,
            "Home" => 0,
            "End" => time.last(),
            "Escape" => return anchor.set(None),
            "Enter" | " " if on_span.is_some() => {
                event.prevent_default();
                time.go(Some(now));
                return match anchor.get_untracked() {
                    Some(from) => choose(from, now),
                    None => anchor.set(Some(now)),
                };
            }
            _ => return,
        };
        event.prevent_default();
        time.go(Some(next.min(time.last())));
    };
    let leave = move || {
        after_leaving(move || {
            time.go(None);
            anchor.try_set(None);
        });
    };
    let top = move || {
        plot.with(|plot| {
            plot.y_ticks
                .last()
                .map(|tick| tick.label.clone())
                .unwrap_or_default()
        })
    };
    let zero = (scale_format.value)(0.0);
    view! {
        <div class="lane-body">
            <svg class="lane-scale" width="36" height="100%" aria-hidden="true" focusable="false">
                <text x="100%" dx="-6" y="0" dy="0.8em">{top}</text>
                <text x="100%" dx="-6" y="100%" dy="-0.1em">{zero}</text>
            </svg>
            <div class="chart-plot lane-plot" role="slider" tabindex="0" node_ref=node
                aria-label=name
                aria-orientation="horizontal"
                aria-valuemin="0"
                aria-valuemax=time.last().to_string()
                aria-valuenow=move || time.at.get().unwrap_or(0).to_string()
                aria-valuetext=spoken
                on:pointerdown=press
                on:pointermove=move |event| time.go(line_at(&event))
                on:pointerup=release
                on:pointercancel=move |_| leave()
                on:pointerleave=move |_| leave()
                on:blur=move |_| leave()
                on:keydown=key>
                {move || canvas(time, &plot.get(), &data.get())}
                {span(time, anchor)}
            </div>
        </div>
    }
    .into_any()
}

fn canvas(time: LaneTime, plot: &Plot, data: &LaneData) -> AnyView {
    let side = format!("0 0 {SIDE} {SIDE}");
    let surfaces = plot.curves.iter().take(data.surfaces.len()).enumerate();
    let surfaces = surfaces.map(|(index, curve)| {
        view! { <path class="lane-surface" data-depth=index.to_string() d=curve.surface.clone()/> }
    });
    let line = plot
        .curves
        .last()
        .map(|curve| view! { <path class="lane-line" d=curve.line.clone()/> });
    let now = data.now_ms.map(|now_ms| {
        let x = percent(time.scale().place(now_ms as f64));
        view! { <line class="lane-now" x1=x.clone() x2=x y1="0" y2="100%"/> }
    });
    let stretches = |bands: &[Band]| -> Vec<Stretch> {
        let shown = bands.iter().filter_map(|band| stretch(time, band));
        shown.collect()
    };
    let hatched = stretches(&data.hatched);
    let marked = stretches(&data.marked);
    view! {
        <svg class="chart-canvas" width="100%" height="100%" aria-hidden="true" focusable="false">
            {hatched.iter().map(hatch).collect_view()}
            <svg class="chart-curves" x="0" y="0" width="100%" height="100%" viewBox=side preserveAspectRatio="none">
                {surfaces.collect_view()}
                {line}
            </svg>
            {marked.iter().map(mark).collect_view()}
            {now}
        </svg>
    }
    .into_any()
}

/// The part of a stretch of time that is shown.
fn stretch(time: LaneTime, band: &Band) -> Option<Stretch> {
    let (from, to) = (band.from_ms.max(time.from_ms), band.to_ms.min(time.to_ms));
    let scale = time.scale();
    let place = scale.place(from as f64);
    (from < to).then(|| Stretch {
        place,
        width: scale.place(to as f64) - place,
        label: band.label.clone(),
        tone: band.tone,
    })
}

fn hatch(stretch: &Stretch) -> impl IntoView + use<> {
    let (x, width) = (percent(stretch.place), percent(stretch.width));
    view! {
        <rect class="lane-hatch" x=x y="0" width=width height="100%" fill=format!("url(#{HATCH})")/>
        {label(stretch, "100%", "-4")}
    }
}

fn mark(stretch: &Stretch) -> impl IntoView + use<> {
    let (x, width) = (percent(stretch.place), percent(stretch.width));
    view! {
        <rect class="lane-mark" data-tone=stretch.tone.as_str() x=x y="0" width=width height="5" rx="1"/>
        {label(stretch, "0", "16")}
    }
}

/// What a stretch is, where there is room for it.
fn label(stretch: &Stretch, y: &'static str, dy: &'static str) -> impl IntoView + use<> {
    (stretch.width >= LABEL_WIDTH).then(|| {
        view! {
            <text class="chart-note" data-tone=stretch.tone.as_str() x=percent(stretch.place) dx="4" y=y dy=dy>
                {stretch.label.clone()}
            </text>
        }
    })
}

/// The reader's line, and the span that is being chosen.
fn span(time: LaneTime, anchor: Anchor) -> impl IntoView {
    let place = move |line: usize| time.scale().place(time.line_ms(line) as f64);
    let chosen = move || {
        let (from, to) = (place(anchor.get()?), place(time.at.get()?));
        let (x, width) = (percent(from.min(to)), percent((to - from).abs()));
        Some(view! { <rect class="lane-span" x=x y="0" width=width height="100%"/> })
    };
    let line = move || {
        let x = percent(place(time.at.get()?));
        Some(view! { <line class="chart-crosshair" x1=x.clone() x2=x y1="0" y2="100%"/> })
    };
    view! {
        <svg class="chart-canvas" width="100%" height="100%" aria-hidden="true" focusable="false">
            {chosen}
            {line}
        </svg>
    }
}

/// A swatch of what a lane draws, for a legend.
#[component]
pub fn LaneKey(
    /// Which of them.
    look: LaneLook,
    /// What it means.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let swatch = match look {
        LaneLook::Surface(depth) => view! {
            <rect class="lane-surface" data-depth=depth.to_string() width="18" height="12"/>
        }
        .into_any(),
        LaneLook::Line => {
            view! { <line class="lane-line" x1="1" x2="17" y1="6" y2="6"/> }.into_any()
        }
        LaneLook::Hatched => view! {
            <rect class="lane-hatch" width="18" height="12" fill=format!("url(#{HATCH})")/>
        }
        .into_any(),
        LaneLook::Marked(tone) => view! {
            <rect class="lane-mark" data-tone=tone.as_str() y="4" width="18" height="5" rx="1"/>
        }
        .into_any(),
        LaneLook::Now => view! { <line class="lane-now" x1="9" x2="9" y1="0" y2="12"/> }.into_any(),
    };
    view! {
        <li>
            <svg class="lane-key" width="18" height="12" aria-hidden="true" focusable="false">{swatch}</svg>
            <span class="chart-name">{label}</span>
        </li>
    }
}

/// What a lane draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneLook {
    /// A surface, by its place among the surfaces.
    Surface(usize),
    /// The line.
    Line,
    /// A hatched stretch.
    Hatched,
    /// A marked stretch.
    Marked(Tone),
    /// The present moment.
    Now,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pointer_finds_the_line_beside_it() {
        Owner::new().with(|| {
            let time = LaneTime::new(1_000, 11_000, 1_000);
            for (place, line, at_ms) in [
                (-1.0, 0, 1_000),
                (0.04, 0, 1_000),
                (0.06, 1, 2_000),
                (0.5, 5, 6_000),
                (2.0, 10, 11_000),
            ] {
                assert_eq!(time.nearest(place), line, "at {place}");
                assert_eq!(time.line_ms(line), at_ms);
            }
            let uneven = LaneTime::new(0, 2_500, 1_000);
            assert_eq!((uneven.last(), uneven.nearest(1.0)), (2, 2));
        });
    }

    #[test]
    fn a_stretch_ends_where_its_lane_ends() {
        Owner::new().with(|| {
            let time = LaneTime::new(0, 100, 10);
            let band = |from_ms, to_ms| Band {
                from_ms,
                to_ms,
                label: String::new(),
                tone: Tone::Info,
            };
            let shown = |from_ms, to_ms| {
                stretch(time, &band(from_ms, to_ms)).map(|found| (found.place, found.width))
            };
            assert_eq!(shown(-50, 50), Some((0.0, 0.5)));
            assert_eq!(shown(50, 500), Some((0.5, 0.5)));
            assert_eq!(shown(-50, 0), None);
            assert_eq!(shown(100, 200), None);
        });
    }
}
