//! What groups and services did lately, and why.

use crate::{
    connect::Clients,
    convert::{instant, size},
    error::cloud_error,
    permissions::Action,
    services::{DIMENSION, resource_id},
};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use domain::{
    capacity::{Activity, TargetKind, TargetRef},
    limits::ACTIVITIES_MAX,
    time::Timestamp,
};
use ports::CloudError;

/// The newest activities of a target, at most [`ACTIVITIES_MAX`]: one page.
pub async fn read(clients: &Clients, target: &TargetRef) -> Result<Vec<Activity>, CloudError> {
    let mut activities = match target.kind {
        TargetKind::Asg => of_group(clients, &target.name).await?,
        TargetKind::EcsService => of_service(clients, &target.name).await?,
        // Nobody keeps a list of theirs that says why.
        TargetKind::Eks | TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster => {
            Vec::new()
        }
    };
    activities.sort_by_key(|activity| std::cmp::Reverse(activity.started_at));
    activities.truncate(ACTIVITIES_MAX);
    Ok(activities)
}

fn rows() -> i32 {
    size(u32::try_from(ACTIVITIES_MAX).unwrap_or(u32::MAX))
}

async fn of_group(clients: &Clients, name: &str) -> Result<Vec<Activity>, CloudError> {
    let answer = clients
        .autoscaling
        .describe_scaling_activities()
        .auto_scaling_group_name(name)
        .max_records(rows())
        .send()
        .await
        .map_err(|error| cloud_error(Action::DescribeGroupActivities, &error))?;
    let activities = answer.activities.unwrap_or_default().into_iter();
    Ok(activities
        .map(|activity| Activity {
            id: activity.activity_id.unwrap_or_default(),
            started_at: activity
                .start_time
                .as_ref()
                .map_or(Timestamp::default(), instant),
            ended_at: activity.end_time.as_ref().map(instant),
            status: activity
                .status_code
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            description: with_status(activity.description, activity.status_message),
            cause: activity.cause.unwrap_or_default(),
        })
        .collect())
}

async fn of_service(clients: &Clients, name: &str) -> Result<Vec<Activity>, CloudError> {
    let answer = clients
        .application
        .describe_scaling_activities()
        .service_namespace(ServiceNamespace::Ecs)
        .scalable_dimension(DIMENSION)
        .resource_id(resource_id(name))
        .max_results(rows())
        .send()
        .await
        .map_err(|error| cloud_error(Action::DescribeServiceActivities, &error))?;
    let activities = answer.scaling_activities.unwrap_or_default().into_iter();
    Ok(activities
        .map(|activity| Activity {
            id: activity.activity_id,
            started_at: instant(&activity.start_time),
            ended_at: activity.end_time.as_ref().map(instant),
            status: activity.status_code.as_str().to_owned(),
            description: with_status(Some(activity.description), activity.status_message),
            cause: activity.cause,
        })
        .collect())
}

/// AWS tells the reason of a failed activity in its status message only.
fn with_status(description: Option<String>, status: Option<String>) -> String {
    let description = description.unwrap_or_default();
    match status.filter(|status| !status.is_empty()) {
        Some(status) => format!("{description} · {status}"),
        None => description,
    }
}
