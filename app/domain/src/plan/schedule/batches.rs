//! Steps that AWS takes in one call: new scheduled actions of a group, and those that go.

use crate::{
    capacity::TargetKind,
    limits,
    plan::{Call, Step},
};

/// The same steps in fewer calls. Only steps that follow each other are put together, and of
/// puts only those of new names: one that takes an old one's place may free the instant that
/// another needs, and AWS does not say in which order it goes through a batch.
pub(super) fn batched(steps: Vec<Step>) -> Vec<Step> {
    let mut batched: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        match batched.last_mut() {
            Some(last) if fits(last, &step) => add(last, step),
            _ => batched.push(step),
        }
    }
    batched
}

/// Whether a step goes into the call of the one before it.
fn fits(last: &Step, step: &Step) -> bool {
    let in_group = |call: &Call| {
        let mut target = call.target().into_iter();
        target.any(|target| target.kind == TargetKind::Asg)
    };
    let count = match (&last.call, &step.call) {
        (Call::PutScheduledAction { .. }, Call::PutScheduledAction { .. })
            if is_new(last) && is_new(step) =>
        {
            1
        }
        (Call::PutScheduledActions { actions, .. }, Call::PutScheduledAction { .. })
            if is_new(step) =>
        {
            actions.len()
        }
        (Call::DeleteScheduledAction { .. }, Call::DeleteScheduledAction { .. }) => 1,
        (Call::DeleteScheduledActions { names, .. }, Call::DeleteScheduledAction { .. }) => {
            names.len()
        }
        _ => return false,
    };
    // What cannot be put back is told so, and nothing else with it.
    let alike = last.undo.is_some() == step.undo.is_some();
    in_group(&step.call)
        && alike
        && last.call.target() == step.call.target()
        && count < limits::BATCH_ACTIONS_MAX
}

/// An action that stands there is put back when the step is undone, a new one is deleted.
fn is_new(step: &Step) -> bool {
    matches!(step.undo, Some(Call::DeleteScheduledAction { .. }))
}

fn add(last: &mut Step, step: Step) {
    join(&mut last.call, step.call);
    if let (Some(undo), Some(more)) = (&mut last.undo, step.undo) {
        join(undo, more);
    }
}

