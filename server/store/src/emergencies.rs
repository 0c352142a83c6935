//! Change requests that were let through without an approval, and their reviews.

use crate::{
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    emergencies::{Emergency, Review},
    ids::ChangeId,
};

statements! { "emergencies";
    OF_CHANGE = "SELECT * FROM emergencies WHERE change_id = $1";
    PUT =
        "INSERT INTO emergencies (change_id, person_id, name, at_ms, reason, hash)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (change_id) DO UPDATE SET person_id = $2, name = $3, at_ms = $4, reason = $5,
            hash = $6, reviewed_by = NULL, reviewed_name = NULL, reviewed_at_ms = NULL,
            review = NULL";
    REVIEW =
        "UPDATE emergencies SET reviewed_by = $2, reviewed_name = $3, reviewed_at_ms = $4,
            review = $5
        WHERE change_id = $1 AND hash = $6 AND reviewed_at_ms IS NULL";
}

fn emergency(row: &Row) -> Result<Emergency, StoreError> {
    let reviewed_at = row.at_or_none("reviewed_at_ms")?;
    let review = match reviewed_at {
        None => None,
        Some(at) => Some(Review {
            person: row.parse("reviewed_by")?,
            name: row.text("reviewed_name")?,
            at,
            text: row.text("review")?,
        }),
    };
    Ok(Emergency {
        person: row.parse("person_id")?,
        name: row.text("name")?,
        at: row.at("at_ms")?,
        reason: row.text("reason")?,
        hash: row.text("hash")?,
        review,
    })
}

impl Read<'_> {
    /// Who let a change request through, if somebody did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn emergency_of(
        &mut self,
        change: ChangeId,
    ) -> Result<Option<Emergency>, StoreError> {
        let row = self.first(OF_CHANGE.bind(change)).await?;
        row.as_ref().map(emergency).transpose()
    }
}

impl Tx {
    /// Lets a change request through; one that became void before is let through anew, to be
    /// reviewed anew.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_emergency(
        &mut self,
        change: ChangeId,
        emergency: &Emergency,
    ) -> Result<(), StoreError> {
        let sql = PUT
            .bind(change)
            .bind(emergency.person)
            .bind(emergency.name.as_str())
            .bind(emergency.at)
            .bind(emergency.reason.as_str())
            .bind(emergency.hash.as_str());
        self.run_one(sql).await
    }

    /// Signs a review of what was let through with a hash; `false` when somebody has, or
    /// something else was let through since.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn review_emergency(
        &mut self,
        change: ChangeId,
        hash: &str,
        review: &Review,
    ) -> Result<bool, StoreError> {
        let sql = REVIEW
            .bind(change)
            .bind(review.person)
            .bind(review.name.as_str())
            .bind(review.at)
            .bind(review.text.as_str())
            .bind(hash);
        Ok(self.run(sql).await? == 1)
    }
}
