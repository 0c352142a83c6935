//! When each drill that recurs began last, or should have.

use crate::{error::StoreError, sql::statements, transaction::Tx};
use domain::{drills::DrillName, time::Timestamp};

statements! { "recurring_drills";
    TAKE =
        "INSERT INTO recurring_drills (name, due_at_ms) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET due_at_ms = excluded.due_at_ms
        WHERE recurring_drills.due_at_ms < excluded.due_at_ms";
}

impl Tx {
    /// Takes the time at which a drill is due; `false` when somebody has done so already.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn take_recurring_drill(
        &mut self,
        name: &DrillName,
        due: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.run(TAKE.bind(name.as_str()).bind(due)).await? == 1)
    }
}
