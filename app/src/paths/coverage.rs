//! The addresses of what has no alarm.

use super::Query;
use api::coverage::CoverageQuery;
use domain::{checks::Severity, coverage::RULES, estate::Environment};

/// What has no alarm, filtered.
#[must_use]
pub fn coverage(query: &CoverageQuery) -> String {
    Query::default()
        .with_all("severity", &query.severity, |s| s.as_str().into())
        .with_all("environment", &query.environment, ToString::to_string)
        .with_all("rule", &query.rule, Clone::clone)
        .with("text", query.text.as_str())
        .with_page(query.page)
        .on("/alarms/coverage")
}

/// The filters of [`coverage()`].
#[must_use]
pub fn coverage_query(query: &Query) -> CoverageQuery {
    CoverageQuery {
        severity: query.read_all("severity", Severity::parse),
        environment: query.read_all("environment", Environment::parse),
        rule: query.read_all("rule", |rule| {
            RULES.contains(&rule).then(|| rule.to_owned())
        }),
        text: query.text(),
        page: query.page(),
    }
}
