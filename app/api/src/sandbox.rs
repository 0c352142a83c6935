//! The sandbox's controls: its clock and its weather. Outside the sandbox
//! every method answers "not found".

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How the simulated clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClockMode {
    /// As fast as the wall's, times a factor of 1 to 3600.
    Running {
        /// Simulated seconds a second.
        speed: u32,
    },
    /// Stands still until it is stepped.
    Stepped,
}

/// The sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SandboxView {
    /// Simulated now.
    pub now: Timestamp,
    /// How it runs.
    pub clock: ClockMode,
    /// The seed of the estate.
    pub seed: u64,
}

/// Something to do to the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SandboxAct {
    /// Changes how the clock runs.
    SetClock {
        /// How.
        clock: ClockMode,
    },
    /// Moves the clock forward, at most seven days.
    Step {
        /// By so many seconds.
        seconds: u32,
    },
    /// Multiplies traffic for a while, in percent of normal (0 to 1000).
    Traffic {
        /// Percent.
        percent: u32,
        /// For so many minutes.
        minutes: u32,
    },
    /// Interrupts one spot instance.
    InterruptSpot,
    /// There is no spot capacity for a while, in one zone or in any.
    SpotShortage {
        /// The zone's letter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<char>,
        /// For so many minutes.
        minutes: u32,
    },
    /// Fails the simulated AWS for a while, as real AWS fails.
    Fault {
        /// `throttled`, `unavailable`, `denied` or `none`.
        fault: String,
        /// For so many seconds of simulated time.
        seconds: u32,
    },
}

/// What can be done with the sandbox.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait Sandbox {
    /// How it stands.
    async fn sandbox(&self) -> ApiResult<SandboxView>;
    /// Does something to it.
    async fn sandbox_act(&self, act: SandboxAct) -> ApiResult<SandboxView>;
}
