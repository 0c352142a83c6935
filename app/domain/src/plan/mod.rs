//! Plans: from what is wanted and what is live to the exact calls, in order.
//!
//! The order is what makes a kill between any two calls harmless: the *return*
//! is put first, so that nothing can raise capacity without its way back
//! standing in AWS already; an end sets the capacity first and then removes
//! the return that is no longer needed.

mod course;
mod differences;
mod done;
mod scale_event;
mod schedule;
mod shared_checks;

pub use course::{Firing, Mover, Station};
pub use differences::{
    Applied, Difference, Standing, differences, is_unsettled, schedule_differences,
};
pub use scale_event::{plan_end, plan_scale_event};
pub use schedule::{
    ScheduleBase, ScheduleEffect, ScheduleSituation, ScheduleTarget, Taken, object_prefix,
    plan_extension, plan_removal, plan_schedule,
};

use crate::{
    alarms::AlarmReading,
    audit::hex,
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, TargetKind, TargetRef, Timing},
    changes::Change,
    checks::Finding,
    freezes::Freeze,
    ids::ChangeId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One call to AWS that writes. Each is idempotent: the same call twice leaves
/// what it left once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Creates or replaces a scheduled action.
    PutScheduledAction {
        /// Of which target.
        target: TargetRef,
        /// The action.
        action: ScheduledAction,
    },
    /// Deletes a scheduled action; one that is not there is fine.
    DeleteScheduledAction {
        /// Of which target.
        target: TargetRef,
        /// Its name.
        name: String,
    },
    /// Sets the capacity now.
    SetCapacity {
        /// Of which target.
        target: TargetRef,
        /// What is set; the rest stays.
        capacity: CapacityChange,
    },
}

/// A call in AWS's own terms, as people and the audit log see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AwsCall {
    /// `autoscaling:PutScheduledUpdateGroupAction`.
    pub action: String,
    /// Its parameters, named as in the API reference, in the order they are read.
    pub parameters: Vec<(String, String)>,
}

impl Call {
    /// The target it writes to.
    #[must_use]
    pub const fn target(&self) -> &TargetRef {
        match self {
            Self::PutScheduledAction { target, .. }
            | Self::DeleteScheduledAction { target, .. }
            | Self::SetCapacity { target, .. } => target,
        }
    }

