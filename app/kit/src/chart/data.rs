//! What a chart shows and how it speaks, as plain values: pages build them in
//! their models and test them without a browser.

use crate::Tone;
use std::sync::Arc;

/// One curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Unix milliseconds, ascending, and the value there; none where nothing
    /// was measured: the curve has a gap.
    pub points: Vec<(i64, Option<f64>)>,
}

impl Series {
    /// A curve from its name and points.
    pub fn new(name: impl Into<String>, points: Vec<(i64, Option<f64>)>) -> Self {
        Self {
            name: name.into(),
            points,
        }
    }
}

/// A value that means something, as a line across the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The value.
    pub value: f64,
    /// What it means ("> 80 % for 5 min").
    pub label: String,
}

/// A stretch of time that is shaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Where it begins, Unix milliseconds.
    pub from_ms: i64,
    /// Where it ends, Unix milliseconds.
    pub to_ms: i64,
    /// What it is.
    pub label: String,
    /// How good it is.
    pub tone: Tone,
}

/// A moment that is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// What happened.
    pub label: String,
    /// How good it was.
    pub tone: Tone,
}

/// Everything a chart over time shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartData {
    /// Start of the time axis, Unix milliseconds.
    pub from_ms: i64,
    /// End of the time axis, Unix milliseconds.
    pub to_ms: i64,
    /// The curves; six of them differ in colour and dash.
    pub series: Vec<Series>,
    /// A line across.
    pub threshold: Option<Threshold>,
    /// Shaded stretches.
    pub bands: Vec<Band>,
    /// Marked moments.
    pub markers: Vec<Marker>,
    /// What the legend shows while nobody points.
    pub rest: Rest,
    /// The value axis reaches at least down to this; 0 unless set.
    pub y_min: Option<f64>,
    /// The value axis reaches at least up to this.
    pub y_max: Option<f64>,
}

/// What the legend shows while nobody points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rest {
    /// The last values: of what was, they are the present ones.
    #[default]
    Last,
    /// No values: of what will be, none is the present one.
    Nothing,
}

/// The words of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartText {
    /// What the chart shows; its name for everybody.
    pub title: String,
    /// Text that unfolds the table ("Values as a table").
    pub table: String,
    /// Head of the table's first column ("Time").
    pub time: String,
    /// Said instead of a plot without points.
    pub empty: String,
    /// Stands where no value is ("no data").
    pub missing: String,
}

type TickFormat = Arc<dyn Fn(i64, i64) -> String + Send + Sync>;
type InstantFormat = Arc<dyn Fn(i64) -> String + Send + Sync>;
type ValueFormat = Arc<dyn Fn(f64) -> String + Send + Sync>;

/// How instants and values become text. The same function must run on server
/// and browser.
#[derive(Clone)]
pub struct ChartFormat {
    /// What the viewer's zone adds to UTC, in milliseconds: ticks stand on the
    /// viewer's round hours.
    pub offset_ms: i64,
    /// Label of a tick: its instant, and the distance of two ticks.
    pub tick: TickFormat,
    /// An instant in full, for read-out and table.
    pub instant: InstantFormat,
    /// A value with its unit.
    pub value: ValueFormat,
}

impl ChartFormat {
    /// From the viewer's offset and three functions: tick label (instant, tick
    /// distance), instant in full, value.
    pub fn new(
        offset_ms: i64,
        tick: impl Fn(i64, i64) -> String + Send + Sync + 'static,
        instant: impl Fn(i64) -> String + Send + Sync + 'static,
        value: impl Fn(f64) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            offset_ms,
            tick: Arc::new(tick),
            instant: Arc::new(instant),
            value: Arc::new(value),
        }
    }
}

/// How tall a chart is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartSize {
    /// Beside other things.
    Small,
    /// In a card.
    #[default]
    Medium,
    /// The subject of its page.
    Large,
}

impl ChartSize {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}
