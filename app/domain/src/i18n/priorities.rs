//! Why an alarm has its priority, in words.

use super::Lang;
use crate::{alarms::PriorityRule, messages};

messages! {
    name_has(part: &str) => "name contains “{part}”", "이름에 “{part}” 포함";
    has_labels(labels: &str) => "labels {labels}", "레이블 {labels}";
    any_alarm => "any alarm", "모든 경보";
}

/// What a rule that gives alarms their priority looks at: its own words, or what it asks for.
#[must_use]
pub fn because(lang: Lang, rule: &PriorityRule) -> String {
    if let Some(because) = &rule.because {
        return because.clone();
    }
    let labels = rule.labels.to_string();
    let parts = [
        rule.environment.clone(),
        rule.name_contains
            .as_deref()
            .map(|part| name_has(lang, part)),
        (!labels.is_empty()).then(|| has_labels(lang, &labels)),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match parts.as_slice() {
        [] => any_alarm(lang).to_owned(),
        parts => parts.join(", "),
    }
}
