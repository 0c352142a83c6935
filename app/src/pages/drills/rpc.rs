//! Server functions of the drills.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::drills::{DrillDetail, DrillPreview, DrillRow, DrillSubject, NewDrill, RecurringDrillRow};
use domain::ids::DrillId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "drills/list", protocol = Call)]
pub(super) async fn list_drills() -> Result<Vec<DrillRow>, UiError> {
    answer(backend()?.list_drills().await)
}

#[server(prefix = "/rpc", endpoint = "drills/recurring", protocol = Call)]
pub(super) async fn list_recurring_drills() -> Result<Vec<RecurringDrillRow>, UiError> {
    answer(backend()?.list_recurring_drills().await)
}

#[server(prefix = "/rpc", endpoint = "drills/preview", protocol = Call)]
pub(super) async fn preview_drill(subject: DrillSubject) -> Result<DrillPreview, UiError> {
    answer(backend()?.preview_drill(subject).await)
}

#[server(prefix = "/rpc", endpoint = "drills/start", protocol = Call)]
pub(super) async fn start_drill(drill: NewDrill) -> Result<DrillId, UiError> {
    answer(backend()?.start_drill(drill).await)
}

#[server(prefix = "/rpc", endpoint = "drills/show", protocol = Call)]
pub(super) async fn show_drill(id: DrillId) -> Result<DrillDetail, UiError> {
    answer(backend()?.drill(id).await)
}

#[server(prefix = "/rpc", endpoint = "drills/end", protocol = Call)]
pub(super) async fn end_drill(id: DrillId) -> Result<(), UiError> {
    answer(backend()?.end_drill(id).await)
}
