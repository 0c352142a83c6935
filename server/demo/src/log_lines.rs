//! What the simulated programs write into their logs: functions say why they fail, as often as
//! their metric says that they do, and services tell of their requests.

use crate::{
    chance::unit,
    metrics::{Source, Statistic, dimensions},
    watched,
    world::World,
};
use domain::{
    alarms::MetricRef,
    log_lines::{LogLine, LogLines, LogQuestion, MetricFilter},
    time::{MINUTE_MS, Timestamp},
};

const FUNCTION: &str = "/aws/lambda/";
const SERVICES: &str = "/company/services";
const REQUESTS: &str = "{ $.event = \"request\" }";
/// What stands before a service's name in a pattern that is narrowed to it.
const OF_SERVICE: &str = "$.service = \"";
/// Failures that are told of one minute.
const FAILURES_MAX: i64 = 20;
/// Calls, or requests, that are told of one minute.
const CALLS: i64 = 3;
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

/// The filters that make a metric.
pub(crate) fn filters(_scope: usize, namespace: &str, metric: &str) -> Vec<MetricFilter> {
    let known = (namespace, metric) == ("Company/Services", "Latency");
    let filter = MetricFilter {
        group: SERVICES.to_owned(),
        name: "request-latency".to_owned(),
        pattern: REQUESTS.to_owned(),
        dimensions: vec![("Service".to_owned(), "$.service".to_owned())],
    };
    known.then_some(filter).into_iter().collect()
}

/// Lines of a log group; none where there is no such group.
pub(crate) fn lines(world: &World, scope: usize, question: &LogQuestion) -> Option<LogLines> {
    let mut found = Vec::new();
    let first = question.from.ms().div_euclid(MINUTE_MS);
    let last = question.until.min(world.now()).ms().div_euclid(MINUTE_MS);
    if let Some(function) = question.group.strip_prefix(FUNCTION) {
        let of = dimensions(&[("FunctionName", function)]);
        let errors = metric(world, scope, ("AWS/Lambda", "Errors"), of);
        let listed = watched::functions(scope);
        if errors.is_none() && !listed.iter().any(|name| name == function) {
            return None;
        }
        for minute in first..=last {
            let failed = value(world, errors, minute, Statistic::Sum).unwrap_or_default();
            let failed = (failed as i64).min(FAILURES_MAX);
            for number in 0..failed + CALLS {
                let all = question.pattern.is_empty();
                call(function, minute, (number, failed), all, &mut found);
            }
        }
    } else if question.group == SERVICES {
        let (_, after) = question.pattern.split_once(OF_SERVICE)?;
        let service = after.split('"').next().unwrap_or_default();
        let of = dimensions(&[("Service", service)]);
        let latency = metric(world, scope, ("Company/Services", "Latency"), of);
        for minute in first..=last {
            let seconds = value(world, latency, minute, Statistic::Percentile(95.0));
            for number in 0..seconds.map_or(0, |_| CALLS) {
                let seconds = seconds.unwrap_or_default();
                found.push(request(service, minute, number, seconds));
            }
        }
    } else {
        return None;
    }
    found.retain(|line| (question.from..=question.until.min(world.now())).contains(&line.at));
    found.sort_by_key(|line| line.at);
    let more = found.len() > question.lines_max;
    found.truncate(question.lines_max);
    Some(LogLines { lines: found, more })
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
fn call(
    function: &str,
    minute: i64,
    (number, failed): (i64, i64),
    all: bool,
    found: &mut Vec<LogLine>,
) {
    let key = key_of(function);
    let own = minute * 64 + number;
    let at = minute * MINUTE_MS + (unit(key, own) * 58_000.0) as i64;
    let took_ms = unit(key, own).mul_add(480.0, 35.0);
    let id = uuid(key, own);
    let stream = stream(key, minute);
    let mut write = |ms: i64, text: String| {
        found.push(LogLine::read(Timestamp::from_ms(at + ms), &stream, &text));
    };
    if all {
        write(0, format!("START RequestId: {id} Version: $LATEST"));
    }
    if number < failed {
        let which = (unit(!key, minute.div_euclid(30)) * FAILURES.len() as f64) as usize;
        let why = FAILURES.get(which).copied().unwrap_or_default();
        let when = Timestamp::from_ms(at + 20);
        write(20, format!("{when}\t{id}\tERROR\tInvoke Error\t{why}"));
    }
    if all {
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
