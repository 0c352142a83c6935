//! Numbers over time: each target's capacity, and sums per environment.

use crate::{
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Value, statements},
    transaction::{Read, Tx},
};
use domain::{
    estate::{Environment, Scope},
    ids::TargetId,
    limits,
    people::Reach,
    time::Timestamp,
};
use std::collections::BTreeMap;

/// Names of metrics.
pub mod metric {
    /// Instances and tasks in service.
    pub const IN_SERVICE: &str = "in_service";
    /// Instances and tasks wanted.
    pub const DESIRED: &str = "desired";
    /// Requests per minute at the load balancers.
    pub const REQUESTS_PER_MINUTE: &str = "requests_per_minute";
}

statements! { "capacity_samples";
    SAMPLE_TARGETS =
        "INSERT INTO capacity_samples (target_id, at_ms, capacity_min, capacity_desired,
            capacity_max, in_service)
        SELECT id, CAST($3 AS BIGINT), capacity_min, capacity_desired, capacity_max, in_service
        FROM targets WHERE account = $1 AND region = $2 AND gone_at_ms IS NULL
        ON CONFLICT (target_id, at_ms) DO NOTHING";
    SAMPLE_SUMS =
        "INSERT INTO metric_samples (metric, environment, source, at_ms, value)
        SELECT 'in_service', environment, account || '/' || region, CAST($3 AS BIGINT),
            CAST(SUM(in_service) AS DOUBLE PRECISION)
        FROM targets WHERE account = $1 AND region = $2 AND gone_at_ms IS NULL
        GROUP BY environment, account, region
        UNION ALL
        SELECT 'desired', environment, account || '/' || region, CAST($3 AS BIGINT),
            CAST(SUM(capacity_desired) AS DOUBLE PRECISION)
        FROM targets WHERE account = $1 AND region = $2 AND gone_at_ms IS NULL
        GROUP BY environment, account, region
        ON CONFLICT (metric, at_ms, environment, source) DO UPDATE SET value = excluded.value";
    RANGE =
        "SELECT s.* FROM capacity_samples s
        WHERE s.target_id = $1 AND s.at_ms IN
            (SELECT MAX(at_ms) FROM capacity_samples
            WHERE target_id = $1 AND at_ms >= $2 AND at_ms < $3
            GROUP BY (at_ms - $2) / $4)
        ORDER BY s.at_ms";
    BELOW_SINCE =
        "SELECT MIN(at_ms) AS since_ms FROM capacity_samples
        WHERE target_id = $1 AND at_ms > COALESCE(
            (SELECT at_ms FROM capacity_samples
            WHERE target_id = $1 AND in_service >= capacity_desired
            ORDER BY at_ms DESC LIMIT 1), 0)";
    PURGE_TARGETS = "DELETE FROM capacity_samples WHERE at_ms < $1";
    PURGE_SUMS = "DELETE FROM metric_samples WHERE at_ms < $1";
}
const LAST_OF_EACH: Statement = Statement::beginning(
    "LAST_OF_EACH",
    "capacity_samples",
    // Each part asks the primary key for its last sample: however many there are, so many are
    // read. Pairs are compared, or PostgreSQL takes the index of all targets' instants instead.
    "WITH RECURSIVE parts (from_ms) AS (
        SELECT CAST($1 AS BIGINT)
        UNION ALL SELECT from_ms + $2 FROM parts WHERE from_ms + $2 < $3),
    last (target_id, from_ms, at_ms) AS (
        SELECT t.id, p.from_ms, (SELECT s.at_ms FROM capacity_samples s
            WHERE (s.target_id, s.at_ms) >= (t.id, p.from_ms)
                AND (s.target_id, s.at_ms) < (t.id, p.from_ms + $2)
            ORDER BY s.target_id DESC, s.at_ms DESC LIMIT 1)
        FROM targets t CROSS JOIN parts p WHERE t.id IN ",
);
const LAST_OF_EACH_END: &str = ")
    SELECT l.target_id, l.from_ms, s.at_ms, s.capacity_min, s.capacity_desired,
        s.capacity_max, s.in_service
    FROM last l JOIN capacity_samples s ON s.target_id = l.target_id AND s.at_ms = l.at_ms
    ORDER BY l.target_id, l.from_ms";
