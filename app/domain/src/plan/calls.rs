//! Calls in AWS's own terms: the exact actions and parameters, as people approve them.

use super::{AwsCall, Call};
use crate::{
    alarms::{AlarmRef, definition::AlarmDefinition},
    capacity::{CapacityChange, ScheduledAction, TargetKind, TargetRef, Timing},
    log_filters::{self, CountedLines},
    mixes::{Mix, SpotStrategy},
    processes::Process,
    refreshes::Pace,
    schedules::Power,
    time::Timestamp,
};

/// Names and values, in the order in which they are read.
type Parameters = Vec<(String, String)>;

impl Call {
    /// The exact AWS calls behind it, in order. A service takes two to set a
    /// capacity: its bounds are Application Auto Scaling's, its count is ECS's.
    #[must_use]
    pub fn aws(&self) -> Vec<AwsCall> {
        match self {
            Self::PutScheduledAction { target, action } => vec![put_action(target, action)],
            Self::DeleteScheduledAction { target, name } => vec![delete_action(target, name)],
            Self::PutScheduledActions { target, actions } => vec![put_actions(target, actions)],
            Self::DeleteScheduledActions { target, names } => vec![delete_actions(target, names)],
            Self::SetCapacity { target, capacity } => set_capacity(target, *capacity),
            Self::SetProcesses {
                target,
                suspend,
                resume,
            } => set_processes(target, suspend, resume),
            Self::PutTimer {
                timer, replaces, ..
            } => {
                let action = match replaces {
                    true => "scheduler:UpdateSchedule",
                    false => "scheduler:CreateSchedule",
                };
                vec![call(action, timer.parameters())]
            }
            Self::DeleteTimer { name, .. } => vec![call(
                "scheduler:DeleteSchedule",
                vec![("Name".into(), name.clone())],
            )],
            Self::SetMix { target, mix } => vec![set_mix(target, *mix)],
            Self::SetPower {
                target,
                power,
                instances,
            } => vec![set_power(target, *power, instances)],
            Self::StartRefresh { target, pace } => vec![start_refresh(target, pace)],
            Self::CancelRefresh { target } => {
                vec![call("autoscaling:CancelInstanceRefresh", identity(target))]
            }
            Self::SetAlarmActions { alarm, enabled } => vec![set_alarm_actions(alarm, *enabled)],
            Self::PutAlarm { alarm, definition } => vec![put_alarm(alarm, definition)],
            Self::DeleteAlarm { alarm } => {
                let names = vec![("AlarmNames".into(), alarm.name.clone())];
                vec![call("cloudwatch:DeleteAlarms", names)]
            }
            Self::PutMetricFilter {
                lines,
                namespace,
                metric,
                ..
            } => vec![put_metric_filter(lines, namespace, metric)],
            Self::DeleteMetricFilter { group, filter, .. } => vec![call(
                "logs:DeleteMetricFilter",
                vec![
                    ("logGroupName".into(), group.clone()),
                    ("filterName".into(), filter.clone()),
                ],
            )],
        }
    }
}

fn put_action(target: &TargetRef, action: &ScheduledAction) -> AwsCall {
    let mut parameters = identity(target);
    match target.kind {
        TargetKind::EcsService => {
            parameters.push(("ScheduledActionName".into(), action.name.clone()));
            let once = |at| {
                vec![
                    ("Schedule".into(), at_expression(at)),
                    ("Timezone".into(), "UTC".into()),
                ]
            };
            let names = ("Schedule", "Timezone");
            push_timing(&mut parameters, &action.timing, once, names);
            for (name, bound) in [
                ("ScalableTargetAction.MinCapacity", action.capacity.min),
                ("ScalableTargetAction.MaxCapacity", action.capacity.max),
            ] {
                push_some(&mut parameters, name, bound.as_ref());
            }
            call("application-autoscaling:PutScheduledAction", parameters)
        }
        _ => {
            parameters.append(&mut of_group(action));
            call("autoscaling:PutScheduledUpdateGroupAction", parameters)
        }
    }
}

