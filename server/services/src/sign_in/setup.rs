//! The first start: one link on the log, used once, makes the first admin.

use crate::{
    Services,
    failure::Outcome,
    people::{new_row, taken},
    sessions::Begun,
    sign_in::{Origin, begin, nobody, password, password::Place, person_audit, secret},
};
use api::ApiError;
use domain::{
    ids::PersonId,
    limits,
    people::{Grant, Reach, Role},
};

/// Makes the link's secret if nobody has an account yet; an older link is void.
///
/// # Errors
/// The database's.
pub async fn new_link(s: &Services) -> Outcome<Option<String>> {
    if s.store.read().count_people().await? > 0 {
        return Ok(None);
    }
    let secret = secret::draw(s.ids.as_ref());
    let mut tx = s.store.begin().await?;
    let until = s.clock.now().plus_ms(limits::SETUP_LINK_MS);
    tx.put_setup_link(&secret::hash(&secret), until).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// What a set-up link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It makes the first admin.
    Live,
    /// It is wrong, used or too old.
    Dead,
    /// Somebody has an account: no link is needed.
    NotNeeded,
}

/// Looks at a link's secret without using it.
///
/// # Errors
/// The database's.
pub async fn link(s: &Services, token: &str) -> Outcome<Link> {
    let mut read = s.store.read();
    if read.count_people().await? > 0 {
        return Ok(Link::NotNeeded);
    }
    let hash = secret::hash(token);
    let is_live = read.setup_link_is_live(&hash, s.clock.now()).await?;
    Ok(if is_live { Link::Live } else { Link::Dead })
}

/// The first admin, as the form says.
pub struct FirstAdmin {
    /// The link's secret.
    pub token: String,
    /// An e-mail address.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
}

/// How the set-up ended.
pub enum SetUp {
    /// The first admin is there and signed in.
    Done(Begun),
    /// The link is wrong, used or expired, or somebody has an account already.
    Link,
    /// A field is wrong; the link is still good.
    Field(ApiError),
}

/// Makes the first admin and signs them in.
///
/// # Errors
/// The database's.
pub async fn set_up(s: &Services, form: FirstAdmin, origin: &Origin) -> Outcome<SetUp> {
    let cx = nobody(s, origin.lang, &origin.request_id);
    let hash = secret::hash(&form.token);
    if !s.store.read().setup_link_is_live(&hash, cx.now).await? {
        return Ok(SetUp::Link);
    }
    let id = PersonId::from_parts(cx.now.ms(), s.ids.random());
    let grants = vec![Grant {
        role: Role::Admin,
        reach: Reach::All,
    }];
    let row = match new_row(s, &cx, id, form.login, form.name, grants) {
        Ok(row) => row,
        Err(error) => return Ok(SetUp::Field(error)),
    };
    if let Err(error) = password::check(&cx, "password", &form.password, &row.login) {
        return Ok(SetUp::Field(error));
    }
    let place = Place::take(cx.lang).await?;
    let password = place.hash(s.ids.as_ref(), form.password).await?;
    // Taking the link and counting the people in one transaction: of two
    // browsers with the link, one becomes the admin.
    let mut tx = s.store.begin().await?;
    if tx.read().count_people().await? > 0 || !tx.take_setup_link(&hash, cx.now).await? {
        return Ok(SetUp::Link);
    }
    tx.insert_person(&row, Some(&password))
        .await
        .map_err(|error| taken(&cx, error))?;
    tx.audit(&person_audit(
        &row,
        cx.now,
        "person.set_up",
        id,
        &cx.request_id,
    ))
    .await?;
    let begun = begin(s, &mut tx, &row, origin, "set-up link", cx.now).await?;
    tx.commit().await?;
    Ok(SetUp::Done(begun))
}
