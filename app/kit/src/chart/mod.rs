//! Charts in SVG without script: the server's page already shows them whole.
//!
//! **How text stays text.** Nothing is measured. The plot is an SVG without a
//! view box, so percentages place lines and labels at any width; only the
//! curves are drawn in a stretched square, with strokes that do not stretch.
//! `scale`, `ticks` and `path` are pure; `plot` turns data into places; the
//! components draw places.

mod bar;
mod data;
mod frame;
mod heat;
mod lanes;
pub mod path;
mod plot;
pub mod scale;
mod spark;
pub mod ticks;
mod xy;

pub use bar::{Bar, BarChart};
pub use data::{
    Band, ChartData, ChartFormat, ChartSize, ChartText, Marker, Rest, Series, Threshold,
};
pub use heat::{HEAT_SHADES_MAX, HeatData, HeatKey, HeatMap, HeatRow, HeatStretch};
pub use lanes::{LaneAxis, LaneChart, LaneData, LaneKey, LaneLook, LaneTime};
pub use spark::Spark;
pub use xy::{AreaChart, LineChart, StepChart};
