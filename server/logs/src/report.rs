//! What an aggregate has to tell. The names and shapes are a contract with scripts: fields may be
//! added, never renamed.

use crate::{
    aggregate::{Aggregate, Errors, Lines, Rejected},
    devices::Device,
    histogram::Histogram,
    tally::Tally,
    times::rfc_3339,
};
use serde::{Serialize, Serializer};
use std::fmt;

/// A report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Files read.
    pub files: u64,
    /// Lines read.
    pub lines: Lines,
    /// The first lines in which something is wrong.
    pub rejects: Vec<RejectRow>,
    /// The times of the first and the last request.
    pub range: Span,
    /// Requests in the range that was asked for.
    pub requests: u64,
    /// Sizes of requests and answers.
    pub bytes: Bytes,
    /// Requests by the hundreds of their status.
    pub status: Statuses,
    /// Errors by who made them.
    pub errors: Errors,
    /// How long answers took.
    pub latency_ms: Latencies,
    /// Requests by the minute.
    pub series: Vec<MinuteRow>,
    /// Endpoints with most requests.
    pub endpoints: Vec<EndpointRow>,
    /// Paths with most requests.
    pub paths: Vec<PathRow>,
    /// Clients with most requests.
    pub clients: Vec<ClientRow>,
    /// Hosts with most requests.
    pub hosts: Vec<HostRow>,
    /// Targets with most requests.
    pub targets: Vec<TargetRow>,
    /// User agents with most requests.
    pub user_agents: Vec<UserAgentRow>,
    /// Requests by what kind of program sent them.
    pub devices: Devices,
    /// Reasons of errors with most requests.
    pub error_reasons: Vec<ReasonRow>,
    /// Fields behind those that AWS documents.
    pub unknown_fields: Unknown,
    /// Whether nothing had to be forgotten for lack of memory: counts in lists may else be too low.
    pub lists_exact: bool,
}

/// A line in which something is wrong.
#[derive(Debug, Serialize)]
pub struct RejectRow {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
    /// Its beginning.
    pub sample: String,
}

/// Two instants.
#[derive(Debug, Serialize)]
pub struct Span {
    /// The first.
    pub from: Option<String>,
    /// The last.
    pub to: Option<String>,
}

/// Sizes.
#[derive(Debug, Serialize)]
pub struct Bytes {
    /// Of requests.
    pub received: u64,
    /// Of answers.
    pub sent: u64,
}

/// Requests by the hundreds of their status.
#[derive(Debug, Serialize)]
pub struct Statuses {
    /// 100 to 199.
    #[serde(rename = "1xx")]
    pub informed: u64,
    /// 200 to 299.
    #[serde(rename = "2xx")]
    pub succeeded: u64,
    /// 300 to 399.
    #[serde(rename = "3xx")]
    pub redirected: u64,
    /// 400 to 499.
    #[serde(rename = "4xx")]
    pub refused: u64,
    /// 500 to 599.
    #[serde(rename = "5xx")]
    pub failed: u64,
    /// None that is known.
    pub none: u64,
}

/// How long answers took.
#[derive(Debug, Serialize)]
pub struct Latencies {
    /// Until the target began to answer.
    pub target: Latency,
    /// From the first byte of the request to the last of the answer.
    pub total: Latency,
    /// Requests that are in neither.
    pub excluded: Excluded,
}

/// Requests whose times say nothing about latency.
#[derive(Debug, Serialize)]
pub struct Excluded {
    /// The log says −1 for a time.
    pub sentinel: u64,
    /// The times are those of a connection that stays open.
    pub websocket: u64,
}

/// Percentiles.
#[derive(Debug, Serialize)]
pub struct Latency {
    /// Requests.
    pub count: u64,
    /// What half of them do not exceed.
    pub p50: Option<Millis>,
    /// What nine in ten do not exceed.
    pub p90: Option<Millis>,
    /// What 95 in a hundred do not exceed.
    pub p95: Option<Millis>,
    /// What 99 in a hundred do not exceed.
    pub p99: Option<Millis>,
    /// The longest.
    pub max: Option<Millis>,
}

impl Latency {
    fn of(histogram: &Histogram) -> Self {
        let percentiles = histogram.percentiles([50, 90, 95, 99, 100]);
        let at = |index: usize| {
            percentiles
                .and_then(|us| us.get(index).copied())
                .map(Millis)
        };
        Self {
            count: histogram.count(),
            p50: at(0),
            p90: at(1),
            p95: at(2),
            p99: at(3),
            max: at(4),
        }
    }
}

/// Microseconds, told in milliseconds: whole ones, which is what load balancers measure, without
/// a decimal point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 1_000, self.0 % 1_000) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) => {
                let digits = format!("{part:03}");
                write!(f, "{whole}.{}", digits.trim_end_matches('0'))
            }
        }
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match u32::try_from(self.0) {
            Ok(us) if us % 1_000 != 0 => serializer.serialize_f64(f64::from(us) / 1_000.0),
            // Of more than an hour nobody needs a fraction of a millisecond.
            _ => serializer.serialize_u64(self.0 / 1_000),
        }
    }
}

/// A minute.
#[derive(Debug, Serialize)]
pub struct MinuteRow {
    /// Its start.
    pub minute: String,
    /// Its requests.
    pub requests: u64,
    /// 200 to 299.
    #[serde(rename = "2xx")]
    pub succeeded: u64,
    /// 300 to 399.
    #[serde(rename = "3xx")]
    pub redirected: u64,
    /// 400 to 499.
    #[serde(rename = "4xx")]
    pub refused: u64,
    /// 500 to 599.
    #[serde(rename = "5xx")]
    pub failed: u64,
}