const INSERT_CAPACITY: Statement = Statement::beginning(
    "INSERT_CAPACITY",
    "capacity_samples",
    "INSERT INTO capacity_samples (target_id, at_ms, capacity_min, capacity_desired,
        capacity_max, in_service) VALUES ",
);
const INSERT_CAPACITY_END: &str = " ON CONFLICT (target_id, at_ms) DO NOTHING";
const INSERT: Statement = Statement::beginning(
    "INSERT",
    "metric_samples",
    "INSERT INTO metric_samples (metric, environment, source, at_ms, value) VALUES ",
);
const INSERT_END: &str =
    " ON CONFLICT (metric, at_ms, environment, source) DO UPDATE SET value = excluded.value";
const SERIES: Statement = Statement::beginning(
    "SERIES",
    "metric_samples",
    "SELECT environment, bucket, SUM(mean) AS value FROM
        (SELECT environment, source, at_ms / $1 AS bucket, AVG(value) AS mean
        FROM metric_samples WHERE metric = $2 AND at_ms >= $3 AND at_ms < $4",
);
const SERIES_END: &str = " GROUP BY environment, source, at_ms / $1) means
    GROUP BY environment, bucket ORDER BY environment, bucket";

/// A target's capacity at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapacitySample {
    /// When.
    pub at: Timestamp,
    /// Minimum.
    pub min: u32,
    /// Desired.
    pub desired: u32,
    /// Maximum.
    pub max: u32,
    /// In service.
    pub in_service: u32,
}

/// A number of an environment, from one source.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricSample {
    /// One of [`metric`].
    pub metric: String,
    /// Its environment.
    pub environment: Environment,
    /// Where it comes from; the numbers of different sources add up.
    pub source: String,
    /// When.
    pub at: Timestamp,
    /// The number.
    pub value: f64,
}

/// A number of an environment over a bucket of time.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesPoint {
    /// The environment.
    pub environment: Environment,
    /// Start of the bucket.
    pub at: Timestamp,
    /// The mean of each source, summed over the sources.
    pub value: f64,
}

fn sample(row: &Row) -> Result<CapacitySample, StoreError> {
    Ok(CapacitySample {
        at: row.at("at_ms")?,
        min: row.count("capacity_min")?,
        desired: row.count("capacity_desired")?,
        max: row.count("capacity_max")?,
        in_service: row.count("in_service")?,
    })
}

fn last_of_each(targets: &[TargetId], from: Timestamp, until: Timestamp, part_ms: i64) -> Sql {
    let mut sql = LAST_OF_EACH.bind(from).bind(part_ms).bind(until);
    sql.push_list(targets.iter().copied().map(Value::from))
        .push(LAST_OF_EACH_END);
    sql
}

fn insert(samples: &[&MetricSample]) -> Sql {
    let mut sql = INSERT.sql();
    for (index, sample) in samples.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " });
        sql.push_list([
            Value::from(sample.metric.as_str()),
            Value::from(&sample.environment),
            Value::from(sample.source.as_str()),
            Value::from(sample.at),
            Value::from(sample.value),
        ]);
    }
    sql.push(INSERT_END);
    sql
}

fn insert_capacity(target: TargetId, samples: &[CapacitySample]) -> Sql {
    let mut sql = INSERT_CAPACITY.sql();
    for (index, sample) in samples.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " });
        sql.push_list([
            Value::from(target),
            Value::from(sample.at),
            Value::from(sample.min),
            Value::from(sample.desired),
            Value::from(sample.max),
            Value::from(sample.in_service),
        ]);
    }
    sql.push(INSERT_CAPACITY_END);
    sql
}

fn series(metric: &str, reach: &Reach, from: Timestamp, until: Timestamp, bucket_ms: i64) -> Sql {
    let mut sql = SERIES.bind(bucket_ms).bind(metric).bind(from).bind(until);
    sql.within("environment", reach).push(SERIES_END);
    sql
}

/// The statements that are put together, with made-up values.
pub(crate) fn examples() -> Examples {
    let at = Timestamp::from_ms(0);
    let sample = MetricSample {
        metric: "x".into(),
        environment: "x".into(),
        source: "x".into(),
        at,
        value: 0.0,
    };
    let reach = Reach::Only(vec!["x".into()]);
    let capacity = CapacitySample {
        at,
        min: 0,
        desired: 0,
        max: 0,
        in_service: 0,
    };
    vec![
        (INSERT.name, insert(&[&sample, &sample])),
        (
            INSERT_CAPACITY.name,
            insert_capacity(TargetId::from_parts(0, 0), &[capacity, capacity]),
        ),
        (SERIES.name, series("x", &reach, at, at, 1)),
        (
            LAST_OF_EACH.name,
            last_of_each(&[TargetId::from_parts(0, 0)], at, at.plus_ms(2), 1),
        ),
    ]
}

