//! Which alarms there are: sixty that tell the company's story, and as many
//! more of a plainer kind as are asked for, for measuring. Here stand those
//! whose metrics the world measures.

use super::{
    background,
    draft::{Draft, Maker, Runs, Subject, Tells},
};
use crate::{
    chance::Dice,
    estate::{
        self, DEV, PLAYER_ALARM_LATENCY, PROD, SEOUL, STAGING, STREAMS, TargetPlan, US_PROD,
        VIRGINIA, WORKER_ALARM_BACKLOG, WORKER_ALARM_IN, WORKER_ALARM_OUT, Work,
    },
    history::Measure,
    metrics::{Source, dimensions, dimensions_of_queue, target_dimensions},
};
use domain::{alarms::definition::MissingData, capacity::TargetKind, step_policies::Comparison};

/// So many alarms, composite ones after those they look at.
pub(super) fn drafts(count: usize, targets: &[&str], dice: &mut Dice) -> Vec<Draft> {
    let plans = estate::targets();
    let mut drafts = worker_alarms(&plans);
    drafts.extend(balancer_alarms(targets.len()));
    drafts.extend(
        plans
            .iter()
            .enumerate()
            .map(|(index, plan)| cpu_alarm(index, plan)),
    );
    drafts.extend(latency_alarms(&plans));
    drafts.extend(composites());
    drafts.extend(background::drafts(dice));
    wire(&mut drafts, &plans);
    drafts.truncate(count);
    for number in drafts.len()..count {
        drafts.push(background::plain(number, dice));
    }
    drafts
}

/// Has alarms run the policies that name them.
fn wire(drafts: &mut [Draft], plans: &[TargetPlan]) {
    for draft in drafts {
        for plan in plans {
            let here = STREAMS[plan.stream].scope == draft.scope;
            let wired = plan
                .steps
                .iter()
                .filter(|policy| policy.alarm == draft.name);
            draft.runs.extend(wired.filter(|_| here).map(|policy| Runs {
                kind: plan.kind,
                target: plan.name,
                policy: policy.name,
            }));
        }
    }
}

fn measured(subject: usize, measure: Measure) -> Source {
    Source::Measured { subject, measure }
}

fn cpu_alarm(index: usize, plan: &TargetPlan) -> Draft {
    let stream = &STREAMS[plan.stream];
    let prod = stream.environment == "prod";
    let namespace = match plan.kind {
        TargetKind::EcsService => "AWS/ECS",
        _ => "AWS/EC2",
    };
    let name = plan.name.replace('/', "-");
    Maker {
        scope: stream.scope,
        description: format!(
            "CPU of {} is nearly used up. If the traffic is real, plan a scale event; if not, look \
             for a runaway job.",
            plan.name
        ),
        name: format!("{name}-cpu-high"),
        namespace,
        metric: "CPUUtilization",
        dimensions: target_dimensions(plan.kind, plan.name),
        statistic: "Average",
        period_s: if prod { 60 } else { 300 },
        unit: "Percent",
        source: measured(index, Measure::Cpu),
        comparison: Comparison::Greater,
        threshold: if plan.work == Work::Queue { 96.0 } else { 85.0 },
        points: if prod { (3, 3) } else { (2, 2) },
        missing: MissingData::Missing,
        tells: Tells::People,
    }
    .draft()
}

/// The queue of the workers, and the two alarms that scale them.
fn worker_alarms(plans: &[TargetPlan]) -> Vec<Draft> {
    const GROUP: &str = "worker-prod";
    let index = plans.iter().position(|plan| plan.name == GROUP);
    let queue = |name: &str, description: &str, metric, measure, threshold| Maker {
        scope: SEOUL,
        name: name.into(),
        description: description.into(),
        namespace: "AWS/SQS",
        metric,
        dimensions: dimensions_of_queue(GROUP),
        statistic: "Maximum",
        period_s: 60,
        unit: "",
        source: index.map_or(Source::Silent, |index| measured(index, measure)),
        comparison: Comparison::Greater,
        threshold,
        points: (2, 2),
        missing: MissingData::NotBreaching,
        tells: Tells::People,
    };
    vec![
        Maker {
            tells: Tells::Nobody,
            ..queue(
                WORKER_ALARM_OUT,
                "Jobs wait for more than two minutes; adds workers by itself. Look only if it \
                 stays on for half an hour.",
                "ApproximateAgeOfOldestMessage",
                Measure::AgeS,
                120.0,
            )
        }
        .draft(),
        Maker {
            namespace: "AWS/EC2",
            metric: "CPUUtilization",
            dimensions: target_dimensions(TargetKind::Asg, GROUP),
            statistic: "Average",
            unit: "Percent",
            source: index.map_or(Source::Silent, |index| measured(index, Measure::Cpu)),
            comparison: Comparison::Less,
            points: (15, 15),
            missing: MissingData::Missing,
            tells: Tells::Nobody,
            ..queue(
                WORKER_ALARM_IN,
                "Workers have little to do; removes one by itself. Nothing to be done.",
                "",
                Measure::Cpu,
                55.0,
            )
        }
        .draft(),
        queue(
            WORKER_ALARM_BACKLOG,
            "Over fifty thousand jobs wait: certificates and homework marks will be late.",
            "ApproximateNumberOfMessagesVisible",
            Measure::Backlog,
            50_000.0,
        )
        .draft(),
    ]
}

