//! Threads: each channel's part in one life of an alarm. Their messages are in `notifications`.

use crate::{
    error::StoreError,
    sql::{Examples, Row, Sql, Statement, Value, statements},
    transaction::{Read, Tx},
};
use domain::{
    alarms::AlarmState,
    ids::{AlarmId, ThreadId},
    limits,
    notifications::Thread,
    routes::groups::ThreadGroup,
    time::Timestamp,
};

statements! { "threads";
    OPEN =
        "INSERT INTO threads (id, alarm_id, channel, state, opened_at_ms, group_key, group_wait_ms,
            group_interval_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE_THREAD = "UPDATE threads SET state = $2 WHERE id = $1";
    THREAD = "SELECT * FROM threads WHERE id = $1 AND closed_at_ms IS NULL";
    WORD =
        "UPDATE threads SET word_at_ms = $2
        WHERE id = $1 AND (word_at_ms IS NULL OR word_at_ms < $2)";
    CLOSE = "UPDATE threads SET closed_at_ms = $2 WHERE id = $1 AND closed_at_ms IS NULL";
    PURGE = "DELETE FROM threads WHERE closed_at_ms < $1";
}
const OPEN_OF: Statement = Statement::beginning(
    "OPEN_OF",
    "threads",
    "SELECT * FROM threads WHERE closed_at_ms IS NULL",
);

fn thread(row: &Row) -> Result<Thread, StoreError> {
    Ok(Thread {
        id: row.parse("id")?,
        alarm: row.parse_or_none("alarm_id")?,
        channel: row.parse("channel")?,
        state: row.word("state", AlarmState::parse)?,
        group: match row.text_or_none("group_key")? {
            None => None,
            Some(key) => Some(ThreadGroup {
                key,
                wait_ms: row.int("group_wait_ms")?,
                interval_ms: row.int("group_interval_ms")?,
            }),
        },
        has_message: row.text_or_none("reference")?.is_some(),
    })
}

fn open_of(alarms: &[AlarmId]) -> Sql {
    let mut sql = OPEN_OF.sql();
    sql.push(" AND alarm_id IN ");
    sql.push_list(alarms.iter().map(|id| Value::from(*id)));
    sql.push(" ORDER BY alarm_id, channel");
    sql
}

/// The statement that is put together.
pub(crate) fn examples() -> Examples {
    let id = AlarmId::from_parts(0, 0);
    vec![(OPEN_OF.name, open_of(&[id, id]))]
}

impl Read<'_> {
    /// The threads of these alarms that are not closed.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn open_threads(&mut self, alarms: &[AlarmId]) -> Result<Vec<Thread>, StoreError> {
        let mut threads = Vec::new();
        for batch in alarms.chunks(limits::INSERT_ROWS_MAX) {
            for row in self.all(open_of(batch)).await? {
                threads.push(thread(&row)?);
            }
        }
        Ok(threads)
    }

    /// A thread that is not closed, and when its channel's own service last said a word of it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn open_thread_of(
        &mut self,
        id: ThreadId,
    ) -> Result<Option<(Thread, Option<Timestamp>)>, StoreError> {
        let row = self.first(THREAD.bind(id)).await?;
        let found = |row: &Row| Ok((thread(row)?, row.at_or_none("word_at_ms")?));
        row.as_ref().map(found).transpose()
    }
}

impl Tx {
    /// Opens a thread.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn open_thread(&mut self, thread: &Thread, now: Timestamp) -> Result<(), StoreError> {
        let sql = OPEN
            .bind(thread.id)
            .bind(thread.alarm)
            .bind(thread.channel.as_str())
            .bind(thread.state.as_str())
            .bind(now)
            .bind(thread.group.as_ref().map(|group| group.key.as_str()))
            .bind(thread.group.as_ref().map(|group| group.wait_ms))
            .bind(thread.group.as_ref().map(|group| group.interval_ms));
        self.run_one(sql).await
    }

    /// Remembers which state of the alarm was told.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn update_thread(
        &mut self,
        thread: ThreadId,
        state: AlarmState,
    ) -> Result<(), StoreError> {
        self.run_one(UPDATE_THREAD.bind(thread).bind(state.as_str()))
            .await
    }

    /// Notes a word that the channel's own service said; `false` when it is no news.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn note_word(&mut self, thread: ThreadId, at: Timestamp) -> Result<bool, StoreError> {
        Ok(self.run(WORD.bind(thread).bind(at)).await? == 1)
    }

    /// Closes a thread.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn close_thread(
        &mut self,
        thread: ThreadId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.run_one(CLOSE.bind(thread).bind(now)).await
    }

    /// Drops threads that were closed before an instant; how many rows.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_threads(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(before)).await
    }
}
