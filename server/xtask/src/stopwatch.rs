//! The one place of this tool that reads the machine's clock: it measures builds and servers, and
//! waits for them. Nothing it measures decides what is built.

use std::time::{Duration, Instant};

/// A running stopwatch.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    started: Instant,
}

impl Stopwatch {
    /// Starts one.
    #[expect(
        clippy::disallowed_methods,
        reason = "this tool measures real elapsed time"
    )]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }
}

/// Runs one named phase and prints its name before and its duration after.
pub fn phase<T>(
    name: &str,
    work: impl FnOnce() -> crate::failure::Outcome<T>,
) -> crate::failure::Outcome<T> {
    println!("==> {name}");
    let stopwatch = Stopwatch::start();
    let outcome = work();
    let word = if outcome.is_ok() {
        "done in"
    } else {
        "failed after"
    };
    println!("    {name}: {word} {:.1} s", stopwatch.seconds());
    outcome
}
