//! The sandbox's world behind the services' controls.

use api::sandbox::{SandboxAct, SandboxView};
use demo::Sandbox;
use services::sandbox::SandboxControl;

/// The running sandbox.
pub struct Controls(pub Sandbox);

impl SandboxControl for Controls {
    fn view(&self) -> SandboxView {
        self.0.view()
    }

    fn act(&self, act: &SandboxAct) -> bool {
        self.0.act(act)
    }
}
