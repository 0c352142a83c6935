//! The frame: top bar, navigation, banner, the page itself.

use super::{
    nav::Nav,
    palette::Palette,
    preferences::{Preferences, reload_page, use_preferences},
    sandbox::SandboxBanner,
};
use crate::{
    live::{Connection, use_live},
    paths,
    rpc::UiError,
    texts::common as t,
    viewer::{self, use_viewing},
};
use api::{
    people::{Theme, Viewer},
    stream::News,
};
use domain::i18n::Lang;
use kit::{
    EmptyState, Glyph, Icon, IconButton, Kbd, LinkButton, Menu, SkipLink, StateChip, Toasts, Tone,
    ToneMark, use_toasts,
};
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// The frame around a page. Strangers see only the way to the sign-in page: the
/// server sends them there before anything is rendered.
#[component]
pub(crate) fn Chrome() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (Some(viewer), Some(preferences)) = (viewing.viewer(), use_preferences()) else {
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
    let viewer_unread = viewer.unread.clone();
    listen_for_shortcut(palette);
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
                    <ThemeButton preferences/>
                    <AccountMenu viewer preferences/>
                </div>
            </header>
            <Nav/>
            <div class="banners">
                {viewing.sandbox().then(|| view! { <SandboxBanner/> })}
                <UnreadBanner unread=viewer_unread/>
            </div>
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

/// Says on every page which accounts and regions cannot be read: calm that nobody
/// looked at is none.
#[component]
pub(crate) fn UnreadBanner(
    /// When the page was made.
    unread: Vec<String>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let unread = RwSignal::new(unread);
    use_live().listen(move |news| {
        if let News::Scopes { unread: told } = news {
            unread.set(told.clone());
        }
    });
    let listed = Memo::new(move |_| unread.with(|scopes| scopes.join(", ")));
    view! {
        <div role="status">
            {move || listed.with(|listed| (!listed.is_empty()).then(|| view! {
                <div class="banner" data-tone="alarm">
                    <ToneMark tone=Tone::Alarm/>
                    <span class="banner-text">{t::aws_unread(lang, listed)}</span>
                </div>
            }))}
        </div>
    }
}

/// Whether news arrives.
#[component]
pub(crate) fn LiveState() -> impl IntoView {
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

/// Says what could not be kept: the control itself is back where it was.
fn tell_failure(lang: Lang, toasts: Option<Toasts>, result: &Result<(), UiError>) {
    if let (Some(toasts), Err(error)) = (toasts, result) {
        toasts.push(Tone::Alarm, error.message(lang));
    }
}

#[component]
fn ThemeButton(preferences: Preferences) -> impl IntoView {
    let lang = use_viewing().lang;
    let toasts = use_toasts();
    // Light until the person chose dark: what the system prefers is not known here.
    let dark = Memo::new(move |_| {
        preferences
            .chosen
            .with(|chosen| chosen.theme == Theme::Dark)
    });
    let turn = move |_| {
        let theme = if dark.get_untracked() {
            Theme::Light
        } else {
            Theme::Dark
        };
        preferences.keep(
            |chosen| chosen.theme = theme,
            move |result| tell_failure(lang, toasts, &result),
        );
    };
    let glyph = Signal::derive(move || if dark.get() { Glyph::Sun } else { Glyph::Moon });
    let label = Signal::derive(move || {
        let label = if dark.get() {
            t::light_theme(lang)
        } else {
            t::dark_theme(lang)
        };
        label.to_owned()
    });
    view! { <IconButton glyph label on:click=turn/> }
}

#[component]
fn AccountMenu(viewer: Viewer, preferences: Preferences) -> impl IntoView {
    let lang = use_viewing().lang;
    let toasts = use_toasts();
    let other = match lang {
        Lang::En => Lang::Ko,
        Lang::Ko => Lang::En,
    };
    let name = viewer.name.clone();
    let role = viewer::role(lang, viewer.role());
    let login = viewer.login.clone();
    let switch = move |_| {
        preferences.keep(
            |chosen| chosen.lang = Some(other),
            move |result| match result {
                Ok(()) => reload_page(),
                Err(_) => tell_failure(lang, toasts, &result),
            },
        );
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
