//! The writes. Each sends exactly the parameters that `Call::aws` shows to the
//! people who approve it: a test compares the two on the wire.

use crate::{
    alarms,
    connect::Clients,
    convert::{date_time, size},
    databases,
    error::cloud_error,
    group_actions, machines,
    permissions::Action,
    refreshes,
    services::{DIMENSION, cluster_and_service, resource_id},
    timers,
};
use aws_sdk_applicationautoscaling::types::{
    ScalableTargetAction, ServiceNamespace, SuspendedState,
};
use aws_sdk_autoscaling::types::{InstancesDistribution, MixedInstancesPolicy};
use domain::{
    capacity::{CapacityChange, ScheduledAction, TargetKind, TargetRef, Timing},
    mixes::{Mix, SpotStrategy},
    plan::{Call, at_expression},
    processes::Process,
};
use ports::{CloudError, CloudErrorKind};

/// Carries out one call; repeating it leaves what it left the first time.
pub async fn carry_out(clients: &Clients, call: &Call) -> Result<(), CloudError> {
    match call {
        // What has no scheduled actions is no group either: AWS says so.
        Call::PutScheduledAction { target, action } => match target.kind {
            TargetKind::EcsService => put_service_action(clients, &target.name, action).await,
            _ => group_actions::put(clients, &target.name, action).await,
        },
        Call::DeleteScheduledAction { target, name } => absent_is_fine(match target.kind {
            TargetKind::EcsService => delete_service_action(clients, &target.name, name).await,
            _ => group_actions::delete(clients, &target.name, name).await,
        }),
        Call::PutScheduledActions { target, actions } => {
            group_actions::put_all(clients, &target.name, actions).await
        }
        Call::DeleteScheduledActions { target, names } => {
            absent_is_fine(group_actions::delete_all(clients, &target.name, names).await)
        }
        Call::SetCapacity { target, capacity } => set_capacity(clients, target, *capacity).await,
        Call::PutTimer {
            timer, replaces, ..
        } => {
            let timers = timers::of(clients, Action::CreateTimer)?;
            timers.put(timer, *replaces).await
        }
        Call::DeleteTimer { name, .. } => {
            let timers = timers::of(clients, Action::DeleteTimer)?;
            absent_is_fine(timers.delete(name).await)
        }
        Call::SetMix { target, mix } => set_mix(clients, &target.name, *mix).await,
        Call::SetPower {
            target,
            power,
            instances,
        } => match target.kind {
            TargetKind::Ec2Tag => machines::set_power(clients, *power, instances).await,
            _ => databases::set_power(clients, target, *power).await,
        },
        Call::SetProcesses {
            target,
            suspend,
            resume,
        } => match target.kind {
            TargetKind::EcsService => register_suspended(clients, &target.name, suspend).await,
            _ => {
                if !suspend.is_empty() {
                    suspend_processes(clients, &target.name, suspend).await?;
                }
                if !resume.is_empty() {
                    resume_processes(clients, &target.name, resume).await?;
                }
                Ok(())
            }
        },
        Call::StartRefresh { target, pace } => refreshes::start(clients, &target.name, pace).await,
        Call::CancelRefresh { target } => {
            absent_is_fine(refreshes::cancel(clients, &target.name).await)
        }
        Call::SetAlarmActions { alarm, enabled } => match enabled {
            true => enable_alarm_actions(clients, &alarm.name).await,
            false => disable_alarm_actions(clients, &alarm.name).await,
        },
        Call::PutAlarm { alarm, definition } => {
            alarms::put(&clients.cloudwatch, &alarm.name, definition).await
        }
        Call::DeleteAlarm { alarm } => {
            absent_is_fine(alarms::delete(&clients.cloudwatch, &alarm.name).await)
        }
        Call::PutMetricFilter {
            lines,
            namespace,
            metric,
            ..
        } => clients.logs.put_filter(lines, namespace, metric).await,
        Call::DeleteMetricFilter { group, filter, .. } => {
            absent_is_fine(clients.logs.delete_filter(group, filter).await)
        }
    }
}

async fn set_capacity(
    clients: &Clients,
    target: &TargetRef,
    capacity: CapacityChange,
) -> Result<(), CloudError> {
    let name = target.name.as_str();
    match target.kind {
        TargetKind::Eks => clients.node_groups.set_sizes(name, capacity).await,
        TargetKind::EcsService => {
            if capacity.min.is_some() || capacity.max.is_some() {
                register_bounds(clients, name, capacity).await?;
            }
            match capacity.desired {
                Some(desired) => update_service(clients, name, desired).await,
                None => Ok(()),
            }
        }
        _ => update_group(clients, name, capacity).await,
    }
}

