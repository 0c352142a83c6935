//! What the CloudWatch agent reports of memory and disks (Amazon CloudWatch API Reference,
//! ListMetrics). What has reported nothing for three hours is left out: instances come and go.

use crate::{pages, pages::Bound, permissions::Action};
use aws_sdk_cloudwatch::{
    Client,
    types::{Metric, RecentlyActive},
};
use domain::{
    coverage::{AGENT, AgentMetric, DISK, MEMORY},
    limits::AGENT_METRICS_PER_SCOPE_MAX,
};
use ports::CloudError;

const METRICS: Bound = Bound {
    what: "metrics of the CloudWatch agent",
    most: AGENT_METRICS_PER_SCOPE_MAX,
};

/// Every such metric.
pub async fn metrics(client: &Client) -> Result<Vec<AgentMetric>, CloudError> {
    let mut found = Vec::new();
    for name in MEMORY.into_iter().chain(DISK) {
        let asked = client
            .list_metrics()
            .namespace(AGENT)
            .metric_name(name)
            .recently_active(RecentlyActive::Pt3H)
            .into_paginator()
            .send();
        let page = |page: aws_sdk_cloudwatch::operation::list_metrics::ListMetricsOutput| {
            page.metrics.unwrap_or_default()
        };
        let told = pages::all(Action::ListMetrics, METRICS, asked, page).await?;
        found.extend(told.into_iter().map(read));
        METRICS.check(Action::ListMetrics, found.len())?;
    }
    Ok(found)
}

fn read(metric: Metric) -> AgentMetric {
    let pairs = metric.dimensions.unwrap_or_default().into_iter();
    let mut dimensions: Vec<_> = pairs
        .map(|one| (one.name.unwrap_or_default(), one.value.unwrap_or_default()))
        .collect();
    dimensions.sort();
    AgentMetric {
        name: metric.metric_name.unwrap_or_default(),
        dimensions,
    }
}
