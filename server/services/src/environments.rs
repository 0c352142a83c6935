//! What is about some environments, or about all of them: who may touch it, and who sees it.

use crate::{cx::Cx, texts};
use api::ApiError;
use domain::{
    estate::Environment,
    limits,
    people::{Actor, Reach},
    policy::{Action, Resource},
};

/// Asks for a right in every environment of a list; an empty one means all.
///
/// # Errors
/// `unauthenticated`; `not_found`; `forbidden`.
pub(crate) fn authorize<'a>(
    cx: &'a Cx,
    action: Action,
    environments: &[Environment],
) -> Result<&'a Actor, ApiError> {
    if environments.is_empty() {
        return cx.authorize(action, Resource::Installation);
    }
    for environment in environments {
        cx.authorize(action, Resource::In(environment))?;
    }
    cx.actor()
}

/// The environments in their one spelling, sorted and without repeats.
///
/// # Errors
/// `invalid`.
pub(crate) fn named(cx: &Cx, named: &[Environment]) -> Result<Vec<Environment>, ApiError> {
    if named.len() > limits::ENVIRONMENTS_MAX {
        return Err(cx.invalid("environments", texts::environments_full(cx.lang)));
    }
    let parsed = named.iter().map(|e| Environment::parse(e.as_str()));
    let Some(mut environments) = parsed.collect::<Option<Vec<_>>>() else {
        return Err(cx.invalid("environments", texts::environment_form(cx.lang)));
    };
    environments.sort();
    environments.dedup();
    Ok(environments)
}

/// Whether what is about these environments touches what is within reach.
pub(crate) fn concern(environments: &[Environment], sees: &Reach) -> bool {
    environments.is_empty() || environments.iter().any(|e| sees.covers(e))
}

/// Those within reach. To be asked of what [`concern`]s: none left would mean all.
pub(crate) fn within(mut environments: Vec<Environment>, sees: &Reach) -> Vec<Environment> {
    environments.retain(|e| sees.covers(e));
    environments
}
