//! Alarms that nobody has taken on: since when, and when the next others are told.

use crate::{
    alarms::{AlarmRow, alarm},
    error::StoreError,
    sql::{Examples, Sql, Statement, Value, statements},
    transaction::{Read, Tx},
};
use domain::{ids::AlarmId, limits, routes::Escalation, time::Timestamp};
use std::collections::HashMap;

statements! { "escalations";
    SET =
        "INSERT INTO escalations (alarm_id, since_ms, due_ms) VALUES ($1, $2, $3)
        ON CONFLICT (alarm_id) DO UPDATE SET since_ms = excluded.since_ms, due_ms = excluded.due_ms";
    END = "DELETE FROM escalations WHERE alarm_id = $1";
    AGAIN =
        "INSERT INTO escalations (alarm_id, since_ms, due_ms)
        SELECT a.id, CAST($1 AS BIGINT), CAST($1 AS BIGINT) FROM alarms a
        WHERE a.state = 'alarm' AND a.gone_at_ms IS NULL AND a.acknowledged_at_ms IS NULL
            AND EXISTS (SELECT 1 FROM threads t WHERE t.alarm_id = a.id AND t.closed_at_ms IS NULL)
        ON CONFLICT (alarm_id) DO UPDATE SET due_ms = excluded.due_ms";
    LOOK =
        "UPDATE escalations SET due_ms = $1 WHERE due_ms > $1";
    DUE =
        "SELECT a.* FROM escalations e JOIN alarms a ON a.id = e.alarm_id
        WHERE e.due_ms <= $1 ORDER BY e.due_ms, e.alarm_id LIMIT $2";
}
const OF: Statement = Statement::beginning(
    "OF",
    "escalations",
    "SELECT * FROM escalations WHERE alarm_id IN ",
);

fn of(alarms: &[AlarmId]) -> Sql {
    let mut sql = OF.sql();
    sql.push_list(alarms.iter().map(|id| Value::from(*id)));
    sql
}

/// The statement that is put together.
pub(crate) fn examples() -> Examples {
    let alarm = AlarmId::from_parts(0, 0);
    vec![(OF.name, of(&[alarm]))]
}

impl Read<'_> {
    /// Those of these alarms.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn escalations_of(
        &mut self,
        alarms: &[AlarmId],
    ) -> Result<HashMap<AlarmId, Escalation>, StoreError> {
        let mut found = HashMap::new();
        for batch in alarms.chunks(limits::INSERT_ROWS_MAX) {
            for row in self.all(of(batch)).await? {
                let escalation = Escalation {
                    since: row.at("since_ms")?,
                    due: row.at_or_none("due_ms")?,
                };
                found.insert(row.parse("alarm_id")?, escalation);
            }
        }
        Ok(found)
    }

    /// Alarms of which others are to be told by now, the oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn escalations_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<AlarmRow>, StoreError> {
        let rows = self.all(DUE.bind(now).bind(limit)).await?;
        rows.iter().map(alarm).collect()
    }
}

impl Tx {
    /// Keeps when others are told of an alarm.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_escalation(
        &mut self,
        alarm: AlarmId,
        escalation: Escalation,
    ) -> Result<(), StoreError> {
        let sql = SET.bind(alarm).bind(escalation.since).bind(escalation.due);
        self.run_one(sql).await
    }

    /// Makes every alarm that somebody was told of and that nobody has due now: those that
    /// nobody was known to have missed so far, since now.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn look_at_escalations_again(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.run(AGAIN.bind(now)).await.map(|_| ())
    }

    /// Makes every alarm of which others are to be told later due now: who they are may have
    /// changed.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn look_for_others(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.run(LOOK.bind(now)).await.map(|_| ())
    }

    /// Nobody else is told of an alarm.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_escalation(&mut self, alarm: AlarmId) -> Result<(), StoreError> {
        self.run(END.bind(alarm)).await.map(|_| ())
    }
}
