//! `/api/v1/checks`.

use super::{
    extract::{Caller, Parameters},
    failure::{Failure, Failures},
};
use api::checks::{CheckList, CheckQuery};
use axum::Json;
use domain::{
    checks::{Severity, estate::RULES},
    estate::Environment,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which findings are asked for. A misspelt rule would find nothing, so it is refused.
pub(super) fn asked(mut given: Parameters, rules: &[&str]) -> Result<CheckQuery, Failure> {
    let rule = |text: &str| rules.contains(&text).then(|| text.to_owned());
    let query = CheckQuery {
        severity: given.many("severity", Severity::parse)?,
        environment: given.many("environment", Environment::parse)?,
        rule: given.many("rule", rule)?,
        text: given.text("text")?,
        page: given.page()?,
    };
    given.finish()?;
    Ok(query)
}

/// Lists what is the matter with targets, policies and alarms as they stand, the worst
/// first.
#[utoipa::path(
    get, path = "/checks", tag = "capacity", operation_id = "list_checks",
    params(
        ("severity" = Option<Vec<Severity>>, Query, description = "Only so bad; repeat for several."),
        ("environment" = Option<Vec<Environment>>, Query, description = "Only these environments."),
        ("rule" = Option<Vec<String>>, Query, description = "Only by these rules, such as `step-gap`."),
        ("text" = Option<String>, Query, description = "Words in the name of the target, the policy or the alarm."),
        ("offset" = Option<u32>, Query, description = "Rows to leave out."),
        ("limit" = Option<u32>, Query, description = "Rows on the page, at most 200."),
    ),
    responses((status = 200, body = CheckList), Failures)
)]
async fn list(caller: Caller, given: Parameters) -> Result<Json<CheckList>, Failure> {
    let query = asked(given, &RULES)?;
    Ok(Json(caller.0.list_checks(query).await?))
}
