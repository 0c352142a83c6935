//! Planning that machines or databases are started or stopped now.
//!
//! Nothing here is put into AWS that would switch them back: their schedule does, if one
//! stands on them, or AWS itself does with a database, and the plan says which and when.

use super::{Ahead, Call, Effect, Plan, Situation, Step, shared_checks::freezes_now};
use crate::{
    aws_timing::Effect as TimerEffect,
    capacity::{Instance, Target, TargetRef},
    checks::Finding,
    limits,
    schedules::Power,
};
use serde::{Deserialize, Serialize};

/// What is started or stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PowerEffect {
    /// Which target.
    pub target: TargetRef,
    /// Its machines, or the database's members, when the plan was made: the live state it
    /// rests on.
    pub before: Vec<Switched>,
    /// On from then on, or off.
    pub power: Power,
}

/// A machine or a database, and whether it is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Switched {
    /// Its id.
    pub id: String,
    /// On, or about to be.
    pub on: bool,
}

/// Plans that a target is on from now on, or off.
#[must_use]
pub fn plan_power(power: Power, ahead: Option<Ahead<'_>>, situation: &Situation<'_>) -> Plan {
    let target = situation.target;
    let moves = target.reference.kind.is_switched() && target.power() != Some(power);
    let before = target.instances.iter().map(|instance| Switched {
        id: instance.id.clone(),
        on: instance.is_on(),
    });
    Plan {
        from: None,
        until: None,
        findings: check(power, ahead, situation),
        steps: moves.then(|| switch(target, power)).into_iter().collect(),
        effect: Effect::Power(PowerEffect {
            target: target.reference.clone(),
            before: before.collect(),
            power,
        }),
    }
}

/// The call that switches all of a target, and the one that switches back what it moved.
pub(super) fn switch(target: &Target, power: Power) -> Step {
    let set = |power: Power, fits: &dyn Fn(&Instance) -> bool| Call::SetPower {
        target: target.reference.clone(),
        power,
        instances: target
            .named_to_switch()
            .filter(|instance| fits(instance))
            .map(|instance| instance.id.clone())
            .collect(),
    };
    let moved = (target.power() != Some(power)).then(|| {
        set(power.other(), &|instance| {
            instance.is_on() != (power == Power::Running)
        })
    });
    Step {
        call: set(power, &|_| true),
        undo: moved,
    }
}

/// Every check, worst findings first.
fn check(power: Power, ahead: Option<Ahead<'_>>, situation: &Situation<'_>) -> Vec<Finding> {
    let target = situation.target;
    let mut findings = Vec::new();
    if !target.reference.kind.is_switched() {
        findings.push(Finding::NotSwitched);
    } else if target.power() == Some(power) {
        findings.push(Finding::AlreadySo);
    } else {
        check_switched(power, target, &mut findings);
        findings.extend(check_return(power, ahead, situation));
    }
    let (environment, now) = (&target.environment, situation.now);
    findings.extend(freezes_now(situation.freezes, environment, now));
    findings.sort_by_key(Finding::severity);
    findings
}

/// What happens at once.
fn check_switched(power: Power, target: &Target, findings: &mut Vec<Finding>) {
    let on = target.capacity.desired;
    match power {
        Power::Running => findings.push(Finding::StartsNow {
            count: target.capacity.max.saturating_sub(on),
        }),
        Power::Stopped => {
            findings.push(Finding::StopsNow { count: on });
            findings.push(Finding::DisksBilled);
        }
    }
    let settled = |instance: &&Instance| {
        instance.in_service() || instance.lifecycle_state == Power::Stopped.as_str()
    };
    let between = target.instances.iter().filter(|one| !settled(one));
    findings.extend(between.map(|instance| Finding::InBetween {
        id: instance.id.clone(),
        state: instance.lifecycle_state.clone(),
    }));
}

