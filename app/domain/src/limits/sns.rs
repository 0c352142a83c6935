//! Limits of what topics of SNS tell.

/// Topics of one source.
pub const TOPICS_PER_SOURCE_MAX: usize = 20;
/// Characters of a topic's name (Amazon SNS API Reference, CreateTopic).
pub const TOPIC_NAME_CHARS_MAX: usize = 256;
/// How old a message may be. SNS tries for at most 3,600 seconds to deliver to an HTTPS
/// endpoint ("a hard limit": Amazon SNS Developer Guide, "Message delivery retries"); ten
/// minutes more are for clocks that differ and for its own queues.
pub const TOPIC_MESSAGE_OLD_MS: i64 = 70 * 60_000;
/// How far in our future a message may have been written: clocks differ.
pub const TOPIC_MESSAGE_AHEAD_MS: i64 = 5 * 60_000;
/// Characters of a message's id; SNS's have 36.
pub const TOPIC_MESSAGE_ID_CHARS_MAX: usize = 64;
/// Characters of a token that confirms a subscription; SNS's have about 250.
pub const TOPIC_TOKEN_CHARS_MAX: usize = 2_048;
/// Bytes of a signature: what a key of 8192 bits makes.
pub const TOPIC_SIGNATURE_BYTES_MAX: usize = 1_024;
/// Characters of a certificate's address.
pub const CERTIFICATE_URL_CHARS_MAX: usize = 256;
/// Bytes of a certificate, as it is fetched; SNS's have about 2,000.
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// Certificates that are kept: SNS has one for a region and changes it once a year.
pub const CERTIFICATES_KEPT_MAX: usize = 64;
/// How long a certificate is kept before it is fetched again.
pub const CERTIFICATE_KEPT_MS: i64 = 24 * 3_600_000;
/// How long one that is held is good where it cannot be fetched again.
pub const CERTIFICATE_STALE_MS: i64 = 7 * 24 * 3_600_000;
/// How long one that could not be fetched is not asked for again.
pub const CERTIFICATE_FAILED_MS: i64 = 30_000;
/// Certificates not held before that are fetched at the same time.
pub const CERTIFICATE_FETCHES_AT_ONCE_MAX: usize = 4;
/// Certificates not held before that messages to one source have fetched in a minute:
/// strangers can name any.
pub const CERTIFICATE_FETCHES_A_MINUTE_MAX: u32 = 10;
/// How long SNS takes a token (AWS SDK for .NET, Subscribe: "Confirmation tokens are valid
/// for three days").
pub const TOPIC_TOKEN_MS: i64 = 72 * 3_600_000;
/// Pause after a confirmation that failed for the first time; it doubles.
pub const TOPIC_CONFIRM_PAUSE_MS: i64 = 15_000;
/// Longest pause between two tries to confirm.
pub const TOPIC_CONFIRM_PAUSE_MS_MAX: i64 = 3_600_000;
/// Refusals of one source that are logged in a minute: strangers can call it.
pub const TOPIC_COMPLAINTS_A_MINUTE_MAX: u32 = 10;
/// How long one server confirms subscriptions before another may.
pub const TOPICS_LEASE_MS: i64 = 60_000;
/// Subscriptions that are confirmed in one turn.
pub const TOPICS_PER_TURN_MAX: u32 = 20;
