//! The one-time set-up link of a new installation, kept as a hash.

use crate::{
    error::StoreError,
    sql::statements,
    transaction::{Read, Tx},
};
use domain::time::Timestamp;

statements! { "setup_link";
    PUT =
        "INSERT INTO setup_link (id, token_hash, expires_at_ms) VALUES (1, $1, $2)
        ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash,
            expires_at_ms = excluded.expires_at_ms";
    LIVE =
        "SELECT COUNT(*) AS total FROM setup_link WHERE token_hash = $1 AND expires_at_ms > $2";
    TAKE = "DELETE FROM setup_link WHERE token_hash = $1 AND expires_at_ms > $2";
}

impl Read<'_> {
    /// Whether a link could be used now.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn setup_link_is_live(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = self.one(LIVE.bind(hash).bind(now)).await?;
        Ok(row.int("total")? == 1)
    }
}

impl Tx {
    /// Keeps a link; one from before is worthless from now on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_setup_link(
        &mut self,
        hash: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.run_one(PUT.bind(hash).bind(expires_at)).await
    }

    /// Uses a link up; `false` when it is unknown, used or over.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn take_setup_link(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.run(TAKE.bind(hash).bind(now)).await? == 1)
    }
}
