//! `cargo xtask bench`: prints the project's figures beside their budgets. Nothing here passes or
//! fails: a timed test on a shared machine proves little, but a figure tells where to look.

mod beside;
mod burst;
mod live;
mod load;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::alertmanager;
use crate::arguments::Arguments;
use crate::client::Site;
use crate::failure::{Failure, Outcome};
use crate::http::Connection;
use crate::postgres::Postgres;
use crate::process::{Background, capture, cargo, command, free_port, run};
use crate::repo::Repo;
use crate::run::{build, side_by_side};
use crate::server::{self, Launch};
use crate::stopwatch::Stopwatch;
use crate::{client, wasm_toolchain};
use load::Target;

/// Pages and answers that are timed.
const PATHS: [&str; 4] = ["/", "/alarms", "/api/v1/alarms", "/capacity/timeline"];
/// How many alarms the sandbox has in each round.
const ALARM_COUNTS: [u32; 2] = [1_000, 10_000];
/// Connections of the sustained load.
const WORKERS: usize = 8;
/// How long a server rests before its memory is read.
const IDLE: Duration = Duration::from_secs(10);

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Effort {
    requests: usize,
    sustained: Duration,
    live: Duration,
    /// Alarms of a burst.
    burst: u32,
    /// Alerts told alone, and at once, beside Alertmanager.
    beside: (u32, u32),
    packs_binary: bool,
    is_quick: bool,
}

const FULL: Effort = Effort {
    requests: 500,
    sustained: Duration::from_secs(10),
    live: Duration::from_secs(20),
    burst: 10_000,
    beside: (100, 1_000),
    packs_binary: true,
    is_quick: false,
};
const QUICK: Effort = Effort {
    requests: 50,
    sustained: Duration::from_secs(2),
    live: Duration::from_secs(3),
    burst: 1_000,
    beside: (20, 200),
    packs_binary: false,
    is_quick: true,
};

/// Builds the release and measures it. `--quick` takes few samples; `--builds` also times cold and
/// incremental builds in a target folder of their own, which takes many minutes. `--alarms PROGRAM`
/// measures only what alarms cost, of a release that is built already.
///
/// # Errors
/// A build failed, or a server did not answer as it should.
pub fn bench(repo: &Repo, mut arguments: Arguments) -> Outcome {
    let effort = if arguments.flag("--quick") {
        QUICK
    } else {
        FULL
    };
    let builds = arguments.flag("--builds");
    let alarms = arguments.value("--alarms")?;
    arguments.finish()?;
    if let Some(binary) = alarms {
        let binary = repo.root().join(binary);
        print_burst(repo, &binary, effort)?;
        return print_beside(repo, &binary, effort);
    }
    if builds {
        measure_builds(repo)?;
    }
    print_schedules(repo, effort)?;
    let binary = build(repo, true)?;
    print_sizes(repo, &binary, effort)?;
    print_start(repo, &binary)?;
    print_burst(repo, &binary, effort)?;
    print_beside(repo, &binary, effort)?;
    for alarms in ALARM_COUNTS {
        println!("\nSQLite, {alarms} alarms");
        measure_server(repo, &binary, alarms, None, effort)?;
    }
    let postgres = Postgres::start(repo)?;
    for alarms in ALARM_COUNTS {
        println!("\nPostgreSQL, {alarms} alarms");
        let url = new_database(repo, &postgres, &format!("bench_{alarms}"))?;
        measure_server(repo, &binary, alarms, Some(url), effort)?;
    }
    Ok(())
}

/// Times of builds from nothing and after one edit, as `cargo xtask run` makes them.
fn measure_builds(repo: &Repo) -> Outcome {
    let toolchain = wasm_toolchain::ensure(repo)?;
    let folder = repo.target().join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failure::file("remove", &folder, &error))?;
    }
    let both = || {
        let mut client = client::compile_command(repo, toolchain.as_deref(), false);
        client.env("CARGO_TARGET_DIR", folder.join("client"));
        let mut server = server::build_command(repo, false);
        server.env("CARGO_TARGET_DIR", &folder);
        side_by_side(("client", client), ("server", server))
    };
    let timed = |name: &str| -> Outcome {
        let stopwatch = Stopwatch::start();
        both()?;
        println!("build, {name:<36} {:>8.1} s", stopwatch.seconds());
        Ok(())
    };
    timed("cold, client and server")?;
    timed("nothing changed")?;
    for edited in ["app/src/lib.rs", "server/services/src/lib.rs"] {
        let path = repo.root().join(edited);
        // A new modification time is an edit to cargo; the file's content stays.
        run(
            command(repo, "touch").arg(&path),
            "check that the file is yours",
        )?;
        timed(&format!("after an edit of {edited}"))?;
    }
    fs::remove_dir_all(&folder).map_err(|error| Failure::file("remove", &folder, &error))
}

