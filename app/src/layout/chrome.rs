//! The frame: top bar, navigation, banner, the page itself.

use super::{nav::Nav, palette::Palette, sandbox::SandboxBanner};
use crate::{
    live::{Connection, use_live},
    pages::settings::save_profile,
    paths,
    shared::Sending,
    texts::common as t,
    viewer::{self, Viewing, use_viewing},
};
use api::people::{Profile, Theme, Viewer};
use domain::i18n::Lang;
use kit::{EmptyState, Glyph, Icon, IconButton, Kbd, LinkButton, Menu, SkipLink, StateChip, Tone};
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// The frame around a page. Strangers see only the way to the sign-in page: the
/// server sends them there before anything is rendered.
#[component]
pub(crate) fn Chrome() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let Some(viewer) = viewing.viewer() else {
        return view! {
            <main class="signin" id="main">
                <EmptyState glyph=Glyph::Lock title=t::sign_in_again(lang)>
                    <LinkButton href=paths::sign_in("")>{t::sign_in(lang)}</LinkButton>
                </EmptyState>
            </main>
        }
        .into_any();
    };
    let palette = RwSignal::new(false);
    listen_for_shortcut(palette);
    // Both menus save the whole of it: what one of them changed, the other keeps.
    let profile = RwSignal::new(profile(&viewer));
    view! {
        <div class="shell">
            <SkipLink text=t::skip(lang)/>
            <header class="topbar">
                <a class="brand" href=paths::overview()>
                    <Icon glyph=Glyph::Lamp/><span>{t::product(lang)}</span>
                </a>
                <button class="palette-button" type="button" aria-haspopup="dialog"
                    on:click=move |_| palette.set(true)>
                    <Icon glyph=Glyph::Search/><span>{t::palette_button(lang)}</span><Kbd>"Ctrl K"</Kbd>
                </button>
                <div class="topbar-end">
                    <LiveState/>
                    <ThemeButton profile/>
                    <AccountMenu viewer profile/>
                </div>
            </header>
            <Nav/>
            {viewing.sandbox().then(|| view! { <SandboxBanner/> })}
            <main class="page" id="main" tabindex="-1"><Outlet/></main>
        </div>
        <Palette open=palette/>
    }
    .into_any()
}

/// Ctrl-K (or Cmd-K) opens the palette from anywhere.
fn listen_for_shortcut(palette: RwSignal<bool>) {
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let chord = event.ctrl_key() || event.meta_key();
            if chord && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                palette.set(true);
            }
        });
        on_cleanup(move || handle.remove());
    });
}

#[component]
fn LiveState() -> impl IntoView {
    let lang = use_viewing().lang;
    let connection = use_live().connection;
    // Polite: a screen reader hears that news stopped, not every heartbeat.
    view! {
        <span class="live-state" role="status">
            {move || {
                let (tone, label, title) = match connection.get() {
                    Connection::Live => (Tone::Ok, t::live(lang), t::live_text(lang)),
                    Connection::Opening => (Tone::Neutral, t::live_opening(lang), t::live_text(lang)),
                    Connection::Lost => (Tone::Warning, t::live_lost(lang), t::live_lost_text(lang)),
                };
                view! { <span title=title><StateChip tone label/></span> }
            }}
        </span>
    }
}

fn profile(viewer: &Viewer) -> Profile {
    Profile {
        lang: viewer.lang,
        zone: viewer.zone.name().to_owned(),
        theme: viewer.theme,
    }
}

#[component]
fn ThemeButton(profile: RwSignal<Profile>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    // Light until the person chose dark: what the system prefers is not known here.
    let dark = RwSignal::new(profile.with_untracked(|profile| profile.theme == Theme::Dark));
    let turn = move |_| {
        dark.update(|dark| *dark = !*dark);
        let theme = if dark.get_untracked() {
            Theme::Dark
        } else {
            Theme::Light
        };
        show_theme(theme);
        profile.update(|profile| profile.theme = theme);
        sending.send(save_profile(profile.get_untracked()), |()| {});
    };
    view! {
        {move || {
            let (glyph, label) = if dark.get() {
                (Glyph::Sun, t::light_theme(lang))
            } else {
                (Glyph::Moon, t::dark_theme(lang))
            };
            view! { <IconButton glyph label on:click=turn/> }
        }}
    }
}

/// Shows a theme at once; the next page comes with it from the server.
pub(crate) fn show_theme(theme: Theme) {
    let Some(root) = document().document_element() else {
        return;
    };
    // Both fail only for a malformed attribute name.
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        _ => root.set_attribute("data-theme", theme.as_str()),
    };
}

/// Loads the page anew, as every text of it changes.
pub(crate) fn reload_page() {
    // Fails only where there is no window left.
    let _ = window().location().reload();
}

#[component]
fn AccountMenu(viewer: Viewer, profile: RwSignal<Profile>) -> impl IntoView {
    let viewing: Viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let other = match lang {
        Lang::En => Lang::Ko,
        Lang::Ko => Lang::En,
    };
    let name = viewer.name.clone();
    let role = viewer::role(lang, viewer.role());
    let login = viewer.login.clone();
    let switch = move |_| {
        profile.update(|profile| profile.lang = other);
        sending.send(save_profile(profile.get_untracked()), |()| reload_page());
    };
    view! {
        <Menu label=t::account(lang) button=move || view! {
            <Icon glyph=Glyph::User/><span class="button-text">{name}</span>
        }>
            <p class="menu-note">{login}<br/>{role}</p>
            <a class="menu-item" href=paths::settings()><Icon glyph=Glyph::Gear/>{t::nav_settings(lang)}</a>
            <button class="menu-item" type="button" lang=other.tag() on:click=switch>
                <Icon glyph=Glyph::Globe/>{t::switch_language(lang)}
            </button>
            <form method="post" action=paths::SIGN_OUT_POST>
                <button class="menu-item" type="submit"><Icon glyph=Glyph::Logout/>{t::sign_out(lang)}</button>
            </form>
        </Menu>
    }
}
