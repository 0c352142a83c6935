//! Findings, whoever made them: which are asked for, how many there are, a page of them.

use crate::page;
use api::{
    Page,
    checks::{CheckCount, CheckQuery},
};
use domain::{checks::Severity, estate::Environment};
use std::collections::BTreeMap;
use store::Rows;

/// What findings are told apart and counted by.
pub(crate) struct Kind<'a> {
    pub severity: Severity,
    pub rule: &'a str,
    pub environment: &'a Environment,
}

impl Kind<'_> {
    /// Whether it is asked for, its words aside.
    pub(crate) fn fits(&self, query: &CheckQuery) -> bool {
        any(&query.severity, &self.severity)
            && any(&query.environment, self.environment)
            && any(&query.rule, self.rule)
    }
}

/// Whether a list of what is wanted, where empty means anything, has it.
fn any<T, U: PartialEq<T> + ?Sized>(wanted: &[T], value: &U) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| value == one)
}

/// How many there are of each, the worst first.
pub(crate) fn counts<'a>(kinds: impl Iterator<Item = Kind<'a>>) -> Vec<CheckCount> {
    let mut counts: BTreeMap<(Severity, &str, &Environment), u32> = BTreeMap::new();
    for kind in kinds {
        let key = (kind.severity, kind.rule, kind.environment);
        *counts.entry(key).or_default() += 1;
    }
    let count = |((severity, rule, environment), count): ((_, &str, &Environment), _)| CheckCount {
        rule: rule.to_owned(),
        severity,
        environment: environment.clone(),
        count,
    };
    counts.into_iter().map(count).collect()
}

/// The page that is asked for, of those that fit.
pub(crate) fn page<T, U>(query: &CheckQuery, fitting: Vec<T>, view: impl FnMut(T) -> U) -> Page<U> {
    let (slice, paged) = page::of(query.page);
    let total = u64::try_from(fitting.len()).unwrap_or(u64::MAX);
    let (offset, limit) = (slice.offset as usize, slice.limit as usize);
    let rows = fitting.into_iter().skip(offset).take(limit).collect();
    paged.fill(Rows { rows, total }, view)
}
