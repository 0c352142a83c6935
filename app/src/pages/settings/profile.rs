//! One's own preferences.

use super::{
    head, model,
    rpc::{save_profile, zone_names},
};
use crate::{
    layout::{reload_page, show_theme},
    paths,
    shared::{Sending, loaded_part},
    texts::{common, settings as t},
    viewer::use_viewing,
};
use api::people::{Profile, Theme, Viewer};
use domain::i18n::Lang;
use kit::{Badge, Button, ButtonType, ButtonVariant, Card, Choice, Field, RadioGroup, Select};
use leptos::prelude::*;

/// The page at `/settings`.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let zones = Resource::new(|| (), |()| zone_names());
    let Some(viewer) = viewing.viewer() else {
        return ().into_any();
    };
    let grants = viewer.grants.iter().map(|grant| {
        let text = model::grant_text(lang, grant);
        view! { <Badge>{text}</Badge> }
    });
    let grants = grants.collect_view();
    let name = viewer.name.clone();
    let login = viewer.login.clone();
    view! {
        {head(viewing, paths::settings(), t::profile(lang))}
        <div class="stack settings">
            <Card title=name>
                <p class="muted">{login}</p>
                <p class="row">{t::roles(lang)} " " {grants}</p>
            </Card>
            <Card>
                {loaded_part(zones, move |zones| view! { <Form viewer=viewer.clone() zones/> })}
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn Form(viewer: Viewer, zones: Vec<String>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let speaks = RwSignal::new(viewer.lang.tag().to_owned());
    let zone = RwSignal::new(viewer.zone.name().to_owned());
    let theme = RwSignal::new(viewer.theme.as_str().to_owned());
    let languages = vec![Choice::new("en", "English"), Choice::new("ko", "한국어")];
    let themes = vec![
        Choice::new("system", t::theme_system(lang)),
        Choice::new("light", t::theme_light(lang)),
        Choice::new("dark", t::theme_dark(lang)),
    ];
    let zones: Vec<Choice> = zones
        .into_iter()
        .map(|name| Choice::new(name.clone(), name))
        .collect();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen = Theme::parse(&theme.get_untracked()).unwrap_or_default();
        let profile = Profile {
            lang: Lang::parse(&speaks.get_untracked()).unwrap_or_default(),
            zone: zone.get_untracked(),
            theme: chosen,
        };
        // Language and zone are in every text of the page: it comes anew.
        sending.send(save_profile(profile), move |()| {
            show_theme(chosen);
            reload_page();
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <RadioGroup name="lang" label=common::language(lang) choices=languages value=speaks
                on_change=move |text| speaks.set(text) error=sending.error_of("lang")/>
            <Field name="zone" label=t::zone(lang) hint=t::zone_hint(lang) error=sending.error_of("zone")>
                <Select name="zone" choices=zones value=zone on_change=move |text| zone.set(text)/>
            </Field>
            <RadioGroup name="theme" label=t::theme(lang) choices=themes value=theme
                on_change=move |text| theme.set(text) error=sending.error_of("theme")/>
            {sending.failed()}
            <div class="actions">
                <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{common::save(lang)}</Button>
            </div>
        </form>
    }
}
