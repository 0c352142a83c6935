//! Scale events among the change requests: which stand, and which are over and
//! must be looked at again.

use crate::{
    changes::{ChangeRow, LISTED, ListedChange, change, listed},
    error::StoreError,
    sql::{Examples, Sql, Statement, Value, statements},
    transaction::Read,
};
use domain::{
    ids::{ChangeId, TargetId},
    limits,
    people::Reach,
    time::Timestamp,
};

statements! { "changes";
    STANDING =
        "SELECT * FROM changes
        WHERE kind = 'scale_event' AND target_id = $1 AND ended_at_ms IS NULL AND until_ms > $2
            AND state IN ('approved', 'applying', 'applied', 'applied_with_difference')
        ORDER BY COALESCE(from_ms, created_at_ms), id LIMIT $3";
    STANDING_ALL =
        "SELECT * FROM changes
        WHERE kind = 'scale_event' AND ended_at_ms IS NULL AND until_ms > $1
            AND state IN ('approved', 'applying', 'applied', 'applied_with_difference')
            AND id > $2
        ORDER BY id LIMIT $3";
    TO_VERIFY =
        "SELECT * FROM changes
        WHERE kind = 'scale_event' AND until_ms <= $1 AND ended_at_ms IS NULL
            AND return_verified_at_ms IS NULL AND state IN ('applied', 'applied_with_difference')
            AND id > $2
        ORDER BY id LIMIT $3";
    APPLIED_DIFFERENTLY =
        "SELECT * FROM changes
        WHERE state = 'applied_with_difference' AND applied_at_ms >= $1 AND id > $2
        ORDER BY id LIMIT $3";
    BESIDE =
        "SELECT * FROM changes
        WHERE id <> $2
            AND (target_id = $1 OR EXISTS (SELECT 1 FROM change_targets t
                WHERE t.change_id = changes.id AND t.target_id = $1))
            AND (state = 'applying'
                OR (state IN ('applied', 'applied_with_difference')
                    AND COALESCE(until_ms, applied_at_ms) >= $3))
        ORDER BY updated_at_ms DESC, id DESC LIMIT $4";
    END_OF =
        "SELECT * FROM changes
        WHERE event_id = $1
            AND state IN ('proposed', 'approved', 'applying', 'applied')
        ORDER BY created_at_ms DESC, id DESC LIMIT 1";
}

const OVER: Statement = Statement::beginning(
    "OVER",
    "changes",
    "SELECT * FROM changes
    WHERE kind = 'scale_event' AND until_ms > $1 AND COALESCE(from_ms, created_at_ms) < $2
        AND (ended_at_ms IS NULL OR ended_at_ms > $1)
        AND state IN ('approved', 'applying', 'applied', 'applied_with_difference')
        AND target_id IN ",
);

fn over(targets: &[TargetId], from: Timestamp, until: Timestamp) -> Sql {
    let mut sql = OVER.bind(from).bind(until);
    sql.push_list(targets.iter().copied().map(Value::from))
        .push(" ORDER BY COALESCE(from_ms, created_at_ms), id LIMIT ")
        .push_bind(limits::EVENTS_LISTED_MAX);
    sql
}

/// Scale events that stand, of the environments within reach.
fn seen(reach: &Reach, now: Timestamp, limit: u32) -> Sql {
    let mut sql = LISTED.sql();
    sql.within("c.environment", reach)
        .push(
            " AND c.kind = 'scale_event' AND c.ended_at_ms IS NULL
            AND c.state IN ('approved', 'applying', 'applied', 'applied_with_difference')
            AND c.until_ms > ",
        )
        .push_bind(now)
        .push(" ORDER BY COALESCE(c.from_ms, c.created_at_ms), c.id LIMIT ")
        .push_bind(limit);
    sql
}

/// The statements that are put together, with every filter on.
pub(crate) fn examples() -> Examples {
    let reach = Reach::Only(vec!["x".into()]);
    let at = Timestamp::from_ms(0);
    vec![
        ("SEEN", seen(&reach, at, 1)),
        (OVER.name, over(&[TargetId::from_parts(0, 0)], at, at)),
    ]
}

impl Read<'_> {
    /// Scale events of a target that are approved or applied, not ended early and not over.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn standing_events(
        &mut self,
        target: TargetId,
        now: Timestamp,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let rows = self
            .all(
                STANDING
                    .bind(target)
                    .bind(now)
                    .bind(limits::EVENTS_PER_TARGET_MAX),
            )
            .await?;
        rows.iter().map(change).collect()
    }

    /// The same of every target, by id, those after one at a time: no estate is so
    /// large that they would not fit through.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn standing_events_after(
        &mut self,
        now: Timestamp,
        after: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows = self
            .all(STANDING_ALL.bind(now).bind(after).bind(limit))
            .await?;
        rows.iter().map(change).collect()
    }

    /// The same within reach, as in a list, soonest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn standing_events_seen(
        &mut self,
        reach: &Reach,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ListedChange>, StoreError> {
        let rows = self.all(seen(reach, now, limit)).await?;
        rows.iter().map(listed).collect()
    }

    /// Approved and applied scale events of some targets that hold an instant of
    /// `[from, until)`, those over already included, soonest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn events_over(
        &mut self,
        targets: &[TargetId],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.all(over(targets, from, until)).await?;
        rows.iter().map(change).collect()
    }

    /// Applied scale events whose end has passed by itself and whose return
    /// nobody has read back yet, the longest waiting first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn events_to_verify(
        &mut self,
        until_before: Timestamp,
        after: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let sql = TO_VERIFY.bind(until_before).bind(after).bind(limit);
        let rows = self.all(sql).await?;
        rows.iter().map(change).collect()
    }

    /// Change requests that were applied since an instant, and read back as
    /// something else or not at all; those after an id.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn changes_applied_differently(
        &mut self,
        since: Timestamp,
        after: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let sql = APPLIED_DIFFERENTLY.bind(since).bind(after).bind(limit);
        let rows = self.all(sql).await?;
        rows.iter().map(change).collect()
    }

    /// Other change requests of a target that are being carried out, or were and
    /// have touched it since an instant; the newest of them.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn changes_beside(
        &mut self,
        row: &ChangeRow,
        since: Timestamp,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let sql = BESIDE.bind(row.target).bind(row.id).bind(since);
        let rows = self.all(sql.bind(limits::CHANGES_BESIDE_MAX)).await?;
        rows.iter().map(change).collect()
    }

    /// The change request that ends, or ended, a scale event early.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_change_of(
        &mut self,
        event: ChangeId,
    ) -> Result<Option<ChangeRow>, StoreError> {
        let row = self.first(END_OF.bind(event)).await?;
        row.as_ref().map(change).transpose()
    }
}