impl Read<'_> {
    /// A target's samples in `[from, until)`, ascending: all of them, or the last
    /// of each of [`limits::CAPACITY_POINTS_MAX`] equal parts when there are more.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn capacity_samples(
        &mut self,
        target: TargetId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CapacitySample>, StoreError> {
        let points = i64::try_from(limits::CAPACITY_POINTS_MAX).unwrap_or(i64::MAX);
        let length_ms = until.since_ms(from).max(0);
        // Rounded up, or one part more than allowed would come out.
        let bucket_ms = (length_ms / points + i64::from(length_ms % points != 0)).max(1);
        let sql = RANGE.bind(target).bind(from).bind(until).bind(bucket_ms);
        self.all(sql).await?.iter().map(sample).collect()
    }

    /// The first sample since which a target has been below what it wants in each; none
    /// when it was not in the last.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn below_desired_since(
        &mut self,
        target: TargetId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = self.one(BELOW_SINCE.bind(target)).await?;
        row.at_or_none("since_ms")
    }

    /// The last sample of each target in every part, `part_ms` long, that begins in
    /// `[from, until)`: by target, ascending, with the start of its part.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn last_samples(
        &mut self,
        targets: &[TargetId],
        from: Timestamp,
        until: Timestamp,
        part_ms: i64,
    ) -> Result<BTreeMap<TargetId, Vec<(Timestamp, CapacitySample)>>, StoreError> {
        let mut found: BTreeMap<TargetId, Vec<_>> = BTreeMap::new();
        if targets.is_empty() || from >= until {
            return Ok(found);
        }
        let sql = last_of_each(targets, from, until, part_ms.max(1));
        for row in self.all(sql).await? {
            let of_target = found.entry(row.parse("target_id")?).or_default();
            of_target.push((row.at("from_ms")?, sample(&row)?));
        }
        Ok(found)
    }

    /// A metric per environment in buckets of `bucket_ms` that begin at its
    /// multiples; empty buckets are left out.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn environment_series(
        &mut self,
        metric: &str,
        reach: &Reach,
        from: Timestamp,
        until: Timestamp,
        bucket_ms: i64,
    ) -> Result<Vec<SeriesPoint>, StoreError> {
        let bucket_ms = bucket_ms.max(1);
        let rows = self
            .all(series(metric, reach, from, until, bucket_ms))
            .await?;
        let point = |row: &Row| {
            Ok(SeriesPoint {
                environment: Environment::new(row.text("environment")?),
                at: Timestamp::from_ms(row.int("bucket")?.saturating_mul(bucket_ms)),
                value: row.real("value")?,
            })
        };
        rows.iter().map(point).collect()
    }
}

impl Tx {
    /// Samples every present target of a scope as it was last read, and the sums
    /// per environment under [`metric::IN_SERVICE`] and [`metric::DESIRED`].
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn sample_capacity(
        &mut self,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for statement in [SAMPLE_TARGETS, SAMPLE_SUMS] {
            let sql = statement.bind(&scope.account).bind(&scope.region);
            self.run(sql.bind(at)).await?;
        }
        Ok(())
    }

    /// Keeps samples of a target that another source remembers; one that is
    /// there already stays.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_capacity_samples(
        &mut self,
        target: TargetId,
        samples: &[CapacitySample],
    ) -> Result<(), StoreError> {
        for batch in samples.chunks(limits::INSERT_ROWS_MAX) {
            self.run(insert_capacity(target, batch)).await?;
        }
        Ok(())
    }

    /// Keeps numbers; one that is there already is replaced. Numbers that are
    /// not finite are left out: no chart can show them.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_metric_samples(
        &mut self,
        samples: &[MetricSample],
    ) -> Result<(), StoreError> {
        // By key: one INSERT may not touch a row twice.
        let kept: BTreeMap<_, _> = samples
            .iter()
            .filter(|sample| sample.value.is_finite())
            .map(|s| ((&s.metric, s.at, &s.environment, &s.source), s))
            .collect();
        let kept: Vec<&MetricSample> = kept.into_values().collect();
        for batch in kept.chunks(limits::INSERT_ROWS_MAX) {
            self.run(insert(batch)).await?;
        }
        Ok(())
    }

    /// Drops numbers from before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_samples(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let samples = self.run(PURGE_TARGETS.bind(before)).await?;
        Ok(samples + self.run(PURGE_SUMS.bind(before)).await?)
    }
}
