//! When each drill that recurs began last, or should have.

use crate::{error::StoreError, sql::statements, transaction::Tx};
use domain::{drills::DrillName, limits, time::Timestamp};

statements! { "recurring_drills";
    TAKE =
        "INSERT INTO recurring_drills (name, due_at_ms) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET due_at_ms = excluded.due_at_ms
        WHERE recurring_drills.due_at_ms < $3 OR recurring_drills.due_at_ms > $4";
}

impl Tx {
    /// Takes the time at which a drill is due; `false` when one of the same day, which began at the
    /// second instant, was taken already. One far ahead was taken by a clock that was.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn take_recurring_drill(
        &mut self,
        name: &DrillName,
        (due, today): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ahead = now.plus_ms(limits::CLOCKS_APART_MS);
        let sql = TAKE.bind(name.as_str()).bind(due).bind(today).bind(ahead);
        Ok(self.run(sql).await? == 1)
    }
}
