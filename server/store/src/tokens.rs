//! API tokens, kept as hashes.

use crate::{
    error::StoreError,
    people::{PersonRow, person},
    sql::{Row, statements},
    transaction::{Read, Tx},
};
use domain::{
    ids::{PersonId, TokenId},
    limits,
    people::Role,
    time::Timestamp,
};

statements! { "tokens";
    BY_HASH =
        "SELECT t.id AS token_id, t.person_id, t.name AS token_name, t.role,
            t.created_at_ms AS token_created_at_ms, t.expires_at_ms, t.used_at_ms, p.*
        FROM tokens t JOIN people p ON p.id = t.person_id
        WHERE t.token_hash = $1 AND t.expires_at_ms > $2 AND NOT p.disabled";
    OF_PERSON =
        "SELECT id AS token_id, person_id, name AS token_name, role,
            created_at_ms AS token_created_at_ms, expires_at_ms, used_at_ms
        FROM tokens WHERE person_id = $1 AND expires_at_ms > $2
        ORDER BY created_at_ms DESC, id DESC LIMIT $3";
    INSERT =
        "INSERT INTO tokens (id, token_hash, person_id, name, role, created_at_ms, expires_at_ms,
            used_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    REVOKE = "DELETE FROM tokens WHERE id = $1 AND person_id = $2";
    REVOKE_ALL = "DELETE FROM tokens WHERE person_id = $1";
    TOUCH =
        "UPDATE tokens SET used_at_ms = $2
        WHERE id = $1 AND (used_at_ms IS NULL OR used_at_ms < $2)";
    PURGE = "DELETE FROM tokens WHERE expires_at_ms <= $1";
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its public handle.
    pub id: TokenId,
    /// Whose.
    pub person: PersonId,
    /// What it is for.
    pub name: String,
    /// Acts with at most this role.
    pub role: Role,
    /// Made.
    pub created_at: Timestamp,
    /// Ends.
    pub expires_at: Timestamp,
    /// Last used.
    pub used_at: Option<Timestamp>,
}

fn token(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.parse("token_id")?,
        person: row.parse("person_id")?,
        name: row.text("token_name")?,
        role: row.word("role", Role::parse)?,
        created_at: row.at("token_created_at_ms")?,
        expires_at: row.at("expires_at_ms")?,
        used_at: row.at_or_none("used_at_ms")?,
    })
}

impl Read<'_> {
    /// The live token with this secret's hash, and its person. A token that is
    /// over, or whose person is disabled, is not found.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn token_by_hash(
        &mut self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<(TokenRow, PersonRow)>, StoreError> {
        let row = self.first(BY_HASH.bind(hash).bind(now)).await?;
        row.map(|row| Ok((token(&row)?, person(&row)?))).transpose()
    }

    /// A person's live tokens, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn tokens_of(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let most = u32::try_from(limits::TOKENS_PER_PERSON_MAX).unwrap_or(u32::MAX);
        let rows = self
            .all(OF_PERSON.bind(person).bind(now).bind(most))
            .await?;
        rows.iter().map(token).collect()
    }
}

impl Tx {
    /// Keeps a token.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn insert_token(
        &mut self,
        token: &TokenRow,
        token_hash: &str,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(token.id)
            .bind(token_hash)
            .bind(token.person)
            .bind(token.name.as_str())
            .bind(token.role.as_str())
            .bind(token.created_at)
            .bind(token.expires_at)
            .bind(token.used_at);
        self.run_one(sql).await
    }

    /// Revokes one of a person's tokens; `false` when they have no such one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn revoke_token(
        &mut self,
        id: TokenId,
        person: PersonId,
    ) -> Result<bool, StoreError> {
        Ok(self.run(REVOKE.bind(id).bind(person)).await? == 1)
    }

    /// Revokes every token of a person; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn revoke_tokens(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.run(REVOKE_ALL.bind(person)).await
    }

    /// Records a use.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn touch_token(&mut self, id: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.run(TOUCH.bind(id).bind(at)).await?;
        Ok(())
    }

    /// Drops tokens that are over; how many.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn purge_tokens(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.run(PURGE.bind(now)).await
    }
}
