//! How the workers are doing. In memory: it is about this process.

use super::Worker;
use crate::{cx::Cx, failure::Failure, health::KeptFault, texts};
use api::system::{WorkerKind, WorkerReport, WorkerRow};
use domain::time::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How one worker is doing.
#[derive(Debug, Clone)]
pub struct Status {
    /// As everybody is told it, but for the failure.
    row: WorkerRow,
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
            row: WorkerRow {
                name: worker.kind.to_string(),
                kind: worker.kind.clone(),
                period_ms: worker.period_ms,
                begun_at: None,
                took_ms: None,
                runs: 0,
                failures: 0,
                report: None,
                error: None,
            },
            fault: None,
        }
    }

    /// What it is and did. Its failure is worded for a caller only.
    #[must_use]
    pub const fn row(&self) -> &WorkerRow {
        &self.row
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
        WorkerRow { error, ..self.row }
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
        rows.sort_by(|a, b| a.row.name.cmp(&b.row.name));
        Self(Mutex::new(rows))
    }

    /// Whether no turn of this worker has succeeded since the server started.
    pub(crate) fn is_first_turn(&self, kind: &WorkerKind) -> bool {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_kind = rows.iter().filter(|status| status.row.kind == *kind);
        of_kind.all(|status| status.row.report.is_none())
    }

    /// A copy of all, by name.
    #[must_use]
    pub fn rows(&self) -> Vec<Status> {
        self.lock().clone()
    }

    /// A turn began.
    pub(super) fn begun(&self, kind: &WorkerKind, at: Timestamp) {
        self.change(kind, |status| status.row.begun_at = Some(at));
    }

    /// A turn ended.
    pub(super) fn ended(
        &self,
        kind: &WorkerKind,
        begun: Timestamp,
        ended: Timestamp,
        outcome: Result<WorkerReport, Fault>,
    ) {
        self.change(kind, |Status { row, fault: failed }| {
            row.runs += 1;
            row.took_ms = u64::try_from(ended.since_ms(begun)).ok();
            match outcome {
                Ok(report) => {
                    row.report = Some(report);
                    *failed = None;
                }
                Err(fault) => {
                    row.failures += 1;
                    *failed = Some(fault);
                }
            }
        });
    }

    fn change(&self, kind: &WorkerKind, change: impl FnOnce(&mut Status)) {
        if let Some(status) = self
            .lock()
            .iter_mut()
            .find(|status| status.row.kind == *kind)
        {
            change(status);
        }
    }

    /// A panic while a row was written leaves a row that is merely old.
    fn lock(&self) -> MutexGuard<'_, Vec<Status>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
