//! Server functions of the frame: counts beside the navigation, the sandbox's
//! controls. The palette and the menus use those of the pages.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    alarms::AlarmCount,
    sandbox::{SandboxAct, SandboxView},
};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "alarms/counts", protocol = Call)]
pub(crate) async fn count_alarms() -> Result<Vec<AlarmCount>, UiError> {
    answer(backend()?.count_alarms().await)
}

#[server(prefix = "/rpc", endpoint = "sandbox/show", protocol = Call)]
pub(crate) async fn show_sandbox() -> Result<SandboxView, UiError> {
    answer(backend()?.sandbox().await)
}

#[server(prefix = "/rpc", endpoint = "sandbox/act", protocol = Call)]
pub(crate) async fn act_on_sandbox(act: SandboxAct) -> Result<SandboxView, UiError> {
    answer(backend()?.sandbox_act(act).await)
}
