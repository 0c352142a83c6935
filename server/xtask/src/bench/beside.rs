//! Beside Alertmanager: the same alerts, one core each, delivered to the same receiver on loopback.
//! What is compared is accepting and telling; ours keeps every alarm and message in a database
//! before it answers, Alertmanager keeps its own in memory.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::burst::{self, TOKEN};
use super::load::{Latencies, microseconds};
use crate::failure::{Failure, Outcome};
use crate::http::{self, Connection};
use crate::process::{Background, StopSignal, command, free_port};
use crate::repo::Repo;
use crate::stopwatch::Stopwatch;

/// The core on which either runs; the bench itself keeps to the first.
pub const CORE: &str = "1";
const START_MAX: Duration = Duration::from_secs(60);
/// How long the last delivery is waited for.
const DELIVERED_MAX: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_micros(200);
const BATCH: u32 = 10;

/// A receiver that remembers when it first heard of each alert.
struct Sink {
    address: String,
    stopwatch: Stopwatch,
    heard: Arc<Mutex<HashMap<String, Duration>>>,
}

impl Sink {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let heard = Arc::new(Mutex::new(HashMap::new()));
        let stopwatch = Stopwatch::start();
        let shared = Arc::clone(&heard);
        // It ends with the bench.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let heard = Arc::clone(&shared);
                // A connection that breaks off is the sender's end.
                thread::spawn(move || serve(&client, stopwatch, &heard));
            }
        });
        Ok(Self {
            address,
            stopwatch,
            heard,
        })
    }

    fn heard(&self, name: &str) -> Option<Duration> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(name).copied()
    }

    fn count(&self) -> usize {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.len()
    }
}

fn serve(
    mut client: &TcpStream,
    stopwatch: Stopwatch,
    heard: &Mutex<HashMap<String, Duration>>,
) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    loop {
        let (mut line, mut length) = (String::new(), 0);
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        while !line.trim_end().is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
            let header = line.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let now = stopwatch.elapsed();
        let told: Value = serde_json::from_slice(&body)?;
        let theirs = told["alerts"].as_array().into_iter().flatten();
        let theirs = theirs.map(|alert| &alert["labels"]["alertname"]);
        let names = theirs.chain([&told["alarm"]["name"]]);
        {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            for name in names.filter_map(Value::as_str) {
                heard.entry(name.to_owned()).or_insert(now);
            }
        }
        client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")?;
    }
}

/// Where alerts are told.
#[derive(Clone, Copy)]
struct Door<'a> {
    authority: &'a str,
    path: &'a str,
    /// Alertmanager takes a list, we the batch that it would send.
    is_batch: bool,
}

impl Door<'_> {
    fn tell(self, connection: &mut Connection, names: &[String], now: &str) -> io::Result<()> {
        let alert = |name: &String| {
            let labels = json!({ "alertname": name });
            let annotations = json!({ "summary": "5 % of requests fail" });
            match self.is_batch {
                true => json!({
                    "status": "firing", "labels": labels, "annotations": annotations,
                    "startsAt": now, "endsAt": "0001-01-01T00:00:00Z",
                }),
                false => json!({ "labels": labels, "annotations": annotations }),
            }
        };
        let alerts: Vec<_> = names.iter().map(alert).collect();
        let body = match self.is_batch {
            true => json!({ "version": "4", "alerts": alerts }),
            false => json!(alerts),
        };
        let authorization = format!("Bearer {TOKEN}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
        ];
        let body = body.to_string();
        let answer = connection.request("POST", self.path, &headers, body.as_bytes())?;
        burst::expect(200, answer.status, self.path)
    }
}

/// What was measured of one program.
#[derive(Debug)]
pub struct Measured {
    /// From one alert's call to its delivery, with nothing else to do.
    pub alone: Latencies,
    /// Alerts accepted in a second, of many at once.
    pub accepted_per_second: f64,
    /// From the first call until the last was delivered.
    pub delivered_seconds: f64,
    /// Not delivered within [`DELIVERED_MAX`].
    pub lost: u64,
}

