//! The other change requests of a target: what they set must not be taken for
//! drift, or for a return that is missing.

use crate::{Services, failure::Outcome};
use domain::{changes::ChangeState, plan::Applied, time::Timestamp};
use store::ChangeRow;

/// Other change requests that have touched a target since an instant.
pub(super) struct Beside(Vec<ChangeRow>);

impl Beside {
    /// Those beside this one.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(s: &Services, row: &ChangeRow, since: Timestamp) -> Outcome<Self> {
        Ok(Self(s.store.read().changes_beside(row, since).await?))
    }

    /// One of them is being carried out: what is live is neither before nor after it. A
    /// refresh may go on for hours and moves no number.
    pub fn is_moving(&self) -> bool {
        let mut rows = self.0.iter();
        rows.any(|row| row.state == ChangeState::Applying && row.plan.sets_capacity())
    }

    /// Those that were carried out.
    pub fn applied(&self) -> Vec<Applied<'_>> {
        self.0
            .iter()
            .filter_map(|row| Some(applied(row, row.applied_at?)))
            .collect()
    }
}

/// What a change request has set.
pub(super) fn applied(row: &ChangeRow, at: Timestamp) -> Applied<'_> {
    Applied {
        plan: &row.plan,
        at,
        ended_at: row.ended_at,
    }
}
