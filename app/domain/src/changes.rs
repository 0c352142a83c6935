//! Change requests: the one door for every write to AWS.
//!
//! ```text
//!             edit, or the live base changed (a new revision, votes void)
//!                 ┌──────────┐
//! (created) → proposed ──────┴→ approved → applying → applied
//!                 │                │ │ │       ├────→ applied_with_difference
//!                 ├→ rejected      │ │ └───────┴────→ failed
//!                 ├→ withdrawn ←───┘ │
//!                 └→ expired ←───────┘
//! ```

use crate::{
    alarms::{AlarmRef, definition::AlarmDefinition},
    estate::Scope,
    ids::{AlarmId, ChangeId, TargetId},
    limits,
    mixes::Mix,
    processes::Process,
    refreshes::Pace,
    scale_events::ScaleEvent,
    schedules::{LevelChange, Power, Schedule, ScheduleName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A temporary capacity with an automatic return.
    ScaleEvent(ScaleEvent),
    /// The end of a scale event before its time: cancels one that waits,
    /// returns one that runs.
    EndScaleEvent {
        /// The event's change request.
        event: ChangeId,
        /// Why.
        reason: String,
    },
    /// A schedule that holds from now on, new or in place of the one of its name.
    ApplySchedule {
        /// Where its targets are.
        scope: Scope,
        /// The whole schedule, as in its file.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        schedule: Box<Schedule>,
        /// Names of scheduled actions of its targets that it takes the place of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        takes_over: Vec<String>,
        /// Why.
        reason: String,
    },
    /// The end of a schedule: its objects are taken out of AWS.
    RemoveSchedule {
        /// Its name.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        schedule: ScheduleName,
        /// Why.
        reason: String,
    },
    /// For a time, another capacity than a schedule that stands says. It ends by itself.
    Override {
        /// Of which schedule.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        schedule: ScheduleName,
        /// Its first instant.
        from: Timestamp,
        /// The first instant after it.
        until: Timestamp,
        /// What holds then; what is left out is the base's.
        capacity: LevelChange,
        /// Why. It stands in the schedule.
        reason: String,
    },
    /// The end of an override before its time, or before it begins: what was approved with
    /// the schedule holds again.
    EndOverride {
        /// Of which schedule.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        schedule: ScheduleName,
        /// The override's first instant.
        from: Timestamp,
        /// The first instant after it.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// The next days of a schedule that stands: what was approved with it goes on.
    ExtendSchedule {
        /// Its name.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        schedule: ScheduleName,
        /// Why.
        reason: String,
    },
    /// What is only on or off, started or stopped now. It stays so until its schedule, AWS
    /// or somebody else switches it back.
    SetPower {
        /// What.
        target: TargetId,
        /// On from then on, or off.
        power: Power,
        /// Why.
        reason: String,
    },
    /// How a group buys its instances from now on, until its schedule sets it back.
    SetMix {
        /// Which group.
        target: TargetId,
        /// How.
        mix: Mix,
        /// What runs is replaced afterwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refresh: Option<Pace>,
        /// Why.
        reason: String,
    },
    /// The instances of a group are replaced, some at a time, and followed to the end.
    RefreshInstances {
        /// Which group.
        target: TargetId,
        /// How fast.
        pace: Pace,
        /// Why.
        reason: String,
    },
    /// The end of an instance refresh before its time. What was replaced stays replaced.
    CancelRefresh {
        /// The change request that started it.
        refresh: ChangeId,
        /// Why.
        reason: String,
    },
    /// Processes that AWS suspends on a target, or resumes. They stay so until another
    /// change: AWS cannot turn them back by itself.
    SetProcesses {
        /// Of which target.
        target: TargetId,
        /// Which.
        processes: Vec<Process>,
        /// Suspended from then on, or running.
        suspended: bool,
        /// Why.
        reason: String,
    },
    /// Whether an alarm tells anybody and runs the policies that hang on it.
    SetAlarmActions {
        /// Which alarm.
        alarm: AlarmId,
        /// Its actions are on from then on, or off.
        enabled: bool,
        /// Why.
        reason: String,
    },
    /// A new alarm on a metric, or another definition of one that is there.
    PutAlarm {
        /// Which, by its name in AWS.
        alarm: AlarmRef,
        /// The one of that name that it takes the place of; none where it is new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<AlarmId>,
        /// What it is told to do.
        definition: Box<AlarmDefinition>,
        /// Why.
        reason: String,
    },
    /// What was there before an alarm was put: its old definition, or no alarm.
    PutAlarmBack {
        /// The change request that put it.
        put: ChangeId,
        /// Why.
        reason: String,
    },
}

impl Change {
    /// The kind's word, as in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ScaleEvent(_) => "scale_event",
            Self::EndScaleEvent { .. } => "end_scale_event",
            Self::ApplySchedule { .. } => "apply_schedule",
            Self::RemoveSchedule { .. } => "remove_schedule",
            Self::Override { .. } => "override",
            Self::EndOverride { .. } => "end_override",
            Self::ExtendSchedule { .. } => "extend_schedule",
            Self::SetPower { .. } => "set_power",
            Self::SetMix { .. } => "set_mix",
            Self::RefreshInstances { .. } => "refresh_instances",
            Self::CancelRefresh { .. } => "cancel_refresh",
            Self::SetProcesses { .. } => "set_processes",
            Self::SetAlarmActions { .. } => "set_alarm_actions",
            Self::PutAlarm { .. } => "put_alarm",
            Self::PutAlarmBack { .. } => "put_alarm_back",
        }
    }

    /// Why it is asked for.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::ScaleEvent(event) => &event.reason,
            Self::EndScaleEvent { reason, .. }
            | Self::ApplySchedule { reason, .. }
            | Self::RemoveSchedule { reason, .. }
            | Self::Override { reason, .. }
            | Self::EndOverride { reason, .. }
            | Self::ExtendSchedule { reason, .. }
            | Self::SetPower { reason, .. }
            | Self::SetMix { reason, .. }
            | Self::RefreshInstances { reason, .. }
            | Self::CancelRefresh { reason, .. }
            | Self::SetProcesses { reason, .. }
            | Self::SetAlarmActions { reason, .. }
            | Self::PutAlarm { reason, .. }
            | Self::PutAlarmBack { reason, .. } => reason,
        }
    }

    /// The schedule that it is about.
    #[must_use]
    pub fn schedule(&self) -> Option<&ScheduleName> {
        match self {
            Self::ScaleEvent(_)
            | Self::EndScaleEvent { .. }
            | Self::SetPower { .. }
            | Self::SetMix { .. }
            | Self::RefreshInstances { .. }
            | Self::CancelRefresh { .. }
            | Self::SetProcesses { .. }
            | Self::SetAlarmActions { .. }
            | Self::PutAlarm { .. }
            | Self::PutAlarmBack { .. } => None,
            Self::ApplySchedule { schedule, .. } => Some(schedule.name()),
            Self::RemoveSchedule { schedule, .. }
            | Self::Override { schedule, .. }
            | Self::EndOverride { schedule, .. }
            | Self::ExtendSchedule { schedule, .. } => Some(schedule),
        }
    }

    /// The alarm that it is about, where it was known when this was asked for.
    #[must_use]
    pub const fn alarm(&self) -> Option<AlarmId> {
        match self {
            Self::SetAlarmActions { alarm, .. } => Some(*alarm),
            Self::PutAlarm { replaces, .. } => *replaces,
            _ => None,
        }
    }

    /// A time may be named at which it is carried out. Scale events and overrides have
    /// their own start.
    #[must_use]
    pub const fn may_be_planned(&self) -> bool {
        let at_its_own_time = matches!(
            self,
            Self::ScaleEvent(_) | Self::Override { .. } | Self::EndOverride { .. }
        );
        !self.is_by_policy() && !at_its_own_time
    }

    /// It goes on with, or ends, what people have approved before: nobody is asked.
    #[must_use]
    pub const fn is_by_policy(&self) -> bool {
        matches!(
            self,
            Self::EndScaleEvent { .. } | Self::ExtendSchedule { .. } | Self::CancelRefresh { .. }
        )
    }
}

