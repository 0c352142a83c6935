//! What the simulated programs write into their logs: functions say why they fail, as often as
//! their metric says that they do, and services tell of their requests.

use crate::{
    chance::unit,
    metrics::{Source, Statistic, dimensions},
    patterns::Pattern,
    watched,
    world::{Refusal, World},
};
use domain::{
    alarms::MetricRef,
    log_filters::{CountedLines, LiveFilter},
    log_lines::{LogLine, LogLines, LogQuestion, MetricFilter},
    time::{MINUTE_MS, Timestamp},
};

const FUNCTION: &str = "/aws/lambda/";
const SERVICES: &str = "/company/services";
/// The filter that makes a metric of the services' requests.
const LATENCY: &str = "request-latency";
const REQUESTS: &str = "{ $.event = \"request\" }";
/// Failures that are told of one minute.
pub(crate) const FAILURES_MAX: i64 = 20;
/// Calls, or requests, that are told of one minute.
const CALLS: i64 = 3;
/// Half hours of which lines are looked at to tell how many fit.
const SAMPLES: i64 = 40;
/// What functions fail with.
const FAILURES: [&str; 4] = [
    "{\"errorType\":\"Error\",\"errorMessage\":\"connect ETIMEDOUT 10.0.12.41:5432\",\
     \"stack\":[\"at TCPConnectWrap.afterConnect [as oncomplete] (net.js:1555:16)\"]}",
    "{\"errorType\":\"UpstreamError\",\"errorMessage\":\"provider answered 503 after 3 attempts\",\
     \"stack\":[\"at settle (/var/task/pay/provider.js:88:11)\",\"at async handler (/var/task/index.js:21:5)\"]}",
    "{\"errorType\":\"TypeError\",\"errorMessage\":\"Cannot read properties of undefined (reading 'amount')\",\
     \"stack\":[\"at book (/var/task/index.js:47:30)\"]}",
    "{\"errorType\":\"ConditionalCheckFailed\",\"errorMessage\":\"the receipt was booked before\",\
     \"stack\":[\"at put (/var/task/ledger.js:31:9)\"]}",
];

/// A metric filter that was put.
#[derive(Debug)]
pub(crate) struct PutFilter {
    scope: usize,
    lines: CountedLines,
    /// Its namespace and name.
    metric: (String, String),
}

/// The filters that make a metric.
pub(crate) fn filters(
    world: &World,
    scope: usize,
    namespace: &str,
    metric: &str,
) -> Vec<MetricFilter> {
    let known = (namespace, metric) == ("Company/Services", "Latency");
    let filter = MetricFilter {
        group: SERVICES.to_owned(),
        name: LATENCY.to_owned(),
        pattern: REQUESTS.to_owned(),
        dimensions: vec![("Service".to_owned(), "$.service".to_owned())],
    };
    let makes = |put: &&PutFilter| {
        put.scope == scope && put.metric.0 == namespace && put.metric.1 == metric
    };
    let put = world.filters.iter().filter(makes);
    let put = put.map(|PutFilter { lines, .. }| MetricFilter {
        group: lines.group.clone(),
        name: lines.filter.clone(),
        pattern: lines.pattern.clone(),
        dimensions: Vec::new(),
    });
    known.then_some(filter).into_iter().chain(put).collect()
}

/// The filters of a log group; none where there is no such group.
pub(crate) fn filters_of(world: &World, scope: usize, group: &str) -> Option<Vec<LiveFilter>> {
    Group::named(world, scope, group)?;
    let latency = LiveFilter {
        name: LATENCY.to_owned(),
        pattern: REQUESTS.to_owned(),
        counts: None,
    };
    let own = world.filters.iter();
    let own = own.filter(|put| put.scope == scope && put.lines.group == group);
    let own = own.map(|put| LiveFilter {
        name: put.lines.filter.clone(),
        pattern: put.lines.pattern.clone(),
        counts: Some(put.metric.clone()),
    });
    let known = (group == SERVICES).then_some(latency);
    Some(known.into_iter().chain(own).collect())
}

