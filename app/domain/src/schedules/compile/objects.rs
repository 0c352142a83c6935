//! Pieces become objects: which API is called with what, and under which name.
//!
//! A name says when its object fires and never what it sets, so a new capacity
//! updates the object in place.

use super::super::{Level, Power, ScheduleName, SpotShare, Target};
use super::{
    cover::{Piece, REACH_MS, When},
    patterns::Dialect,
};
use crate::{
    audit,
    aws_timing::{FlexibleTimeWindow, Object, ObjectKind, RetryPolicy, UNIVERSAL_TARGET},
    capacity::Capacity,
    limits,
    plan::at_expression,
    time::{MINUTE_MS, SECOND_MS, Timestamp},
    timers::TIMER_PREFIX,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Characters of the schedule's name in a name that EventBridge Scheduler takes.
const SCHEDULER_PREFIX_CHARS: usize = 24;
/// Bytes of the hash that tells such names apart.
const SCHEDULER_HASH_BYTES: usize = 8;

/// How late after its time EventBridge Scheduler may make the first call, and a margin.
const LATE_MS: i64 = 2 * MINUTE_MS;
/// A call that is not made again.
const ONCE: RetryPolicy = RetryPolicy {
    maximum_retry_attempts: 0,
    maximum_event_age_seconds: limits::SCHEDULER_EVENT_AGE_S_MIN,
};

/// The names of a schedule's objects begin so. Of all schedules on one target no
/// other's do.
#[must_use]
pub fn object_prefix(kind: ObjectKind, schedule: &ScheduleName) -> String {
    match kind {
        ObjectKind::AsgScheduledAction => format!("lamplighter/{schedule}/"),
        ObjectKind::AppautoscalingScheduledAction => format!("lamplighter.{schedule}."),
        ObjectKind::SchedulerSchedule => {
            let schedule = schedule.as_str().chars();
            let schedule: String = schedule.take(SCHEDULER_PREFIX_CHARS).collect();
            format!("{TIMER_PREFIX}{schedule}.")
        }
    }
}

/// The schedule in whose name a scheduled action stands; none where it is nobody's.
#[must_use]
pub fn schedule_of_action(kind: ObjectKind, name: &str) -> Option<&str> {
    let (start, end) = match kind {
        ObjectKind::AsgScheduledAction => ("lamplighter/", '/'),
        ObjectKind::AppautoscalingScheduledAction => ("lamplighter.", '.'),
        // Its name holds only the beginning of the schedule's.
        ObjectKind::SchedulerSchedule => return None,
    };
    let (schedule, _) = name.strip_prefix(start)?.split_once(end)?;
    Some(schedule)
}

/// What of a target is set together. Each part has objects of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Sizes of an Auto Scaling group.
    Group,
    /// How a group buys its instances.
    Mix,
    /// Bounds of a service.
    Bounds,
    /// Sizes of a node group.
    Nodes,
    /// On or off.
    Power,
}

/// What one firing sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    Sizes(Capacity),
    Mix(SpotShare),
    Bounds { min: u32, max: u32 },
    Power(Power),
}

impl Part {
    pub const fn kind(self) -> ObjectKind {
        match self {
            Self::Group => ObjectKind::AsgScheduledAction,
            Self::Bounds => ObjectKind::AppautoscalingScheduledAction,
            Self::Mix | Self::Nodes | Self::Power => ObjectKind::SchedulerSchedule,
        }
    }

    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Group => Dialect::Unix,
            _ => Dialect::Application,
        }
    }

    /// What a capacity sets of this part.
    pub const fn of(self, level: Level) -> Option<Setting> {
        Some(match (self, level) {
            (Self::Group | Self::Nodes, Level::Group { capacity, .. }) => Setting::Sizes(capacity),
            (
                Self::Mix,
                Level::Group {
                    spot: Some(spot), ..
                },
            ) => Setting::Mix(spot),
            (Self::Bounds, Level::Bounds { min, max }) => Setting::Bounds { min, max },
            (Self::Power, Level::Power { state }) => Setting::Power(state),
            _ => return None,
        })
    }
}