/// An endpoint.
#[derive(Debug, Serialize)]
pub struct EndpointRow {
    /// The method.
    pub method: String,
    /// The path's template.
    pub path: String,
    /// Its requests.
    pub requests: u64,
    /// Those answered with a status of 400 or more.
    pub errors: u64,
    /// What 95 in a hundred target times do not exceed.
    pub p95_ms: Option<Millis>,
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $text:ident }),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name {
            /// What was counted.
            pub $text: String,
            /// Its requests.
            pub requests: u64,
        }

        impl $name {
            fn top(tally: &Tally, most: usize) -> Vec<Self> {
                let row = |(text, requests)| Self { $text: lossy(text), requests };
                tally.top(most).into_iter().map(row).collect()
            }
        }
    )+};
}

rows! {
    /// A path without its query.
    PathRow { path },
    /// A client.
    ClientRow { ip },
    /// A host.
    HostRow { host },
    /// A target.
    TargetRow { target },
    /// A user agent.
    UserAgentRow { user_agent },
    /// Why a request failed.
    ReasonRow { reason },
}

/// Requests by what kind of program sent them.
#[derive(Debug, Serialize)]
pub struct Devices {
    /// Programs made for phones.
    pub mobile_app: u64,
    /// Browsers on phones and tablets.
    pub mobile_web: u64,
    /// Browsers on computers.
    pub desktop: u64,
    /// Crawlers, probes, scripts.
    pub bot: u64,
    /// Nothing that tells.
    pub unknown: u64,
}

/// Fields behind those that AWS documents.
#[derive(Debug, Serialize)]
pub struct Unknown {
    /// How many.
    pub count: u64,
    /// Some of them.
    pub sample: Vec<String>,
}

impl Report {
    /// Tells what was counted, with so many entries of each list.
    #[must_use]
    pub fn new(mut aggregate: Aggregate, most: usize) -> Self {
        aggregate.endpoints.generalise();
        let [none, informed, succeeded, redirected, refused, failed] = aggregate.statuses;
        Self {
            files: aggregate.files,
            lines: aggregate.lines,
            rejects: aggregate
                .rejects
                .iter()
                .take(most)
                .map(RejectRow::of)
                .collect(),
            range: Span {
                from: aggregate.times_us.map(|(first, _)| rfc_3339(first)),
                to: aggregate.times_us.map(|(_, last)| rfc_3339(last)),
            },
            requests: aggregate.requests,
            bytes: Bytes {
                received: aggregate.received_bytes,
                sent: aggregate.sent_bytes,
            },
            status: Statuses {
                informed,
                succeeded,
                redirected,
                refused,
                failed,
                none,
            },
            errors: aggregate.errors,
            latency_ms: Latencies {
                target: Latency::of(&aggregate.target),
                total: Latency::of(&aggregate.total),
                excluded: Excluded {
                    sentinel: aggregate.sentinels,
                    websocket: aggregate.websockets,
                },
            },
            series: series(&aggregate),
            endpoints: endpoints(&aggregate, most),
            paths: PathRow::top(&aggregate.paths, most),
            clients: ClientRow::top(&aggregate.clients, most),
            hosts: HostRow::top(&aggregate.hosts, most),
            targets: TargetRow::top(&aggregate.targets, most),
            user_agents: UserAgentRow::top(&aggregate.user_agents, most),
            devices: devices(&aggregate),
            error_reasons: ReasonRow::top(&aggregate.error_reasons, most),
            unknown_fields: Unknown {
                count: aggregate.unknown_fields,
                sample: std::mem::take(&mut aggregate.unknown_samples),
            },
            lists_exact: aggregate.is_exact(),
        }
    }
}

impl RejectRow {
    fn of(rejected: &Rejected) -> Self {
        Self {
            file: rejected.file.clone(),
            line: rejected.line,
            reason: rejected.reason.to_string(),
            sample: rejected.sample.clone(),
        }
    }
}

fn series(aggregate: &Aggregate) -> Vec<MinuteRow> {
    let mut minutes: Vec<_> = aggregate.minutes.iter().collect();
    minutes.sort_unstable_by_key(|&(minute, _)| minute);
    let row = |(&minute, counts): (&i64, &crate::aggregate::Minute)| {
        let [succeeded, redirected, refused, failed] = counts.classes;
        MinuteRow {
            minute: rfc_3339(minute.saturating_mul(60_000_000)),
            requests: counts.requests,
            succeeded,
            redirected,
            refused,
            failed,
        }
    };
    minutes.into_iter().map(row).collect()
}

fn endpoints(aggregate: &Aggregate, most: usize) -> Vec<EndpointRow> {
    let top = aggregate.endpoints.top(most).into_iter();
    top.map(|(name, endpoint)| {
        let name = lossy(name);
        let (method, path) = name.split_once(' ').unwrap_or((&name, ""));
        EndpointRow {
            method: method.to_owned(),
            path: path.to_owned(),
            requests: endpoint.requests,
            errors: endpoint.errors,
            p95_ms: endpoint.latency.percentiles([95]).map(|[us]| Millis(us)),
        }
    })
    .collect()
}

fn devices(aggregate: &Aggregate) -> Devices {
    let devices = aggregate.devices();
    let of = |device| devices.get(&device).copied().unwrap_or(0);
    Devices {
        mobile_app: of(Device::MobileApp),
        mobile_web: of(Device::MobileWeb),
        desktop: of(Device::Desktop),
        bot: of(Device::Bot),
        unknown: of(Device::Unknown),
    }
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}
