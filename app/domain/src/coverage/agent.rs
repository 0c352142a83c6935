//! Memory and disks of instances, which only the CloudWatch agent reports (Amazon CloudWatch
//! User Guide, "Metrics collected by the CloudWatch agent").

use super::{AgentMetric, Draft, Gap, Problem, Subject, View, Watched, drafts, missing, value};
use crate::{
    capacity::{Target, TargetKind},
    step_policies::Comparison,
};
use std::collections::HashSet;

/// The agent's namespace, unless people give it another.
pub const AGENT: &str = "CWAgent";
/// How much of the memory is used: on Linux, on Windows.
pub const MEMORY: [&str; 2] = ["mem_used_percent", "Memory % Committed Bytes In Use"];
/// How much of a disk is used on Linux, is free on Windows.
pub const DISK: [&str; 2] = ["disk_used_percent", "LogicalDisk % Free Space"];
const GROUP: &str = "AutoScalingGroupName";
const INSTANCE: &str = "InstanceId";
/// Percent of memory, or of a disk, that leave little time.
const NEARLY_FULL: u32 = 90;

/// What the agent reports of a target: of the group as a whole first, then by instance.
#[must_use]
pub fn of_target<'a>(metrics: &'a [AgentMetric], target: &Target) -> Vec<&'a AgentMetric> {
    let name = target.reference.name.as_str();
    let ids: HashSet<&str> = target.instances.iter().map(|one| one.id.as_str()).collect();
    let is_group = target.reference.kind == TargetKind::Asg;
    let own = metrics
        .iter()
        .filter(|metric| match value(&metric.dimensions, INSTANCE) {
            Some(id) => ids.contains(id),
            None => is_group && value(&metric.dimensions, GROUP) == Some(name),
        });
    let mut own: Vec<&AgentMetric> = own.collect();
    own.sort_by_key(|metric| {
        let place = MEMORY
            .iter()
            .chain(&DISK)
            .position(|one| *one == metric.name);
        (
            value(&metric.dimensions, INSTANCE),
            place,
            &metric.dimensions,
        )
    });
    own
}

/// One kind of what the agent reports.
struct Kind {
    metrics: [&'static str; 2],
    what: &'static str,
    no_metric: fn(u32) -> Problem,
    no_alarm: Problem,
}

const KINDS: [Kind; 2] = [
    Kind {
        metrics: MEMORY,
        what: "memory-high",
        no_metric: |instances| Problem::NoMemoryMetric { instances },
        no_alarm: Problem::NoMemoryAlarm,
    },
    Kind {
        metrics: DISK,
        what: "disk-full",
        no_metric: |instances| Problem::NoDiskMetric { instances },
        no_alarm: Problem::NoDiskAlarm,
    },
];

pub(super) fn gaps(view: &View<'_>, watched: &Watched<'_>) -> Vec<Gap> {
    let Some(agent) = view.agent else {
        return Vec::new();
    };
    let mut gaps = Vec::new();
    for kind in &KINDS {
        let reported: Vec<&AgentMetric> = agent
            .iter()
            .filter(|metric| kind.metrics.contains(&metric.name.as_str()))
            .collect();
        let whole: HashSet<&str> = reported
            .iter()
            .filter(|metric| value(&metric.dimensions, INSTANCE).is_none())
            .filter_map(|metric| value(&metric.dimensions, GROUP))
            .collect();
        let single: HashSet<&str> = reported
            .iter()
            .filter_map(|metric| value(&metric.dimensions, INSTANCE))
            .collect();
        for target in view.targets {
            let is_machines = matches!(target.reference.kind, TargetKind::Asg | TargetKind::Ec2Tag);
            if is_machines && !target.instances.is_empty() {
                gaps.extend(kind.judge(target, &reported, &whole, &single, watched));
            }
        }
    }
    gaps
}

impl Kind {
    fn judge(
        &self,
        target: &Target,
        reported: &[&AgentMetric],
        whole: &HashSet<&str>,
        single: &HashSet<&str>,
        watched: &Watched<'_>,
    ) -> Option<Gap> {
        let name = target.reference.name.as_str();
        let subject = Subject::Target(target.reference.clone());
        let ids: HashSet<&str> = target.instances.iter().map(|one| one.id.as_str()).collect();
        let silent = match whole.contains(name) {
            true => 0,
            false => ids.difference(single).count(),
        };
        if silent > 0 {
            let instances = u32::try_from(silent).unwrap_or(u32::MAX);
            let seen = format!(
                "{AGENT} {}: {silent} / {} silent",
                self.metrics[0],
                ids.len()
            );
            return Some(missing(subject, (self.no_metric)(instances), seen, None));
        }
        let is_it = |dimensions: &[(String, String)]| {
            value(dimensions, GROUP) == Some(name)
                || value(dimensions, INSTANCE).is_some_and(|id| ids.contains(id))
        };
        if watched.has(AGENT, &self.metrics, is_it) {
            return None;
        }
        let seen = format!("no alarm on {AGENT} {}", self.metrics[0]);
        let draft = self.draft(name, reported);
        Some(missing(subject, self.no_alarm, seen, draft))
    }

    /// An alarm on the metric of the group as a whole, of the fewest dimensions.
    fn draft(&self, group: &str, reported: &[&AgentMetric]) -> Option<Draft> {
        let of_group = reported.iter().filter(|metric| {
            metric.name == self.metrics[0]
                && value(&metric.dimensions, GROUP) == Some(group)
                && value(&metric.dimensions, INSTANCE).is_none()
        });
        let metric = of_group.min_by_key(|metric| (metric.dimensions.len(), &metric.dimensions))?;
        let pairs = metric.dimensions.iter();
        let pairs: Vec<_> = pairs.map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let metric = drafts::Metric {
            namespace: AGENT,
            name: self.metrics[0],
            dimensions: &pairs,
            statistic: "Maximum",
            period_s: 300,
        };
        let draft = metric.compared(Comparison::Greater, NEARLY_FULL, (3, 3));
        drafts::named(group, self.what, draft)
    }
}
