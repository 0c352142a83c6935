//! `/metrics` in Prometheus' text format (exposition format 0.0.4).
//!
//! A small registry of our own: what is counted is known, and labels come from
//! the route table, so that no client can make them grow. Without a public address
//! this machine may read it; everybody else needs the token.

use super::{Web, answer::refuse, session};
use api::ErrorCode;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use services::sign_in::secret;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Upper ends of the buckets, in milliseconds.
const BUCKETS_MS: [u64; 10] = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000];

/// What a request is counted under.
type Key = (&'static str, String, u16);

/// Counts of requests since the start.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<BTreeMap<Key, Histogram>>);

#[derive(Debug, Clone, Default)]
struct Histogram {
    /// Per bucket, not cumulative; the last is everything slower.
    counts: [u64; BUCKETS_MS.len() + 1],
    sum: Duration,
}

impl Metrics {
    /// Counts one request. `route` must come from the route table.
    pub fn record(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let bucket = BUCKETS_MS
            .iter()
            .position(|end| took <= Duration::from_millis(*end))
            .unwrap_or(BUCKETS_MS.len());
        // A panic while counting leaves a count that is off by one.
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = rows.entry((method, route.to_owned(), status)).or_default();
        row.counts[bucket] += 1;
        row.sum += took;
    }

    fn write(&self, out: &mut String) {
        let rows = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let name = "lamplighter_http_request_duration_seconds";
        describe(out, name, "histogram", "Time until an answer began.");
        for ((method, route, status), row) in rows {
            let labels = format!(
                "method=\"{method}\",route=\"{}\",status=\"{status}\"",
                escape(&route)
            );
            let mut total = 0;
            for (end, count) in BUCKETS_MS.iter().zip(row.counts) {
                total += count;
                let end = seconds(Duration::from_millis(*end));
                line(
                    out,
                    name,
                    "_bucket",
                    &format!("{labels},le=\"{end}\""),
                    total,
                );
            }
            total += row.counts[BUCKETS_MS.len()];
            line(
                out,
                name,
                "_bucket",
                &format!("{labels},le=\"+Inf\""),
                total,
            );
            line(out, name, "_sum", &labels, seconds(row.sum));
            line(out, name, "_count", &labels, total);
        }
    }
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

fn describe(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, suffix: &str, labels: &str, value: impl std::fmt::Display) {
    let labels = if labels.is_empty() {
        String::new()
    } else {
        format!("{{{labels}}}")
    };
    let _ = writeln!(out, "{name}{suffix}{labels} {value}");
}

fn escape(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Shows everything, to those who may see it.
pub async fn show(State(web): State<Arc<Web>>, request: Request) -> Response {
    if !may_read(&web, &request) {
        let message = "send LAMPLIGHTER_METRICS_TOKEN as `Authorization: Bearer …`; without it \
                       metrics are for this machine, and only while public_url is not set";
        return refuse(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message);
    }
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, text(&web)).into_response()
}

fn may_read(web: &Web, request: &Request) -> bool {
    let presented = session::bearer(request.headers());
    if let (Some(wanted), Some(presented)) = (&web.metrics_token, presented) {
        // Compared as hashes: the time taken tells nothing about the token.
        return secret::hash(wanted) == secret::hash(presented);
    }
    // A public address has a proxy in front, which may be this machine, and a
    // foreign name may be made to point here: then the peer proves nothing.
    if web.door.public_url.is_some() || !web.door.knows_host(request.headers()) {
        return false;
    }
    let proxied = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    !proxied && peer.is_some_and(|peer| peer.0.ip().is_loopback())
}

fn text(web: &Web) -> String {
    let s = &web.services;
    let mut out = String::with_capacity(16 * 1024);
    let info = format!(
        "version=\"{}\",database=\"{}\"",
        escape(&s.settings.version),
        s.store.kind().as_str()
    );
    gauge(&mut out, "lamplighter_build_info", "This build.", &info, 1);
    web.metrics.write(&mut out);
    gauge(
        &mut out,
        "lamplighter_stream_clients",
        "Browsers that follow live.",
        "",
        s.hub.followers(),
    );
    let pool = s.store.pool_sizes();
    gauge(
        &mut out,
        "lamplighter_database_connections",
        "Connections that stand.",
        "",
        pool.size,
    );
    gauge(
        &mut out,
        "lamplighter_database_connections_idle",
        "Connections that wait.",
        "",
        pool.idle,
    );
    workers(web, &mut out);
    out
}

fn gauge(out: &mut String, name: &str, help: &str, labels: &str, value: impl std::fmt::Display) {
    describe(out, name, "gauge", help);
    line(out, name, "", labels, value);
}

fn workers(web: &Web, out: &mut String) {
    let rows = web.services.statuses.rows();
    let mut family = |name: &str,
                      kind: &str,
                      help: &str,
                      value: &dyn Fn(&services::work::Status) -> Option<u64>| {
        describe(out, name, kind, help);
        for status in &rows {
            if let Some(value) = value(status) {
                line(
                    out,
                    name,
                    "",
                    &format!("worker=\"{}\"", escape(&status.row().name)),
                    value,
                );
            }
        }
    };
    family(
        "lamplighter_worker_runs_total",
        "counter",
        "Runs.",
        &|status| Some(status.row().runs),
    );
    family(
        "lamplighter_worker_failures_total",
        "counter",
        "Failed runs.",
        &|status| Some(status.row().failures),
    );
    family(
        "lamplighter_worker_last_run_milliseconds",
        "gauge",
        "Length of the last run.",
        &|status| status.row().took_ms,
    );
    family(
        "lamplighter_worker_last_run_failed",
        "gauge",
        "1 when the last run failed.",
        &|status| Some(u64::from(status.failed())),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_labels_cannot_break_out() {
        let metrics = Metrics::default();
        for took_ms in [1, 2, 50, 60_000] {
            metrics.record("GET", "/a\"b", 200, Duration::from_millis(took_ms));
        }
        let mut out = String::new();
        metrics.write(&mut out);
        let labels = "method=\"GET\",route=\"/a\\\"b\",status=\"200\"";
        let name = "lamplighter_http_request_duration_seconds";
        for line in [
            format!("{name}_bucket{{{labels},le=\"0.001\"}} 1"),
            format!("{name}_bucket{{{labels},le=\"0.003\"}} 2"),
            format!("{name}_bucket{{{labels},le=\"0.1\"}} 3"),
            format!("{name}_bucket{{{labels},le=\"30\"}} 3"),
            format!("{name}_bucket{{{labels},le=\"+Inf\"}} 4"),
            format!("{name}_sum{{{labels}}} 60.053"),
            format!("{name}_count{{{labels}}} 4"),
        ] {
            assert!(out.lines().any(|own| own == line), "{line}\n{out}");
        }
    }
}
