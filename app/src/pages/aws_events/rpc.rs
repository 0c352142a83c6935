//! Server functions of AWS's events.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    Page,
    aws_events::{AwsEventDetail, AwsEventQuery, AwsEventRow},
};
use domain::ids::AwsEventId;
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "aws_events/list", protocol = Call)]
pub(super) async fn list_aws_events(query: AwsEventQuery) -> Result<Page<AwsEventRow>, UiError> {
    answer(backend()?.list_aws_events(query).await)
}

#[server(prefix = "/rpc", endpoint = "aws_events/show", protocol = Call)]
pub(super) async fn show_aws_event(id: AwsEventId) -> Result<AwsEventDetail, UiError> {
    answer(backend()?.aws_event(id).await)
}
