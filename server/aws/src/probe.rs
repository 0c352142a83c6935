//! Tries every permission without changing anything: reads read as little as
//! they can, writes write to things that do not exist. AWS checks permissions
//! first, so "not found" and "invalid" mean that it would have been allowed.

use crate::{
    alarms, connect::Clients, error::cloud_error, group_actions, metrics, permissions::Action,
    refreshes, services, timers, write,
};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use domain::{
    alarms::MetricRef,
    capacity::{CapacityChange, ScheduledAction, Timing},
    limits::AWS_CALLS_AT_ONCE_MAX,
    log_filters::CountedLines,
    processes::Process,
    refreshes::Pace,
    schedules::Power,
    time::{MINUTE_MS, Timestamp},
};
use futures::{StreamExt, stream};
use ports::{CloudError, CloudErrorKind, MetricRequest, Probe, ProbeOutcome};

/// A group, a cluster, an action and an alarm that nobody has.
const NOBODY: &str = "lamplighter-permission-probe";
/// A service that nobody has.
const NO_SERVICE: &str = "lamplighter-permission-probe/nothing";

/// An instance that nobody has.
const NO_INSTANCE: &str = "i-00000000000000000";

/// Tries them all.
pub async fn all(clients: &Clients) -> Vec<Probe> {
    let used = |action: &&Action| action.is_used(clients.timers.is_some(), &clients.watch);
    let probes: Vec<_> = Action::ALL
        .iter()
        .filter(used)
        .map(|&action| one(clients, action))
        .collect();
    stream::iter(probes)
        .buffered(AWS_CALLS_AT_ONCE_MAX)
        .collect()
        .await
}

async fn one(clients: &Clients, action: Action) -> Probe {
    probe(action, outcome(attempt(clients, action).await))
}

/// All unknown, for one reason.
pub fn unreachable(error: &CloudError) -> Vec<Probe> {
    let unknown = |&action: &Action| {
        let why = error.to_string();
        probe(action, ProbeOutcome::Unknown { why })
    };
    Action::ALL.iter().map(unknown).collect()
}

fn probe(action: Action, outcome: ProbeOutcome) -> Probe {
    Probe {
        action: action.iam().to_owned(),
        used_for: action.used_for().to_owned(),
        outcome,
    }
}

fn outcome(result: Result<(), CloudError>) -> ProbeOutcome {
    let Err(error) = result else {
        return ProbeOutcome::Ok;
    };
    match error.kind {
        CloudErrorKind::NotFound | CloudErrorKind::Invalid => ProbeOutcome::Ok,
        CloudErrorKind::Denied => ProbeOutcome::Denied,
        CloudErrorKind::Throttled | CloudErrorKind::Credentials | CloudErrorKind::Unavailable => {
            ProbeOutcome::Unknown { why: error.message }
        }
    }
}