/// Of each public load balancer: failures, slowness, unhealthy hosts.
fn balancer_alarms(targets: usize) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (stream, errors_max, latency_max_s) in [
        (PROD, 120.0, 0.8),
        (US_PROD, 60.0, 0.8),
        (STAGING, 25.0, 1.5),
        (DEV, 25.0, 2.0),
    ] {
        let plan = &STREAMS[stream];
        let Some(balancer) = plan.balancer else {
            continue;
        };
        let short = balancer.split('/').nth(1).unwrap_or(balancer);
        let maker = |what: &str, description: &str, metric, measure| Maker {
            scope: plan.scope,
            name: format!("{short}-{what}"),
            description: description.into(),
            namespace: "AWS/ApplicationELB",
            metric,
            dimensions: dimensions(&[("LoadBalancer", balancer)]),
            statistic: "Sum",
            period_s: 60,
            unit: "",
            source: measured(targets + stream, measure),
            comparison: Comparison::Greater,
            threshold: errors_max,
            points: (2, 3),
            missing: MissingData::NotBreaching,
            tells: Tells::People,
        };
        drafts.push(
            maker(
                "alb-5xx",
                "Students see errors. Check capacity and the newest deployment first.",
                "HTTPCode_Target_5XX_Count",
                Measure::Errors,
            )
            .draft(),
        );
        drafts.push(
            Maker {
                statistic: "p95",
                unit: "Seconds",
                threshold: latency_max_s,
                points: (3, 3),
                ..maker(
                    "alb-latency-p95",
                    "One page in twenty is slow. Usually capacity, sometimes the database.",
                    "TargetResponseTime",
                    Measure::LatencyS,
                )
            }
            .draft(),
        );
        drafts.push(
            Maker {
                statistic: "Maximum",
                comparison: Comparison::GreaterOrEqual,
                threshold: 1.0,
                points: (2, 3),
                ..maker(
                    "alb-unhealthy-hosts",
                    "A host fails its health check; its group replaces it within minutes.",
                    "UnHealthyHostCount",
                    Measure::Unhealthy,
                )
            }
            .draft(),
        );
    }
    drafts
}

/// Of the services behind the front, as they measure it themselves.
fn latency_alarms(plans: &[TargetPlan]) -> Vec<Draft> {
    plans
        .iter()
        .enumerate()
        .filter(|(_, plan)| plan.work == Work::Behind && STREAMS[plan.stream].environment == "prod")
        .map(|(index, plan)| {
            let name = format!("{}-latency-p95", plan.name.replace('/', "-"));
            Maker {
                tells: match name.as_str() {
                    PLAYER_ALARM_LATENCY => Tells::Muted,
                    _ => Tells::People,
                },
                scope: STREAMS[plan.stream].scope,
                description: format!("Calls to {} are slow; the front will be next.", plan.name),
                name,
                namespace: "Company/Services",
                metric: "Latency",
                dimensions: dimensions(&[("Service", plan.name)]),
                statistic: "p95",
                period_s: 60,
                unit: "Seconds",
                source: measured(index, Measure::LatencyS),
                comparison: Comparison::Greater,
                threshold: 1.0,
                points: (3, 3),
                missing: MissingData::NotBreaching,
            }
            .draft()
        })
        .collect()
}

fn composites() -> Vec<Draft> {
    let composite = |scope, name: &str, description: &str, of: Vec<&'static str>, all| Draft {
        scope,
        name: name.into(),
        description: description.into(),
        tells: Tells::People,
        runs: Vec::new(),
        subject: Subject::Composite { of, all },
    };
    vec![
        composite(
            SEOUL,
            "prod-registration-degraded",
            "Students cannot register reliably: the front fails or enrolment is slow.",
            vec![
                "prod-public-alb-5xx",
                "prod-enrol-latency-p95",
                "prod-checkout-latency-p95",
            ],
            false,
        ),
        composite(
            SEOUL,
            "prod-site-overloaded",
            "The site is slow and its front has no CPU left: more capacity is the answer.",
            vec!["prod-public-alb-latency-p95", "web-prod-cpu-high"],
            true,
        ),
        composite(
            VIRGINIA,
            "us-prod-site-degraded",
            "American students see errors or wait.",
            vec!["us-prod-public-alb-5xx", "us-prod-public-alb-latency-p95"],
            false,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_tell_the_story_and_the_rest_is_plain() {
        let mut dice = Dice::new(7);
        let targets: Vec<_> = estate::targets().iter().map(|plan| plan.name).collect();
        let drafts = drafts(61, &targets, &mut dice);
        assert!(
            drafts[59].name.ends_with("backup-age"),
            "{}",
            drafts[59].name
        );
        assert!(
            drafts[60].name.ends_with("00060-errors"),
            "{}",
            drafts[60].name
        );
    }
}