    /// The exact AWS calls behind it, in order. A service takes two to set a
    /// capacity: its bounds are Application Auto Scaling's, its count is ECS's.
    #[must_use]
    pub fn aws(&self) -> Vec<AwsCall> {
        match (self, self.target().kind) {
            (Self::PutScheduledAction { target, action }, TargetKind::Asg) => {
                let mut parameters = vec![
                    ("AutoScalingGroupName".into(), target.name.clone()),
                    ("ScheduledActionName".into(), action.name.clone()),
                ];
                match &action.timing {
                    Timing::Once { at } => parameters.push(("StartTime".into(), at.to_string())),
                    Timing::Recurring {
                        expression,
                        timezone,
                        starts_at,
                        ends_at,
                    } => {
                        parameters.push(("Recurrence".into(), expression.clone()));
                        parameters.push(("TimeZone".into(), timezone.clone()));
                        push_some(&mut parameters, "StartTime", starts_at.as_ref());
                        push_some(&mut parameters, "EndTime", ends_at.as_ref());
                    }
                }
                push_group_capacity(&mut parameters, action.capacity);
                vec![call(
                    "autoscaling:PutScheduledUpdateGroupAction",
                    parameters,
                )]
            }
            (Self::PutScheduledAction { target, action }, TargetKind::EcsService) => {
                let mut parameters = service_identity(target);
                parameters.push(("ScheduledActionName".into(), action.name.clone()));
                match &action.timing {
                    Timing::Once { at } => {
                        parameters.push(("Schedule".into(), at_expression(*at)));
                        parameters.push(("Timezone".into(), "UTC".into()));
                    }
                    Timing::Recurring {
                        expression,
                        timezone,
                        starts_at,
                        ends_at,
                    } => {
                        parameters.push(("Schedule".into(), expression.clone()));
                        parameters.push(("Timezone".into(), timezone.clone()));
                        push_some(&mut parameters, "StartTime", starts_at.as_ref());
                        push_some(&mut parameters, "EndTime", ends_at.as_ref());
                    }
                }
                push_some(
                    &mut parameters,
                    "ScalableTargetAction.MinCapacity",
                    action.capacity.min.as_ref(),
                );
                push_some(
                    &mut parameters,
                    "ScalableTargetAction.MaxCapacity",
                    action.capacity.max.as_ref(),
                );
                vec![call(
                    "application-autoscaling:PutScheduledAction",
                    parameters,
                )]
            }
            (Self::DeleteScheduledAction { target, name }, TargetKind::Asg) => vec![call(
                "autoscaling:DeleteScheduledAction",
                vec![
                    ("AutoScalingGroupName".into(), target.name.clone()),
                    ("ScheduledActionName".into(), name.clone()),
                ],
            )],
            (Self::DeleteScheduledAction { target, name }, TargetKind::EcsService) => {
                let mut parameters = service_identity(target);
                parameters.push(("ScheduledActionName".into(), name.clone()));
                vec![call(
                    "application-autoscaling:DeleteScheduledAction",
                    parameters,
                )]
            }
            (Self::SetCapacity { target, capacity }, TargetKind::Asg) => {
                let mut parameters = vec![("AutoScalingGroupName".into(), target.name.clone())];
                push_group_capacity(&mut parameters, *capacity);
                vec![call("autoscaling:UpdateAutoScalingGroup", parameters)]
            }
            (Self::SetCapacity { target, capacity }, TargetKind::EcsService) => {
                let mut calls = Vec::new();
                if capacity.min.is_some() || capacity.max.is_some() {
                    let mut parameters = service_identity(target);
                    push_some(&mut parameters, "MinCapacity", capacity.min.as_ref());
                    push_some(&mut parameters, "MaxCapacity", capacity.max.as_ref());
                    calls.push(call(
                        "application-autoscaling:RegisterScalableTarget",
                        parameters,
                    ));
                }
                if let Some(desired) = capacity.desired {
                    let (cluster, service) = target
                        .name
                        .split_once('/')
                        .unwrap_or(("default", &target.name));
                    calls.push(call(
                        "ecs:UpdateService",
                        vec![
                            ("cluster".into(), cluster.into()),
                            ("service".into(), service.into()),
                            ("desiredCount".into(), desired.to_string()),
                        ],
                    ));
                }
                calls
            }
        }
    }
}

fn call(action: &str, parameters: Vec<(String, String)>) -> AwsCall {
    AwsCall {
        action: action.into(),
        parameters,
    }
}

fn service_identity(target: &TargetRef) -> Vec<(String, String)> {
    vec![
        ("ServiceNamespace".into(), "ecs".into()),
        ("ResourceId".into(), format!("service/{}", target.name)),
        (
            "ScalableDimension".into(),
            "ecs:service:DesiredCount".into(),
        ),
    ]
}

fn push_some<T: ToString>(parameters: &mut Vec<(String, String)>, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        parameters.push((name.into(), value.to_string()));
    }
}

fn push_group_capacity(parameters: &mut Vec<(String, String)>, capacity: CapacityChange) {
    push_some(parameters, "MinSize", capacity.min.as_ref());
    push_some(parameters, "MaxSize", capacity.max.as_ref());
    push_some(parameters, "DesiredCapacity", capacity.desired.as_ref());
}

/// `at(2026-03-01T00:00:00)`, to be read in UTC (Application Auto Scaling API,
/// PutScheduledAction).
#[must_use]
pub fn at_expression(at: Timestamp) -> String {
    format!("at({})", at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S"))
}

/// One step of a plan and how to take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// The call.
    pub call: Call,
    /// The call that takes it back, if a later step fails.
    pub undo: Option<Call>,
}

