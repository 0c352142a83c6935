//! What load balancers sent to a target, by quarter hour: CloudWatch's metrics of the
//! target groups that a group or a service is registered in.

use crate::{connect::Clients, error::cloud_error, groups, metrics, permissions::Action, services};
use aws_sdk_cloudwatch::types::{DimensionFilter, Metric};
use domain::{
    alarms::MetricRef,
    capacity::{TargetKind, TargetRef},
    fit::{QUARTER_MS, Traffic},
    limits::{METRIC_POINTS_MAX, TARGET_GROUPS_MAX},
    time::Timestamp,
};
use ports::{CloudError, MetricRequest};

const NAMESPACE: &str = "AWS/ApplicationELB";
/// Requests to a target group, and those to each of its targets on average (Elastic Load
/// Balancing User Guide, "CloudWatch metrics for your Application Load Balancer").
const REQUESTS: &str = "RequestCount";
const PER_TARGET: &str = "RequestCountPerTarget";

/// The requests of `[from, until)`, from all target groups; none for what is in none.
pub async fn read(
    clients: &Clients,
    target: &TargetRef,
    from: Timestamp,
    until: Timestamp,
) -> Result<Option<Traffic>, CloudError> {
    let arns = match target.kind {
        TargetKind::Asg => groups::target_groups(&clients.autoscaling, &target.name).await?,
        TargetKind::EcsService => services::target_groups(clients, &target.name).await?,
        // Nobody registers these as a whole.
        TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster | TargetKind::Eks => {
            return Ok(None);
        }
    };
    let mut traffic = Traffic {
        first: from,
        requests: vec![None; quarters(from, until)],
        per_member: vec![None; quarters(from, until)],
    };
    let mut found = false;
    for arn in arns.iter().take(TARGET_GROUPS_MAX) {
        // arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID
        let Some((_, name)) = arn.rsplit_once(':') else {
            continue;
        };
        for dimensions in dimensions(clients, name).await? {
            found = true;
            add(clients, REQUESTS, &dimensions, &mut traffic.requests, from).await?;
            add(
                clients,
                PER_TARGET,
                &dimensions,
                &mut traffic.per_member,
                from,
            )
            .await?;
        }
    }
    Ok(found.then_some(traffic))
}

fn quarters(from: Timestamp, until: Timestamp) -> usize {
    usize::try_from(until.since_ms(from) / QUARTER_MS).unwrap_or(0)
}

/// The load balancers that send to a target group, as CloudWatch names them: it lists
/// what got a value in the last two weeks.
async fn dimensions(
    clients: &Clients,
    target_group: &str,
) -> Result<Vec<Vec<(String, String)>>, CloudError> {
    let filter = DimensionFilter::builder()
        .name("TargetGroup")
        .value(target_group)
        .build();
    let answer = clients
        .cloudwatch
        .list_metrics()
        .namespace(NAMESPACE)
        .metric_name(REQUESTS)
        .dimensions(filter)
        .send()
        .await
        .map_err(|error| cloud_error(Action::ListMetrics, &error))?;
    let named = |metric: &Metric| -> Vec<(String, String)> {
        let dimensions = metric.dimensions().iter();
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        dimensions
            .map(|one| (text(one.name()), text(one.value())))
            .collect()
    };
    // Those by availability zone have a third dimension: they are parts of the others.
    let found = answer.metrics().iter().map(named);
    Ok(found
        .filter(|dimensions| dimensions.len() == 2)
        .take(TARGET_GROUPS_MAX)
        .collect())
}

/// Adds a metric's quarter hours to what is known, in as many calls as its points take.
async fn add(
    clients: &Clients,
    name: &str,
    dimensions: &[(String, String)],
    known: &mut [Option<u32>],
    from: Timestamp,
) -> Result<(), CloudError> {
    for (number, some) in (0_i64..).zip(known.chunks_mut(METRIC_POINTS_MAX)) {
        let most = i64::try_from(METRIC_POINTS_MAX).unwrap_or(i64::MAX);
        let first = from.plus_ms(number * most * QUARTER_MS);
        let span_ms = i64::try_from(some.len()).unwrap_or(0) * QUARTER_MS;
        let request = MetricRequest {
            metric: MetricRef {
                namespace: NAMESPACE.into(),
                name: name.into(),
                dimensions: dimensions.to_vec(),
                statistic: "Sum".into(),
                period_s: (QUARTER_MS / 1_000) as u32,
                unit: String::new(),
            },
            from: first,
            until: first.plus_ms(span_ms),
        };
        let series = metrics::read(&clients.cloudwatch, &request, clients.now()).await?;
        for (at, value) in series.at.iter().zip(&series.values) {
            let place = usize::try_from(at.since_ms(first) / QUARTER_MS).ok();
            if let Some(known) = place.and_then(|place| some.get_mut(place)) {
                let more = value.round().clamp(0.0, f64::from(u32::MAX)) as u32;
                *known = Some(known.unwrap_or(0).saturating_add(more));
            }
        }
    }
    Ok(())
}
