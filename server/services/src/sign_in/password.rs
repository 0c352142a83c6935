//! Passwords: argon2id with the parameters that OWASP's "Password Storage Cheat
//! Sheet" names first for 19 MiB (m = 19456 KiB, t = 2, p = 1), which are the
//! crate's defaults.
//!
//! A hash costs memory and a core for tens of milliseconds. So it runs off the
//! request threads, and only a few at a time: a flood of sign-ins waits, and is
//! turned away, instead of taking the machine.

use crate::{
    cx::Cx,
    failure::{Failure, Outcome},
    off_thread::{self, Places},
    sign_in::texts,
};
use api::ApiError;
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use domain::{i18n::Lang, limits};
use ports::Ids;

static PLACES: Places = Places::new(
    limits::PASSWORD_HASHES_AT_ONCE_MAX,
    limits::PASSWORD_WAIT_MS,
);

/// What an unknown login is measured against, so that it takes as long as a
/// known one. No password has this hash.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gb25lIGF0IGFsbA\
                      $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A place among those who hash now.
#[derive(Debug)]
pub struct Place {
    _place: off_thread::Place,
}

impl Place {
    /// Waits for a place.
    ///
    /// # Errors
    /// `too_many` after [`limits::PASSWORD_WAIT_MS`].
    pub async fn take(lang: Lang) -> Outcome<Self> {
        let place = PLACES.take(texts::busy(lang)).await?;
        Ok(Self { _place: place })
    }

    /// The hash of a password, to be kept.
    ///
    /// # Errors
    /// A defect when the hasher fails.
    pub async fn hash(&self, ids: &dyn Ids, password: String) -> Outcome<String> {
        let mut salt = [0_u8; 16];
        ids.fill(&mut salt);
        let salt = SaltString::encode_b64(&salt).map_err(Failure::defect)?;
        off_thread::run(move || {
            let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(Failure::defect)
        })
        .await?
    }

    /// Whether the password is the one that was hashed. Without a hash it takes
    /// as long and is not.
    ///
    /// # Errors
    /// A defect when what is kept is no hash.
    pub async fn verify(&self, kept: Option<String>, password: String) -> Outcome<bool> {
        off_thread::run(move || {
            let known = kept.is_some();
            let kept = kept.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&kept).map_err(Failure::defect)?;
            let fits = Argon2::default().verify_password(password.as_bytes(), &hash);
            Ok(known && fits.is_ok())
        })
        .await?
    }
}

/// What is wrong with a new password, in the caller's language.
#[must_use]
pub fn fault(lang: Lang, password: &str, login: &str) -> Option<String> {
    let chars = password.chars().count();
    if !(limits::PASSWORD_CHARS_MIN..=limits::PASSWORD_CHARS_MAX).contains(&chars) {
        return Some(texts::password_length(
            lang,
            limits::PASSWORD_CHARS_MIN,
            limits::PASSWORD_CHARS_MAX,
        ));
    }
    let mut seen: Vec<char> = password.to_lowercase().chars().collect();
    seen.sort_unstable();
    seen.dedup();
    let easy = seen.len() < 4 || password.to_lowercase().contains(login);
    easy.then(|| texts::password_easy(lang).to_owned())
}

/// Refuses a bad new password.
///
/// # Errors
/// `invalid`, naming `field`.
pub fn check(cx: &Cx, field: &str, password: &str, login: &str) -> Result<(), ApiError> {
    match fault(cx.lang, password, login) {
        Some(message) => Err(cx.invalid(field, message)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Ids for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[tokio::test]
    async fn only_the_hashed_password_fits_and_nobody_has_none() {
        let place = Place::take(Lang::En).await.expect("a place");
        let hash = place
            .hash(&Zeros, "correct horse".into())
            .await
            .expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let verify = |kept: Option<String>, password: &str| {
            let password = password.to_owned();
            let place = &place;
            async move { place.verify(kept, password).await.expect("an answer") }
        };
        assert!(verify(Some(hash.clone()), "correct horse").await);
        assert!(!verify(Some(hash), "correct horsf").await);
        assert!(!verify(None, "correct horse").await);
        // The stand-in must be a hash, or unknown logins would be told apart.
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(
            place
                .verify(Some("nonsense".into()), "x".into())
                .await
                .is_err()
        );
    }

    #[test]
    fn short_long_and_easy_passwords_are_refused() {
        let fault = |password: &str| fault(Lang::En, password, "ana@example.com").is_some();
        assert!(fault("elevenchars"));
        assert!(!fault("twelve chars"));
        assert!(fault(&"ab1!".repeat(65)));
        assert!(fault("aaaaaaaaaaaaaa"));
        assert!(fault("Ana@Example.com"));
        assert!(!fault("가나다라마바사아자차카타"));
    }
}
