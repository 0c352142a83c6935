//! The sandbox's controls as the services want them.

use api::sandbox::{ClockMode, SandboxAct, SandboxView};
use demo::{Fault, Sandbox};
use services::sandbox::SandboxControl;

/// The world of a test, behind the services' controls.
#[derive(Clone)]
pub struct SandboxHandle(pub Sandbox);

impl SandboxControl for SandboxHandle {
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
        match act {
            SandboxAct::SetClock { clock } => self.0.set_clock(match clock {
                ClockMode::Running { speed } => demo::ClockMode::Running { speed: *speed },
                ClockMode::Stepped => demo::ClockMode::Stepped,
            }),
            SandboxAct::Step { seconds } => self.0.step(*seconds),
            SandboxAct::Traffic { percent, minutes } => self.0.traffic(*percent, *minutes),
            SandboxAct::InterruptSpot => return self.0.interrupt_spot().is_some(),
            SandboxAct::Fault { fault, seconds } => {
                self.0
                    .fault(Fault::parse(fault).unwrap_or(Fault::None), *seconds);
            }
        }
        true
    }
}
