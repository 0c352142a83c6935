//! Alarms on what the world does not measure: databases, functions, disks,
//! queues. Their metrics are made up; each row of the table says how.

use super::draft::{Draft, Maker, Tells};
use crate::{
    chance::Dice,
    estate::{PROD, SEOUL, US_PROD, VIRGINIA},
    metrics::{Shape, Source, Wave, dimensions},
};
use domain::{alarms::definition::MissingData, step_policies::Comparison};

/// An alarm and its metric.
#[derive(Clone, Copy)]
struct Row {
    scope: usize,
    /// What it watches: the value of the metric's dimension.
    of: &'static str,
    /// The alarm's name after that.
    what: &'static str,
    text: &'static str,
    namespace: &'static str,
    metric: &'static str,
    dimension: &'static str,
    statistic: &'static str,
    unit: &'static str,
    /// None reports nothing.
    shape: Option<Shape>,
    noise: f64,
    decimals: i32,
    comparison: Comparison,
    threshold: f64,
    /// M out of N.
    points: (usize, usize),
    missing: MissingData,
    tells: Tells,
}

const DATABASE: Row = Row {
    scope: SEOUL,
    of: "prod-course-db",
    what: "cpu-high",
    text: "The database is busy; look for slow queries before you add readers.",
    namespace: "AWS/RDS",
    metric: "CPUUtilization",
    dimension: "DBInstanceIdentifier",
    statistic: "Average",
    unit: "Percent",
    shape: Some(busy(PROD, 9.0, 52.0)),
    noise: 0.04,
    decimals: 2,
    comparison: Comparison::Greater,
    threshold: 80.0,
    points: (2, 3),
    missing: MissingData::Missing,
    tells: Tells::People,
};

const CONNECTIONS: Row = Row {
    what: "connections-high",
    text: "Connections run out at 1,000: a leak, or more tasks than the pool was sized for.",
    metric: "DatabaseConnections",
    unit: "Count",
    shape: Some(busy(PROD, 90.0, 720.0)),
    decimals: 0,
    threshold: 850.0,
    ..DATABASE
};

const STORAGE: Row = Row {
    what: "storage-low",
    text: "Under ten gigabytes are left; storage grows by a change request.",
    metric: "FreeStorageSpace",
    unit: "Bytes",
    shape: Some(climbs(140e9, 96e9, 700)),
    noise: 0.002,
    decimals: 0,
    comparison: Comparison::Less,
    threshold: 10e9,
    ..DATABASE
};

const FUNCTION: Row = Row {
    what: "lambda-errors",
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimension: "FunctionName",
    statistic: "Sum",
    unit: "Count",
    shape: Some(spikes(0.0, 9.0, 0.25, 25)),
    decimals: 0,
    threshold: 3.0,
    missing: MissingData::NotBreaching,
    ..DATABASE
};

const CANARY: Row = Row {
    what: "canary",
    text: "The robot that plays a student fails where students would.",
    namespace: "CloudWatchSynthetics",
    metric: "SuccessPercent",
    dimension: "CanaryName",
    shape: Some(spikes(100.0, 60.0, 0.15, 15)),
    noise: 0.0,
    comparison: Comparison::Less,
    threshold: 90.0,
    missing: MissingData::Breaching,
    ..DATABASE
};

const DISK: Row = Row {
    what: "disk-used",
    text: "The disk fills up; the log rotation is the usual culprit.",
    namespace: "CWAgent",
    metric: "disk_used_percent",
    dimension: "AutoScalingGroupName",
    statistic: "Maximum",
    noise: 0.004,
    threshold: 90.0,
    ..DATABASE
};

const DEAD_LETTERS: Row = Row {
    what: "dead-letters",
    text: "Messages that nobody could handle: read one, mend the cause, send them back.",
    namespace: "AWS/SQS",
    metric: "ApproximateNumberOfMessagesVisible",
    dimension: "QueueName",
    statistic: "Maximum",
    unit: "Count",
    noise: 0.0,
    decimals: 0,
    threshold: 0.0,
    points: (1, 1),
    ..DATABASE
};

