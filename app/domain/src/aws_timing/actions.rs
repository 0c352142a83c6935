//! Objects of the two scaling services as scheduled actions, and back: the first is
//! what is compiled and proved, the second what is put and read.

use super::{Effect, Fault, Object, ObjectKind, Resource, execute::call, firings::firings_ahead};
use crate::{
    capacity::{CapacityChange, ScheduledAction, TargetKind, TargetRef, Timing},
    plan::at_expression,
    time::{DAY_MS, Timestamp, Zone},
};
use serde_json::{Map, Value, json};

/// Ranges searched for the next firing, nearest first: an hourly one must not be
/// listed for a year.
const SEARCHED_MS: [i64; 3] = [2 * DAY_MS, 40 * DAY_MS, 800 * DAY_MS];

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
            TargetKind::Rds => Self::Database { name },
            TargetKind::RdsCluster => Self::DatabaseCluster { name },
            TargetKind::Ec2Tag => {
                let (key, value) = halves(&name, '=');
                Self::TaggedInstances { key, value }
            }
            TargetKind::Eks => {
                let (cluster, name) = halves(&name, '/');
                Self::NodeGroup { cluster, name }
            }
        }
    }
}

/// A name of two parts; AWS refuses what lacks one.
fn halves(name: &str, between: char) -> (String, String) {
    let (one, other) = name.split_once(between).unwrap_or((name, ""));
    (one.to_owned(), other.to_owned())
}

impl ObjectKind {
    /// The kind of the objects that set the sizes of a target: its scheduled actions, or
    /// timers where it can have none.
    #[must_use]
    pub const fn of_actions(target: TargetKind) -> Self {
        match target {
            TargetKind::Asg => Self::AsgScheduledAction,
            TargetKind::EcsService => Self::AppautoscalingScheduledAction,
            TargetKind::Ec2Tag | TargetKind::Rds | TargetKind::RdsCluster | TargetKind::Eks => {
                Self::SchedulerSchedule
            }
        }
    }

    /// Whether its service tells the start that was put. An Auto Scaling group tells
    /// the next run in its place.
    #[must_use]
    pub const fn tells_start(self) -> bool {
        !matches!(self, Self::AsgScheduledAction)
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

    /// What each of its firings does.
    ///
    /// # Errors
    /// [`Fault::Refused`] when it makes no call that is known.
    pub fn effect(&self) -> Result<Effect, Fault> {
        call(self).map(|(_, effect)| effect)
    }

    /// Its first firing after an instant, in the zone that it names; none when it
    /// fires no more, or not in two years.
    ///
    /// # Errors
    /// [`Fault`] when its service would not take it, or when nobody knows what it
    /// would do.
    pub fn next_firing(&self, zone: &Zone, after: Timestamp) -> Result<Option<Timestamp>, Fault> {
        for range_ms in SEARCHED_MS {
            let range = after.plus_ms(1)..after.plus_ms(range_ms);
            if let Some(first) = firings_ahead(self, zone, &range)?.first() {
                return Ok(Some(*first));
            }
        }
        Ok(None)
    }

    /// When it fires, in one form for all services; none for what no service takes.
    #[must_use]
    pub fn timing(&self) -> Option<Timing> {
        let recurring = |expression: &str| Timing::Recurring {
            expression: expression.to_owned(),
            timezone: self.timezone.clone(),
            starts_at: self.start,
            ends_at: self.end,
        };
        Some(match self.recurrence.as_deref() {
            None => Timing::Once { at: self.start? },
            Some(expression) => match one_time(expression).filter(|_| self.timezone == "UTC") {
                Some(at) => Timing::Once { at },
                None => recurring(expression),
            },
        })
    }

    /// It never fires again, and AWS keeps it or not.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.timing().is_some_and(|timing| timing.has_ended(now))
    }

    /// The object that a scheduled action of a target is.
    #[must_use]
    pub fn of_action(target: &TargetRef, action: &ScheduledAction) -> Self {
        let kind = ObjectKind::of_actions(target.kind);
        let (resource, [min, max, desired]) = match target.kind {
            TargetKind::EcsService => (format!("service/{}", target.name), SERVICE_SIZES),
            _ => (target.name.clone(), GROUP_SIZES),
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
        Some(ScheduledAction {
            name: self.name.clone(),
            timing: self.timing()?,
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