/// What a group is told of a scheduled action.
fn of_group(action: &ScheduledAction) -> Parameters {
    let mut parameters = vec![("ScheduledActionName".into(), action.name.clone())];
    let once = |at: Timestamp| vec![("StartTime".into(), at.to_string())];
    let names = ("Recurrence", "TimeZone");
    push_timing(&mut parameters, &action.timing, once, names);
    push_sizes(&mut parameters, GROUP_SIZES, action.capacity);
    parameters
}

fn put_actions(target: &TargetRef, actions: &[ScheduledAction]) -> AwsCall {
    let mut parameters = identity(target);
    for (place, action) in (1..).zip(actions) {
        let member = of_group(action).into_iter();
        parameters.extend(member.map(|(name, value)| {
            let name = format!("ScheduledUpdateGroupActions.member.{place}.{name}");
            (name, value)
        }));
    }
    call("autoscaling:BatchPutScheduledUpdateGroupAction", parameters)
}

fn delete_actions(target: &TargetRef, names: &[String]) -> AwsCall {
    let mut parameters = identity(target);
    for (place, name) in (1..).zip(names) {
        parameters.push((format!("ScheduledActionNames.member.{place}"), name.clone()));
    }
    call("autoscaling:BatchDeleteScheduledAction", parameters)
}

/// When an action fires: once, as the service says it, or again and again, by the
/// service's names of the expression and its zone.
fn push_timing(
    parameters: &mut Parameters,
    timing: &Timing,
    once: impl FnOnce(Timestamp) -> Parameters,
    (expression_name, zone_name): (&str, &str),
) {
    match timing {
        Timing::Once { at } => parameters.extend(once(*at)),
        Timing::Recurring {
            expression,
            timezone,
            starts_at,
            ends_at,
        } => {
            parameters.push((expression_name.into(), expression.clone()));
            parameters.push((zone_name.into(), timezone.clone()));
            push_some(parameters, "StartTime", starts_at.as_ref());
            push_some(parameters, "EndTime", ends_at.as_ref());
        }
    }
}

fn delete_action(target: &TargetRef, name: &str) -> AwsCall {
    let action = match target.kind {
        TargetKind::EcsService => "application-autoscaling:DeleteScheduledAction",
        _ => "autoscaling:DeleteScheduledAction",
    };
    let mut parameters = identity(target);
    parameters.push(("ScheduledActionName".into(), name.to_owned()));
    call(action, parameters)
}

fn set_capacity(target: &TargetRef, capacity: CapacityChange) -> Vec<AwsCall> {
    let mut parameters = identity(target);
    let whole = match target.kind {
        TargetKind::EcsService => None,
        TargetKind::Eks => Some(("eks:UpdateNodegroupConfig", NODE_GROUP_SIZES)),
        _ => Some(("autoscaling:UpdateAutoScalingGroup", GROUP_SIZES)),
    };
    if let Some((action, names)) = whole {
        push_sizes(&mut parameters, names, capacity);
        return vec![call(action, parameters)];
    }
    let mut calls = Vec::new();
    if capacity.min.is_some() || capacity.max.is_some() {
        push_some(&mut parameters, "MinCapacity", capacity.min.as_ref());
        push_some(&mut parameters, "MaxCapacity", capacity.max.as_ref());
        calls.push(call(REGISTER, parameters));
    }
    if let Some(desired) = capacity.desired {
        let (cluster, service) = pair(&target.name);
        calls.push(call(
            "ecs:UpdateService",
            vec![
                ("cluster".into(), cluster.into()),
                ("service".into(), service.into()),
                ("desiredCount".into(), desired.to_string()),
            ],
        ));
    }
    calls
}

/// What the two services call min, max and desired.
const GROUP_SIZES: [&str; 3] = ["MinSize", "MaxSize", "DesiredCapacity"];
const NODE_GROUP_SIZES: [&str; 3] = [
    "ScalingConfig.MinSize",
    "ScalingConfig.MaxSize",
    "ScalingConfig.DesiredSize",
];

const REGISTER: &str = "application-autoscaling:RegisterScalableTarget";

