//! Timers: schedules of EventBridge Scheduler whose names are ours, in its default
//! group. The list tells no inputs, so each is read by itself, and again only when it
//! was modified.

use crate::{
    connect::Clients,
    convert::{count, date_time, instant, size},
    error::{cloud_error, own_error},
    pages::{self, Bound},
    permissions::Action,
};
use aws_sdk_scheduler::{
    Client,
    operation::{create_schedule::CreateScheduleError, get_schedule::GetScheduleOutput},
    types::{
        ActionAfterCompletion, FlexibleTimeWindow as Window, FlexibleTimeWindowMode,
        RetryPolicy as Retry, ScheduleState, ScheduleSummary, Target,
    },
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{DateTime, error::operation::BuildError};
use aws_types::SdkConfig;
use domain::{
    aws_timing::{FlexibleTimeWindow, Object, ObjectKind, Resource, RetryPolicy, UNIVERSAL_TARGET},
    capacity,
    limits::{AWS_CALLS_AT_ONCE_MAX, AWS_PAGE_ROWS, TIMERS_PER_SCOPE_MAX},
    timers::{TIMER_PREFIX, Timer},
};
use futures::{StreamExt, TryStreamExt, stream};
use ports::{CloudError, CloudErrorKind};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The group that every account has.
const GROUP: &str = "default";
const TIMERS: Bound = Bound {
    what: "schedules of ours in EventBridge Scheduler",
    most: TIMERS_PER_SCOPE_MAX,
};

/// The two calls that describe a timer whole.
macro_rules! described {
    ($call:expr, $timer:expr, $action:expr) => {{
        let object = &$timer.object;
        $call
            .name(&object.name)
            .set_schedule_expression(object.recurrence.clone())
            .schedule_expression_timezone(&object.timezone)
            .set_start_date(object.start.map(date_time))
            .set_end_date(object.end.map(date_time))
            .state(state($timer))
            .action_after_completion(ActionAfterCompletion::Delete)
            .flexible_time_window(window().map_err(|error| incomplete($action, &error))?)
            .target(target($timer).map_err(|error| incomplete($action, &error))?)
            .send()
    }};
}

/// The timers of one account and region.
#[derive(Debug)]
pub struct Timers {
    client: Client,
    /// Under which they call.
    role_arn: String,
    /// As last read, with when they were modified.
    read: Mutex<HashMap<String, (DateTime, Timer)>>,
}

impl Timers {
    /// Asks nobody.
    pub fn new(config: &SdkConfig, role_arn: &str) -> Self {
        Self {
            client: Client::new(config),
            role_arn: role_arn.to_owned(),
            read: Mutex::default(),
        }
    }

    fn read(&self) -> MutexGuard<'_, HashMap<String, (DateTime, Timer)>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every timer of ours.
    async fn all(&self) -> Result<Vec<Timer>, CloudError> {
        let asked = self
            .client
            .list_schedules()
            .group_name(GROUP)
            .name_prefix(TIMER_PREFIX)
            .max_results(AWS_PAGE_ROWS);
        let pages = asked.into_paginator().send();
        let listed = pages::all(Action::ListTimers, TIMERS, pages, |page| page.schedules).await?;
        let found: Vec<_> = stream::iter(listed.into_iter().map(|summary| self.one(summary)))
            .buffered(AWS_CALLS_AT_ONCE_MAX)
            .try_collect()
            .await?;
        let held: HashMap<_, _> = found
            .into_iter()
            .flatten()
            .map(|(modified, timer)| (timer.object.name.clone(), (modified, timer)))
            .collect();
        let mut timers: Vec<_> = held.values().map(|(_, timer)| timer.clone()).collect();
        timers.sort_by(|one, other| one.object.name.cmp(&other.object.name));
        *self.read() = held;
        Ok(timers)
    }

    /// One that is listed; none when it is gone meanwhile.
    async fn one(&self, listed: ScheduleSummary) -> Result<Option<(DateTime, Timer)>, CloudError> {
        let (Some(name), Some(modified)) = (listed.name, listed.last_modification_date) else {
            return Ok(None);
        };
        let held = self.read().get(&name).cloned();
        if let Some(held) = held.filter(|(at, _)| *at == modified) {
            return Ok(Some(held));
        }
        match self.get(&name).await {
            Ok(schedule) => Ok(timer(name, schedule).map(|timer| (modified, timer))),
            Err(error) if error.kind == CloudErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One in AWS's terms.
    async fn get(&self, name: &str) -> Result<GetScheduleOutput, CloudError> {
        let asked = self.client.get_schedule().group_name(GROUP).name(name);
        let answer = asked.send().await;
        answer.map_err(|error| cloud_error(Action::GetTimer, &error))
    }

    /// Makes a call that changes nothing: of a name that nobody has, and to create
    /// what AWS would refuse of anybody.
    ///
    /// # Errors
    /// As every call.
    pub async fn attempt(&self, nobody: &str, action: Action) -> Result<(), CloudError> {
        let object = Object {
            kind: ObjectKind::SchedulerSchedule,
            name: nobody.to_owned(),
            target: format!("{UNIVERSAL_TARGET}autoscaling:updateAutoScalingGroup"),
            start: None,
            end: None,
            recurrence: Some(nobody.to_owned()),
            timezone: "UTC".to_owned(),
            input: Value::Null,
            retry_policy: None,
            flexible_time_window: Some(FlexibleTimeWindow::Off),
        };
        let timer = Timer::new(object, &self.role_arn);
        match action {
            Action::GetTimer => self.get(nobody).await.map(|_| ()),
            Action::CreateTimer => self.create(&timer).await.map(|_| ()),
            Action::UpdateTimer | Action::PassTimerRole => self.update(&timer).await,
            Action::DeleteTimer => self.delete(nobody).await,
            _ => {
                let asked = self.client.list_schedules().max_results(1);
                let answer = asked.send().await.map(|_| ());
                answer.map_err(|error| cloud_error(Action::ListTimers, &error))
            }
        }
    }

    /// Creates or replaces one. AWS has a call for each: which it takes depends on
    /// whether one stands there, and the last run may have been killed after its call.
    ///
    /// # Errors
    /// As every call.
    pub async fn put(&self, timer: &Timer, replaces: bool) -> Result<(), CloudError> {
        self.read().remove(&timer.object.name);
        match replaces {
            true => match self.update(timer).await {
                Err(error) if error.kind == CloudErrorKind::NotFound => {
                    self.create(timer).await.map(|_| ())
                }
                other => other,
            },
            false => match self.create(timer).await? {
                Created::New => Ok(()),
                Created::NotNew => self.update(timer).await,
            },
        }
    }

    async fn create(&self, timer: &Timer) -> Result<Created, CloudError> {
        let action = Action::CreateTimer;
        let sent = described!(self.client.create_schedule(), timer, action).await;
        let conflicts = |error: &SdkError<CreateScheduleError, HttpResponse>| {
            let refused = error.as_service_error();
            refused.is_some_and(CreateScheduleError::is_conflict_exception)
        };
        match sent {
            Ok(_) => Ok(Created::New),
            Err(error) if conflicts(&error) => Ok(Created::NotNew),
            Err(error) => Err(cloud_error(action, &error)),
        }
    }

    async fn update(&self, timer: &Timer) -> Result<(), CloudError> {
        let action = Action::UpdateTimer;
        let sent = described!(self.client.update_schedule(), timer, action).await;
        sent.map(|_| ())
            .map_err(|error| cloud_error(action, &error))
    }

    /// Deletes one.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete(&self, name: &str) -> Result<(), CloudError> {
        self.read().remove(name);
        let sent = self.client.delete_schedule().name(name).send().await;
        sent.map(|_| ())
            .map_err(|error| cloud_error(Action::DeleteTimer, &error))
    }
}

/// What came of creating.
enum Created {
    New,
    /// One of that name stands there.
    NotNew,
}

/// The timers of an account and region, by what they act on. One that somebody made act
/// on nothing known is left out: nothing of ours has it.
pub async fn by_resource(clients: &Clients) -> Result<HashMap<Resource, Vec<Timer>>, CloudError> {
    let mut map: HashMap<Resource, Vec<Timer>> = HashMap::new();
    let Some(timers) = &clients.timers else {
        return Ok(map);
    };
    for timer in timers.all().await? {
        if let Ok(resource) = timer.object.resource() {
            map.entry(resource).or_default().push(timer);
        }
    }
    Ok(map)
}

/// Gives a target its timers.
pub fn attach(target: &mut capacity::Target, timers: &mut HashMap<Resource, Vec<Timer>>) {
    let resource = Resource::of(&target.reference);
    target.timers = timers.remove(&resource).unwrap_or_default();
}

/// The timers of an account that has a role for them.
///
/// # Errors
/// [`CloudErrorKind::Invalid`] without one.
pub fn of(clients: &Clients, action: Action) -> Result<&Timers, CloudError> {
    clients.timers.as_ref().ok_or_else(|| {
        let message = "no scheduler_role_arn is configured for this account";
        own_error(action, CloudErrorKind::Invalid, message)
    })
}

fn incomplete(action: Action, error: &BuildError) -> CloudError {
    own_error(action, CloudErrorKind::Invalid, &error.to_string())
}

fn state(timer: &Timer) -> ScheduleState {
    match timer.enabled {
        true => ScheduleState::Enabled,
        false => ScheduleState::Disabled,
    }
}

fn window() -> Result<Window, BuildError> {
    Window::builder().mode(FlexibleTimeWindowMode::Off).build()
}

fn target(timer: &Timer) -> Result<Target, BuildError> {
    let object = &timer.object;
    let retry = object.retry_policy.map(|policy| {
        Retry::builder()
            .maximum_retry_attempts(size(policy.maximum_retry_attempts))
            .maximum_event_age_in_seconds(size(policy.maximum_event_age_seconds))
            .build()
    });
    Target::builder()
        .arn(&object.target)
        .role_arn(&timer.role_arn)
        .input(object.input.to_string())
        .set_retry_policy(retry)
        .build()
}

/// None for one that is no schedule at all.
fn timer(name: String, schedule: GetScheduleOutput) -> Option<Timer> {
    let target = schedule.target?;
    let retry = target.retry_policy.as_ref().and_then(|policy| {
        Some(RetryPolicy {
            maximum_retry_attempts: count(policy.maximum_retry_attempts?),
            maximum_event_age_seconds: count(policy.maximum_event_age_in_seconds?),
        })
    });
    let window = schedule.flexible_time_window.map(|window| window.mode);
    let window = window.filter(|mode| *mode == FlexibleTimeWindowMode::Off);
    let input = target.input.as_deref().unwrap_or_default();
    let zone = schedule.schedule_expression_timezone;
    Some(Timer {
        object: Object {
            kind: ObjectKind::SchedulerSchedule,
            name,
            target: target.arn,
            start: schedule.start_date.as_ref().map(instant),
            end: schedule.end_date.as_ref().map(instant),
            recurrence: schedule.schedule_expression,
            timezone: zone.unwrap_or_else(|| "UTC".to_owned()),
            // What is no JSON calls nothing.
            input: serde_json::from_str(input).unwrap_or(Value::Null),
            retry_policy: retry,
            flexible_time_window: window.map(|_| FlexibleTimeWindow::Off),
        },
        role_arn: target.role_arn,
        enabled: schedule.state == Some(ScheduleState::Enabled),
    })
}
