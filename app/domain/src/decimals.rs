//! Decimals that AWS keeps as doubles. What a person types, what a plan says and what AWS
//! tells is the same text for the same number, so nothing drifts between them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A finite double, written as the shortest decimal that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(u64);

/// A text that is no decimal, or one with more digits than AWS would keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal such as 0.25, or more digits than AWS keeps")]
pub struct NotExact;

impl Decimal {
    /// The decimal of a double; none of what is not finite.
    #[must_use]
    pub fn of(value: f64) -> Option<Self> {
        // Adding zero makes minus zero plain zero.
        value.is_finite().then(|| Self((value + 0.0).to_bits()))
    }

    /// Reads digits with a sign and a point. A text whose double has another shortest
    /// decimal is refused: AWS would keep something else than was typed.
    ///
    /// # Errors
    /// [`NotExact`].
    pub fn parse(text: &str) -> Result<Self, NotExact> {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) {
            return Err(NotExact);
        }
        let value = text.parse().ok().and_then(Self::of).ok_or(NotExact)?;
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        let plain = match fraction.trim_end_matches('0') {
            "" if whole == "0" => "0".to_owned(),
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        };
        if plain == value.to_string() {
            Ok(value)
        } else {
            Err(NotExact)
        }
    }

    /// The double.
    #[must_use]
    pub const fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

impl TryFrom<String> for Decimal {
    type Error = NotExact;

    fn try_from(text: String) -> Result<Self, NotExact> {
        Self::parse(&text)
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_text() {
        for (typed, kept) in [
            ("80", Some("80")),
            (" 080.50 ", Some("80.5")),
            ("-0.0", Some("0")),
            ("0.1", Some("0.1")),
            ("-3.25", Some("-3.25")),
            ("50000000000", Some("50000000000")),
            ("0.30000000000000004", Some("0.30000000000000004")),
            ("0.1000000000000000055", None),
            ("12345678901234567890", None),
            ("1e3", None),
            ("NaN", None),
            (".5", None),
            ("5.", None),
            ("--5", None),
            ("", None),
        ] {
            let read = Decimal::parse(typed).ok().map(|read| read.to_string());
            assert_eq!(read.as_deref(), kept, "{typed}");
        }
    }

    #[test]
    fn what_aws_tells_comes_back_to_the_bit() {
        for value in [0.1 + 0.2, 1.0 / 3.0, 120.0, -0.75, 9.6e10, 5e-12] {
            let told = Decimal::of(value).expect("finite");
            let json = serde_json::to_string(&told).expect("json");
            let back: Decimal = serde_json::from_str(&json).expect("a decimal");
            assert_eq!(back.value().to_bits(), value.to_bits(), "{json}");
        }
        assert_eq!(Decimal::of(f64::NAN), None);
    }
}
