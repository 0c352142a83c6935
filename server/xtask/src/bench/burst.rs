//! A burst of alarms: a source calls an installation as fast as it is answered, while a person reads
//! the list of alarms. Every alarm is told to a channel that is down, so a message is kept for each.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::load::{self, Latencies, Target, microseconds};
use crate::failure::{Failure, Outcome};
use crate::http::{self, Connection};
use crate::process::{Background, StopSignal, capture, command, free_port};
use crate::repo::Repo;
use crate::stopwatch::Stopwatch;

/// Alarms of one call.
const ALARMS_A_CALL: u32 = 10;
/// Connections of the source.
const CALLERS: u32 = 8;
/// Between two pages that the person reads.
const READING: Duration = Duration::from_millis(100);
const START_MAX: Duration = Duration::from_secs(60);
const LOGIN: &str = "bench@example.com";
const PASSWORD: &str = "a-long-password-of-nobody";
/// The secret of the source and of the channel.
pub const TOKEN: &str = "bench";
/// Where the source calls.
pub const HOOK: &str = "/hooks/alertmanager/burst";
/// Nobody listens there.
pub const DOWN: &str = "http://127.0.0.1:9/";
/// Pages that are read again and again when the burst is over.
const BOARDS: [&str; 3] = ["/alarms/wall", "/alarms?state=alarm", "/"];
const BOARD_READINGS: usize = 50;

const CONFIG: &str = r#"
[[sources]]
name = "burst"
kind = "prometheus"
token_env = "BENCH_TOKEN"
environment = "prod"
alarms_max = 10000
calls_per_minute = 6000
[[routes]]
channels = ["told"]
[[channels]]
name = "told"
kind = "webhook"
secret_env = "BENCH_TOKEN"
"#;

/// What was measured.
#[derive(Debug)]
pub struct Burst {
    /// Alarms that the list has not.
    pub lost: u64,
    /// Alarms of which no message is kept.
    pub untold: u64,
    /// From the first call to the last answer.
    pub seconds: f64,
    /// Of the page of alarms meanwhile.
    pub pages: Latencies,
    /// Of pages while all of them stand.
    pub boards: Vec<(&'static str, Latencies)>,
}

/// Starts an installation in an empty folder, with one person, whose channel is told at `url`; on
/// one core alone when that is named.
///
/// # Errors
/// A command failed, or the server did not answer.
pub fn start(
    repo: &Repo,
    binary: &Path,
    folder: &Path,
    listen: &str,
    url: &str,
    core: Option<&str>,
) -> Outcome<Background> {
    let config = folder.join("lamplighter.toml");
    let text = format!("{CONFIG}url = \"{url}\"\n");
    fs::write(&config, text).map_err(|error| Failure::file("write", &config, &error))?;
    let program = |arguments: &[&str]| -> Command {
        let mut program = match core {
            None => command(repo, binary),
            Some(core) => {
                let mut pinned = command(repo, "taskset");
                pinned.args(["-c", core]).arg(binary);
                pinned
            }
        };
        program
            .current_dir(folder)
            .args(arguments)
            .env("LAMPLIGHTER_CONFIG", &config)
            .env("LAMPLIGHTER_PASSWORD", PASSWORD)
            .env("LAMPLIGHTER_SITE_DIR", repo.site())
            .env("BENCH_TOKEN", TOKEN);
        program
    };
    let person = ["user", "add", LOGIN, "--name", "bench", "--role", "viewer"];
    for arguments in [&["migrate"][..], &person] {
        capture(&mut program(arguments), "run it by hand to see more")?;
    }
    let log = repo.scratch().join("bench-server.log");
    let serve = program(&["serve", "--listen", listen]);
    let mut server = Background::start("lamplighter", &serve, Some(&log), StopSignal::Terminate)?;
    server.wait_ready(START_MAX, || {
        http::get(listen, "/healthz").is_ok_and(|response| response.status == 200)
    })?;
    Ok(server)
}

/// A free address of this machine.
///
/// # Errors
/// There is none.
pub fn address() -> Outcome<String> {
    Ok(format!("127.0.0.1:{}", free_port()?))
}

/// Sends so many alarms, and counts what became of them.
///
/// # Errors
/// A call or a page was refused, or a connection broke.
pub fn measure(authority: &str, alarms: u32) -> io::Result<Burst> {
    let cookie = sign_in(authority)?;
    let now = server_time(authority, &cookie)?;
    let done = AtomicBool::new(false);
    let stopwatch = Stopwatch::start();
    let (called, seconds, pages) = thread::scope(|scope| {
        let reader = scope.spawn(|| pages(authority, &cookie, &done));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let now = &now;
                scope.spawn(move || call(authority, now, caller, alarms))
            })
            .collect();
        let called: io::Result<Vec<()>> = callers.into_iter().map(joined).collect();
        let seconds = stopwatch.seconds();
        done.store(true, Ordering::Relaxed);
        (called, seconds, joined(reader))
    });
    called?;
    let total = |path: &str| -> io::Result<u64> {
        let page = read(authority, path, &cookie)?;
        Ok(page["total"].as_u64().unwrap_or_default())
    };
    let alarms = u64::from(alarms);
    let listed = total("/api/v1/alarms?source=prometheus&state=alarm&limit=1")?;
    let told = total("/api/v1/notifications?channel=told&limit=1")?;
    let mut boards = Vec::new();
    for path in BOARDS {
        let cookie = &cookie;
        let target = Target {
            authority,
            path,
            cookie,
        };
        boards.push((path, load::one_by_one(target, BOARD_READINGS)?));
    }
    Ok(Burst {
        lost: alarms.saturating_sub(listed),
        untold: alarms.saturating_sub(told),
        seconds,
        pages: Latencies::new(pages?),
        boards,
    })
}

