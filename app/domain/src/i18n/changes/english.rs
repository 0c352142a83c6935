//! What a check found, in English.

use super::super::{
    Lang, alarms, checks::words as checks, processes, refreshes, refusals, step_policies,
};
use super::buys;
use crate::{checks::Finding, processes::Process, schedules::Power, time::Zone};

pub(super) fn english(zone: &Zone, finding: &Finding) -> (String, &'static str) {
    let at = |t| zone.minute_text(t);
    match finding {
        Finding::CapacityOrder { capacity } => (
            format!("min ≤ desired ≤ max does not hold: {capacity}."),
            "Choose a count inside the bounds.",
        ),
        Finding::CountOverLimit { count, limit } => (
            format!("{count} is more than the {limit} that may be asked for."),
            "Check the number.",
        ),
        Finding::RaisesMax { from, to } => (
            format!("The maximum is raised from {from} to {to} until the return."),
            "Check that quotas, subnets and the budget allow it.",
        ),
        Finding::NoEffect => (
            "The target already has this capacity; nothing would change.".into(),
            "Check the number, or leave it.",
        ),
        Finding::ScalesDown { from, to } => (
            format!("Desired capacity falls from {from} to {to}; the difference is terminated."),
            "Make sure that the remaining capacity carries the load.",
        ),
        Finding::OffUntilReturn => (
            "The maximum becomes 0: no policy can start anything before the return.".into(),
            "Hold “at least” instead of “exactly” if a policy should still be able to scale out.",
        ),
        Finding::StartPassed { from } => (
            format!("The start {} is past or less than two minutes away.", at(*from)),
            "Choose a later start, or start now.",
        ),
        Finding::EndPassed { until } => {
            (format!("The end {} is past.", at(*until)), "Choose a later end.")
        }
        Finding::TooShort { minutes_min } => (
            format!("Shorter than {minutes_min} minutes: AWS may run a scheduled action two minutes late."),
            "Choose a later end.",
        ),
        Finding::TooLong { days_max } => (
            format!("Longer than {days_max} days."),
            "Split it, or change the target's normal capacity.",
        ),
        Finding::TooFarAhead { days_max } => {
            (format!("More than {days_max} days ahead."), "Choose an earlier start.")
        }
        Finding::SameInstant { action, at: t } => (
            format!("Scheduled action “{action}” stands at the same instant, {}; AWS refuses a second.", at(*t)),
            "Move the event by a minute.",
        ),
        Finding::ActionDuring { action, at: t, sets, undercuts: true } => (
            format!("Scheduled action “{action}” at {} sets {sets} and would undercut the event.", at(*t)),
            "End the event before it, or change that action first.",
        ),
        Finding::ActionDuring { action, at: t, sets, undercuts: false } => (
            format!("Scheduled action “{action}” at {} sets {sets} during the event.", at(*t)),
            "Check that this is what you want.",
        ),
        Finding::ActionUnreadable { action, reason } => (
            format!("Scheduled action “{action}” cannot be checked for collisions: {reason}."),
            "Look at its recurrence before you go on.",
        ),
        Finding::EventOverlap { change, from, until } => (
            format!("{change} holds this target from {} to {}.", at(*from), at(*until)),
            "End that event first, or choose another time.",
        ),
        Finding::ProcessBlocks { process } => (
            format!("The process {process} is suspended: AWS would not carry the event out."),
            "Resume the process first.",
        ),
        Finding::ProcessSuspended { process } => (
            format!("The process {process} is suspended."),
            "Check that the event still does what you want.",
        ),
        Finding::ActionQuota { have, adds, limit } => (
            format!("The target has {have} scheduled actions; {adds} more would pass AWS's limit of {limit}."),
            "Delete scheduled actions that are no longer needed.",
        ),
        Finding::Frozen { freeze, until } => (
            format!("The freeze “{freeze}” lasts until {}.", at(*until)),
            "A freeze approver must approve, or choose a time after it.",
        ),
        Finding::SpotWithoutRebalance { percent } => (
            format!("{percent} % of the added capacity is spot, and capacity rebalance is off."),
            "Turn capacity rebalance on, or raise the on-demand base.",
        ),
        Finding::SpotMayLack { on_demand_base, minutes } => (
            format!("AWS buys {on_demand_base} on demand first, then its share, and chooses among spot pools by the allocation strategy. Where none of them has capacity it buys nothing on demand instead. Lamplighter watches that: a group below its desired capacity for {minutes} minutes stands under Checks, with on demand at a click."),
            "",
        ),
        Finding::PolicyReturns => (
            "At the return only the bounds go back; the scaling policy brings the desired capacity down.".into(),
            "",
        ),
        Finding::TwoStepReturn => (
            "At the return two scheduled actions, a minute apart, force the count and then restore the bounds.".into(),
            "",
        ),
        Finding::OnTarget { finding, .. } => english(zone, finding),
        Finding::TargetMissing { target } => (
            format!("AWS shows no “{target}” in that account and region."),
            "Check the name, the account and the region.",
        ),
        Finding::SeveralEnvironments { environments } => (
            format!("The targets are in several environments: {}.", environments.join(", ")),
            "Make one schedule for each environment; each has approvers of its own.",
        ),
        Finding::OtherSchedule { target, schedule } => (
            format!("The schedule “{schedule}” already stands on “{target}”."),
            "Take the target out of that schedule first.",
        ),
        Finding::CannotCompile { refusal } => (
            refusals::refusal(Lang::En, refusal),
            "Make the schedule simpler.",
        ),
        Finding::CannotReplace { target, reason } => (
            format!("What stands on “{target}” cannot be replaced: {reason}."),
            "Delete the action by hand, then look again.",
        ),
        Finding::LeavesTarget { target } => (
            format!("The schedule is taken out of “{target}”, which it stands on and names no more."),
            "Its capacity stays as it is. If it is another schedule, give this one another name.",
        ),
        Finding::StopsNow { count } => (
            format!("{count} that run are stopped at once."),
            "Make sure that nobody needs them now.",
        ),
        Finding::DisksBilled => ("What is stopped keeps its disks, and AWS bills them.".into(), ""),
        Finding::AwsStartsIt => (
            "AWS starts a database that has been stopped for seven days. From then on it is stopped again every hour and runs for up to two and a half hours a week.".into(),
            "Delete it after a snapshot if nobody needs it for so long.",
        ),
        Finding::NotSwitched => (
            "It has sizes: it cannot be started or stopped as a whole.".into(),
            "Plan a scale event, or write a schedule.",
        ),
        Finding::StartsNow { count } => (
            format!("{count} that are stopped start, and AWS bills them from then on."),
            "",
        ),
        Finding::InBetween { id, state } => (
            format!("{id} is {state}: AWS refuses the call until that is over."),
            "The call is tried again for some minutes; wait until it is over if it takes longer.",
        ),
        Finding::AwsStartsItLater => (
            "AWS starts a database that has been stopped for seven days, and bills it from then on.".into(),
            "Write a schedule that stops it again if it is to stay off.",
        ),
        Finding::SwitchedBack { schedule, at: t, power: Power::Running } => (
            format!("The schedule “{schedule}” starts it again at {}. Until it is as the schedule wants, its page says that it differs.", at(*t)),
            "",
        ),
        Finding::SwitchedBack { schedule, at: t, power: Power::Stopped } => (
            format!("The schedule “{schedule}” stops it again at {}. Until it is as the schedule wants, its page says that it differs.", at(*t)),
            "",
        ),
        Finding::StaysSwitched { power: Power::Running } => (
            "No schedule stops it again: it runs until somebody stops it.".into(),
            "",
        ),
        Finding::StaysSwitched { power: Power::Stopped } => (
            "No schedule starts it again: it stays stopped until somebody starts it.".into(),
            "",
        ),
        Finding::MixSetBack { schedule, at: t, share } => (
            format!("The schedule “{schedule}” sets it at {} to {}. Until then its page may say that it differs.", at(*t), buys(Lang::En, *share)),
            "",
        ),
        Finding::CheapestPools => (
            "lowest-price buys where spot is cheapest, which is where it is interrupted most.".into(),
            "AWS advises price-capacity-optimized.",
        ),
        Finding::NoRefreshes => (
            "Only Auto Scaling groups replace their instances by a refresh.".into(),
            "Deploy it as it is deployed otherwise.",
        ),
        Finding::PaceRefused { field } => (
            refreshes::refused(Lang::En, *field).into(),
            "Choose a pace that AWS takes.",
        ),
        Finding::RefreshRuns { percent } => (
            format!("Another instance refresh goes on, at {percent} %: AWS refuses a second."),
            "Wait until it is over, or cancel it.",
        ),
        Finding::RefreshHeld { process } => (
            format!("{process} is suspended: the refresh would stand still."),
            "Resume the process first.",
        ),
        Finding::RefreshInEvent { change, until } => (
            format!("{change} holds this target until {}: some of what it holds is out of service meanwhile.", at(*until)),
            "Wait until it is over, unless that is bearable.",
        ),
        Finding::Replaces { count } => (
            format!("Up to {count} running instances are terminated and launched anew, some at a time."),
            "",
        ),
        Finding::OutAtOnce { count, of } => (
            format!("Up to {count} of {of} are out of service at a time."),
            "Make sure that the rest carries the load, or ask for more in service.",
        ),
        Finding::SkipsMatching => (
            "Instances of the same template and types stay, however they were bought.".into(),
            "",
        ),
        Finding::ProtectedWait { count } => (
            format!("{count} are protected from scale-in: AWS waits an hour for that to end and then fails."),
            "Take the protection away first.",
        ),
        Finding::EndsAtCheckpoint { percent } => (
            format!("The last checkpoint is {percent} %: the rest is not replaced."),
            "Add 100 to the checkpoints if all are to be replaced.",
        ),
        Finding::NoRefresh => (
            "No instance refresh goes on.".into(),
            "Look again at what is there.",
        ),
        Finding::CancelLeaves { percent } => (
            format!("{percent} % are replaced and stay so; the rest stays as it is."),
            "",
        ),
        Finding::NoScaleEvents => (
            "AWS keeps no scheduled actions for targets of this kind, so nothing would bring it back.".into(),
            "Write a schedule with an override instead.",
        ),
        Finding::NoTimerRole { target } => (
            format!("{target} needs EventBridge Scheduler, and no role is configured for it in this account."),
            "Make the role of server/aws/policies/README.md and name it as scheduler_role_arn of the account.",
        ),
        Finding::NoMixedInstances => (
            "The group has no mixed instances policy, so it buys everything on demand.".into(),
            "Give the group a mixed instances policy in AWS first, or leave “spot” out.",
        ),
        Finding::InstancesStay { count } => (
            format!("Up to {count} of the running instances are bought otherwise and stay until they are replaced."),
            "To change them at once, refresh the instances.",
        ),
        Finding::ForeignAction { action, at: t, sets } => (
            format!("Scheduled action “{action}”, which is not the schedule's own, sets {sets} at {}.", at(*t)),
            "Delete it, or take what it does into the schedule.",
        ),
        Finding::OffForGood { at: t } => (
            format!("From {} on the maximum is 0 and nothing brings it back.", at(*t)),
            "Add a window, or a policy will never be able to start anything.",
        ),
        Finding::PolicyMovesDesired => (
            "A scaling policy moves the desired capacity between the changes of the schedule.".into(),
            "",
        ),
        Finding::FiresInFreeze { freeze, first, count } => (
            format!("AWS goes on firing in the freeze “{freeze}”: {count} times, first at {}.", at(*first)),
            "Add an override for that time, or let it run.",
        ),
        Finding::ClockChange { first, count } => (
            format!("A change of clock moves {count} edges of windows, the first at {}.", at(*first)),
            "",
        ),
        Finding::StaysAsItIs => (
            "The capacity stays as it is when the schedule is taken out.".into(),
            "",
        ),
        Finding::OverridesPast { count } => (
            format!("Overrides that are over and change nothing: {count}."),
            "Take them out, or choose a later time.",
        ),
        Finding::AlreadySo => (
            "It is so already; nothing would change.".into(),
            "Look again at what is there.",
        ),
        Finding::ProcessForeign { process } => (
            format!("Targets of this kind have no process {process}."),
            "Choose one that they have.",
        ),
        Finding::ProcessStops { process } => (
            format!("While {process} is suspended, {}.", processes::stops(Lang::En, *process)),
            "",
        ),
        Finding::StopsEvent { change, from, until } => (
            format!(
                "{change} holds this target from {} until {}: AWS would neither start it nor bring the capacity back.",
                at(*from),
                at(*until)
            ),
            "End that event first, or wait until it is over.",
        ),
        Finding::StopsRuns { owner, first, count } => (
            format!("{count} runs of “{owner}” in the next 7 days do not come about, the first at {}.", at(*first)),
            "Nothing makes up for them later: set the capacity by a scale event meanwhile.",
        ),
        Finding::PoliciesStop { process, policies } => (
            format!("Without {process} these policies stand still: {}.", policies.join(", ")),
            "Make sure that the capacity carries the load by itself.",
        ),
        Finding::CatchesUp { process: Process::Launch, count } => (
            format!("AWS launches {count} at once: that many are missing."),
            "",
        ),
        Finding::CatchesUp { process: Process::ReplaceUnhealthy, count } => (
            format!("AWS replaces {count} that are not healthy at once."),
            "",
        ),
        Finding::CatchesUp { count, .. } => (
            format!("AWS terminates {count} at once: that many are too many."),
            "Set the desired capacity first if they are to stay.",
        ),
        Finding::NotAddedLater => (
            "What was launched meanwhile is not given to the load balancer.".into(),
            "Register those instances by hand, or replace them.",
        ),
        Finding::UntilResumed => (
            "AWS cannot resume it by itself at a time: it stays suspended until another change request.".into(),
            "",
        ),
        Finding::MutesPolicy { target, policy } => (
            format!("The scaling policy “{policy}” of {target} hangs on this alarm and no longer runs."),
            "Make sure that the capacity carries the load by itself.",
        ),
        Finding::TellsNobody => (
            "Nobody is told by AWS when the alarm goes off; this console still shows it.".into(),
            "",
        ),
        Finding::TellsNextTime => (
            "Its actions run with its next change of state, not for the present one.".into(),
            "",
        ),
        Finding::Alarm { finding } => alarms::explain(Lang::En, finding),
        Finding::Policy { finding } => (step_policies::explain(Lang::En, finding).what, ""),
        Finding::MaxBelowPolicy { policy, needs, max } => (
            checks::max_below(Lang::En, policy, *needs, *max),
            checks::max_below_fix(Lang::En),
        ),
    }
}
