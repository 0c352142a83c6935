//! What all charts share: the figure around the plot, its axes, and the cursor
//! that pointer and keyboard move.

use super::data::{ChartSize, ChartText};
use super::path::percent;
use super::plot::{Tick, axis_width_px};
use crate::browser::after_leaving;
use leptos::{ev, html, prelude::*};

/// How far Page Up and Page Down go.
const PAGE: usize = 10;

/// Where the reader is in the data: an index into the stops, or nowhere.
#[derive(Clone, Copy)]
pub(crate) struct Cursor {
    at: RwSignal<Option<usize>>,
    count: Signal<usize>,
}

impl Cursor {
    pub(crate) fn new(count: Signal<usize>) -> Self {
        Self {
            at: RwSignal::new(None),
            count,
        }
    }

    /// The stop, if the reader is at one and it still exists.
    pub(crate) fn get(self) -> Option<usize> {
        let count = self.count.get();
        self.at.get().filter(|&at| at < count)
    }

    fn set(self, at: Option<usize>) {
        // None for who points at a chart whose page is gone.
        if self.at.try_get_untracked().is_some_and(|now| now != at) {
            self.at.set(at);
        }
    }

    fn leave(self) {
        after_leaving(move || self.set(None));
    }

    fn last(self) -> usize {
        self.count.get().saturating_sub(1)
    }

    fn key(self, event: &ev::KeyboardEvent) {
        let last = self.count.get_untracked().saturating_sub(1);
        let now = self.at.get_untracked().unwrap_or(last).min(last);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (now + 1).min(last),
            "PageDown" => now.saturating_sub(PAGE),
            "PageUp" => (now + PAGE).min(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        self.set(Some(next));
    }
}

/// The plot as a slider over its stops: assistive technology reads the values
/// where the cursor is. `nearest` tells the stop at a place, across and down.
pub(crate) fn plot_area(
    cursor: Cursor,
    name: String,
    spoken: Signal<String>,
    nearest: impl Fn(f64, f64) -> usize + 'static,
    canvas: AnyView,
) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let point = move |event: ev::PointerEvent| {
        let Some(plot) = node.get_untracked() else {
            return;
        };
        let bounds = plot.get_bounding_client_rect();
        if bounds.width() > 0.0 && bounds.height() > 0.0 {
            let across = (f64::from(event.client_x()) - bounds.left()) / bounds.width();
            let down = (f64::from(event.client_y()) - bounds.top()) / bounds.height();
            cursor.set(Some(nearest(across, down)));
        }
    };
    view! {
        <div class="chart-plot" role="slider" tabindex="0" node_ref=node
            aria-label=name
            aria-orientation="horizontal"
            aria-valuemin="0"
            aria-valuemax=move || cursor.last().to_string()
            aria-valuenow=move || cursor.get().unwrap_or_else(|| cursor.last()).to_string()
            aria-valuetext=spoken
            on:pointermove=point
            on:pointerleave=move |_| cursor.leave()
            on:blur=move |_| cursor.leave()
            on:keydown=move |event| cursor.key(&event)>
            {canvas}
        </div>
    }
    .into_any()
}

/// The value axis: labels at the end of their line.
pub(crate) fn y_axis(ticks: &[Tick]) -> impl IntoView + use<> {
    let labels = ticks
        .iter()
        .map(|tick| {
            view! { <text x="100%" dx="-8" y=percent(1.0 - tick.place) dy="0.32em">{tick.label.clone()}</text> }
        })
        .collect_view();
    view! {
        <svg class="chart-y" width=axis_width_px(ticks).to_string() height="100%" aria-hidden="true" focusable="false">
            {labels}
        </svg>
    }
}

/// The horizontal axis. Every second label is minor: hidden where it is narrow.
pub(crate) fn x_axis(ticks: &[Tick]) -> impl IntoView + use<> {
    let labels = ticks
        .iter()
        .enumerate()
        .map(|(index, tick)| {
            view! {
                <text data-minor=(index % 2 == 1).then_some("true") x=percent(tick.place) y="17">{tick.label.clone()}</text>
            }
        })
        .collect_view();
    view! {
        <svg class="chart-x" width="100%" height="22" aria-hidden="true" focusable="false">{labels}</svg>
    }
}

/// The lines of the value axis across the plot.
pub(crate) fn grid(ticks: &[Tick]) -> impl IntoView + use<> {
    ticks
        .iter()
        .map(|tick| {
            let y = percent(1.0 - tick.place);
            view! { <line class="chart-grid-line" x1="0" x2="100%" y1=y.clone() y2=y/> }
        })
        .collect_view()
}

/// The figure around everything.
pub(crate) fn figure(
    text: &ChartText,
    size: ChartSize,
    at: Signal<String>,
    legend: AnyView,
    body: AnyView,
    table: AnyView,
) -> AnyView {
    view! {
        <figure class="chart" data-size=size.as_str()>
            <figcaption class="chart-head">
                <span class="chart-title">{text.title.clone()}</span>
                <span class="chart-at">{at}</span>
            </figcaption>
            {legend}
            <div class="chart-body">{body}</div>
            <details class="chart-table">
                <summary>{text.table.clone()}</summary>
                <div class="table-wrap" data-narrow="scroll" role="region" tabindex="0" aria-label=text.title.clone()>
                    {table}
                </div>
            </details>
        </figure>
    }
    .into_any()
}

/// Stands where there is nothing to plot.
pub(crate) fn empty(text: &ChartText) -> AnyView {
    view! { <p class="chart-empty">{text.empty.clone()}</p> }.into_any()
}
