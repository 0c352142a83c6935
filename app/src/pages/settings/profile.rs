//! One's own preferences.

use super::{head, model, rpc::zone_names};
use crate::{
    layout::{Preferences, reload_page, use_preferences},
    paths,
    shared::{Sending, loaded_part},
    texts::{common, settings as t},
    viewer::use_viewing,
};
use api::people::{Profile, Theme};
use domain::i18n::Lang;
use kit::{
    Badge, Button, ButtonType, ButtonVariant, Card, Choice, Field, Form, RadioGroup, Select,
};
use leptos::prelude::*;

/// The page at `/settings`.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let zones = Resource::new(|| (), |()| zone_names());
    let (Some(viewer), Some(preferences)) = (viewing.viewer(), use_preferences()) else {
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
                {loaded_part(zones, move |zones| view! { <ProfileForm preferences zones/> })}
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn ProfileForm(preferences: Preferences, zones: Vec<String>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let chosen = preferences.chosen.get_untracked();
    let speaks = RwSignal::new(chosen.lang.unwrap_or(lang).tag().to_owned());
    let zone = RwSignal::new(chosen.zone);
    let theme = RwSignal::new(chosen.theme.as_str().to_owned());
    // The button of the frame turns the theme, too.
    Effect::new(move |_| {
        let chosen = preferences.chosen.with(|chosen| chosen.theme);
        theme.set(chosen.as_str().to_owned());
    });
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
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let wanted = Profile {
            lang: Lang::parse(&speaks.get_untracked()),
            zone: zone.get_untracked(),
            theme: Theme::parse(&theme.get_untracked()).unwrap_or_default(),
        };
        // Language and zone are in every text of the page: it comes anew.
        preferences.keep(
            move |chosen| *chosen = wanted,
            move |result| match result {
                Ok(()) => reload_page(),
                Err(error) => sending.fail(&error),
            },
        );
    };
    view! {
        <Form on:submit=submit>
            <RadioGroup name="lang" label=common::language(lang) choices=languages value=speaks
                on_change=move |text| speaks.set(text) error=sending.error_of("lang")/>
            <Field name="zone" label=t::zone(lang) hint=t::zone_hint(lang) error=sending.error_of("zone")>
                <Select name="zone" choices=zones value=zone on_change=move |text| zone.set(text)/>
            </Field>
            <RadioGroup name="theme" label=t::theme(lang) choices=themes value=theme
                on_change=move |text| theme.set(text) error=sending.error_of("theme")/>
            {sending.failed()}
            <div class="actions">
                <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=preferences.busy>{common::save(lang)}</Button>
            </div>
        </Form>
    }
}
