//! ECS services as targets: their bounds, policies and scheduled actions are
//! Application Auto Scaling's, their counts ECS's. A service without a
//! scalable target is no target.

use crate::{
    connect::Clients,
    convert::{count, environment, instant, step},
    error::{cloud_error, own_error},
    pages::{self, Bound, by_owner},
    permissions::Action,
    policy_text,
};
use aws_sdk_applicationautoscaling::types::{
    PolicyType, ScalableDimension, ScalableTarget, ScalingPolicy as ServicePolicy,
    ScheduledAction as ServiceAction, ServiceNamespace, StepScalingPolicyConfiguration,
    SuspendedState, TargetTrackingScalingPolicyConfiguration,
};
use aws_sdk_ecs::types::{
    CapacityProviderStrategyItem, HealthStatus, LaunchType, Service, ServiceField, Task,
};
use domain::{
    capacity::{
        Capacity, CapacityChange, Instance, PolicyKind, Purchase, ScalingPolicy, ScheduledAction,
        SpotMix, Target, TargetKind, TargetRef, Timing,
    },
    estate::Scope,
    limits::{
        APPLICATION_SCHEDULED_ACTIONS_MAX, AWS_CALLS_AT_ONCE_MAX, ECS_SERVICES_PER_CALL_MAX,
        ECS_TASKS_PER_CALL_MAX, POLICIES_PER_TARGET_MAX, TARGETS_PER_SCOPE_MAX,
        TASKS_PER_SERVICE_MAX,
    },
    step_policies::{self, Adjusting, AdjustmentType, Aggregation, Movement},
    time::{Timestamp, Zone},
};
use futures::{StreamExt, TryStreamExt, stream};
use ports::{CloudError, CloudErrorKind};
use std::collections::{BTreeMap, HashMap};

const SCALABLE_TARGETS: Bound = Bound {
    what: "scalable targets",
    most: TARGETS_PER_SCOPE_MAX,
};
const ACTIONS: Bound = Bound {
    what: "scheduled actions",
    most: TARGETS_PER_SCOPE_MAX * APPLICATION_SCHEDULED_ACTIONS_MAX,
};
const POLICIES: Bound = Bound {
    what: "scaling policies",
    most: TARGETS_PER_SCOPE_MAX * POLICIES_PER_TARGET_MAX,
};
/// Application Auto Scaling's name for a service's count.
pub const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

/// Application Auto Scaling's name for a service: `service/cluster/name`.
pub fn resource_id(name: &str) -> String {
    format!("service/{name}")
}

/// Every service that scales, by name, without its tasks.
pub async fn read_all(
    clients: &Clients,
    scope: &Scope,
    tag: &str,
) -> Result<Vec<Target>, CloudError> {
    let scalable = scalable_targets(clients, None).await?;
    if scalable.is_empty() {
        return Ok(Vec::new());
    }
    let names = scalable.iter().filter_map(|target| service_name(target));
    let (mut services, policies, actions) = tokio::try_join!(
        services(clients, names),
        policies(clients, None),
        actions(clients, None),
    )?;
    let mut policies = by_owner(policies, |policy| &policy.resource_id);
    let mut actions = by_owner(actions, |action| &action.resource_id);
    let mut targets = Vec::new();
    for scalable in &scalable {
        let Some(name) = service_name(scalable) else {
            continue;
        };
        let Some(service) = services.remove(name) else {
            continue;
        };
        let policies = policies.remove(&scalable.resource_id).unwrap_or_default();
        let actions = actions.remove(&scalable.resource_id).unwrap_or_default();
        let reference = TargetRef {
            scope: scope.clone(),
            kind: TargetKind::EcsService,
            name: name.to_owned(),
        };
        targets.push(target(
            reference, tag, scalable, &service, &policies, &actions,
        ));
    }
    targets.sort_by(|a, b| a.reference.name.cmp(&b.reference.name));
    Ok(targets)
}

