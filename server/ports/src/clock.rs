//! Time and randomness.

use domain::time::Timestamp;

/// Tells the time. One clock serves the whole program: in the sandbox it is the
/// simulated estate's, so that a planned event happens when the page says so.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Draws random numbers fit for secrets.
pub trait Ids: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number for an id.
    fn random(&self) -> u128 {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }
}
