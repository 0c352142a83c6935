//! `lamplighter logs`: what access logs tell, from files, with no server and no AWS.
//!
//! What it prints for programs is a contract: fields may be added, never renamed.

use crate::{
    cli::{Format, lang, print},
    compose::StartError,
    tables::{json, plain, table},
};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    i18n::{Lang, logs as words},
    limits,
    time::Timestamp,
};
use logs::{Progress, Range, Reading, Report, list_files, read_file, scan};
use std::{
    fmt::Display,
    fs::File,
    io::{self, BufWriter, ErrorKind, IsTerminal as _, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What can be asked of access logs.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Tell how many requests there were, how they ended and how long they took.
    Report(ReportOf),
    /// Print each line as one JSON object.
    Parse(Parse),
}

/// What is to be reported.
#[derive(Debug, Args)]
pub(crate) struct ReportOf {
    /// Files, plain or gzip, and folders, which are looked through to their ends.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only requests from then on: 2026-03-02T08:00:00+09:00, or 2026-03-02 in UTC.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Timestamp>,
    /// Only requests before then.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    to: Option<Timestamp>,
    /// Entries of each list.
    #[arg(long, value_name = "N", default_value_t = limits::LOG_TOP_DEFAULT, value_parser = top)]
    top: usize,
    /// End with code 1 when more lines than that are rejected.
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
    /// For people or for programs.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The language of tables: `en` or `ko`.
    #[arg(long, default_value = "en", value_parser = lang)]
    lang: Lang,
}

/// What is to be parsed.
#[derive(Debug, Args)]
pub(crate) struct Parse {
    /// A file, plain or gzip.
    file: PathBuf,
    /// End with code 1 when more lines than that are rejected.
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
    /// One JSON object a line.
    #[arg(long, value_enum, default_value_t)]
    format: ParseFormat,
}

/// How lines are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ParseFormat {
    /// One JSON object a line.
    #[default]
    Ndjson,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let midnight = format!("{text}T00:00:00Z");
    let read = text
        .parse()
        .or_else(|error| midnight.parse().map_err(|_| error));
    read.map_err(|error: domain::time::TimestampError| error.to_string())
}

fn top(text: &str) -> Result<usize, String> {
    let most = limits::LOG_TOP_MAX;
    let number = text
        .parse()
        .ok()
        .filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("write a number from 1 to {most}"))
}

/// Answers on standard output. Code 1 tells that too many lines were rejected.
pub(crate) fn run(ask: Ask) -> Result<ExitCode, StartError> {
    let (rejected, most) = match ask {
        Ask::Report(given) => (report(&given)?, given.max_rejects),
        Ask::Parse(given) => (parse(&given)?, given.max_rejects),
    };
    Ok(match most.is_some_and(|most| rejected > most) {
        true => ExitCode::from(1),
        false => ExitCode::SUCCESS,
    })
}

fn usage(error: impl Display) -> StartError {
    StartError::Usage(error.to_string())
}

/// Buckets are not read yet.
fn refuse_bucket(path: &Path) -> Result<(), StartError> {
    match path.to_str().filter(|path| path.starts_with("s3://")) {
        None => Ok(()),
        Some(bucket) => Err(usage(format!(
            "{bucket}: logs are not read from S3 directly; copy them first, for instance with \
             `aws s3 sync {bucket} logs`"
        ))),
    }
}

/// Prints the report; tells how many lines were rejected.
fn report(given: &ReportOf) -> Result<u64, StartError> {
    given
        .paths
        .iter()
        .try_for_each(|path| refuse_bucket(path))?;
    let files = list_files(&given.paths).map_err(usage)?;
    if given
        .from
        .zip(given.to)
        .is_some_and(|(from, to)| from >= to)
    {
        return Err(usage("--from: it must be before --to"));
    }
    let us = |time: Timestamp| time.ms().saturating_mul(1_000);
    let range = Range {
        from_us: given.from.map_or(i64::MIN, us),
        until_us: given.to.map_or(i64::MAX, us),
    };
    let shown = io::stderr().is_terminal();
    let told = |progress: Progress| {
        if shown {
            show(progress);
        }
    };
    let aggregate = scan(&files, range, None, &told).map_err(usage)?;
    let report = Report::new(aggregate, given.top);
    print(&match given.format {
        Format::Json => json(&report),
        Format::Text => tables(&report, given.lang),
    });
    Ok(report.lines.rejected)
}

/// How far it is, on one line that the next one replaces and the last one clears.
fn show(progress: Progress) {
    let Progress { files, of, lines } = progress;
    let text = match files < of {
        true => format!("\r{files} / {of}  {lines}"),
        false => "\r\x1b[K".to_owned(),
    };
    // Nobody needs to read it.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Prints each line; tells how many were rejected.
fn parse(given: &Parse) -> Result<u64, StartError> {
    let ParseFormat::Ndjson = given.format;
    refuse_bucket(&given.file)?;
    let unreadable = |error| usage(format!("cannot read {}: {error}", given.file.display()));
    let file = File::open(&given.file).map_err(unreadable)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut rejected, mut written) = (0, Ok(()));
    let tell = |line, _: &[u8], reading: Reading<'_>| {
        rejected += u64::from(matches!(reading, Reading::Rejected(_)));
        written = reading.write(line, &mut out);
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    read_file(&given.file, file, tell).map_err(unreadable)?;
    match written.and_then(|()| out.flush()) {
        // Whoever closed it does not want to read more.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(StartError::Machine {
            what: "cannot write".to_owned(),
            source: error,
        }),
        _ => Ok(rejected),
    }
}

