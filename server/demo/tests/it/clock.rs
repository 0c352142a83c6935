//! The clock: real, faster, stepped, and never backwards.

use crate::kit::*;
use demo::{ClockMode, Sandbox, SandboxConfig};

#[test]
fn the_clock_runs_as_it_is_told_and_never_backwards() {
    let wall = Wall::new(MONDAY_9);
    let start = at(MONDAY_9);
    let sandbox = Sandbox::start(SandboxConfig::default(), wall.clone());
    assert_eq!((sandbox.now(), sandbox.seed()), (start, 7));
    wall.set(start.plus_ms(1_500));
    assert_eq!(sandbox.now(), start.plus_ms(1_500));
    sandbox.set_clock(ClockMode::Running { speed: 60 });
    wall.set(start.plus_ms(2_500));
    let minute = start.plus_ms(1_500 + 60_000);
    assert_eq!(sandbox.now(), minute);
    // The wall's clock is set back: this one goes on from where it stands.
    wall.set(start);
    assert_eq!(sandbox.now(), minute);
    wall.set(start.plus_ms(1_000));
    assert_eq!(sandbox.now(), minute.plus_ms(60_000));
    sandbox.set_clock(ClockMode::Stepped);
    wall.set(start.plus_ms(99_000));
    let still = sandbox.now();
    assert_eq!(still, minute.plus_ms(60_000));
    sandbox.step(3_600);
    assert_eq!(sandbox.now(), still.plus_ms(3_600_000));
    assert_eq!(sandbox.clock_mode(), ClockMode::Stepped);
    assert_eq!(sandbox.clock().now(), sandbox.now());
    sandbox.set_clock(ClockMode::Running { speed: 1 });
    assert_eq!(
        sandbox.now(),
        still.plus_ms(3_600_000),
        "what stood still is not made up for"
    );
}
