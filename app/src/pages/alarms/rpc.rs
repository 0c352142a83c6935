//! Server functions of the alarms.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    alarms::{AlarmChart, AlarmDetail, AlarmQuery, AlarmRow},
    checks::CheckQuery,
    coverage::CoverageList,
    log_lines::AlarmLogs,
};
use domain::{alarms::AlarmTransition, ids::AlarmId};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "alarms/list", protocol = Call)]
pub(crate) async fn list_alarms(query: AlarmQuery) -> Result<Page<AlarmRow>, UiError> {
    answer(backend()?.list_alarms(query).await)
}

#[server(prefix = "/rpc", endpoint = "alarms/show", protocol = Call)]
pub(super) async fn show_alarm(id: AlarmId) -> Result<AlarmDetail, UiError> {
    answer(backend()?.alarm(id).await)
}

#[server(prefix = "/rpc", endpoint = "alarms/chart", protocol = Call)]
pub(super) async fn chart_alarm(id: AlarmId, hours: u32) -> Result<AlarmChart, UiError> {
    answer(backend()?.alarm_chart(id, hours).await)
}

#[server(prefix = "/rpc", endpoint = "alarms/history", protocol = Call)]
pub(super) async fn alarm_history(id: AlarmId) -> Result<Vec<AlarmTransition>, UiError> {
    answer(backend()?.alarm_history(id).await)
}

#[server(prefix = "/rpc", endpoint = "alarms/logs", protocol = Call)]
pub(super) async fn show_alarm_logs(id: AlarmId) -> Result<AlarmLogs, UiError> {
    answer(backend()?.alarm_logs(id).await)
}

#[server(prefix = "/rpc", endpoint = "alarms/acknowledge", protocol = Call)]
pub(super) async fn acknowledge_alarm(id: AlarmId, note: String) -> Result<AlarmRow, UiError> {
    answer(backend()?.acknowledge_alarm(id, note).await)
}

#[server(prefix = "/rpc", endpoint = "alarms/give_back", protocol = Call)]
pub(super) async fn give_back_alarm(id: AlarmId) -> Result<AlarmRow, UiError> {
    answer(backend()?.unacknowledge_alarm(id).await)
}

#[server(prefix = "/rpc", endpoint = "coverage/list", protocol = Call)]
pub(super) async fn list_coverage(query: CheckQuery) -> Result<CoverageList, UiError> {
    answer(backend()?.list_coverage(query).await)
}
