//! Checks on a plan: what was found, how bad it is, and the data that explains
//! it. The words for people are in [`crate::i18n::changes`]. Checks that nobody's plan
//! asks for are in [`estate`], those on an alarm that is put in [`alarms`].

pub mod alarms;
pub mod estate;

use crate::{
    capacity::{Capacity, CapacityChange},
    ids::ChangeId,
    processes::Process,
    refreshes::PaceField,
    schedules::{Power, SpotShare, compile::Refusal},
    step_policies,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Cannot be proposed, approved or applied.
    Error,
    /// The approver must have seen it.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// All, worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// The word shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }

    /// Reads what [`Severity::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == text)
    }
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Finding {
    /// The capacity asked for is out of order: min ≤ desired ≤ max does not hold.
    CapacityOrder {
        /// The capacity.
        capacity: Capacity,
    },
    /// More than the product lets anybody ask for.
    CountOverLimit {
        /// Asked for.
        count: u32,
        /// Allowed.
        limit: u32,
    },
    /// The maximum of the target is raised for the time of the event.
    RaisesMax {
        /// Now.
        from: u32,
        /// During the event.
        to: u32,
    },
    /// Nothing would change.
    NoEffect,
    /// The capacity goes down: that many instances or tasks end.
    ScalesDown {
        /// Desired now.
        from: u32,
        /// Desired in the event.
        to: u32,
    },
    /// So many that run are stopped at once.
    StopsNow {
        /// How many.
        count: u32,
    },
    /// What is stopped keeps its disks, and they cost money.
    DisksBilled,
    /// AWS starts a database again that has been stopped for seven days.
    AwsStartsIt,
    /// Targets of this kind have sizes and cannot be started or stopped.
    NotSwitched,
    /// So many that are stopped start at once.
    StartsNow {
        /// How many.
        count: u32,
    },
    /// AWS refuses a call on what is between two states.
    InBetween {
        /// Its id.
        id: String,
        /// AWS's own word.
        state: String,
    },
    /// AWS starts a database again after seven days, and nothing does before.
    AwsStartsItLater,
    /// A schedule that stands on the target switches it back.
    SwitchedBack {
        /// Its name.
        schedule: String,
        /// When.
        at: Timestamp,
        /// It starts it, or stops it.
        power: Power,
    },
    /// No schedule switches it back.
    StaysSwitched {
        /// On or off from then on.
        power: Power,
    },
    /// A schedule that stands on the target sets how it buys.
    MixSetBack {
        /// Its name.
        schedule: String,
        /// When.
        at: Timestamp,
        /// How it buys from then on.
        share: SpotShare,
    },
    /// Targets of this kind have no instance refresh.
    NoRefreshes,
    /// A pace that AWS would refuse.
    PaceRefused {
        /// The first field that does not fit.
        field: PaceField,
    },
    /// Another instance refresh goes on.
    RefreshRuns {
        /// Percent that it has replaced.
        percent: u32,
    },
    /// A suspended process would keep the refresh from going on.
    RefreshHeld {
        /// Which.
        process: Process,
    },
    /// A scale event holds the target while its instances are replaced.
    RefreshInEvent {
        /// Its change request.
        change: ChangeId,
        /// Until.
        until: Timestamp,
    },
    /// So many instances are replaced.
    Replaces {
        /// At most.
        count: u32,
    },
    /// So many are out of service at a time.
    OutAtOnce {
        /// At most.
        count: u32,
        /// Of so many.
        of: u32,
    },
    /// Instances of the same template and types stay, however they were bought.
    SkipsMatching,
    /// Instances that are protected from scale-in hold the refresh up.
    ProtectedWait {
        /// How many.
        count: u32,
    },
    /// The last checkpoint is not the whole group.
    EndsAtCheckpoint {
        /// Percent.
        percent: u32,
    },
    /// No instance refresh goes on.
    NoRefresh,
    /// What was replaced stays replaced.
    CancelLeaves {
        /// Percent.
        percent: u32,
    },
    /// The cheapest spot pools are those that are interrupted most.
    CheapestPools,
    /// Targets of this kind have no scheduled actions to bring them back.
    NoScaleEvents,
    /// Everything is turned off and no policy can bring it back before the return.
    OffUntilReturn,
    /// The start is past, or too close for AWS to be told in time.
    StartPassed {
        /// The start.
        from: Timestamp,
    },
    /// The end is past.
    EndPassed {
        /// The end.
        until: Timestamp,
    },
    /// Shorter than a scheduled action can be trusted to be on time.
    TooShort {
        /// Shortest, in minutes.
        minutes_min: u32,
    },
    /// Longer than an event should be.
    TooLong {
        /// Longest, in days.
        days_max: u32,
    },
    /// Further ahead than can be planned.
    TooFarAhead {
        /// Furthest, in days.
        days_max: u32,
    },
    /// AWS refuses a second action at one instant.
    SameInstant {
        /// The action that stands there.
        action: String,
        /// The instant.
        at: Timestamp,
    },
    /// A scheduled action fires while the event lasts.
    ActionDuring {
        /// The action.
        action: String,
        /// Its first firing in the event.
        at: Timestamp,
        /// What it sets.
        sets: CapacityChange,
        /// It takes capacity below what the event promises.
        undercuts: bool,
    },
    /// A scheduled action's recurrence cannot be read, so its collisions are unknown.
    ActionUnreadable {
        /// The action.
        action: String,
        /// Why.
        reason: String,
    },
    /// Another scale event holds this target at the same time.
    EventOverlap {
        /// The other change request.
        change: ChangeId,
        /// From.
        from: Timestamp,
        /// Until.
        until: Timestamp,
    },
    /// A suspended process would stop the event from happening.
    ProcessBlocks {
        /// AWS's name of the process.
        process: String,
    },
    /// A suspended process changes what the event leads to.
    ProcessSuspended {
        /// AWS's name of the process.
        process: String,
    },
    /// Too many scheduled actions on the target.
    ActionQuota {
        /// There now.
        have: u32,
        /// Added by the plan.
        adds: u32,
        /// AWS's limit.
        limit: u32,
    },
    /// A freeze covers the event: a freeze approver must approve.
    Frozen {
        /// The freeze's name.
        freeze: String,
        /// Its end.
        until: Timestamp,
    },
    /// Added capacity is spot and nothing replaces it before an interruption.
    SpotWithoutRebalance {
        /// Percent of the capacity above the base that is spot.
        percent: u32,
    },
    /// AWS buys nothing on demand where it has no spot capacity: the console watches.
    SpotMayLack {
        /// What it buys on demand first.
        on_demand_base: u32,
        /// How long a group may be below what it wants before people are told.
        minutes: u32,
    },
    /// A policy decides how fast the capacity comes down after the event.
    PolicyReturns,
    /// The service has no policy: AWS brings it back with two actions a minute apart.
    TwoStepReturn,
    /// One of several targets has this.
    OnTarget {
        /// The target's name.
        target: String,
        /// What was found.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        finding: Box<Finding>,
    },
    /// AWS shows no such target in that account and region.
    TargetMissing {
        /// Its name.
        target: String,
    },
    /// The targets of a schedule are in more than one environment.
    SeveralEnvironments {
        /// Their names.
        environments: Vec<String>,
    },
    /// Another schedule stands on the target.
    OtherSchedule {
        /// The target's name.
        target: String,
        /// The schedule's name.
        schedule: String,
    },
    /// AWS cannot be made to do it.
    CannotCompile {
        /// Why.
        refusal: Refusal,
    },
    /// What stands in AWS cannot be replaced by rules that are known.
    CannotReplace {
        /// The target's name.
        target: String,
        /// Why.
        reason: String,
    },
    /// The schedule stands on a target that it names no more: it is taken out there.
    LeavesTarget {
        /// The target's name.
        target: String,
    },
    /// Timers are needed, and no role is configured under which they could call.
    NoTimerRole {
        /// The target's name.
        target: String,
    },
    /// The schedule sets how the group buys its instances, and the group has no mixed
    /// instances policy.
    NoMixedInstances,
    /// Instances that run are bought otherwise than the schedule wants, and stay.
    InstancesStay {
        /// At most so many.
        count: u32,
    },
    /// A scheduled action that is not the schedule's own fires beside it.
    ForeignAction {
        /// The action.
        action: String,
        /// Its next firing.
        at: Timestamp,
        /// What it sets.
        sets: CapacityChange,
    },
    /// The maximum is 0 from then on and nothing brings it back.
    OffForGood {
        /// From when.
        at: Timestamp,
    },
    /// A policy moves the desired capacity between the changes of a schedule.
    PolicyMovesDesired,
    /// AWS goes on firing inside a freeze.
    FiresInFreeze {
        /// The freeze's name.
        freeze: String,
        /// The first firing in it.
        first: Timestamp,
        /// How many.
        count: u32,
    },
    /// A change of clock moves runs of a schedule.
    ClockChange {
        /// The first.
        first: Timestamp,
        /// How many.
        count: u32,
    },
    /// After the removal of a schedule the capacity stays as it is then.
    StaysAsItIs,
    /// Overrides of a schedule that are over change nothing any more.
    OverridesPast {
        /// How many.
        count: u32,
    },
    /// It is as it is asked for already.
    AlreadySo,
    /// Targets of this kind have no such process.
    ProcessForeign {
        /// The process.
        process: Process,
    },
    /// What a suspended process no longer does.
    ProcessStops {
        /// The process.
        process: Process,
    },
    /// A scale event neither starts nor returns while its actions are suspended.
    StopsEvent {
        /// Its change request.
        change: ChangeId,
        /// From.
        from: Timestamp,
        /// Until.
        until: Timestamp,
    },
    /// Runs of scheduled actions do not come about, counted over some days.
    StopsRuns {
        /// The schedule, or the action that is no schedule's.
        owner: String,
        /// The first.
        first: Timestamp,
        /// How many.
        count: u32,
    },
    /// Scaling policies no longer act.
    PoliciesStop {
        /// By this process.
        process: Process,
        /// Their names.
        policies: Vec<String>,
    },
    /// What was held back happens at once.
    CatchesUp {
        /// By this process.
        process: Process,
        /// To how many instances or tasks.
        count: u32,
    },
    /// What was launched meanwhile stays out of the load balancer.
    NotAddedLater,
    /// AWS does not turn it back by itself at any time.
    UntilResumed,
    /// A scaling policy hangs on the alarm and no longer runs.
    MutesPolicy {
        /// The target's name.
        target: String,
        /// The policy's name.
        policy: String,
    },
    /// Nobody is told when the alarm goes off.
    TellsNobody,
    /// Actions run with the next change of state, not for the present one.
    TellsNextTime,
    /// Something is the matter with an alarm that is to be put.
    Alarm {
        /// What.
        finding: alarms::AlarmFinding,
    },
    /// Something is the matter with a scaling policy of the target.
    Policy {
        /// What.
        finding: step_policies::Finding,
    },
    /// The plan's maximum keeps a policy from the capacity that it sets.
    MaxBelowPolicy {
        /// The policy.
        policy: String,
        /// What it sets.
        needs: u32,
        /// The maximum.
        max: u32,
    },
}

