//! Labels of an alarm and matchers over them, by Alertmanager's rules (its documentation,
//! "Configuration", `<matcher>`): a label that is not there is an empty text, a regular
//! expression has to fit the whole value, and all matchers have to fit.
//!
//! Regular expressions are those of RE2 but for Unicode classes such as `\pL`. They run in time
//! that grows with the value and with the compiled pattern, whose size has a limit.

use crate::limits;
use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Names and values.
pub type Labels = BTreeMap<String, String>;

/// The label that names an alarm.
pub const NAME: &str = "alertname";

/// One label as people write it, `team=payments`; none where no name stands before the sign.
#[must_use]
pub fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// What is asked of a label.
#[derive(Debug, Clone)]
enum Test {
    Is(String),
    IsNot(String),
    Matches(Pattern),
    MatchesNot(Pattern),
}

/// A regular expression with its text.
#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    whole: Regex,
}

impl Pattern {
    fn new(text: String) -> Option<Self> {
        let compiled = |text: &str| {
            let mut builder = RegexBuilder::new(text);
            builder.size_limit(limits::PATTERN_BYTES_MAX).build().ok()
        };
        // By itself first: `a)|(b` would be one only in the brackets.
        compiled(&text)?;
        let whole = compiled(&format!("^(?:{text})$"))?;
        Some(Self { text, whole })
    }
}

/// One label and what is asked of it.
#[derive(Debug, Clone)]
struct Matcher {
    label: String,
    test: Test,
}

impl Matcher {
    fn fits(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        match &self.test {
            Test::Is(wanted) => value == wanted,
            Test::IsNot(unwanted) => value != unwanted,
            Test::Matches(pattern) => pattern.whole.is_match(value),
            Test::MatchesNot(pattern) => !pattern.whole.is_match(value),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = match &self.test {
            Test::Is(value) => ("=", value),
            Test::IsNot(value) => ("!=", value),
            Test::Matches(pattern) => ("=~", &pattern.text),
            Test::MatchesNot(pattern) => ("!~", &pattern.text),
        };
        match self.label.chars().all(is_word) {
            true => f.write_str(&self.label)?,
            false => quote(f, &self.label)?,
        }
        f.write_str(sign)?;
        quote(f, value)
    }
}

/// LabelMatchers that all have to fit; none fits everything. Written as Alertmanager's:
/// `alertname="web-5xx", team=~"pay.*"`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelMatchers(Vec<Matcher>);

/// Two are the same if they are written the same.
impl PartialEq for LabelMatchers {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for LabelMatchers {}

/// Why a text is no matchers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatchersError {
    /// A label's name was expected.
    #[error("`{0}` does not begin with the name of a label")]
    Name(String),
    /// A sign was expected.
    #[error("after `{0}` comes one of =, !=, =~ and !~")]
    Sign(String),
    /// A value was expected, or its quotes do not end.
    #[error("`{0}` has no value, or one whose quotes do not end")]
    Value(String),
    /// A value is no regular expression.
    #[error("`{0}` is not a regular expression, or too large a one")]
    Pattern(String),
    /// Something stands behind a value.
    #[error("`{0}` stands where a comma was expected")]
    Comma(String),
    /// Too many or too long.
    #[error(
        "there are more than {} matchers or {} characters",
        limits::MATCHERS_MAX,
        limits::MATCHERS_CHARS_MAX
    )]
    TooLong,
}

impl LabelMatchers {
    /// Whether they fit an alarm with these labels.
    #[must_use]
    pub fn fits(&self, labels: &Labels) -> bool {
        self.0.iter().all(|matcher| matcher.fits(labels))
    }

    /// Whether they fit even an alarm without any label, and so nearly all.
    #[must_use]
    pub fn fits_nothing_known(&self) -> bool {
        self.fits(&Labels::new())
    }

    /// The ones that ask for exactly these labels.
    #[must_use]
    pub fn exactly<'a>(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let labels = labels.into_iter();
        Self(
            labels
                .map(|(label, value)| Matcher {
                    label: label.to_owned(),
                    test: Test::Is(value.to_owned()),
                })
                .collect(),
        )
    }
}