/// What schedules cost: one of many windows, and those of a whole fleet.
fn print_schedules(repo: &Repo, effort: Effort) -> Outcome {
    println!("\nschedules");
    for (package, example, features) in [
        ("domain", "schedule_preview", &["--features", "tzdb"][..]),
        ("domain", "schedule_compile", &["--features", "tzdb"][..]),
        ("testkit", "schedule_fleet", &[][..]),
    ] {
        let mut measure = cargo(repo, None);
        measure
            .args(["run", "--quiet", "--release", "--package", package])
            .args(["--example", example])
            .args(features);
        if effort.is_quick {
            measure.args(["--", "--quick"]);
        }
        for line in capture(&mut measure, "run it by hand to see more")?.lines() {
            println!("    {line}");
        }
    }
    println!("    budget: preview of 50 windows over 400 days 10 ms");
    Ok(())
}

fn print_sizes(repo: &Repo, binary: &Path, effort: Effort) -> Outcome {
    println!("\nsizes");
    if effort.packs_binary {
        // Minutes of brotli at its best, for one figure.
        let bundle = repo.target().join("debug/bundle");
        let size = capture(
            command(repo, &bundle).arg("size").arg(binary),
            "run this again",
        )?;
        println!("    lamplighter: {}", size.trim());
    } else {
        let bytes = fs::metadata(binary).map_err(|error| Failure::file("read", binary, &error))?;
        println!("    lamplighter: {} bytes", bytes.len());
    }
    let site = Site::read(repo)?;
    print!("{}", site.describe());
    Ok(())
}

fn print_start(repo: &Repo, binary: &Path) -> Outcome {
    let data = fresh_folder(repo, "start")?;
    for name in ["first start, empty folder", "second start"] {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let stopwatch = Stopwatch::start();
        let server = start(repo, binary, &listen, &data, &[], &[])?;
        println!(
            "{name:<32} {:>8.0} ms to the first answer",
            stopwatch.seconds() * 1000.0
        );
        if name == "second start" {
            thread::sleep(IDLE);
            print_memory("idle", &server);
        }
    }
    println!("    budgets: start 500 ms, idle 120 MB");
    Ok(())
}

fn print_burst(repo: &Repo, binary: &Path, effort: Effort) -> Outcome {
    println!("\nSQLite, a burst of {} alarms by a source", effort.burst);
    let data = fresh_folder(repo, "burst")?;
    let listen = burst::address()?;
    let server = burst::start(repo, binary, &data, &listen, burst::DOWN, None)?;
    let measured = burst::measure(&listen, effort.burst).map_err(unanswered)?;
    println!(
        "{:<32} {:>8.1} s, {:.0} alarms/s; {} lost, {} without a message",
        "all calls answered",
        measured.seconds,
        f64::from(effort.burst) / measured.seconds,
        measured.lost,
        measured.untold,
    );
    println!(
        "{:<32} {}",
        "GET /alarms meanwhile",
        measured.pages.describe()
    );
    for (path, latencies) in &measured.boards {
        println!(
            "{:<32} {}",
            format!("GET {path}, all standing"),
            latencies.describe()
        );
    }
    print_memory("after the burst", &server);
    println!("    budgets: 10,000 alarms in 60 s, none lost; pages meanwhile p95 1 s");
    Ok(())
}

/// Ours and Debian's Alertmanager, one after the other on the same core.
fn print_beside(repo: &Repo, binary: &Path, effort: Effort) -> Outcome {
    let (alone, many) = effort.beside;
    println!("\nbeside Alertmanager, one core each: {alone} alerts alone, then {many} at once");
    let program = alertmanager::ensure(repo)?;
    let own = std::process::id().to_string();
    let mut keep = command(repo, "taskset");
    // The bench and its receiver, so that they take nothing from what is measured.
    capture(
        keep.args(["-a", "-c", "-p", "0", &own]),
        "it needs two cores",
    )?;
    let print = |name: &str, measured: &beside::Measured| {
        println!(
            "{:<32} {}",
            format!("{name}: event to delivery"),
            measured.alone.describe()
        );
        println!(
            "{:<32} {:>8.0} alerts/s accepted; the last delivered after {:.1} s, {} lost",
            format!("{name}: at once"),
            measured.accepted_per_second,
            measured.delivered_seconds,
            measured.lost
        );
    };
    let folder = fresh_folder(repo, "beside-alertmanager")?;
    let theirs = beside::alertmanager(repo, &program, &folder, effort.beside)?;
    print("Alertmanager", &theirs);
    let folder = fresh_folder(repo, "beside-ours")?;
    let ours = beside::ours(repo, binary, &folder, effort.beside)?;
    print("Lamplighter", &ours);
    println!("    a webhook of ours is told 50 at once and then 20 a second");
    let all = format!(
        "0-{}",
        thread::available_parallelism().map_or(1, usize::from) - 1
    );
    let mut free = command(repo, "taskset");
    capture(free.args(["-a", "-c", "-p", &all, &own]), "run this again")?;
    Ok(())
}