impl Finding {
    /// The same, said of one of several targets.
    #[must_use]
    pub fn on(self, target: &str) -> Self {
        Self::OnTarget {
            target: target.to_owned(),
            finding: Box::new(self),
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::OnTarget { finding, .. } => finding.severity(),
            Self::Alarm { finding } => finding.severity(),
            // It was so before the plan, and the plan does not depend on it.
            Self::Policy { finding } => match finding.problem.severity() {
                Severity::Error => Severity::Warning,
                severity => severity,
            },
            Self::CapacityOrder { .. }
            | Self::CountOverLimit { .. }
            | Self::StartPassed { .. }
            | Self::EndPassed { .. }
            | Self::TooShort { .. }
            | Self::TooLong { .. }
            | Self::TooFarAhead { .. }
            | Self::SameInstant { .. }
            | Self::ActionDuring {
                undercuts: true, ..
            }
            | Self::EventOverlap { .. }
            | Self::ProcessBlocks { .. }
            | Self::ActionQuota { .. }
            | Self::TargetMissing { .. }
            | Self::SeveralEnvironments { .. }
            | Self::OtherSchedule { .. }
            | Self::CannotCompile { .. }
            | Self::CannotReplace { .. }
            | Self::NoScaleEvents
            | Self::NoTimerRole { .. }
            | Self::NoMixedInstances
            | Self::NotSwitched
            | Self::NoRefreshes
            | Self::PaceRefused { .. }
            | Self::RefreshRuns { .. }
            | Self::RefreshHeld { .. }
            | Self::NoRefresh
            | Self::AlreadySo
            | Self::ProcessForeign { .. }
            | Self::StopsEvent { .. } => Severity::Error,
            Self::RaisesMax { .. }
            | Self::NoEffect
            | Self::ScalesDown { .. }
            | Self::StopsNow { .. }
            | Self::AwsStartsIt
            | Self::AwsStartsItLater
            | Self::InBetween { .. }
            | Self::CheapestPools
            | Self::RefreshInEvent { .. }
            | Self::OutAtOnce { .. }
            | Self::ProtectedWait { .. }
            | Self::EndsAtCheckpoint { .. }
            | Self::OffUntilReturn
            | Self::ActionDuring { .. }
            | Self::ActionUnreadable { .. }
            | Self::ProcessSuspended { .. }
            | Self::Frozen { .. }
            | Self::SpotWithoutRebalance { .. }
            | Self::ForeignAction { .. }
            | Self::LeavesTarget { .. }
            | Self::OffForGood { .. }
            | Self::FiresInFreeze { .. }
            | Self::OverridesPast { .. }
            | Self::ProcessStops { .. }
            | Self::StopsRuns { .. }
            | Self::PoliciesStop { .. }
            | Self::CatchesUp { .. }
            | Self::NotAddedLater
            | Self::MutesPolicy { .. }
            | Self::TellsNobody
            | Self::MaxBelowPolicy { .. } => Severity::Warning,
            Self::PolicyReturns
            | Self::TwoStepReturn
            | Self::PolicyMovesDesired
            | Self::ClockChange { .. }
            | Self::InstancesStay { .. }
            | Self::SpotMayLack { .. }
            | Self::DisksBilled
            | Self::StartsNow { .. }
            | Self::SwitchedBack { .. }
            | Self::StaysSwitched { .. }
            | Self::MixSetBack { .. }
            | Self::Replaces { .. }
            | Self::SkipsMatching
            | Self::CancelLeaves { .. }
            | Self::StaysAsItIs
            | Self::UntilResumed
            | Self::TellsNextTime => Severity::Info,
        }
    }

