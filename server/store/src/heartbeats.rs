//! What is known of the calls of each source, and how its heartbeat stands.

use crate::{
    alarm_save::{AlarmNews, AlarmNewsKind},
    alarms::alarm,
    error::StoreError,
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{alarms::AlarmState, limits, sources::SourceName, time::Timestamp};

statements! { "heartbeats";
    ALL = "SELECT * FROM heartbeats ORDER BY source";
    BY_SOURCE = "SELECT * FROM heartbeats WHERE source = $1";
    BEAT =
        "INSERT INTO heartbeats (source, beat_at_ms) VALUES ($1, $2)
        ON CONFLICT (source) DO UPDATE SET beat_at_ms =
            CASE WHEN heartbeats.beat_at_ms > excluded.beat_at_ms
                AND heartbeats.beat_at_ms <= excluded.beat_at_ms + $3 THEN heartbeats.beat_at_ms
            ELSE excluded.beat_at_ms END";
    REFUSE =
        "INSERT INTO heartbeats (source, refused_at_ms, refused_why) VALUES ($1, $2, $3)
        ON CONFLICT (source) DO UPDATE SET refused_at_ms = excluded.refused_at_ms,
            refused_why = excluded.refused_why";
    STAND =
        "INSERT INTO heartbeats (source, state, state_at_ms) VALUES ($1, $2, $3)
        ON CONFLICT (source) DO UPDATE SET state = excluded.state,
            state_at_ms = excluded.state_at_ms";
    REST = "UPDATE heartbeats SET state = NULL, state_at_ms = NULL WHERE source = $1";
    DELETE = "DELETE FROM heartbeats WHERE source = $1";
    GO =
        "UPDATE alarms SET gone_at_ms = $2, version = version + 1
        WHERE source = 'heartbeat' AND region = $1 AND gone_at_ms IS NULL
        RETURNING *";
}

/// What is known of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartbeatRow {
    /// The source.
    pub source: SourceName,
    /// When its last call was taken in.
    pub beat_at: Option<Timestamp>,
    /// When its last call was refused that could not be read, and why.
    pub refused: Option<(Timestamp, String)>,
    /// The state of the alarm that says whether it calls, and since when; none where it need
    /// not.
    pub stands: Option<(AlarmState, Timestamp)>,
}

fn heartbeat(row: &Row) -> Result<HeartbeatRow, StoreError> {
    let refused_at = row.at_or_none("refused_at_ms")?;
    let state = row.text_or_none("state")?;
    let state = state
        .map(|_| row.word("state", AlarmState::parse))
        .transpose()?;
    Ok(HeartbeatRow {
        source: row.parse("source")?,
        beat_at: row.at_or_none("beat_at_ms")?,
        refused: refused_at.zip(row.text_or_none("refused_why")?),
        stands: state.zip(row.at_or_none("state_at_ms")?),
    })
}

impl Read<'_> {
    /// All; the configuration bounds how many there are.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn heartbeats(&mut self) -> Result<Vec<HeartbeatRow>, StoreError> {
        let rows = self.all(ALL.sql()).await?;
        rows.iter().map(heartbeat).collect()
    }

    /// One source's.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn heartbeat(
        &mut self,
        source: &SourceName,
    ) -> Result<Option<HeartbeatRow>, StoreError> {
        let row = self.first(BY_SOURCE.bind(source.as_str())).await?;
        row.as_ref().map(heartbeat).transpose()
    }
}

impl Tx {
    /// A call of a source was taken in. Of two servers whose clocks differ the later counts.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn beat(&mut self, source: &SourceName, at: Timestamp) -> Result<(), StoreError> {
        let sql = BEAT.bind(source.as_str()).bind(at);
        self.run(sql.bind(limits::CLOCKS_APART_MS)).await?;
        Ok(())
    }

    /// A call of a source could not be read.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn refuse_call(
        &mut self,
        source: &SourceName,
        at: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        self.run(REFUSE.bind(source.as_str()).bind(at).bind(why))
            .await?;
        Ok(())
    }

    /// Writes how the heartbeat of a source stands.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_heartbeat(
        &mut self,
        source: &SourceName,
        state: AlarmState,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = STAND.bind(source.as_str()).bind(state.as_str()).bind(at);
        self.run(sql).await?;
        Ok(())
    }

    /// A source need not call any more: its alarm leaves the list. When its calls came stays
    /// known while the source itself is.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_heartbeat(
        &mut self,
        source: &SourceName,
        is_configured: bool,
        now: Timestamp,
    ) -> Result<Vec<AlarmNews>, StoreError> {
        let end = match is_configured {
            true => REST,
            false => DELETE,
        };
        self.run(end.bind(source.as_str())).await?;
        let rows = self.read().all(GO.bind(source.as_str()).bind(now)).await?;
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
