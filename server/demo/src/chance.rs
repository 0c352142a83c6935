//! Chance that can be repeated: dice that are thrown in order, and noise that
//! can be asked for any minute in any order.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use std::fmt::Write;

/// Seeded dice.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// From `least` to `most`, both included; `least` when there is nothing between.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most.saturating_sub(least).max(0).unsigned_abs() + 1;
        least.saturating_add_unsigned(self.number() % span)
    }

    /// Happens with a probability of `expected` (0 to 1).
    pub fn happens(&mut self, expected: f64) -> bool {
        to_unit(self.number()) < expected
    }

    /// So many hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            let number = self.number();
            // Writing to a string does not fail.
            let _ = write!(text, "{number:016x}");
        }
        text.truncate(digits);
        text
    }

    /// In the shape of a UUID.
    pub fn uuid(&mut self) -> String {
        let hex = self.hex(32);
        let (a, b, c) = (&hex[..8], &hex[8..12], &hex[12..16]);
        format!("{a}-{b}-{c}-{}-{}", &hex[16..20], &hex[20..])
    }
}

/// Noise of its own for every key: the finaliser of splitmix64, which spreads
/// neighbouring numbers over the whole range. The keys come from [`Dice`].
fn mix(key: u64, n: i64) -> u64 {
    let mut z = key ^ n.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The upper 53 bits: what a double holds exactly.
fn to_unit(number: u64) -> f64 {
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

/// From 0 to below 1.
pub(crate) fn unit(key: u64, n: i64) -> f64 {
    to_unit(mix(key, n))
}

/// From −1 to below 1.
pub(crate) fn swing(key: u64, n: i64) -> f64 {
    unit(key, n).mul_add(2.0, -1.0)
}

/// From −1 to below 1, changing slowly: a new level every `span`, and a straight
/// line between two.
pub(crate) fn drift(key: u64, n: i64, span: i64) -> f64 {
    let (round, along) = (n.div_euclid(span), n.rem_euclid(span));
    let (from, to) = (swing(key, round), swing(key, round + 1));
    (to - from).mul_add(along as f64 / span as f64, from)
}
