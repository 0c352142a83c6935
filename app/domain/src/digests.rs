//! Digests: what is not urgent is told of once a day, all that still stands in one message.
//!
//! A route with a digest tells nobody at once. At the digest's time its channels are told of the
//! alarms that are in ALARM then, that nobody has taken on and nothing silences; of what came and
//! went meanwhile they hear nothing.

use crate::{names::short_name, recurrences::Recurrence};

short_name! {
    /// A digest's name in the configuration: 1 to 32 of `a-z 0-9 -`.
    DigestName,
    /// Why a text is no name of a digest.
    DigestNameError
}

/// When what is not urgent is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Its name.
    pub name: DigestName,
    /// When it comes.
    pub when: Recurrence,
}
