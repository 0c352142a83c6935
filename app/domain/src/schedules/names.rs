//! The names in a schedule: checked once where they come in, trusted afterwards.

use crate::limits;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not the letters or the length that the name may have.
    #[error("`{text}` cannot be the name of a {what}; {shape}")]
    Shape {
        /// What was given, cut to a readable length.
        text: String,
        /// What it was to name.
        what: &'static str,
        /// What it may hold.
        shape: &'static str,
    },
    /// An abbreviation, which names no zone or several.
    #[error("`{text}` is not an IANA time zone name; {hint}")]
    Zone {
        /// What was given, cut to a readable length.
        text: String,
        /// What to write instead.
        hint: String,
    },
}

/// A text that keeps one of the rules below.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks a text.
            ///
            /// # Errors
            /// [`NameError`] says what the name may be.
            pub fn new(text: &str) -> Result<Self, NameError> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(&text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// The name of a schedule: 1 to 64 of `a`–`z`, `0`–`9` and `-`. It becomes a
    /// part of the names of AWS's objects.
    ScheduleName = schedule_name;
    /// The name of a window in its schedule. Never `base`, which exceptions use
    /// for the base.
    WindowName = window_name;
    /// A name of the shape that IANA gives zones: `Asia/Seoul`, or `UTC`. Whether
    /// there is such a zone is for [`crate::time::Zone`] to say.
    ZoneName = zone_name;
}

/// Where a text is repeated in a message, no more of it than this.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

fn schedule_name(name: &str) -> Result<(), NameError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match has_length(name) && name.chars().all(fits) {
        true => Ok(()),
        false => Err(NameError::Shape {
            text: cut(name),
            what: "schedule",
            shape: "it is 1 to 64 of a-z, 0-9 and -",
        }),
    }
}

fn window_name(name: &str) -> Result<(), NameError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match has_length(name) && name.chars().all(fits) && name != "base" {
        true => Ok(()),
        false => Err(NameError::Shape {
            text: cut(name),
            what: "window",
            shape: "it is 1 to 64 of letters, digits, -, _ and ., and not `base`",
        }),
    }
}

fn has_length(name: &str) -> bool {
    (1..=limits::SCHEDULE_NAME_CHARS_MAX).contains(&name.len())
}

/// What people write for the zones they live in. Only for a hint: the same letters
/// mean other zones elsewhere, so none is ever taken for its zone.
const ABBREVIATIONS: [(&str, &str); 16] = [
    ("KST", "Asia/Seoul"),
    ("ROK", "Asia/Seoul"),
    ("JST", "Asia/Tokyo"),
    ("SGT", "Asia/Singapore"),
    ("HKT", "Asia/Hong_Kong"),
    ("EST", "America/New_York"),
    ("EDT", "America/New_York"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("GMT", "UTC"),
    ("BST", "Europe/London"),
    ("CET", "Europe/Paris"),
    ("CEST", "Europe/Paris"),
    ("AEST", "Australia/Sydney"),
    ("NZST", "Pacific/Auckland"),
    ("Z", "UTC"),
];

fn zone_name(name: &str) -> Result<(), NameError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "/_-+".contains(c);
    if name == "UTC" || (name.contains('/') && has_length(name) && name.chars().all(fits)) {
        return Ok(());
    }
    let known = ABBREVIATIONS
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(name))
        .map(|(_, zone)| *zone)
        .or_else(|| name.eq_ignore_ascii_case("utc").then_some("UTC"));
    let hint = match known {
        Some(zone) => format!("write {zone}"),
        None => "write one such as Asia/Seoul".to_owned(),
    };
    Err(NameError::Zone {
        text: cut(name),
        hint,
    })
}