/// How long calls that make such changes are tried: never until the next change,
/// which a late one would undo. The first is what holds at the start.
pub(super) fn retry_policy(changes: &[(Timestamp, Setting)]) -> RetryPolicy {
    let gaps = changes.windows(2).skip(1).map(|pair| match pair {
        [(one, _), (next, _)] => next.since_ms(*one),
        _ => i64::MAX,
    });
    let longest_ms = i64::from(limits::SCHEDULE_RETRY_S_MAX) * SECOND_MS;
    let age_ms = gaps
        .map(|gap_ms| gap_ms - LATE_MS)
        .fold(longest_ms, i64::min);
    match u32::try_from(age_ms / SECOND_MS) {
        Ok(age_s) if age_s >= limits::SCHEDULER_EVENT_AGE_S_MIN => RetryPolicy {
            maximum_retry_attempts: limits::SCHEDULER_RETRY_ATTEMPTS_MAX,
            maximum_event_age_seconds: age_s,
        },
        _ => ONCE,
    }
}

/// Makes the objects of one part of one target.
#[derive(Debug, Clone, Copy)]
pub(super) struct Maker<'a> {
    pub schedule: &'a ScheduleName,
    /// The zone that names leave out.
    pub zone: &'a str,
    pub target: &'a Target,
    pub part: Part,
    /// Of the calls that make its changes.
    pub retry_policy: RetryPolicy,
}