fn measure(
    door: Door<'_>,
    sink: &Sink,
    now: &str,
    (alone, many): (u32, u32),
) -> io::Result<Measured> {
    let mut connection = Connection::open(door.authority)?;
    let mut times_us = Vec::new();
    for nth in 0..alone {
        let name = format!("Alone{nth:05}");
        let begun = sink.stopwatch.elapsed();
        door.tell(&mut connection, std::slice::from_ref(&name), now)?;
        let heard = loop {
            if let Some(heard) = sink.heard(&name) {
                break heard;
            }
            if sink.stopwatch.elapsed() > begun + DELIVERED_MAX {
                return Err(io::Error::other(format!("{name} was never delivered")));
            }
            thread::sleep(LOOK);
        };
        times_us.push(microseconds(heard.saturating_sub(begun)));
        thread::sleep(Duration::from_millis(100));
    }
    let before = sink.count();
    let stopwatch = Stopwatch::start();
    for first in (0..many).step_by(BATCH as usize) {
        let names = (first..many.min(first + BATCH)).map(|nth| format!("Many{nth:05}"));
        let names: Vec<_> = names.collect();
        door.tell(&mut connection, &names, now)?;
    }
    let accepted = stopwatch.seconds();
    let wanted = before + many as usize;
    while sink.count() < wanted && stopwatch.elapsed() < DELIVERED_MAX {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(Measured {
        alone: Latencies::new(times_us),
        accepted_per_second: f64::from(many) / accepted,
        delivered_seconds: stopwatch.seconds(),
        lost: u64::try_from(wanted - sink.count()).unwrap_or(u64::MAX),
    })
}

/// Measures an Alertmanager: each alert in a group of its own, told at once.
///
/// # Errors
/// It does not start, or a call was refused.
pub fn alertmanager(
    repo: &Repo,
    program: &Path,
    folder: &Path,
    counts: (u32, u32),
) -> Outcome<Measured> {
    let sink = Sink::start().map_err(super::unanswered)?;
    let config = json!({
        "route": {
            "receiver": "sink", "group_by": ["..."], "group_wait": "0s",
            "group_interval": "1s", "repeat_interval": "1h",
        },
        "receivers": [{"name": "sink", "webhook_configs": [{
            "url": format!("http://{}/", sink.address),
        }]}],
    });
    let file = folder.join("alertmanager.yml");
    // JSON is YAML.
    let written = fs::write(&file, config.to_string());
    written.map_err(|error| Failure::file("write", &file, &error))?;
    let listen = format!("127.0.0.1:{}", free_port()?);
    let mut serve = command(repo, "taskset");
    serve
        .args(["-c", CORE])
        .arg(program)
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.path={}", folder.display()))
        .arg(format!("--web.listen-address={listen}"))
        .args(["--cluster.listen-address=", "--log.level=error"]);
    let log = repo.scratch().join("bench-alertmanager.log");
    let mut server = Background::start("alertmanager", &serve, Some(&log), StopSignal::Terminate)?;
    server.wait_ready(START_MAX, || {
        http::get(&listen, "/-/ready").is_ok_and(|response| response.status == 200)
    })?;
    let door = Door {
        authority: &listen,
        path: "/api/v2/alerts",
        is_batch: false,
    };
    measure(door, &sink, "", counts).map_err(super::unanswered)
}

/// Measures ours, on SQLite.
///
/// # Errors
/// It does not start, or a call was refused.
pub fn ours(repo: &Repo, binary: &Path, folder: &Path, counts: (u32, u32)) -> Outcome<Measured> {
    let sink = Sink::start().map_err(super::unanswered)?;
    let listen = burst::address()?;
    let url = format!("http://{}/", sink.address);
    let _server = burst::start(repo, binary, folder, &listen, &url, Some(CORE))?;
    let now = burst::now(&listen).map_err(super::unanswered)?;
    let door = Door {
        authority: &listen,
        path: burst::HOOK,
        is_batch: true,
    };
    measure(door, &sink, &now, counts).map_err(super::unanswered)
}
