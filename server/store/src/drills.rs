//! Drills and their receipts. Of two servers that end or conclude one, one does.

use crate::{
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Table, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    alarms::Priority,
    channels::ChannelName,
    drills::{Expected, Receipt, Verdict},
    estate::Environment,
    ids::{AlarmId, DrillId, PersonId},
    people::Reach,
    time::Timestamp,
};

const TABLE: Table = Table("drills");

statements! { "drills";
    BY_ID = "SELECT * FROM drills WHERE id = $1";
    STANDING =
        "SELECT * FROM drills WHERE concluded_at_ms IS NULL AND ends_at_ms <= $1
        ORDER BY CASE WHEN ended_at_ms IS NULL THEN 0 ELSE 1 END, ends_at_ms, id LIMIT $2";
    GOING_ON = "SELECT * FROM drills WHERE concluded_at_ms IS NULL AND ended_at_ms IS NULL ORDER BY id";
    ATTEND =
        "UPDATE drills SET acknowledged_name = $2, acknowledged_at_ms = $3
        WHERE alarm_id = $1 AND concluded_at_ms IS NULL AND ended_at_ms IS NULL
            AND acknowledged_at_ms IS NULL";
    RUNNING = "SELECT COUNT(*) AS total FROM drills WHERE ended_at_ms IS NULL";
    INSERT =
        "INSERT INTO drills (id, alarm_id, environment, name, priority, note, expected_json,
            acknowledge_minutes, started_by, started_name, started_at_ms, ends_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    END =
        "UPDATE drills SET ended_at_ms = $2, ended_name = $3, ends_at_ms = $2
        WHERE id = $1 AND ended_at_ms IS NULL";
    CONCLUDE =
        "UPDATE drills SET concluded_at_ms = $2, receipts_json = $3, verdict = $4
        WHERE id = $1 AND concluded_at_ms IS NULL AND ended_at_ms IS NOT NULL";
    PURGE = "DELETE FROM drills WHERE concluded_at_ms < $1";
}
const NEWEST: Statement =
    Statement::beginning("NEWEST", "drills", "SELECT * FROM drills WHERE 1 = 1");

/// A drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillRow {
    /// Its id.
    pub id: DrillId,
    /// Its alarm.
    pub alarm: AlarmId,
    /// Its environment.
    pub environment: Environment,
    /// The alarm's name, with the mark.
    pub name: String,
    /// How much it is said to matter.
    pub priority: Priority,
    /// Why.
    pub note: Option<String>,
    /// Who should be told.
    pub expected: Vec<Expected>,
    /// Within so many minutes somebody must take it on.
    pub acknowledge_minutes: Option<u32>,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// When it ends by itself, or ended.
    pub ends_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who ended it before its time.
    pub ended_by: Option<String>,
    /// Who took it on first, and when.
    pub acknowledged: Option<(String, Timestamp)>,
    /// What became of its messages, once that is settled.
    pub receipts: Option<Vec<Receipt>>,
    /// What it proved.
    pub verdict: Verdict,
}

impl DrillRow {
    /// Whether its starter confirmed that a channel is told.
    #[must_use]
    pub fn confirmed(&self, channel: &ChannelName) -> bool {
        let mut expected = self.expected.iter();
        expected.any(|one| one.channel == *channel && one.held.is_none())
    }
}

/// How a drill ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillEnd {
    /// When.
    pub at: Timestamp,
    /// Who ended it before its time.
    pub by: Option<String>,
}