/// One service with its tasks, where ECS may be asked for them.
pub async fn read_one(
    clients: &Clients,
    wanted: &TargetRef,
    tag: &str,
) -> Result<Option<Target>, CloudError> {
    let resource = resource_id(&wanted.name);
    let (scalable, mut services, policies, actions) = tokio::try_join!(
        scalable_targets(clients, Some(&resource)),
        services(clients, std::iter::once(wanted.name.as_str())),
        policies(clients, Some(&resource)),
        actions(clients, Some(&resource)),
    )?;
    let Some(scalable) = scalable.first() else {
        return Ok(None);
    };
    let Some(service) = services.remove(&wanted.name) else {
        return Ok(None);
    };
    let mut target = target(wanted.clone(), tag, scalable, &service, &policies, &actions);
    target.instances = match tasks(clients, &wanted.name).await {
        Ok(tasks) => tasks.iter().map(instance).collect(),
        Err(error) if error.kind == CloudErrorKind::Denied => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(Some(target))
}

/// `service/cluster/name` → `cluster/name`.
fn service_name(target: &ScalableTarget) -> Option<&str> {
    target
        .resource_id
        .strip_prefix("service/")
        .filter(|name| name.contains('/'))
}

/// `cluster/name` in two; ECS calls the cluster that is not named `default`.
pub fn cluster_and_service(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or(("default", name))
}

/// The ARNs of the target groups that a service's tasks are registered in.
pub async fn target_groups(clients: &Clients, name: &str) -> Result<Vec<String>, CloudError> {
    let (cluster, service) = cluster_and_service(name);
    let found = services_of(clients, cluster, &[service]).await?;
    let balancers = found
        .into_iter()
        .filter_map(|(_, service)| service.load_balancers);
    let arns = balancers.flatten().filter_map(|one| one.target_group_arn);
    Ok(arns.collect())
}

async fn scalable_targets(
    clients: &Clients,
    resource: Option<&str>,
) -> Result<Vec<ScalableTarget>, CloudError> {
    let asked = clients
        .application
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(DIMENSION)
        .set_resource_ids(resource.map(|id| vec![id.to_owned()]));
    let action = Action::DescribeScalableTargets;
    let pages = asked.into_paginator().send();
    pages::all(action, SCALABLE_TARGETS, pages, |page| {
        page.scalable_targets.unwrap_or_default()
    })
    .await
}

async fn policies(
    clients: &Clients,
    resource: Option<&str>,
) -> Result<Vec<ServicePolicy>, CloudError> {
    let asked = clients
        .application
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Ecs)
        .set_scalable_dimension(resource.map(|_| DIMENSION))
        .set_resource_id(resource.map(str::to_owned));
    let pages = asked.into_paginator().send();
    pages::all(Action::DescribeServicePolicies, POLICIES, pages, |page| {
        page.scaling_policies.unwrap_or_default()
    })
    .await
}

async fn actions(
    clients: &Clients,
    resource: Option<&str>,
) -> Result<Vec<ServiceAction>, CloudError> {
    let asked = clients
        .application
        .describe_scheduled_actions()
        .service_namespace(ServiceNamespace::Ecs)
        .set_scalable_dimension(resource.map(|_| DIMENSION))
        .set_resource_id(resource.map(str::to_owned));
    let pages = asked.into_paginator().send();
    pages::all(Action::DescribeServiceActions, ACTIONS, pages, |page| {
        page.scheduled_actions.unwrap_or_default()
    })
    .await
}

/// Services by `cluster/name`; one that is gone is left out, though its
/// scalable target may outlive it.
async fn services(
    clients: &Clients,
    names: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Service>, CloudError> {
    let mut clusters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        let (cluster, service) = cluster_and_service(name);
        clusters.entry(cluster).or_default().push(service);
    }
    let mut calls = Vec::new();
    for (cluster, names) in &clusters {
        for names in names.chunks(ECS_SERVICES_PER_CALL_MAX) {
            calls.push(services_of(clients, cluster, names));
        }
    }
    let batches: Vec<Vec<(String, Service)>> = stream::iter(calls)
        .buffer_unordered(AWS_CALLS_AT_ONCE_MAX)
        .try_collect()
        .await?;
    Ok(batches.into_iter().flatten().collect())
}

