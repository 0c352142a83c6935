//! Settings: one's own profile, password, sessions and tokens; people and the
//! state of the console for those who run it.

mod log_queries;
mod model;
mod people;
mod person;
mod profile;
mod rpc;
mod security;
mod sources;
mod system;
mod tokens;
mod topics;
mod workers;

pub(crate) use people::PeoplePage;
pub(crate) use profile::ProfilePage;
pub(crate) use rpc::save_profile;
pub(crate) use security::SecurityPage;
pub(crate) use sources::SourcesPage;
pub(crate) use system::SystemPage;
pub(crate) use tokens::TokensPage;

use crate::{
    paths,
    texts::{settings as t, sources as source_words},
    viewer::{Viewing, role},
};
use domain::{people::Role, policy::Action};
use kit::{Choice, PageHeader, Tab, Tabs};
use leptos::prelude::*;
use leptos_meta::Title;

/// The head that the settings share.
fn head(viewing: Viewing, current: String, title: &'static str) -> impl IntoView {
    let lang = viewing.lang;
    let tab = |label: &str, href: String| Tab {
        label: label.into(),
        current: href == current,
        href,
        ..Tab::default()
    };
    let guarded = |tab: Tab, action| Tab {
        disabled_reason: viewing.refused_here(action),
        ..tab
    };
    let tabs = vec![
        tab(t::profile(lang), paths::settings()),
        tab(t::security(lang), paths::security()),
        tab(t::tokens(lang), paths::tokens()),
        guarded(tab(t::people(lang), paths::people()), Action::ManagePeople),
        guarded(
            tab(source_words::title(lang), paths::sources()),
            Action::ReadSystem,
        ),
        guarded(tab(t::system(lang), paths::system()), Action::ReadSystem),
    ];
    view! {
        <Title text=title/>
        <PageHeader title/>
        <Tabs label=t::views(lang) tabs/>
    }
}

/// Roles to choose from.
fn role_choices(viewing: Viewing, most: Role) -> Vec<Choice> {
    let offered = Role::ALL.into_iter().filter(|one| *one <= most);
    offered
        .map(|one| Choice::new(one.as_str(), role(viewing.lang, one)))
        .collect()
}
