//! API tokens of programs: made by their owner, shown once, kept as a hash.
//!
//! A token acts for its owner with at most its own role, wherever the owner is
//! granted anything; it can never do what needs a signed-in browser.

use crate::{
    Services,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::Outcome,
    sessions,
    sign_in::{nobody, secret, texts},
};
use api::tokens::{MadeToken, NewToken, TokenRow};
use domain::{
    audit::AuditEntry,
    i18n::Lang,
    ids::{PersonId, TokenId},
    limits,
    people::{Actor, Grant, Role},
    policy::{Action, Resource},
    text,
    time::{DAY_MS, Timestamp},
};
use store::PersonRow;

/// What every token begins with, so that scanners for leaked secrets know it.
pub const PREFIX: &str = "lamplighter_";

/// Who a token acts for.
#[derive(Debug, Clone)]
pub struct Found {
    /// The token.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// Its owner.
    pub person: PersonRow,
    /// At most this role.
    pub role: Role,
}

impl Found {
    /// The owner as the one who acts, their grants cut to the token's role. Whatever
    /// keeps the name tells that it was a token: a stolen one must not look like its
    /// owner.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let cut = |grant: &Grant| Grant {
            role: grant.role.min(self.role),
            reach: grant.reach.clone(),
        };
        Actor {
            person: self.person.id,
            name: format!("{} (token {})", self.person.name, self.name),
            grants: self.person.grants.iter().map(cut).collect(),
        }
    }
}

/// Finds the live token of an `Authorization` header's value.
///
/// # Errors
/// The database's.
pub async fn find(s: &Services, presented: &str) -> Outcome<Option<Found>> {
    let secret = presented
        .strip_prefix(PREFIX)
        .filter(|text| secret::is_well_formed(text));
    let Some(secret) = secret else {
        return Ok(None);
    };
    let now = s.clock.now();
    let found = s
        .store
        .read()
        .token_by_hash(&secret::hash(secret), now)
        .await?;
    let Some((row, person)) = found else {
        return Ok(None);
    };
    if row
        .used_at
        .is_none_or(|used| now.since_ms(used) >= limits::SESSION_TOUCH_MS)
    {
        let (s, id) = (s.clone(), row.id);
        sessions::note_use("a token", async move { touch(&s, id).await }).await;
    }
    Ok(Some(Found {
        id: row.id,
        name: row.name,
        person,
        role: row.role,
    }))
}

async fn touch(s: &Services, id: TokenId) -> Outcome<()> {
    let mut tx = s.store.begin().await?;
    tx.touch_token(id, s.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// One's own tokens, newest first.
///
/// # Errors
/// `unauthenticated`; the database's.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<TokenRow>> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    let rows = s.store.read().tokens_of(actor.person, cx.now).await?;
    Ok(rows.into_iter().map(view).collect())
}

fn view(row: store::TokenRow) -> TokenRow {
    TokenRow {
        id: row.id,
        name: row.name,
        role: row.role,
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
    }
}

/// Makes a token.
///
/// # Errors
/// `invalid` with the field; `forbidden` for a token; the database's.
pub async fn make(s: &Services, cx: &Cx, token: NewToken) -> Outcome<MadeToken> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    sessions::require(cx)?;
    let held = actor.grants.iter().map(|grant| grant.role).max();
    if held.is_none_or(|held| token.role > held) {
        return Err(cx.invalid("role", texts::token_role(cx.lang)).into());
    }
    let person = actor.person;
    let checked = Checked::of(cx, token)?;
    let (row, secret) = checked.into_row(s, person, cx.now);
    let entry = cx.audit("token.make", row.id)?.detail(&detail(&row));
    keep(s, cx, &row, &secret, &entry).await
}

