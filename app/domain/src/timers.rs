//! Timers: schedules of EventBridge Scheduler that we keep, for what no scheduled
//! action can do. AWS calls them schedules, but that word is taken: a schedule here
//! is what people write, and timers are part of what carries it out.

use crate::{
    aws_timing::{FlexibleTimeWindow, Object},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// All of ours begin so, and none of anybody else's is ever touched.
pub const TIMER_PREFIX: &str = "lamplighter.";

/// A schedule of EventBridge Scheduler that is ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timer {
    /// What it calls, and when.
    pub object: Object,
    /// The role under which EventBridge Scheduler makes the call.
    pub role_arn: String,
    /// It fires. One that somebody switched off stands and does nothing.
    pub enabled: bool,
}

impl Timer {
    /// One that fires.
    #[must_use]
    pub fn new(object: Object, role_arn: &str) -> Self {
        Self {
            object,
            role_arn: role_arn.to_owned(),
            enabled: true,
        }
    }

    /// Whether it does from now on what another would.
    #[must_use]
    pub fn does_the_same(&self, other: &Self, now: Timestamp) -> bool {
        let (one, two) = (&self.object, &other.object);
        let timing = match (one.timing(), two.timing()) {
            (Some(one_timing), Some(timing)) => {
                one_timing.means_the_same(&timing, one.kind.tells_start(), now)
            }
            _ => false,
        };
        timing
            && (&one.target, &one.input) == (&two.target, &two.input)
            && one.retry_policy == two.retry_policy
            && one.flexible_time_window == two.flexible_time_window
            && (&self.role_arn, self.enabled) == (&other.role_arn, other.enabled)
    }

    /// As it can be put now: AWS refuses a start that is past.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        self.object.start = self.object.start.filter(|start| *start > now);
        self
    }

    /// What CreateSchedule and UpdateSchedule are given, named as in the API
    /// Reference. One that has run or ended is deleted by AWS itself.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let object = &self.object;
        let number = |value: Option<u32>| value.map(|value| value.to_string());
        let retry = object.retry_policy;
        let window = object.flexible_time_window.map(|window| match window {
            FlexibleTimeWindow::Off => "OFF".to_owned(),
        });
        let state = if self.enabled { "ENABLED" } else { "DISABLED" };
        [
            ("Name", Some(object.name.clone())),
            ("ScheduleExpression", object.recurrence.clone()),
            ("ScheduleExpressionTimezone", Some(object.timezone.clone())),
            ("StartDate", object.start.map(|at| at.to_string())),
            ("EndDate", object.end.map(|at| at.to_string())),
            ("State", Some(state.to_owned())),
            ("ActionAfterCompletion", Some("DELETE".to_owned())),
            ("FlexibleTimeWindow.Mode", window),
            ("Target.Arn", Some(object.target.clone())),
            ("Target.RoleArn", Some(self.role_arn.clone())),
            ("Target.Input", Some(object.input.to_string())),
            (
                "Target.RetryPolicy.MaximumRetryAttempts",
                number(retry.map(|policy| policy.maximum_retry_attempts)),
            ),
            (
                "Target.RetryPolicy.MaximumEventAgeInSeconds",
                number(retry.map(|policy| policy.maximum_event_age_seconds)),
            ),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}
