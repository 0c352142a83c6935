//! Limits of the look for what has no alarm.

/// Hours without a value after which an alarm counts as unable to tell.
pub const COVERAGE_STUCK_HOURS: u32 = 24;
/// Days without a change of state after which an alarm counts as one that never goes off.
pub const COVERAGE_QUIET_DAYS: u32 = 90;
/// For how long balancers, functions and the agent's metrics that were listed are not listed again.
pub const COVERAGE_KEPT_MS: i64 = 15 * 60_000;
/// The same where a part of them could not be listed.
pub const COVERAGE_FAILED_KEPT_MS: i64 = 60_000;
/// Load balancers listed in one account and region.
pub const BALANCERS_PER_SCOPE_MAX: usize = 2_000;
/// Target groups listed in one account and region.
pub const TARGET_GROUPS_PER_SCOPE_MAX: usize = 10_000;
/// Functions listed in one account and region.
pub const FUNCTIONS_PER_SCOPE_MAX: usize = 10_000;
/// Metrics of the CloudWatch agent whose values are read for one target at a visit.
pub const AGENT_METRICS_SHOWN_MAX: usize = 20;
/// Minutes back that their last value is looked for: the agent reports once a minute at least.
pub const AGENT_LOOK_MINUTES: i64 = 30;
/// Metrics of the CloudWatch agent listed in one account and region.
pub const AGENT_METRICS_PER_SCOPE_MAX: usize = 50_000;
