//! How the queries of logs came out, and what they scanned.

use crate::{
    alarm_save::{AlarmNews, AlarmNewsKind},
    alarms::alarm,
    error::StoreError,
    health,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    alarms::AlarmState, estate::Scope, ids::AlarmId, log_queries::LogQueryName, time::Timestamp,
};

statements! { "log_queries";
    ALL =
        "SELECT q.*, a.id AS alarm_id FROM log_queries q
        LEFT JOIN alarms a ON a.source = 'log_query' AND a.account = q.account
            AND a.region = q.region AND a.name = q.name AND a.gone_at_ms IS NULL
        ORDER BY q.name";
    BY_NAME = "SELECT *, NULL AS alarm_id FROM log_queries WHERE name = $1";
    PUT =
        "INSERT INTO log_queries (name, account, region, state, state_at_ms, reason,
            window_until_ms, ran_at_ms, row_total, scanned_bytes, day_ms, day_bytes,
            answered_until_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (name) DO UPDATE SET account = excluded.account, region = excluded.region,
            state = excluded.state, state_at_ms = excluded.state_at_ms,
            reason = excluded.reason, window_until_ms = excluded.window_until_ms,
            ran_at_ms = excluded.ran_at_ms, row_total = excluded.row_total,
            scanned_bytes = excluded.scanned_bytes, day_ms = excluded.day_ms,
            day_bytes = excluded.day_bytes, answered_until_ms = excluded.answered_until_ms";
    DELETE = "DELETE FROM log_queries WHERE name = $1";
    GO =
        "UPDATE alarms SET gone_at_ms = $4, version = version + 1
        WHERE source = 'log_query' AND account = $1 AND region = $2 AND name = $3
            AND gone_at_ms IS NULL
        RETURNING *";
}

/// How one query came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQueryRow {
    /// Its name.
    pub name: LogQueryName,
    /// Where it ran.
    pub scope: Scope,
    /// The state of its alarm.
    pub state: AlarmState,
    /// Since when.
    pub state_at: Timestamp,
    /// Why.
    pub reason: String,
    /// The end of the newest window that was looked at.
    pub window_until: Timestamp,
    /// The end of the newest window that was answered about.
    pub answered_until: Option<Timestamp>,
    /// When it ran last; none before the first run.
    pub ran_at: Option<Timestamp>,
    /// The rows that it answered then; none where it gave no answer.
    pub rows: Option<u32>,
    /// What that run scanned.
    pub scanned_bytes: u64,
    /// The day whose budget is used.
    pub day: Timestamp,
    /// How much of it is.
    pub day_bytes: u64,
    /// Its alarm, where the list of all was asked for and there is one.
    pub alarm: Option<AlarmId>,
}

fn query(row: &Row) -> Result<LogQueryRow, StoreError> {
    let rows = row.int_or_none("row_total")?;
    Ok(LogQueryRow {
        name: row.parse("name")?,
        scope: health::scope(row)?,
        state: row.word("state", AlarmState::parse)?,
        state_at: row.at("state_at_ms")?,
        reason: row.text("reason")?,
        window_until: row.at("window_until_ms")?,
        answered_until: row.at_or_none("answered_until_ms")?,
        ran_at: row.at_or_none("ran_at_ms")?,
        rows: rows.map(|rows| u32::try_from(rows).unwrap_or(u32::MAX)),
        scanned_bytes: row.total("scanned_bytes")?,
        day: row.at("day_ms")?,
        day_bytes: row.total("day_bytes")?,
        alarm: row.parse_or_none("alarm_id")?,
    })
}

/// Bytes as a database counts them.
fn counted(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

impl Read<'_> {
    /// All; the configuration bounds how many there are.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn log_queries(&mut self) -> Result<Vec<LogQueryRow>, StoreError> {
        let rows = self.all(ALL.sql()).await?;
        rows.iter().map(query).collect()
    }

    /// One.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn log_query(
        &mut self,
        name: &LogQueryName,
    ) -> Result<Option<LogQueryRow>, StoreError> {
        let row = self.first(BY_NAME.bind(name.as_str())).await?;
        row.as_ref().map(query).transpose()
    }
}

impl Tx {
    /// Writes how a query came out.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_log_query(&mut self, row: &LogQueryRow) -> Result<(), StoreError> {
        let sql = PUT
            .bind(row.name.as_str())
            .bind(row.scope.account.as_str())
            .bind(row.scope.region.as_str())
            .bind(row.state.as_str())
            .bind(row.state_at)
            .bind(row.reason.as_str())
            .bind(row.window_until)
            .bind(row.ran_at)
            .bind(row.rows.map(i64::from))
            .bind(counted(row.scanned_bytes))
            .bind(row.day)
            .bind(counted(row.day_bytes))
            .bind(row.answered_until);
        self.run(sql).await?;
        Ok(())
    }

    /// A query runs no more, or elsewhere: its alarm leaves the list.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_log_query(
        &mut self,
        row: &LogQueryRow,
        now: Timestamp,
    ) -> Result<Vec<AlarmNews>, StoreError> {
        self.run(DELETE.bind(row.name.as_str())).await?;
        let sql = GO
            .bind(row.scope.account.as_str())
            .bind(row.scope.region.as_str())
            .bind(row.name.as_str())
            .bind(now);
        let rows = self.read().all(sql).await?;
        let gone = |row| {
            let what = AlarmNewsKind::Gone;
            Ok(AlarmNews {
                row: alarm(row)?,
                what,
            })
        };
        rows.iter().map(gone).collect()
    }
}
