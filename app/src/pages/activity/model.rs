//! Where an entry's subject is, and its detail for reading.

use crate::paths;

/// The page of what an entry is about, if it has one.
pub(super) fn subject_href(subject: &str) -> Option<String> {
    if let Ok(id) = subject.parse() {
        return Some(paths::change(id));
    }
    if let Ok(id) = subject.parse() {
        return Some(paths::alarm(id));
    }
    subject.parse().ok().map(paths::target)
}

/// JSON with line breaks; what is no JSON stays as it is.
pub(crate) fn pretty(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| json.to_owned())
}

/// Whether there is anything to unfold.
pub(super) fn has_detail(json: &str) -> bool {
    !matches!(json.trim(), "" | "{}" | "null")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{AlarmId, ChangeId, PersonId, TargetId};

    #[test]
    fn what_has_a_page_is_linked() {
        let link = |text: String| subject_href(&text);
        let (change, alarm) = (ChangeId::from_parts(0, 1), AlarmId::from_parts(0, 1));
        assert_eq!(link(change.to_string()), Some(paths::change(change)));
        assert_eq!(link(alarm.to_string()), Some(paths::alarm(alarm)));
        let target = TargetId::from_parts(0, 1);
        assert_eq!(link(target.to_string()), Some(paths::target(target)));
        assert_eq!(link(PersonId::from_parts(0, 1).to_string()), None);
        assert_eq!(link(String::new()), None);
    }

    #[test]
    fn broken_detail_is_shown_as_it_is() {
        assert_eq!(pretty("{\"a\":1}"), "{\n  \"a\": 1\n}");
        assert_eq!(pretty("{oops"), "{oops");
        assert!(!has_detail("{}"));
    }
}
