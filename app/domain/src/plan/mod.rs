//! Plans: from what is wanted and what is live to the exact calls, in order.
//!
//! The order is what makes a kill between any two calls harmless: the *return*
//! is put first, so that nothing can raise capacity without its way back
//! standing in AWS already; an end sets the capacity first and then removes
//! the return that is no longer needed.

mod alarm_actions;
mod alarm_differences;
mod calls;
mod course;
mod differences;
mod done;
#[cfg(test)]
pub(crate) mod fixtures;
mod mix;
mod power;
mod processes;
mod put_alarm;
mod put_lines;
mod refresh;
mod scale_event;
mod schedule;
mod shared_checks;

pub use alarm_actions::{AlarmActionsEffect, AlarmSituation, plan_alarm_actions};
pub use alarm_differences::{
    alarm_differences, definition_differences, filter_differences, filter_group,
};
pub use calls::at_expression;
pub use course::{Firing, Mover, Station};
pub use differences::{
    Applied, Difference, Standing, cancel_differences, differences, is_unsettled, left_behind,
    refresh_differences, schedule_differences,
};
pub use mix::{MixEffect, plan_mix};
pub use power::{PowerEffect, Switched, plan_power};
pub use processes::{ProcessesEffect, plan_processes};
pub use put_alarm::{AlarmEffect, PutSituation, Supposed, look_s, plan_put_alarm};
pub use put_lines::{LinesSight, lines_of};
pub use refresh::{RefreshEffect, plan_cancel, plan_refresh};
pub use scale_event::{plan_end, plan_scale_event};
pub use schedule::{
    Overriding, ScheduleBase, ScheduleEffect, ScheduleSituation, ScheduleTarget, Taken, level_sets,
    plan_extension, plan_override, plan_removal, plan_schedule,
};

