//! Load on loopback: each worker keeps one connection and sends its next request when the last is
//! answered, so the numbers say how fast the server is, not how deep its queue can get.

use std::io;
use std::thread;
use std::time::Duration;

use crate::http::Connection;
use crate::stopwatch::Stopwatch;

/// Times of answers, sorted, in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    sorted_us: Vec<u64>,
}

impl Latencies {
    /// From times in any order.
    pub fn new(mut times_us: Vec<u64>) -> Self {
        times_us.sort_unstable();
        Self {
            sorted_us: times_us,
        }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.sorted_us.len()
    }

    /// The smallest time that `percent` of all do not exceed (nearest rank), in milliseconds.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        self.sorted_us
            .get(rank - 1)
            .map_or(f64::NAN, |us| *us as f64 / 1000.0)
    }

    /// `p50 1.2  p95 3.4  p99 5.6 ms`
    pub fn describe(&self) -> String {
        format!(
            "p50 {:>7.2}  p95 {:>7.2}  p99 {:>7.2} ms",
            self.percentile_ms(50),
            self.percentile_ms(95),
            self.percentile_ms(99)
        )
    }
}

/// One request, sent again and again.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// `127.0.0.1:8080`
    pub authority: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The session, as the `cookie` header has it; empty: nobody's.
    pub cookie: &'a str,
}

/// Sends `count` requests one after the other, after a tenth as many that do not count.
///
/// # Errors
/// An answer was not 200, or the connection broke.
pub fn one_by_one(target: Target<'_>, count: usize) -> io::Result<Latencies> {
    let mut connection = Connection::open(target.authority)?;
    for _ in 0..count.div_ceil(10) {
        fetch(&mut connection, target)?;
    }
    let mut times_us = Vec::with_capacity(count);
    for _ in 0..count {
        let stopwatch = Stopwatch::start();
        fetch(&mut connection, target)?;
        times_us.push(microseconds(stopwatch.elapsed()));
    }
    Ok(Latencies::new(times_us))
}

/// Keeps `workers` connections busy for `duration`. Returns answers per second and their times.
///
/// # Errors
/// An answer was not 200, or a connection broke.
pub fn sustained(
    target: Target<'_>,
    workers: usize,
    duration: Duration,
) -> io::Result<(f64, Latencies)> {
    let stopwatch = Stopwatch::start();
    let worker = || -> io::Result<Vec<u64>> {
        let mut connection = Connection::open(target.authority)?;
        let mut times_us = Vec::new();
        while stopwatch.elapsed() < duration {
            let one = Stopwatch::start();
            fetch(&mut connection, target)?;
            times_us.push(microseconds(one.elapsed()));
        }
        Ok(times_us)
    };
    let mut times_us = Vec::new();
    thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        for handle in handles {
            let times = handle
                .join()
                .map_err(|_| io::Error::other("a worker panicked"))?;
            times_us.extend(times?);
        }
        Ok::<(), io::Error>(())
    })?;
    let seconds = stopwatch.seconds();
    Ok((times_us.len() as f64 / seconds, Latencies::new(times_us)))
}

fn fetch(connection: &mut Connection, target: Target<'_>) -> io::Result<()> {
    let response = connection.request("GET", target.path, &[("cookie", target.cookie)], b"")?;
    if response.status == 200 {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "GET {} answered {}",
        target.path, response.status
    )))
}

/// Whole microseconds.
pub fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let hundred = Latencies::new((1..=100).rev().map(|ms| ms * 1000).collect());
        assert_eq!(hundred.percentile_ms(50), 50.0);
        assert_eq!(hundred.percentile_ms(95), 95.0);
        assert_eq!(hundred.percentile_ms(99), 99.0);
        let one = Latencies::new(vec![1500]);
        assert_eq!((one.percentile_ms(50), one.percentile_ms(99)), (1.5, 1.5));
        assert!(Latencies::default().percentile_ms(50).is_nan());
    }
}
