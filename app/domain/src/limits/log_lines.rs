//! Limits of what is read of logs around an alarm.

/// Lines that are shown around an alarm, of all its log groups together.
pub const LOG_LINES_MAX: usize = 100;
/// Bytes of a line that are shown.
pub const ALARM_LOG_LINE_BYTES_MAX: usize = 2_048;
/// Bytes of all lines that are shown together.
pub const LOG_BYTES_MAX: usize = 128 * 1_024;
/// Metric filters whose log groups are read for one alarm.
pub const LOG_FILTERS_READ_MAX: usize = 3;
/// Metric filters that are listed for one metric.
pub const LOG_FILTERS_LISTED_MAX: usize = 50;
/// Pages of FilterLogEvents that are asked for in one log group: AWS may answer with empty ones.
pub const LOG_PAGES_MAX: usize = 4;
/// How long reading one log group may take with all its pages.
pub const LOG_READ_MS: u64 = 15_000;
/// Before an alarm went off, lines are looked for so long.
pub const LOG_BEFORE_MS: i64 = 5 * 60_000;
/// After it went off, so long.
pub const LOG_AFTER_MS: i64 = 10 * 60_000;
/// For how long lines that were read are not read again.
pub const LOG_LINES_KEPT_MS: i64 = 30_000;
/// Alarms whose lines are held so at the same time.
pub const LOG_ALARMS_KEPT_MAX: usize = 32;
/// Characters of the name of a log group, or of a metric filter (CloudWatch Logs API Reference).
pub const LOG_NAME_CHARS_MAX: usize = 512;
/// Characters of a filter pattern (CloudWatch Logs API Reference, PutMetricFilter).
pub const LOG_PATTERN_CHARS_MAX: usize = 1_024;
/// Metric filters of a log group (Amazon CloudWatch Logs quotas).
pub const LOG_FILTERS_QUOTA: usize = 100;
/// Before lines are counted by an alarm, those of so long are looked at.
pub const LOG_LOOK_S_MAX: u32 = 3 * 3_600;
/// So many of them are counted.
pub const LOG_COUNTED_MAX: usize = 1_000;
/// Alarms that are named where others look at the same metric.
pub const ALARMS_NAMED_MAX: usize = 10;