impl Maker<'_> {
    pub fn object(&self, piece: &Piece<'_, Setting>) -> Object {
        let (target, input) = self.call(piece.sets);
        let kind = self.part.kind();
        let scheduler = kind == ObjectKind::SchedulerSchedule;
        let (label, start, end, recurrence, timezone) = match piece.when {
            When::Once(at) => {
                let label = format!("once.{}", at.to_jiff().strftime("%Y%m%dT%H%MZ"));
                match kind {
                    ObjectKind::AsgScheduledAction => (label, Some(at), None, None, "UTC"),
                    _ => (label, None, None, Some(at_expression(at)), "UTC"),
                }
            }
            When::Recurring {
                zone,
                minutes,
                pattern,
                first,
                last,
            } => {
                let mut label =
                    format!("{:02}{:02}.{}", minutes / 60, minutes % 60, pattern.label());
                if zone.name() != self.zone {
                    label = format!("{label}.{}", zone.name().replace('/', "-").to_lowercase());
                }
                if let Some(first) = first {
                    let date = zone.civil(first).date();
                    label = format!("{label}.from-{}", date.strftime("%Y%m%d"));
                }
                // A start is itself a firing of the scaling services; EventBridge
                // Scheduler may or may not fire at its start, so it begins before.
                let start = first.map(|first| match kind {
                    ObjectKind::SchedulerSchedule => first.plus_ms(-REACH_MS),
                    _ => first,
                });
                let end = last.map(|last| last.plus_ms(REACH_MS));
                let expression = pattern.expression(self.part.dialect(), minutes);
                (label, start, end, expression, zone.name())
            }
        };
        Object {
            kind,
            name: self.name(&label),
            target,
            start,
            end,
            recurrence,
            timezone: timezone.to_owned(),
            input,
            retry_policy: scheduler.then_some(self.retry_policy),
            flexible_time_window: scheduler.then_some(FlexibleTimeWindow::Off),
        }
    }

    /// A call to stop, at half past every hour from one full hour to another. It
    /// is not tried again: the next comes anyway, and a late one would stop what
    /// has been started since.
    pub fn stops_again(&self, start: Timestamp, end: Timestamp) -> Object {
        let (target, input) = self.call(Setting::Power(Power::Stopped));
        let label = format!("again.{}", start.to_jiff().strftime("%Y%m%dT%H%MZ"));
        Object {
            kind: self.part.kind(),
            name: self.name(&label),
            target,
            start: Some(start),
            end: Some(end),
            recurrence: Some("cron(30 * * * ? *)".to_owned()),
            timezone: "UTC".into(),
            input,
            retry_policy: Some(ONCE),
            flexible_time_window: Some(FlexibleTimeWindow::Off),
        }
    }

    /// Unique in the target where the service asks for that, and everywhere for
    /// EventBridge Scheduler, whose 64 characters do not hold a target's name.
    fn name(&self, label: &str) -> String {
        let Self {
            schedule,
            target,
            part,
            ..
        } = self;
        let prefix = object_prefix(part.kind(), schedule);
        match part.kind() {
            ObjectKind::AsgScheduledAction | ObjectKind::AppautoscalingScheduledAction => {
                format!("{prefix}{label}")
            }
            ObjectKind::SchedulerSchedule => {
                let whole = format!("{schedule}\n{}\n{target}\n{part:?}\n{label}", target.kind());
                let hash = audit::hex(&Sha256::digest(whole)[..SCHEDULER_HASH_BYTES]);
                let time = label.split('.').next().unwrap_or_default();
                format!("{prefix}{time}.{hash}")
            }
        }
    }

    /// What is called, with what.
    fn call(&self, setting: Setting) -> (String, Value) {
        let universal = |action: &str| format!("{UNIVERSAL_TARGET}{action}");
        let started = matches!(setting, Setting::Power(Power::Running));
        let verb = if started { "start" } else { "stop" };
        match (self.target, setting) {
            (Target::Asg(group), Setting::Mix(mix)) => (
                universal("autoscaling:updateAutoScalingGroup"),
                json!({
                    "AutoScalingGroupName": group.as_str(),
                    "MixedInstancesPolicy": {"InstancesDistribution": {
                        "OnDemandBaseCapacity": mix.on_demand_base,
                        "OnDemandPercentageAboveBaseCapacity": mix.on_demand_percent,
                    }},
                }),
            ),
            (Target::Asg(group), setting) => {
                let sizes = sizes(setting, ["MinSize", "MaxSize", "DesiredCapacity"]);
                (group.as_str().to_owned(), sizes)
            }
            (Target::Ecs(service), setting) => {
                let sizes = sizes(setting, ["MinCapacity", "MaxCapacity", ""]);
                (
                    format!("service/{}/{}", service.outer(), service.inner()),
                    sizes,
                )
            }
            (Target::Eks(nodes), setting) => (
                universal("eks:updateNodegroupConfig"),
                json!({
                    "ClusterName": nodes.outer(),
                    "NodegroupName": nodes.inner(),
                    "ScalingConfig": sizes(setting, ["MinSize", "MaxSize", "DesiredSize"]),
                }),
            ),
            (Target::Rds(database), _) => (
                universal(&format!("rds:{verb}DBInstance")),
                json!({"DbInstanceIdentifier": database.as_str()}),
            ),
            (Target::RdsCluster(cluster), _) => (
                universal(&format!("rds:{verb}DBCluster")),
                json!({"DbClusterIdentifier": cluster.as_str()}),
            ),
            // `ec2:stopInstances` takes ids alone; who bears the tag is only known
            // when it fires, and the automation asks then.
            (Target::Ec2Tag(tag), _) => {
                let document = if started { "Start" } else { "Stop" };
                (
                    universal("ssm:startAutomationExecution"),
                    json!({
                        "DocumentName": format!("AWS-{document}EC2Instance"),
                        "TargetParameterName": "InstanceId",
                        "Targets": [{
                            "Key": format!("tag:{}", tag.key.as_str()),
                            "Values": [tag.value.as_str()],
                        }],
                        // One that cannot be started keeps none of the others waiting.
                        "MaxConcurrency": "100%",
                        "MaxErrors": "100%",
                    }),
                )
            }
        }
    }
}

/// Every size is set, so that no earlier state shines through.
fn sizes(setting: Setting, [min_name, max_name, desired_name]: [&str; 3]) -> Value {
    match setting {
        Setting::Sizes(Capacity { min, desired, max }) => {
            json!({min_name: min, max_name: max, desired_name: desired})
        }
        Setting::Bounds { min, max } => json!({min_name: min, max_name: max}),
        // No other setting reaches a target that has sizes.
        Setting::Mix(_) | Setting::Power(_) => Value::Null,
    }
}
