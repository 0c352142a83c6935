//! Runs the workers: by period, by signal, until told to stop.
//!
//! Every worker has a task of its own. A turn that fails or panics is recorded
//! and the next turn is its retry; the other workers never notice. Turns are
//! not cut short by a stop: it is heard between two turns, and whatever outlasts
//! the limit is abandoned as if the process had been killed, which every worker
//! survives.

use super::{Worker, status::Fault, turn};
use crate::Services;
use domain::time::Timestamp;
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{sync::watch, task::JoinHandle};

/// How often a waiting worker looks at the clock, which may be stepped or run
/// faster than the machine's.
const TICK_MS: u64 = 500;

/// The running workers.
pub struct Driver {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Driver {
    /// Starts every worker.
    #[must_use]
    pub fn start(services: &Services) -> Self {
        let (stop, stopped) = watch::channel(false);
        let tasks = services
            .signals
            .workers()
            .iter()
            .map(|worker| tokio::spawn(run(services.clone(), worker.clone(), stopped.clone())))
            .collect();
        Self { stop, tasks }
    }

    /// Lets every turn that is under way end, but waits no longer than `limit`.
    pub async fn stop(self, limit: Duration) {
        // Nobody listens when every worker has ended already: that is fine.
        let _ = self.stop.send(true);
        let aborts: Vec<_> = self.tasks.iter().map(JoinHandle::abort_handle).collect();
        let all = futures::future::join_all(self.tasks);
        if tokio::time::timeout(limit, all).await.is_err() {
            tracing::warn!("a worker did not end in time and was abandoned");
            for abort in aborts {
                abort.abort();
            }
        }
    }
}

async fn run(s: Services, worker: Worker, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let begun = s.clock.now();
        take_turn(&s, &worker).await;
        tokio::select! {
            () = due(&s, &worker, begun) => {}
            () = worker.signal.notified() => {}
            _ = stopped.changed() => return,
        }
    }
}

/// One turn of one worker, with its status kept.
pub(super) async fn take_turn(s: &Services, worker: &Worker) {
    let begun = s.clock.now();
    s.statuses.begun(&worker.kind, begun);
    let outcome = AssertUnwindSafe(turn(s, worker)).catch_unwind().await;
    let ended = s.clock.now();
    let outcome = match outcome {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(failure)) => {
            tracing::warn!(worker = %worker.kind, error = %failure, "a worker's turn failed");
            Err(failure.into())
        }
        Err(panic) => {
            let words = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            tracing::error!(worker = %worker.kind, error = %words, "a worker's turn panicked");
            Err(Fault::Defect(format!("panicked: {words}")))
        }
    };
    s.statuses.ended(&worker.kind, begun, ended, outcome);
}

/// Waits until the period has passed, by the machine or by the clock port,
/// whichever is first: a stepped clock stands still for hours and then jumps.
async fn due(s: &Services, worker: &Worker, begun: Timestamp) {
    let tick_ms = worker.period_ms.min(TICK_MS);
    let mut waited_ms = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(tick_ms)).await;
        waited_ms += tick_ms;
        let by_clock_ms = u64::try_from(s.clock.now().since_ms(begun)).unwrap_or(0);
        if waited_ms.max(by_clock_ms) >= worker.period_ms {
            return;
        }
    }
}
