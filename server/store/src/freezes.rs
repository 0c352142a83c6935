//! Freezes.

use crate::{
    error::StoreError,
    sql::{Row, Table, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    freezes::Freeze,
    ids::{FreezeId, PersonId},
    limits,
    time::Timestamp,
};

const TABLE: Table = Table("freezes");

statements! { "freezes";
    BY_ID = "SELECT * FROM freezes WHERE id = $1";
    NOT_OVER = "SELECT * FROM freezes WHERE until_ms > $1 ORDER BY from_ms, id LIMIT $2";
    BETWEEN =
        "SELECT * FROM freezes WHERE until_ms > $1 AND from_ms < $2
        ORDER BY from_ms, id LIMIT $3";
    OF_CALENDAR = "SELECT * FROM freezes WHERE calendar = $1 AND until_ms > $2 ORDER BY from_ms, id";
    COUNT = "SELECT COUNT(*) AS total FROM freezes";
    INSERT =
        "INSERT INTO freezes (id, name, environments_json, reason, from_ms, until_ms, created_by,
            created_at_ms, calendar)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    DELETE = "DELETE FROM freezes WHERE id = $1";
    PURGE = "DELETE FROM freezes WHERE until_ms < $1";
}

/// More are never kept: a read of them all is never cut.
fn most() -> u32 {
    u32::try_from(limits::FREEZES_MAX).unwrap_or(u32::MAX)
}

fn freeze(row: &Row) -> Result<Freeze, StoreError> {
    Ok(Freeze {
        id: row.parse("id")?,
        name: row.text("name")?,
        environments: row.json("environments_json")?,
        from: row.at("from_ms")?,
        until: row.at("until_ms")?,
        reason: row.text("reason")?,
        calendar: row.text_or_none("calendar")?,
    })
}

impl Read<'_> {
    /// One freeze.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn freeze(&mut self, id: FreezeId) -> Result<Option<Freeze>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(freeze).transpose()
    }

    /// Freezes that are not over, soonest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn freezes(&mut self, now: Timestamp) -> Result<Vec<Freeze>, StoreError> {
        let rows = self.all(NOT_OVER.bind(now).bind(most())).await?;
        rows.iter().map(freeze).collect()
    }

    /// Freezes, of any environment, that cover an instant of `[from, until)`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn freezes_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Freeze>, StoreError> {
        let sql = BETWEEN.bind(from).bind(until).bind(most());
        let rows = self.all(sql).await?;
        rows.iter().map(freeze).collect()
    }

    /// Freezes that a calendar has named and that are not over, soonest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn freezes_of(
        &mut self,
        calendar: &str,
        now: Timestamp,
    ) -> Result<Vec<Freeze>, StoreError> {
        let rows = self.all(OF_CALENDAR.bind(calendar).bind(now)).await?;
        rows.iter().map(freeze).collect()
    }

    /// How many are kept.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_freezes(&mut self) -> Result<u64, StoreError> {
        self.one(COUNT.sql()).await?.total("total")
    }
}

impl Tx {
    /// Keeps a freeze; nobody has declared one of a calendar.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_freeze(
        &mut self,
        freeze: &Freeze,
        created_by: Option<PersonId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(freeze.id)
            .bind(freeze.name.as_str())
            .bind(json(&freeze.environments, TABLE, "environments_json")?)
            .bind(freeze.reason.as_str())
            .bind(freeze.from)
            .bind(freeze.until)
            .bind(
                created_by
                    .map(|person| person.to_string())
                    .unwrap_or_default(),
            )
            .bind(now)
            .bind(freeze.calendar.as_deref());
        self.run_one(sql).await
    }

    /// Lifts a freeze; `false` when there is no such one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_freeze(&mut self, id: FreezeId) -> Result<bool, StoreError> {
        Ok(self.run(DELETE.bind(id)).await? == 1)
    }

    /// Drops freezes that were over before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_freezes(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }
}
