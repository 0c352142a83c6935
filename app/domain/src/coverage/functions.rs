//! Functions whose errors nobody hears of (AWS Lambda Developer Guide, "Types of metrics for
//! Lambda functions").

use super::{Gap, Problem, Subject, View, Watched, drafts, missing, value};
use crate::step_policies::Comparison;

const NAMESPACE: &str = "AWS/Lambda";
const ERRORS: &str = "Errors";

pub(super) fn gaps(view: &View<'_>, watched: &Watched<'_>) -> Vec<Gap> {
    let functions = view.functions.unwrap_or_default().iter();
    let unwatched = functions.filter_map(|name| {
        let is_it =
            |dimensions: &[(String, String)]| value(dimensions, "FunctionName") == Some(name);
        if watched.has(NAMESPACE, &[ERRORS], is_it) {
            return None;
        }
        let metric = drafts::Metric {
            namespace: NAMESPACE,
            name: ERRORS,
            dimensions: &[("FunctionName", name)],
            statistic: "Sum",
            period_s: 300,
        };
        // A function that is not called reports nothing: that is well.
        let draft = metric
            .compared(Comparison::Greater, 0, (1, 1))
            .map(drafts::silence_is_well);
        Some(missing(
            Subject::Function(name.clone()),
            Problem::NoErrors,
            format!("no alarm on {NAMESPACE} {ERRORS}"),
            drafts::named(name, "errors", draft),
        ))
    });
    unwatched.collect()
}
