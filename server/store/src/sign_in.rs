//! Failed sign-ins, counted under keys that say by whom or from where.

use crate::{
    error::StoreError,
    sql::statements,
    transaction::{Read, Tx},
};
use domain::time::Timestamp;

statements! { "sign_in_failures";
    COUNT =
        "SELECT COUNT(*) AS total FROM sign_in_failures WHERE failure_key = $1 AND at_ms > $2 AND at_ms <= $3";
    RECORD = "INSERT INTO sign_in_failures (failure_key, at_ms) VALUES ($1, $2)";
    CLEAR =
        "DELETE FROM sign_in_failures WHERE failure_key = $1 OR failure_key LIKE $1 || '/%'";
    PURGE = "DELETE FROM sign_in_failures WHERE at_ms < $1";
}

impl Read<'_> {
    /// Failures under a key after an instant until another. Those that lie ahead,
    /// because the clock was set back, do not count.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn sign_in_failures(
        &mut self,
        key: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<u32, StoreError> {
        let sql = COUNT.bind(key).bind(since).bind(until);
        self.one(sql).await?.count("total")
    }
}

impl Tx {
    /// Records a failure.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn record_sign_in_failure(
        &mut self,
        key: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.run_one(RECORD.bind(key).bind(at)).await
    }

    /// Forgets the failures of a key and of all below it (`key/…`), after it succeeded.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn clear_sign_in_failures(&mut self, key: &str) -> Result<(), StoreError> {
        self.run(CLEAR.bind(key)).await?;
        Ok(())
    }

    /// Drops failures from before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_sign_in_failures(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }
}
