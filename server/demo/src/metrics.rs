//! Metrics by CloudWatch's names: where their values come from, and series of
//! them. Measured ones are read from the history; the rest are pure functions
//! of the seed and the minute, so that ten thousand of them cost no memory.

use crate::{
    chance::{swing, unit},
    estate::{STREAMS, TargetPlan, Work},
    history::{History, Measure},
    log_lines,
    traffic::Stream,
    watched,
};
use domain::{
    alarms::{MetricRef, Series},
    capacity::TargetKind,
    coverage::{AGENT, AgentMetric, DISK, MEMORY},
    limits,
    time::{MINUTE_MS, Timestamp},
};
use std::collections::HashMap;

/// How a made-up metric behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Between `idle` and `busy` with the traffic of a stream.
    Follows { stream: usize, idle: f64, busy: f64 },
    /// About one level.
    Steady { level: f64 },
    /// Climbs from `low` to `high`, then begins again.
    Climbs { low: f64, high: f64, hours: i64 },
    /// Mostly `usual`; so many times a day `high` for some minutes.
    Spikes {
        usual: f64,
        high: f64,
        a_day: f64,
        minutes: i64,
    },
}

/// A made-up metric.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wave {
    pub key: u64,
    pub shape: Shape,
    /// Noise, as a share of the value.
    pub noise: f64,
    /// Decimals that it has.
    pub decimals: i32,
}

/// Where a metric's values come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// Measured in the world.
    Measured {
        /// Index of the target, or of the stream after all targets.
        subject: usize,
        measure: Measure,
    },
    /// Made up.
    Wave(Wave),
    /// Lines of a log that fit a pattern, in each minute so many and more for each failure.
    Lines {
        failures: Option<Wave>,
        per_failure: f64,
        per_minute: f64,
    },
    /// Nothing reports it.
    Silent,
}

/// How values of minutes become the value of a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Statistic {
    Average,
    Sum,
    Maximum,
    Minimum,
    SampleCount,
    /// 0 to 100.
    Percentile(f64),
}

impl Statistic {
    /// Reads CloudWatch's word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "Average" => Self::Average,
            "Sum" => Self::Sum,
            "Maximum" => Self::Maximum,
            "Minimum" => Self::Minimum,
            "SampleCount" => Self::SampleCount,
            _ => {
                let percent: f64 = word.strip_prefix('p')?.parse().ok()?;
                return (0.0..=100.0)
                    .contains(&percent)
                    .then_some(Self::Percentile(percent));
            }
        })
    }

    /// A statistic of latency, over the slowest twentieth that is measured.
    fn of_latency(self) -> f64 {
        match self {
            Self::Percentile(percent) if percent >= 95.0 => {
                ((percent - 95.0) / 5.0).mul_add(1.4, 1.0)
            }
            Self::Percentile(percent) => (percent / 95.0).powi(2).mul_add(0.7, 0.3),
            Self::Average => 0.5,
            Self::Minimum => 0.1,
            Self::Maximum => 2.4,
            Self::Sum | Self::SampleCount => 1.0,
        }
    }
}

/// Everything that values are read from.
pub(crate) struct Readings {
    pub history: History,
    pub streams: Vec<Stream>,
}

impl Readings {
    /// The value of a metric over some minutes; none where nothing was reported.
    pub fn value(
        &self,
        source: &Source,
        first: i64,
        minutes: i64,
        statistic: Statistic,
    ) -> Option<f64> {
        match source {
            Source::Silent => None,
            Source::Wave(wave) => Some(self.wave(wave, first)),
            Source::Lines {
                failures,
                per_failure,
                per_minute,
            } => {
                let of_minute = |minute| {
                    let failed = failures.map_or(0.0, |wave| self.wave(&wave, minute));
                    let failed = failed.min(log_lines::FAILURES_MAX as f64);
                    failed.mul_add(*per_failure, *per_minute).round()
                };
                Some((first..first + minutes).map(of_minute).sum())
            }
            Source::Measured { subject, measure } => {
                let values = (first..first + minutes)
                    .filter_map(|minute| self.history.get(*subject, *measure, minute));
                let value = fold(values, statistic)?;
                Some(match measure {
                    Measure::LatencyS => value * statistic.of_latency(),
                    _ => value,
                })
            }
        }
    }

