//! Server functions of the timeline.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::timeline::{Timeline, TimelineQuery};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "timeline/show", protocol = Call)]
pub(super) async fn show_timeline(query: TimelineQuery) -> Result<Timeline, UiError> {
    answer(backend()?.timeline(query).await)
}
