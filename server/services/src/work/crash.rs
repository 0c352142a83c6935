//! Places between two writes at which a test may abort a worker, as a kill would.

use crate::{Failure, Services, failure::Outcome};
use std::sync::Arc;

/// A place between two writes at which a test may abort the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashPoint {
    /// A transaction is about to be committed.
    BeforeCommit,
    /// A transaction was committed.
    AfterCommit,
    /// AWS, or a channel, is about to be called.
    BeforeCall,
    /// AWS, or a channel, was called; the answer is not yet recorded.
    AfterCall,
}

/// Answers whether to abort here, as a kill would.
pub type CrashHook = Arc<dyn Fn(CrashPoint) -> bool + Send + Sync>;

/// Aborts where a test wants it.
pub(super) fn pass(s: &Services, point: CrashPoint) -> Outcome<()> {
    match &s.crash {
        Some(hook) if hook(point) => Err(Failure::defect("aborted by the crash hook")),
        _ => Ok(()),
    }
}