/// Who switches it back, and when.
fn check_return(power: Power, ahead: Option<Ahead<'_>>, situation: &Situation<'_>) -> Vec<Finding> {
    let back = ahead.and_then(|ahead| {
        let mut runs = ahead.runs.iter();
        let other = TimerEffect::Running(power == Power::Stopped);
        let (at, _) = runs.find(|(_, effect)| *effect == other)?;
        Some(Finding::SwitchedBack {
            schedule: ahead.schedule.to_owned(),
            at: *at,
            power: power.other(),
        })
    });
    let week = situation.now.plus_ms(limits::DATABASE_STOPPED_MS_MAX);
    let is_sooner = matches!(&back, Some(Finding::SwitchedBack { at, .. }) if *at < week);
    let by_aws =
        power == Power::Stopped && situation.target.reference.kind.restarts_itself() && !is_sooner;
    let mut found: Vec<_> = by_aws
        .then_some(Finding::AwsStartsItLater)
        .into_iter()
        .collect();
    found.extend(back.or((!by_aws).then_some(Finding::StaysSwitched { power })));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capacity::{Capacity, TargetKind},
        changes::Change,
        checks::blocks,
        ids::TargetId,
        plan::fixtures::{instance, rules, situation, target},
        time::{DAY_MS, HOUR_MS, Timestamp},
    };

    fn switched(kind: TargetKind, on: &[bool]) -> Target {
        let count = |n: usize| u32::try_from(n).expect("few");
        let state = |on: &bool| if *on { "running" } else { "stopped" };
        let instances = (1..)
            .zip(on)
            .map(|(number, on)| instance(number, state(on)));
        Target {
            environment: "dev".into(),
            capacity: Capacity::switched(
                count(on.iter().filter(|on| **on).count()),
                count(on.len()),
            ),
            instances: instances.collect(),
            in_service: 0,
            ..target(kind, 0)
        }
    }

    fn planned(target: &Target, power: Power, ahead: Option<Ahead<'_>>) -> Plan {
        plan_power(power, ahead, &situation(target))
    }

    #[test]
    fn all_are_called_by_their_ids_and_only_what_moved_is_switched_back() {
        let live = switched(TargetKind::Ec2Tag, &[true, false]);
        let plan = planned(&live, Power::Stopped, None);
        let instances = |call: &Call| match call {
            Call::SetPower { instances, .. } => instances.clone(),
            call => panic!("{call:?}"),
        };
        assert_eq!(instances(&plan.steps[0].call), ["i-1", "i-2"]);
        let undo = plan.steps[0].undo.as_ref().expect("a way back");
        assert_eq!(instances(undo), ["i-1"]);
        assert_eq!(
            rules(&plan),
            ["stops-now", "disks-billed", "stays-switched"]
        );
    }

    #[test]
    fn aws_starts_a_database_unless_its_schedule_is_sooner() {
        let live = switched(TargetKind::Rds, &[true]);
        let run = |ms| [(Timestamp::from_ms(ms), TimerEffect::Running(true))];
        let by_aws = "aws-starts-it-later";
        for (runs, starts) in [
            (run(HOUR_MS), vec!["switched-back"]),
            (run(8 * DAY_MS), vec![by_aws, "switched-back"]),
        ] {
            let ahead = Ahead {
                schedule: "nights",
                runs: &runs,
            };
            let mut found = rules(&planned(&live, Power::Stopped, Some(ahead)));
            found.retain(|rule| *rule == by_aws || *rule == "switched-back");
            assert_eq!(found, starts);
        }
        let alone = planned(&live, Power::Stopped, None);
        assert_eq!(rules(&alone), ["stops-now", by_aws, "disks-billed"]);
    }

    #[test]
    fn what_is_in_between_is_told() {
        let mut live = switched(TargetKind::Rds, &[true]);
        live.instances[0].lifecycle_state = "backing-up".into();
        let plan = planned(&live, Power::Stopped, None);
        assert!(rules(&plan).contains(&"in-between"), "{:?}", plan.findings);
    }

    #[test]
    fn what_is_so_already_or_has_sizes_cannot_be_asked_for() {
        let off = switched(TargetKind::Ec2Tag, &[false]);
        let group = switched(TargetKind::Asg, &[true]);
        for (live, rule) in [(off, "already-so"), (group, "not-switched")] {
            let plan = planned(&live, Power::Stopped, None);
            assert!(blocks(&plan.findings) && plan.steps.is_empty());
            assert_eq!(rules(&plan), [rule]);
        }
    }

    #[test]
    fn approvals_rest_on_what_was_on() {
        let change = Change::SetPower {
            target: TargetId::from_parts(0, 1),
            power: Power::Stopped,
            reason: "a test".into(),
        };
        let hash = |on: &[bool]| {
            let live = switched(TargetKind::Ec2Tag, on);
            planned(&live, Power::Stopped, None).content_hash(&change, None)
        };
        assert_ne!(hash(&[true, true]), hash(&[true, false]));
    }
}
