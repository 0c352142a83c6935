//! Silences, and the alarms that they hold back.

use crate::{
    alarms::{AlarmRow, alarm},
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Table, Value, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    ids::{AlarmId, PersonId, SilenceId},
    limits,
    silences::Silence,
    time::Timestamp,
};

const TABLE: Table = Table("silences");

statements! { "silences";
    BY_ID = "SELECT * FROM silences WHERE id = $1";
    SINCE =
        "SELECT * FROM silences WHERE until_ms > $1 ORDER BY until_ms DESC, id DESC LIMIT $2";
    ACTIVE =
        "SELECT * FROM silences WHERE until_ms > $1 AND from_ms <= $1 ORDER BY until_ms, id LIMIT $2";
    COUNT = "SELECT COUNT(*) AS total FROM silences WHERE until_ms > $1";
    INSERT =
        "INSERT INTO silences (id, environments_json, matchers, comment, from_ms, until_ms,
            created_by, created_name, created_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    END =
        "UPDATE silences SET until_ms = $2, ended_name = $3,
            from_ms = CASE WHEN from_ms > $2 THEN $2 ELSE from_ms END
        WHERE id = $1 AND until_ms > $2";
    PURGE = "DELETE FROM silences WHERE until_ms < $1";
    HOLD =
        "INSERT INTO held_alarms (alarm_id, since_ms) VALUES ($1, $2)
        ON CONFLICT (alarm_id) DO NOTHING";
    LET_GO = "DELETE FROM held_alarms WHERE alarm_id = $1";
    HELD =
        "SELECT a.* FROM alarms a JOIN held_alarms h ON h.alarm_id = a.id
        WHERE a.id > $1 ORDER BY a.id LIMIT $2";
}
const HELD_OF: Statement = Statement::beginning(
    "HELD_OF",
    "held_alarms",
    "SELECT alarm_id FROM held_alarms WHERE alarm_id IN ",
);

fn held_of(alarms: &[AlarmId]) -> Sql {
    let mut sql = HELD_OF.sql();
    sql.push_list(alarms.iter().map(|id| Value::from(*id)));
    sql
}

/// The statement that is put together.
pub(crate) fn examples() -> Examples {
    let alarm = AlarmId::from_parts(0, 0);
    vec![(HELD_OF.name, held_of(&[alarm]))]
}

/// More are never kept: a read of all that are not over is never cut.
fn most() -> u32 {
    u32::try_from(limits::SILENCES_MAX).unwrap_or(u32::MAX)
}

fn silence(row: &Row) -> Result<Silence, StoreError> {
    Ok(Silence {
        id: row.parse("id")?,
        environments: row.json("environments_json")?,
        matchers: row.parse("matchers")?,
        from: row.at("from_ms")?,
        until: row.at("until_ms")?,
        comment: row.text("comment")?,
        by: row.text("created_name")?,
        ended_by: row.text_or_none("ended_name")?,
    })
}

impl Read<'_> {
    /// One silence.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn silence(&mut self, id: SilenceId) -> Result<Option<Silence>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(silence).transpose()
    }

    /// Silences that were not over at an instant, those that last longest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn silences_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Silence>, StoreError> {
        let rows = self.all(SINCE.bind(since).bind(limit)).await?;
        rows.iter().map(silence).collect()
    }

    /// Silences that hold at an instant.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn silences_at(&mut self, at: Timestamp) -> Result<Vec<Silence>, StoreError> {
        let rows = self.all(ACTIVE.bind(at).bind(most())).await?;
        let mut silences = Vec::with_capacity(rows.len());
        for row in &rows {
            match silence(row) {
                Ok(silence) => silences.push(silence),
                // To be told too much is the lesser harm.
                Err(error) => tracing::error!(%error, "a silence cannot be read and holds nothing"),
            }
        }
        Ok(silences)
    }

    /// How many are not over.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_silences(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.one(COUNT.bind(now)).await?.total("total")
    }

    /// Which of these alarms are held back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn held_of(&mut self, alarms: &[AlarmId]) -> Result<Vec<AlarmId>, StoreError> {
        let mut held = Vec::new();
        for batch in alarms.chunks(limits::INSERT_ROWS_MAX) {
            for row in self.all(held_of(batch)).await? {
                held.push(row.parse("alarm_id")?);
            }
        }
        Ok(held)
    }

    /// Alarms that are held back, by their ids, from after one on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn held_alarms(
        &mut self,
        after: Option<AlarmId>,
        limit: u32,
    ) -> Result<Vec<AlarmRow>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows = self.all(HELD.bind(after).bind(limit)).await?;
        rows.iter().map(alarm).collect()
    }
}

impl Tx {
    /// Keeps a silence.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_silence(
        &mut self,
        silence: &Silence,
        created_by: PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(silence.id)
            .bind(json(&silence.environments, TABLE, "environments_json")?)
            .bind(silence.matchers.to_string())
            .bind(silence.comment.as_str())
            .bind(silence.from)
            .bind(silence.until)
            .bind(created_by)
            .bind(silence.by.as_str())
            .bind(now);
        self.run_one(sql).await
    }

    /// Ends a silence before its time; `false` when it is over or not there.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_silence(
        &mut self,
        id: SilenceId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.run(END.bind(id).bind(now).bind(by)).await? == 1)
    }

    /// Drops silences that were over before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_silences(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }

    /// Notes that of this alarm somebody is to be told later.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn hold_alarm(&mut self, alarm: AlarmId, now: Timestamp) -> Result<(), StoreError> {
        self.run(HOLD.bind(alarm).bind(now)).await.map(|_| ())
    }

    /// Nobody is to be told of this alarm any more.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn let_alarm_go(&mut self, alarm: AlarmId) -> Result<(), StoreError> {
        self.run(LET_GO.bind(alarm)).await.map(|_| ())
    }
}
