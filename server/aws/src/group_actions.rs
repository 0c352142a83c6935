//! Scheduled actions of a group: one in a call, or several. AWS answers a call about several
//! with 200 and the list of those that it refused.

use crate::{
    connect::Clients,
    convert::{date_time, size},
    error::{cloud_error, kind_of, own_error},
    permissions::Action,
};
use aws_sdk_autoscaling::types::{
    FailedScheduledUpdateGroupActionRequest as Failed, ScheduledUpdateGroupActionRequest,
};
use domain::{
    capacity::{ScheduledAction, Timing},
    time::Timestamp,
};
use ports::{CloudError, CloudErrorKind};
use std::collections::BTreeMap;

/// Names that a failure tells of one reason.
const NAMES_TOLD_MAX: usize = 5;

/// When an action fires, as AWS takes it.
struct Times {
    recurrence: Option<String>,
    timezone: Option<String>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
}

impl Times {
    fn of(timing: &Timing) -> Self {
        match timing {
            Timing::Once { at } => Self {
                recurrence: None,
                timezone: None,
                starts_at: Some(*at),
                ends_at: None,
            },
            Timing::Recurring {
                expression,
                timezone,
                starts_at,
                ends_at,
            } => Self {
                recurrence: Some(expression.clone()),
                timezone: Some(timezone.clone()),
                starts_at: *starts_at,
                ends_at: *ends_at,
            },
        }
    }
}

/// Creates or replaces one.
pub async fn put(
    clients: &Clients,
    group: &str,
    action: &ScheduledAction,
) -> Result<(), CloudError> {
    let times = Times::of(&action.timing);
    clients
        .autoscaling
        .put_scheduled_update_group_action()
        .auto_scaling_group_name(group)
        .scheduled_action_name(&action.name)
        .set_recurrence(times.recurrence)
        .set_time_zone(times.timezone)
        .set_start_time(times.starts_at.map(date_time))
        .set_end_time(times.ends_at.map(date_time))
        .set_min_size(action.capacity.min.map(size))
        .set_max_size(action.capacity.max.map(size))
        .set_desired_capacity(action.capacity.desired.map(size))
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::PutGroupAction, &error))
}

/// Deletes one.
pub async fn delete(clients: &Clients, group: &str, action: &str) -> Result<(), CloudError> {
    clients
        .autoscaling
        .delete_scheduled_action()
        .auto_scaling_group_name(group)
        .scheduled_action_name(action)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| cloud_error(Action::DeleteGroupAction, &error))
}

/// Creates several.
pub async fn put_all(
    clients: &Clients,
    group: &str,
    actions: &[ScheduledAction],
) -> Result<(), CloudError> {
    let answer = clients
        .autoscaling
        .batch_put_scheduled_update_group_action()
        .auto_scaling_group_name(group)
        .set_scheduled_update_group_actions(Some(actions.iter().map(request).collect()))
        .send()
        .await
        .map_err(|error| cloud_error(Action::PutGroupActions, &error))?;
    let failed = answer.failed_scheduled_update_group_actions();
    all_done(Action::PutGroupActions, failed.iter())
}

/// Deletes several; those that are not there are fine.
pub async fn delete_all(
    clients: &Clients,
    group: &str,
    names: &[String],
) -> Result<(), CloudError> {
    let answer = clients
        .autoscaling
        .batch_delete_scheduled_action()
        .auto_scaling_group_name(group)
        .set_scheduled_action_names(Some(names.to_vec()))
        .send()
        .await
        .map_err(|error| cloud_error(Action::DeleteGroupActions, &error))?;
    let failed = answer.failed_scheduled_actions().iter();
    let failed = failed.filter(|failed| kind(failed) != CloudErrorKind::NotFound);
    all_done(Action::DeleteGroupActions, failed)
}

fn request(action: &ScheduledAction) -> ScheduledUpdateGroupActionRequest {
    let times = Times::of(&action.timing);
    ScheduledUpdateGroupActionRequest::builder()
        .scheduled_action_name(&action.name)
        .set_recurrence(times.recurrence)
        .set_time_zone(times.timezone)
        .set_start_time(times.starts_at.map(date_time))
        .set_end_time(times.ends_at.map(date_time))
        .set_min_size(action.capacity.min.map(size))
        .set_max_size(action.capacity.max.map(size))
        .set_desired_capacity(action.capacity.desired.map(size))
        .build()
}

fn kind(failed: &Failed) -> CloudErrorKind {
    let code = failed.error_code().unwrap_or_default();
    let said = failed.error_message().unwrap_or_default();
    // One action has no status of its own; that of the call is a success.
    kind_of(code, said, 400)
}

/// The refusals of single actions as one failure: each reason once, with the names that it
/// is about. It passes only if all of them do.
fn all_done<'a>(
    action: Action,
    failed: impl Iterator<Item = &'a Failed>,
) -> Result<(), CloudError> {
    let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let (mut lasting, mut passing) = (None, None);
    for failed in failed {
        let kind = kind(failed);
        let first = match kind.is_passing() {
            true => &mut passing,
            false => &mut lasting,
        };
        first.get_or_insert(kind);
        let code = failed.error_code().unwrap_or_default();
        let said = failed.error_message().unwrap_or_default();
        let names = reasons.entry((code, said)).or_default();
        names.push(failed.scheduled_action_name().unwrap_or_default());
    }
    let Some(kind) = lasting.or(passing) else {
        return Ok(());
    };
    let told = reasons
        .into_iter()
        .map(|((code, said), names)| format!("{code}: {said} ({})", some_of(&names)));
    let told: Vec<_> = told.collect();
    Err(CloudError {
        partly: true,
        ..own_error(action, kind, &told.join("; "))
    })
}

/// The first names, and how many more there are: a message is cut where it is long.
fn some_of(names: &[&str]) -> String {
    let (first, rest) = names.split_at(names.len().min(NAMES_TOLD_MAX));
    match rest.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
