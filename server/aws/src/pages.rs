//! Reading lists to their end. A list that passes its limit is refused, because
//! half a list would look like things that have gone.

use crate::{
    error::{cloud_error, own_error},
    permissions::Action,
};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ports::{CloudError, CloudErrorKind};
use std::{collections::HashMap, error::Error};

/// What a list holds at the most, in words for the message of its refusal.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    /// Such as "scaling policies".
    pub what: &'static str,
    /// So many.
    pub most: usize,
}

/// The rows of every page.
///
/// # Errors
/// As every call; [`CloudErrorKind::Invalid`] for more rows than the bound.
pub async fn all<P, E, T>(
    action: Action,
    bound: Bound,
    mut pages: PaginationStream<Result<P, SdkError<E, HttpResponse>>>,
    rows: impl Fn(P) -> Vec<T>,
) -> Result<Vec<T>, CloudError>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        all.extend(rows(page.map_err(|error| cloud_error(action, &error))?));
        bound.check(action, all.len())?;
    }
    Ok(all)
}

impl Bound {
    /// Refuses a count above the bound.
    ///
    /// # Errors
    /// [`CloudErrorKind::Invalid`].
    pub fn check(self, action: Action, count: usize) -> Result<(), CloudError> {
        if count <= self.most {
            return Ok(());
        }
        let Self { what, most } = self;
        let message = format!("there are more than {most} {what} in this account and region");
        Err(own_error(action, CloudErrorKind::Invalid, &message))
    }
}

/// Rows by the name of what they belong to.
pub fn by_owner<T>(rows: Vec<T>, owner: impl Fn(&T) -> &str) -> HashMap<String, Vec<T>> {
    let mut map: HashMap<String, Vec<T>> = HashMap::new();
    for row in rows {
        map.entry(owner(&row).to_owned()).or_default().push(row);
    }
    map
}
