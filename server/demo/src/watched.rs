//! What stands in the sandbox beside its targets and may lack an alarm: load balancers,
//! functions, and what the CloudWatch agent reports. Nobody thought of the newest of each.

use crate::{
    estate::{PROD, SEOUL, STREAMS, US_PROD, VIRGINIA},
    metrics::{Metrics, Shape, Source, Wave, dimensions},
};
use domain::coverage::{AGENT, Balancer};

/// The load balancer between the company's services.
const INTERNAL: &str = "app/prod-internal/9d1e6a57c2b84f03";
const INTERNAL_GROUP: &str = "targetgroup/prod-internal-api/4b7c20d9e8a15f36";

/// Where each function is; the last three have no alarm.
const FUNCTIONS: [(usize, &str); 8] = [
    (SEOUL, "prod-payment-webhook"),
    (SEOUL, "prod-certificate-issuer"),
    (SEOUL, "prod-video-thumbnail"),
    (SEOUL, "staging-payment-webhook"),
    (VIRGINIA, "us-prod-payment-webhook"),
    (SEOUL, "prod-invoice-mailer"),
    (SEOUL, "staging-certificate-issuer"),
    (VIRGINIA, "us-prod-certificate-issuer"),
];

/// Groups whose agent reports memory, and how much of it is used at quiet and busy hours.
const MEMORY: [(usize, usize, &str, f64, f64); 3] = [
    (SEOUL, PROD, "web-prod", 38.0, 71.0),
    (SEOUL, PROD, "api-prod", 44.0, 79.0),
    (VIRGINIA, US_PROD, "us-web-prod", 36.0, 68.0),
];

/// The load balancers of an account and region.
pub(crate) fn balancers(scope: usize) -> Vec<Balancer> {
    let public = STREAMS.iter().filter(|plan| plan.scope == scope);
    let public = public.filter_map(|plan| {
        let name = plan.balancer?;
        let short = name.split('/').nth(1)?;
        Some(Balancer {
            name: name.to_owned(),
            target_groups: vec![format!("targetgroup/{short}-web/73e2d6bc24d8a067")],
        })
    });
    let internal = (scope == SEOUL).then(|| Balancer {
        name: INTERNAL.to_owned(),
        target_groups: vec![INTERNAL_GROUP.to_owned()],
    });
    public.chain(internal).collect()
}

/// The functions of an account and region.
pub(crate) fn functions(scope: usize) -> Vec<String> {
    let here = FUNCTIONS.iter().filter(|(place, _)| *place == scope);
    here.map(|(_, name)| (*name).to_owned()).collect()
}

/// Names the metrics of all that, whether an alarm looks or not.
pub(crate) fn add_metrics(metrics: &mut Metrics) {
    let mut key = 0x5eed_0000_u64;
    let mut wave = |shape, noise, decimals| {
        key = key.rotate_left(17) ^ 0x9e37_79b9_7f4a_7c15;
        Source::Wave(Wave {
            key,
            shape,
            noise,
            decimals,
        })
    };
    let spikes = |high| Shape::Spikes {
        usual: 0.0,
        high,
        a_day: 0.5,
        minutes: 12,
    };
    let elb = "AWS/ApplicationELB";
    let internal = [("LoadBalancer", INTERNAL)];
    let hosts = [("LoadBalancer", INTERNAL), ("TargetGroup", INTERNAL_GROUP)];
    let errors = wave(spikes(40.0), 0.1, 0);
    metrics.add(
        SEOUL,
        elb,
        "HTTPCode_Target_5XX_Count",
        &dimensions(&internal),
        errors,
    );
    let unhealthy = wave(Shape::Steady { level: 0.0 }, 0.0, 0);
    metrics.add(
        SEOUL,
        elb,
        "UnHealthyHostCount",
        &dimensions(&hosts),
        unhealthy,
    );
    for (scope, name) in FUNCTIONS {
        let errors = wave(spikes(6.0), 0.0, 0);
        let of = dimensions(&[("FunctionName", name)]);
        metrics.add(scope, "AWS/Lambda", "Errors", &of, errors);
    }
    for (scope, stream, group, idle, busy) in MEMORY {
        let used = wave(Shape::Follows { stream, idle, busy }, 0.03, 1);
        let of = dimensions(&[("AutoScalingGroupName", group)]);
        metrics.add(scope, AGENT, "mem_used_percent", &of, used);
    }
}
