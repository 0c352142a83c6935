//! What the simulated CloudWatch Logs understands of filter patterns: words that a line must
//! hold, may hold (`?`) or must not hold (`-`), and comparisons of JSON fields joined by `&&`
//! (Amazon CloudWatch Logs User Guide, "Filter pattern syntax").

use serde_json::Value;

/// Which lines fit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pattern {
    Words {
        all: Vec<String>,
        any: Vec<String>,
        none: Vec<String>,
    },
    Fields(Vec<Field>),
}

/// A field of a line of JSON, compared with a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    path: Vec<String>,
    operator: &'static str,
    value: String,
}

/// The longest first.
const OPERATORS: [&str; 6] = ["!=", ">=", "<=", "=", ">", "<"];

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// In AWS's words, why it is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let refused = |why: &str| Err(format!("Invalid metric filter pattern: {why}"));
        let text = text.trim();
        if text.starts_with('[') || text.contains('%') {
            return refused("the sandbox knows words and fields of JSON only");
        }
        if let Some(inner) = text.strip_prefix('{') {
            let Some(inner) = inner.strip_suffix('}') else {
                return refused("a brace is not closed");
            };
            if inner.contains("||") {
                return refused("the sandbox joins fields by && only");
            }
            let fields: Option<Vec<_>> = inner.split("&&").map(Field::read).collect();
            return match fields {
                Some(fields) => Ok(Self::Fields(fields)),
                None => refused("write { $.field = \"value\" }"),
            };
        }
        let Some(words) = words(text) else {
            return refused("a quotation mark is not closed");
        };
        let (mut all, mut any, mut none) = (Vec::new(), Vec::new(), Vec::new());
        for (mark, word) in words {
            match mark {
                Some('?') => any.push(word),
                Some('-') => none.push(word),
                _ => all.push(word),
            }
        }
        Ok(Self::Words { all, any, none })
    }

    /// Whether a line fits.
    pub fn fits(&self, line: &str) -> bool {
        match self {
            Self::Words { all, any, none } => {
                let holds = |word: &String| line.contains(word.as_str());
                all.iter().all(holds)
                    && (any.is_empty() || any.iter().any(holds))
                    && !none.iter().any(holds)
            }
            Self::Fields(fields) => {
                let json: Value = serde_json::from_str(line).unwrap_or_default();
                fields.iter().all(|field| field.fits(&json))
            }
        }
    }
}

impl Field {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('(').unwrap_or(text);
        let text = text.strip_suffix(')').unwrap_or(text);
        let operator = OPERATORS.into_iter().find(|sign| text.contains(sign))?;
        let (path, value) = text.split_once(operator)?;
        let path = path.trim().strip_prefix("$.")?;
        let value = value.trim();
        Some(Self {
            path: path.split('.').map(str::to_owned).collect(),
            operator,
            value: value.trim_matches('"').to_owned(),
        })
    }

    fn fits(&self, json: &Value) -> bool {
        let mut path = self.path.iter();
        let Some(found) = path.try_fold(json, |at, name| at.get(name)) else {
            return false;
        };
        let text = match found {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let order = match (text.parse::<f64>(), self.value.parse::<f64>()) {
            (Ok(found), Ok(wanted)) => found.partial_cmp(&wanted),
            _ => Some(text.cmp(&self.value)),
        };
        order.is_some_and(|order| match self.operator {
            "=" => order.is_eq(),
            "!=" => order.is_ne(),
            ">" => order.is_gt(),
            "<" => order.is_lt(),
            ">=" => order.is_ge(),
            _ => order.is_le(),
        })
    }
}

/// Words with their marks; what stands in quotation marks is one word.
fn words(text: &str) -> Option<Vec<(Option<char>, String)>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let mark = ['?', '-'].into_iter().find(|mark| *mark == first);
        let unmarked = mark.map_or(rest, |mark| rest.trim_start_matches(mark));
        let (word, after) = match unmarked.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => unmarked.split_at(unmarked.find(char::is_whitespace).unwrap_or(unmarked.len())),
        };
        found.push((mark, word.to_owned()));
        rest = after.trim_start();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_fields_fit_as_the_user_guide_says() {
        let error = "2026-11-23\tERROR\t{\"errorType\":\"Error\"} Task timed out";
        let request = r#"{"event":"request","status":503,"of":{"user":"kim"}}"#;
        for (pattern, line, fits) in [
            ("", error, true),
            ("ERROR", error, true),
            ("ERROR -timed", error, false),
            ("?FATAL ?\"Task timed out\"", error, true),
            ("?FATAL ?panicked", error, false),
            ("ERROR FATAL", error, false),
            ("{ $.event = \"request\" }", request, true),
            ("{ $.status >= 500 && $.of.user = kim }", request, true),
            (
                "{ ($.event = \"request\") && ($.status = 200) }",
                request,
                false,
            ),
            ("{ $.event = \"request\" }", error, false),
        ] {
            let read = Pattern::read(pattern).expect("a pattern");
            assert_eq!(read.fits(line), fits, "{pattern}");
        }
        for bad in ["{ $.a = 1", "[a, b]", "\"open", "{ status = 1 }", "%x%"] {
            assert!(Pattern::read(bad).is_err(), "{bad}");
        }
    }
}