    /// The rule's stable name, as in JSON.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::CapacityOrder { .. } => "capacity-order",
            Self::CountOverLimit { .. } => "count-over-limit",
            Self::RaisesMax { .. } => "raises-max",
            Self::NoEffect => "no-effect",
            Self::ScalesDown { .. } => "scales-down",
            Self::OffUntilReturn => "off-until-return",
            Self::StartPassed { .. } => "start-passed",
            Self::EndPassed { .. } => "end-passed",
            Self::TooShort { .. } => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::TooFarAhead { .. } => "too-far-ahead",
            Self::SameInstant { .. } => "same-instant",
            Self::ActionDuring { .. } => "action-during",
            Self::ActionUnreadable { .. } => "action-unreadable",
            Self::EventOverlap { .. } => "event-overlap",
            Self::ProcessBlocks { .. } => "process-blocks",
            Self::ProcessSuspended { .. } => "process-suspended",
            Self::ActionQuota { .. } => "action-quota",
            Self::Frozen { .. } => "frozen",
            Self::SpotWithoutRebalance { .. } => "spot-without-rebalance",
            Self::SpotMayLack { .. } => "spot-may-lack",
            Self::PolicyReturns => "policy-returns",
            Self::TwoStepReturn => "two-step-return",
            Self::OnTarget { finding, .. } => finding.rule(),
            Self::TargetMissing { .. } => "target-missing",
            Self::SeveralEnvironments { .. } => "several-environments",
            Self::OtherSchedule { .. } => "other-schedule",
            Self::CannotCompile { .. } => "cannot-compile",
            Self::CannotReplace { .. } => "cannot-replace",
            Self::LeavesTarget { .. } => "leaves-target",
            Self::NoScaleEvents => "no-scale-events",
            Self::StopsNow { .. } => "stops-now",
            Self::DisksBilled => "disks-billed",
            Self::AwsStartsIt => "aws-starts-it",
            Self::NotSwitched => "not-switched",
            Self::StartsNow { .. } => "starts-now",
            Self::InBetween { .. } => "in-between",
            Self::AwsStartsItLater => "aws-starts-it-later",
            Self::SwitchedBack { .. } => "switched-back",
            Self::StaysSwitched { .. } => "stays-switched",
            Self::MixSetBack { .. } => "mix-set-back",
            Self::CheapestPools => "cheapest-pools",
            Self::NoRefreshes => "no-refreshes",
            Self::PaceRefused { .. } => "pace-refused",
            Self::RefreshRuns { .. } => "refresh-runs",
            Self::RefreshHeld { .. } => "refresh-held",
            Self::RefreshInEvent { .. } => "refresh-in-event",
            Self::Replaces { .. } => "replaces",
            Self::OutAtOnce { .. } => "out-at-once",
            Self::SkipsMatching => "skips-matching",
            Self::ProtectedWait { .. } => "protected-wait",
            Self::EndsAtCheckpoint { .. } => "ends-at-checkpoint",
            Self::NoRefresh => "no-refresh",
            Self::CancelLeaves { .. } => "cancel-leaves",
            Self::NoTimerRole { .. } => "no-timer-role",
            Self::NoMixedInstances => "no-mixed-instances",
            Self::InstancesStay { .. } => "instances-stay",
            Self::ForeignAction { .. } => "foreign-action",
            Self::OffForGood { .. } => "off-for-good",
            Self::PolicyMovesDesired => "policy-moves-desired",
            Self::FiresInFreeze { .. } => "fires-in-freeze",
            Self::ClockChange { .. } => "clock-change",
            Self::StaysAsItIs => "stays-as-it-is",
            Self::OverridesPast { .. } => "overrides-past",
            Self::AlreadySo => "already-so",
            Self::ProcessForeign { .. } => "process-foreign",
            Self::ProcessStops { .. } => "process-stops",
            Self::StopsEvent { .. } => "stops-event",
            Self::StopsRuns { .. } => "stops-runs",
            Self::PoliciesStop { .. } => "policies-stop",
            Self::CatchesUp { .. } => "catches-up",
            Self::NotAddedLater => "not-added-later",
            Self::UntilResumed => "until-resumed",
            Self::MutesPolicy { .. } => "mutes-a-policy",
            Self::TellsNobody => "tells-nobody",
            Self::TellsNextTime => "tells-next-time",
            Self::Alarm { finding } => finding.rule(),
            Self::Policy { finding } => finding.problem.rule(),
            Self::MaxBelowPolicy { .. } => "max-below-policy",
        }
    }
}

/// Whether any finding forbids to go on.
#[must_use]
pub fn blocks(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity() == Severity::Error)
}

/// Whether a freeze covers the change.
#[must_use]
pub fn frozen(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| matches!(finding, Finding::Frozen { .. }))
}