/// What people ask for: a change, and when it is to be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    /// What is to be changed.
    #[serde(flatten)]
    pub change: Change,
    /// Not before then, and begun within an hour; as soon as it is approved when it is left
    /// out. Only for what acts at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_for: Option<Timestamp>,
}

impl From<Change> for Proposal {
    fn from(change: Change) -> Self {
        Self {
            change,
            planned_for: None,
        }
    }
}

/// Until when a change must have begun that is planned for an instant.
#[must_use]
pub fn planned_until(planned_for: Timestamp) -> Timestamp {
    planned_for.plus_ms(limits::PLANNED_LATE_MS_MAX)
}

/// Where a change request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Waits for votes.
    Proposed,
    /// Has its votes; a worker will take it.
    Approved,
    /// Its steps are being carried out.
    Applying,
    /// Every step is done and AWS says what was predicted.
    Applied,
    /// Every step is done and AWS says something else.
    AppliedWithDifference,
    /// A step could not be done; what was done has been undone as far as it could be.
    Failed,
    /// Voted down.
    Rejected,
    /// Taken back by an author.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

/// What moves a change request on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// Its content was edited, or its plan no longer fits the live state.
    Revise,
    /// Enough votes for.
    Approve,
    /// A vote against.
    Reject,
    /// Taken back.
    Withdraw,
    /// Nobody decided in time.
    Expire,
    /// A worker begins.
    Begin,
    /// All steps done and read back as predicted.
    Finish,
    /// All steps done and read back differently.
    FinishDifferent,
    /// What could not be read back has been read later, and is as predicted.
    Verify,
    /// A step cannot be done.
    Fail,
}

