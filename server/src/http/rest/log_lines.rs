//! `/api/v1/alarms/{id}/logs`.

use super::{
    extract::{Caller, Id},
    failure::{Failure, Failures},
};
use api::log_lines::AlarmLogs;
use axum::Json;
use domain::ids::AlarmId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(logs))
}

/// Shows lines of logs around the last time that an alarm went off.
#[utoipa::path(
    get, path = "/alarms/{id}/logs", tag = "alarms", operation_id = "show_alarm_logs", params(("id" = AlarmId, Path)),
    responses((status = 200, body = AlarmLogs), Failures)
)]
async fn logs(caller: Caller, Id(id): Id<AlarmId>) -> Result<Json<AlarmLogs>, Failure> {
    Ok(Json(caller.0.alarm_logs(id).await?))
}
