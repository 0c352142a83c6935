//! The calls of a plan, carried out by a make-believe AWS and told in words.

use crate::{
    capacity::Target,
    plan::{Call, Plan},
};

/// A batch as the calls that it stands for.
pub fn singly(call: &Call) -> Vec<Call> {
    match call.clone() {
        Call::PutScheduledActions { target, actions } => actions
            .into_iter()
            .map(|action| Call::PutScheduledAction {
                target: target.clone(),
                action,
            })
            .collect(),
        Call::DeleteScheduledActions { target, names } => names
            .into_iter()
            .map(|name| Call::DeleteScheduledAction {
                target: target.clone(),
                name,
            })
            .collect(),
        call => vec![call],
    }
}

/// What AWS does when it is called.
pub fn carry_out(live: &mut [Target], call: &Call) {
    for call in singly(call) {
        carry_out_one(live, &call);
    }
}

fn carry_out_one(live: &mut [Target], call: &Call) {
    let target = live
        .iter_mut()
        .find(|target| Some(&target.reference) == call.target());
    let target = target.expect("a target");
    match call {
        Call::PutScheduledAction { action, .. } => {
            target.actions.retain(|there| there.name != action.name);
            target.actions.push(action.clone());
        }
        Call::DeleteScheduledAction { name, .. } => {
            target.actions.retain(|there| there.name != *name);
        }
        Call::SetCapacity { capacity, .. } => target.capacity = target.capacity.with(*capacity),
        Call::PutTimer { timer, .. } => {
            let name = &timer.object.name;
            target.timers.retain(|there| there.object.name != *name);
            target.timers.push(timer.clone());
        }
        Call::DeleteTimer { name, .. } => {
            target.timers.retain(|there| there.object.name != *name);
        }
        Call::SetMix { mix, .. } => target.mix = target.mix.map(|there| there.with(*mix)),
        Call::SetPower {
            power, instances, ..
        } => super::levels::switch(target, *power, instances),
        other => panic!("a schedule does not make this call: {other:?}"),
    }
}

pub fn carried_out(live: &[Target], plan: &Plan) -> Vec<Target> {
    let mut live = live.to_vec();
    for step in &plan.steps {
        carry_out(&mut live, &step.call);
    }
    live
}

/// One line for each call, and each part of a batch: what, which, and what it sets.
pub fn calls(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .flat_map(|step| singly(&step.call))
        .map(|call| match &call {
            Call::PutScheduledAction { action, .. } => {
                format!("put {} {}", action.name, action.capacity)
            }
            Call::DeleteScheduledAction { name, .. } => format!("delete {name}"),
            Call::SetCapacity { capacity, .. } => format!("set {capacity}"),
            Call::PutTimer { timer, .. } => format!("put {}", timer.object.name),
            Call::DeleteTimer { name, .. } => format!("delete {name}"),
            Call::SetMix { mix, .. } => format!("buy {}", mix.share),
            Call::SetPower {
                power, instances, ..
            } => format!("{} {}", power.as_str(), instances.join(" ")),
            other => panic!("a schedule does not make this call: {other:?}"),
        })
        .collect()
}
