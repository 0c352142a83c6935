//! EC2 Auto Scaling groups as targets.

use crate::{
    connect::Clients,
    convert::{count, environment, instant, step},
    node_groups::NODE_GROUP_TAG,
    pages::{self, Bound, by_owner},
    permissions::Action,
    policy_text,
};
use aws_sdk_autoscaling::{
    Client,
    types::{
        AutoScalingGroup, LaunchTemplate, ScalingPolicy as GroupPolicy, ScheduledUpdateGroupAction,
        TargetTrackingConfiguration,
    },
};
use domain::{
    capacity::{
        Capacity, CapacityChange, Instance, PolicyKind, Purchase, ScalingPolicy, ScheduledAction,
        SpotMix, Target, TargetKind, TargetRef, Timing,
    },
    estate::Scope,
    limits::{
        ASG_SCHEDULED_ACTIONS_MAX, AWS_PAGE_ROWS, POLICIES_PER_TARGET_MAX, SPOT_PRICE_TYPES_MAX,
        TARGETS_PER_SCOPE_MAX,
    },
    mixes::SpotStrategy,
    step_policies::{self, Adjusting, AdjustmentType, Aggregation, Movement},
};
use ports::{CloudError, CloudErrorKind};
use std::collections::BTreeSet;

const GROUPS: Bound = Bound {
    what: "groups",
    most: TARGETS_PER_SCOPE_MAX,
};
const ACTIONS: Bound = Bound {
    what: "scheduled actions",
    most: TARGETS_PER_SCOPE_MAX * ASG_SCHEDULED_ACTIONS_MAX,
};
const POLICIES: Bound = Bound {
    what: "scaling policies",
    most: TARGETS_PER_SCOPE_MAX * POLICIES_PER_TARGET_MAX,
};

/// Every group of a scope, by name, with purchase options, where EC2 may be asked for them.
pub async fn read_all(
    clients: &Clients,
    scope: &Scope,
    tag: &str,
) -> Result<Vec<Target>, CloudError> {
    let client = &clients.autoscaling;
    let mut groups = groups(client, None).await?;
    groups.retain(|group| is_shown(clients, group));
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let (policies, actions) = tokio::try_join!(policies(client, None), actions(client, None))?;
    let mut policies = by_owner(policies, |policy| {
        policy
            .auto_scaling_group_name
            .as_deref()
            .unwrap_or_default()
    });
    let mut actions = by_owner(actions, |action| {
        action
            .auto_scaling_group_name
            .as_deref()
            .unwrap_or_default()
    });
    let mut targets: Vec<Target> = groups
        .into_iter()
        .map(|group| {
            let name = group.auto_scaling_group_name.clone().unwrap_or_default();
            let policies = policies.remove(&name).unwrap_or_default();
            let actions = actions.remove(&name).unwrap_or_default();
            target(scope, tag, name, group, &policies, &actions)
        })
        .collect();
    targets.sort_by(|a, b| a.reference.name.cmp(&b.reference.name));
    // What EC2 adds is good to know. A region whose EC2 is called too often is read all the same.
    add_purchases(clients, &mut targets).await.ok();
    Ok(targets)
}

/// One group with purchase options, where EC2 may be asked for them.
pub async fn read_one(
    clients: &Clients,
    wanted: &TargetRef,
    tag: &str,
) -> Result<Option<Target>, CloudError> {
    let client = &clients.autoscaling;
    let name = wanted.name.as_str();
    let (groups, policies, actions) = tokio::try_join!(
        groups(client, Some(name)),
        absent_is_empty(policies(client, Some(name))),
        absent_is_empty(actions(client, Some(name))),
    )?;
    let Some(group) = groups.into_iter().find(|group| is_shown(clients, group)) else {
        return Ok(None);
    };
    let name = wanted.name.clone();
    let mut target = target(&wanted.scope, tag, name, group, &policies, &actions);
    add_purchases(clients, std::slice::from_mut(&mut target)).await?;
    Ok(Some(target))
}

/// The ARNs of the target groups that a group's instances are registered in.
pub async fn target_groups(client: &Client, name: &str) -> Result<Vec<String>, CloudError> {
    let found = groups(client, Some(name)).await?;
    let arns = found
        .into_iter()
        .filter_map(|group| group.target_group_arns);
    Ok(arns.flatten().collect())
}