/// One call that does what two do.
fn join(call: &mut Call, more: Call) {
    match (&mut *call, more) {
        (Call::PutScheduledActions { actions, .. }, Call::PutScheduledAction { action, .. }) => {
            actions.push(action);
        }
        (Call::DeleteScheduledActions { names, .. }, Call::DeleteScheduledAction { name, .. }) => {
            names.push(name);
        }
        (
            Call::PutScheduledAction { target, action },
            Call::PutScheduledAction { action: second, .. },
        ) => {
            *call = Call::PutScheduledActions {
                target: target.clone(),
                actions: vec![action.clone(), second],
            };
        }
        (
            Call::DeleteScheduledAction { target, name },
            Call::DeleteScheduledAction { name: second, .. },
        ) => {
            *call = Call::DeleteScheduledActions {
                target: target.clone(),
                names: vec![name.clone(), second],
            };
        }
        // Only calls of a kind are joined.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        capacity::{CapacityChange, ScheduledAction, TargetRef, Timing},
        estate::{AccountId, Region, Scope},
        time::Timestamp,
    };

    fn target(kind: TargetKind, name: &str) -> TargetRef {
        TargetRef {
            scope: Scope {
                account: AccountId::new("111122223333"),
                region: Region::new("ap-northeast-2"),
            },
            kind,
            name: name.into(),
        }
    }

    fn put(target: &TargetRef, name: &str) -> Call {
        Call::PutScheduledAction {
            target: target.clone(),
            action: ScheduledAction {
                name: name.into(),
                timing: Timing::Once {
                    at: Timestamp::from_ms(0),
                },
                capacity: CapacityChange::default(),
                next_run_at: None,
            },
        }
    }

    fn delete(target: &TargetRef, name: &str) -> Call {
        Call::DeleteScheduledAction {
            target: target.clone(),
            name: name.into(),
        }
    }

    /// `+a` puts a new one, `~a` one that stands, `-a` deletes.
    fn step(target: &TargetRef, word: &str) -> Step {
        let (how, name) = word.split_at(1);
        let (call, undo) = match how {
            "+" => (put(target, name), delete(target, name)),
            "~" => (put(target, name), put(target, name)),
            _ => (delete(target, name), put(target, name)),
        };
        Step {
            call,
            undo: Some(undo),
        }
    }

    fn told(call: &Call) -> String {
        let names = |actions: &[ScheduledAction]| {
            let names: Vec<_> = actions.iter().map(|action| action.name.clone()).collect();
            names.join(",")
        };
        match call {
            Call::PutScheduledAction { action, .. } => format!("put {}", action.name),
            Call::PutScheduledActions { actions, .. } => format!("put [{}]", names(actions)),
            Call::DeleteScheduledAction { name, .. } => format!("delete {name}"),
            Call::DeleteScheduledActions { names, .. } => format!("delete [{}]", names.join(",")),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_follows_each_other_is_one_call_with_one_way_back() {
        let group = target(TargetKind::Asg, "web");
        let check = |words: &[&str], expected: &[&str]| {
            let steps = words.iter().map(|word| step(&group, word)).collect();
            let steps = batched(steps);
            let found: Vec<_> = steps
                .iter()
                .map(|step| {
                    let undo = step.undo.as_ref().map(told).unwrap_or_default();
                    format!("{} / {undo}", told(&step.call))
                })
                .collect();
            assert_eq!(found, expected, "{words:?}");
        };
        check(&["+a"], &["put a / delete a"]);
        check(
            &["+a", "+b", "+c", "-d", "-e"],
            &["put [a,b,c] / delete [a,b,c]", "delete [d,e] / put [d,e]"],
        );
        // The new one may need the instant that the old one leaves, or leave its own.
        check(
            &["+a", "~b", "~c", "+d", "+e"],
            &[
                "put a / delete a",
                "put b / put b",
                "put c / put c",
                "put [d,e] / delete [d,e]",
            ],
        );
    }

    #[test]
    fn other_targets_and_services_have_calls_of_their_own() {
        let (web, api) = (
            target(TargetKind::Asg, "web"),
            target(TargetKind::Asg, "api"),
        );
        let steps = vec![step(&web, "+a"), step(&api, "+b"), step(&api, "+c")];
        assert_eq!(batched(steps).len(), 2);
        let service = target(TargetKind::EcsService, "prod/api");
        let steps = vec![step(&service, "+a"), step(&service, "+b")];
        assert_eq!(batched(steps.clone()), steps);
    }

    #[test]
    fn no_call_has_more_than_aws_takes() {
        let group = target(TargetKind::Asg, "web");
        let words: Vec<_> = (0..120).map(|number| format!("+{number}")).collect();
        let steps = batched(words.iter().map(|word| step(&group, word)).collect());
        let counts: Vec<_> = steps
            .iter()
            .map(|step| match &step.call {
                Call::PutScheduledActions { actions, .. } => actions.len(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(counts, [50, 50, 20]);
    }

    #[test]
    fn what_cannot_be_put_back_is_a_call_of_its_own() {
        let group = target(TargetKind::Asg, "web");
        let gone = |name| Step {
            undo: None,
            ..step(&group, name)
        };
        let steps = batched(vec![gone("-a"), gone("-b"), step(&group, "-c")]);
        let calls: Vec<_> = steps.iter().map(|step| told(&step.call)).collect();
        assert_eq!(calls, ["delete [a,b]", "delete c"]);
        assert_eq!(steps[0].undo, None);
        assert_eq!(steps[1].undo.as_ref().map(told).as_deref(), Some("put c"));
    }
}
