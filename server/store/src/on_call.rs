//! Covers: who is on call instead of whoever's turn it is.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    ids::{CoverId, PersonId},
    limits,
    on_call::Cover,
    time::Timestamp,
};

statements! { "covers";
    BY_ID = "SELECT * FROM covers WHERE id = $1";
    NOT_OVER = "SELECT * FROM covers WHERE until_ms > $1 ORDER BY from_ms, id LIMIT $2";
    INSERT =
        "INSERT INTO covers (id, rotation, contact, note, from_ms, until_ms,
            created_by, created_name, created_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    END =
        "UPDATE covers SET until_ms = $2,
            from_ms = CASE WHEN from_ms > $2 THEN $2 ELSE from_ms END
        WHERE id = $1 AND until_ms > $2";
    PURGE = "DELETE FROM covers WHERE until_ms < $1";
}

fn cover(row: &Row) -> Result<Cover, StoreError> {
    Ok(Cover {
        id: row.parse("id")?,
        rotation: row.parse("rotation")?,
        contact: row.parse("contact")?,
        from: row.at("from_ms")?,
        until: row.at("until_ms")?,
        note: row.text("note")?,
        by: row.text("created_name")?,
    })
}

impl Read<'_> {
    /// One cover.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn cover(&mut self, id: CoverId) -> Result<Option<Cover>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(cover).transpose()
    }

    /// Covers that are not over at an instant, those that begin first first: no more are kept
    /// than are read.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn covers_from(&mut self, at: Timestamp) -> Result<Vec<Cover>, StoreError> {
        let rows = self.all(NOT_OVER.bind(at).bind(limits::COVERS_MAX)).await?;
        let mut covers = Vec::with_capacity(rows.len());
        for row in &rows {
            match cover(row) {
                Ok(cover) => covers.push(cover),
                // Whoever's turn it is is told, and nothing else waits.
                Err(error) => {
                    tracing::error!(%error, "a cover cannot be read and counts for nothing")
                }
            }
        }
        Ok(covers)
    }
}

impl Tx {
    /// Keeps a cover.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_cover(
        &mut self,
        cover: &Cover,
        created_by: PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(cover.id)
            .bind(cover.rotation.as_str())
            .bind(cover.contact.as_str())
            .bind(cover.note.as_str())
            .bind(cover.from)
            .bind(cover.until)
            .bind(created_by)
            .bind(cover.by.as_str())
            .bind(now);
        self.run_one(sql).await
    }

    /// Ends a cover before its time; `false` when it is over or not there. One that has not
    /// begun is over without having been.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_cover(&mut self, id: CoverId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.run(END.bind(id).bind(now)).await? == 1)
    }

    /// Drops covers that were over before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_covers(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }
}
