//! Server functions of the settings.

use crate::rpc::{Call, UiError};
#[cfg(feature = "ssr")]
use crate::rpc::{answer, backend};
use api::{
    log_queries::LogQueryView,
    people::{NewPerson, PersonChange, PersonRow, Profile, SessionRow},
    sources::{SourceView, Trial, Tried},
    system::SystemView,
    tokens::{MadeToken, NewToken, TokenRow},
};
use domain::ids::{PersonId, SessionId, TokenId};
use leptos::prelude::*;

#[server(prefix = "/rpc", endpoint = "profile/save", protocol = Call)]
pub(crate) async fn save_profile(profile: Profile) -> Result<(), UiError> {
    answer(backend()?.save_profile(profile).await)
}

#[server(prefix = "/rpc", endpoint = "profile/zones", protocol = Call)]
pub(super) async fn zone_names() -> Result<Vec<String>, UiError> {
    answer(backend()?.zone_names().await)
}

#[server(prefix = "/rpc", endpoint = "password/change", protocol = Call)]
pub(super) async fn change_password(current: String, new: String) -> Result<(), UiError> {
    answer(backend()?.change_password(current, new).await)
}

#[server(prefix = "/rpc", endpoint = "sessions/list", protocol = Call)]
pub(super) async fn list_sessions() -> Result<Vec<SessionRow>, UiError> {
    answer(backend()?.list_sessions().await)
}

#[server(prefix = "/rpc", endpoint = "sessions/end", protocol = Call)]
pub(super) async fn end_session(id: SessionId) -> Result<(), UiError> {
    answer(backend()?.end_session(id).await)
}

#[server(prefix = "/rpc", endpoint = "tokens/list", protocol = Call)]
pub(super) async fn list_tokens() -> Result<Vec<TokenRow>, UiError> {
    answer(backend()?.list_tokens().await)
}

#[server(prefix = "/rpc", endpoint = "tokens/make", protocol = Call)]
pub(super) async fn make_token(token: NewToken) -> Result<MadeToken, UiError> {
    answer(backend()?.make_token(token).await)
}

#[server(prefix = "/rpc", endpoint = "tokens/revoke", protocol = Call)]
pub(super) async fn revoke_token(id: TokenId) -> Result<(), UiError> {
    answer(backend()?.revoke_token(id).await)
}

#[server(prefix = "/rpc", endpoint = "people/list", protocol = Call)]
pub(super) async fn list_people() -> Result<Vec<PersonRow>, UiError> {
    answer(backend()?.list_people().await)
}

#[server(prefix = "/rpc", endpoint = "people/add", protocol = Call)]
pub(super) async fn add_person(person: NewPerson) -> Result<PersonId, UiError> {
    answer(backend()?.add_person(person).await)
}

#[server(prefix = "/rpc", endpoint = "people/change", protocol = Call)]
pub(super) async fn change_person(id: PersonId, change: PersonChange) -> Result<(), UiError> {
    answer(backend()?.change_person(id, change).await)
}

#[server(prefix = "/rpc", endpoint = "people/reset_password", protocol = Call)]
pub(super) async fn reset_password(id: PersonId, password: String) -> Result<(), UiError> {
    answer(backend()?.reset_password(id, password).await)
}

#[server(prefix = "/rpc", endpoint = "sources/list", protocol = Call)]
pub(super) async fn list_sources() -> Result<Vec<SourceView>, UiError> {
    answer(backend()?.list_sources().await)
}

#[server(prefix = "/rpc", endpoint = "sources/log_queries", protocol = Call)]
pub(super) async fn list_log_queries() -> Result<Vec<LogQueryView>, UiError> {
    answer(backend()?.list_log_queries().await)
}

#[server(prefix = "/rpc", endpoint = "sources/try", protocol = Call)]
pub(super) async fn try_mapping(trial: Trial) -> Result<Tried, UiError> {
    answer(backend()?.try_mapping(trial).await)
}

#[server(prefix = "/rpc", endpoint = "system/show", protocol = Call)]
pub(super) async fn show_system() -> Result<SystemView, UiError> {
    answer(backend()?.system().await)
}
