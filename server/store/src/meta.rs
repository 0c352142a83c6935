//! The installation's own identity.

use crate::{error::StoreError, sql::statements, transaction::Tx};
use domain::time::Timestamp;

statements! { "installation";
    GET = "SELECT installation_id FROM installation WHERE id = 1";
    KEEP_FIRST =
        "INSERT INTO installation (id, installation_id, created_at_ms) VALUES (1, $1, $2)
        ON CONFLICT (id) DO NOTHING";
}

impl Tx {
    /// The installation's id: the candidate, if there was none before.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn installation_id(
        &mut self,
        candidate: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        self.run(KEEP_FIRST.bind(candidate).bind(now)).await?;
        let row = self.read().one(GET.sql()).await?;
        row.text("installation_id")
    }
}
