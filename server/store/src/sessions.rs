//! Signed-in sessions. The secret in the browser's cookie is kept as a hash.

use crate::{
    error::StoreError,
    people::{PersonRow, person},
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    ids::{PersonId, SessionId},
    limits,
    time::Timestamp,
};

statements! { "sessions";
    BY_HASH =
        "SELECT s.id AS session_id, s.person_id, s.created_at_ms AS session_created_at_ms,
            s.used_at_ms, s.idle_until_ms, s.ends_at_ms, s.agent, p.*
        FROM sessions s JOIN people p ON p.id = s.person_id
        WHERE s.token_hash = $1 AND s.idle_until_ms > $2 AND s.ends_at_ms > $2
            AND NOT p.disabled";
    OF_PERSON =
        "SELECT id AS session_id, person_id, created_at_ms AS session_created_at_ms, used_at_ms,
            idle_until_ms, ends_at_ms, agent
        FROM sessions
        WHERE person_id = $1 AND idle_until_ms > $2 AND ends_at_ms > $2
        ORDER BY created_at_ms DESC, id DESC";
    INSERT =
        "INSERT INTO sessions (id, token_hash, person_id, created_at_ms, used_at_ms,
            idle_until_ms, ends_at_ms, agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    END_OLDEST =
        "DELETE FROM sessions WHERE person_id = $1 AND id NOT IN
            (SELECT id FROM sessions WHERE person_id = $1
            ORDER BY created_at_ms DESC, id DESC LIMIT $2)";
    TOUCH =
        "UPDATE sessions SET used_at_ms = $2, idle_until_ms = $3
        WHERE id = $1 AND used_at_ms < $2";
    END = "DELETE FROM sessions WHERE id = $1 AND person_id = $2";
    END_ALL = "DELETE FROM sessions WHERE person_id = $1 AND id <> $2";
    PURGE = "DELETE FROM sessions WHERE idle_until_ms <= $1 OR ends_at_ms <= $1";
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its public handle.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// Signed in.
    pub created_at: Timestamp,
    /// Last used.
    pub used_at: Timestamp,
    /// Ends then if unused.
    pub idle_until: Timestamp,
    /// Ends then in any case.
    pub ends_at: Timestamp,
    /// The browser, in its own words, shortened.
    pub agent: String,
}

fn session(row: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: row.parse("session_id")?,
        person: row.parse("person_id")?,
        created_at: row.at("session_created_at_ms")?,
        used_at: row.at("used_at_ms")?,
        idle_until: row.at("idle_until_ms")?,
        ends_at: row.at("ends_at_ms")?,
        agent: row.text("agent")?,
    })
}

impl Read<'_> {
    /// The live session with this secret's hash, and its person. A session that
    /// is over, or whose person is disabled, is not found.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn session_by_hash(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<(SessionRow, PersonRow)>, StoreError> {
        let row = self.first(BY_HASH.bind(hash).bind(now)).await?;
        row.map(|row| Ok((session(&row)?, person(&row)?)))
            .transpose()
    }

    /// A person's live sessions, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn sessions_of(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows = self.all(OF_PERSON.bind(person).bind(now)).await?;
        rows.iter().map(session).collect()
    }
}

impl Tx {
    /// Keeps a session; the person's oldest beyond
    /// [`limits::SESSIONS_PER_PERSON_MAX`] end.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_session(
        &mut self,
        session: &SessionRow,
        token_hash: &str,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(session.id)
            .bind(token_hash)
            .bind(session.person)
            .bind(session.created_at)
            .bind(session.used_at)
            .bind(session.idle_until)
            .bind(session.ends_at)
            .bind(session.agent.as_str());
        self.run_one(sql).await?;
        let most = u32::try_from(limits::SESSIONS_PER_PERSON_MAX).unwrap_or(u32::MAX);
        self.run(END_OLDEST.bind(session.person).bind(most)).await?;
        Ok(())
    }

    /// Records a use and what it extends the session to. One that has ended, or
    /// was used later by another request, stays as it is.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn touch_session(
        &mut self,
        id: SessionId,
        used_at: Timestamp,
        idle_until: Timestamp,
    ) -> Result<(), StoreError> {
        self.run(TOUCH.bind(id).bind(used_at).bind(idle_until))
            .await?;
        Ok(())
    }

    /// Ends one of a person's sessions; `false` when they have no such one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_session(
        &mut self,
        id: SessionId,
        person: PersonId,
    ) -> Result<bool, StoreError> {
        Ok(self.run(END.bind(id).bind(person)).await? == 1)
    }

    /// Ends a person's sessions, all but one; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn end_sessions(
        &mut self,
        person: PersonId,
        except: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        let kept = except.map(|id| id.to_string()).unwrap_or_default();
        self.run(END_ALL.bind(person).bind(kept)).await
    }

    /// Drops sessions that are over; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(now)).await
    }
}
