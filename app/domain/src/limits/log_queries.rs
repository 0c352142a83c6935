//! Limits of the queries of CloudWatch Logs Insights that run on a schedule.

/// Queries that the configuration may name.
pub const LOG_QUERIES_MAX: usize = 50;
/// Log groups of one query (Amazon CloudWatch Logs API Reference, StartQuery: up to 50).
pub const LOG_QUERY_GROUPS_MAX: usize = 50;
/// Characters of a log group's name (CreateLogGroup: 1 to 512).
pub const LOG_GROUP_CHARS_MAX: usize = 512;
/// Characters of a query (StartQuery: up to 10,000).
pub const LOG_QUERY_CHARS_MAX: usize = 10_000;
/// Rows that are asked for: they are counted and let go.
pub const LOG_QUERY_ROWS_MAX: u32 = 1_000;
/// The least minutes from one run to the next.
pub const LOG_QUERY_MINUTES_MIN: u32 = 5;
/// The most minutes from one run to the next, and of one window: a day.
pub const LOG_QUERY_MINUTES_MAX: u32 = 24 * 60;
/// How far behind now a window ends: what programs write comes that late.
pub const LOG_QUERY_LATE_MS: i64 = 60_000;
/// Gigabytes that a query may scan in a day unless the configuration says otherwise.
pub const LOG_QUERY_SCAN_GB_DEFAULT: u32 = 20;
/// The most that it may say.
pub const LOG_QUERY_SCAN_GB_MAX: u32 = 100_000;
/// Queries that run at the same time.
pub const LOG_QUERIES_AT_ONCE_MAX: usize = 3;
/// Pause between two looks at whether a query has ended.
pub const LOG_QUERY_PAUSE_MS: u64 = 1_000;
/// How long a query may take with all its looks; then it is stopped.
pub const LOG_QUERY_MS: u64 = 60_000;
/// For how long a server keeps a query to itself: longer than a run, shorter than the least
/// pause between two.
pub const LOG_QUERY_LEASE_MS: i64 = 3 * 60_000;
/// Characters that are kept of why a query gave no answer.
pub const LOG_QUERY_REASON_CHARS_MAX: usize = 500;