/// The live state that a plan rests on. If it changes, approvals are void.
///
/// Desired capacity is part of it only where no policy moves it; scheduled
/// actions only where they fire during the event. What cannot change the plan
/// cannot void it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Base {
    /// Minimum.
    pub min: u32,
    /// Desired, where no policy moves it.
    pub desired: Option<u32>,
    /// Maximum.
    pub max: u32,
    /// Suspended processes, sorted.
    pub suspended: Vec<String>,
    /// Scheduled actions that fire during the event, by name, without the
    /// computed next run.
    pub actions: Vec<ScheduledAction>,
}

/// What a change request will do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// From when; none means when it is applied.
    pub from: Option<Timestamp>,
    /// Until when; none for a change that does not return.
    pub until: Option<Timestamp>,
    /// What comes of it, and the live state it rests on.
    pub effect: Effect,
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// What the checks found.
    pub findings: Vec<Finding>,
}

/// What comes of a plan, by what it is a plan of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Of a scale event, or of its end.
    Event(EventEffect),
    /// Of a schedule, or of its removal.
    Schedule(ScheduleEffect),
}

/// What a scale event does to its target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventEffect {
    /// To which target.
    pub target: TargetRef,
    /// Live capacity when the plan was made.
    pub before: Capacity,
    /// What it sets.
    pub during: CapacityChange,
    /// What the return sets.
    pub after: CapacityChange,
    /// The live state it rests on.
    pub base: Base,
    /// What other owners' scheduled actions do from when the plan was made until
    /// just after its end, in order.
    #[serde(default)]
    pub firings: Vec<Firing>,
}

impl Plan {
    /// The content hash that approvals are bound to: SHA-256 over what is wanted,
    /// the live state it rests on and, for a scale event, the exact calls, in
    /// hexadecimal. The calls of a schedule depend on the minute in which they are
    /// made, but what they lead to does not.
    #[must_use]
    pub fn content_hash(&self, change: &Change) -> String {
        let json = match &self.effect {
            Effect::Event(event) => serde_json::to_vec(&(change, &event.base, &self.steps)),
            Effect::Schedule(schedule) => {
                let bases = schedule.targets.iter();
                let bases: Vec<_> = bases.map(|one| (&one.target, &one.base)).collect();
                serde_json::to_vec(&(change, schedule.replaces, bases))
            }
        };
        // Serialising plain structs of strings and integers cannot fail; should it
        // ever, the empty text gives a hash that no vote was cast on.
        hex(&Sha256::digest(json.unwrap_or_default()))
    }

    /// What it does to the target of a scale event.
    #[must_use]
    pub const fn event(&self) -> Option<&EventEffect> {
        match &self.effect {
            Effect::Event(event) => Some(event),
            Effect::Schedule(_) => None,
        }
    }

    /// What it does to the targets of a schedule.
    #[must_use]
    pub const fn schedule(&self) -> Option<&ScheduleEffect> {
        match &self.effect {
            Effect::Schedule(schedule) => Some(schedule),
            Effect::Event(_) => None,
        }
    }

    /// Every target that it touches.
    #[must_use]
    pub fn targets(&self) -> Vec<&TargetRef> {
        match &self.effect {
            Effect::Event(event) => vec![&event.target],
            Effect::Schedule(schedule) => schedule.targets.iter().map(|one| &one.target).collect(),
        }
    }
}

/// Another scale event that holds the same target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherEvent {
    /// Its change request.
    pub change: ChangeId,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub until: Timestamp,
}

/// Everything a plan is made of, read beforehand: planning asks nobody.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The change request, for the names of its objects.
    pub change: ChangeId,
    /// The live target.
    pub target: &'a Target,
    /// The alarms that its policies name, as last read.
    pub alarms: &'a [AlarmReading],
    /// Approved or applied events of other change requests on this target.
    pub others: &'a [OtherEvent],
    /// All freezes.
    pub freezes: &'a [Freeze],
    /// Now.
    pub now: Timestamp,
}

/// The name of a scheduled action that belongs to a change request. The
/// characters `:`, `/` and `|` are refused by Application Auto Scaling.
#[must_use]
pub fn action_name(change: ChangeId, part: &str) -> String {
    format!("lamplighter-{change}-{part}")
}
