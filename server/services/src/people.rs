//! People: who they are, what they are granted, how they like to see things.

use crate::{
    Services,
    cx::{AuditEntryExt, Cx, system_audit},
    failure::{Failure, Outcome},
    health, sessions,
    sign_in::{nobody, password, password::Place, sandbox, texts, throttle},
};
use api::{
    ApiError,
    people::{NewPerson, PersonChange, PersonRow, Profile, Theme, Viewer},
};
use domain::{
    audit::{AuditEntry, hex},
    estate::Environment,
    i18n::Lang,
    ids::PersonId,
    limits,
    people::{Grant, Reach, Role},
    policy::{Action, Resource},
    text::{self, TextError},
    time::Zone,
};
use sha2::{Digest as _, Sha256};
use store::{StoreError, Tx};

/// Who is asking, and how they like to see things.
///
/// # Errors
/// `unauthenticated`; the database's.
pub async fn viewer(s: &Services, cx: &Cx) -> Outcome<Viewer> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    let mut read = s.store.read();
    let row = read
        .person(actor.person)
        .await?
        .ok_or_else(|| cx.not_found())?;
    let sees = actor.sees();
    let mut environments = read.environments().await?;
    environments.retain(|environment| sees.covers(environment));
    Ok(Viewer {
        id: row.id,
        name: row.name,
        login: row.login,
        // A token's grants are fewer than its owner's.
        grants: actor.grants.clone(),
        lang: cx.lang,
        lang_chosen: row.lang.is_some(),
        zone: cx.zone.clone(),
        theme: Theme::parse(&row.theme).unwrap_or_default(),
        environments,
        sandbox: s.sandbox.is_some(),
        unread: health::unread(s).await?,
        now: cx.now,
    })
}

/// Keeps one's own preferences. Not audited: they change nothing for others.
///
/// # Errors
/// `forbidden` for a token; `invalid` for a zone that does not exist; the database's.
pub async fn save_profile(s: &Services, cx: &Cx, profile: Profile) -> Outcome<()> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    sessions::require(cx)?;
    let zone = Zone::named(profile.zone.trim())
        .map_err(|_| cx.invalid("zone", texts::zone_unknown(cx.lang)))?;
    let mut tx = s.store.begin().await?;
    let theme = profile.theme.as_str();
    tx.set_profile(actor.person, profile.lang, zone.name(), theme, cx.now)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Every zone name that can be chosen.
///
/// # Errors
/// `unauthenticated`.
pub async fn zone_names(_: &Services, cx: &Cx) -> Outcome<Vec<String>> {
    cx.authorize(Action::ManageSelf, Resource::Own)?;
    Ok(Zone::names().into_iter().map(str::to_owned).collect())
}

