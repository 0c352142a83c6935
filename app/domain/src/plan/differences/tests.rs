//! Tests of reading back: what counts as a difference.
use super::*;
use crate::{
    capacity::{TargetKind, TargetRef},
    estate::{AccountId, Environment, Region, Scope},
    ids::{ChangeId, TargetId},
    plan::{Situation, plan_scale_event},
    scale_events::{Hold, ScaleEvent},
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn live() -> Target {
    Target {
        reference: TargetRef {
            scope: Scope {
                account: AccountId::from("111122223333"),
                region: Region::from("ap-northeast-2"),
            },
            kind: TargetKind::Asg,
            name: "web".into(),
        },
        environment: Environment::from("prod"),
        capacity: Capacity {
            min: 2,
            desired: 4,
            max: 8,
        },
        instances: vec![],
        in_service: 4,
        pending: 0,
        suspended: vec![],
        mix: None,
        policies: vec![],
        actions: vec![],
        timers: Vec::new(),
    }
}

/// A planned event from 02:00 to 03:00 and the group as AWS shows it once the
/// plan is applied.
fn applied() -> (Plan, Target) {
    let mut target = live();
    let event = ScaleEvent {
        target: TargetId::from_parts(1, 1),
        hold: Hold::AtLeast,
        count: 6,
        from: Some(at("2026-03-02T02:00:00Z")),
        until: at("2026-03-02T03:00:00Z"),
        reason: "sale".into(),
    };
    let change = ChangeId::from_parts(1, 1);
    let now = at("2026-03-02T00:00:00Z");
    let plan = plan_scale_event(
        &event,
        &Situation {
            change,
            target: &target,
            alarms: &[],
            others: &[],
            freezes: &[],
            below_desired_minutes: 15,
            now,
        },
    );
    for step in &plan.steps {
        if let Call::PutScheduledAction { action, .. } = &step.call {
            target.actions.push(action.clone());
        }
    }
    (plan, target)
}

fn beside(plan: &Plan, others: &[Applied<'_>], target: &Target, now: &str) -> Vec<Difference> {
    let applied = Applied {
        plan,
        at: at("2026-03-02T00:00:10Z"),
        ended_at: None,
    };
    differences(applied, others, target, at(now))
}

fn check(plan: &Plan, target: &Target, now: &str) -> Vec<Difference> {
    beside(plan, &[], target, now)
}

#[test]
fn a_plan_that_came_true_shows_nothing_through_its_whole_life() {
    let (plan, mut target) = applied();
    assert_eq!(check(&plan, &target, "2026-03-02T00:01:00Z"), []);
    // AWS may be late by two minutes and still right.
    assert_eq!(check(&plan, &target, "2026-03-02T02:01:00Z"), []);
    target
        .actions
        .retain(|action| action.name.ends_with("return"));
    target.capacity = Capacity {
        min: 6,
        desired: 6,
        max: 8,
    };
    assert_eq!(check(&plan, &target, "2026-03-02T02:30:00Z"), []);
    target.actions.clear();
    target.capacity = Capacity {
        min: 2,
        desired: 4,
        max: 8,
    };
    assert_eq!(check(&plan, &target, "2026-03-02T03:30:00Z"), []);
}

#[test]
fn what_went_otherwise_is_named() {
    let (plan, target) = applied();
    let mut without = target.clone();
    without.actions.pop();
    assert!(matches!(
        check(&plan, &without, "2026-03-02T00:01:00Z")[..],
        [Difference::ActionMissing { .. }]
    ));

    let mut moved = target.clone();
    moved.actions[0].timing = Timing::Once {
        at: at("2026-03-02T05:00:00Z"),
    };
    assert!(matches!(
        check(&plan, &moved, "2026-03-02T00:01:00Z")[..],
        [Difference::ActionDiffers { .. }]
    ));

    let number = |field: &str, expected, found| Difference::Number {
        field: field.into(),
        expected,
        found,
    };
    assert_eq!(
        check(&plan, &target, "2026-03-02T02:30:00Z"),
        [number("min", 6, 2), number("desired", 6, 4)],
        "the start did not happen"
    );
    let mut stuck = target;
    stuck.capacity = Capacity {
        min: 6,
        desired: 6,
        max: 8,
    };
    assert_eq!(
        check(&plan, &stuck, "2026-03-02T03:30:00Z"),
        [number("min", 2, 6), number("desired", 4, 6)],
        "the return did not happen"
    );
}

#[test]
fn other_owners_actions_are_reckoned_with() {
    let (plan, mut target) = applied();
    target.actions.push(ScheduledAction {
        name: "evening".into(),
        timing: Timing::Once {
            at: at("2026-03-02T03:10:00Z"),
        },
        capacity: CapacityChange {
            min: Some(3),
            desired: Some(3),
            max: None,
        },
        next_run_at: None,
    });
    target.capacity = Capacity {
        min: 3,
        desired: 3,
        max: 8,
    };
    assert_eq!(check(&plan, &target, "2026-03-02T03:30:00Z"), []);
}

#[test]
fn an_event_that_follows_at_once_does_not_hide_the_return() {
    let (first, mut target) = applied();
    target.actions.clear();
    let change = ChangeId::from_parts(2, 2);
    let next = ScaleEvent {
        target: TargetId::from_parts(1, 1),
        hold: Hold::AtLeast,
        count: 7,
        from: Some(at("2026-03-02T03:03:00Z")),
        until: at("2026-03-02T04:00:00Z"),
        reason: "encore".into(),
    };
    let situation = Situation {
        change,
        target: &target,
        alarms: &[],
        others: &[],
        freezes: &[],
        below_desired_minutes: 15,
        now: at("2026-03-02T00:30:00Z"),
    };
    let next = plan_scale_event(&next, &situation);
    let of_next = |ended_at| Applied {
        plan: &next,
        at: at("2026-03-02T00:30:10Z"),
        ended_at,
    };
    // The first one is back, the next one has begun; its return still stands.
    for step in &next.steps {
        if let Call::PutScheduledAction { action, .. } = &step.call
            && action.name.ends_with("return")
        {
            target.actions.push(action.clone());
        }
    }
    let held = |min| Capacity {
        min,
        desired: 7,
        max: 8,
    };
    target.capacity = held(7);
    let check =
        |target: &Target, ended_at, now: &str| beside(&first, &[of_next(ended_at)], target, now);
    assert_eq!(check(&target, None, "2026-03-02T03:30:00Z"), []);
    // Stuck at the first one's numbers is no return, whatever stands beside it.
    target.capacity = held(6);
    assert!(!check(&target, None, "2026-03-02T03:30:00Z").is_empty());
    // One that was cancelled before it began has set nothing.
    target.capacity = live().capacity;
    let cancelled = Some(at("2026-03-02T02:50:00Z"));
    target.actions.clear();
    assert_eq!(check(&target, cancelled, "2026-03-02T03:30:00Z"), []);
    // While the next one's start may still be under way nothing is certain.
    let first = Applied {
        plan: &first,
        at: at("2026-03-02T00:00:10Z"),
        ended_at: None,
    };
    for (now, unsettled) in [
        ("2026-03-02T03:05:00Z", true),
        ("2026-03-02T03:07:00Z", false),
    ] {
        let beside = [of_next(None)];
        assert_eq!(
            is_unsettled(first, &beside, &target, at(now)),
            unsettled,
            "{now}"
        );
    }
}
