//! The Leptos application: every page of the console.
//!
//! It renders on the server and again, to the letter, in the browser. It sees
//! the services only as `api` traits, and those only in server functions: it
//! names no database, no AWS and no HTTP library, and compiles for wasm32.
//!
//! **Invariants.**
//! - Views take plain values; only page components touch resources, and only
//!   inside `Transition`.
//! - Nothing in a view reads a clock, a locale or the compilation target:
//!   instants are written in the zone that travels with the page.
//! - A server function is a public address: its body is one call of one trait
//!   method, which decides who may.
//! - Every address comes from [`paths`], every word from `texts`.
#![recursion_limit = "512"]

mod areas;
mod layout;
mod live;
mod pages;
pub mod paths;
mod rpc;
mod shared;
mod texts;
mod viewer;

pub use rpc::{ResponseStatus, UiError};
pub use viewer::{Typed, Visitor};

use crate::{
    areas::{PageTurn, page},
    layout::Chrome,
    live::Live,
    texts::common as t,
    viewer::Viewing,
};
use api::people::Theme;
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};
use std::collections::BTreeMap;

/// Where the page's files are. Empty: the page renders without script and style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageAssets {
    /// Address of the style sheet.
    pub css: Option<String>,
    /// Address of the browser's program: its module.
    pub js: Option<String>,
    /// Address of the browser's program: its code.
    pub wasm: Option<String>,
    /// Addresses of the parts of the browser's program that an area's pages need, by its name.
    pub areas: BTreeMap<String, Vec<String>>,
    /// Address of the icon.
    pub icon: Option<String>,
    /// The page loads itself anew when the server was built anew.
    pub dev_reload: bool,
}

/// Starts the browser's program. The addresses come from the build's own
/// manifest; they are written as JSON strings, which JavaScript reads alike.
fn start_script(js: &str, wasm: &str) -> String {
    let quoted = |text: &str| {
        serde_json::Value::from(text)
            .to_string()
            .replace('<', "\\u003c")
    };
    let (js, wasm) = (quoted(js), quoted(wasm));
    format!("import init,{{hydrate}} from {js};await init({{module_or_path:{wasm}}});hydrate();")
}

const RELOAD_SCRIPT: &str = "{let t;new EventSource('/__reload').onmessage=e=>{if(t&&t!==e.data)location.reload();t=e.data}}";

