//! People, their profiles and sessions.

#[cfg(feature = "server")]
use crate::ApiResult;
use domain::{
    estate::Environment,
    i18n::Lang,
    ids::{PersonId, SessionId},
    people::{Grant, Role},
    time::{Timestamp, Zone},
};
use serde::{Deserialize, Serialize};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word stored and used as `data-theme`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads what [`Theme::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.as_str() == text)
    }
}

/// Who is looking, and how they like to see things. Pages render from this on
/// both sides, so that server and browser agree to the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Viewer {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their sign-in name.
    pub login: String,
    /// What they are granted.
    pub grants: Vec<Grant>,
    /// The language they are spoken to in.
    pub lang: Lang,
    /// They chose it; else it is that of their browser.
    pub lang_chosen: bool,
    /// Their zone, with its rules.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub zone: Zone,
    /// Light or dark.
    pub theme: Theme,
    /// The environments they see that exist now.
    pub environments: Vec<Environment>,
    /// The sandbox is running.
    pub sandbox: bool,
    /// Accounts and regions that could not be read at the last attempt: what is
    /// shown of them may be old.
    pub unread: Vec<String>,
    /// Now, by the server's clock, when the page was made.
    pub now: Timestamp,
}

impl Viewer {
    /// The highest role held anywhere.
    #[must_use]
    pub fn role(&self) -> Role {
        self.grants
            .iter()
            .map(|grant| grant.role)
            .max()
            .unwrap_or(Role::Viewer)
    }
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRow {
    /// Their id.
    pub id: PersonId,
    /// Their sign-in name.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they are granted.
    pub grants: Vec<Grant>,
    /// May not sign in.
    pub disabled: bool,
    /// Changes with name, grants and exclusion: to be given back with a change.
    pub version: String,
    /// Added.
    pub created_at: Timestamp,
    /// Last signed in.
    pub signed_in_at: Option<Timestamp>,
}

/// A person to be added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// An e-mail address.
    pub login: String,
    /// Their name.
    pub name: String,
    /// A first password, which they change.
    pub password: String,
    /// What they are granted.
    pub grants: Vec<Grant>,
}

// The password must not reach a log by way of `{:?}`.
impl std::fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPerson")
            .field("login", &self.login)
            .field("name", &self.name)
            .field("grants", &self.grants)
            .finish_non_exhaustive()
    }
}

/// Changes to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// Their name.
    pub name: String,
    /// What they are granted.
    pub grants: Vec<Grant>,
    /// May not sign in; ends their sessions and tokens.
    pub disabled: bool,
    /// As read: the change is refused when somebody else has made one since. None
    /// replaces whatever is there.
    #[serde(default)]
    pub version: Option<String>,
}

/// One's own preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Language; none while none is chosen: then that of the browser.
    #[serde(default)]
    pub lang: Option<Lang>,
    /// IANA zone name.
    pub zone: String,
    /// Light or dark.
    pub theme: Theme,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Signed in.
    pub created_at: Timestamp,
    /// Last used.
    pub used_at: Timestamp,
    /// The browser in the reader's words, such as "Chrome on Linux".
    pub device: String,
    /// The browser, in its own words, shortened.
    pub agent: String,
    /// The one that asks.
    pub current: bool,
}

/// What can be asked about people.
#[cfg(feature = "server")]
#[async_trait::async_trait]
pub trait People {
    /// Who is asking.
    async fn viewer(&self) -> ApiResult<Viewer>;
    /// Keeps one's own preferences.
    async fn save_profile(&self, profile: Profile) -> ApiResult<()>;
    /// Every zone name that can be chosen.
    async fn zone_names(&self) -> ApiResult<Vec<String>>;
    /// Changes one's own password; ends one's other sessions.
    async fn change_password(&self, current: String, new: String) -> ApiResult<()>;
    /// One's own sessions, newest first.
    async fn list_sessions(&self) -> ApiResult<Vec<SessionRow>>;
    /// Ends one of one's own sessions.
    async fn end_session(&self, id: SessionId) -> ApiResult<()>;
    /// Everybody, by name.
    async fn list_people(&self) -> ApiResult<Vec<PersonRow>>;
    /// Adds a person.
    async fn add_person(&self, person: NewPerson) -> ApiResult<PersonId>;
    /// Changes a person. The last admin cannot be taken away.
    async fn change_person(&self, id: PersonId, change: PersonChange) -> ApiResult<()>;
    /// Sets another person's password and ends their sessions.
    async fn reset_password(&self, id: PersonId, password: String) -> ApiResult<()>;
}
