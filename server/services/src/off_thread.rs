//! Work that takes a core for longer than a moment runs off the request threads; where many may ask
//! for it at once only a few get a place, the others wait and are then turned away.

use crate::failure::{Failure, Outcome};
use api::{ApiError, ErrorCode};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many may do one kind of work at once. The bound is the machine's, so it is a static, one for
/// the whole process.
pub(crate) struct Places {
    free: Semaphore,
    wait_ms: u64,
}

/// A place among those who do it now.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: SemaphorePermit<'static>,
}

impl Places {
    pub(crate) const fn new(at_once: usize, wait_ms: u64) -> Self {
        Self {
            free: Semaphore::const_new(at_once),
            wait_ms,
        }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// `too_many`, in the words given, when none was free for so long.
    pub(crate) async fn take(&'static self, busy: &str) -> Outcome<Place> {
        let wait = Duration::from_millis(self.wait_ms);
        match tokio::time::timeout(wait, self.free.acquire()).await {
            Ok(Ok(permit)) => Ok(Place { _permit: permit }),
            _ => Err(ApiError::new(ErrorCode::TooMany, busy).into()),
        }
    }
}

/// Does the work off the request threads.
///
/// # Errors
/// A defect when the thread is lost.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Outcome<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(Failure::defect)
}