/// What a group may launch.
#[derive(Debug, Default)]
pub struct Choices {
    /// Instance types, each once: those that its policy names and those that run.
    pub types: Vec<String>,
    /// Availability zones.
    pub zones: Vec<String>,
}

/// What a group may launch; nothing of one that is not there.
pub async fn choices(client: &Client, name: &str) -> Result<Choices, CloudError> {
    let Some(group) = groups(client, Some(name)).await?.pop() else {
        return Ok(Choices::default());
    };
    let policy = group.mixed_instances_policy.as_ref();
    let template = policy.and_then(|policy| policy.launch_template.as_ref());
    let overrides = template.map(LaunchTemplate::overrides).unwrap_or_default();
    let named = overrides.iter().map(|instead| &instead.instance_type);
    let running = group.instances().iter().map(|one| &one.instance_type);
    let types: BTreeSet<&String> = named.chain(running).flatten().collect();
    Ok(Choices {
        types: types
            .into_iter()
            .take(SPOT_PRICE_TYPES_MAX)
            .cloned()
            .collect(),
        zones: group.availability_zones().to_vec(),
    })
}

/// What EKS keeps for a node group is shown as that, where node groups are watched.
fn is_shown(clients: &Clients, group: &AutoScalingGroup) -> bool {
    let mut tags = group.tags().iter();
    let is_of_eks = tags.any(|tag| tag.key.as_deref() == Some(NODE_GROUP_TAG));
    !(is_of_eks && clients.watch.node_groups)
}

