//! The machine's clock and dice: the one place that reads them.

use domain::time::Timestamp;
use ports::{Clock, Ids};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock port; everybody else asks it"
    )]
    fn now(&self) -> Timestamp {
        // A clock before 1970 is as wrong as a clock can be; `doctor` says so.
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// For measuring how long something takes; nothing is decided by it that a story
/// would want to move.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a duration by the wall clock is wrong whenever somebody sets it"
)]
pub fn stopwatch() -> Instant {
    Instant::now()
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the port of random numbers; everybody else asks it"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        // A secret that is not random would be worse than no server.
        getrandom::fill(bytes).expect("the operating system has random numbers once it is up");
    }
}
