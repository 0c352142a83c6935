//! How the workers are doing. In memory: it is about this process.

use super::Worker;
use api::system::WorkerRow;
use domain::time::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The workers' statuses, by name.
#[derive(Debug)]
pub struct Statuses(Mutex<Vec<WorkerRow>>);

impl Statuses {
    /// One row for each worker, before its first turn.
    #[must_use]
    pub fn new(workers: &[Worker]) -> Self {
        let row = |worker: &Worker| WorkerRow {
            name: worker.name.clone(),
            period_ms: worker.period_ms,
            begun_at: None,
            took_ms: None,
            runs: 0,
            failures: 0,
            status: String::new(),
            error: None,
        };
        let mut rows: Vec<_> = workers.iter().map(row).collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        Self(Mutex::new(rows))
    }

    /// A copy of all, by name.
    #[must_use]
    pub fn rows(&self) -> Vec<WorkerRow> {
        self.lock().clone()
    }

    /// A turn began.
    pub fn begun(&self, name: &str, at: Timestamp) {
        self.change(name, |row| row.begun_at = Some(at));
    }

    /// A turn ended, with the worker's own words.
    pub fn ended(
        &self,
        name: &str,
        begun: Timestamp,
        ended: Timestamp,
        outcome: Result<String, String>,
    ) {
        self.change(name, |row| {
            row.runs += 1;
            row.took_ms = u64::try_from(ended.since_ms(begun)).ok();
            match outcome {
                Ok(status) => {
                    row.status = status;
                    row.error = None;
                }
                Err(error) => {
                    row.failures += 1;
                    row.error = Some(error);
                }
            }
        });
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut WorkerRow)) {
        if let Some(row) = self.lock().iter_mut().find(|row| row.name == name) {
            change(row);
        }
    }

    /// A panic while a row was written leaves a row that is merely old.
    fn lock(&self) -> MutexGuard<'_, Vec<WorkerRow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
