//! Bounded texts: what a person typed, trimmed and checked once at the edge.

use crate::limits;
use serde::{Deserialize, Serialize};

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A control character that has no place in the field.
    #[error("contains a control character")]
    Control,
    /// Not the shape of an e-mail address.
    #[error("is not an e-mail address such as ana@example.com")]
    NotAnAddress,
}

fn bounded(text: &str, chars_max: usize, multi_line: bool) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > chars_max {
        return Err(TextError::TooLong(chars_max));
    }
    let allowed =
        |c: char| !c.is_control() || (multi_line && (c == '\n' || c == '\t' || c == '\r'));
    if !text.chars().all(allowed) {
        return Err(TextError::Control);
    }
    Ok(text.to_owned())
}

/// A trimmed single line of 1 to [`limits::LINE_CHARS_MAX`] characters.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn line(text: &str) -> Result<String, TextError> {
    bounded(text, limits::LINE_CHARS_MAX, false)
}

/// A trimmed note of 1 to [`limits::NOTE_CHARS_MAX`] characters, line breaks allowed.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn note(text: &str) -> Result<String, TextError> {
    bounded(text, limits::NOTE_CHARS_MAX, true)
}

/// A note that may be left out.
///
/// # Errors
/// [`TextError`] says what is wrong with a note that is there.
pub fn optional_note(text: &str) -> Result<Option<String>, TextError> {
    match note(text) {
        Ok(note) => Ok(Some(note)),
        Err(TextError::Empty) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A sign-in name: an e-mail address in lower case.
///
/// Only the shape is checked (one `@`, something on both sides, no white space);
/// whether mail arrives there is not a question a pattern can answer.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn login(text: &str) -> Result<String, TextError> {
    let login = bounded(text, limits::LOGIN_CHARS_MAX, false)?.to_lowercase();
    let well_formed = login
        .split_once('@')
        .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
        && !login.chars().any(char::is_whitespace);
    if well_formed {
        Ok(login)
    } else {
        Err(TextError::NotAnAddress)
    }
}

/// The known word that a mistyped one was probably meant to be.
#[must_use]
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, nearest) = known
        .into_iter()
        .map(|word| (edit_distance(unknown, word), word))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= 3 && distance < nearest.len()).then_some(nearest)
}

/// A reader's message about an unknown word, "unknown field `x`, expected one of
/// `a`, `b`", with the nearest of the known ones added.
#[must_use]
pub fn with_nearest(message: &str) -> String {
    let unknown = ["unknown field `", "unknown variant `"]
        .iter()
        .find_map(|start| message.strip_prefix(start))
        .and_then(|rest| rest.split_once('`'));
    let nearest =
        unknown.and_then(|(unknown, rest)| nearest(unknown, rest.split('`').skip(1).step_by(2)));
    match nearest {
        Some(nearest) => format!("{message}; did you mean `{nearest}`?"),
        None => message.to_owned(),
    }
}

/// Levenshtein's distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_bounded_and_free_of_control_characters() {
        assert_eq!(line("  a  "), Ok("a".into()));
        assert_eq!(line(" \t "), Err(TextError::Empty));
        assert_eq!(line("a\nb"), Err(TextError::Control));
        assert_eq!(note("a\nb"), Ok("a\nb".into()));
        assert_eq!(line(&"가".repeat(201)), Err(TextError::TooLong(200)));
        assert_eq!(line(&"가".repeat(200)).map(|t| t.chars().count()), Ok(200));
        assert_eq!(optional_note("  "), Ok(None));
    }

    #[test]
    fn a_login_is_an_address_in_lower_case() {
        assert_eq!(login(" Ana@Example.COM "), Ok("ana@example.com".into()));
        for bad in ["ana", "@x", "a@", "a@b@c", "a b@c"] {
            assert_eq!(login(bad), Err(TextError::NotAnAddress), "{bad}");
        }
    }
}
