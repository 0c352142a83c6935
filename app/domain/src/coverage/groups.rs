//! Groups whose instances may go without anybody being told. A group that comes down to none,
//! now or by a scheduled action, is left out: an alarm on its count would go off each time.

use super::{Gap, Problem, Subject, View, Watched, drafts, missing, value};
use crate::{
    capacity::{Target, TargetKind},
    step_policies::Comparison,
};

const NAMESPACE: &str = "AWS/AutoScaling";
/// Metrics by which a loss of instances shows (Amazon EC2 Auto Scaling User Guide, "Amazon
/// CloudWatch metrics for Amazon EC2 Auto Scaling").
const METRICS: [&str; 6] = [
    "GroupInServiceInstances",
    "GroupInServiceCapacity",
    "GroupTerminatingInstances",
    "GroupTerminatingCapacity",
    "GroupTotalInstances",
    "GroupTotalCapacity",
];

/// The fewest that a group is ever told to have.
fn fewest(target: &Target) -> u32 {
    let scheduled = target
        .actions
        .iter()
        .filter_map(|action| action.capacity.min);
    scheduled.fold(target.capacity.min, u32::min)
}

pub(super) fn gaps(view: &View<'_>, watched: &Watched<'_>) -> Vec<Gap> {
    let groups = view.targets.iter();
    let groups = groups.filter(|target| target.reference.kind == TargetKind::Asg);
    let unwatched = groups.filter_map(|target| {
        let (name, fewest) = (&target.reference.name, fewest(target));
        let is_it = |dimensions: &[(String, String)]| {
            value(dimensions, "AutoScalingGroupName") == Some(name.as_str())
        };
        if fewest == 0 || watched.has(NAMESPACE, &METRICS, is_it) {
            return None;
        }
        let draft = drafts::Metric {
            namespace: NAMESPACE,
            name: METRICS[0],
            dimensions: &[("AutoScalingGroupName", name)],
            statistic: "Minimum",
            period_s: 60,
        };
        let draft = draft.compared(Comparison::Less, fewest, (3, 3));
        Some(missing(
            Subject::Target(target.reference.clone()),
            Problem::NoTermination,
            format!("MinSize {fewest}; no alarm on {NAMESPACE} {}", METRICS[0]),
            drafts::named(name, "in-service-low", draft),
        ))
    });
    unwatched.collect()
}
