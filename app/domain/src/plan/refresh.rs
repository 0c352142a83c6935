//! Planning that the instances of a group are replaced, or that this ends early.
//!
//! AWS can roll a refresh back only to a configuration that it was given; this one brings
//! none, so the way back is to cancel it: what was replaced stays replaced.

use super::{Call, Effect, Plan, Situation, Step, shared_checks::freezes_now};
use crate::{
    capacity::{Target, TargetKind, TargetRef},
    checks::Finding,
    processes::Process,
    refreshes::{Pace, Refresh},
};
use serde::{Deserialize, Serialize};

/// What becomes of the instances of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshEffect {
    /// Which group.
    pub target: TargetRef,
    /// How fast they are replaced; none when that ends.
    pub pace: Option<Pace>,
}

/// Plans that the instances of a group are replaced. `refreshes` are those that AWS tells
/// of.
#[must_use]
pub fn plan_refresh(pace: &Pace, refreshes: &[Refresh], situation: &Situation<'_>) -> Plan {
    let target = situation.target;
    let mut findings = check_refresh(pace, refreshes, situation);
    let (environment, now) = (&target.environment, situation.now);
    findings.extend(freezes_now(situation.freezes, environment, now));
    findings.sort_by_key(Finding::severity);
    Plan {
        from: None,
        until: None,
        findings,
        steps: vec![start(&target.reference, pace)],
        effect: Effect::Refresh(RefreshEffect {
            target: target.reference.clone(),
            pace: Some(pace.clone()),
        }),
    }
}

/// Plans that the refresh of a group ends.
#[must_use]
pub fn plan_cancel(refreshes: &[Refresh], situation: &Situation<'_>) -> Plan {
    let target = situation.target;
    let active = refreshes.iter().find(|refresh| refresh.state.is_active());
    let step = active.map(|_| Step {
        call: cancel(&target.reference),
        undo: None,
    });
    let found = match active {
        Some(refresh) => Finding::CancelLeaves {
            percent: refresh.percent,
        },
        None => Finding::NoRefresh,
    };
    Plan {
        from: None,
        until: None,
        findings: vec![found],
        steps: step.into_iter().collect(),
        effect: Effect::Refresh(RefreshEffect {
            target: target.reference.clone(),
            pace: None,
        }),
    }
}

/// The call that starts one, and the one that ends it.
pub(super) fn start(target: &TargetRef, pace: &Pace) -> Step {
    Step {
        call: Call::StartRefresh {
            target: target.clone(),
            pace: pace.clone(),
        },
        undo: Some(cancel(target)),
    }
}

fn cancel(target: &TargetRef) -> Call {
    Call::CancelRefresh {
        target: target.clone(),
    }
}

/// What a refresh means for its group.
pub(super) fn check_refresh(
    pace: &Pace,
    refreshes: &[Refresh],
    situation: &Situation<'_>,
) -> Vec<Finding> {
    let target = situation.target;
    if target.reference.kind != TargetKind::Asg {
        return vec![Finding::NoRefreshes];
    }
    let mut findings = Vec::new();
    if let Some(field) = pace.refused_field() {
        findings.push(Finding::PaceRefused { field });
    }
    let running = refreshes.iter().find(|refresh| refresh.state.is_active());
    findings.extend(running.map(|refresh| Finding::RefreshRuns {
        percent: refresh.percent,
    }));
    let needed = [
        Process::Launch,
        Process::Terminate,
        Process::InstanceRefresh,
    ];
    let held = needed
        .into_iter()
        .filter(|process| target.is_suspended(*process));
    findings.extend(held.map(|process| Finding::RefreshHeld { process }));
    check_pace(pace, target, &mut findings);
    let during = situation.others.iter();
    let during = during.filter(|event| event.from <= situation.now);
    findings.extend(during.map(|event| Finding::RefreshInEvent {
        change: event.change,
        until: event.until,
    }));
    findings
}

