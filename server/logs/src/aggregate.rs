//! What is counted of rows. Aggregates of parts add up to that of the whole.

use crate::{
    devices::Device,
    endpoints::{self, Endpoints},
    fields::Field,
    histogram::Histogram,
    request::Request,
    row::{Reading, Reject, Row},
    tally::{Forgotten, Tally},
};
use domain::limits;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, hash_map};

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;
/// Unknown fields that are shown.
const UNKNOWN_SHOWN: usize = 5;

/// From when until when requests are counted, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first instant.
    pub from_us: i64,
    /// The first instant that no longer counts.
    pub until_us: i64,
}

impl Default for Range {
    fn default() -> Self {
        Self {
            from_us: i64::MIN,
            until_us: i64::MAX,
        }
    }
}

/// How many lines of each sort there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Lines {
    /// All.
    pub total: u64,
    /// Requests.
    pub parsed: u64,
    /// Those in which something is wrong.
    pub rejected: u64,
    /// Empty ones, and those of other logs.
    pub ignored: u64,
}

/// A line in which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: Reject,
    /// Its beginning.
    pub sample: String,
}

/// Requests of a minute: all of them, and by the hundreds of their status from 200.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Minute {
    pub(crate) requests: u64,
    pub(crate) classes: [u64; 4],
}

/// Errors by who made them: the load balancer, when no target answered, or the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Errors {
    /// 500 to 599 of the load balancer.
    pub elb_5xx: u64,
    /// 500 to 599 of a target.
    pub target_5xx: u64,
    /// 400 to 499 of the load balancer.
    pub elb_4xx: u64,
    /// 400 to 499 of a target.
    pub target_4xx: u64,
}

/// Counts of requests.
#[derive(Debug, Default)]
pub struct Aggregate {
    range: Range,
    pub(crate) files: u64,
    pub(crate) lines: Lines,
    pub(crate) rejects: Vec<Rejected>,
    /// The times of the first and the last request.
    pub(crate) times_us: Option<(i64, i64)>,
    pub(crate) requests: u64,
    pub(crate) received_bytes: u64,
    pub(crate) sent_bytes: u64,
    /// By hundreds of the status; those without one are the first.
    pub(crate) statuses: [u64; 6],
    pub(crate) errors: Errors,
    pub(crate) target: Histogram,
    pub(crate) total: Histogram,
    pub(crate) sentinels: u64,
    pub(crate) websockets: u64,
    pub(crate) minutes: HashMap<i64, Minute, RandomState>,
    minutes_left_out: bool,
    pub(crate) endpoints: Endpoints,
    pub(crate) paths: Tally,
    pub(crate) clients: Tally,
    pub(crate) hosts: Tally,
    pub(crate) targets: Tally,
    pub(crate) user_agents: Tally,
    /// Devices of requests whose user agent is not in `user_agents`.
    devices: BTreeMap<Device, u64>,
    pub(crate) error_reasons: Tally,
    pub(crate) unknown_fields: u64,
    pub(crate) unknown_samples: Vec<String>,
    name: Vec<u8>,
}

impl Aggregate {
    /// An empty one that counts the requests of a range.
    #[must_use]
    pub fn new(range: Range) -> Self {
        Self {
            range,
            ..Self::default()
        }
    }

    /// Counts a file.
    pub fn add_file(&mut self) {
        self.files += 1;
    }

    /// Counts a line of a file.
    pub fn add(&mut self, file: &str, line: u64, text: &[u8], reading: Reading<'_>) {
        self.lines.total += 1;
        match reading {
            Reading::Row(row) => {
                self.lines.parsed += 1;
                self.add_row(&row);
            }
            Reading::Other(_) => self.lines.ignored += 1,
            Reading::Rejected(reason) => {
                self.lines.rejected += 1;
                if self.rejects.len() < limits::LOG_TOP_MAX {
                    self.rejects.push(Rejected {
                        file: file.to_owned(),
                        line,
                        reason,
                        sample: sample(text),
                    });
                }
            }
        }
    }

