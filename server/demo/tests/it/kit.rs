//! What the stories share.

use demo::{ClockMode, Sandbox, SandboxConfig};
use domain::{
    alarms::{AlarmReading, AlarmState, AlarmTransition, MetricRef, Series},
    capacity::{CapacityChange, ScheduledAction, Target, TargetKind, TargetRef, Timing},
    estate::Scope,
    plan::Call,
    time::Timestamp,
};
use ports::{Clock, CloudError, MetricRequest};
use std::sync::{Arc, Mutex};

/// A wall clock that a test sets.
pub struct Wall(Mutex<Timestamp>);

impl Wall {
    pub fn new(text: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(at(text))))
    }

    pub fn set(&self, now: Timestamp) {
        *self.0.lock().expect("no test panics while it holds it") = now;
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics while it holds it")
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Monday, an hour before the rush in Seoul.
pub const MONDAY_9: &str = "2026-03-02T09:00:00+09:00";

pub fn sandbox(seed: u64, now: &str) -> Sandbox {
    let config = SandboxConfig {
        seed,
        alarms: 60,
        clock: ClockMode::Stepped,
    };
    Sandbox::start(config, Wall::new(now))
}

/// Drives a future that never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

pub fn seoul() -> Scope {
    Scope {
        account: "111122223333".into(),
        region: "ap-northeast-2".into(),
    }
}

pub fn group(name: &str) -> TargetRef {
    TargetRef {
        scope: seoul(),
        kind: TargetKind::Asg,
        name: name.into(),
    }
}

pub fn service(name: &str) -> TargetRef {
    TargetRef {
        kind: TargetKind::EcsService,
        ..group(name)
    }
}

pub fn target(sandbox: &Sandbox, reference: &TargetRef) -> Target {
    let found = now(sandbox.cloud().target(reference)).expect("no fault");
    found.expect("it is there")
}

pub fn alarm(sandbox: &Sandbox, name: &str) -> AlarmReading {
    let alarms = now(sandbox.cloud().alarms(&seoul())).expect("no fault");
    let found = alarms.into_iter().find(|alarm| alarm.name == name);
    found.unwrap_or_else(|| panic!("there is an alarm {name}"))
}

pub fn is_on(sandbox: &Sandbox, name: &str) -> bool {
    alarm(sandbox, name).state == AlarmState::Alarm
}

pub fn set(
    sandbox: &Sandbox,
    target: &TargetRef,
    (min, desired, max): (Option<u32>, Option<u32>, Option<u32>),
) -> Result<(), CloudError> {
    let call = Call::SetCapacity {
        target: target.clone(),
        capacity: CapacityChange { min, desired, max },
    };
    now(sandbox.cloud().carry_out(&call))
}

pub fn put(
    sandbox: &Sandbox,
    target: &TargetRef,
    name: &str,
    timing: Timing,
    (min, desired, max): (Option<u32>, Option<u32>, Option<u32>),
) -> Result<(), CloudError> {
    let call = Call::PutScheduledAction {
        target: target.clone(),
        action: ScheduledAction {
            name: name.into(),
            timing,
            capacity: CapacityChange { min, desired, max },
            next_run_at: None,
        },
    };
    now(sandbox.cloud().carry_out(&call))
}

pub fn delete(sandbox: &Sandbox, target: &TargetRef, name: &str) -> Result<(), CloudError> {
    let call = Call::DeleteScheduledAction {
        target: target.clone(),
        name: name.into(),
    };
    now(sandbox.cloud().carry_out(&call))
}

pub fn once(text: &str) -> Timing {
    Timing::Once { at: at(text) }
}

pub fn recurring(expression: &str) -> Timing {
    Timing::Recurring {
        expression: expression.into(),
        timezone: "Asia/Seoul".into(),
        starts_at: None,
        ends_at: None,
    }
}

/// What an alarm did in the last day, newest first.
pub fn history(sandbox: &Sandbox, scope: &Scope, name: &str) -> Vec<AlarmTransition> {
    let (from, until) = (sandbox.now().plus_ms(-86_400_000), sandbox.now().plus_ms(1));
    now(sandbox.cloud().alarm_history(scope, name, from, until)).expect("no fault")
}

/// The last hours of a metric.
pub fn metric(sandbox: &Sandbox, scope: &Scope, metric: &MetricRef, hours: i64) -> Series {
    let until = sandbox.now();
    let request = MetricRequest {
        metric: metric.clone(),
        from: until.plus_ms(-hours * 3_600_000),
        until,
    };
    now(sandbox.cloud().metric(scope, &request)).expect("no fault")
}
