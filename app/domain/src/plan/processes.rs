//! Planning that processes of AWS are suspended on a target, or resumed.
//!
//! AWS has no switch that turns itself back: a process stays suspended until another
//! change request resumes it, and the plan says so.

use super::{Call, Effect, Plan, Situation, Step, shared_checks::freezes_now};
use crate::{
    aws_timing::ObjectKind,
    capacity::{Target, TargetKind, TargetRef},
    checks::Finding,
    cron, limits,
    processes::Process,
    schedules::compile::schedule_of_action,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is done to the processes of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessesEffect {
    /// Of which target.
    pub target: TargetRef,
    /// Those of the written ones that were suspended when the plan was made: the live
    /// state it rests on.
    pub before: Vec<Process>,
    /// Suspended from then on.
    pub suspend: Vec<Process>,
    /// Not suspended from then on.
    pub resume: Vec<Process>,
}

/// Plans that these processes are suspended from now on, or are not any more.
#[must_use]
pub fn plan_processes(wanted: &[Process], suspended: bool, situation: &Situation<'_>) -> Plan {
    let target = situation.target;
    let kind = target.reference.kind;
    let is_suspended = |process: &Process| target.is_suspended(*process);
    let moves: Vec<Process> = wanted
        .iter()
        .copied()
        .filter(|process| is_suspended(process) != suspended)
        .collect();
    let written: Vec<Process> = match kind {
        // AWS takes the three switches of a service as one value, and documents nowhere
        // what becomes of one that is left out.
        TargetKind::EcsService if moves.is_empty() => Vec::new(),
        TargetKind::EcsService => Process::of(kind).to_vec(),
        _ => moves.clone(),
    };
    let (before, running): (Vec<_>, Vec<_>) = written.iter().copied().partition(is_suspended);
    let (suspend, resume): (Vec<_>, Vec<_>) = written
        .into_iter()
        .partition(|process| is_suspended(process) != moves.contains(process));
    let set = |suspend: &[Process], resume: &[Process]| Call::SetProcesses {
        target: target.reference.clone(),
        suspend: suspend.to_vec(),
        resume: resume.to_vec(),
    };
    let step = Step {
        call: set(&suspend, &resume),
        undo: Some(set(&before, &running)),
    };
    Plan {
        from: None,
        until: None,
        findings: check(wanted, &moves, suspended, situation),
        steps: match moves.is_empty() {
            true => Vec::new(),
            false => vec![step],
        },
        effect: Effect::Processes(ProcessesEffect {
            target: target.reference.clone(),
            before,
            suspend,
            resume,
        }),
    }
}

/// Every check, worst findings first.
fn check(
    wanted: &[Process],
    moves: &[Process],
    suspended: bool,
    situation: &Situation<'_>,
) -> Vec<Finding> {
    let target = situation.target;
    let known = Process::of(target.reference.kind);
    let foreign = wanted.iter().filter(|process| !known.contains(process));
    let mut findings: Vec<_> = foreign
        .map(|process| Finding::ProcessForeign { process: *process })
        .collect();
    if moves.is_empty() {
        findings.push(Finding::AlreadySo);
    }
    for process in moves {
        match suspended {
            true => check_suspended(*process, situation, &mut findings),
            false => check_resumed(*process, target, &mut findings),
        }
    }
    if suspended && !moves.is_empty() {
        findings.push(Finding::UntilResumed);
    }
    let (environment, now) = (&target.environment, situation.now);
    findings.extend(freezes_now(situation.freezes, environment, now));
    findings.sort_by_key(Finding::severity);
    findings
}

/// What works no more.
fn check_suspended(process: Process, situation: &Situation<'_>, findings: &mut Vec<Finding>) {
    let target = situation.target;
    findings.push(Finding::ProcessStops { process });
    if process.runs_actions() {
        let others = situation.others.iter();
        findings.extend(others.map(|event| Finding::StopsEvent {
            change: event.change,
            from: event.from,
            until: event.until,
        }));
        findings.extend(stopped_runs(target, situation.now));
    }
    let policies = target.policies.iter().filter(|policy| policy.enabled);
    let policies: Vec<_> = policies.map(|policy| policy.name.clone()).collect();
    if process.runs_policies() && !policies.is_empty() {
        findings.push(Finding::PoliciesStop { process, policies });
    }
}

/// The runs that do not come about: of each schedule, and of each action that is none's.
/// Those of scale events are told with the events.
fn stopped_runs(target: &Target, now: Timestamp) -> Vec<Finding> {
    let kind = target.reference.kind;
    let until = now.plus_ms(limits::STOPPED_RUNS_LOOK_MS);
    let mut runs: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    let actions = target.actions.iter();
    for action in actions.filter(|action| !action.name.starts_with(super::EVENT_PREFIX)) {
        let owner =
            schedule_of_action(ObjectKind::of_actions(kind), &action.name).unwrap_or(&action.name);
        // What cannot be read is in the list of scheduled actions beside the plan.
        let firings = cron::firings(kind, action, now, until).unwrap_or_default();
        runs.entry(owner).or_default().extend(firings);
    }
    let found = runs.into_iter().filter_map(|(owner, firings)| {
        Some(Finding::StopsRuns {
            owner: owner.to_owned(),
            first: firings.iter().copied().min()?,
            count: u32::try_from(firings.len()).unwrap_or(u32::MAX),
        })
    });
    found.collect()
}

/// What AWS does at once, or does not make up for.
fn check_resumed(process: Process, target: &Target, findings: &mut Vec<Finding>) {
    let (have, wanted) = (target.in_service + target.pending, target.capacity.desired);
    let catches_up = |count| Finding::CatchesUp { process, count };
    match process {
        Process::Launch if have < wanted => findings.push(catches_up(wanted - have)),
        Process::Terminate if have > wanted => findings.push(catches_up(have - wanted)),
        Process::ReplaceUnhealthy => {
            let unhealthy = target.instances.iter().filter(|one| !one.healthy).count();
            if unhealthy > 0 {
                findings.push(catches_up(u32::try_from(unhealthy).unwrap_or(u32::MAX)));
            }
        }
        Process::AddToLoadBalancer => findings.push(Finding::NotAddedLater),
        _ => {}
    }
}

#[cfg(all(test, feature = "tzdb"))]
mod tests;