use crate::{
    alarms::{AlarmReading, AlarmRef, definition::AlarmDefinition},
    audit::hex,
    aws_timing::Effect as TimerEffect,
    capacity::{Capacity, CapacityChange, ScheduledAction, Target, TargetRef},
    changes::Change,
    checks::Finding,
    estate::Scope,
    freezes::Freeze,
    ids::ChangeId,
    log_filters::CountedLines,
    mixes::Mix,
    processes::Process,
    refreshes::Pace,
    schedules::Power,
    time::Timestamp,
    timers::Timer,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

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
    /// Creates scheduled actions of a group in one call of AWS, which may refuse some and
    /// not the others.
    PutScheduledActions {
        /// Of which group.
        target: TargetRef,
        /// The actions.
        actions: Vec<ScheduledAction>,
    },
    /// Deletes scheduled actions of a group, as many; those that are not there are fine.
    DeleteScheduledActions {
        /// Of which group.
        target: TargetRef,
        /// Their names.
        names: Vec<String>,
    },
    /// Sets the capacity now.
    SetCapacity {
        /// Of which target.
        target: TargetRef,
        /// What is set; the rest stays.
        capacity: CapacityChange,
    },
    /// Creates or replaces a timer.
    PutTimer {
        /// On which target it acts.
        target: TargetRef,
        /// The timer.
        timer: Timer,
        /// One of its name stood there when this was planned.
        replaces: bool,
    },
    /// Deletes a timer; one that is not there is fine.
    DeleteTimer {
        /// On which target it acts.
        target: TargetRef,
        /// Its name.
        name: String,
    },
    /// Sets how a group buys its instances from now on.
    SetMix {
        /// Which group.
        target: TargetRef,
        /// How.
        mix: Mix,
    },
    /// Starts or stops what is only on or off.
    SetPower {
        /// What.
        target: TargetRef,
        /// On or off from then on.
        power: Power,
        /// The instances that are called by their ids: those of a tag. Of them some may be
        /// so already.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        instances: Vec<String>,
    },
    /// Starts to replace the instances of a group.
    StartRefresh {
        /// Which group.
        target: TargetRef,
        /// How fast.
        pace: Pace,
    },
    /// Ends the refresh of a group that goes on; none is fine.
    CancelRefresh {
        /// Which group.
        target: TargetRef,
    },
    /// Suspends and resumes processes. Of a service all of them are named.
    SetProcesses {
        /// Of which target.
        target: TargetRef,
        /// Suspended from then on.
        suspend: Vec<Process>,
        /// Running from then on.
        resume: Vec<Process>,
    },
    /// Switches the actions of an alarm.
    SetAlarmActions {
        /// Which alarm.
        alarm: AlarmRef,
        /// On from then on, or off.
        enabled: bool,
    },
    /// Creates an alarm, or replaces all that it is told to do.
    PutAlarm {
        /// Which alarm.
        alarm: AlarmRef,
        /// What it is told to do.
        definition: Box<AlarmDefinition>,
    },
    /// Deletes an alarm; one that is not there is fine.
    DeleteAlarm {
        /// Which alarm.
        alarm: AlarmRef,
    },
    /// Creates a metric filter that counts lines, or replaces all of it.
    PutMetricFilter {
        /// In which account and region.
        scope: Scope,
        /// Which lines, and by what name.
        lines: CountedLines,
        /// The namespace of the metric that it makes.
        namespace: String,
        /// The metric's name.
        metric: String,
    },
    /// Deletes a metric filter; one that is not there is fine.
    DeleteMetricFilter {
        /// In which account and region.
        scope: Scope,
        /// Of which log group.
        group: String,
        /// Its name.
        filter: String,
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
    /// The target it writes to; none for a call to an alarm or a log group.
    #[must_use]
    pub const fn target(&self) -> Option<&TargetRef> {
        match self {
            Self::PutScheduledAction { target, .. }
            | Self::DeleteScheduledAction { target, .. }
            | Self::PutScheduledActions { target, .. }
            | Self::DeleteScheduledActions { target, .. }
            | Self::SetCapacity { target, .. }
            | Self::PutTimer { target, .. }
            | Self::DeleteTimer { target, .. }
            | Self::SetMix { target, .. }
            | Self::SetPower { target, .. }
            | Self::StartRefresh { target, .. }
            | Self::CancelRefresh { target }
            | Self::SetProcesses { target, .. } => Some(target),
            Self::SetAlarmActions { .. }
            | Self::PutAlarm { .. }
            | Self::DeleteAlarm { .. }
            | Self::PutMetricFilter { .. }
            | Self::DeleteMetricFilter { .. } => None,
        }
    }

    /// Where it writes.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        match self {
            Self::PutScheduledAction { target, .. }
            | Self::DeleteScheduledAction { target, .. }
            | Self::PutScheduledActions { target, .. }
            | Self::DeleteScheduledActions { target, .. }
            | Self::SetCapacity { target, .. }
            | Self::PutTimer { target, .. }
            | Self::DeleteTimer { target, .. }
            | Self::SetMix { target, .. }
            | Self::SetPower { target, .. }
            | Self::StartRefresh { target, .. }
            | Self::CancelRefresh { target }
            | Self::SetProcesses { target, .. } => &target.scope,
            Self::SetAlarmActions { alarm, .. }
            | Self::PutAlarm { alarm, .. }
            | Self::DeleteAlarm { alarm } => &alarm.scope,
            Self::PutMetricFilter { scope, .. } | Self::DeleteMetricFilter { scope, .. } => scope,
        }
    }
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
    /// Of what is started or stopped.
    Power(PowerEffect),
    /// Of a group that buys its instances otherwise.
    Mix(MixEffect),
    /// Of a group whose instances are replaced.
    Refresh(RefreshEffect),
    /// Of processes that are suspended or resumed.
    Processes(ProcessesEffect),
    /// Of an alarm whose actions are switched.
    AlarmActions(AlarmActionsEffect),
    /// Of an alarm that is put, or deleted.
    Alarm(AlarmEffect),
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
    /// The content hash that approvals are bound to: SHA-256 over what is wanted and
    /// when, the live state it rests on and, but for a schedule, the exact calls, in
    /// hexadecimal. The calls of a schedule depend on the minute in which they are
    /// made, but what they lead to does not.
    #[must_use]
    pub fn content_hash(&self, change: &Change, planned_for: Option<Timestamp>) -> String {
        let json = match &self.effect {
            Effect::Event(event) => serde_json::to_vec(&(change, &event.base, &self.steps)),
            Effect::Schedule(schedule) => {
                let bases = schedule.targets.iter();
                let bases: Vec<_> = bases.map(|one| (&one.target, &one.base)).collect();
                serde_json::to_vec(&(change, schedule.replaces, bases))
            }
            Effect::Power(effect) => serde_json::to_vec(&(change, effect, &self.steps)),
            Effect::Mix(effect) => serde_json::to_vec(&(change, effect, &self.steps)),
            Effect::Refresh(effect) => serde_json::to_vec(&(change, effect, &self.steps)),
            Effect::Processes(effect) => serde_json::to_vec(&(change, effect, &self.steps)),
            Effect::AlarmActions(effect) => serde_json::to_vec(&(change, effect, &self.steps)),
            Effect::Alarm(effect) => serde_json::to_vec(&(change, effect, &self.steps)),
        };
        // Serialising plain structs of strings and integers cannot fail; should it
        // ever, the empty text gives a hash that no vote was cast on.
        let mut digest = Sha256::new_with_prefix(json.unwrap_or_default());
        if let Some(at) = planned_for {
            digest.update(at.ms().to_be_bytes());
        }
        hex(&digest.finalize())
    }

    /// What it does to the target of a scale event.
    #[must_use]
    pub const fn event(&self) -> Option<&EventEffect> {
        match &self.effect {
            Effect::Event(event) => Some(event),
            _ => None,
        }
    }

    /// What it does to the targets of a schedule.
    #[must_use]
    pub const fn schedule(&self) -> Option<&ScheduleEffect> {
        match &self.effect {
            Effect::Schedule(schedule) => Some(schedule),
            _ => None,
        }
    }

    /// It starts an instance refresh, which goes on when its calls are made.
    #[must_use]
    pub fn starts_refresh(&self) -> bool {
        let mut calls = self.steps.iter().map(|step| &step.call);
        calls.any(|call| matches!(call, Call::StartRefresh { .. }))
    }

    /// It sets how much there is of a target, and not only how.
    #[must_use]
    pub const fn sets_capacity(&self) -> bool {
        !matches!(self.effect, Effect::Mix(_) | Effect::Refresh(_))
    }

    /// Every target that it touches.
    #[must_use]
    pub fn targets(&self) -> Vec<&TargetRef> {
        match &self.effect {
            Effect::Event(event) => vec![&event.target],
            Effect::Schedule(schedule) => schedule.targets.iter().map(|one| &one.target).collect(),
            Effect::Power(PowerEffect { target, .. })
            | Effect::Mix(MixEffect { target, .. })
            | Effect::Refresh(RefreshEffect { target, .. })
            | Effect::Processes(ProcessesEffect { target, .. }) => vec![target],
            Effect::AlarmActions(_) | Effect::Alarm(_) => Vec::new(),
        }
    }

    /// Every account and region that it touches.
    #[must_use]
    pub fn scopes(&self) -> BTreeSet<&Scope> {
        match &self.effect {
            Effect::AlarmActions(AlarmActionsEffect { alarm, .. })
            | Effect::Alarm(AlarmEffect { alarm, .. }) => [&alarm.scope].into(),
            _ => self.targets().iter().map(|target| &target.scope).collect(),
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
    /// For how long people wait for spot capacity.
    pub below_desired_minutes: u32,
    /// Now.
    pub now: Timestamp,
}

/// What a schedule that stands on a target lets AWS do to it in the coming days.
#[derive(Debug, Clone, Copy)]
pub struct Ahead<'a> {
    /// Its name.
    pub schedule: &'a str,
    /// When its timers fire and what they do, soonest first.
    pub runs: &'a [(Timestamp, TimerEffect)],
}

/// The names of the scheduled actions of scale events begin so.
const EVENT_PREFIX: &str = "lamplighter-";

/// The name of a scheduled action that belongs to a change request. The
/// characters `:`, `/` and `|` are refused by Application Auto Scaling.
#[must_use]
pub fn action_name(change: ChangeId, part: &str) -> String {
    format!("{EVENT_PREFIX}{change}-{part}")
}

/// The change request whose action this is, by the name that [`action_name`] made.
#[must_use]
pub fn action_owner(name: &str) -> Option<ChangeId> {
    let rest = name.strip_prefix("lamplighter-")?;
    let (id, _) = rest.split_once('-')?;
    id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_of_ours_names_its_change_request() {
        let id = ChangeId::from_parts(1_700_000_000_000, 7);
        for part in ["start", "return", "return-bounds"] {
            assert_eq!(action_owner(&action_name(id, part)), Some(id));
        }
        for foreign in ["office-hours-up", "lamplighter-", "lamplighter-chg_x-start"] {
            assert_eq!(action_owner(foreign), None, "{foreign}");
        }
    }
}