async fn services_of(
    clients: &Clients,
    cluster: &str,
    names: &[&str],
) -> Result<Vec<(String, Service)>, CloudError> {
    let action = Action::DescribeServices;
    let answer = clients
        .ecs
        .describe_services()
        .cluster(cluster)
        .set_services(Some(names.iter().map(|&name| name.to_owned()).collect()))
        .include(ServiceField::Tags)
        .send()
        .await;
    let answer = match answer.map_err(|error| cloud_error(action, &error)) {
        Ok(answer) => answer,
        // The whole cluster is gone.
        Err(error) if error.kind == CloudErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut failures = answer.failures().iter();
    if let Some(failure) = failures.find(|failure| failure.reason() != Some("MISSING")) {
        let message = format!(
            "{}: {} {}",
            failure.arn().unwrap_or("a service"),
            failure.reason().unwrap_or("could not be described"),
            failure.detail().unwrap_or_default()
        );
        return Err(own_error(action, CloudErrorKind::Unavailable, &message));
    }
    let live = |service: &Service| service.status() != Some("INACTIVE");
    let keyed = |service: Service| {
        let name = service.service_name.as_deref().unwrap_or_default();
        (format!("{cluster}/{name}"), service)
    };
    let services = answer.services.unwrap_or_default();
    Ok(services.into_iter().filter(live).map(keyed).collect())
}

async fn tasks(clients: &Clients, name: &str) -> Result<Vec<Task>, CloudError> {
    let (cluster, service) = cluster_and_service(name);
    let mut pages = clients
        .ecs
        .list_tasks()
        .cluster(cluster)
        .service_name(service)
        .into_paginator()
        .send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| cloud_error(Action::ListTasks, &error))?;
        arns.extend(page.task_arns.unwrap_or_default());
        if arns.len() >= TASKS_PER_SERVICE_MAX {
            break;
        }
    }
    arns.truncate(TASKS_PER_SERVICE_MAX);
    let mut tasks = Vec::with_capacity(arns.len());
    for some in arns.chunks(ECS_TASKS_PER_CALL_MAX) {
        let answer = clients
            .ecs
            .describe_tasks()
            .cluster(cluster)
            .set_tasks(Some(some.to_vec()))
            .send()
            .await
            .map_err(|error| cloud_error(Action::DescribeTasks, &error))?;
        // A task that ended meanwhile is among the failures and is no capacity.
        tasks.extend(answer.tasks.unwrap_or_default());
    }
    Ok(tasks)
}

fn target(
    reference: TargetRef,
    tag: &str,
    scalable: &ScalableTarget,
    service: &Service,
    policies: &[ServicePolicy],
    actions: &[ServiceAction],
) -> Target {
    let tags = service
        .tags()
        .iter()
        .filter_map(|tag| Some((tag.key.as_deref()?, tag.value.as_deref().unwrap_or(""))));
    let mut policies: Vec<ScalingPolicy> = policies.iter().map(policy).collect();
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    let mut actions: Vec<ScheduledAction> = actions.iter().map(scheduled_action).collect();
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    Target {
        environment: environment(tag, tags, &reference.name),
        reference,
        capacity: Capacity {
            min: count(scalable.min_capacity),
            desired: count(service.desired_count),
            max: count(scalable.max_capacity),
        },
        instances: Vec::new(),
        in_service: count(service.running_count),
        pending: count(service.pending_count),
        suspended: suspended(scalable.suspended_state.as_ref()),
        mix: mix(service.capacity_provider_strategy()),
        policies,
        actions,
        timers: Vec::new(),
    }
}

