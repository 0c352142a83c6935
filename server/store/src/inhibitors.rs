//! Alarms that may hold others back, and how often alarms went off lately.

use crate::{
    alarms::{AlarmRow, alarm},
    error::StoreError,
    sql::{Examples, Sql, Statement, Value, statements},
    transaction::{Read, Tx},
};
use domain::{ids::AlarmId, limits, time::Timestamp};
use std::collections::{HashMap, HashSet};

statements! { "inhibitors";
    ALL =
        "SELECT a.*, i.ended_at_ms FROM alarms a JOIN inhibitors i ON i.alarm_id = a.id
        LEFT JOIN scope_health h ON h.account = a.account AND h.region = a.region
        LEFT JOIN heartbeats b ON b.source = a.region AND a.account = ''
        WHERE ((i.ended_at_ms IS NULL AND a.state = 'alarm' AND a.gone_at_ms IS NULL)
            OR i.ended_at_ms > $1)
        AND (h.error IS NULL OR h.alarms_read_at_ms IS NULL OR h.alarms_read_at_ms > $2)
        AND (b.state IS NULL OR b.state <> 'alarm')
        ORDER BY a.id LIMIT $3";
    END = "UPDATE inhibitors SET ended_at_ms = $2 WHERE alarm_id = $1";
    FORGET = "DELETE FROM inhibitors WHERE ended_at_ms <= $1";
    FIRING =
        "SELECT * FROM alarms WHERE state = 'alarm' AND gone_at_ms IS NULL AND id > $1
        ORDER BY id LIMIT $2";
}
const AMONG: Statement = Statement::beginning(
    "AMONG",
    "inhibitors",
    "SELECT alarm_id FROM inhibitors WHERE ended_at_ms IS NULL AND alarm_id IN ",
);
const SET: Statement = Statement::beginning(
    "SET",
    "inhibitors",
    "INSERT INTO inhibitors (alarm_id) VALUES ",
);
const WENT_OFF: Statement = Statement::beginning(
    "WENT_OFF",
    "alarm_transitions",
    "SELECT alarm_id, COUNT(*) AS total FROM alarm_transitions WHERE to_state = 'alarm'
    AND (from_state IS NULL OR from_state = 'ok') AND at_ms > ",
);

fn among(alarms: &[AlarmId]) -> Sql {
    let mut sql = AMONG.sql();
    sql.push_list(alarms.iter().map(|id| Value::from(*id)));
    sql
}

fn set(alarms: &[AlarmId]) -> Sql {
    let mut sql = SET.sql();
    for (number, alarm) in alarms.iter().enumerate() {
        sql.push(if number == 0 { "(" } else { ", (" });
        sql.push_bind(*alarm);
        sql.push(")");
    }
    sql.push(" ON CONFLICT (alarm_id) DO UPDATE SET ended_at_ms = NULL");
    sql
}

fn went_off(alarms: &[AlarmId], since: Timestamp) -> Sql {
    let mut sql = WENT_OFF.sql();
    sql.push_bind(since);
    sql.push(" AND alarm_id IN ");
    sql.push_list(alarms.iter().map(|id| Value::from(*id)));
    sql.push(" GROUP BY alarm_id");
    sql
}

/// The statements that are put together.
pub(crate) fn examples() -> Examples {
    let alarm = AlarmId::from_parts(0, 0);
    vec![
        (AMONG.name, among(&[alarm])),
        (SET.name, set(&[alarm, alarm])),
        (WENT_OFF.name, went_off(&[alarm], Timestamp::from_ms(0))),
    ]
}

impl Read<'_> {
    /// Alarms that may hold others back: those in ALARM, and with its end what ended after an
    /// instant. What an account and region hold that cannot be read, and were not since another
    /// instant, is not known, nor what a source holds whose heartbeat is late. No more than are
    /// looked at.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn inhibitors(
        &mut self,
        ended_after: Timestamp,
        read_after: Timestamp,
    ) -> Result<Vec<(AlarmRow, Option<Timestamp>)>, StoreError> {
        let sql = ALL.bind(ended_after).bind(read_after);
        let rows = self.all(sql.bind(limits::INHIBITORS_MAX)).await?;
        let inhibitor = |row| Ok((alarm(row)?, row.at_or_none("ended_at_ms")?));
        rows.iter().map(inhibitor).collect()
    }

    /// Which of these alarms are kept as ones that may hold others back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn inhibitors_of(
        &mut self,
        alarms: &[AlarmId],
    ) -> Result<HashSet<AlarmId>, StoreError> {
        let mut found = HashSet::new();
        for batch in alarms.chunks(limits::INSERT_ROWS_MAX) {
            for row in self.all(among(batch)).await? {
                found.insert(row.parse("alarm_id")?);
            }
        }
        Ok(found)
    }

    /// How often these alarms went off since an instant; those that did not are left out.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn went_off_since(
        &mut self,
        alarms: &[AlarmId],
        since: Timestamp,
    ) -> Result<HashMap<AlarmId, u64>, StoreError> {
        let mut found = HashMap::new();
        for batch in alarms.chunks(limits::INSERT_ROWS_MAX) {
            for row in self.all(went_off(batch, since)).await? {
                found.insert(row.parse("alarm_id")?, row.total("total")?);
            }
        }
        Ok(found)
    }

    /// Alarms in ALARM by their ids, from after one on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn firing_alarms(
        &mut self,
        after: Option<AlarmId>,
        limit: u32,
    ) -> Result<Vec<AlarmRow>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows = self.all(FIRING.bind(after).bind(limit)).await?;
        rows.iter().map(alarm).collect()
    }
}

impl Tx {
    /// Keeps that these alarms may hold others back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_inhibitors(&mut self, alarms: &[AlarmId]) -> Result<(), StoreError> {
        for batch in alarms.chunks(limits::INSERT_ROWS_MAX) {
            self.run(set(batch)).await?;
        }
        Ok(())
    }

    /// Keeps that an alarm may hold others back for a grace only.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_inhibitor(&mut self, alarm: AlarmId, at: Timestamp) -> Result<(), StoreError> {
        self.run(END.bind(alarm).bind(at)).await.map(|_| ())
    }

    /// Forgets alarms that ended by an instant.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn forget_inhibitors(&mut self, ended_by: Timestamp) -> Result<(), StoreError> {
        self.run(FORGET.bind(ended_by)).await.map(|_| ())
    }
}
