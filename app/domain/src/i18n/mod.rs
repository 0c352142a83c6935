//! English and Korean, side by side.
//!
//! A message is declared once with both texts, so a missing one does not
//! compile. The language is a value that is passed, never a global.

pub mod alarms;
pub mod change_titles;
pub mod changes;
pub mod checks;
pub mod coverage;
pub mod logs;
pub mod notifications;
pub mod priorities;
pub mod processes;
pub mod refreshes;
pub mod refusals;
pub mod schedules;
pub mod step_policies;

use serde::{Deserialize, Serialize};

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// The BCP 47 tag, as in `<html lang>`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// Reads a tag such as `ko` or `ko-KR`.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "ko" => Some(Self::Ko),
            _ => None,
        }
    }

    /// The first language of an `Accept-Language` header that we speak.
    /// Weights are ignored: browsers send the list in order of preference.
    #[must_use]
    pub fn from_accept(header: &str) -> Self {
        header
            .split(',')
            .filter_map(|part| Self::parse(part.split(';').next().unwrap_or("").trim()))
            .next()
            .unwrap_or_default()
    }
}

/// Declares messages: `name => "English", "한국어";` becomes
/// `fn name(lang: Lang) -> &'static str`, and
/// `name(count: u32) => "{count} left", "{count}개 남음";` becomes
/// `fn name(lang: Lang, count: u32) -> String`.
#[macro_export]
macro_rules! messages {
    () => {};
    ($(#[$doc:meta])* $name:ident => $en:literal, $ko:literal; $($rest:tt)*) => {
        $(#[$doc])*
        #[doc = concat!("“", $en, "”")]
        #[must_use]
        pub fn $name(lang: $crate::i18n::Lang) -> &'static str {
            match lang {
                $crate::i18n::Lang::En => $en,
                $crate::i18n::Lang::Ko => $ko,
            }
        }
        $crate::messages! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident($($arg:ident: $ty:ty),+) => $en:literal, $ko:literal; $($rest:tt)*) => {
        $(#[$doc])*
        #[doc = concat!("“", $en, "”")]
        #[must_use]
        pub fn $name(lang: $crate::i18n::Lang, $($arg: $ty),+) -> String {
            match lang {
                $crate::i18n::Lang::En => format!($en),
                $crate::i18n::Lang::Ko => format!($ko),
            }
        }
        $crate::messages! { $($rest)* }
    };
}

/// Picks the Korean particle that fits the end of a word: `은`/`는`, `이`/`가`,
/// `을`/`를`, `과`/`와`. Digits are read in Korean; other letters take the form
/// after a vowel.
#[must_use]
pub fn particle<'a>(word: &str, after_consonant: &'a str, after_vowel: &'a str) -> &'a str {
    let Some(last) = word.chars().rev().find(|c| c.is_alphanumeric()) else {
        return after_vowel;
    };
    let closed = match last {
        '가'..='힣' => !(last as u32 - '가' as u32).is_multiple_of(28),
        '0' | '1' | '3' | '6' | '7' | '8' => true,
        'l' | 'm' | 'n' | 'L' | 'M' | 'N' => true,
        _ => false,
    };
    if closed { after_consonant } else { after_vowel }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_known_language_is_taken() {
        for (header, lang) in [
            ("ko-KR,ko;q=0.9,en;q=0.8", Lang::Ko),
            ("fr,en;q=0.5", Lang::En),
            ("fr", Lang::En),
            ("", Lang::En),
        ] {
            assert_eq!(Lang::from_accept(header), lang, "{header}");
        }
    }

    #[test]
    fn particles_follow_the_last_sound() {
        assert_eq!(particle("경보", "은", "는"), "는");
        assert_eq!(particle("일정", "은", "는"), "은");
        assert_eq!(particle("web-3", "이", "가"), "이");
        assert_eq!(particle("web-2", "이", "가"), "가");
    }
}
