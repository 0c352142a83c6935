//! Server functions of the targets.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    agent::AgentReport,
    capacity::{CapacitySample, TargetDetail, TargetQuery, TargetRow},
};
use domain::ids::TargetId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "targets/list", protocol = Call)]
pub(crate) async fn list_targets(query: TargetQuery) -> Result<Page<TargetRow>, UiError> {
    answer(backend()?.list_targets(query).await)
}

#[server(prefix = "/rpc", endpoint = "targets/show", protocol = Call)]
pub(super) async fn show_target(id: TargetId) -> Result<TargetDetail, UiError> {
    answer(backend()?.target(id).await)
}

#[server(prefix = "/rpc", endpoint = "targets/samples", protocol = Call)]
pub(super) async fn target_samples(
    id: TargetId,
    hours: u32,
) -> Result<Vec<CapacitySample>, UiError> {
    answer(backend()?.target_samples(id, hours).await)
}

#[server(prefix = "/rpc", endpoint = "targets/agent", protocol = Call)]
pub(super) async fn target_agent(id: TargetId) -> Result<AgentReport, UiError> {
    answer(backend()?.target_agent(id).await)
}