/// A move that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change request that is {state:?} cannot {wanted:?}")]
pub struct MoveError {
    /// The state it is in.
    pub state: ChangeState,
    /// The move that was tried.
    pub wanted: Move,
}

impl ChangeState {
    /// All, in the order of a life.
    pub const ALL: [Self; 9] = [
        Self::Proposed,
        Self::Approved,
        Self::Applying,
        Self::Applied,
        Self::AppliedWithDifference,
        Self::Failed,
        Self::Rejected,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::AppliedWithDifference => "applied_with_difference",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Reads what [`ChangeState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after a move.
    ///
    /// # Errors
    /// [`MoveError`] when the state does not allow the move.
    pub fn after(self, wanted: Move) -> Result<Self, MoveError> {
        use ChangeState as S;
        match (self, wanted) {
            (S::Proposed | S::Approved, Move::Revise) => Ok(S::Proposed),
            (S::Proposed, Move::Approve) => Ok(S::Approved),
            (S::Proposed, Move::Reject) => Ok(S::Rejected),
            (S::Proposed | S::Approved, Move::Withdraw) => Ok(S::Withdrawn),
            (S::Proposed | S::Approved, Move::Expire) => Ok(S::Expired),
            (S::Approved, Move::Begin) => Ok(S::Applying),
            (S::Applying, Move::Finish) => Ok(S::Applied),
            (S::Applying, Move::FinishDifferent) => Ok(S::AppliedWithDifference),
            (S::AppliedWithDifference, Move::Verify) => Ok(S::Applied),
            (S::Approved | S::Applying, Move::Fail) => Ok(S::Failed),
            _ => Err(MoveError {
                state: self,
                wanted,
            }),
        }
    }

    /// Nothing moves it any more, but a reading that comes late.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Proposed | Self::Approved | Self::Applying)
    }

    /// Its objects stand in AWS.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, Self::Applied | Self::AppliedWithDifference)
    }
}

/// Where one step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    Waiting,
    /// Begun; AWS may or may not have heard of it.
    Begun,
    /// Done.
    Done,
    /// Cannot be done.
    Failed,
    /// Done, then undone because a later step failed.
    Undone,
}

impl StepState {
    /// The word stored and shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }

    /// Reads what [`StepState::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Waiting,
            Self::Begun,
            Self::Done,
            Self::Failed,
            Self::Undone,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_state_stays() {
        let moves = [
            Move::Revise,
            Move::Approve,
            Move::Reject,
            Move::Withdraw,
            Move::Expire,
            Move::Begin,
            Move::Finish,
            Move::FinishDifferent,
            Move::Fail,
        ];
        for state in ChangeState::ALL {
            for wanted in moves {
                if state.is_final() {
                    assert!(state.after(wanted).is_err(), "{state:?} {wanted:?}");
                }
            }
        }
        for state in ChangeState::ALL {
            let verified =
                (state == ChangeState::AppliedWithDifference).then_some(ChangeState::Applied);
            assert_eq!(state.after(Move::Verify).ok(), verified, "{state:?}");
        }
        assert_eq!(ChangeState::Proposed.after(Move::Begin).ok(), None);
        assert_eq!(ChangeState::Applying.after(Move::Withdraw).ok(), None);
        assert_eq!(
            ChangeState::Approved.after(Move::Revise),
            Ok(ChangeState::Proposed)
        );
    }
}