/// Puts a filter that counts lines, in place of one of its name.
pub(crate) fn put_filter(
    world: &mut World,
    scope: usize,
    lines: &CountedLines,
    (namespace, metric): (&str, &str),
) -> Result<(), Refusal> {
    let pattern = Pattern::read(&lines.pattern).map_err(Refusal::invalid)?;
    let group = Group::named(world, scope, &lines.group).ok_or_else(no_group)?;
    let source = group.counted(&pattern);
    delete_filter(world, scope, &lines.group, &lines.filter);
    world.metrics.add(scope, namespace, metric, &[], source);
    world.alarms.rewire(scope, (namespace, metric), source);
    world.filters.push(PutFilter {
        scope,
        lines: lines.clone(),
        metric: (namespace.to_owned(), metric.to_owned()),
    });
    Ok(())
}

/// Deletes a filter; one that is not there is passed over.
pub(crate) fn delete_filter(world: &mut World, scope: usize, group: &str, filter: &str) {
    let is_it = |put: &PutFilter| {
        put.scope == scope && put.lines.group == group && put.lines.filter == filter
    };
    let Some(gone) = world.filters.iter().position(is_it) else {
        return;
    };
    let PutFilter { metric, .. } = world.filters.remove(gone);
    world.metrics.remove(scope, &metric.0, &metric.1);
    let metric = (metric.0.as_str(), metric.1.as_str());
    world.alarms.rewire(scope, metric, Source::Silent);
}

fn no_group() -> Refusal {
    Refusal::not_found("The specified log group does not exist.".to_owned())
}

/// A log group, by what writes into it.
enum Group {
    /// A function, with how often it fails.
    Function(String, Option<Source>),
    /// Services, with how slow each is.
    Services(Vec<(String, Option<Source>)>),
}

impl Group {
    fn named(world: &World, scope: usize, name: &str) -> Option<Self> {
        if name == SERVICES {
            let metric = ("Company/Services", "Latency");
            let services = world
                .metrics
                .values_of(scope, metric.0, metric.1, "Service");
            let services = services.into_iter().map(|service| {
                let of = dimensions(&[("Service", &service)]);
                let latency = self::metric(world, scope, metric, of);
                (service, latency)
            });
            return Some(Self::Services(services.collect()));
        }
        let function = name.strip_prefix(FUNCTION)?;
        let of = dimensions(&[("FunctionName", function)]);
        let errors = metric(world, scope, ("AWS/Lambda", "Errors"), of);
        let listed = watched::functions(scope);
        let is_there = errors.is_some() || listed.iter().any(|own| own == function);
        is_there.then(|| Self::Function(function.to_owned(), errors))
    }

    /// Every line of a minute.
    fn minute(&self, world: &World, minute: i64, found: &mut Vec<LogLine>) {
        match self {
            Self::Function(name, errors) => {
                let failed = value(world, *errors, minute, Statistic::Sum).unwrap_or_default();
                let failed = (failed as i64).min(FAILURES_MAX);
                for number in 0..failed + CALLS {
                    call(name, minute, (number, failed), found);
                }
            }
            Self::Services(services) => {
                for (service, latency) in services {
                    let seconds = value(world, *latency, minute, Statistic::Percentile(95.0));
                    let Some(seconds) = seconds else { continue };
                    for number in 0..CALLS {
                        found.push(request(service, minute, number, seconds));
                    }
                }
            }
        }
    }

    /// How many lines fit, as a metric.
    fn counted(&self, pattern: &Pattern) -> Source {
        let fitting = |lines: &[LogLine]| {
            let fits = lines.iter().filter(|line| pattern.fits(&line.text));
            fits.count() as f64
        };
        match self {
            Self::Function(name, errors) => {
                // What functions fail with changes by the half hour.
                let of = |failed: i64| {
                    let mut lines = Vec::new();
                    let minutes = (0..SAMPLES).map(|half_hour| half_hour * 30);
                    minutes.for_each(|minute| call(name, minute, (0, failed), &mut lines));
                    fitting(&lines) / SAMPLES as f64
                };
                Source::Lines {
                    failures: match errors {
                        Some(Source::Wave(wave)) => Some(*wave),
                        _ => None,
                    },
                    per_failure: of(1),
                    per_minute: of(0) * CALLS as f64,
                }
            }
            Self::Services(services) => {
                let lines = services.iter().map(|(name, _)| request(name, 0, 0, 1.0));
                let lines: Vec<_> = lines.collect();
                Source::Lines {
                    failures: None,
                    per_failure: 0.0,
                    per_minute: fitting(&lines) * CALLS as f64,
                }
            }
        }
    }
}

