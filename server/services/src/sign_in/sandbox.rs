//! The sandbox's four people: one for each role, signed in by one click.
//!
//! They have no password, and their logins end in a domain that cannot exist
//! (RFC 2606), by which a database is recognised as a sandbox's. Outside the
//! sandbox such a database is refused: its people would be admins of a real
//! estate.

use crate::{
    Services,
    failure::Outcome,
    sessions::Begun,
    sign_in::{Origin, begin, nobody},
};
use api::people::Theme;
use domain::{
    ids::PersonId,
    people::{Grant, Reach, Role},
};
use sha2::{Digest, Sha256};
use store::PersonRow;

/// The end of every sandbox login.
const DOMAIN: &str = "@sandbox.invalid";

/// The zone in which the sandbox's people live, as its estate does.
const ZONE: &str = "Asia/Seoul";

const fn name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "윤서 · Yoonseo",
        Role::Operator => "민준 · Minjun",
        Role::Approver => "지우 · Jiwoo",
        Role::Admin => "하은 · Haeun",
    }
}

/// Whether a login marks its database as a sandbox's.
pub(crate) fn owns_login(login: &str) -> bool {
    login.ends_with(DOMAIN)
}

fn login(role: Role) -> String {
    format!("{}{DOMAIN}", role.as_str())
}

/// The same seed gives the same people, so that links into a sandbox work on
/// the next start.
fn id(seed: u64, role: Role) -> PersonId {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_be_bytes());
    hasher.update(role.as_str());
    let digest = hasher.finalize();
    let mut random = [0_u8; 16];
    random.copy_from_slice(&digest[..16]);
    PersonId::from_parts(0, u128::from_be_bytes(random))
}

/// Whom a database belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// Nobody has an account in it yet.
    ToNobody,
    /// To a sandbox.
    ToSandbox,
    /// To an installation that is none.
    ToInstallation,
}

/// Whom the database belongs to.
///
/// # Errors
/// The database's.
pub async fn belongs(s: &Services) -> Outcome<Belongs> {
    let people = s.store.read().people().await?;
    let sandboxed = people.iter().any(|person| owns_login(&person.login));
    Ok(match (people.is_empty(), sandboxed) {
        (true, _) => Belongs::ToNobody,
        (false, true) => Belongs::ToSandbox,
        (false, false) => Belongs::ToInstallation,
    })
}

/// Adds those of the four who are not there.
///
/// # Errors
/// The database's.
pub async fn seed_people(s: &Services, seed: u64) -> Outcome<()> {
    let now = s.clock.now();
    let mut tx = s.store.begin().await?;
    for role in Role::ALL {
        if tx.read().person_by_login(&login(role)).await?.is_some() {
            continue;
        }
        let row = PersonRow {
            id: id(seed, role),
            login: login(role),
            name: name(role).to_owned(),
            grants: vec![Grant {
                role,
                reach: Reach::All,
            }],
            disabled: false,
            lang: None,
            zone: ZONE.to_owned(),
            theme: Theme::System.as_str().to_owned(),
            created_at: now,
            updated_at: now,
            signed_in_at: None,
        };
        tx.insert_person(&row, None).await?;
        tx.audit(&crate::cx::system_audit(now, "person.add", row.id))
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Signs in as the sandbox's person of a role.
///
/// # Errors
/// `not_found` outside the sandbox; the database's.
pub async fn by_role(s: &Services, role: Role, origin: &Origin) -> Outcome<Begun> {
    let cx = nobody(s, origin.lang, &origin.request_id);
    if s.sandbox.is_none() {
        return Err(cx.not_found().into());
    }
    let mut tx = s.store.begin().await?;
    let found = tx.read().person_by_login(&login(role)).await?;
    let person = found
        .filter(|person| !person.disabled)
        .ok_or_else(|| cx.not_found())?;
    let begun = begin(s, &mut tx, &person, origin, "sandbox", cx.now).await?;
    tx.commit().await?;
    Ok(begun)
}