/// A report for people.
fn tables(report: &Report, lang: Lang) -> String {
    let mut parts = vec![
        head(report, lang),
        statuses(report, lang),
        made_by(report, lang),
    ];
    parts.extend([latencies(report, lang), endpoints(report, lang)]);
    parts.extend(lists(report, lang));
    parts.extend([devices(report, lang), rejects(report, lang)]);
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// What is told before the tables.
fn head(report: &Report, lang: Lang) -> String {
    let lines = &report.lines;
    let mut text = vec![
        words::files_lines(lang, report.files, lines.total),
        words::lines_each(lang, lines.parsed, lines.rejected, lines.ignored),
        match (&report.range.from, &report.range.to) {
            (Some(from), Some(to)) => words::requests_between(lang, report.requests, from, to),
            _ => words::no_requests(lang).to_owned(),
        },
        words::bytes_each(lang, report.bytes.received, report.bytes.sent),
    ];
    let unknown = &report.unknown_fields;
    if let Some(sample) = unknown.sample.first() {
        text.push(words::unknown_fields(lang, unknown.count, &plain(sample)));
    }
    if !report.lists_exact {
        text.push(words::not_exact(lang).to_owned());
    }
    text.push(String::new());
    text.join("\n")
}

fn statuses(report: &Report, lang: Lang) -> String {
    let status = &report.status;
    let rows = [
        ("1xx", status.informed),
        ("2xx", status.succeeded),
        ("3xx", status.redirected),
        ("4xx", status.refused),
        ("5xx", status.failed),
        (words::none(lang), status.none),
    ];
    counts(words::status(lang), words::requests(lang), rows)
}

fn made_by(report: &Report, lang: Lang) -> String {
    let errors = &report.errors;
    let rows = [
        (words::elb(lang), errors.elb_4xx, errors.elb_5xx),
        (words::target(lang), errors.target_4xx, errors.target_5xx),
    ];
    let rows = rows.map(|(who, refused, failed)| {
        vec![who.to_owned(), refused.to_string(), failed.to_string()]
    });
    table(&[words::made_by(lang), "4xx", "5xx"], rows.into_iter())
}

fn latencies(report: &Report, lang: Lang) -> String {
    let latency = &report.latency_ms;
    let rows = [
        (words::latency_target(lang), &latency.target),
        (words::latency_total(lang), &latency.total),
    ];
    let rows = rows.map(|(what, latency)| {
        let each = [
            latency.p50,
            latency.p90,
            latency.p95,
            latency.p99,
            latency.max,
        ];
        let each = each.map(|ms| ms.map_or_else(|| "–".to_owned(), |ms| ms.to_string()));
        let counted = [what.to_owned(), latency.count.to_string()];
        counted.into_iter().chain(each).collect()
    });
    let requests = words::requests(lang);
    let head = [
        words::latency(lang),
        requests,
        "p50",
        "p90",
        "p95",
        "p99",
        "max",
    ];
    let excluded = &latency.excluded;
    let note = words::not_in_latency(lang, excluded.sentinel, excluded.websocket);
    format!("{}{note}\n", table(&head, rows.into_iter()))
}

fn endpoints(report: &Report, lang: Lang) -> String {
    let rows = report.endpoints.iter().map(|row| {
        let p95 = row
            .p95_ms
            .map_or_else(|| "–".to_owned(), |ms| ms.to_string());
        let (requests, errors) = (row.requests.to_string(), row.errors.to_string());
        vec![requests, errors, p95, plain(&row.method), plain(&row.path)]
    });
    let (requests, errors) = (words::requests(lang), words::errors(lang));
    let head = [
        requests,
        errors,
        "p95 ms",
        words::method(lang),
        words::path(lang),
    ];
    table(&head, rows)
}

/// What had most requests.
fn lists(report: &Report, lang: Lang) -> [String; 6] {
    let list = |what: &str, rows: Vec<(u64, &String)>| {
        let rows = rows
            .into_iter()
            .map(|(count, text)| vec![count.to_string(), plain(text)]);
        table(&[words::requests(lang), what], rows)
    };
    let paths = report.paths.iter().map(|row| (row.requests, &row.path));
    let clients = report.clients.iter().map(|row| (row.requests, &row.ip));
    let hosts = report.hosts.iter().map(|row| (row.requests, &row.host));
    let targets = report.targets.iter().map(|row| (row.requests, &row.target));
    let agents = report
        .user_agents
        .iter()
        .map(|row| (row.requests, &row.user_agent));
    let reasons = report
        .error_reasons
        .iter()
        .map(|row| (row.requests, &row.reason));
    [
        list(words::path(lang), paths.collect()),
        list(words::client(lang), clients.collect()),
        list(words::host(lang), hosts.collect()),
        list(words::target(lang), targets.collect()),
        list(words::user_agent(lang), agents.collect()),
        list(words::reason(lang), reasons.collect()),
    ]
}

fn devices(report: &Report, lang: Lang) -> String {
    let devices = &report.devices;
    let rows = [
        (words::mobile_app(lang), devices.mobile_app),
        (words::mobile_web(lang), devices.mobile_web),
        (words::desktop(lang), devices.desktop),
        (words::bot(lang), devices.bot),
        (words::unknown(lang), devices.unknown),
    ];
    counts(words::device(lang), words::requests(lang), rows)
}

fn rejects(report: &Report, lang: Lang) -> String {
    let rows = report.rejects.iter().map(|row| {
        let place = format!("{}:{}", plain(&row.file), row.line);
        vec![place, plain(&row.reason), plain(&row.sample)]
    });
    table(&[words::rejected_line(lang), words::reason(lang), ""], rows)
}

fn counts<const N: usize>(what: &str, requests: &str, rows: [(&str, u64); N]) -> String {
    let rows = rows.map(|(name, count)| vec![name.to_owned(), count.to_string()]);
    table(&[what, requests], rows.into_iter())
}
