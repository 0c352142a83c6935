//! Four hundred days with random steps and random calls: nothing panics, and
//! what must always hold holds.

use crate::kit::*;
use demo::{ClockMode, Fault, Sandbox, SandboxConfig};
use domain::{
    capacity::{CapacityChange, ScheduledAction, TargetRef, Timing},
    plan::Call,
};

struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn maybe(&mut self, most: u64) -> Option<u32> {
        let number = self.below(most) as u32;
        (self.below(3) > 0).then_some(number)
    }
}

fn random_call(sandbox: &Sandbox, target: TargetRef, dice: &mut Dice) -> Call {
    let capacity = CapacityChange {
        min: dice.maybe(8),
        desired: dice.maybe(16),
        max: dice.maybe(24),
    };
    let name = format!("random-{}", dice.below(6));
    let soon = sandbox
        .now()
        .plus_ms(dice.below(200_000_000) as i64 - 1_000_000);
    let expressions = [
        "7 */5 * * *",
        "30 2 * * SUN",
        "0 0 29 2 *",
        "nonsense",
        "cron(30 2 ? * SUN *)",
        "cron(0 0 L * ? *)",
        "rate(7 hours)",
        "at(2026-12-24T18:00:00)",
    ];
    let zones = [
        "Asia/Seoul",
        "America/New_York",
        "Australia/Lord_Howe",
        "Nowhere",
    ];
    match dice.below(4) {
        0 => Call::DeleteScheduledAction { target, name },
        1 => Call::SetCapacity { target, capacity },
        choice => Call::PutScheduledAction {
            target,
            action: ScheduledAction {
                name,
                timing: match choice {
                    2 => Timing::Once { at: soon },
                    _ => Timing::Recurring {
                        expression: expressions[dice.below(8) as usize].into(),
                        timezone: zones[dice.below(4) as usize].into(),
                        starts_at: (dice.below(4) == 0).then_some(soon),
                        ends_at: (dice.below(3) == 0).then(|| soon.plus_ms(9_000_000)),
                    },
                },
                capacity,
                next_run_at: None,
            },
        },
    }
}

#[test]
fn four_hundred_days_of_random_calls_break_nothing() {
    let config = SandboxConfig {
        seed: 3,
        alarms: 60,
        clock: ClockMode::Stepped,
    };
    let sandbox = Sandbox::start(config, Wall::new(MONDAY_9));
    let cloud = sandbox.cloud();
    let end = sandbox.now().plus_ms(400 * 86_400_000);
    let mut dice = Dice(99);
    let (mut accepted, mut refused) = (0, 0);
    while sandbox.now() < end {
        sandbox.step(1 + dice.below(2 * 86_400) as u32);
        for scope in cloud.scopes() {
            let targets = now(cloud.targets(&scope));
            let Ok(targets) = targets else {
                continue;
            };
            for target in &targets {
                let active = target.in_service + target.pending;
                assert!(active >= target.in_service && target.instances.len() >= active as usize);
                assert!(
                    target.capacity.min <= target.capacity.max,
                    "{}",
                    target.reference
                );
                let activities = now(cloud.activities(&target.reference)).expect("no fault");
                assert!(activities.len() <= 50);
                assert!(activities.iter().all(|a| a.started_at <= sandbox.now()));
            }
            let reference = targets[dice.below(targets.len() as u64) as usize]
                .reference
                .clone();
            match now(cloud.carry_out(&random_call(&sandbox, reference, &mut dice))) {
                Ok(()) => accepted += 1,
                Err(error) => {
                    assert!(!error.message.is_empty());
                    refused += 1;
                }
            }
        }
        match dice.below(12) {
            0 => drop(sandbox.interrupt_spot()),
            1 => sandbox.traffic(dice.below(1_000) as u32, dice.below(300) as u32),
            2 => sandbox.spot_shortage(None, dice.below(300) as u32),
            3 => sandbox.fault(Fault::Throttled, dice.below(600) as u32),
            _ => {}
        }
    }
    assert!(
        accepted > 100 && refused > 100,
        "{accepted} accepted, {refused} refused"
    );
}

/// Not a limit that fails: the figures are printed for whoever asks.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "measures the machine's own time, as a benchmark does"
)]
fn the_time_it_takes_is_printed() {
    for (alarms, days) in [(60, 7), (1_000, 1), (10_000, 1)] {
        let config = SandboxConfig {
            seed: 7,
            alarms,
            clock: ClockMode::Stepped,
        };
        let began = std::time::Instant::now();
        let sandbox = Sandbox::start(config, Wall::new(MONDAY_9));
        let start = began.elapsed();
        let began = std::time::Instant::now();
        sandbox.step(days * 86_400);
        println!(
            "{alarms} alarms: start with 24 h in {start:?}, {days} days in {:?}",
            began.elapsed()
        );
        assert!(now(sandbox.cloud().alarms(&seoul())).is_ok());
    }
}
