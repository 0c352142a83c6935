//! From data to places: everything a chart over time draws, computed once per
//! change of its data. Pure.

use super::data::{ChartData, ChartFormat, Series};
use super::path::{self, Point};
use super::scale::Scale;
use super::ticks;
use crate::Tone;

/// Value ticks that are asked for.
const Y_TICKS: usize = 5;
/// Time ticks at most; every second one is hidden on a narrow plot.
const X_TICKS: usize = 8;
/// Rows of the table at most; longer data is thinned evenly.
pub(crate) const TABLE_ROWS_MAX: usize = 96;
/// Width of a digit in the axis font, rounded up, and what stands beside it.
const DIGIT_PX: usize = 7;
const Y_MARGIN_PX: usize = 12;

/// How curves are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Straight lines.
    Line,
    /// Straight lines over a tinted surface.
    Area,
    /// Right angles over a tinted surface: a value holds until the next.
    Step,
}

/// A label at a place of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) place: f64,
    pub(crate) label: String,
}

/// A labelled stretch (`width` 0 for a moment) of the time axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) place: f64,
    pub(crate) width: f64,
    pub(crate) label: String,
    pub(crate) tone: Tone,
}

/// A curve as path data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Curve {
    pub(crate) line: String,
    pub(crate) surface: String,
}

/// Everything that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plot {
    pub(crate) x: Scale,
    pub(crate) y: Scale,
    pub(crate) y_ticks: Vec<Tick>,
    pub(crate) x_ticks: Vec<Tick>,
    pub(crate) curves: Vec<Curve>,
    pub(crate) threshold: Option<Tick>,
    pub(crate) bands: Vec<Stretch>,
    pub(crate) markers: Vec<Stretch>,
    /// Instants with a point, ascending, within the axis: where the cursor stops.
    pub(crate) instants: Vec<i64>,
    pub(crate) shape: Shape,
}

impl Plot {
    pub(crate) fn of(data: &ChartData, shape: Shape, format: &ChartFormat) -> Self {
        let x = Scale::new(data.from_ms as f64, data.to_ms as f64);
        let (low, high) = value_range(data);
        let values = ticks::nice_ticks(low, high, Y_TICKS);
        let y = Scale::new(values[0], values[values.len() - 1]);
        let y_ticks = values
            .iter()
            .map(|&value| Tick {
                place: y.place(value),
                label: (format.value)(value),
            })
            .collect();
        let times = ticks::time_ticks(data.from_ms, data.to_ms, format.offset_ms, X_TICKS);
        let x_ticks = times
            .at_ms
            .iter()
            .map(|&at_ms| Tick {
                place: x.place(at_ms as f64),
                label: (format.tick)(at_ms, times.step_ms),
            })
            .collect();
        let threshold = data.threshold.as_ref().map(|threshold| Tick {
            place: y.place(threshold.value),
            label: threshold.label.clone(),
        });
        let bands = data.bands.iter().filter_map(|band| {
            let (from, to) = (band.from_ms.max(data.from_ms), band.to_ms.min(data.to_ms));
            (to > from).then(|| Stretch {
                place: x.place(from as f64),
                width: x.place(to as f64) - x.place(from as f64),
                label: band.label.clone(),
                tone: band.tone,
            })
        });
        let markers = data
            .markers
            .iter()
            .filter(|marker| within(data, marker.at_ms))
            .map(|marker| Stretch {
                place: x.place(marker.at_ms as f64),
                width: 0.0,
                label: marker.label.clone(),
                tone: marker.tone,
            });
        Self {
            x,
            y,
            y_ticks,
            x_ticks,
            curves: data
                .series
                .iter()
                .map(|series| curve(series, x, y, shape))
                .collect(),
            threshold,
            bands: bands.collect(),
            markers: markers.collect(),
            instants: instants(data),
            shape,
        }
    }

    /// The stop of the cursor nearest to a place of the time axis.
    pub(crate) fn nearest(&self, place: f64) -> usize {
        let wanted_ms = self.x.value(place);
        let after = self
            .instants
            .partition_point(|&at_ms| (at_ms as f64) < wanted_ms);
        let Some(before) = after.checked_sub(1) else {
            return 0;
        };
        match self.instants.get(after) {
            Some(&next) if (next as f64) - wanted_ms < wanted_ms - self.instants[before] as f64 => {
                after
            }
            _ => before,
        }
    }

