//! When each digest was told last.

use crate::{
    error::StoreError,
    sql::statements,
    transaction::{Read, Tx},
};
use domain::{digests::DigestName, time::Timestamp};

statements! { "digests";
    TOLD = "SELECT told_at_ms FROM digests WHERE name = $1";
    TELL =
        "INSERT INTO digests (name, told_at_ms) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET told_at_ms = excluded.told_at_ms
        WHERE digests.told_at_ms < excluded.told_at_ms";
}

impl Read<'_> {
    /// When a digest was told last.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn digest_told(
        &mut self,
        name: &DigestName,
    ) -> Result<Option<Timestamp>, StoreError> {
        let row = self.first(TOLD.bind(name.as_str())).await?;
        row.map(|row| row.at("told_at_ms")).transpose()
    }
}

impl Tx {
    /// Notes that a digest is told that was due at an instant; `false` when it was already.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn tell_digest(
        &mut self,
        name: &DigestName,
        due: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.run(TELL.bind(name.as_str()).bind(due)).await? == 1)
    }
}