    fn add_row(&mut self, row: &Row<'_>) {
        if row.time_us < self.range.from_us || row.time_us >= self.range.until_us {
            return;
        }
        let (first, last) = self.times_us.unwrap_or((row.time_us, row.time_us));
        self.times_us = Some((first.min(row.time_us), last.max(row.time_us)));
        self.requests += 1;
        let sum = |sum: &mut u64, bytes: Option<u64>| *sum = sum.saturating_add(bytes.unwrap_or(0));
        sum(&mut self.received_bytes, row.received_bytes);
        sum(&mut self.sent_bytes, row.sent_bytes);
        self.add_status(row);
        let request = row.request();
        self.add_texts(row, &request);
        self.add_endpoint(row, &request);
        for field in row.unknown() {
            self.unknown_fields += 1;
            if self.unknown_samples.len() < UNKNOWN_SHOWN {
                self.show_unknown(sample(field));
            }
        }
    }

    fn add_status(&mut self, row: &Row<'_>) {
        let class = row.elb_status.map_or(0, |status| status / 100);
        let class = usize::from(if class < 6 { class } else { 0 });
        self.statuses[class] += 1;
        let minute = row.time_us.div_euclid(MINUTE_US);
        self.count_minute(minute, |minute| {
            minute.requests += 1;
            if class >= 2 {
                minute.classes[class - 2] += 1;
            }
        });
        let by_target = row.target_status.is_some() && row.target_status == row.elb_status;
        let counter = match (class, row.target_status) {
            (5, None) => &mut self.errors.elb_5xx,
            (4, None) => &mut self.errors.elb_4xx,
            (5, _) if by_target => &mut self.errors.target_5xx,
            (4, _) if by_target => &mut self.errors.target_4xx,
            _ => return,
        };
        *counter += 1;
    }

    /// Counts a request's times, and hands back that of the target, if they say anything.
    fn add_latency(&mut self, row: &Row<'_>) -> Option<u64> {
        if row.kind.is_websocket() {
            self.websockets += 1;
            return None;
        }
        let Some((target_us, total_us)) = row.target_us.zip(row.total_us()) else {
            self.sentinels += 1;
            return None;
        };
        self.target.add(target_us);
        self.total.add(total_us);
        Some(target_us)
    }

    fn count_minute(&mut self, minute: i64, count: impl FnOnce(&mut Minute)) {
        let full = self.minutes.len() >= limits::LOG_MINUTES_MAX;
        match self.minutes.entry(minute) {
            hash_map::Entry::Vacant(_) if full => self.minutes_left_out = true,
            entry => count(entry.or_default()),
        }
    }

    fn add_texts(&mut self, row: &Row<'_>, request: &Request<'_>) {
        let count = |tally: &mut Tally, text: Option<&[u8]>| {
            if let Some(text) = text {
                tally.add(text, 1);
            }
        };
        count(&mut self.clients, row.client.map(|client| client.ip));
        count(&mut self.targets, row.text(Field::Target));
        count(&mut self.error_reasons, row.text(Field::ErrorReason));
        count(&mut self.paths, request.path());
        if let Some(host) = request.host().or_else(|| row.text(Field::DomainName)) {
            self.name.clear();
            self.name.extend_from_slice(host);
            self.name.make_ascii_lowercase();
            count(&mut self.hosts, Some(&self.name));
        }
        match row.text(Field::UserAgent) {
            None => *self.devices.entry(Device::Unknown).or_default() += 1,
            Some(user_agent) => {
                let forgotten = self.user_agents.add(user_agent, 1);
                self.keep_devices(forgotten);
            }
        }
    }

    fn add_endpoint(&mut self, row: &Row<'_>, request: &Request<'_>) {
        let latency_us = self.add_latency(row);
        let Some((method, path)) = request.method.zip(request.path()) else {
            return;
        };
        self.name.clear();
        self.name.extend_from_slice(method);
        self.name.push(b' ');
        endpoints::template(path, &mut self.name);
        let is_error = row.elb_status.is_some_and(|status| status >= 400);
        self.endpoints.count(&self.name, |endpoint| {
            endpoint.requests += 1;
            endpoint.errors += u64::from(is_error);
            if let Some(latency_us) = latency_us {
                endpoint.latency.add(latency_us);
            }
        });
    }