    /// A curve's value where the cursor stops. Steps hold; lines are only known
    /// where they have a point.
    pub(crate) fn value_at(&self, series: &Series, at_ms: i64) -> Option<f64> {
        let after = series
            .points
            .partition_point(|&(point_ms, _)| point_ms <= at_ms);
        let (point_ms, value) = series.points[after.checked_sub(1)?];
        let known = self.shape == Shape::Step || point_ms == at_ms;
        value.filter(|value| known && value.is_finite())
    }
}

/// Room for the longest of some labels, in pixels.
pub(crate) fn axis_width_px(ticks: &[Tick]) -> usize {
    let longest = ticks
        .iter()
        .map(|tick| text_cells(&tick.label))
        .max()
        .unwrap_or(0);
    longest * DIGIT_PX + Y_MARGIN_PX
}

/// Length in widths of a digit; a Korean syllable takes about two.
fn text_cells(text: &str) -> usize {
    text.chars()
        .map(|letter| if letter.is_ascii() { 1 } else { 2 })
        .sum()
}

/// Evenly thinned indexes into `count` things: at most [`TABLE_ROWS_MAX`] and
/// always the last one.
pub(crate) fn thinned(count: usize) -> Vec<usize> {
    let stride = count.div_ceil(TABLE_ROWS_MAX).max(1);
    let mut kept: Vec<usize> = (0..count).rev().step_by(stride).collect();
    kept.reverse();
    kept
}

fn within(data: &ChartData, at_ms: i64) -> bool {
    (data.from_ms..=data.to_ms).contains(&at_ms)
}

fn instants(data: &ChartData) -> Vec<i64> {
    let points = data.series.iter().flat_map(|series| &series.points);
    let mut instants: Vec<i64> = points
        .map(|&(at_ms, _)| at_ms)
        .filter(|&at_ms| within(data, at_ms))
        .collect();
    instants.sort_unstable();
    instants.dedup();
    instants
}

