//! The addresses of findings: of the checks, and of what has no alarm.

use super::Query;
use api::checks::CheckQuery;
use domain::{
    checks::{Severity, estate},
    coverage,
    estate::Environment,
};

/// The checks of the estate, filtered.
#[must_use]
pub fn checks(query: &CheckQuery) -> String {
    filtered(query).on("/capacity/checks")
}

/// The filters of [`checks`].
#[must_use]
pub fn check_query(query: &Query) -> CheckQuery {
    filters(query, &estate::RULES)
}

/// What has no alarm, filtered.
#[must_use]
pub fn coverage(query: &CheckQuery) -> String {
    filtered(query).on("/alarms/coverage")
}

/// The filters of [`coverage()`].
#[must_use]
pub fn coverage_query(query: &Query) -> CheckQuery {
    filters(query, &coverage::RULES)
}

fn filtered(query: &CheckQuery) -> Query {
    Query::default()
        .with_all("severity", &query.severity, |s| s.as_str().into())
        .with_all("environment", &query.environment, ToString::to_string)
        .with_all("rule", &query.rule, Clone::clone)
        .with("text", query.text.as_str())
        .with_page(query.page)
}

fn filters(query: &Query, rules: &[&str]) -> CheckQuery {
    CheckQuery {
        severity: query.read_all("severity", Severity::parse),
        environment: query.read_all("environment", Environment::parse),
        rule: query.read_all("rule", |rule| {
            rules.contains(&rule).then(|| rule.to_owned())
        }),
        text: query.text(),
        page: query.page(),
    }
}