fn drill(row: &Row) -> Result<DrillRow, StoreError> {
    let minutes = row.int_or_none("acknowledge_minutes")?;
    let acknowledged = row.text_or_none("acknowledged_name")?;
    let receipts = match row.text_or_none("receipts_json")? {
        Some(_) => Some(row.json("receipts_json")?),
        None => None,
    };
    let verdict = match row.text_or_none("verdict")? {
        Some(_) => row.word("verdict", Verdict::parse)?,
        None => Verdict::Open,
    };
    Ok(DrillRow {
        id: row.parse("id")?,
        alarm: row.parse("alarm_id")?,
        environment: Environment::new(row.text("environment")?),
        name: row.text("name")?,
        priority: row.word("priority", Priority::parse)?,
        note: row.text_or_none("note")?,
        expected: row.json("expected_json")?,
        acknowledge_minutes: minutes
            .map(u32::try_from)
            .transpose()
            .map_err(|_| row.inconsistent("acknowledge_minutes"))?,
        started_by: row.text("started_name")?,
        started_at: row.at("started_at_ms")?,
        ends_at: row.at("ends_at_ms")?,
        ended_at: row.at_or_none("ended_at_ms")?,
        ended_by: row.text_or_none("ended_name")?,
        acknowledged: acknowledged.zip(row.at_or_none("acknowledged_at_ms")?),
        receipts,
        verdict,
    })
}

fn newest(reach: &Reach, limit: u32) -> Sql {
    let mut sql = NEWEST.sql();
    sql.within("environment", reach)
        .push(" ORDER BY started_at_ms DESC, id DESC LIMIT ")
        .push_bind(limit);
    sql
}

/// The statement that is put together.
pub(crate) fn examples() -> Examples {
    let reach = Reach::Only(vec!["x".into()]);
    vec![(NEWEST.name, newest(&reach, 1))]
}

impl Read<'_> {
    /// One drill.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drill(&mut self, id: DrillId) -> Result<Option<DrillRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(drill).transpose()
    }

    /// Drills that have not ended; there are never many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drills_going_on(&mut self) -> Result<Vec<DrillRow>, StoreError> {
        let rows = self.all(GOING_ON.sql()).await?;
        rows.iter().map(drill).collect()
    }

    /// The newest drills within reach.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drills(&mut self, reach: &Reach, limit: u32) -> Result<Vec<DrillRow>, StoreError> {
        let rows = self.all(newest(reach, limit)).await?;
        rows.iter().map(drill).collect()
    }

    /// Drills whose time is over and whose receipts are not settled.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn drills_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DrillRow>, StoreError> {
        let rows = self.all(STANDING.bind(now).bind(limit)).await?;
        rows.iter().map(drill).collect()
    }

    /// How many run.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_drills(&mut self) -> Result<u64, StoreError> {
        self.one(RUNNING.sql()).await?.total("total")
    }
}

impl Tx {
    /// Keeps a drill that begins.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_drill(
        &mut self,
        drill: &DrillRow,
        started_by: PersonId,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(drill.id)
            .bind(drill.alarm)
            .bind(&drill.environment)
            .bind(drill.name.as_str())
            .bind(drill.priority.as_str())
            .bind(drill.note.as_deref())
            .bind(json(&drill.expected, TABLE, "expected_json")?)
            .bind(drill.acknowledge_minutes)
            .bind(started_by)
            .bind(drill.started_by.as_str())
            .bind(drill.started_at)
            .bind(drill.ends_at);
        self.run_one(sql).await
    }

    /// Ends a drill; `false` when somebody else did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_drill(&mut self, id: DrillId, end: &DrillEnd) -> Result<bool, StoreError> {
        let sql = END.bind(id).bind(end.at).bind(end.by.as_deref());
        Ok(self.run(sql).await? == 1)
    }

    /// Notes who was first to take a drill's alarm on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn attend_drill(
        &mut self,
        alarm: AlarmId,
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.run(ATTEND.bind(alarm).bind(by).bind(at))
            .await
            .map(|_| ())
    }

    /// Keeps what a drill proved; `false` when somebody else did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn conclude_drill(
        &mut self,
        id: DrillId,
        receipts: &[Receipt],
        verdict: Verdict,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = CONCLUDE
            .bind(id)
            .bind(now)
            .bind(json(&receipts, TABLE, "receipts_json")?)
            .bind(verdict.as_str());
        Ok(self.run(sql).await? == 1)
    }

    /// Drops drills that were concluded before an instant; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_drills(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }
}