/// The document around the application, rendered on the server only. It reads
/// [`Visitor`] and [`PageAssets`] from context.
pub fn shell() -> impl IntoView {
    let visitor = use_context::<Visitor>().unwrap_or_default();
    let assets = use_context::<PageAssets>().unwrap_or_default();
    let nonce = use_nonce();
    let theme = (visitor.theme != Theme::System).then(|| visitor.theme.as_str());
    let start = assets.js.clone().zip(assets.wasm.clone()).map(|(js, wasm)| {
        view! {
            <link rel="modulepreload" href=js.clone()/>
            <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" nonce=nonce.clone()>{start_script(&js, &wasm)}</script>
        }
    });
    let reload = assets
        .dev_reload
        .then(|| view! { <script nonce=nonce>{RELOAD_SCRIPT}</script> });
    view! {
        <!DOCTYPE html>
        <html lang=visitor.lang.tag() data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                {assets.css.map(|css| view! { <link rel="stylesheet" href=css/> })}
                {assets.icon.map(|icon| view! { <link rel="icon" href=icon/> })}
                {start}
                {reload}
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// The application: contexts and the route table.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visitor = SharedValue::new(|| use_context::<Visitor>().unwrap_or_default()).into_inner();
    let signed_in = visitor.viewer.is_some();
    if let Some(viewer) = &visitor.viewer {
        provide_context(layout::Preferences::new(viewer));
    }
    let viewing = Viewing::new(visitor);
    provide_context(viewing);
    kit::provide_toasts();
    provide_context(PageTurn::new());
    let live = Live::new(viewing.loaded_at());
    provide_context(live);
    Effect::new(move |_| {
        if signed_in {
            live.connect();
        }
    });
    let lang = viewing.lang;
    view! {
        <Title text=t::product(lang) formatter=move |text: String| title(lang, &text)/>
        <Router>
            <Routes fallback=pages::not_found::NotFoundPage>
                <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=pages::setup::SetupPage ssr=SsrMode::Async/>
                <Route path=path!("/alarms/wall") view=page!(watch, pages::wall::WallPage) ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Chrome ssr=SsrMode::Async>
                    <Route path=path!("/") view=page!(overview, pages::overview::OverviewPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms") view=page!(watch, pages::alarms::AlarmsPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/coverage") view=page!(watch, pages::alarms::CoveragePage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/notifications") view=page!(watch, pages::notifications::NotificationsPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/events") view=page!(watch, pages::aws_events::EventsPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/on-call") view=page!(watch, pages::on_call::OnCallPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/drills") view=page!(watch, pages::drills::DrillsPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/drills/:id") view=page!(watch, pages::drills::DrillPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/silences") view=page!(watch, pages::silences::SilencesPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/set-aside") view=page!(watch, pages::set_aside::SetAsidePage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/set-aside/:id") view=page!(watch, pages::set_aside::SetAsideMessagePage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/events/:id") view=page!(watch, pages::aws_events::EventPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/routes") view=page!(watch, pages::notifications::RoutingPage) ssr=SsrMode::Async/>
                    <Route path=path!("/alarms/:id") view=page!(watch, pages::alarms::AlarmPage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity") view=page!(plan, pages::capacity::TargetsPage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/targets/:id") view=page!(plan, pages::capacity::TargetPage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/targets/:id/event") view=page!(plan, pages::capacity::NewEventPage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/timeline") view=page!(plan, pages::timeline::TimelinePage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/checks") view=page!(plan, pages::checks::ChecksPage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/schedules") view=page!(schedules, pages::schedules::SchedulesPage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/new-schedule") view=page!(schedules, pages::schedules::NewSchedulePage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/schedules/:name") view=page!(schedules, pages::schedules::SchedulePage) ssr=SsrMode::Async/>
                    <Route path=path!("/capacity/schedules/:name/edit") view=page!(schedules, pages::schedules::EditSchedulePage) ssr=SsrMode::Async/>
                    <Route path=path!("/changes") view=page!(plan, pages::changes::ChangesPage) ssr=SsrMode::Async/>
                    <Route path=path!("/changes/freezes") view=page!(plan, pages::changes::FreezesPage) ssr=SsrMode::Async/>
                    <Route path=path!("/changes/:id") view=page!(plan, pages::changes::ChangePage) ssr=SsrMode::Async/>
                    <Route path=path!("/changes/:id/edit") view=page!(plan, pages::capacity::EditEventPage) ssr=SsrMode::Async/>
                    <Route path=path!("/changes/:id/schedule") view=page!(schedules, pages::schedules::ProposedSchedulePage) ssr=SsrMode::Async/>
                    <Route path=path!("/activity") view=page!(watch, pages::activity::ActivityPage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=page!(settings, pages::settings::ProfilePage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings/security") view=page!(settings, pages::settings::SecurityPage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings/tokens") view=page!(settings, pages::settings::TokensPage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings/people") view=page!(settings, pages::settings::PeoplePage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings/sources") view=page!(settings, pages::settings::SourcesPage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings/system") view=page!(settings, pages::settings::SystemPage) ssr=SsrMode::Async/>
                    <Route path=path!("/*any") view=pages::not_found::NotFoundPage ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
        <kit::ToastRegion label=t::toasts(lang) dismiss_label=t::dismiss(lang)/>
    }
}

fn title(lang: domain::i18n::Lang, text: &str) -> String {
    let product = t::product(lang);
    if text == product {
        product.to_owned()
    } else {
        format!("{text} · {product}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_leave_its_script() {
        let script = start_script("/a\"</script>.js", "/b.wasm");
        assert!(!script.contains("</script>"), "{script}");
        assert!(
            script.contains(r#"from "/a\"\u003c/script>.js";"#),
            "{script}"
        );
    }
}
