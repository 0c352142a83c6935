//! The sandbox's controls as the services want them.

use api::sandbox::{SandboxAct, SandboxView};
use demo::Sandbox;
use services::sandbox::SandboxControl;

/// The world of a test, behind the services' controls.
#[derive(Clone)]
pub struct SandboxHandle(pub Sandbox);

impl SandboxControl for SandboxHandle {
    fn view(&self) -> SandboxView {
        self.0.view()
    }

    fn act(&self, act: &SandboxAct) -> bool {
        self.0.act(act)
    }
}