/// A group that is gone between two calls has neither policies nor actions.
async fn absent_is_empty<T>(
    reading: impl Future<Output = Result<Vec<T>, CloudError>>,
) -> Result<Vec<T>, CloudError> {
    match reading.await {
        Err(error) if error.kind == CloudErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

async fn groups(client: &Client, name: Option<&str>) -> Result<Vec<AutoScalingGroup>, CloudError> {
    let asked = client
        .describe_auto_scaling_groups()
        .set_auto_scaling_group_names(name.map(|name| vec![name.to_owned()]))
        .max_records(AWS_PAGE_ROWS);
    let pages = asked.into_paginator().send();
    pages::all(Action::DescribeAutoScalingGroups, GROUPS, pages, |page| {
        page.auto_scaling_groups.unwrap_or_default()
    })
    .await
}

async fn policies(client: &Client, group: Option<&str>) -> Result<Vec<GroupPolicy>, CloudError> {
    let asked = client
        .describe_policies()
        .set_auto_scaling_group_name(group.map(str::to_owned))
        .max_records(AWS_PAGE_ROWS);
    let pages = asked.into_paginator().send();
    pages::all(Action::DescribePolicies, POLICIES, pages, |page| {
        page.scaling_policies.unwrap_or_default()
    })
    .await
}

async fn actions(
    client: &Client,
    group: Option<&str>,
) -> Result<Vec<ScheduledUpdateGroupAction>, CloudError> {
    let asked = client
        .describe_scheduled_actions()
        .set_auto_scaling_group_name(group.map(str::to_owned))
        .max_records(AWS_PAGE_ROWS);
    let pages = asked.into_paginator().send();
    pages::all(Action::DescribeGroupActions, ACTIONS, pages, |page| {
        page.scheduled_update_group_actions.unwrap_or_default()
    })
    .await
}

fn target(
    scope: &Scope,
    tag: &str,
    name: String,
    group: AutoScalingGroup,
    policies: &[GroupPolicy],
    actions: &[ScheduledUpdateGroupAction],
) -> Target {
    let tags = group
        .tags()
        .iter()
        .filter_map(|tag| Some((tag.key.as_deref()?, tag.value.as_deref().unwrap_or(""))));
    let environment = environment(tag, tags, &name);
    let instances: Vec<Instance> = group.instances().iter().map(instance).collect();
    let number = |test: fn(&Instance) -> bool| {
        u32::try_from(instances.iter().filter(|i| test(i)).count()).unwrap_or(u32::MAX)
    };
    let mut suspended: Vec<String> = group
        .suspended_processes()
        .iter()
        .filter_map(|process| process.process_name.clone())
        .collect();
    suspended.sort();
    let mut policies: Vec<ScalingPolicy> = policies.iter().map(policy).collect();
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    let mut actions: Vec<ScheduledAction> = actions.iter().filter_map(scheduled_action).collect();
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    Target {
        reference: TargetRef {
            scope: scope.clone(),
            kind: TargetKind::Asg,
            name,
        },
        environment,
        capacity: Capacity {
            min: count(group.min_size.unwrap_or(0)),
            desired: count(group.desired_capacity.unwrap_or(0)),
            max: count(group.max_size.unwrap_or(0)),
        },
        in_service: number(Instance::in_service),
        pending: number(|instance| instance.lifecycle_state.starts_with("Pending")),
        instances,
        suspended,
        mix: mix(&group),
        policies,
        actions,
        timers: Vec::new(),
    }
}

fn instance(instance: &aws_sdk_autoscaling::types::Instance) -> Instance {
    let healthy = instance.health_status.as_deref().unwrap_or_default();
    Instance {
        id: instance.instance_id.clone().unwrap_or_default(),
        zone: instance.availability_zone.clone().unwrap_or_default(),
        instance_type: instance.instance_type.clone().unwrap_or_default(),
        lifecycle_state: instance
            .lifecycle_state
            .as_ref()
            .map(|state| state.as_str().to_owned())
            .unwrap_or_default(),
        healthy: healthy.eq_ignore_ascii_case("healthy"),
        purchase: Purchase::Unknown,
        protected: instance.protected_from_scale_in.unwrap_or(false),
    }
}

/// Unset fields have AWS's defaults: no base, all on demand above it
/// (InstancesDistribution).
fn mix(group: &AutoScalingGroup) -> Option<SpotMix> {
    let policy = group.mixed_instances_policy.as_ref()?;
    let distribution = policy.instances_distribution.as_ref();
    let base = distribution.and_then(|d| d.on_demand_base_capacity);
    let percent = distribution.and_then(|d| d.on_demand_percentage_above_base_capacity);
    Some(SpotMix {
        on_demand_base: count(base.unwrap_or(0)),
        on_demand_percent: count(percent.unwrap_or(100)),
        rebalance: group.capacity_rebalance.unwrap_or(false),
        types: policy.launch_template.as_ref().and_then(types),
        zones: u32::try_from(group.availability_zones().len())
            .ok()
            .filter(|zones| *zones > 0),
        strategy: distribution
            .and_then(|d| d.spot_allocation_strategy.as_deref())
            .and_then(SpotStrategy::parse),
    })
}

/// The instance types that are named, each once. Without any there is the launch
/// template's own; attributes in place of a name mean that AWS chooses.
fn types(template: &LaunchTemplate) -> Option<u32> {
    let mut types = BTreeSet::new();
    for instead in template.overrides() {
        types.insert(instead.instance_type.as_deref()?);
    }
    u32::try_from(types.len().max(1)).ok()
}

fn policy(policy: &GroupPolicy) -> ScalingPolicy {
    let kind = match policy.policy_type.as_deref() {
        Some("TargetTrackingScaling") => PolicyKind::TargetTracking,
        Some("StepScaling") => PolicyKind::Step,
        Some("PredictiveScaling") => PolicyKind::Predictive,
        // Policies made before there were types are simple ones.
        _ => PolicyKind::Simple,
    };
    let alarms = policy.alarms().iter();
    let tracked = policy.target_tracking_configuration.as_ref();
    let adjusting = adjusting(policy, kind);
    ScalingPolicy {
        name: policy.policy_name.clone().unwrap_or_default(),
        kind,
        enabled: policy.enabled.unwrap_or(true),
        alarms: alarms
            .filter_map(|alarm| alarm.alarm_name.clone())
            .collect(),
        summary: match (kind, &adjusting) {
            (PolicyKind::TargetTracking, _) => tracked.map(tracking).unwrap_or_default(),
            (PolicyKind::Predictive, _) => predictive(policy),
            (_, Some(adjusting)) => step_policies::summary(adjusting),
            (_, None) => String::new(),
        },
        adjusting,
        target_value: tracked.and_then(|tracked| tracked.target_value),
    }
}

/// None for an adjustment type that AWS may invent later.
fn adjusting(policy: &GroupPolicy, kind: PolicyKind) -> Option<Adjusting> {
    let movement = match kind {
        PolicyKind::Step => Movement::Steps {
            steps: policy
                .step_adjustments()
                .iter()
                .map(|given| {
                    step(
                        given.metric_interval_lower_bound,
                        given.metric_interval_upper_bound,
                        given.scaling_adjustment.unwrap_or(0),
                    )
                })
                .collect(),
            aggregation: Aggregation::parse(policy.metric_aggregation_type.as_deref()),
        },
        PolicyKind::Simple => Movement::Simple {
            adjustment: policy.scaling_adjustment.unwrap_or(0),
        },
        PolicyKind::TargetTracking | PolicyKind::Predictive => return None,
    };
    Some(Adjusting {
        kind: AdjustmentType::parse(policy.adjustment_type.as_deref()?)?,
        magnitude_min: policy.min_adjustment_magnitude.map(count),
        movement,
    })
}

fn tracking(tracking: &TargetTrackingConfiguration) -> String {
    let predefined = tracking
        .predefined_metric_specification
        .as_ref()
        .and_then(|metric| metric.predefined_metric_type.as_ref())
        .map(|metric| metric.as_str().to_owned());
    let metric = predefined.unwrap_or_else(|| {
        let custom = tracking.customized_metric_specification.as_ref();
        policy_text::custom_metric(
            custom.and_then(|metric| metric.namespace.as_deref()),
            custom.and_then(|metric| metric.metric_name.as_deref()),
        )
    });
    policy_text::tracking(&metric, tracking.target_value)
}

fn predictive(policy: &GroupPolicy) -> String {
    let Some(configuration) = &policy.predictive_scaling_configuration else {
        return String::new();
    };
    let mode = configuration
        .mode
        .as_ref()
        .map_or("ForecastOnly", |mode| mode.as_str());
    let metrics: Vec<String> = configuration
        .metric_specifications
        .iter()
        .flatten()
        .map(|metric| {
            let pair = metric
                .predefined_metric_pair_specification
                .as_ref()
                .and_then(|pair| pair.predefined_metric_type.as_ref())
                .map_or("metric of its own", |pair| pair.as_str());
            policy_text::tracking(pair, metric.target_value)
        })
        .collect();
    format!("{mode}: {}", metrics.join(", "))
}

/// With a recurrence, `StartTime` is the next run as AWS computed it: sent back
/// as a start it would be in the past, or fire once on the old pattern.
fn scheduled_action(action: &ScheduledUpdateGroupAction) -> Option<ScheduledAction> {
    let start = action.start_time.as_ref().or(action.time.as_ref());
    let start = start.map(instant);
    let recurrence = action.recurrence.clone().filter(|text| !text.is_empty());
    let (timing, next_run_at) = match recurrence {
        Some(expression) => {
            let timezone = action.time_zone.clone().filter(|zone| !zone.is_empty());
            let timing = Timing::Recurring {
                expression,
                timezone: timezone.unwrap_or_else(|| "UTC".to_owned()),
                starts_at: None,
                ends_at: action.end_time.as_ref().map(instant),
            };
            (timing, start)
        }
        None => (Timing::Once { at: start? }, None),
    };
    Some(ScheduledAction {
        name: action.scheduled_action_name.clone()?,
        timing,
        capacity: CapacityChange {
            min: action.min_size.map(count),
            desired: action.desired_capacity.map(count),
            max: action.max_size.map(count),
        },
        next_run_at,
    })
}

/// Leaves purchases unknown where EC2 may not be asked.
async fn add_purchases(clients: &Clients, targets: &mut [Target]) -> Result<(), CloudError> {
    let instances = targets.iter().flat_map(|target| &target.instances);
    let ids: Vec<&str> = instances.map(|instance| instance.id.as_str()).collect();
    let known = match clients.ec2.instances(&ids).await {
        Ok(known) => known,
        Err(error) if error.kind == CloudErrorKind::Denied => return Ok(()),
        Err(error) => return Err(error),
    };
    for instance in targets.iter_mut().flat_map(|target| &mut target.instances) {
        if let Some(known) = known.get(&instance.id) {
            instance.purchase = known.purchase;
            instance.instance_type.clone_from(&known.instance_type);
        }
    }
    Ok(())
}
