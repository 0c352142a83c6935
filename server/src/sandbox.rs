//! The sandbox's world behind the services' controls.

use api::sandbox::{ClockMode, SandboxAct, SandboxView};
use demo::{Fault, Sandbox};
use services::sandbox::SandboxControl;

/// The running sandbox.
pub struct Controls(pub Sandbox);

impl SandboxControl for Controls {
    fn view(&self) -> SandboxView {
        SandboxView {
            now: self.0.now(),
            clock: match self.0.clock_mode() {
                demo::ClockMode::Running { speed } => ClockMode::Running { speed },
                demo::ClockMode::Stepped => ClockMode::Stepped,
            },
            seed: self.0.seed(),
        }
    }

    fn act(&self, act: &SandboxAct) -> bool {
        let world = &self.0;
        match act {
            SandboxAct::SetClock {
                clock: ClockMode::Running { speed },
            } => {
                world.set_clock(demo::ClockMode::Running { speed: *speed });
            }
            SandboxAct::SetClock {
                clock: ClockMode::Stepped,
            } => {
                world.set_clock(demo::ClockMode::Stepped);
            }
            SandboxAct::Step { seconds } => world.step(*seconds),
            SandboxAct::Traffic { percent, minutes } => world.traffic(*percent, *minutes),
            SandboxAct::InterruptSpot => return world.interrupt_spot().is_some(),
            SandboxAct::Fault { fault, seconds } => {
                let Some(fault) = Fault::parse(fault) else {
                    return false;
                };
                world.fault(fault, *seconds);
            }
        }
        true
    }
}
