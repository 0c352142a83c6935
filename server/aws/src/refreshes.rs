//! Instance refreshes of groups: read, started and cancelled.

use crate::{
    connect::Clients,
    convert::{count, instant, size},
    error::cloud_error,
    permissions::Action,
};
use aws_sdk_autoscaling::config::retry::RetryConfig;
use aws_sdk_autoscaling::types::{InstanceRefresh, InstanceRefreshStatus, RefreshPreferences};
use domain::{
    limits::REFRESHES_READ_MAX,
    refreshes::{Pace, Refresh, RefreshState},
};
use ports::CloudError;

/// The latest of a group, newest first: one page.
pub async fn read(clients: &Clients, group: &str) -> Result<Vec<Refresh>, CloudError> {
    let answer = clients
        .autoscaling
        .describe_instance_refreshes()
        .auto_scaling_group_name(group)
        .max_records(REFRESHES_READ_MAX)
        .send()
        .await
        .map_err(|error| cloud_error(Action::DescribeRefreshes, &error))?;
    let refreshes = answer.instance_refreshes.unwrap_or_default();
    Ok(refreshes.into_iter().map(refresh).collect())
}

fn refresh(told: InstanceRefresh) -> Refresh {
    Refresh {
        id: told.instance_refresh_id.unwrap_or_default(),
        state: told.status.as_ref().map_or(RefreshState::Running, state),
        started_at: told.start_time.as_ref().map(instant),
        percent: count(told.percentage_complete.unwrap_or(0)),
        left: count(told.instances_to_update.unwrap_or(0)),
        reason: told.status_reason.unwrap_or_default(),
    }
}

/// A status that AWS may invent later goes on until it tells of one that does not.
fn state(status: &InstanceRefreshStatus) -> RefreshState {
    match status {
        InstanceRefreshStatus::Successful => RefreshState::Successful,
        InstanceRefreshStatus::Failed | InstanceRefreshStatus::RollbackFailed => {
            RefreshState::Failed
        }
        InstanceRefreshStatus::Cancelled | InstanceRefreshStatus::RollbackSuccessful => {
            RefreshState::Cancelled
        }
        InstanceRefreshStatus::Cancelling | InstanceRefreshStatus::RollbackInProgress => {
            RefreshState::Ending
        }
        _ => RefreshState::Running,
    }
}

/// Starts one. AWS refuses a second beside one that goes on.
pub async fn start(clients: &Clients, group: &str, pace: &Pace) -> Result<(), CloudError> {
    let checkpoints = pace.checkpoints.iter().map(|percent| size(*percent));
    let checkpoints: Vec<i32> = checkpoints.collect();
    let preferences = RefreshPreferences::builder()
        .min_healthy_percentage(size(pace.min_healthy_percent))
        .set_max_healthy_percentage(pace.max_healthy_percent.map(size))
        .set_instance_warmup(pace.warm_up_s.map(size))
        .skip_matching(pace.skip_matching)
        .set_checkpoint_percentages((!checkpoints.is_empty()).then_some(checkpoints))
        .set_checkpoint_delay(pace.checkpoint_pause_s.map(size))
        .build();
    clients
        .autoscaling
        .start_instance_refresh()
        .auto_scaling_group_name(group)
        .preferences(preferences)
        .customize()
        // To start twice is refused as if somebody else had: when the answer is lost, whoever
        // called looks first.
        .config_override(
            aws_sdk_autoscaling::config::Builder::new().retry_config(RetryConfig::disabled()),
        )
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::StartRefresh, &error))
}

/// Cancels the one that goes on.
pub async fn cancel(clients: &Clients, group: &str) -> Result<(), CloudError> {
    clients
        .autoscaling
        .cancel_instance_refresh()
        .auto_scaling_group_name(group)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::CancelRefresh, &error))
}