fn start(
    repo: &Repo,
    binary: &Path,
    listen: &str,
    data: &Path,
    arguments: &[String],
    environment: &[(&str, String)],
) -> Outcome<Background> {
    let log = repo.scratch().join("bench-server.log");
    server::start(
        repo,
        &Launch {
            binary,
            listen,
            data,
            arguments,
            environment,
            log: Some(&log),
        },
    )
}

fn print_memory(when: &str, server: &Background) {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    match kilobytes {
        Some(kilobytes) => println!("{:<32} {:>8.1} MB resident", when, kilobytes / 1000.0),
        None => println!("{when:<32} unknown: there is no /proc here"),
    }
}

fn measure_server(
    repo: &Repo,
    binary: &Path,
    alarms: u32,
    database: Option<String>,
    effort: Effort,
) -> Outcome {
    let data = fresh_folder(repo, "load")?;
    let listen = format!("127.0.0.1:{}", free_port()?);
    let environment: Vec<(&str, String)> = database
        .into_iter()
        .map(|url| ("LAMPLIGHTER_DATABASE_URL", url))
        .collect();
    let arguments = ["--sandbox-alarms".to_owned(), alarms.to_string()];
    let server = start(repo, binary, &listen, &data, &arguments, &environment)?;
    let cookie = sign_in(&listen).map_err(unanswered)?;
    wait_for_alarms(&listen, &cookie, u64::from(alarms)).map_err(unanswered)?;

    for path in PATHS {
        let target = Target {
            authority: &listen,
            path,
            cookie: &cookie,
        };
        let latencies = load::one_by_one(target, effort.requests).map_err(unanswered)?;
        println!("{:<32} {}", format!("GET {path}"), latencies.describe());
    }
    for path in ["/alarms", "/healthz"] {
        let target = Target {
            authority: &listen,
            path,
            cookie: &cookie,
        };
        let (rate, latencies) =
            load::sustained(target, WORKERS, effort.sustained).map_err(unanswered)?;
        let name = format!("GET {path}, {WORKERS} connections");
        println!(
            "{name:<32} {} at {rate:.0} requests/s",
            latencies.describe()
        );
    }
    let measured = live::measure(&listen, &cookie, effort.live).map_err(unanswered)?;
    println!(
        "{:<32} {} at {:.0} events/s, {} of {} lost",
        "event to browser",
        measured.latencies.describe(),
        measured.rate,
        measured.lost,
        measured.latencies.count() + measured.lost,
    );
    print_memory("after the load", &server);
    println!("    budgets: pages p95 30 ms, event to browser p99 300 ms");
    Ok(())
}

fn unanswered(error: io::Error) -> Failure {
    Failure::new(
        format!("the server did not answer as it should: {error}"),
        "read target/xtask/bench-server.log",
    )
}

/// Signs in as the sandbox's operator; returns what the `cookie` header has to say.
fn sign_in(authority: &str) -> io::Result<String> {
    let origin = format!("http://{authority}");
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    session(authority, "/sandbox/sign-in", &headers, "role=operator")
}

/// Posts a form that signs in.
fn session(
    authority: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &str,
) -> io::Result<String> {
    let mut connection = Connection::open(authority)?;
    let response = connection.request("POST", path, headers, form.as_bytes())?;
    let cookies: Vec<&str> = response
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .filter_map(|(_, value)| value.split(';').next())
        .collect();
    if response.status != 303 || cookies.is_empty() {
        return Err(io::Error::other(format!(
            "sign-in answered {}",
            response.status
        )));
    }
    Ok(cookies.join("; "))
}

/// The first poll fills the database; what is measured is the filled one.
fn wait_for_alarms(authority: &str, cookie: &str, expected: u64) -> io::Result<()> {
    let stopwatch = Stopwatch::start();
    let mut connection = Connection::open(authority)?;
    loop {
        let response = connection.request("GET", "/api/v1/alarms", &[("cookie", cookie)], b"")?;
        let page: serde_json::Value = serde_json::from_slice(&response.body)?;
        if page["total"]
            .as_u64()
            .is_some_and(|total| total >= expected)
        {
            println!("{:<32} {:>8.1} s", "all alarms read", stopwatch.seconds());
            return Ok(());
        }
        if stopwatch.elapsed() > Duration::from_secs(60) {
            return Err(io::Error::other(format!(
                "{expected} alarms never came: {page}"
            )));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn fresh_folder(repo: &Repo, name: &str) -> Outcome<PathBuf> {
    let folder = repo.scratch().join(format!("bench-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failure::file("remove", &folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| Failure::file("create", &folder, &error))?;
    Ok(folder)
}

fn new_database(repo: &Repo, postgres: &Postgres, name: &str) -> Outcome<String> {
    let mut psql = command(repo, "psql");
    psql.args([
        "--quiet",
        "--command",
        &format!("CREATE DATABASE {name}"),
        postgres.url(),
    ]);
    capture(&mut psql, "install PostgreSQL's client programs")?;
    Ok(postgres
        .url()
        .rsplit_once('/')
        .map_or_else(String::new, |(head, _)| format!("{head}/{name}")))
}
