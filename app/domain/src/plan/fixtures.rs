//! What the tests of several plans begin with.

use super::{Plan, Situation};
use crate::{
    capacity::{Capacity, Instance, Purchase, Target, TargetKind, TargetRef},
    checks::Finding,
    estate::Scope,
    ids::ChangeId,
    time::Timestamp,
};

/// An instance bought on demand.
pub(super) fn instance(number: u32, state: &str) -> Instance {
    Instance {
        id: format!("i-{number}"),
        zone: "ap-northeast-2a".into(),
        instance_type: "m7g.large".into(),
        lifecycle_state: state.into(),
        healthy: true,
        purchase: Purchase::OnDemand,
        protected: false,
    }
}

/// A target of `count` instances that serve, one to twice as many wide.
pub(crate) fn target(kind: TargetKind, count: u32) -> Target {
    Target {
        reference: TargetRef {
            scope: Scope {
                account: "111122223333".into(),
                region: "ap-northeast-2".into(),
            },
            kind,
            name: "web".into(),
        },
        environment: "prod".into(),
        capacity: Capacity {
            min: 1,
            desired: count,
            max: 2 * count,
        },
        instances: (1..=count)
            .map(|number| instance(number, "InService"))
            .collect(),
        in_service: count,
        pending: 0,
        suspended: vec![],
        mix: None,
        policies: vec![],
        actions: vec![],
        timers: vec![],
    }
}

/// A target with nothing beside it.
pub(super) fn situation(target: &Target) -> Situation<'_> {
    Situation {
        change: ChangeId::from_parts(1, 1),
        target,
        alarms: &[],
        others: &[],
        freezes: &[],
        below_desired_minutes: 15,
        now: Timestamp::default(),
    }
}

/// The rules of what was found, in order.
pub(super) fn rules(plan: &Plan) -> Vec<&'static str> {
    plan.findings.iter().map(Finding::rule).collect()
}