fn absent_is_fine(outcome: Result<(), CloudError>) -> Result<(), CloudError> {
    match outcome {
        Err(error) if error.kind == CloudErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Creates or replaces a scheduled action of a service.
pub async fn put_service_action(
    clients: &Clients,
    service: &str,
    action: &ScheduledAction,
) -> Result<(), CloudError> {
    let (schedule, timezone, starts_at, ends_at) = match &action.timing {
        // The expression itself says when; a start would be a firing of its own.
        Timing::Once { at } => (at_expression(*at), "UTC", None, None),
        Timing::Recurring {
            expression,
            timezone,
            starts_at,
            ends_at,
        } => (expression.clone(), timezone.as_str(), *starts_at, *ends_at),
    };
    let sets = ScalableTargetAction::builder()
        .set_min_capacity(action.capacity.min.map(size))
        .set_max_capacity(action.capacity.max.map(size))
        .build();
    clients
        .application
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(resource_id(service))
        .scalable_dimension(DIMENSION)
        .scheduled_action_name(&action.name)
        .schedule(schedule)
        .timezone(timezone)
        .set_start_time(starts_at.map(date_time))
        .set_end_time(ends_at.map(date_time))
        .scalable_target_action(sets)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::PutServiceAction, &error))
}

/// Deletes a scheduled action of a service.
pub async fn delete_service_action(
    clients: &Clients,
    service: &str,
    action: &str,
) -> Result<(), CloudError> {
    clients
        .application
        .delete_scheduled_action()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(resource_id(service))
        .scalable_dimension(DIMENSION)
        .scheduled_action_name(action)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::DeleteServiceAction, &error))
}

/// Sets a group's capacity.
pub async fn update_group(
    clients: &Clients,
    group: &str,
    capacity: CapacityChange,
) -> Result<(), CloudError> {
    clients
        .autoscaling
        .update_auto_scaling_group()
        .auto_scaling_group_name(group)
        .set_min_size(capacity.min.map(size))
        .set_max_size(capacity.max.map(size))
        .set_desired_capacity(capacity.desired.map(size))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::UpdateGroup, &error))
}

/// Sets how a group buys its instances; the rest of its policy stays.
async fn set_mix(clients: &Clients, group: &str, mix: Mix) -> Result<(), CloudError> {
    let Mix { share, strategy } = mix;
    let distribution = InstancesDistribution::builder()
        .on_demand_base_capacity(size(share.on_demand_base))
        .on_demand_percentage_above_base_capacity(size(share.on_demand_percent))
        .set_spot_allocation_strategy(strategy.map(SpotStrategy::as_str).map(str::to_owned))
        .build();
    let policy = MixedInstancesPolicy::builder()
        .instances_distribution(distribution)
        .build();
    clients
        .autoscaling
        .update_auto_scaling_group()
        .auto_scaling_group_name(group)
        .mixed_instances_policy(policy)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::UpdateGroup, &error))
}

/// Sets a service's bounds.
pub async fn register_bounds(
    clients: &Clients,
    service: &str,
    capacity: CapacityChange,
) -> Result<(), CloudError> {
    clients
        .application
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(resource_id(service))
        .scalable_dimension(DIMENSION)
        .set_min_capacity(capacity.min.map(size))
        .set_max_capacity(capacity.max.map(size))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::RegisterScalableTarget, &error))
}

/// Sets a service's task count.
pub async fn update_service(
    clients: &Clients,
    service: &str,
    desired: u32,
) -> Result<(), CloudError> {
    let (cluster, service) = cluster_and_service(service);
    clients
        .ecs
        .update_service()
        .cluster(cluster)
        .service(service)
        .desired_count(size(desired))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::UpdateService, &error))
}

fn words(processes: &[Process]) -> Vec<String> {
    processes.iter().map(ToString::to_string).collect()
}

/// Suspends processes of a group.
pub async fn suspend_processes(
    clients: &Clients,
    group: &str,
    processes: &[Process],
) -> Result<(), CloudError> {
    clients
        .autoscaling
        .suspend_processes()
        .auto_scaling_group_name(group)
        .set_scaling_processes(Some(words(processes)))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::SuspendProcesses, &error))
}

/// Resumes processes of a group.
pub async fn resume_processes(
    clients: &Clients,
    group: &str,
    processes: &[Process],
) -> Result<(), CloudError> {
    clients
        .autoscaling
        .resume_processes()
        .auto_scaling_group_name(group)
        .set_scaling_processes(Some(words(processes)))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::ResumeProcesses, &error))
}

/// Suspends these processes of a service, and no others.
pub async fn register_suspended(
    clients: &Clients,
    service: &str,
    suspended: &[Process],
) -> Result<(), CloudError> {
    let is = |process| suspended.contains(&process);
    let state = SuspendedState::builder()
        .dynamic_scaling_in_suspended(is(Process::DynamicScalingIn))
        .dynamic_scaling_out_suspended(is(Process::DynamicScalingOut))
        .scheduled_scaling_suspended(is(Process::ScheduledScaling))
        .build();
    clients
        .application
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(resource_id(service))
        .scalable_dimension(DIMENSION)
        .suspended_state(state)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::RegisterScalableTarget, &error))
}

/// Switches an alarm's actions on.
pub async fn enable_alarm_actions(clients: &Clients, alarm: &str) -> Result<(), CloudError> {
    clients
        .cloudwatch
        .enable_alarm_actions()
        .alarm_names(alarm)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::EnableAlarmActions, &error))
}

/// Switches an alarm's actions off.
pub async fn disable_alarm_actions(clients: &Clients, alarm: &str) -> Result<(), CloudError> {
    clients
        .cloudwatch
        .disable_alarm_actions()
        .alarm_names(alarm)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::DisableAlarmActions, &error))
}