/// Makes a token for a person from the server's own console.
///
/// # Errors
/// As [`make`].
pub async fn make_at_console(
    s: &Services,
    person: &PersonRow,
    token: NewToken,
) -> Outcome<MadeToken> {
    let cx = nobody(s, Lang::En, "");
    let checked = Checked::of(&cx, token)?;
    let (row, secret) = checked.into_row(s, person.id, cx.now);
    let entry = system_audit(cx.now, "token.make", row.id).detail(&detail(&row));
    keep(s, &cx, &row, &secret, &entry).await
}

/// What of a new token has passed its checks.
struct Checked {
    name: String,
    role: Role,
    days: i64,
}

impl Checked {
    fn of(cx: &Cx, token: NewToken) -> Result<Self, api::ApiError> {
        let name = text::line(&token.name)
            .map_err(|e| cx.invalid("name", crate::texts::text_error(cx.lang, &e)))?;
        let days_max = limits::TOKEN_AGE_MS_MAX / DAY_MS;
        let days = i64::from(token.days);
        if !(1..=days_max).contains(&days) {
            return Err(cx.invalid("days", texts::token_days(cx.lang, days_max)));
        }
        Ok(Self {
            name,
            role: token.role,
            days,
        })
    }

    fn into_row(self, s: &Services, person: PersonId, now: Timestamp) -> (store::TokenRow, String) {
        let row = store::TokenRow {
            id: TokenId::from_parts(now.ms(), s.ids.random()),
            person,
            name: self.name,
            role: self.role,
            created_at: now,
            expires_at: now.plus_ms(self.days * DAY_MS),
            used_at: None,
        };
        (row, secret::draw(s.ids.as_ref()))
    }
}

fn detail(row: &store::TokenRow) -> serde_json::Value {
    serde_json::json!({ "name": row.name, "role": row.role, "person": row.person, "until": row.expires_at })
}

async fn keep(
    s: &Services,
    cx: &Cx,
    row: &store::TokenRow,
    secret: &str,
    entry: &AuditEntry,
) -> Outcome<MadeToken> {
    let mut tx = s.store.begin().await?;
    let kept = tx.read().tokens_of(row.person, cx.now).await?;
    if kept.len() >= limits::TOKENS_PER_PERSON_MAX {
        return Err(cx.invalid("name", texts::tokens_full(cx.lang)).into());
    }
    tx.insert_token(row, &secret::hash(secret)).await?;
    tx.audit(entry).await?;
    tx.commit().await?;
    Ok(MadeToken {
        id: row.id,
        secret: format!("{PREFIX}{secret}"),
    })
}

/// Revokes one of one's own tokens. A token revokes none but itself.
///
/// # Errors
/// `not_found` for any other; `forbidden` for a token; the database's.
pub async fn revoke(s: &Services, cx: &Cx, id: TokenId) -> Outcome<()> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    if cx.token != Some(id) {
        sessions::require(cx)?;
    }
    let mut tx = s.store.begin().await?;
    if !tx.revoke_token(id, actor.person).await? {
        return Err(cx.not_found().into());
    }
    tx.audit(&cx.audit("token.revoke", id)?).await?;
    tx.commit().await?;
    Ok(())
}

/// A person's tokens, newest first, for the server's own console.
///
/// # Errors
/// The database's.
pub async fn list_at_console(s: &Services, person: &PersonRow) -> Outcome<Vec<TokenRow>> {
    let rows = s.store.read().tokens_of(person.id, s.clock.now()).await?;
    Ok(rows.into_iter().map(view).collect())
}

/// Revokes a person's token from the server's own console; answers whether
/// there was one.
///
/// # Errors
/// The database's.
pub async fn revoke_at_console(s: &Services, person: &PersonRow, id: TokenId) -> Outcome<bool> {
    let mut tx = s.store.begin().await?;
    let revoked = tx.revoke_token(id, person.id).await?;
    if revoked {
        tx.audit(&system_audit(s.clock.now(), "token.revoke", id))
            .await?;
        tx.commit().await?;
    }
    Ok(revoked)
}
