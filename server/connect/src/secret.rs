//! Secrets: a token, a key.

use std::fmt;

/// A secret. It can be sent, but not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text, without the white space around it; none when nothing is left,
    /// or when it could not stand in a header.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The secret itself, to be sent or hashed.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A text from outside, in which the secret may have come back, without it.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "…")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_sent_and_never_shown() {
        let secret = Secret::new(" xoxb-1 \n").expect("a secret");
        assert_eq!(secret.reveal(), "xoxb-1");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.hidden_in("bad token xoxb-1!"), "bad token …!");
        for bad in ["", "  ", "a b", "a\nb", "é"] {
            assert_eq!(Secret::new(bad), None, "{bad:?}");
        }
    }
}