/// The installation's own time.
///
/// # Errors
/// It did not answer.
pub fn now(authority: &str) -> io::Result<String> {
    server_time(authority, &sign_in(authority)?)
}

fn server_time(authority: &str, cookie: &str) -> io::Result<String> {
    let overview = read(authority, "/api/v1/overview", cookie)?;
    Ok(overview["at"].as_str().unwrap_or_default().to_owned())
}

fn joined<T>(worker: thread::ScopedJoinHandle<'_, io::Result<T>>) -> io::Result<T> {
    let ended = worker.join();
    ended.unwrap_or_else(|_| Err(io::Error::other("a worker panicked")))
}

/// One connection's part of the calls.
fn call(authority: &str, now: &str, caller: u32, alarms: u32) -> io::Result<()> {
    let mut connection = Connection::open(authority)?;
    let authorization = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let step = ALARMS_A_CALL * CALLERS;
    let mut first = caller * ALARMS_A_CALL;
    while first < alarms {
        let alerts = (first..alarms.min(first + ALARMS_A_CALL)).map(|nth| {
            json!({
                "status": "firing", "labels": {"alertname": format!("Burst{nth:05}")},
                "annotations": {"summary": "5 % of requests fail"},
                "startsAt": now, "endsAt": "0001-01-01T00:00:00Z",
            })
        });
        let batch = json!({"version": "4", "alerts": alerts.collect::<Vec<_>>()});
        let body = batch.to_string();
        let response = connection.request("POST", HOOK, &headers, body.as_bytes())?;
        expect(200, response.status, HOOK)?;
        first += step;
    }
    Ok(())
}

/// Reads the page of alarms until the burst is over.
fn pages(authority: &str, cookie: &str, done: &AtomicBool) -> io::Result<Vec<u64>> {
    let mut connection = Connection::open(authority)?;
    let mut times_us = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let stopwatch = Stopwatch::start();
        let response = connection.request("GET", "/alarms", &[("cookie", cookie)], b"")?;
        expect(200, response.status, "/alarms")?;
        times_us.push(microseconds(stopwatch.elapsed()));
        thread::sleep(READING);
    }
    Ok(times_us)
}

fn read(authority: &str, path: &str, cookie: &str) -> io::Result<Value> {
    let mut connection = Connection::open(authority)?;
    let response = connection.request("GET", path, &[("cookie", cookie)], b"")?;
    expect(200, response.status, path)?;
    Ok(serde_json::from_slice(&response.body)?)
}

/// Refuses another status than the one wanted.
///
/// # Errors
/// It is another.
pub fn expect(wanted: u16, status: u16, path: &str) -> io::Result<()> {
    if status == wanted {
        return Ok(());
    }
    Err(io::Error::other(format!("{path} answered {status}")))
}

fn sign_in(authority: &str) -> io::Result<String> {
    let origin = format!("http://{authority}");
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let form = format!("login={}&password={PASSWORD}", LOGIN.replace('@', "%40"));
    super::session(authority, "/sign-in", &headers, &form)
}
