//! How the console itself is doing.

use crate::{Services, cx::Cx, failure::Outcome, health, topics};
use api::system::SystemView;
use domain::policy::{Action, Resource};

/// How it is doing.
///
/// # Errors
/// `forbidden` to all but admins of the whole installation.
pub async fn view(s: &Services, cx: &Cx) -> Outcome<SystemView> {
    cx.authorize(Action::ReadSystem, Resource::Installation)?;
    let environments = s.store.read().environments().await?;
    let approvals = environments.iter().map(|environment| {
        let needed = s.settings.approvals_needed(environment);
        (environment.to_string(), needed)
    });
    let workers = s.statuses.rows().into_iter();
    Ok(SystemView {
        version: s.settings.version.clone(),
        database: s.store.kind().as_str().into(),
        started_at: s.started_at,
        workers: workers.map(|status| status.told(cx)).collect(),
        stream_clients: s.hub.followers(),
        scopes: health::scopes(s, cx).await?,
        topics: topics::list(s, cx).await?,
        approvals: approvals.collect(),
    })
}
