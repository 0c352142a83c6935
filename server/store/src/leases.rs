//! Named leases: two servers share the work instead of doing it twice. A lease
//! saves work; that doing it twice does no harm is the worker's own matter.
//!
//! A lease that reaches further ahead than anybody could take it now was taken
//! before the clock was set back; it is free, or its work would rest that long.

use crate::{error::StoreError, sql::statements, transaction::Tx};
use domain::time::Timestamp;

statements! { "leases";
    TAKE =
        "INSERT INTO leases (name, owner, until_ms) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
        WHERE leases.until_ms <= $4 OR leases.owner = excluded.owner
            OR leases.until_ms - $4 > 2 * ($3 - $4)";
    FREE = "DELETE FROM leases";
    FREE_CHANGES =
        "UPDATE changes SET lease_owner = NULL, lease_until_ms = 0 WHERE lease_owner IS NOT NULL";
}

impl Tx {
    /// Takes or renews a lease; `false` when another owner holds it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn take_lease(
        &mut self,
        name: &str,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = TAKE.bind(name).bind(owner).bind(until).bind(now);
        Ok(self.run(sql).await? == 1)
    }

    /// Frees every lease, those of change requests too. For whoever knows that
    /// nobody else is at work: the owners ended without giving them back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn free_leases(&mut self) -> Result<(), StoreError> {
        self.run(FREE.sql()).await?;
        self.run(FREE_CHANGES.sql()).await?;
        Ok(())
    }
}