#[rustfmt::skip]
const ROWS: [Row; 26] = [
    DATABASE,
    CONNECTIONS,
    STORAGE,
    Row { of: "prod-enrol-db", ..DATABASE },
    Row { of: "prod-enrol-db", shape: Some(busy(PROD, 90.0, 640.0)), ..CONNECTIONS },
    Row { of: "prod-enrol-db", shape: Some(climbs(120e9, 61e9, 530)), ..STORAGE },
    Row { of: "us-prod-course-db", scope: VIRGINIA, shape: Some(busy(US_PROD, 8.0, 47.0)), ..DATABASE },
    Row { of: "us-prod-course-db", scope: VIRGINIA, shape: Some(busy(US_PROD, 60.0, 420.0)), ..CONNECTIONS },
    Row { of: "us-prod-course-db", scope: VIRGINIA, shape: Some(climbs(88e9, 70e9, 410)), ..STORAGE },
    Row { of: "staging-course-db", shape: Some(steady(7.4e9)), ..STORAGE },
    Row {
        of: "prod-course-db-reader",
        what: "replica-lag",
        text: "The reader is behind: students see old marks.",
        metric: "ReplicaLag",
        unit: "Seconds",
        shape: Some(spikes(0.3, 45.0, 0.4, 20)),
        threshold: 30.0,
        ..DATABASE
    },
    Row { of: "prod-payment-webhook", text: "Payments may not be booked: tell finance.", ..FUNCTION },
    Row { of: "prod-certificate-issuer", text: "Certificates fail; they can be issued again later.", ..FUNCTION },
    Row { of: "prod-video-thumbnail", text: "New lectures have no picture yet.", ..FUNCTION },
    Row { of: "us-prod-payment-webhook", scope: VIRGINIA, text: "Payments may not be booked: tell finance.", ..FUNCTION },
    Row { of: "staging-payment-webhook", text: "The rehearsal of payments fails.", tells: Tells::Nobody, ..FUNCTION },
    Row { of: "prod-login", ..CANARY },
    Row { of: "prod-checkout", ..CANARY },
    Row { of: "web-prod", shape: Some(climbs(31.0, 58.0, 96)), ..DISK },
    Row { of: "worker-prod", shape: Some(climbs(40.0, 88.0, 60)), ..DISK },
    Row { of: "us-web-prod", scope: VIRGINIA, shape: Some(climbs(30.0, 55.0, 110)), ..DISK },
    Row { of: "batch-dev", shape: Some(steady(93.0)), ..DISK },
    Row { of: "prod-email", shape: Some(steady(14.0)), ..DEAD_LETTERS },
    Row { of: "prod-payment", shape: Some(steady(0.0)), ..DEAD_LETTERS },
    Row {
        of: "prod-session",
        what: "cache-memory",
        text: "Sessions will be thrown out when the cache is full: students sign in again.",
        namespace: "AWS/ElastiCache",
        metric: "DatabaseMemoryUsagePercentage",
        dimension: "CacheClusterId",
        shape: Some(busy(PROD, 41.0, 71.0)),
        threshold: 85.0,
        ..DATABASE
    },
    Row {
        of: "prod",
        what: "backup-age",
        text: "Hours since the last backup. Reports only after the first nightly run.",
        namespace: "Company/Backup",
        metric: "AgeHours",
        dimension: "Vault",
        unit: "",
        shape: None,
        threshold: 26.0,
        ..DATABASE
    },
];

const fn busy(stream: usize, idle: f64, busy: f64) -> Shape {
    Shape::Follows { stream, idle, busy }
}

const fn climbs(low: f64, high: f64, hours: i64) -> Shape {
    Shape::Climbs { low, high, hours }
}

const fn steady(level: f64) -> Shape {
    Shape::Steady { level }
}

const fn spikes(usual: f64, high: f64, a_day: f64, minutes: i64) -> Shape {
    Shape::Spikes {
        usual,
        high,
        a_day,
        minutes,
    }
}

/// The alarms of the table.
pub(super) fn drafts(dice: &mut Dice) -> Vec<Draft> {
    let draft = |row: &Row| make(row, row.of, row.text, dice);
    ROWS.iter().map(draft).collect()
}

fn make(row: &Row, of: &str, text: &str, dice: &mut Dice) -> Draft {
    let wave = |shape, key| {
        Source::Wave(Wave {
            key,
            shape,
            noise: row.noise,
            decimals: row.decimals,
        })
    };
    let key = dice.number();
    Maker {
        scope: row.scope,
        name: format!("{of}-{}", row.what),
        description: text.into(),
        namespace: row.namespace,
        metric: row.metric,
        dimensions: dimensions(&[(row.dimension, of)]),
        statistic: row.statistic,
        period_s: 300,
        unit: row.unit,
        source: row.shape.map_or(Source::Silent, |shape| wave(shape, key)),
        comparison: row.comparison,
        threshold: row.threshold,
        points: row.points,
        missing: row.missing,
        tells: row.tells,
    }
    .draft()
}

/// One of many: an alarm on one of the company's smaller functions.
pub(super) fn plain(number: usize, dice: &mut Dice) -> Draft {
    const AREAS: [&str; 10] = [
        "live-chat",
        "homework-grader",
        "certificate",
        "video-transcode",
        "payment-retry",
        "coupon",
        "lecture-search",
        "notification",
        "recommendation",
        "attendance",
    ];
    const KINDS: [(&str, &str, f64, f64); 4] = [
        ("errors", "Errors", 0.0, 12.0),
        ("duration", "Duration", 340.0, 4_200.0),
        ("throttles", "Throttles", 0.0, 30.0),
        ("iterator-age", "IteratorAge", 900.0, 240_000.0),
    ];
    let environment = match number % 10 {
        0..=5 => "prod",
        6 | 7 => "staging",
        _ => "dev",
    };
    let american = environment == "prod" && number % 6 == 5;
    let silent = number % 40 == 39;
    let area = AREAS[number / 10 % AREAS.len()];
    let (what, metric, usual, high) = KINDS[number / 100 % KINDS.len()];
    let row = Row {
        scope: if american { VIRGINIA } else { SEOUL },
        what,
        metric,
        unit: "",
        statistic: "Average",
        shape: (!silent).then_some(spikes(usual, high, 0.5, 30)),
        noise: 0.04,
        decimals: 2,
        threshold: usual.midpoint(high),
        missing: MissingData::Missing,
        ..FUNCTION
    };
    let function = format!("{environment}-{area}-{number:05}");
    let text = format!("The {area} function misbehaves; its log group says why.");
    make(&row, &function, &text, dice)
}
