//! Signing in: by password, by the one-time set-up link, and in the sandbox by
//! one click.
//!
//! - Wrong login, wrong password and shut-out person are one answer, and take
//!   one time.
//! - Failures are counted (see `throttle`), and that is done while a place among
//!   the few that hash is held, so a burst runs past the limit by those few at most.
//! - Signing in always begins a new session and ends the one that the browser
//!   brought along: a session planted there beforehand is worth nothing.

pub mod password;
pub mod sandbox;
pub mod secret;
pub mod setup;
pub mod texts;
pub(crate) mod throttle;

use crate::{
    Services,
    cx::Cx,
    failure::Outcome,
    sessions::{self, Begun},
};
use domain::{
    audit::{AuditEntry, AuditOutcome},
    i18n::Lang,
    limits, text,
    time::{Timestamp, Zone},
};
use password::Place;
use std::{net::IpAddr, time::Duration};
use store::{PersonRow, Tx};
use throttle::{Counts, Pace};
use tracing::field::display;

/// From where somebody signs in.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The client's address, as the server believes it; none when nothing tells
    /// one client from another.
    pub address: Option<IpAddr>,
    /// The browser, in its own words.
    pub agent: String,
    /// The session cookie that the browser brought along.
    pub cookie: Option<String>,
    /// To find it in the log.
    pub request_id: String,
    /// The language of the page.
    pub lang: Lang,
}

/// How signing in by password ended.
pub enum SignIn {
    /// Signed in.
    Done(Begun),
    /// Login or password is wrong, or the person may not sign in.
    Wrong,
    /// Too many failures.
    Throttled {
        /// Try again after so many minutes.
        minutes: i64,
    },
}

/// Signs in by login and password.
///
/// # Errors
/// `too_many` when too many sign in at once; the database's.
pub async fn by_password(
    s: &Services,
    login: &str,
    password: String,
    origin: &Origin,
) -> Outcome<SignIn> {
    // What cannot be a login or a password of anybody is still tried, and costs
    // as much as what can.
    let login = text::login(login).unwrap_or_default();
    let too_long = password.chars().count() > limits::PASSWORD_CHARS_MAX;
    let password = if too_long { String::new() } else { password };

    let client = origin.address.map(display);
    let counts = Counts::new(&login, origin.address);
    if counts.pace(s, s.clock.now()).await? == Pace::Slow {
        tracing::warn!(request_id = %origin.request_id, client, "sign-in slowed");
        tokio::time::sleep(Duration::from_millis(limits::SIGN_IN_SLOW_MS)).await;
    }
    let place = Place::take(origin.lang).await?;
    let now = s.clock.now();
    if counts.pace(s, now).await? == Pace::Refused {
        tracing::warn!(request_id = %origin.request_id, client, "sign-in throttled");
        let minutes = limits::SIGN_IN_WINDOW_MS / 60_000;
        return Ok(SignIn::Throttled { minutes });
    }
    let mut read = s.store.read();
    let person = read
        .person_by_login(&login)
        .await?
        .filter(|person| !person.disabled);
    let kept = match &person {
        Some(person) => read.password_hash(person.id).await?,
        None => None,
    };
    let fits = place.verify(kept.clone(), password).await?;
    let Some(person) = person.filter(|_| fits) else {
        counts.record(s, now).await?;
        tracing::warn!(request_id = %origin.request_id, client, "sign-in refused");
        return Ok(SignIn::Wrong);
    };
    let mut tx = s.store.begin().await?;
    // Hashing takes long enough to be shut out, or given another password, meanwhile.
    let mut read = tx.read();
    let still = read.person(person.id).await?.filter(|now| !now.disabled);
    let unchanged = read.password_hash(person.id).await? == kept;
    let Some(person) = still.filter(|_| unchanged) else {
        tracing::warn!(request_id = %origin.request_id, client, "sign-in overtaken");
        return Ok(SignIn::Wrong);
    };
    tx.clear_sign_in_failures(counts.forgotten()).await?;
    let begun = begin(s, &mut tx, &person, origin, "password", now).await?;
    tx.commit().await?;
    Ok(SignIn::Done(begun))
}

/// Begins the session of somebody who has proved who they are.
async fn begin(
    s: &Services,
    tx: &mut Tx,
    person: &PersonRow,
    origin: &Origin,
    by: &str,
    now: Timestamp,
) -> Outcome<Begun> {
    if let Some(cookie) = origin
        .cookie
        .as_deref()
        .filter(|c| secret::is_well_formed(c))
    {
        let brought = tx
            .read()
            .session_by_hash(&secret::hash(cookie), now)
            .await?;
        if let Some((row, owner)) = brought {
            tx.end_session(row.id, owner.id).await?;
        }
    }
    let begun = sessions::begin(s, tx, person.id, &origin.agent, now).await?;
    tx.set_signed_in(person.id, now).await?;
    let mut entry = person_audit(person, now, "session.sign_in", begun.id, &origin.request_id);
    entry.detail_json = serde_json::json!({ "by": by, "address": origin.address }).to_string();
    tx.audit(&entry).await?;
    Ok(begun)
}

/// An audit entry of a person who acts before there is a session.
pub(crate) fn person_audit(
    person: &PersonRow,
    now: Timestamp,
    action: &str,
    subject: impl ToString,
    request_id: &str,
) -> AuditEntry {
    AuditEntry {
        at: now,
        actor: person.id.to_string(),
        actor_name: person.name.clone(),
        action: action.into(),
        subject: subject.to_string(),
        environment: String::new(),
        outcome: AuditOutcome::Done,
        detail_json: "{}".into(),
        request_id: request_id.into(),
    }
}

/// A call of nobody in particular: before signing in, or from the server's own
/// console.
#[must_use]
pub fn nobody(s: &Services, lang: Lang, request_id: &str) -> Cx {
    Cx {
        actor: None,
        session: None,
        token: None,
        now: s.clock.now(),
        lang,
        zone: Zone::utc(),
        request_id: request_id.into(),
    }
}
