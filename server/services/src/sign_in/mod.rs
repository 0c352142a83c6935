//! Signing in: by password, by the one-time set-up link, and in the sandbox by
//! one click.
//!
//! - Wrong login, wrong password and shut-out person are one answer, and take
//!   one time.
//! - Failures are counted by login and by address in a window; both are kept as
//!   hashes, because people type passwords into the wrong field. They are
//!   counted and recorded while a place among the few that hash is held, so a
//!   burst cannot run past the limit.
//! - Signing in always begins a new session and ends the one that the browser
//!   brought along: a session planted there beforehand is worth nothing.

pub mod password;
pub mod sandbox;
pub mod secret;
pub mod setup;
pub mod texts;

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
use store::{PersonRow, Tx};

/// From where somebody signs in.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The client's address, as the server believes it.
    pub address: String,
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

    let place = Place::take(origin.lang).await?;
    let now = s.clock.now();
    let by_login = login_key(&login);
    let by_address = address_key(&origin.address);
    for key in [&by_login, &by_address] {
        if is_throttled(s, key, now).await? {
            tracing::warn!(request_id = %origin.request_id, client = %origin.address, "sign-in throttled");
            let minutes = limits::SIGN_IN_WINDOW_MS / 60_000;
            return Ok(SignIn::Throttled { minutes });
        }
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
        record_failures(s, &[&by_login, &by_address], now).await?;
        tracing::warn!(request_id = %origin.request_id, client = %origin.address, "sign-in refused");
        return Ok(SignIn::Wrong);
    };
    let mut tx = s.store.begin().await?;
    // Hashing takes long enough to be shut out, or given another password, meanwhile.
    let mut read = tx.read();
    let still = read.person(person.id).await?.filter(|now| !now.disabled);
    let unchanged = read.password_hash(person.id).await? == kept;
    let Some(person) = still.filter(|_| unchanged) else {
        tracing::warn!(request_id = %origin.request_id, client = %origin.address, "sign-in overtaken");
        return Ok(SignIn::Wrong);
    };
    tx.clear_sign_in_failures(&by_login).await?;
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
        now: s.clock.now(),
        lang,
        zone: Zone::utc(),
        request_id: request_id.into(),
    }
}

/// Under which failures of a login are counted.
pub(crate) fn login_key(login: &str) -> String {
    format!("login:{}", secret::hash(login))
}

/// Under which failures from an address are counted. One household holds a /64
/// of IPv6, so that is one address.
fn address_key(address: &str) -> String {
    let counted = match address.parse::<std::net::Ipv6Addr>() {
        Ok(v6) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    };
    format!("address:{}", secret::hash(&counted))
}

/// Whether so much has failed under a key that the next must wait.
pub(crate) async fn is_throttled(s: &Services, key: &str, now: Timestamp) -> Outcome<bool> {
    let since = now.plus_ms(-limits::SIGN_IN_WINDOW_MS);
    let failures = s.store.read().sign_in_failures(key, since).await?;
    Ok(failures >= limits::SIGN_IN_FAILURES_MAX)
}

/// Counts one failure under each key.
pub(crate) async fn record_failures(s: &Services, keys: &[&str], now: Timestamp) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    for key in keys {
        tx.record_sign_in_failure(key, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_64_are_one_address_and_v4_addresses_are_not() {
        assert_eq!(
            address_key("2001:db8:0:1::5"),
            address_key("2001:db8:0:1:ffff::9")
        );
        assert_ne!(
            address_key("2001:db8:0:1::5"),
            address_key("2001:db8:0:2::5")
        );
        assert_ne!(address_key("192.0.2.1"), address_key("192.0.2.2"));
        assert_ne!(
            address_key("::ffff:192.0.2.1"),
            address_key("::ffff:192.0.2.2")
        );
        assert!(!login_key("ana@example.com").contains("ana"));
    }
}
