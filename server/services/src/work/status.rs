//! How the workers are doing. In memory: it is about this process.

use super::Worker;
use crate::{cx::Cx, failure::Failure, health::KeptFault, texts};
use api::system::{WorkerKind, WorkerReport, WorkerRow};
use domain::time::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How one worker is doing.
#[derive(Debug, Clone)]
pub struct Status {
    /// What it is there for.
    pub kind: WorkerKind,
    /// Its name in logs and metrics.
    pub name: String,
    /// How often it runs by itself.
    pub period_ms: u64,
    /// Last began.
    pub begun_at: Option<Timestamp>,
    /// How long the last run took.
    pub took_ms: Option<u64>,
    /// Runs since the start.
    pub runs: u64,
    /// Failed runs since the start.
    pub failures: u64,
    /// What the last run did that did not fail.
    pub report: Option<WorkerReport>,
    fault: Option<Fault>,
}

/// Why a turn failed, to be told in any language.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// The cloud did not answer, or refused.
    Cloud(KeptFault),
    /// The database did not answer in time; the next turn may find it again.
    Database(String),
    /// Anything else: a defect.
    Defect(String),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Cloud(error) => Self::Cloud(KeptFault::from(&error)),
            Failure::Store(error) if error.is_passing() => Self::Database(error.to_string()),
            other => Self::Defect(other.to_string()),
        }
    }
}

impl Status {
    fn new(worker: &Worker) -> Self {
        Self {
            kind: worker.kind.clone(),
            name: worker.kind.to_string(),
            period_ms: worker.period_ms,
            begun_at: None,
            took_ms: None,
            runs: 0,
            failures: 0,
            report: None,
            fault: None,
        }
    }

    /// Whether the last run failed.
    #[must_use]
    pub const fn failed(&self) -> bool {
        self.fault.is_some()
    }

    /// As the caller is told it.
    pub(crate) fn told(self, cx: &Cx) -> WorkerRow {
        let error = self.fault.map(|fault| match fault {
            Fault::Cloud(fault) => fault.told(cx),
            Fault::Database(words) => texts::worker_waits_for_database(cx.lang, &words),
            Fault::Defect(words) => texts::worker_failed(cx.lang, &words),
        });
        WorkerRow {
            name: self.name,
            kind: self.kind,
            period_ms: self.period_ms,
            begun_at: self.begun_at,
            took_ms: self.took_ms,
            runs: self.runs,
            failures: self.failures,
            report: self.report,
            error,
        }
    }
}

/// The workers' statuses, by name.
#[derive(Debug)]
pub struct Statuses(Mutex<Vec<Status>>);

impl Statuses {
    /// One row for each worker, before its first turn.
    #[must_use]
    pub fn new(workers: &[Worker]) -> Self {
        let mut rows: Vec<_> = workers.iter().map(Status::new).collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        Self(Mutex::new(rows))
    }

    /// A copy of all, by name.
    #[must_use]
    pub fn rows(&self) -> Vec<Status> {
        self.lock().clone()
    }

    /// A turn began.
    pub(super) fn begun(&self, kind: &WorkerKind, at: Timestamp) {
        self.change(kind, |row| row.begun_at = Some(at));
    }

    /// A turn ended.
    pub(super) fn ended(
        &self,
        kind: &WorkerKind,
        begun: Timestamp,
        ended: Timestamp,
        outcome: Result<WorkerReport, Fault>,
    ) {
        self.change(kind, |row| {
            row.runs += 1;
            row.took_ms = u64::try_from(ended.since_ms(begun)).ok();
            match outcome {
                Ok(report) => {
                    row.report = Some(report);
                    row.fault = None;
                }
                Err(fault) => {
                    row.failures += 1;
                    row.fault = Some(fault);
                }
            }
        });
    }

    fn change(&self, kind: &WorkerKind, change: impl FnOnce(&mut Status)) {
        if let Some(row) = self.lock().iter_mut().find(|row| row.kind == *kind) {
            change(row);
        }
    }

    /// A panic while a row was written leaves a row that is merely old.
    fn lock(&self) -> MutexGuard<'_, Vec<Status>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