/// What [`outcome`] takes for granted is no reason not to try the next.
fn answered(result: Result<(), CloudError>) -> Result<(), CloudError> {
    match result {
        Err(error)
            if matches!(
                error.kind,
                CloudErrorKind::NotFound | CloudErrorKind::Invalid
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}

async fn attempt(clients: &Clients, action: Action) -> Result<(), CloudError> {
    match action {
        Action::GetCallerIdentity => clients.identity().await.map(|_| ()),
        Action::DescribeAlarms
        | Action::DescribeAlarmHistory
        | Action::GetMetricData
        | Action::ListMetrics => cloudwatch(clients, action).await,
        Action::DescribeAutoScalingGroups
        | Action::DescribePolicies
        | Action::DescribeGroupActions
        | Action::DescribeGroupActivities => autoscaling(clients, action).await,
        Action::DescribeInstances => clients.ec2.probe().await,
        Action::DescribeSpotPriceHistory => clients.ec2.probe_prices().await,
        Action::DescribeScalableTargets
        | Action::DescribeServicePolicies
        | Action::DescribeServiceActions
        | Action::DescribeServiceActivities => application(clients, action).await,
        Action::DescribeServices | Action::ListTasks | Action::DescribeTasks => {
            ecs(clients, action).await
        }
        Action::PutGroupAction => group_actions::put(clients, NOBODY, &past_action()).await,
        Action::DeleteGroupAction => group_actions::delete(clients, NOBODY, NOBODY).await,
        Action::PutGroupActions => group_actions::put_all(clients, NOBODY, &[past_action()]).await,
        Action::DeleteGroupActions => {
            group_actions::delete_all(clients, NOBODY, &[NOBODY.to_owned()]).await
        }
        Action::UpdateGroup => {
            write::update_group(clients, NOBODY, CapacityChange::default()).await
        }
        Action::PutServiceAction => {
            write::put_service_action(clients, NO_SERVICE, &past_action()).await
        }
        Action::DeleteServiceAction => {
            write::delete_service_action(clients, NO_SERVICE, NOBODY).await
        }
        // A new scalable target needs both bounds: neither makes none.
        Action::RegisterScalableTarget => {
            write::register_bounds(clients, NO_SERVICE, CapacityChange::default()).await
        }
        Action::UpdateService => write::update_service(clients, NO_SERVICE, 0).await,
        Action::ListClusters => clients.node_groups.clusters().await.map(|_| ()),
        Action::ListNodeGroups => clients.node_groups.of_cluster(NOBODY).await.map(|_| ()),
        Action::DescribeNodeGroup => clients.node_groups.probe(NOBODY, NOBODY).await,
        Action::UpdateNodeGroup => {
            let none = CapacityChange::default();
            clients.node_groups.set_sizes(NO_SERVICE, none).await
        }
        Action::StartInstances => try_power(clients, Power::Running).await,
        Action::StopInstances => try_power(clients, Power::Stopped).await,
        Action::GetQueueUrl | Action::ReceiveMessage | Action::DeleteMessage => {
            for queue in &clients.watch.queues {
                answered(clients.queues.probe(action, &queue.name).await)?;
            }
            Ok(())
        }
        Action::ConfirmSubscription => {
            for topic in &clients.watch.topics {
                answered(clients.topics.probe(topic, NOBODY).await)?;
            }
            Ok(())
        }
        Action::PublishText => clients.texts.probe().await,
        Action::DescribeLoadBalancers | Action::DescribeTargetGroups => {
            clients.balancers.probe(action).await
        }
        Action::ListFunctions => clients.functions.probe().await,
        Action::DescribeMetricFilters | Action::FilterLogEvents => {
            clients.logs.probe(action, NOBODY).await
        }
        Action::StartQuery | Action::GetQueryResults | Action::StopQuery => {
            clients.logs.probe_query(action, NOBODY).await
        }
        Action::LookupEvents => clients.trail.probe().await,
        Action::GetDocument => clients.documents.content(NOBODY).await.map(|_| ()),
        Action::DescribeDatabases | Action::DescribeDatabaseClusters => {
            clients.databases.probe(action).await
        }
        Action::StartDatabase
        | Action::StopDatabase
        | Action::StartDatabaseCluster
        | Action::StopDatabaseCluster => clients.databases.call(action, NOBODY).await,
        Action::ListTimers
        | Action::GetTimer
        | Action::CreateTimer
        | Action::UpdateTimer
        | Action::DeleteTimer
        | Action::PassTimerRole => {
            let asked = timers::of(clients, action)?.attempt(NOBODY, action).await;
            asked.or_else(|error| by_whom(action, error))
        }
        Action::SuspendProcesses => {
            write::suspend_processes(clients, NOBODY, &[Process::Launch]).await
        }
        Action::ResumeProcesses => {
            write::resume_processes(clients, NOBODY, &[Process::Launch]).await
        }
        Action::DescribeRefreshes => refreshes::read(clients, NOBODY).await.map(|_| ()),
        Action::StartRefresh => refreshes::start(clients, NOBODY, &Pace::default()).await,
        Action::CancelRefresh => refreshes::cancel(clients, NOBODY).await,
        Action::EnableAlarmActions => write::enable_alarm_actions(clients, NOBODY).await,
        Action::DisableAlarmActions => write::disable_alarm_actions(clients, NOBODY).await,
        Action::PutAlarm => alarms::try_put(&clients.cloudwatch, NOBODY).await,
        Action::DeleteAlarms => alarms::delete(&clients.cloudwatch, NOBODY).await,
        Action::PutMetricFilter => {
            let lines = CountedLines {
                group: NOBODY.to_owned(),
                filter: NOBODY.to_owned(),
                pattern: String::new(),
            };
            clients.logs.put_filter(&lines, NOBODY, NOBODY).await
        }
        Action::DeleteMetricFilter => clients.logs.delete_filter(NOBODY, NOBODY).await,
    }
}

/// EC2 says whether it would.
async fn try_power(clients: &Clients, power: Power) -> Result<(), CloudError> {
    let nobody = [NO_INSTANCE.to_owned()];
    clients.ec2.set_power(power, &nobody, true).await
}

/// Creating and updating take two permissions, and a refusal names the one that is
/// missing: of the other nothing is known to be missing.
fn by_whom(action: Action, error: CloudError) -> Result<(), CloudError> {
    let names_role = error.message.contains(Action::PassTimerRole.iam());
    let is_role = action == Action::PassTimerRole;
    match error.kind {
        CloudErrorKind::Denied if names_role != is_role => Ok(()),
        _ => Err(error),
    }
}

/// In the past, so that AWS would refuse it even of a group that exists.
fn past_action() -> ScheduledAction {
    ScheduledAction {
        name: NOBODY.to_owned(),
        timing: Timing::Once {
            at: Timestamp::from_ms(0),
        },
        capacity: CapacityChange {
            min: Some(0),
            ..CapacityChange::default()
        },
        next_run_at: None,
    }
}

/// One call whose answer is not looked at.
macro_rules! ask {
    ($action:expr, $call:expr) => {
        $call
            .send()
            .await
            .map(|_| ())
            .map_err(|error| cloud_error($action, &error))
    };
}

async fn cloudwatch(clients: &Clients, action: Action) -> Result<(), CloudError> {
    let client = &clients.cloudwatch;
    match action {
        Action::DescribeAlarms => ask!(action, client.describe_alarms().max_records(1)),
        Action::DescribeAlarmHistory => {
            ask!(action, client.describe_alarm_history().max_records(1))
        }
        Action::ListMetrics => ask!(
            action,
            client.list_metrics().namespace("AWS/ApplicationELB")
        ),
        _ => {
            let now = clients.now();
            let request = MetricRequest {
                metric: MetricRef {
                    namespace: "AWS/EC2".to_owned(),
                    name: "CPUUtilization".to_owned(),
                    dimensions: Vec::new(),
                    statistic: "Average".to_owned(),
                    period_s: 60,
                    unit: String::new(),
                },
                from: now.plus_ms(-MINUTE_MS),
                until: now,
            };
            metrics::read(client, &request, now).await.map(|_| ())
        }
    }
}

async fn autoscaling(clients: &Clients, action: Action) -> Result<(), CloudError> {
    let client = &clients.autoscaling;
    match action {
        Action::DescribeAutoScalingGroups => {
            ask!(action, client.describe_auto_scaling_groups().max_records(1))
        }
        Action::DescribePolicies => ask!(action, client.describe_policies().max_records(1)),
        Action::DescribeGroupActions => {
            ask!(action, client.describe_scheduled_actions().max_records(1))
        }
        _ => ask!(action, client.describe_scaling_activities().max_records(1)),
    }
}

async fn application(clients: &Clients, action: Action) -> Result<(), CloudError> {
    let client = &clients.application;
    let ecs = ServiceNamespace::Ecs;
    match action {
        Action::DescribeScalableTargets => ask!(
            action,
            client
                .describe_scalable_targets()
                .service_namespace(ecs)
                .max_results(1)
        ),
        Action::DescribeServicePolicies => ask!(
            action,
            client
                .describe_scaling_policies()
                .service_namespace(ecs)
                .max_results(1)
        ),
        Action::DescribeServiceActions => ask!(
            action,
            client
                .describe_scheduled_actions()
                .service_namespace(ecs)
                .max_results(1)
        ),
        _ => ask!(
            action,
            client
                .describe_scaling_activities()
                .service_namespace(ecs)
                .max_results(1)
        ),
    }
}

async fn ecs(clients: &Clients, action: Action) -> Result<(), CloudError> {
    let client = &clients.ecs;
    let (cluster, nothing) = services::cluster_and_service(NO_SERVICE);
    match action {
        Action::DescribeServices => ask!(
            action,
            client
                .describe_services()
                .cluster(cluster)
                .services(nothing)
        ),
        Action::ListTasks => ask!(action, client.list_tasks().cluster(cluster).max_results(1)),
        _ => ask!(
            action,
            client
                .describe_tasks()
                .cluster(cluster)
                .tasks("00000000000000000000000000000000")
        ),
    }
}
