//! Objects of the two scaling services as scheduled actions, and back: the first is
//! what is compiled and proved, the second what is put and read.

use super::{Fault, Object, ObjectKind, Resource, execute::call};
use crate::{
    capacity::{CapacityChange, ScheduledAction, TargetKind, TargetRef, Timing},
    plan::at_expression,
    time::{Timestamp, Zone},
};
use serde_json::{Map, Value, json};

/// What the two services call min, max and desired; a service has no desired count.
const GROUP_SIZES: [&str; 3] = ["MinSize", "MaxSize", "DesiredCapacity"];
const SERVICE_SIZES: [&str; 3] = ["MinCapacity", "MaxCapacity", ""];

impl Resource {
    /// The resource that a target is.
    #[must_use]
    pub fn of(target: &TargetRef) -> Self {
        let name = target.name.clone();
        match target.kind {
            TargetKind::Asg => Self::Group { name },
            TargetKind::EcsService => Self::Service { name },
        }
    }
}

impl Object {
    /// What it acts on.
    ///
    /// # Errors
    /// [`Fault::Refused`] when it makes no call that is known.
    pub fn resource(&self) -> Result<Resource, Fault> {
        call(self).map(|(resource, _)| resource)
    }

    /// The object that a scheduled action of a target is.
    #[must_use]
    pub fn of_action(target: &TargetRef, action: &ScheduledAction) -> Self {
        let (kind, resource, [min, max, desired]) = match target.kind {
            TargetKind::Asg => (
                ObjectKind::AsgScheduledAction,
                target.name.clone(),
                GROUP_SIZES,
            ),
            TargetKind::EcsService => (
                ObjectKind::AppautoscalingScheduledAction,
                format!("service/{}", target.name),
                SERVICE_SIZES,
            ),
        };
        let CapacityChange {
            min: to_min,
            desired: to_desired,
            max: to_max,
        } = action.capacity;
        let input: Map<String, Value> = [(min, to_min), (max, to_max), (desired, to_desired)]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
            .collect();
        let (start, end, recurrence, timezone) = match &action.timing {
            Timing::Once { at } => match kind {
                ObjectKind::AsgScheduledAction => (Some(*at), None, None, "UTC"),
                _ => (None, None, Some(at_expression(*at)), "UTC"),
            },
            Timing::Recurring {
                expression,
                timezone,
                starts_at,
                ends_at,
            } => (
                *starts_at,
                *ends_at,
                Some(expression.clone()),
                timezone.as_str(),
            ),
        };
        Self {
            kind,
            name: action.name.clone(),
            target: resource,
            start,
            end,
            recurrence,
            timezone: timezone.to_owned(),
            input: Value::Object(input),
            retry_policy: None,
            flexible_time_window: None,
        }
    }

    /// The scheduled action that it is; none for a schedule of EventBridge Scheduler.
    #[must_use]
    pub fn action(&self) -> Option<ScheduledAction> {
        let [min, max, desired] = match self.kind {
            ObjectKind::AsgScheduledAction => GROUP_SIZES,
            ObjectKind::AppautoscalingScheduledAction => SERVICE_SIZES,
            ObjectKind::SchedulerSchedule => return None,
        };
        let size = |name: &str| {
            let value = self.input.get(name).and_then(Value::as_u64);
            value.and_then(|value| u32::try_from(value).ok())
        };
        let timing = match &self.recurrence {
            None => Timing::Once { at: self.start? },
            Some(expression) => match one_time(expression) {
                Some(at) => Timing::Once { at },
                None => Timing::Recurring {
                    expression: expression.clone(),
                    timezone: self.timezone.clone(),
                    starts_at: self.start,
                    ends_at: self.end,
                },
            },
        };
        Some(ScheduledAction {
            name: self.name.clone(),
            timing,
            capacity: CapacityChange {
                min: size(min),
                desired: size(desired),
                max: size(max),
            },
            next_run_at: None,
        })
    }
}

/// The instant of `at(2026-03-01T00:00:00)`, which is written in UTC.
fn one_time(expression: &str) -> Option<Timestamp> {
    let local = expression.strip_prefix("at(")?.strip_suffix(')')?;
    let local: jiff::civil::DateTime = local.parse().ok()?;
    Some(Zone::utc().instant(local))
}