/// How many are replaced, and how many at a time.
fn check_pace(pace: &Pace, target: &Target, findings: &mut Vec<Finding>) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let serving = target
        .instances
        .iter()
        .filter(|instance| instance.in_service());
    let count_all = count(serving.count());
    findings.push(Finding::Replaces { count: count_all });
    let wanted = target.capacity.desired;
    let at_least = wanted
        .saturating_mul(pace.min_healthy_percent)
        .div_ceil(100);
    let out = wanted.saturating_sub(at_least);
    if out > 0 {
        findings.push(Finding::OutAtOnce {
            count: out,
            of: wanted,
        });
    }
    if pace.skip_matching {
        findings.push(Finding::SkipsMatching);
    }
    let protected = target
        .instances
        .iter()
        .filter(|instance| instance.protected);
    let protected = count(protected.count());
    if protected > 0 {
        findings.push(Finding::ProtectedWait { count: protected });
    }
    if let Some(percent) = pace.checkpoints.last().filter(|last| **last < 100) {
        findings.push(Finding::EndsAtCheckpoint { percent: *percent });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        changes::Change,
        checks::blocks,
        ids::TargetId,
        plan::fixtures::{rules, situation, target},
        refreshes::RefreshState,
        time::Timestamp,
    };

    fn group(kind: TargetKind) -> Target {
        target(kind, 10)
    }

    fn running() -> Refresh {
        Refresh {
            id: "r-1".into(),
            state: RefreshState::Running,
            started_at: Some(Timestamp::default()),
            percent: 40,
            left: 6,
            reason: String::new(),
        }
    }

    #[test]
    fn people_know_how_many_are_replaced_and_how_many_at_once() {
        let live = group(TargetKind::Asg);
        let pace = Pace {
            min_healthy_percent: 75,
            skip_matching: true,
            checkpoints: vec![20, 50],
            ..Pace::default()
        };
        let plan = plan_refresh(&pace, &[], &situation(&live));
        assert_eq!(
            rules(&plan),
            [
                "out-at-once",
                "ends-at-checkpoint",
                "replaces",
                "skips-matching"
            ]
        );
        assert!(
            plan.findings
                .contains(&Finding::OutAtOnce { count: 2, of: 10 })
        );
        let undo = plan.steps[0].undo.as_ref().map(Call::aws);
        let undo = undo
            .and_then(|mut calls| calls.pop())
            .map(|call| call.action);
        assert_eq!(undo.as_deref(), Some("autoscaling:CancelInstanceRefresh"));
    }

    #[test]
    fn nothing_is_started_beside_another_or_where_it_would_stand_still() {
        let mut live = group(TargetKind::Asg);
        let beside = plan_refresh(&Pace::default(), &[running()], &situation(&live));
        assert_eq!(rules(&beside)[0], "refresh-runs");
        live.suspended = vec!["Terminate".into()];
        let held = plan_refresh(&Pace::default(), &[], &situation(&live));
        assert_eq!(rules(&held)[0], "refresh-held");
        let service = group(TargetKind::EcsService);
        let foreign = plan_refresh(&Pace::default(), &[], &situation(&service));
        assert_eq!(rules(&foreign), ["no-refreshes"]);
        for plan in [beside, held, foreign] {
            assert!(blocks(&plan.findings));
        }
    }

    #[test]
    fn one_that_goes_on_is_cancelled_and_none_is_not() {
        let live = group(TargetKind::Asg);
        let plan = plan_cancel(&[running()], &situation(&live));
        assert_eq!(plan.findings, [Finding::CancelLeaves { percent: 40 }]);
        assert_eq!(plan.steps.len(), 1);
        let nothing = plan_cancel(&[], &situation(&live));
        assert!(blocks(&nothing.findings) && nothing.steps.is_empty());
    }

    #[test]
    fn approvals_rest_on_the_pace_and_not_on_how_many_run() {
        let mut live = group(TargetKind::Asg);
        let hash = |live: &Target, pace: &Pace| {
            let change = Change::RefreshInstances {
                target: TargetId::from_parts(0, 1),
                pace: pace.clone(),
                reason: "a test".into(),
            };
            plan_refresh(pace, &[], &situation(live)).content_hash(&change, None)
        };
        let before = hash(&live, &Pace::default());
        live.instances.pop();
        assert_eq!(
            before,
            hash(&live, &Pace::default()),
            "a policy may move it"
        );
        let other = Pace {
            min_healthy_percent: 50,
            ..Pace::default()
        };
        assert_ne!(before, hash(&live, &other));
    }
}
