//! Secrets that a browser or a program holds: 256 random bits, kept as a hash.
//!
//! A plain SHA-256 is right here, where it would be wrong for a password: the
//! input has as many bits as the hash, so there is nothing to guess.

use domain::audit::hex;
use ports::Ids;
use sha2::{Digest, Sha256};

/// A new secret of 64 hexadecimal characters.
#[must_use]
pub fn draw(ids: &dyn Ids) -> String {
    let mut bytes = [0_u8; 32];
    ids.fill(&mut bytes);
    hex(&bytes)
}

/// What is kept of a secret, and looked up by.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Whether a text can be a secret of ours; anything else is not worth a look
/// into the database.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts, so that two draws differ.
    struct Count(std::sync::atomic::AtomicU8);
    impl Ids for Count {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_secret_is_256_bits_of_the_port_and_its_hash_is_not_itself() {
        let ids = Count(7.into());
        let (first, second) = (draw(&ids), draw(&ids));
        assert_eq!(first, "07".repeat(32));
        assert_ne!(first, second);
        assert!(is_well_formed(&first));
        assert_eq!(hash(&first).len(), 64);
        assert_ne!(hash(&first), first);
        for bad in ["", "x", &"G".repeat(64), &"A".repeat(64), &"a".repeat(63)] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
