//! Durations, so that any percentile can be told and two histograms can be added.
//!
//! Durations up to a second are told exactly, as the milliseconds that a load balancer measures;
//! longer ones to a thousandth of themselves.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Two durations share a bucket when their first so many bits do.
const BITS: u32 = 11;

/// Durations, counted.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    buckets: HashMap<u32, Bucket, RandomState>,
    count: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    count: u64,
    /// The longest, which is what a percentile tells: in a bucket of one millisecond, the very one.
    longest_us: u64,
}

impl Histogram {
    /// Counts a duration.
    pub fn add(&mut self, duration_us: u64) {
        self.put(index(duration_us), 1, duration_us);
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (&index, bucket) in &other.buckets {
            self.put(index, bucket.count, bucket.longest_us);
        }
    }

    fn put(&mut self, index: u32, count: u64, longest_us: u64) {
        let bucket = self.buckets.entry(index).or_default();
        bucket.count += count;
        bucket.longest_us = bucket.longest_us.max(longest_us);
        self.count += count;
    }

    /// How many durations there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The smallest duration that so many percent do not exceed, for each percentage in rising
    /// order; none when there are no durations.
    #[must_use]
    pub fn percentiles<const N: usize>(&self, percent: [u64; N]) -> Option<[u64; N]> {
        let mut buckets: Vec<(u32, Bucket)> = self.buckets.iter().map(|(&i, &b)| (i, b)).collect();
        buckets.sort_unstable_by_key(|&(index, _)| index);
        let mut rest = buckets.iter();
        let (mut passed, mut longest_us) = (0, 0);
        (self.count > 0).then(|| {
            percent.map(|percent| {
                let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100);
                while u128::from(passed) < rank {
                    let Some((_, bucket)) = rest.next() else {
                        break;
                    };
                    passed += bucket.count;
                    longest_us = bucket.longest_us;
                }
                longest_us
            })
        })
    }
}

/// The bucket of a duration; longer ones have greater indices.
fn index(duration_us: u64) -> u32 {
    let bits = u64::BITS - duration_us.leading_zeros();
    let dropped = bits.saturating_sub(BITS);
    let kept = u32::try_from(duration_us >> dropped).unwrap_or(u32::MAX);
    (dropped << (BITS - 1)) + kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_to_a_second_have_a_bucket_each() {
        let mut last = None;
        for ms in 0..=1_024_u64 {
            let index = Some(index(ms * 1_000));
            assert!(index > last, "{ms}");
            last = index;
        }
    }

    #[test]
    fn longer_durations_fall_into_ever_wider_buckets() {
        let mut last = 0;
        for power in 0..64 {
            for duration in [
                1 << power,
                (1 << power) | (1 << power >> 1),
                u64::MAX >> (63 - power),
            ] {
                assert!(index(duration) >= last, "{duration}");
                last = index(duration);
            }
        }
    }

    #[test]
    fn percentiles_are_of_the_durations_themselves() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentiles([50]), None);
        for ms in (1..=1_000).rev() {
            histogram.add(ms * 1_000);
        }
        let expected = [1, 500, 900, 950, 990, 1_000].map(|ms| ms * 1_000);
        assert_eq!(
            histogram
                .percentiles([0, 50, 90, 95, 99, 100])
                .map(|p| p[1..].to_vec()),
            Some(expected[1..].to_vec())
        );
        histogram.add(3_600_000_001);
        assert_eq!(histogram.percentiles([100]), Some([3_600_000_001]));
        assert_eq!(histogram.count(), 1_001);
    }
}