/// The rest of the policy, launch template and all, stays as it is.
fn set_mix(target: &TargetRef, mix: Mix) -> AwsCall {
    let mut parameters = identity(target);
    let distribution = "MixedInstancesPolicy.InstancesDistribution";
    for (name, value) in [
        ("OnDemandBaseCapacity", mix.share.on_demand_base),
        (
            "OnDemandPercentageAboveBaseCapacity",
            mix.share.on_demand_percent,
        ),
    ] {
        parameters.push((format!("{distribution}.{name}"), value.to_string()));
    }
    let strategy = mix.strategy.map(SpotStrategy::as_str);
    let name = format!("{distribution}.SpotAllocationStrategy");
    push_some(&mut parameters, &name, strategy.as_ref());
    call("autoscaling:UpdateAutoScalingGroup", parameters)
}

fn start_refresh(target: &TargetRef, pace: &Pace) -> AwsCall {
    let mut parameters = identity(target);
    let mut push = |name: &str, value: Option<String>| {
        push_some(
            &mut parameters,
            &format!("Preferences.{name}"),
            value.as_ref(),
        );
    };
    let number = |value: Option<u32>| value.map(|value| value.to_string());
    push(
        "MinHealthyPercentage",
        number(Some(pace.min_healthy_percent)),
    );
    push("MaxHealthyPercentage", number(pace.max_healthy_percent));
    push("InstanceWarmup", number(pace.warm_up_s));
    push("SkipMatching", Some(pace.skip_matching.to_string()));
    for (place, percent) in (1..).zip(&pace.checkpoints) {
        let name = format!("CheckpointPercentages.member.{place}");
        push(&name, Some(percent.to_string()));
    }
    push("CheckpointDelay", number(pace.checkpoint_pause_s));
    call("autoscaling:StartInstanceRefresh", parameters)
}

/// Switches what is only on or off.
fn set_power(target: &TargetRef, power: Power, instances: &[String]) -> AwsCall {
    let action = match (target.kind, power) {
        (TargetKind::Rds, Power::Running) => "rds:StartDBInstance",
        (TargetKind::Rds, Power::Stopped) => "rds:StopDBInstance",
        (TargetKind::RdsCluster, Power::Running) => "rds:StartDBCluster",
        (TargetKind::RdsCluster, Power::Stopped) => "rds:StopDBCluster",
        (_, Power::Running) => "ec2:StartInstances",
        (_, Power::Stopped) => "ec2:StopInstances",
    };
    let named = (1..).zip(instances);
    let named = named.map(|(number, id)| (format!("InstanceId.{number}"), id.clone()));
    let parameters = match target.kind {
        TargetKind::Rds | TargetKind::RdsCluster => identity(target),
        _ => named.collect(),
    };
    call(action, parameters)
}

fn set_processes(target: &TargetRef, suspend: &[Process], resume: &[Process]) -> Vec<AwsCall> {
    match target.kind {
        TargetKind::Asg => [
            ("autoscaling:SuspendProcesses", suspend),
            ("autoscaling:ResumeProcesses", resume),
        ]
        .into_iter()
        .filter(|(_, processes)| !processes.is_empty())
        .map(|(action, processes)| {
            let mut parameters = identity(target);
            for (number, process) in (1..).zip(processes) {
                let name = format!("ScalingProcesses.member.{number}");
                parameters.push((name, process.to_string()));
            }
            call(action, parameters)
        })
        .collect(),
        TargetKind::EcsService => {
            let mut parameters = identity(target);
            for process in Process::of(target.kind) {
                let name = format!("SuspendedState.{process}Suspended");
                parameters.push((name, suspend.contains(process).to_string()));
            }
            vec![call(REGISTER, parameters)]
        }
        // They have none.
        TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster | TargetKind::Eks => {
            Vec::new()
        }
    }
}

fn set_alarm_actions(alarm: &AlarmRef, enabled: bool) -> AwsCall {
    let action = match enabled {
        true => "cloudwatch:EnableAlarmActions",
        false => "cloudwatch:DisableAlarmActions",
    };
    call(action, vec![("AlarmNames".into(), alarm.name.clone())])
}

