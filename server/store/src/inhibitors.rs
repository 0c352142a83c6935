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
        "SELECT a.* FROM alarms a JOIN inhibitors i ON i.alarm_id = a.id
        WHERE a.state = 'alarm' AND a.gone_at_ms IS NULL ORDER BY a.id LIMIT $1";
    SET = "INSERT INTO inhibitors (alarm_id) VALUES ($1) ON CONFLICT (alarm_id) DO NOTHING";
    UNSET = "DELETE FROM inhibitors WHERE alarm_id = $1";
    CLEAR = "DELETE FROM inhibitors";
    FIRING =
        "SELECT * FROM alarms WHERE state = 'alarm' AND gone_at_ms IS NULL AND id > $1
        ORDER BY id LIMIT $2";
}
const AMONG: Statement = Statement::beginning(
    "AMONG",
    "inhibitors",
    "SELECT alarm_id FROM inhibitors WHERE alarm_id IN ",
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
        (WENT_OFF.name, went_off(&[alarm], Timestamp::from_ms(0))),
    ]
}

impl Read<'_> {
    /// Alarms in ALARM that may hold others back; no more than are looked at.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn inhibitors(&mut self) -> Result<Vec<AlarmRow>, StoreError> {
        let rows = self.all(ALL.bind(limits::INHIBITORS_MAX)).await?;
        rows.iter().map(alarm).collect()
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
    /// Keeps whether an alarm may hold others back.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_inhibitor(&mut self, alarm: AlarmId, may: bool) -> Result<(), StoreError> {
        let sql = if may { SET } else { UNSET };
        self.run(sql.bind(alarm)).await.map(|_| ())
    }

    /// Forgets which alarms may hold others back: the rules may be others.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn clear_inhibitors(&mut self) -> Result<(), StoreError> {
        self.run(CLEAR.sql()).await.map(|_| ())
    }
}
