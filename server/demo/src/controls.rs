//! The sandbox's controls in the words of the contract.

use crate::{ClockMode, Fault, Sandbox};
use api::sandbox::{self, SandboxAct, SandboxView};

impl Sandbox {
    /// How it stands.
    #[must_use]
    pub fn view(&self) -> SandboxView {
        SandboxView {
            now: self.now(),
            clock: match self.clock_mode() {
                ClockMode::Running { speed } => sandbox::ClockMode::Running { speed },
                ClockMode::Stepped => sandbox::ClockMode::Stepped,
            },
            seed: self.seed(),
        }
    }

    /// Does something to it; answers whether there was anything to do it to.
    #[must_use = "there may be nothing to do it to"]
    pub fn act(&self, act: &SandboxAct) -> bool {
        match act {
            SandboxAct::SetClock { clock } => self.set_clock(match clock {
                sandbox::ClockMode::Running { speed } => ClockMode::Running { speed: *speed },
                sandbox::ClockMode::Stepped => ClockMode::Stepped,
            }),
            SandboxAct::Step { seconds } => self.step(*seconds),
            SandboxAct::Traffic { percent, minutes } => self.traffic(*percent, *minutes),
            SandboxAct::SpotShortage { zone, minutes } => self.spot_shortage(*zone, *minutes),
            SandboxAct::InterruptSpot => return self.interrupt_spot().is_some(),
            SandboxAct::Fault { fault, seconds } => {
                let Some(fault) = Fault::parse(fault) else {
                    return false;
                };
                self.fault(fault, *seconds);
            }
        }
        true
    }
}
