//! Server functions of the schedules.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, answer_if_there, backend};
use api::fit::TargetTraffic;
use api::prices::{MonthPrices, PriceQuery};
use api::schedules::{Adoption, ScheduleDetail, ScheduleReading, ScheduleRow};
use domain::ids::TargetId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "schedules/list", protocol = Call)]
pub(crate) async fn list_schedules() -> Result<Vec<ScheduleRow>, UiError> {
    answer(backend()?.list_schedules().await)
}

#[server(prefix = "/rpc", endpoint = "schedules/show", protocol = Call)]
pub(super) async fn show_schedule(name: String) -> Result<ScheduleDetail, UiError> {
    answer(backend()?.schedule(name).await)
}

#[server(prefix = "/rpc", endpoint = "schedules/find", protocol = Call)]
pub(super) async fn find_schedule(name: String) -> Result<Option<ScheduleDetail>, UiError> {
    answer_if_there(backend()?.schedule(name).await)
}

#[server(prefix = "/rpc", endpoint = "schedules/adopt", protocol = Call)]
pub(super) async fn adopt_actions(target: TargetId) -> Result<Adoption, UiError> {
    answer(backend()?.adopt_actions(target).await)
}

#[server(prefix = "/rpc", endpoint = "targets/traffic", protocol = Call)]
pub(super) async fn read_traffic(id: TargetId) -> Result<TargetTraffic, UiError> {
    answer(backend()?.target_traffic(id).await)
}

#[server(prefix = "/rpc", endpoint = "prices/show", protocol = Call)]
pub(super) async fn show_prices(query: PriceQuery) -> Result<MonthPrices, UiError> {
    answer(backend()?.prices(query).await)
}

#[server(prefix = "/rpc", endpoint = "schedules/read", protocol = Call)]
pub(super) async fn read_schedule(text: String) -> Result<ScheduleReading, UiError> {
    answer(backend()?.read_schedule(text).await)
}
