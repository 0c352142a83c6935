//! Load balancers whose errors, and target groups whose unhealthy hosts, nobody hears of
//! (Elastic Load Balancing User Guide, "CloudWatch metrics for your Application Load
//! Balancer").

use super::{Balancer, Gap, Problem, Subject, View, Watched, drafts, missing, value};
use crate::step_policies::Comparison;

const NAMESPACE: &str = "AWS/ApplicationELB";
const ERRORS: [&str; 6] = [
    "HTTPCode_Target_5XX_Count",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_ELB_500_Count",
    "HTTPCode_ELB_502_Count",
    "HTTPCode_ELB_503_Count",
    "HTTPCode_ELB_504_Count",
];
const UNHEALTHY: [&str; 2] = ["UnHealthyHostCount", "HealthyHostCount"];
/// Errors in a minute that are not a visitor's mistake any more, on a load balancer of which
/// nothing else is known.
const ERRORS_A_MINUTE: u32 = 10;

pub(super) fn gaps(view: &View<'_>, watched: &Watched<'_>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for balancer in view.balancers.unwrap_or_default() {
        gaps.extend(errors(balancer, watched));
        let groups = balancer.target_groups.iter();
        gaps.extend(groups.filter_map(|group| unhealthy(&balancer.name, group, watched)));
    }
    gaps
}

/// The part of a dimension that people named: `app/prod-public/50dc6c495c0c9188`.
fn short(dimension: &str) -> &str {
    dimension.split('/').nth(1).unwrap_or(dimension)
}

fn errors(balancer: &Balancer, watched: &Watched<'_>) -> Option<Gap> {
    let name = balancer.name.as_str();
    let is_it = |dimensions: &[(String, String)]| value(dimensions, "LoadBalancer") == Some(name);
    if watched.has(NAMESPACE, &ERRORS, is_it) {
        return None;
    }
    let metric = drafts::Metric {
        namespace: NAMESPACE,
        name: ERRORS[0],
        dimensions: &[("LoadBalancer", name)],
        statistic: "Sum",
        period_s: 60,
    };
    // No request, no value: that is well.
    let draft = metric
        .compared(Comparison::Greater, ERRORS_A_MINUTE, (2, 3))
        .map(drafts::silence_is_well);
    Some(missing(
        Subject::Balancer(balancer.name.clone()),
        Problem::No5xx,
        format!("no alarm on {}, {}", ERRORS[0], ERRORS[1]),
        drafts::named(short(name), "alb-5xx", draft),
    ))
}

fn unhealthy(balancer: &str, group: &str, watched: &Watched<'_>) -> Option<Gap> {
    // One on the load balancer alone is meant for all of its groups.
    let is_it = |dimensions: &[(String, String)]| match value(dimensions, "TargetGroup") {
        Some(one) => one == group,
        None => value(dimensions, "LoadBalancer") == Some(balancer),
    };
    if watched.has(NAMESPACE, &UNHEALTHY, is_it) {
        return None;
    }
    let metric = drafts::Metric {
        namespace: NAMESPACE,
        name: UNHEALTHY[0],
        dimensions: &[("LoadBalancer", balancer), ("TargetGroup", group)],
        statistic: "Maximum",
        period_s: 60,
    };
    let draft = metric.compared(Comparison::GreaterOrEqual, 1, (3, 3));
    Some(missing(
        Subject::TargetGroup {
            balancer: balancer.to_owned(),
            group: group.to_owned(),
        },
        Problem::NoUnhealthy,
        format!("no alarm on {}", UNHEALTHY[0]),
        drafts::named(short(group), "unhealthy-hosts", draft),
    ))
}
