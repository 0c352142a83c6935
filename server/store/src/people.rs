//! People and what they are granted.

use crate::{
    error::StoreError,
    sql::{Row, Table, json, statements},
    transaction::{Read, Tx},
};
use domain::{
    i18n::Lang,
    ids::PersonId,
    limits,
    people::{Grant, Reach, Role},
    time::Timestamp,
};

const TABLE: Table = Table("people");

statements! { "people";
    BY_ID = "SELECT * FROM people WHERE id = $1";
    BY_LOGIN = "SELECT * FROM people WHERE login = $1";
    ALL = "SELECT * FROM people ORDER BY sort_name, id LIMIT $1";
    COUNT = "SELECT COUNT(*) AS total FROM people";
    PASSWORD = "SELECT id, password_hash FROM people WHERE id = $1";
    COUNT_ADMINS =
        "SELECT COUNT(*) AS total FROM people
        WHERE admin_everywhere AND NOT disabled AND id <> $1";
    INSERT =
        "INSERT INTO people (id, login, name, sort_name, password_hash, grants_json,
            admin_everywhere, disabled, lang, lang_chosen, zone, theme, created_at_ms,
            updated_at_ms, signed_in_at_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    UPDATE =
        "UPDATE people SET name = $2, sort_name = $3, grants_json = $4, admin_everywhere = $5,
            disabled = $6, updated_at_ms = $7
        WHERE id = $1";
    SET_PASSWORD = "UPDATE people SET password_hash = $2, updated_at_ms = $3 WHERE id = $1";
    SET_PROFILE =
        "UPDATE people SET lang = $2, lang_chosen = $3, zone = $4, theme = $5, updated_at_ms = $6
        WHERE id = $1";
    SET_SIGNED_IN = "UPDATE people SET signed_in_at_ms = $2 WHERE id = $1";
}

/// A person with an account. The password's hash is apart: [`Read::password_hash`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Their id.
    pub id: PersonId,
    /// Their sign-in name, unique, in lower case.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they are granted.
    pub grants: Vec<Grant>,
    /// May not sign in.
    pub disabled: bool,
    /// The language they chose; none while they have chosen none.
    pub lang: Option<Lang>,
    /// Their IANA zone name.
    pub zone: String,
    /// Light or dark: the contract's own word.
    pub theme: String,
    /// Added.
    pub created_at: Timestamp,
    /// Last changed, by them or for them.
    pub updated_at: Timestamp,
    /// Last signed in.
    pub signed_in_at: Option<Timestamp>,
}

/// The person in the columns of `people`.
pub(crate) fn person(row: &Row) -> Result<PersonRow, StoreError> {
    Ok(PersonRow {
        id: row.parse("id")?,
        login: row.text("login")?,
        name: row.text("name")?,
        grants: row.json("grants_json")?,
        disabled: row.bool("disabled")?,
        lang: match row.bool("lang_chosen")? {
            true => Some(row.word("lang", Lang::parse)?),
            false => None,
        },
        zone: row.text("zone")?,
        theme: row.text("theme")?,
        created_at: row.at("created_at_ms")?,
        updated_at: row.at("updated_at_ms")?,
        signed_in_at: row.at_or_none("signed_in_at_ms")?,
    })
}

fn is_admin_everywhere(grants: &[Grant]) -> bool {
    grants
        .iter()
        .any(|grant| grant.role == Role::Admin && grant.reach == Reach::All)
}

impl Read<'_> {
    /// One person.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn person(&mut self, id: PersonId) -> Result<Option<PersonRow>, StoreError> {
        let row = self.first(BY_ID.bind(id)).await?;
        row.as_ref().map(person).transpose()
    }

    /// The person with a sign-in name in lower case.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn person_by_login(&mut self, login: &str) -> Result<Option<PersonRow>, StoreError> {
        let row = self.first(BY_LOGIN.bind(login)).await?;
        row.as_ref().map(person).transpose()
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn people(&mut self) -> Result<Vec<PersonRow>, StoreError> {
        let most = u32::try_from(limits::PEOPLE_MAX).unwrap_or(u32::MAX);
        self.all(ALL.bind(most)).await?.iter().map(person).collect()
    }

    /// How many people there are.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_people(&mut self) -> Result<u64, StoreError> {
        self.one(COUNT.sql()).await?.total("total")
    }

    /// A person's password hash, if they are there and have one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn password_hash(&mut self, id: PersonId) -> Result<Option<String>, StoreError> {
        match self.first(PASSWORD.bind(id)).await? {
            Some(row) => row.text_or_none("password_hash"),
            None => Ok(None),
        }
    }

    /// How many enabled people are admins everywhere, leaving one person out: when it is 0,
    /// that person is the last and must stay one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_admins_without(
        &mut self,
        person: Option<PersonId>,
    ) -> Result<u64, StoreError> {
        let left_out = person.map(|id| id.to_string()).unwrap_or_default();
        self.one(COUNT_ADMINS.bind(left_out)).await?.total("total")
    }
}

impl Tx {
    /// Adds a person.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the sign-in name is taken.
    pub async fn insert_person(
        &mut self,
        person: &PersonRow,
        password_hash: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = INSERT
            .bind(person.id)
            .bind(person.login.as_str())
            .bind(person.name.as_str())
            .bind(person.name.to_lowercase())
            .bind(password_hash)
            .bind(json(&person.grants, TABLE, "grants_json")?)
            .bind(is_admin_everywhere(&person.grants))
            .bind(person.disabled)
            .bind(person.lang.unwrap_or_default().tag())
            .bind(person.lang.is_some())
            .bind(person.zone.as_str())
            .bind(person.theme.as_str())
            .bind(person.created_at)
            .bind(person.updated_at)
            .bind(person.signed_in_at);
        self.run_one(sql).await
    }

    /// Changes what an admin may change of a person.
    ///
    /// # Errors
    /// [`StoreError::RowsAffected`] when there is no such person.
    pub async fn update_person(
        &mut self,
        id: PersonId,
        name: &str,
        grants: &[Grant],
        disabled: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = UPDATE
            .bind(id)
            .bind(name)
            .bind(name.to_lowercase())
            .bind(json(&grants, TABLE, "grants_json")?)
            .bind(is_admin_everywhere(grants))
            .bind(disabled)
            .bind(now);
        self.run_one(sql).await
    }

    /// Sets a password's hash.
    ///
    /// # Errors
    /// [`StoreError::RowsAffected`] when there is no such person.
    pub async fn set_password(
        &mut self,
        id: PersonId,
        hash: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.run_one(SET_PASSWORD.bind(id).bind(hash).bind(now))
            .await
    }

    /// Keeps a person's own preferences.
    ///
    /// # Errors
    /// [`StoreError::RowsAffected`] when there is no such person.
    pub async fn set_profile(
        &mut self,
        id: PersonId,
        lang: Option<Lang>,
        zone: &str,
        theme: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = SET_PROFILE
            .bind(id)
            .bind(lang.unwrap_or_default().tag())
            .bind(lang.is_some())
            .bind(zone)
            .bind(theme)
            .bind(now);
        self.run_one(sql).await
    }

    /// Records a sign-in.
    ///
    /// # Errors
    /// [`StoreError::RowsAffected`] when there is no such person.
    pub async fn set_signed_in(&mut self, id: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.run_one(SET_SIGNED_IN.bind(id).bind(now)).await
    }
}
