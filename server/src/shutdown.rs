//! How the program ends: on SIGTERM or Ctrl-C it stops taking requests, lets
//! what is under way end, and leaves within a few seconds. A second signal ends
//! it at once, which every part survives.

use domain::limits;
use std::{io, time::Duration};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long requests that are under way may take to end.
pub const REQUESTS: Duration = Duration::from_millis(limits::SHUTDOWN_REQUESTS_MS);
/// How long workers may then take to end their turns.
pub const WORKERS: Duration = Duration::from_millis(limits::SHUTDOWN_WORKERS_MS);

/// Hears the signals that ask the program to end.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Begins to listen; from now on a signal no longer kills the program.
    ///
    /// # Errors
    /// The operating system's.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
