//! Findings as programs read them. Scripts rely on these names.

use super::{Finding, Problem, intervals::Interval};
use crate::{
    checks::Severity,
    i18n::{Lang, step_policies as words},
};
use serde::Serialize;

/// All that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// In the order of the document.
    pub findings: Vec<Row>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The rule's stable name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The policy's name.
    pub policy: String,
    /// Its group or resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The alarm's name.
    pub alarm: Option<String>,
    /// Values of the metric that no step takes.
    pub uncovered: Vec<Interval>,
    /// The same as distances from a threshold that is not known as a number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncovered_distance: Vec<Interval>,
    /// One such value.
    pub example_metric: Option<f64>,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl Report {
    /// Tells findings in a language.
    #[must_use]
    pub fn new(lang: Lang, findings: &[Finding]) -> Self {
        Self {
            findings: findings.iter().map(|finding| row(lang, finding)).collect(),
        }
    }
}

fn row(lang: Lang, finding: &Finding) -> Row {
    let explanation = words::explain(lang, finding);
    let gap = match &finding.problem {
        Problem::StepGap(gap) => Some(gap),
        _ => None,
    };
    let uncovered = |relative| {
        gap.filter(|gap| gap.relative == relative)
            .map(|gap| gap.uncovered.clone())
            .unwrap_or_default()
    };
    Row {
        rule: finding.problem.rule(),
        severity: finding.problem.severity(),
        policy: finding.policy.clone(),
        target: finding.target.clone(),
        alarm: finding.alarm.clone(),
        uncovered: uncovered(false),
        uncovered_distance: uncovered(true),
        example_metric: gap.and_then(|gap| gap.example_metric),
        message: explanation.what,
        fix: explanation.fix,
    }
}