/// Changes one's own password and ends one's other sessions.
///
/// # Errors
/// `forbidden` for a token; `too_many` after wrong guesses; `invalid` with the
/// field; `conflict` when it was set anew meanwhile; the database's.
pub async fn change_password(s: &Services, cx: &Cx, current: String, new: String) -> Outcome<()> {
    let actor = cx.authorize(Action::ManageSelf, Resource::Own)?;
    let session = sessions::require(cx)?;
    let mut read = s.store.read();
    let row = read
        .person(actor.person)
        .await?
        .ok_or_else(|| cx.not_found())?;
    password::check(cx, "new", &new, &row.login)?;
    let kept = read.password_hash(row.id).await?;
    if kept.is_none() {
        return Err(cx.invalid("current", texts::password_none(cx.lang)).into());
    }
    let place = Place::take(cx.lang).await?;
    // A stolen session must not be able to guess on for ever.
    if throttle::may_not_guess(s, row.id, cx.now).await? {
        let message = texts::password_throttled(cx.lang);
        return Err(ApiError::new(api::ErrorCode::TooMany, message).into());
    }
    if !place.verify(kept.clone(), current).await? {
        throttle::record_guess(s, row.id, cx.now).await?;
        return Err(cx.invalid("current", texts::password_wrong(cx.lang)).into());
    }
    let hash = place.hash(s.ids.as_ref(), new).await?;
    let mut tx = s.store.begin().await?;
    // Hashing takes long enough for an admin to set another, against a stolen session.
    if tx.read().password_hash(row.id).await? != kept {
        return Err(cx.conflict(texts::password_overtaken(cx.lang)).into());
    }
    tx.set_password(row.id, &hash, cx.now).await?;
    let ended = tx.end_sessions(row.id, Some(session)).await?;
    let entry = cx.audit("person.change_password", row.id)?;
    tx.audit(&entry.detail(&serde_json::json!({ "sessions_ended": ended })))
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Everybody, by name.
///
/// # Errors
/// `forbidden`; the database's.
pub async fn list(s: &Services, cx: &Cx) -> Outcome<Vec<PersonRow>> {
    cx.authorize(Action::ManagePeople, Resource::Installation)?;
    list_at_console(s).await
}

/// Everybody, by name, for the server's own console.
///
/// # Errors
/// The database's.
pub async fn list_at_console(s: &Services) -> Outcome<Vec<PersonRow>> {
    let rows = s.store.read().people().await?;
    let rows = rows.into_iter().map(|row| PersonRow {
        version: version(&row),
        id: row.id,
        login: row.login,
        name: row.name,
        grants: row.grants,
        disabled: row.disabled,
        created_at: row.created_at,
        signed_in_at: row.signed_in_at,
    });
    Ok(rows.collect())
}

/// Changes with what an admin decides about a person, and with nothing else.
fn version(row: &store::PersonRow) -> String {
    let decided = serde_json::json!([row.name, row.grants, row.disabled]);
    let digest = Sha256::digest(decided.to_string());
    hex(digest.first_chunk::<8>().unwrap_or(&[0; 8]))
}

/// Adds a person.
///
/// # Errors
/// `forbidden`; `invalid` with the field; the database's.
pub async fn add(s: &Services, cx: &Cx, person: NewPerson) -> Outcome<PersonId> {
    cx.authorize(Action::ManagePeople, Resource::Installation)?;
    let id = PersonId::from_parts(cx.now.ms(), s.ids.random());
    insert(s, cx, id, person, cx.audit("person.add", id)?).await
}

/// Adds a person from the server's own console.
///
/// # Errors
/// `invalid` with the field; the database's.
pub async fn add_at_console(s: &Services, person: NewPerson) -> Outcome<PersonId> {
    let cx = nobody(s, Lang::En, "");
    let id = PersonId::from_parts(cx.now.ms(), s.ids.random());
    insert(s, &cx, id, person, system_audit(cx.now, "person.add", id)).await
}

async fn insert(
    s: &Services,
    cx: &Cx,
    id: PersonId,
    person: NewPerson,
    entry: AuditEntry,
) -> Outcome<PersonId> {
    let row = new_row(
        s,
        cx,
        id,
        person.login,
        person.name,
        check_grants(cx, person.grants)?,
    )?;
    password::check(cx, "password", &person.password, &row.login)?;
    let place = Place::take(cx.lang).await?;
    let hash = place.hash(s.ids.as_ref(), person.password).await?;
    let detail = serde_json::json!({ "login": row.login, "grants": row.grants });
    let mut tx = s.store.begin().await?;
    if tx.read().count_people().await? >= limits::PEOPLE_MAX as u64 {
        return Err(cx.invalid("login", texts::people_full(cx.lang)).into());
    }
    tx.insert_person(&row, Some(&hash))
        .await
        .map_err(|error| taken(cx, error))?;
    tx.audit(&entry.detail(&detail)).await?;
    tx.commit().await?;
    Ok(id)
}

/// A person as they are first kept.
///
/// # Errors
/// `invalid`, naming `login` or `name`.
pub(crate) fn new_row(
    s: &Services,
    cx: &Cx,
    id: PersonId,
    login: String,
    name: String,
    grants: Vec<Grant>,
) -> Result<store::PersonRow, ApiError> {
    let login = text::login(&login).map_err(|error| match error {
        TextError::NotAnAddress | TextError::Empty => {
            cx.invalid("login", texts::login_form(cx.lang))
        }
        other => cx.invalid("login", crate::texts::text_error(cx.lang, &other)),
    })?;
    // Outside the sandbox the next start would refuse the database for it.
    if s.sandbox.is_none() && sandbox::owns_login(&login) {
        return Err(cx.invalid("login", texts::login_of_sandbox(cx.lang)));
    }
    Ok(store::PersonRow {
        id,
        login,
        name: check_name(cx, &name)?,
        grants,
        disabled: false,
        lang: None,
        zone: cx.zone.name().to_owned(),
        theme: Theme::System.as_str().to_owned(),
        created_at: cx.now,
        updated_at: cx.now,
        signed_in_at: None,
    })
}

/// Two people cannot share a login.
pub(crate) fn taken(cx: &Cx, error: StoreError) -> Failure {
    match error {
        StoreError::Duplicate { .. } => cx.invalid("login", texts::login_taken(cx.lang)).into(),
        other => other.into(),
    }
}

fn check_name(cx: &Cx, name: &str) -> Result<String, ApiError> {
    text::line(name).map_err(|error| cx.invalid("name", crate::texts::text_error(cx.lang, &error)))
}

/// Grants with their environments in one spelling.
fn check_grants(cx: &Cx, grants: Vec<Grant>) -> Result<Vec<Grant>, ApiError> {
    let invalid = |message: String| cx.invalid("grants", message);
    if grants.is_empty() {
        return Err(invalid(texts::grants_empty(cx.lang).into()));
    }
    if grants.len() > limits::GRANTS_MAX {
        return Err(invalid(texts::grants_many(cx.lang, limits::GRANTS_MAX)));
    }
    let check = |grant: Grant| match grant.reach {
        Reach::All => Ok(grant),
        Reach::Only(list) if list.is_empty() => Err(invalid(texts::grant_nowhere(cx.lang).into())),
        Reach::Only(list) if list.len() > limits::ENVIRONMENTS_MAX => {
            Err(invalid(crate::texts::environments_full(cx.lang).into()))
        }
        Reach::Only(list) => {
            let parse = |name: Environment| {
                Environment::parse(name.as_str())
                    .ok_or_else(|| invalid(texts::grant_environment(cx.lang, name.as_str())))
            };
            let list = list.into_iter().map(parse).collect::<Result<_, _>>()?;
            Ok(Grant {
                role: grant.role,
                reach: Reach::Only(list),
            })
        }
    };
    grants.into_iter().map(check).collect()
}

/// Changes a person's name and grants, or shuts them out.
///
/// # Errors
/// `forbidden`; `not_found`; `invalid` with the field; `conflict` for the last
/// admin, and when somebody else has changed them since they were read; the
/// database's.
pub async fn change(s: &Services, cx: &Cx, id: PersonId, change: PersonChange) -> Outcome<()> {
    cx.authorize(Action::ManagePeople, Resource::Installation)?;
    let name = check_name(cx, &change.name)?;
    let grants = check_grants(cx, change.grants)?;
    // Read inside the transaction: two admins cannot take each other away at once.
    let mut tx = s.store.begin().await?;
    let held = tx.read().person(id).await?.ok_or_else(|| cx.not_found())?;
    if change.version.is_some_and(|seen| seen != version(&held)) {
        return Err(cx.conflict(texts::person_moved(cx.lang)).into());
    }
    let wanted = store::PersonRow {
        name,
        grants,
        disabled: change.disabled,
        ..held
    };
    update(tx, cx, &wanted, cx.audit("person.change", id)?).await
}

/// Shuts a person out, or lets them in again, from the server's own console.
///
/// # Errors
/// As [`change`].
pub async fn set_disabled_at_console(s: &Services, id: PersonId, disabled: bool) -> Outcome<()> {
    let cx = nobody(s, Lang::En, "");
    let mut tx = s.store.begin().await?;
    let held = tx.read().person(id).await?.ok_or_else(|| cx.not_found())?;
    let wanted = store::PersonRow { disabled, ..held };
    let entry = system_audit(cx.now, "person.change", id);
    update(tx, &cx, &wanted, entry).await
}

async fn update(mut tx: Tx, cx: &Cx, wanted: &store::PersonRow, entry: AuditEntry) -> Outcome<()> {
    let (id, grants, disabled) = (wanted.id, &wanted.grants, wanted.disabled);
    let rules_all = |grant: &Grant| grant.role == Role::Admin && grant.reach == Reach::All;
    let stays_admin = !disabled && grants.iter().any(rules_all);
    if !stays_admin && tx.read().count_admins_without(Some(id)).await? == 0 {
        return Err(cx.conflict(texts::last_admin(cx.lang)).into());
    }
    tx.update_person(id, &wanted.name, grants, disabled, cx.now)
        .await?;
    if disabled {
        tx.end_sessions(id, None).await?;
        tx.revoke_tokens(id).await?;
    }
    let detail = serde_json::json!({ "grants": grants, "disabled": disabled });
    tx.audit(&entry.detail(&detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets another person's password, ends their sessions and revokes their tokens:
/// whoever had the old one may have made some.
///
/// # Errors
/// `forbidden`; `not_found`; `invalid` with the field; the database's.
pub async fn reset_password(s: &Services, cx: &Cx, id: PersonId, password: String) -> Outcome<()> {
    let actor = cx.authorize(Action::ManagePeople, Resource::Installation)?;
    if actor.person == id {
        return Err(cx.invalid("password", texts::password_own(cx.lang)).into());
    }
    let row = s
        .store
        .read()
        .person(id)
        .await?
        .ok_or_else(|| cx.not_found())?;
    let entry = cx.audit("person.reset_password", id)?;
    set_password(s, cx, &row, password, entry).await
}

/// Sets a person's password from the server's own console, as [`reset_password`] does.
///
/// # Errors
/// `invalid`; the database's.
pub async fn reset_password_at_console(
    s: &Services,
    person: &store::PersonRow,
    password: String,
) -> Outcome<()> {
    let cx = nobody(s, Lang::En, "");
    let entry = system_audit(cx.now, "person.reset_password", person.id);
    set_password(s, &cx, person, password, entry).await
}

async fn set_password(
    s: &Services,
    cx: &Cx,
    person: &store::PersonRow,
    password: String,
    entry: AuditEntry,
) -> Outcome<()> {
    password::check(cx, "password", &password, &person.login)?;
    let place = Place::take(cx.lang).await?;
    let hash = place.hash(s.ids.as_ref(), password).await?;
    let mut tx = s.store.begin().await?;
    tx.set_password(person.id, &hash, cx.now).await?;
    tx.end_sessions(person.id, None).await?;
    tx.revoke_tokens(person.id).await?;
    tx.clear_sign_in_failures(&throttle::login_key(&person.login))
        .await?;
    tx.audit(&entry).await?;
    tx.commit().await?;
    Ok(())
}
