//! Failed tries of a password, and who must wait for them.
//!
//! Three counts run in one window, each for another way to guess:
//!
//! | what is counted | when it is full |
//! |---|---|
//! | one login from one client address | that client waits; its owner elsewhere does not |
//! | one client address, whatever the login | that client waits |
//! | one login from anywhere | every try is slowed, none is refused |
//!
//! So nobody who only knows a login can lock its owner out. Where clients have no
//! address that we know, the last count is all there is, and then it refuses.
//!
//! Keys are kept as hashes, because people type passwords into the wrong field.

use crate::{Services, failure::Outcome, sign_in::secret};
use domain::{ids::PersonId, limits, time::Timestamp};
use std::net::IpAddr;

/// What a try has to reckon with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Nothing.
    Free,
    /// A pause before it is looked at.
    Slow,
    /// It is not looked at.
    Refused,
}

/// The counts to which one try belongs.
pub(super) struct Counts {
    login: String,
    /// The login from the address, and the address; none when it is unknown.
    client: Option<(String, String)>,
}

impl Counts {
    pub fn new(login: &str, address: Option<IpAddr>) -> Self {
        let login = login_key(login);
        let client = address.map(|address| {
            let address = secret::hash(&household(address));
            (format!("{login}/{address}"), format!("address:{address}"))
        });
        Self { login, client }
    }

    /// How a try may go on now.
    pub async fn pace(&self, s: &Services, now: Timestamp) -> Outcome<Pace> {
        let often = is_full(s, &self.login, limits::SIGN_IN_LOGIN_FAILURES_MAX, now).await?;
        let Some((pair, address)) = &self.client else {
            return Ok(if often { Pace::Refused } else { Pace::Free });
        };
        let refused = is_full(s, pair, limits::SIGN_IN_FAILURES_MAX, now).await?
            || is_full(s, address, limits::SIGN_IN_ADDRESS_FAILURES_MAX, now).await?;
        Ok(match (refused, often) {
            (true, _) => Pace::Refused,
            (false, true) => Pace::Slow,
            (false, false) => Pace::Free,
        })
    }

    /// Counts a failure.
    pub async fn record(&self, s: &Services, now: Timestamp) -> Outcome<()> {
        let client = self.client.iter();
        let client = client.flat_map(|(pair, address)| [pair.as_str(), address]);
        let keys: Vec<&str> = client.chain([self.login.as_str()]).collect();
        record(s, &keys, now).await
    }

    /// What a success forgets: the failures of this client with this login. How
    /// often strangers failed it does not know.
    pub fn forgotten(&self) -> &str {
        self.client.as_ref().map_or(&self.login, |(pair, _)| pair)
    }
}

/// Under which failures of a login are counted, and whose key all those begin
/// with under which it is counted from one address.
pub(crate) fn login_key(login: &str) -> String {
    format!("login:{}", secret::hash(login))
}

/// Whether a person has guessed their present password wrong too often to go on.
/// Only who is signed in as them can, so this holds up nobody's sign-in.
///
/// # Errors
/// The database's.
pub(crate) async fn may_not_guess(s: &Services, person: PersonId, now: Timestamp) -> Outcome<bool> {
    is_full(s, &person_key(person), limits::SIGN_IN_FAILURES_MAX, now).await
}

/// Counts a wrong present password.
///
/// # Errors
/// The database's.
pub(crate) async fn record_guess(s: &Services, person: PersonId, now: Timestamp) -> Outcome<()> {
    record(s, &[&person_key(person)], now).await
}

fn person_key(person: PersonId) -> String {
    format!("password:{person}")
}

/// One household holds a /64 of IPv6, so that is one address.
fn household(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

async fn is_full(s: &Services, key: &str, most: u32, now: Timestamp) -> Outcome<bool> {
    let since = now.plus_ms(-limits::SIGN_IN_WINDOW_MS);
    Ok(s.store.read().sign_in_failures(key, since, now).await? >= most)
}

async fn record(s: &Services, keys: &[&str], now: Timestamp) -> Outcome<()> {
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
    fn neighbours_in_one_64_are_one_client_and_v4_addresses_are_not() {
        let check = |a: &str, b: &str| {
            let client = |text: &str| {
                let address = text.parse().expect("an address");
                Counts::new("ana@example.com", Some(address)).client
            };
            client(a) == client(b)
        };
        assert!(check("2001:db8:0:1::5", "2001:db8:0:1:ffff::9"));
        assert!(!check("2001:db8:0:1::5", "2001:db8:0:2::5"));
        assert!(!check("192.0.2.1", "192.0.2.2"));
        assert!(!check("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
        assert!(check("::ffff:192.0.2.1", "192.0.2.1"));
    }

    #[test]
    fn keys_tell_neither_login_nor_address() {
        let counts = Counts::new("ana@example.com", "192.0.2.1".parse().ok());
        let (pair, address) = counts.client.expect("a client");
        assert!(pair.starts_with(&counts.login));
        for key in [pair, address, counts.login] {
            assert!(!key.contains("ana") && !key.contains("192"), "{key}");
        }
    }
}
