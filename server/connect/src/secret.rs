//! Secrets: a token, a key.

use std::fmt;

/// Parts of an address that are as long are taken for secrets.
const ADDRESS_PART_BYTES_MIN: usize = 6;

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

    /// A text from outside, in which the secret may have come back, without it. Of one that is an
    /// address its parts are hidden, too: what lies between often tells of the path alone.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        let mut hidden = text.replace(&self.0, "…");
        let after_host = self
            .0
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'));
        let parts = after_host.map_or("", |(_, parts)| parts);
        let parts = parts.split(['/', '?', '&', '=']);
        let mut parts: Vec<_> = parts
            .filter(|part| part.len() >= ADDRESS_PART_BYTES_MIN)
            .collect();
        // The longest first: one may stand within another.
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        for part in parts {
            hidden = hidden.replace(part, "…");
        }
        hidden
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
        let address = Secret::new("https://x.example/api/webhooks/7/s3cret?sig=t0ken-1");
        let hidden = address
            .expect("a secret")
            .hidden_in("no /webhooks/7/s3cret?sig=t0ken-1 here");
        assert_eq!(hidden, "no /…/7/…?sig=… here");
        for bad in ["", "  ", "a b", "a\nb", "é"] {
            assert_eq!(Secret::new(bad), None, "{bad:?}");
        }
    }
}