impl fmt::Display for LabelMatchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, matcher) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{matcher}")?;
        }
        Ok(())
    }
}

impl From<LabelMatchers> for String {
    fn from(matchers: LabelMatchers) -> Self {
        matchers.to_string()
    }
}

impl TryFrom<String> for LabelMatchers {
    type Error = MatchersError;
    fn try_from(text: String) -> Result<Self, MatchersError> {
        text.parse()
    }
}

impl FromStr for LabelMatchers {
    type Err = MatchersError;

    /// Reads matchers with commas or lines between them, in braces or not.
    fn from_str(given: &str) -> Result<Self, MatchersError> {
        if given.chars().count() > limits::MATCHERS_CHARS_MAX {
            return Err(MatchersError::TooLong);
        }
        let given = given.trim();
        let inner = given.strip_prefix('{');
        let inner = inner.and_then(|rest| rest.strip_suffix('}'));
        let mut rest = inner.unwrap_or(given).trim();
        let mut matchers = Vec::new();
        while !rest.is_empty() {
            if matchers.len() == limits::MATCHERS_MAX {
                return Err(MatchersError::TooLong);
            }
            let (matcher, after) = matcher(rest)?;
            matchers.push(matcher);
            let between = after.trim_start_matches([' ', '\t']);
            rest = match between.strip_prefix([',', '\n', '\r']) {
                Some(after) => after.trim_start(),
                None if between.is_empty() => between,
                None => return Err(MatchersError::Comma(head(between))),
            };
        }
        let matchers = Self(matchers);
        // What is kept is what is written, which has quotes where there were none.
        match matchers.to_string().chars().count() > limits::MATCHERS_CHARS_MAX {
            true => Err(MatchersError::TooLong),
            false => Ok(matchers),
        }
    }
}

/// One matcher at the beginning of a text, and what is left.
fn matcher(text: &str) -> Result<(Matcher, &str), MatchersError> {
    let (label, rest) = match text.starts_with('"') {
        true => quoted(text).ok_or_else(|| MatchersError::Name(head(text)))?,
        false => {
            let end = text.find(|c| !is_plain(c)).unwrap_or(text.len());
            (text[..end].to_owned(), &text[end..])
        }
    };
    if label.is_empty() {
        return Err(MatchersError::Name(head(text)));
    }
    let rest = rest.trim_start();
    let mut signs = ["=~", "!~", "!=", "="].into_iter();
    let sign = signs.find(|sign| rest.starts_with(sign));
    let sign = sign.ok_or_else(|| MatchersError::Sign(label.clone()))?;
    let rest = rest[sign.len()..].trim_start_matches([' ', '\t']);
    let (value, rest) = match rest.starts_with('"') {
        true => quoted(rest).ok_or_else(|| MatchersError::Value(label.clone()))?,
        false => {
            let end = rest.find(|c| !is_plain(c)).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        }
    };
    if value.is_empty() && !text[..text.len() - rest.len()].ends_with('"') {
        return Err(MatchersError::Value(label));
    }
    let pattern = |value: String| {
        let shown = head(&value);
        Pattern::new(value).ok_or(MatchersError::Pattern(shown))
    };
    let test = match sign {
        "=~" => Test::Matches(pattern(value)?),
        "!~" => Test::MatchesNot(pattern(value)?),
        "!=" => Test::IsNot(value),
        _ => Test::Is(value),
    };
    Ok((Matcher { label, test }, rest))
}

/// What names and values are made of where they are not in quotes.
fn is_plain(c: char) -> bool {
    !c.is_whitespace() && !r#"{}!=~,\"'`"#.contains(c)
}

/// What a label's name is made of that is written without quotes, for every reader there is.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':')
}

/// A text in quotes at the beginning of another, and what is left. `\"`, `\\` and `\n` are
/// one character each; any other `\` is itself, so that regular expressions need no second one.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match chars.peek() {
                Some((_, next @ ('"' | '\\'))) => {
                    value.push(*next);
                    chars.next();
                }
                Some((_, 'n')) => {
                    value.push('\n');
                    chars.next();
                }
                _ => value.push(c),
            },
            c => value.push(c),
        }
    }
    None
}