fn suspended(state: Option<&SuspendedState>) -> Vec<String> {
    let Some(state) = state else {
        return Vec::new();
    };
    [
        ("DynamicScalingIn", state.dynamic_scaling_in_suspended),
        ("DynamicScalingOut", state.dynamic_scaling_out_suspended),
        ("ScheduledScaling", state.scheduled_scaling_suspended),
    ]
    .into_iter()
    .filter(|(_, suspended)| *suspended == Some(true))
    .map(|(name, _)| name.to_owned())
    .collect()
}

/// The share of a strategy that is not Fargate Spot; none without Fargate Spot.
fn mix(strategy: &[CapacityProviderStrategyItem]) -> Option<SpotMix> {
    let is_spot = |item: &&CapacityProviderStrategyItem| item.capacity_provider == "FARGATE_SPOT";
    strategy.iter().find(is_spot)?;
    let weight: u32 = strategy.iter().map(|item| count(item.weight)).sum();
    let others = || strategy.iter().filter(|item| !is_spot(item));
    let on_demand: u32 = others().map(|item| count(item.weight)).sum();
    Some(SpotMix {
        on_demand_base: others().map(|item| count(item.base)).sum(),
        on_demand_percent: (on_demand * 100).checked_div(weight).unwrap_or(0),
        rebalance: false,
        // A task has neither an instance type nor zones of its own to choose from.
        types: None,
        zones: None,
        strategy: None,
    })
}

fn policy(policy: &ServicePolicy) -> ScalingPolicy {
    let tracked = policy.target_tracking_scaling_policy_configuration.as_ref();
    let steps = policy.step_scaling_policy_configuration.as_ref();
    let adjusting = steps.and_then(adjusting);
    let (kind, summary) = match &policy.policy_type {
        PolicyType::StepScaling => {
            let summary = adjusting.as_ref().map(step_policies::summary);
            (PolicyKind::Step, summary.unwrap_or_default())
        }
        PolicyType::TargetTrackingScaling => {
            let summary = tracked.map(tracking_summary).unwrap_or_default();
            (PolicyKind::TargetTracking, summary)
        }
        _ => (PolicyKind::Predictive, predictive_summary(policy)),
    };
    ScalingPolicy {
        name: policy.policy_name.clone(),
        kind,
        // Application Auto Scaling has no switch for one policy.
        enabled: true,
        alarms: policy
            .alarms()
            .iter()
            .map(|alarm| alarm.alarm_name.clone())
            .collect(),
        summary,
        adjusting,
        target_value: tracked.map(|tracked| tracked.target_value),
    }
}

/// None for an adjustment type that AWS may invent later.
fn adjusting(steps: &StepScalingPolicyConfiguration) -> Option<Adjusting> {
    let aggregation = steps.metric_aggregation_type.as_ref();
    Some(Adjusting {
        kind: AdjustmentType::parse(steps.adjustment_type.as_ref()?.as_str())?,
        magnitude_min: steps.min_adjustment_magnitude.map(count),
        movement: Movement::Steps {
            steps: steps
                .step_adjustments()
                .iter()
                .map(|given| {
                    step(
                        given.metric_interval_lower_bound,
                        given.metric_interval_upper_bound,
                        given.scaling_adjustment,
                    )
                })
                .collect(),
            aggregation: Aggregation::parse(aggregation.map(|word| word.as_str())),
        },
    })
}

fn tracking_summary(tracking: &TargetTrackingScalingPolicyConfiguration) -> String {
    let predefined = tracking
        .predefined_metric_specification
        .as_ref()
        .map(|metric| metric.predefined_metric_type.as_str().to_owned());
    let metric = predefined.unwrap_or_else(|| {
        let custom = tracking.customized_metric_specification.as_ref();
        policy_text::custom_metric(
            custom.and_then(|metric| metric.namespace.as_deref()),
            custom.and_then(|metric| metric.metric_name.as_deref()),
        )
    });
    policy_text::tracking(&metric, Some(tracking.target_value))
}

fn predictive_summary(policy: &ServicePolicy) -> String {
    policy
        .predictive_scaling_policy_configuration
        .as_ref()
        .and_then(|configuration| configuration.mode.as_ref())
        .map(|mode| mode.as_str().to_owned())
        .unwrap_or_default()
}

