//! How long an event takes to reach an open browser: one follower reads the live stream as a
//! browser does, while alarms are acknowledged and given back over REST at a fixed rate. A time runs
//! from the sending of the request to the line on the stream that names its alarm.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::load::{Latencies, microseconds};
use crate::http::Connection;
use crate::stopwatch::Stopwatch;

/// Events per second.
pub const RATE: u32 = 100;
/// After the last request, how long its news may take before it counts as lost.
const LAST_NEWS_MAX: Duration = Duration::from_secs(3);

/// The status of a request that the alarm's present state does not allow.
const CONFLICT: u16 = 409;

/// What is done to an alarm in its turn.
#[derive(Debug, Clone, Copy)]
enum Act {
    Acknowledge,
    GiveBack,
}

impl Act {
    fn request(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Acknowledge => ("POST", b"{}"),
            Self::GiveBack => ("DELETE", b""),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Acknowledge => Self::GiveBack,
            Self::GiveBack => Self::Acknowledge,
        }
    }
}

/// What was measured.
#[derive(Debug)]
pub struct Live {
    /// From request to news.
    pub latencies: Latencies,
    /// Requests whose news never came.
    pub lost: usize,
    /// Requests per second that were really sent.
    pub rate: f64,
}

/// Changes alarms for `duration` and times their news.
///
/// # Errors
/// There is no alarm to acknowledge, a request was refused, or a connection broke.
pub fn measure(authority: &str, cookie: &str, duration: Duration) -> io::Result<Live> {
    let alarms = alarms_in_alarm(authority, cookie)?;
    let mut follower = Connection::open(authority)?;
    let status = follower.open_stream("/api/v1/stream", &[("cookie", cookie)])?;
    if status != 200 {
        return Err(io::Error::other(format!("the stream answered {status}")));
    }
    let clock = Stopwatch::start();
    // Alarm id to the moment of its request. An alarm is not touched again before its news came.
    let sent = Mutex::new(HashMap::<String, Duration>::new());
    let times = Mutex::new(Vec::new());
    let done = AtomicBool::new(false);
    let outcome = thread::scope(|scope| {
        scope.spawn(|| follow(&mut follower, clock, &sent, &times, &done));
        let outcome = change(authority, cookie, alarms, duration, clock, &sent);
        let waiting = Stopwatch::start();
        while waiting.elapsed() < LAST_NEWS_MAX && !locked(&sent).is_empty() {
            thread::sleep(Duration::from_millis(10));
        }
        done.store(true, Ordering::Relaxed);
        outcome
    });
    let (requests, seconds) = outcome?;
    let lost = locked(&sent).len();
    let times = times.into_inner().unwrap_or_default();
    Ok(Live {
        latencies: Latencies::new(times),
        lost,
        rate: f64::from(requests) / seconds,
    })
}

/// A panic elsewhere has already failed the measurement; the numbers are still readable.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn alarms_in_alarm(authority: &str, cookie: &str) -> io::Result<Vec<String>> {
    let path = "/api/v1/alarms?state=alarm&acknowledged=false&limit=200";
    let response = Connection::open(authority)?.request("GET", path, &[("cookie", cookie)], b"")?;
    let page: Value = serde_json::from_slice(&response.body)?;
    let rows = page["rows"].as_array().into_iter().flatten();
    let ids: Vec<String> = rows
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .collect();
    if ids.is_empty() {
        return Err(io::Error::other(format!(
            "{path} answered {} and no alarm",
            response.status
        )));
    }
    Ok(ids)
}

/// Acknowledges the alarms in turn, then gives them back, and so on. Returns how many requests went
/// out, and the seconds that they took.
fn change(
    authority: &str,
    cookie: &str,
    alarms: Vec<String>,
    duration: Duration,
    clock: Stopwatch,
    sent: &Mutex<HashMap<String, Duration>>,
) -> io::Result<(u32, f64)> {
    let origin = format!("http://{authority}");
    let headers = [
        ("cookie", cookie),
        ("origin", origin.as_str()),
        ("content-type", "application/json"),
    ];
    let mut connection = Connection::open(authority)?;
    let mut turns: VecDeque<(String, Act)> = alarms
        .into_iter()
        .map(|id| (id, Act::Acknowledge))
        .collect();
    let mut requests = 0;
    let stopwatch = Stopwatch::start();
    while stopwatch.elapsed() < duration {
        let due = Duration::from_secs(1) * requests / RATE;
        thread::sleep(due.saturating_sub(stopwatch.elapsed()));
        let Some((id, act)) = turns.pop_front() else {
            return Err(io::Error::other("no alarm is in ALARM any more"));
        };
        if locked(sent).contains_key(&id) {
            // Its news is late: waiting for it is part of what is measured.
            turns.push_front((id, act));
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        locked(sent).insert(id.clone(), clock.elapsed());
        let path = format!("/api/v1/alarms/{id}/acknowledgement");
        let (method, body) = act.request();
        let response = connection.request(method, &path, &headers, body)?;
        if response.status == CONFLICT {
            // It has left ALARM meanwhile, as alarms do.
            locked(sent).remove(&id);
            continue;
        }
        if response.status >= 300 {
            let text = String::from_utf8_lossy(&response.body).into_owned();
            return Err(io::Error::other(format!(
                "{method} {path}: {} {text}",
                response.status
            )));
        }
        requests += 1;
        turns.push_back((id, act.next()));
    }
    Ok((requests, stopwatch.seconds()))
}

fn follow(
    follower: &mut Connection,
    clock: Stopwatch,
    sent: &Mutex<HashMap<String, Duration>>,
    times: &Mutex<Vec<u64>>,
    done: &AtomicBool,
) {
    while !done.load(Ordering::Relaxed) {
        // The server's tick comes every few seconds, so this never waits long in vain.
        let Ok(line) = follower.read_line() else {
            return;
        };
        let Some(id) = alarm_id(&line) else { continue };
        if let Some(at) = locked(sent).remove(&id) {
            locked(times).push(microseconds(clock.elapsed().saturating_sub(at)));
        }
    }
}

/// The alarm that a line of the stream is about.
fn alarm_id(line: &str) -> Option<String> {
    let news: Value = serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()?;
    Some(news["row"]["id"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_news_of_alarms_counts() {
        let line = r#"data: {"topic":"alarm","row":{"id":"alm_01","name":"x"}}"#;
        assert_eq!(alarm_id(line).as_deref(), Some("alm_01"));
        assert_eq!(alarm_id(r#"data: {"topic":"tick","at":1}"#), None);
        assert_eq!(alarm_id("event: news"), None);
        assert_eq!(alarm_id(": keep"), None);
    }
}