fn quote(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// The beginning of a text, for an error.
fn head(text: &str) -> String {
    text.chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matchers(text: &str) -> LabelMatchers {
        text.parse().expect(text)
    }

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_label_is_a_name_and_all_behind_the_first_sign() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = pair(text);
            let found = found.as_ref().map(|(name, value)| (&**name, &**value));
            assert_eq!(found, expected, "{text:?}");
        };
        check("team=pay", Some(("team", "pay")));
        check("expr=a=b", Some(("expr", "a=b")));
        check("team=", Some(("team", "")));
        check("=pay", None);
        check("team", None);
    }

    #[test]
    fn all_have_to_fit_and_a_pattern_the_whole_value() {
        let web = labels(&[
            ("alertname", "web-5xx"),
            ("team", "pay"),
            ("severity", "page"),
        ]);
        for (text, fits) in [
            ("", true),
            (r#"alertname="web-5xx""#, true),
            (r#"alertname="web""#, false),
            (r#"alertname=~"web""#, false),
            (r#"alertname=~"web.*", team!="shop""#, true),
            (r#"{alertname=~"web.*",team!~"p.*"}"#, false),
            (r#"alertname=~"db|web-5..""#, true),
            // A label that is not there is empty.
            (r#"zone="""#, true),
            (r#"zone!="a""#, true),
            (r#"zone=~".+""#, false),
            ("severity=page\nteam=pay", true),
        ] {
            assert_eq!(matchers(text).fits(&web), fits, "{text}");
        }
        assert!(matchers(r#"team!="shop""#).fits_nothing_known());
        assert!(!matchers(r#"team="shop""#).fits_nothing_known());
    }

    #[test]
    fn what_is_written_reads_back() {
        for (text, written) in [
            ("", ""),
            (" { a = b , } ", r#"a="b""#),
            (r#"a="b, \"c\" \\ \n""#, r#"a="b, \"c\" \\ \n""#),
            (r#"a=~"\d+\.example""#, r#"a=~"\\d+\\.example""#),
            (r#""k8s.io/app"!="x""#, r#""k8s.io/app"!="x""#),
            (
                "k8s.io/app!=x, 팀=결제",
                r#""k8s.io/app"!="x", "팀"="결제""#,
            ),
            (r#"a="""#, r#"a="""#),
        ] {
            assert_eq!(matchers(text).to_string(), written, "{text}");
            assert_eq!(matchers(written), matchers(text), "{text}");
        }
        assert_eq!(
            LabelMatchers::exactly([("alertname", "a \"b\"")]).to_string(),
            r#"alertname="a \"b\"""#
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_was_expected() {
        use MatchersError as Error;
        let long = format!("a={}", "x".repeat(limits::MATCHERS_CHARS_MAX));
        let slashes = format!(
            r#"a="{}""#,
            r"\d".repeat(limits::MATCHERS_CHARS_MAX / 2 - 10)
        );
        let many = "a=b,".repeat(limits::MATCHERS_MAX + 1);
        for (text, error) in [
            ("=b", Error::Name("=b".into())),
            ("-", Error::Sign("-".into())),
            (",", Error::Name(",".into())),
            (r"a=~\d", Error::Value("a".into())),
            ("a=b=c", Error::Comma("=c".into())),
            ("a", Error::Sign("a".into())),
            ("a b", Error::Sign("a".into())),
            ("a=", Error::Value("a".into())),
            ("a=,b=c", Error::Value("a".into())),
            (r#"a="b"#, Error::Value("a".into())),
            (r#"a=~"(""#, Error::Pattern("(".into())),
            (r#"a=~"b)|(c""#, Error::Pattern("b)|(c".into())),
            (
                r#"a=~"(?:.{0,1000}){90}""#,
                Error::Pattern("(?:.{0,1000}){90}".into()),
            ),
            // Written, each `\d` is one longer.
            (slashes.as_str(), Error::TooLong),
            ("a=b c=d", Error::Comma("c=d".into())),
            ("a=b}", Error::Comma("}".into())),
            (long.as_str(), Error::TooLong),
            (many.as_str(), Error::TooLong),
        ] {
            assert_eq!(text.parse::<LabelMatchers>(), Err(error), "{text}");
        }
    }
}