fn scheduled_action(action: &ServiceAction) -> ScheduledAction {
    let timezone = action.timezone.clone().filter(|zone| !zone.is_empty());
    let timezone = timezone.unwrap_or_else(|| "UTC".to_owned());
    let sets = action.scalable_target_action.as_ref();
    ScheduledAction {
        name: action.scheduled_action_name.clone(),
        timing: match once(&action.schedule, &timezone) {
            Some(at) => Timing::Once { at },
            None => Timing::Recurring {
                expression: action.schedule.clone(),
                timezone,
                starts_at: action.start_time.as_ref().map(instant),
                ends_at: action.end_time.as_ref().map(instant),
            },
        },
        capacity: CapacityChange {
            min: sets.and_then(|sets| sets.min_capacity).map(count),
            desired: None,
            max: sets.and_then(|sets| sets.max_capacity).map(count),
        },
        next_run_at: None,
    }
}

/// The instant of `at(yyyy-mm-ddThh:mm:ss)` in its zone. One in a zone that we
/// do not know stays an expression.
fn once(schedule: &str, timezone: &str) -> Option<Timestamp> {
    let local = schedule.trim().strip_prefix("at(")?.strip_suffix(')')?;
    Zone::named(timezone).ok()?.parse_field(local).ok()
}

fn instance(task: &Task) -> Instance {
    let provider = task.capacity_provider_name.as_deref();
    let launch = task.launch_type.as_ref();
    let arn = task.task_arn.as_deref().unwrap_or_default();
    Instance {
        id: arn.rsplit('/').next().unwrap_or_default().to_owned(),
        zone: task.availability_zone.clone().unwrap_or_default(),
        instance_type: launch.map_or("", |launch| launch.as_str()).to_owned(),
        lifecycle_state: task.last_status.clone().unwrap_or_default(),
        // A task without a health check of its own is never unhealthy.
        healthy: task.health_status != Some(HealthStatus::Unhealthy),
        purchase: match (provider, launch) {
            (Some("FARGATE_SPOT"), _) => Purchase::Spot,
            (Some("FARGATE"), _) | (None, Some(LaunchType::Fargate)) => Purchase::OnDemand,
            _ => Purchase::Unknown,
        },
        // Told by GetTaskProtection only, one more call for each hundred tasks.
        protected: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_expressions_are_read_in_their_zone() {
        let check = |schedule, zone| once(schedule, zone).map(|at| at.to_string());
        assert_eq!(
            check("at(2026-03-01T09:00:00)", "Asia/Seoul").as_deref(),
            Some("2026-03-01T00:00:00Z")
        );
        assert_eq!(
            check("at(2026-03-01T09:00:05)", "UTC").as_deref(),
            Some("2026-03-01T09:00:05Z")
        );
        assert_eq!(check("at(2026-03-01T09:00:00)", "EST5EDT4"), None);
        assert_eq!(check("rate(5 minutes)", "UTC"), None);
        assert_eq!(check("at(soon)", "UTC"), None);
    }

    #[test]
    fn fargate_spot_makes_a_mix() {
        let item = |provider: &str, weight, base| {
            CapacityProviderStrategyItem::builder()
                .capacity_provider(provider)
                .weight(weight)
                .base(base)
                .build()
                .expect("a strategy")
        };
        let mixed = [item("FARGATE", 1, 2), item("FARGATE_SPOT", 3, 0)];
        assert_eq!(
            mix(&mixed),
            Some(SpotMix {
                on_demand_base: 2,
                on_demand_percent: 25,
                rebalance: false,
                types: None,
                zones: None,
                strategy: None,
            })
        );
        assert_eq!(mix(&[item("FARGATE", 1, 0)]), None);
        assert_eq!(
            mix(&[item("FARGATE_SPOT", 0, 0)]).map(|mix| mix.on_demand_percent),
            Some(0)
        );
    }
}
