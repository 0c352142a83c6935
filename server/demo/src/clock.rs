//! The sandbox's clock: the wall's, faster, or standing still until stepped.
//! It never runs backwards, whatever the wall's clock does.

use domain::{limits, time::Timestamp};
use ports::Clock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How the clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockMode {
    /// As fast as the wall's, times a factor of 1 to 3600.
    Running {
        /// Simulated seconds a second.
        speed: u32,
    },
    /// Stands still until it is stepped.
    Stepped,
}

struct Dial {
    mode: ClockMode,
    /// What was shown when the wall's clock was last read.
    shown: Timestamp,
    wall: Timestamp,
}

pub(crate) struct DemoClock {
    wall: Arc<dyn Clock>,
    dial: Mutex<Dial>,
}

impl DemoClock {
    /// Shows the wall's time at first.
    pub fn new(mode: ClockMode, wall: Arc<dyn Clock>) -> Self {
        let now = wall.now();
        Self {
            wall,
            dial: Mutex::new(Dial {
                mode,
                shown: now,
                wall: now,
            }),
        }
    }

    pub fn mode(&self) -> ClockMode {
        self.dial().mode
    }

    pub fn set(&self, mode: ClockMode) {
        self.dial().mode = mode;
    }

    pub fn step(&self, seconds: u32) {
        let mut dial = self.dial();
        dial.shown = dial.shown.plus_ms(i64::from(seconds) * 1_000);
    }

    /// The dial, moved to now. Should the wall's clock have been set back, this
    /// one goes on from where it stands.
    fn dial(&self) -> MutexGuard<'_, Dial> {
        let mut dial = self.dial.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.wall.now();
        let passed_ms = wall.since_ms(dial.wall).max(0);
        dial.wall = wall;
        if let ClockMode::Running { speed } = dial.mode {
            let speed = i64::from(speed.clamp(1, limits::SANDBOX_SPEED_MAX));
            dial.shown = dial.shown.plus_ms(passed_ms.saturating_mul(speed));
        }
        dial
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        self.dial().shown
    }
}