    /// Adds the counts of another part, which comes behind this one.
    pub fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.lines.total += other.lines.total;
        self.lines.parsed += other.lines.parsed;
        self.lines.rejected += other.lines.rejected;
        self.lines.ignored += other.lines.ignored;
        let room = limits::LOG_TOP_MAX - self.rejects.len();
        self.rejects.extend(other.rejects.into_iter().take(room));
        self.times_us = match (self.times_us, other.times_us) {
            (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
            (own, other) => own.or(other),
        };
        self.requests += other.requests;
        self.received_bytes = self.received_bytes.saturating_add(other.received_bytes);
        self.sent_bytes = self.sent_bytes.saturating_add(other.sent_bytes);
        for (own, other) in self.statuses.iter_mut().zip(other.statuses) {
            *own += other;
        }
        self.errors.elb_5xx += other.errors.elb_5xx;
        self.errors.target_5xx += other.errors.target_5xx;
        self.errors.elb_4xx += other.errors.elb_4xx;
        self.errors.target_4xx += other.errors.target_4xx;
        self.target.merge(&other.target);
        self.total.merge(&other.total);
        self.sentinels += other.sentinels;
        self.websockets += other.websockets;
        self.merge_minutes(other.minutes);
        self.minutes_left_out |= other.minutes_left_out;
        self.endpoints.merge(other.endpoints);
        self.paths.merge(&other.paths);
        self.clients.merge(&other.clients);
        self.hosts.merge(&other.hosts);
        self.targets.merge(&other.targets);
        self.error_reasons.merge(&other.error_reasons);
        let forgotten = self.user_agents.merge(&other.user_agents);
        self.keep_devices(forgotten);
        for (device, requests) in other.devices {
            *self.devices.entry(device).or_default() += requests;
        }
        self.unknown_fields += other.unknown_fields;
        for sample in other.unknown_samples {
            self.show_unknown(sample);
        }
    }

    fn merge_minutes(&mut self, minutes: HashMap<i64, Minute, RandomState>) {
        let mut minutes: Vec<_> = minutes.into_iter().collect();
        // Which are left out must not depend on the order of a map.
        minutes.sort_unstable_by_key(|&(minute, _)| minute);
        for (minute, other) in minutes {
            self.count_minute(minute, |own| {
                own.requests += other.requests;
                for (own, other) in own.classes.iter_mut().zip(other.classes) {
                    *own += other;
                }
            });
        }
    }

    /// User agents that are forgotten leave their kind behind.
    fn keep_devices(&mut self, forgotten: Vec<Forgotten>) {
        for (user_agent, requests) in forgotten {
            *self.devices.entry(Device::of(&user_agent)).or_default() += requests;
        }
    }

    fn show_unknown(&mut self, sample: String) {
        if self.unknown_samples.len() < UNKNOWN_SHOWN && !self.unknown_samples.contains(&sample) {
            self.unknown_samples.push(sample);
        }
    }

    /// Requests by what kind of program sent them.
    pub(crate) fn devices(&self) -> BTreeMap<Device, u64> {
        let mut devices = self.devices.clone();
        for (user_agent, requests) in self.user_agents.iter() {
            *devices.entry(Device::of(user_agent)).or_default() += requests;
        }
        devices
    }

    /// Whether nothing had to be forgotten, so that every list is complete and its counts exact.
    pub(crate) fn is_exact(&self) -> bool {
        let tallies = [
            &self.paths,
            &self.clients,
            &self.hosts,
            &self.targets,
            &self.user_agents,
            &self.error_reasons,
        ];
        let forgetful = tallies.into_iter().any(Tally::is_forgetful);
        !forgetful && !self.endpoints.is_forgetful() && !self.minutes_left_out
    }
}

/// The beginning of a text, as text.
fn sample(text: &[u8]) -> String {
    let most = limits::LOG_SAMPLE_BYTES_MAX;
    let cut = text.get(..most);
    let mut sample = String::from_utf8_lossy(cut.unwrap_or(text)).into_owned();
    if cut.is_some_and(|cut| cut.len() < text.len()) {
        sample.push('…');
    }
    sample
}