    fn wave(&self, wave: &Wave, minute: i64) -> f64 {
        let Wave { key, noise, .. } = *wave;
        let level = match wave.shape {
            Shape::Follows { stream, idle, busy } => {
                let busyness = self.streams[stream].level(minute);
                (busy - idle).mul_add(busyness, idle)
            }
            Shape::Steady { level } => level,
            Shape::Climbs { low, high, hours } => {
                let round = hours * 60;
                let along = (minute + (key >> 40).cast_signed()).rem_euclid(round);
                (high - low).mul_add(along as f64 / round as f64, low)
            }
            Shape::Spikes {
                usual,
                high,
                a_day,
                minutes,
            } => match in_spike(key, minute, a_day, minutes) {
                true => high,
                false => usual,
            },
        };
        let value = (level * swing(key, minute).mul_add(noise, 1.0)).max(0.0);
        let scale = 10_f64.powi(wave.decimals);
        (value * scale).round() / scale
    }
}

/// Each quarter of a day may have one spike.
fn in_spike(key: u64, minute: i64, a_day: f64, minutes: i64) -> bool {
    const QUARTER: i64 = 6 * 60;
    let (quarter, along) = (minute.div_euclid(QUARTER), minute.rem_euclid(QUARTER));
    if unit(!key, quarter) >= a_day / 4.0 {
        return false;
    }
    let begins = (unit(key.rotate_left(9), quarter) * (QUARTER - minutes).max(1) as f64) as i64;
    (begins..begins + minutes).contains(&along)
}

fn fold(values: impl Iterator<Item = f64>, statistic: Statistic) -> Option<f64> {
    let (mut count, mut sum) = (0.0, 0.0);
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        count += 1.0;
        sum += value;
        least = least.min(value);
        most = most.max(value);
    }
    (count > 0.0).then_some(match statistic {
        Statistic::Sum => sum,
        Statistic::Maximum => most,
        Statistic::Minimum => least,
        Statistic::SampleCount => count,
        Statistic::Average | Statistic::Percentile(_) => sum / count,
    })
}

/// The metrics of the world by their names.
pub(crate) struct Metrics {
    by_name: HashMap<String, Source>,
}

impl Metrics {
    /// Those of the targets and the load balancers, whether an alarm looks or not.
    pub fn new(plans: &[&TargetPlan]) -> Self {
        let mut metrics = Self {
            by_name: HashMap::new(),
        };
        for (subject, plan) in plans.iter().enumerate() {
            metrics.add_target(subject, plan);
        }
        for (stream, plan) in STREAMS.iter().enumerate() {
            let Some(balancer) = plan.balancer else {
                continue;
            };
            let subject = plans.len() + stream;
            let dimensions = dimensions(&[("LoadBalancer", balancer)]);
            let source = Source::Measured {
                subject,
                measure: Measure::Requests,
            };
            let namespace = "AWS/ApplicationELB";
            metrics.add(plan.scope, namespace, "RequestCount", &dimensions, source);
        }
        watched::add_metrics(&mut metrics);
        metrics
    }

    fn add_target(&mut self, subject: usize, plan: &TargetPlan) {
        let scope = STREAMS[plan.stream].scope;
        let dimensions = target_dimensions(plan.kind, plan.name);
        let (cpu, capacity) = match plan.kind {
            TargetKind::EcsService => ("AWS/ECS", "ECS/ContainerInsights"),
            _ => ("AWS/EC2", "AWS/AutoScaling"),
        };
        let mut add = |namespace, name, measure| {
            let source = Source::Measured { subject, measure };
            self.add(scope, namespace, name, &dimensions, source);
        };
        add(cpu, "CPUUtilization", Measure::Cpu);
        match plan.kind {
            TargetKind::EcsService => {
                add(capacity, "DesiredTaskCount", Measure::Desired);
                add(capacity, "RunningTaskCount", Measure::InService);
                add(capacity, "PendingTaskCount", Measure::Pending);
            }
            _ => {
                add(capacity, "GroupMinSize", Measure::Min);
                add(capacity, "GroupDesiredCapacity", Measure::Desired);
                add(capacity, "GroupMaxSize", Measure::Max);
                add(capacity, "GroupInServiceInstances", Measure::InService);
                add(capacity, "GroupPendingInstances", Measure::Pending);
            }
        }
        if plan.work == Work::Queue {
            let queue = dimensions_of_queue(plan.name);
            let mut add = |name, measure| {
                let source = Source::Measured { subject, measure };
                self.add(scope, "AWS/SQS", name, &queue, source);
            };
            add("ApproximateAgeOfOldestMessage", Measure::AgeS);
            add("ApproximateNumberOfMessagesVisible", Measure::Backlog);
        }
    }

    /// Names a metric.
    pub fn add(
        &mut self,
        scope: usize,
        namespace: &str,
        name: &str,
        dimensions: &[(String, String)],
        source: Source,
    ) {
        self.by_name
            .insert(key(scope, namespace, name, dimensions), source);
    }