fn value_range(data: &ChartData) -> (f64, f64) {
    let points = data.series.iter().flat_map(|series| &series.points);
    let values = points
        .filter(|&&(at_ms, _)| within(data, at_ms))
        .filter_map(|&(_, value)| value)
        .chain(data.threshold.as_ref().map(|threshold| threshold.value))
        .chain(data.y_max)
        .filter(|value| value.is_finite());
    let low = data.y_min.unwrap_or(0.0);
    let (low, high) = values.fold((low, low), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if high > low {
        (low, high)
    } else {
        (low, low + 1.0)
    }
}

fn curve(series: &Series, x: Scale, y: Scale, shape: Shape) -> Curve {
    let points: Vec<Point> = series
        .points
        .iter()
        .map(|&(at_ms, value)| {
            (
                x.place(at_ms as f64),
                value
                    .filter(|value| value.is_finite())
                    .map(|value| y.place(value)),
            )
        })
        .collect();
    let base = y.place(0.0).clamp(0.0, 1.0);
    match shape {
        Shape::Line => Curve {
            line: path::linear(&points),
            surface: String::new(),
        },
        Shape::Area => Curve {
            line: path::linear(&points),
            surface: path::area(&points, base),
        },
        Shape::Step => Curve {
            line: path::step_after(&points, None),
            surface: path::step_area(&points, None, base),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::data::{Band, Marker, Threshold};
    use super::*;

    fn format() -> ChartFormat {
        ChartFormat::new(
            0,
            |at, step| format!("{at}/{step}"),
            |at| at.to_string(),
            |value| format!("{value} %"),
        )
    }

    fn data() -> ChartData {
        ChartData {
            from_ms: 0,
            to_ms: 4_000,
            series: vec![
                Series::new(
                    "a",
                    vec![
                        (0, Some(10.0)),
                        (1_000, Some(60.0)),
                        (2_000, None),
                        (4_000, Some(20.0)),
                    ],
                ),
                Series::new("b", vec![(500, Some(1.0)), (9_000, Some(9_999.0))]),
            ],
            threshold: Some(Threshold {
                value: 80.0,
                label: "limit".into(),
            }),
            bands: vec![
                Band {
                    from_ms: -5,
                    to_ms: 2_000,
                    label: "in".into(),
                    tone: Tone::Info,
                },
                Band {
                    from_ms: 5_000,
                    to_ms: 6_000,
                    label: "out".into(),
                    tone: Tone::Info,
                },
            ],
            rest: super::super::data::Rest::Last,
            markers: vec![
                Marker {
                    at_ms: 1_000,
                    label: "in".into(),
                    tone: Tone::Ok,
                },
                Marker {
                    at_ms: 4_001,
                    label: "out".into(),
                    tone: Tone::Ok,
                },
            ],
            y_min: None,
            y_max: None,
        }
    }

    #[test]
    fn the_value_axis_holds_the_threshold_and_ignores_what_is_outside() {
        let plot = Plot::of(&data(), Shape::Line, &format());
        assert_eq!((plot.y.from(), plot.y.to()), (0.0, 80.0));
        let labels: Vec<&str> = plot
            .y_ticks
            .iter()
            .map(|tick| tick.label.as_str())
            .collect();
        assert_eq!(labels, ["0 %", "20 %", "40 %", "60 %", "80 %"]);
        assert_eq!(
            plot.threshold,
            Some(Tick {
                place: 1.0,
                label: "limit".into()
            })
        );
        assert_eq!(axis_width_px(&plot.y_ticks), 4 * DIGIT_PX + Y_MARGIN_PX);
    }

    #[test]
    fn bands_are_clipped_and_what_is_outside_is_left_out() {
        let plot = Plot::of(&data(), Shape::Line, &format());
        assert_eq!(plot.bands.len(), 1);
        assert_eq!((plot.bands[0].place, plot.bands[0].width), (0.0, 0.5));
        assert_eq!(plot.markers.len(), 1);
        assert_eq!(plot.instants, [0, 500, 1_000, 2_000, 4_000]);
    }

    #[test]
    fn the_cursor_stops_at_the_nearest_instant() {
        let plot = Plot::of(&data(), Shape::Line, &format());
        for (place, index) in [
            (-0.2, 0),
            (0.0, 0),
            (0.05, 0),
            (0.07, 1),
            (0.3, 2),
            (0.74, 3),
            (0.76, 4),
            (7.0, 4),
        ] {
            assert_eq!(plot.nearest(place), index, "at {place}");
        }
    }

    #[test]
    fn a_step_holds_and_a_line_does_not() {
        let (data, format) = (data(), format());
        let line = Plot::of(&data, Shape::Line, &format);
        let step = Plot::of(&data, Shape::Step, &format);
        for (at_ms, on_line, on_step) in [
            (0, Some(10.0), Some(10.0)),
            (500, None, Some(10.0)),
            (2_000, None, None),
            (3_000, None, None),
            (4_000, Some(20.0), Some(20.0)),
            (-1, None, None),
        ] {
            assert_eq!(
                line.value_at(&data.series[0], at_ms),
                on_line,
                "line at {at_ms}"
            );
            assert_eq!(
                step.value_at(&data.series[0], at_ms),
                on_step,
                "step at {at_ms}"
            );
        }
    }

    #[test]
    fn no_data_still_has_axes() {
        let plot = Plot::of(&ChartData::default(), Shape::Area, &format());
        assert!(plot.instants.is_empty());
        assert_eq!((plot.y.from(), plot.y.to()), (0.0, 1.0));
        assert_eq!(plot.nearest(0.5), 0);
    }

    #[test]
    fn long_tables_are_thinned_and_keep_their_end() {
        assert_eq!(thinned(0), Vec::<usize>::new());
        assert_eq!(thinned(3), [0, 1, 2]);
        for count in [96, 97, 1_000, 1_441] {
            let kept = thinned(count);
            assert!(kept.len() <= TABLE_ROWS_MAX, "{count}");
            assert_eq!(kept.last(), Some(&(count - 1)), "{count}");
        }
    }
}
