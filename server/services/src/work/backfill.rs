//! The last day of a target that is seen for the first time, from CloudWatch's
//! memory: a new installation then has charts from its first minute.
//!
//! Groups report their sizes only when their group metrics are collected, and
//! services theirs only under Container Insights; without them the charts begin
//! now. Nothing waits for this and nothing fails with it.

use crate::{Services, failure::Outcome};
use domain::{
    alarms::{MetricRef, Series},
    capacity::{TargetKind, TargetRef},
    estate::{Environment, Scope},
    ids::TargetId,
    limits,
    time::{DAY_MS, Timestamp},
};
use futures::{StreamExt as _, stream};
use ports::MetricRequest;
use std::collections::BTreeMap;
use store::{CapacitySample, MetricSample, TargetRow, metric};

/// Period of what is asked for.
const PERIOD_S: u32 = 300;

/// Fills in the last day of these targets; with `sums`, also that of their
/// environments, which is right only when these are all targets of the scope; none are written
/// when they are more than [`limits::BACKFILL_TARGETS_MAX`].
pub(super) async fn fill(
    s: &Services,
    scope: &Scope,
    ids: &[TargetId],
    sums: bool,
    now: Timestamp,
) -> Outcome<()> {
    let mut rows = Vec::new();
    for id in ids.iter().take(limits::BACKFILL_TARGETS_MAX) {
        rows.extend(s.store.read().target(*id).await?);
    }
    let histories: Vec<_> = stream::iter(rows)
        .map(|row| async move { (history(s, &row, now).await, row) })
        .buffer_unordered(limits::AWS_CALLS_AT_ONCE_MAX)
        .collect()
        .await;
    let mut tx = s.store.begin().await?;
    for (samples, row) in &histories {
        tx.insert_capacity_samples(row.id, samples).await?;
    }
    // Of a part of the targets a sum would be too little.
    if sums && ids.len() <= limits::BACKFILL_TARGETS_MAX {
        let sums = summed(scope, &histories);
        tx.insert_metric_samples(&sums).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Capacity and instances in service of every environment, summed over targets.
fn summed(scope: &Scope, histories: &[(Vec<CapacitySample>, TargetRow)]) -> Vec<MetricSample> {
    let mut sums: BTreeMap<(&str, &Environment, Timestamp), f64> = BTreeMap::new();
    for (samples, row) in histories {
        let environment = &row.target.environment;
        for sample in samples {
            for (name, value) in [
                (metric::IN_SERVICE, sample.in_service),
                (metric::DESIRED, sample.desired),
            ] {
                let sum = sums.entry((name, environment, sample.at)).or_default();
                *sum += f64::from(value);
            }
        }
    }
    let sample =
        |((name, environment, at), value): ((&str, &Environment, Timestamp), f64)| MetricSample {
            metric: name.into(),
            environment: environment.clone(),
            source: scope.to_string(),
            at,
            value,
        };
    sums.into_iter().map(sample).collect()
}

async fn history(s: &Services, row: &TargetRow, now: Timestamp) -> Vec<CapacitySample> {
    let target = &row.target.reference;
    let (desired, in_service) = match target.kind {
        TargetKind::Asg => ("GroupDesiredCapacity", "GroupInServiceInstances"),
        TargetKind::EcsService => ("DesiredTaskCount", "RunningTaskCount"),
        // Whether the others ran is no metric of AWS's.
        _ => return Vec::new(),
    };
    let (desired, in_service) = futures::join!(
        series(s, target, desired, now),
        series(s, target, in_service, now)
    );
    // A service's bounds are nobody's metric: as far as is known they were those of now.
    let (mut min, mut max) = (Series::default(), Series::default());
    if target.kind == TargetKind::Asg {
        (min, max) = futures::join!(
            series(s, target, "GroupMinSize", now),
            series(s, target, "GroupMaxSize", now)
        );
    }
    let capacity = row.target.capacity;
    let sample = |(at, value): (&Timestamp, &f64)| {
        let desired = count(*value);
        CapacitySample {
            at: *at,
            min: value_at(&min, *at).unwrap_or(capacity.min),
            desired,
            max: value_at(&max, *at).unwrap_or(capacity.max),
            in_service: value_at(&in_service, *at).unwrap_or(desired),
        }
    };
    desired.at.iter().zip(&desired.values).map(sample).collect()
}

/// A series of the last day; empty when there is none.
async fn series(s: &Services, target: &TargetRef, name: &str, now: Timestamp) -> Series {
    let (namespace, dimensions) = match target.kind {
        TargetKind::EcsService => {
            let (cluster, service) = target.name.split_once('/').unwrap_or(("default", ""));
            let dimensions = [("ClusterName", cluster), ("ServiceName", service)];
            let owned = dimensions.map(|(name, value)| (name.to_owned(), value.to_owned()));
            ("ECS/ContainerInsights", owned.to_vec())
        }
        _ => (
            "AWS/AutoScaling",
            vec![("AutoScalingGroupName".into(), target.name.clone())],
        ),
    };
    let request = MetricRequest {
        metric: MetricRef {
            namespace: namespace.into(),
            name: name.into(),
            dimensions,
            statistic: "Average".into(),
            period_s: PERIOD_S,
            unit: String::new(),
        },
        from: now.plus_ms(-DAY_MS),
        until: now,
    };
    let answer = s.cloud.metric(&target.scope, &request).await;
    answer.unwrap_or_else(|error| {
        tracing::debug!(target.name = %target.name, error = %error, "no history of a target");
        Series::default()
    })
}

fn value_at(series: &Series, at: Timestamp) -> Option<u32> {
    let index = series.at.binary_search(&at).ok()?;
    series.values.get(index).copied().map(count)
}

/// A mean over a period, as the nearest whole count.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast to an integer saturates, and capacities are far inside the range"
)]
fn count(value: f64) -> u32 {
    value.round() as u32
}
