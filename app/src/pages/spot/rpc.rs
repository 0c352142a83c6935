//! Server functions of spot capacity.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::spot::{SpotPrices, SpotReport};
use domain::ids::TargetId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "targets/spot", protocol = Call)]
pub(super) async fn target_spot(id: TargetId) -> Result<SpotReport, UiError> {
    answer(backend()?.target_spot(id).await)
}

#[server(prefix = "/rpc", endpoint = "targets/spot_prices", protocol = Call)]
pub(super) async fn target_spot_prices(id: TargetId) -> Result<SpotPrices, UiError> {
    answer(backend()?.target_spot_prices(id).await)
}