/// Lines of a log group.
pub(crate) fn lines(
    world: &World,
    scope: usize,
    question: &LogQuestion,
) -> Result<LogLines, Refusal> {
    let pattern = Pattern::read(&question.pattern).map_err(Refusal::invalid)?;
    let group = Group::named(world, scope, &question.group).ok_or_else(no_group)?;
    let mut found = Vec::new();
    let until = question.until.min(world.now());
    let minute = |at: Timestamp| at.ms().div_euclid(MINUTE_MS);
    for minute in minute(question.from)..=minute(until) {
        group.minute(world, minute, &mut found);
    }
    let asked = question.from..=until;
    found.retain(|line| asked.contains(&line.at) && pattern.fits(&line.text));
    found.sort_by_key(|line| line.at);
    let more = found.len() > question.lines_max;
    found.truncate(question.lines_max);
    Ok(LogLines { lines: found, more })
}

fn metric(
    world: &World,
    scope: usize,
    (namespace, name): (&str, &str),
    dimensions: Vec<(String, String)>,
) -> Option<Source> {
    let wanted = MetricRef {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions,
        statistic: String::new(),
        period_s: 60,
        unit: String::new(),
    };
    match world.metrics.source(scope, &wanted) {
        Source::Silent => None,
        source => Some(source),
    }
}

fn value(world: &World, of: Option<Source>, minute: i64, statistic: Statistic) -> Option<f64> {
    world.readings.value(&of?, minute, 1, statistic)
}

/// What one call writes: those that fail come first in their minute's numbers.
fn call(function: &str, minute: i64, (number, failed): (i64, i64), found: &mut Vec<LogLine>) {
    let key = key_of(function);
    let own = minute * 64 + number;
    let at = minute * MINUTE_MS + (unit(key, own) * 58_000.0) as i64;
    let took_ms = unit(key, own).mul_add(480.0, 35.0);
    let id = uuid(key, own);
    let stream = stream(key, minute);
    let mut write = |ms: i64, text: String| {
        found.push(LogLine::read(Timestamp::from_ms(at + ms), &stream, &text));
    };
    write(0, format!("START RequestId: {id} Version: $LATEST"));
    if number < failed {
        let which = (unit(!key, minute.div_euclid(30)) * FAILURES.len() as f64) as usize;
        let why = FAILURES.get(which).copied().unwrap_or_default();
        let when = Timestamp::from_ms(at + 20);
        write(20, format!("{when}\t{id}\tERROR\tInvoke Error\t{why}"));
    }
    write(21, format!("END RequestId: {id}"));
    write(
        22,
        format!(
            "REPORT RequestId: {id}\tDuration: {took_ms:.2} ms\tBilled Duration: {:.0} ms\t\
             Memory Size: 256 MB\tMax Memory Used: 91 MB",
            took_ms.ceil()
        ),
    );
}

fn request(service: &str, minute: i64, number: i64, slow_s: f64) -> LogLine {
    let key = key_of(service);
    let own = minute * 64 + number;
    let at = minute * MINUTE_MS + (unit(key, own) * 58_000.0) as i64;
    let seconds = unit(!key, own).mul_add(0.7, 0.3) * slow_s;
    let text = format!(
        "{{\"event\":\"request\",\"service\":\"{service}\",\"method\":\"POST\",\
         \"route\":\"/courses/{{id}}/enrolments\",\"status\":200,\"seconds\":{seconds:.3}}}"
    );
    let stream = format!("{service}/{:08x}", key >> 32);
    LogLine::read(Timestamp::from_ms(at), &stream, &text)
}

/// FNV-1a: the same for the same name.
fn key_of(name: &str) -> u64 {
    let step = |key: u64, byte: u8| (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

fn uuid(key: u64, n: i64) -> String {
    let part = |round: u64, bits: u32| {
        let share = unit(key.rotate_left(11) ^ round, n);
        (share * 2_f64.powi(bits.cast_signed())) as u64
    };
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        part(1, 32),
        part(2, 16),
        part(3, 12),
        part(4, 12),
        part(5, 48)
    )
}

fn stream(key: u64, minute: i64) -> String {
    let at = Timestamp::from_ms(minute * MINUTE_MS).to_string();
    let day = at.get(..10).unwrap_or_default().replace('-', "/");
    let hour = minute.div_euclid(60);
    format!("{day}/[$LATEST]{}", uuid(key, hour).replace('-', ""))
}