fn put_alarm(alarm: &AlarmRef, definition: &AlarmDefinition) -> AwsCall {
    let metric = &definition.metric;
    let mut parameters: Parameters = Vec::new();
    let mut push = |name: &str, value: &str| {
        if !value.is_empty() {
            parameters.push((name.to_owned(), value.to_owned()));
        }
    };
    push("AlarmName", &alarm.name);
    push("AlarmDescription", &definition.description);
    push("Namespace", &metric.namespace);
    push("MetricName", &metric.name);
    for (number, (name, value)) in (1..).zip(&metric.dimensions) {
        push(&format!("Dimensions.member.{number}.Name"), name);
        push(&format!("Dimensions.member.{number}.Value"), value);
    }
    let statistic = match definition.is_extended() {
        true => "ExtendedStatistic",
        false => "Statistic",
    };
    push(statistic, &metric.statistic);
    push("Period", &metric.period_s.to_string());
    push("Unit", &metric.unit);
    for (name, count) in [
        ("EvaluationPeriods", definition.evaluation_periods),
        ("DatapointsToAlarm", definition.datapoints_to_alarm),
    ] {
        push(name, &count.to_string());
    }
    push("Threshold", &definition.threshold.to_string());
    push("ComparisonOperator", definition.comparison.as_str());
    push("TreatMissingData", definition.missing_data.as_str());
    push("ActionsEnabled", &definition.actions_enabled.to_string());
    for (name, actions) in [
        ("AlarmActions", &definition.alarm_actions),
        ("OKActions", &definition.ok_actions),
        (
            "InsufficientDataActions",
            &definition.insufficient_data_actions,
        ),
    ] {
        for (number, action) in (1..).zip(actions) {
            push(&format!("{name}.member.{number}"), action);
        }
    }
    call("cloudwatch:PutMetricAlarm", parameters)
}

fn put_metric_filter(lines: &CountedLines, namespace: &str, metric: &str) -> AwsCall {
    let made = |name: &str| format!("metricTransformations.member.1.{name}");
    let parameters = vec![
        ("logGroupName".into(), lines.group.clone()),
        ("filterName".into(), lines.filter.clone()),
        ("filterPattern".into(), lines.pattern.clone()),
        (made("metricNamespace"), namespace.to_owned()),
        (made("metricName"), metric.to_owned()),
        (made("metricValue"), log_filters::VALUE.to_owned()),
        (made("defaultValue"), log_filters::DEFAULT_VALUE.to_string()),
    ];
    call("logs:PutMetricFilter", parameters)
}

fn call(action: &str, parameters: Parameters) -> AwsCall {
    AwsCall {
        action: action.into(),
        parameters,
    }
}

/// How the service that scales it calls a target.
fn identity(target: &TargetRef) -> Parameters {
    match target.kind {
        TargetKind::Asg => vec![("AutoScalingGroupName".into(), target.name.clone())],
        TargetKind::Rds => vec![("DBInstanceIdentifier".into(), target.name.clone())],
        TargetKind::RdsCluster => vec![("DBClusterIdentifier".into(), target.name.clone())],
        TargetKind::Ec2Tag => vec![("Tag".into(), target.name.clone())],
        TargetKind::Eks => {
            let (cluster, name) = pair(&target.name);
            vec![
                ("ClusterName".into(), cluster.into()),
                ("NodegroupName".into(), name.into()),
            ]
        }
        TargetKind::EcsService => vec![
            ("ServiceNamespace".into(), "ecs".into()),
            ("ResourceId".into(), format!("service/{}", target.name)),
            (
                "ScalableDimension".into(),
                "ecs:service:DesiredCount".into(),
            ),
        ],
    }
}

/// A thing inside a cluster: ECS calls the cluster that is not named `default`.
fn pair(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or(("default", name))
}

fn push_some<T: ToString>(parameters: &mut Parameters, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        parameters.push((name.into(), value.to_string()));
    }
}

fn push_sizes(parameters: &mut Parameters, names: [&str; 3], capacity: CapacityChange) {
    let CapacityChange { min, desired, max } = capacity;
    for (name, size) in names.into_iter().zip([min, max, desired]) {
        push_some(parameters, name, size.as_ref());
    }
}

/// `at(2026-03-01T00:00:00)`, to be read in UTC (Application Auto Scaling API,
/// PutScheduledAction).
#[must_use]
pub fn at_expression(at: Timestamp) -> String {
    format!("at({})", at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S"))
}