    /// Forgets a metric.
    pub fn remove(&mut self, scope: usize, namespace: &str, name: &str) {
        self.by_name.remove(&key(scope, namespace, name, &[]));
    }

    /// What a metric has for a dimension that alone tells its series apart.
    pub fn values_of(
        &self,
        scope: usize,
        namespace: &str,
        name: &str,
        dimension: &str,
    ) -> Vec<String> {
        let beginning = format!("{scope}\n{namespace}\n{name}\n{dimension}=");
        let named = self.by_name.keys();
        let values = named.filter_map(|key| key.strip_prefix(&beginning));
        let mut values: Vec<_> = values.map(str::to_owned).collect();
        values.sort();
        values
    }

    /// Where a metric's values come from.
    pub fn source(&self, scope: usize, metric: &MetricRef) -> Source {
        let name = key(scope, &metric.namespace, &metric.name, &metric.dimensions);
        self.by_name.get(&name).copied().unwrap_or(Source::Silent)
    }

    /// What the CloudWatch agent reports of memory and disks in an account and region.
    pub fn of_agent(&self, scope: usize) -> Vec<AgentMetric> {
        let beginning = format!("{scope}\n{AGENT}\n");
        let named = self.by_name.keys();
        let mut found: Vec<AgentMetric> = named
            .filter_map(|key| {
                let mut lines = key.strip_prefix(&beginning)?.split('\n');
                let name = lines.next()?.to_owned();
                let pairs = lines.filter_map(|line| line.split_once('='));
                let dimensions = pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
                Some(AgentMetric { name, dimensions })
            })
            .filter(|one| MEMORY.iter().chain(&DISK).any(|name| *name == one.name))
            .collect();
        // A map has no order of its own.
        found.sort_by(|a, b| (&a.name, &a.dimensions).cmp(&(&b.name, &b.dimensions)));
        found
    }

    /// A metric's values in `[from, until)`, of periods that have begun before
    /// the minute `end`. Where too many were asked for, periods are longer, as
    /// CloudWatch's console does it; what is not known gives no values.
    pub fn series(
        &self,
        readings: &Readings,
        scope: usize,
        metric: &MetricRef,
        statistic: Statistic,
        (from, until): (Timestamp, Timestamp),
        end: Timestamp,
    ) -> Series {
        let asked_ms = until.since_ms(from).max(0);
        let asked_minutes = i64::from(metric.period_s / 60).max(1);
        let points_max = limits::METRIC_POINTS_MAX.try_into().unwrap_or(i64::MAX);
        let room_ms = asked_minutes * MINUTE_MS * points_max;
        let rounds = asked_ms / room_ms + i64::from(asked_ms % room_ms != 0);
        let minutes = asked_minutes * rounds.max(1);
        let mut series = Series {
            period_s: u32::try_from(minutes * 60).unwrap_or(u32::MAX),
            ..Series::default()
        };
        let source = self.source(scope, metric);
        let period_ms = minutes * MINUTE_MS;
        let mut at_ms = (from.ms() + period_ms - 1).div_euclid(period_ms) * period_ms;
        while at_ms < until.ms().min(end.ms()) {
            if let Some(value) = readings.value(&source, at_ms / MINUTE_MS, minutes, statistic) {
                series.at.push(Timestamp::from_ms(at_ms));
                series.values.push(value);
            }
            at_ms += period_ms;
        }
        series
    }
}

fn key(scope: usize, namespace: &str, name: &str, dimensions: &[(String, String)]) -> String {
    let mut key = format!("{scope}\n{namespace}\n{name}");
    let mut sorted: Vec<_> = dimensions.iter().collect();
    sorted.sort();
    for (name, value) in sorted {
        key.push('\n');
        key.push_str(name);
        key.push('=');
        key.push_str(value);
    }
    key
}

/// Dimensions in the shape the contract has them, sorted by name.
pub(crate) fn dimensions(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut dimensions: Vec<_> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    dimensions.sort();
    dimensions
}

/// The dimensions of a target's own metrics.
pub(crate) fn target_dimensions(kind: TargetKind, name: &str) -> Vec<(String, String)> {
    match (kind, name.split_once('/')) {
        (TargetKind::EcsService, Some((cluster, service))) => {
            dimensions(&[("ClusterName", cluster), ("ServiceName", service)])
        }
        _ => dimensions(&[("AutoScalingGroupName", name)]),
    }
}

/// The dimensions of the queue that a group works on.
pub(crate) fn dimensions_of_queue(group: &str) -> Vec<(String, String)> {
    dimensions(&[("QueueName", &format!("{group}-jobs"))])
}
