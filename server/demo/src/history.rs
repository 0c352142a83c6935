//! What was measured, minute by minute, for the last days. A ring of fixed size.

use domain::limits;

/// What is measured of a target; of a load balancer, only the second to fifth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Percent, averaged over what serves.
    Cpu,
    /// Requests in the minute.
    Requests,
    /// Seconds that the slowest twentieth takes at least.
    LatencyS,
    /// Requests in the minute that failed with a 5xx.
    Errors,
    /// Members that fail their health check.
    Unhealthy,
    /// Messages waiting.
    Backlog,
    /// Seconds that the oldest message has waited.
    AgeS,
    /// Capacity: minimum.
    Min,
    /// Capacity: desired.
    Desired,
    /// Capacity: maximum.
    Max,
    /// Members in service.
    InService,
    /// Members on their way.
    Pending,
}

/// How many measures there are.
const MEASURES: usize = 12;

/// The measures of one minute; what is not measured stays NaN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row([f32; MEASURES]);

impl Row {
    pub const EMPTY: Self = Self([f32::NAN; MEASURES]);

    pub fn set(&mut self, measure: Measure, value: f64) {
        self.0[measure as usize] = value as f32;
    }

    pub fn get(&self, measure: Measure) -> Option<f64> {
        let value = self.0[measure as usize];
        (!value.is_nan()).then_some(f64::from(value))
    }

    /// A sum over targets: unmeasured counts as nothing, unless all are.
    pub fn add(&mut self, measure: Measure, value: Option<f64>) {
        if let Some(value) = value {
            self.set(measure, self.get(measure).unwrap_or(0.0) + value);
        }
    }
}

/// The ring.
pub(crate) struct History {
    subjects: usize,
    rows: Vec<Row>,
    first: i64,
    /// The minute after the last that is kept.
    end: i64,
}

impl History {
    /// Empty, for so many subjects, beginning with a minute (counted from 1970).
    pub fn new(subjects: usize, first: i64) -> Self {
        Self {
            subjects,
            rows: vec![
                Row::EMPTY;
                subjects * limits::SANDBOX_HISTORY_MINUTES.unsigned_abs() as usize
            ],
            first,
            end: first,
        }
    }

    /// The measures of the next minute, one row for each subject.
    pub fn push(&mut self, rows: &[Row]) {
        let at = self.index(self.end);
        self.rows[at..at + self.subjects].copy_from_slice(rows);
        self.end += 1;
        self.first = self.first.max(self.end - limits::SANDBOX_HISTORY_MINUTES);
    }

    /// A measure in a minute; none if it was not measured or is forgotten.
    pub fn get(&self, subject: usize, measure: Measure, minute: i64) -> Option<f64> {
        if !(self.first..self.end).contains(&minute) {
            return None;
        }
        self.rows[self.index(minute) + subject].get(measure)
    }

    fn index(&self, minute: i64) -> usize {
        minute
            .rem_euclid(limits::SANDBOX_HISTORY_MINUTES)
            .unsigned_abs() as usize
            * self.subjects
    }
}
