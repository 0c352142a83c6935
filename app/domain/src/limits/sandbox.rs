//! The limits of the sandbox: nothing of AWS or of people depends on them.

/// Minutes that the simulated estate's metrics are remembered.
pub const SANDBOX_HISTORY_MINUTES: i64 = 4 * 24 * 60;
/// Most alarms of a simulated estate.
pub const SANDBOX_ALARMS_MAX: u32 = 20_000;
/// Pause between two readings of the simulated estate: it is here to be watched.
pub const SANDBOX_POLL_MS: u64 = 5_000;
/// Fastest sandbox clock: simulated seconds a second.
pub const SANDBOX_SPEED_MAX: u32 = 3_600;
/// Longest step of the sandbox's clock.
pub const SANDBOX_STEP_S_MAX: u32 = 7 * 24 * 3_600;
/// Most traffic in the sandbox, in percent of normal.
pub const SANDBOX_TRAFFIC_PERCENT_MAX: u32 = 1_000;
/// Longest change of traffic, or want of spot capacity, in the sandbox.
pub const SANDBOX_WEATHER_MINUTES_MAX: u32 = 24 * 60;
/// Longest simulated fault of AWS.
pub const SANDBOX_FAULT_S_MAX: u32 = 24 * 3_600;
/// Messages that the sandbox's inbox keeps.
pub const INBOX_MESSAGES_MAX: usize = 500;
/// Messages that the sandbox's queue holds.
pub const SANDBOX_QUEUE_MAX: usize = 10_000;
