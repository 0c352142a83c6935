//! Limits of the sources that call us by a mapping or a beat.

/// Characters of one expression of a mapping.
pub const EXPRESSION_CHARS_MAX: usize = 2_000;
/// Operators and brackets of one expression: they nest, and each takes room on the stack.
pub const EXPRESSION_OPERATORS_MAX: usize = 100;
/// The largest index or step that an expression may name.
pub const EXPRESSION_INDEX_MAX: i32 = 100_000;
/// By how much the expressions of a mapping may multiply what they are given, all together.
pub const MAPPING_COST_MAX: u64 = 1_000;
/// Values that the expressions of a mapping may make of one body, by the same reckoning: some
/// seventy bytes each.
pub const MAPPED_VALUES_MAX: u64 = 4_000_000;
/// Bodies that are mapped at the same time; others wait.
pub const MAPPINGS_AT_ONCE_MAX: usize = 2;
/// How long they wait.
pub const MAPPING_WAIT_MS: u64 = 5_000;
/// Bytes of the texts that an expression joins or writes out, all together.
pub const EXPRESSION_TEXT_BYTES_MAX: usize = 64 * 1024;
/// Alerts in one call by a mapping.
pub const MAPPED_ALERTS_MAX: usize = 1_000;
/// Links of one alert by a mapping.
pub const MAPPED_LINKS_MAX: usize = 10;
/// Words that a mapping takes for one state.
pub const STATE_WORDS_MAX: usize = 50;
/// Characters of one of them.
pub const STATE_WORD_CHARS_MAX: usize = 200;
/// Characters of a value that an error shows.
pub const SHOWN_VALUE_CHARS_MAX: usize = 60;
/// Bytes of a sample that a mapping is tried on.
pub const SAMPLE_BYTES_MAX: usize = 64 * 1024;
/// Minutes between two calls of a source that must call, at most: a week.
pub const HEARTBEAT_MINUTES_MAX: u32 = 7 * 24 * 60;
/// Characters that are kept of why a call was refused.
pub const REFUSAL_CHARS_MAX: usize = 500;
/// Refusals of one source that are kept in a minute; what follows is answered and not kept.
pub const REFUSALS_KEPT_A_MINUTE_MAX: u32 = 10;
/// By how much the clocks of two servers may be apart.
pub const CLOCKS_APART_MS: i64 = 60_000;
/// What is known of a source that this server does not have is kept for so long after its last
/// news: another server may have it.
pub const SOURCE_LET_GO_MS: i64 = 15 * 60_000;
