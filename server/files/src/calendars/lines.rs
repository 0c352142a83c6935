//! Lines of a calendar: folded ones joined again, each split into name, parameters
//! and value (RFC 5545, 3.1).

use super::CalendarError;

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Its first line in the file, from 1.
    pub number: usize,
    /// Its name in capitals.
    pub name: String,
    /// Names in capitals, and values without quotes.
    parameters: Vec<(String, String)>,
    /// What it says.
    pub value: String,
}

impl Line {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let parameter = self.parameters.iter().find(|(known, _)| known == name);
        parameter.map(|(_, value)| value.as_str())
    }

    fn parse(number: usize, text: &str) -> Result<Self, CalendarError> {
        let mut parts = vec![String::new()];
        let (mut quoted, mut value) = (false, None);
        for (at, c) in text.char_indices() {
            match c {
                '"' => quoted = !quoted,
                ':' if !quoted => {
                    value = text.get(at + 1..);
                    break;
                }
                ';' if !quoted => parts.push(String::new()),
                c => parts.last_mut().into_iter().for_each(|part| part.push(c)),
            }
        }
        let mut parts = parts.into_iter();
        let name = parts.next().unwrap_or_default().to_ascii_uppercase();
        let Some(value) = value.filter(|_| !name.is_empty()) else {
            return Err(CalendarError {
                line: number,
                property: String::new(),
                message: "this is no line of a calendar, which reads NAME:VALUE".into(),
            });
        };
        let parameter = |part: String| {
            let (name, value) = part.split_once('=')?;
            Some((name.to_ascii_uppercase(), value.to_owned()))
        };
        Ok(Self {
            number,
            name,
            parameters: parts.filter_map(parameter).collect(),
            value: value.trim().to_owned(),
        })
    }
}

/// Every property of a file; empty lines are passed over.
pub(super) fn unfold(text: &str) -> impl Iterator<Item = Result<Line, CalendarError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines()).peekable();
    std::iter::from_fn(move || {
        loop {
            let (number, first) = lines.next()?;
            let mut whole = first.to_owned();
            while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with([' ', '\t'])) {
                whole.push_str(more.get(1..).unwrap_or_default());
            }
            if !whole.trim().is_empty() {
                return Some(Line::parse(number, &whole));
            }
        }
    })
}
