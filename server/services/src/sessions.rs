//! Sessions of browsers: begun at sign-in, found by their cookie, ended by
//! their owner, by time, or by whoever disables the owner.
//!
//! The cookie holds a secret; the database holds its hash, so that a copy of
//! the database opens no session.

mod device;

use crate::{
    Services,
    cx::Cx,
    failure::Outcome,
    sign_in::{person_audit, secret, texts},
};
use api::{ApiError, ErrorCode, people::SessionRow};
use domain::{
    ids::{PersonId, SessionId},
    limits,
    people::Actor,
    policy::{Action, Resource},
    time::Timestamp,
};
use std::time::Duration;
use store::{PersonRow, Tx};
use tracing::Instrument as _;

/// A session just begun: the only time its secret is known to the server.
#[derive(Clone)]
pub struct Begun {
    /// For the cookie.
    pub secret: String,
    /// Its id.
    pub id: SessionId,
    /// When it ends, whatever it does.
    pub ends_at: Timestamp,
}

/// Who a cookie belongs to.
#[derive(Debug, Clone)]
pub struct Found {
    /// The session.
    pub id: SessionId,
    /// The person.
    pub person: PersonRow,
}

impl Found {
    /// The person as the one who acts, with everything they are granted.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            person: self.person.id,
            name: self.person.name.clone(),
            grants: self.person.grants.clone(),
        }
    }
}

/// How long a session lasts: (unused, at most).
///
/// In the sandbox the clock jumps by days, and that is no reason to throw
/// anybody out of it.
fn ages(s: &Services) -> (i64, i64) {
    if s.sandbox.is_some() {
        let forever = 100 * limits::TOKEN_AGE_MS_MAX;
        return (forever, forever);
    }
    (limits::SESSION_IDLE_MS, limits::SESSION_AGE_MS)
}

/// Begins a session in the transaction of the sign-in.
///
/// # Errors
/// The database's.
pub(crate) async fn begin(
    s: &Services,
    tx: &mut Tx,
    person: PersonId,
    agent: &str,
    now: Timestamp,
) -> Outcome<Begun> {
    let secret = secret::draw(s.ids.as_ref());
    let (idle_ms, age_ms) = ages(s);
    let row = store::SessionRow {
        id: SessionId::from_parts(now.ms(), s.ids.random()),
        person,
        created_at: now,
        used_at: now,
        idle_until: now.plus_ms(idle_ms),
        ends_at: now.plus_ms(age_ms),
        agent: agent
            .chars()
            .filter(|c| !c.is_control())
            .take(limits::LINE_CHARS_MAX)
            .collect(),
    };
    tx.insert_session(&row, &secret::hash(&secret)).await?;
    Ok(Begun {
        secret,
        id: row.id,
        ends_at: row.ends_at,
    })
}

/// Finds the live session of a cookie; none for anything else, also for the
/// cookie of another installation. Notes that it was used.
///
/// # Errors
/// The database's.
pub async fn find(s: &Services, cookie: &str) -> Outcome<Option<Found>> {
    let Some((row, person)) = look_up(s, cookie).await? else {
        return Ok(None);
    };
    // Reading pages is not writing.
    if s.clock.now().since_ms(row.used_at) >= limits::SESSION_TOUCH_MS {
        let (s, row) = (s.clone(), row.clone());
        note_use("a session", async move { touch(&s, &row).await }).await;
    }
    Ok(Some(Found { id: row.id, person }))
}

async fn touch(s: &Services, row: &store::SessionRow) -> Outcome<()> {
    let now = s.clock.now();
    let idle_until = now.plus_ms(ages(s).0).min(row.ends_at);
    let mut tx = s.store.begin().await?;
    tx.touch_session(row.id, now, idle_until).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes that something was used, if the database takes it soon: looking at a
/// page must not wait for, nor fail with, whoever is writing. The next request
/// tries again. What comes late is waited for no longer but not cut off either:
/// a statement dropped half way would keep its connection busy.
pub(crate) async fn note_use(
    what: &'static str,
    noting: impl Future<Output = Outcome<()>> + Send + 'static,
) {
    let noting = async move {
        if let Err(error) = noting.await {
            tracing::warn!(%error, "could not note that {what} was used");
        }
    };
    let noted = tokio::spawn(noting.in_current_span());
    let patience = Duration::from_millis(limits::NOTE_USE_MS);
    if tokio::time::timeout(patience, noted).await.is_err() {
        tracing::warn!("could not note in time that {what} was used");
    }
}

/// Whether the cookie still opens the session of somebody with these grants.
/// Looking is not using: a page left open follows the news until its session
/// ends of itself.
///
/// # Errors
/// The database's.
pub async fn still_stands(s: &Services, cookie: &str, actor: &Actor) -> Outcome<bool> {
    let found = look_up(s, cookie).await?;
    Ok(found.is_some_and(|(_, person)| person.id == actor.person && person.grants == actor.grants))
}

async fn look_up(s: &Services, cookie: &str) -> Outcome<Option<(store::SessionRow, PersonRow)>> {
    if !secret::is_well_formed(cookie) {
        return Ok(None);
    }
    let mut read = s.store.read();
    Ok(read
        .session_by_hash(&secret::hash(cookie), s.clock.now())
        .await?)
}

/// Ends the session of a cookie: signing out. Ending none is fine.
///
/// # Errors
/// The database's.
pub async fn sign_out(s: &Services, cookie: &str, request_id: &str) -> Outcome<()> {
    let Some((row, person)) = look_up(s, cookie).await? else {
        return Ok(());
    };
    let mut tx = s.store.begin().await?;
    tx.end_session(row.id, person.id).await?;
    let entry = person_audit(
        &person,
        s.clock.now(),
        "session.sign_out",
        row.id,
        request_id,
    );
    tx.audit(&entry).await?;
    tx.commit().await?;
    Ok(())
}

/// What only a signed-in browser may do, never a token: or a stolen token
/// could make itself outlive its revocation.
pub(crate) fn require(cx: &Cx) -> Result<SessionId, ApiError> {
    cx.session
        .ok_or_else(|| ApiError::new(ErrorCode::Forbidden, texts::session_only(cx.lang)))
}

/// One's own sessions, newest first.
///
/// # Errors
/// `unauthenticated`; the database's.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<SessionRow>> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    let rows = s.store.read().sessions_of(actor.person, cx.now).await?;
    let rows = rows.into_iter().map(|row| SessionRow {
        current: Some(row.id) == cx.session,
        id: row.id,
        created_at: row.created_at,
        used_at: row.used_at,
        device: device::name(cx.lang, &row.agent),
        agent: row.agent,
    });
    Ok(rows.collect())
}

/// Ends one of one's own sessions.
///
/// # Errors
/// `not_found` for any other; `forbidden` for a token; the database's.
pub async fn end(s: &Services, cx: &Cx, id: SessionId) -> Outcome<()> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    require(cx)?;
    let mut tx = s.store.begin().await?;
    if !tx.end_session(id, actor.person).await? {
        return Err(cx.not_found().into());
    }
    let entry = cx.audit("session.end", id)?;
    tx.audit(&entry).await?;
    tx.commit().await?;
    Ok(())
}
