//! What the CloudWatch agent reports of a target's memory and disks: which metrics there are is
//! known for a quarter of an hour, their values are asked for at each visit.

use crate::{
    Services, asking::may_ask, coverage, cx::Cx, failure::Outcome, health::KeptFault, targets,
};
use api::agent::{AgentReport, AgentRow};
use domain::{
    alarms::MetricRef,
    coverage::{AGENT, AgentMetric, of_target},
    ids::TargetId,
    limits,
    time::{MINUTE_MS, Timestamp},
};
use ports::{CloudError, MetricRequest};

const PERIOD_S: u32 = 300;
const INSTANCE: &str = "InstanceId";
/// Dimensions that say nothing of which part of a target it is.
const PLAIN: [&str; 4] = [INSTANCE, "AutoScalingGroupName", "ImageId", "InstanceType"];

/// Memory and disks of a target. A cloud that does not answer is no error: the answer says so.
///
/// # Errors
/// `not_found`; `too_many` in a minute.
pub async fn report(s: &Services, cx: &Cx, id: TargetId) -> Outcome<AgentReport> {
    let row = targets::seen(s, cx, id).await?;
    let scope = &row.target.reference.scope;
    let told = coverage::agent_metrics(s, scope).await;
    let metrics = match &told {
        Ok(metrics) => of_target(metrics, &row.target),
        Err(error) => return Ok(unread(cx, error)),
    };
    if metrics.is_empty() {
        return Ok(AgentReport::default());
    }
    may_ask(s, cx)?;
    let shown = metrics.len().min(limits::AGENT_METRICS_SHOWN_MAX);
    let asked = metrics.iter().take(shown).map(|metric| {
        let request = request(metric, cx.now);
        async move { s.cloud.metric(scope, &request).await }
    });
    let mut rows = Vec::new();
    let answers = futures::future::join_all(asked).await;
    for (metric, answer) in metrics.iter().zip(answers) {
        let series = match answer {
            Ok(series) => series,
            Err(error) => return Ok(unread(cx, &error)),
        };
        let part = metric.dimensions.iter();
        let part = part.filter(|(name, _)| !PLAIN.contains(&name.as_str()));
        let part: Vec<_> = part
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut own = metric.dimensions.iter();
        let instance = own.find(|(name, _)| name == INSTANCE);
        rows.push(AgentRow {
            metric: metric.name.clone(),
            instance: instance.map(|(_, id)| id.clone()),
            part: part.join(" "),
            percent: series.values.last().copied(),
            at: series.at.last().copied(),
        });
    }
    Ok(AgentReport {
        left_out: u32::try_from(metrics.len() - shown).unwrap_or(u32::MAX),
        rows,
        ..AgentReport::default()
    })
}

fn request(metric: &AgentMetric, now: Timestamp) -> MetricRequest {
    MetricRequest {
        metric: MetricRef {
            namespace: AGENT.to_owned(),
            name: metric.name.clone(),
            dimensions: metric.dimensions.clone(),
            statistic: "Maximum".to_owned(),
            period_s: PERIOD_S,
            unit: String::new(),
        },
        from: now.plus_ms(-limits::AGENT_LOOK_MINUTES * MINUTE_MS),
        until: now,
    }
}

fn unread(cx: &Cx, error: &CloudError) -> AgentReport {
    AgentReport {
        note: Some(KeptFault::from(error).told(cx)),
        missing: error.missing_permission(),
        ..AgentReport::default()
    }
}
