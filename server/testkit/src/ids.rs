//! Numbers that look random and are the same in every run.

use ports::Ids;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts, and scrambles the count (SplitMix64, Steele et al. 2014): every
/// number is another, none is secret.
#[derive(Debug, Default)]
pub struct CountedIds(AtomicU64);

impl CountedIds {
    /// Counts from elsewhere: two of them never draw the same number.
    #[must_use]
    pub const fn beginning_at(count: u64) -> Self {
        Self(AtomicU64::new(count))
    }
}

impl Ids for CountedIds {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let mut z = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let scrambled = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&scrambled[..chunk.len()]);
        }
    }
}
