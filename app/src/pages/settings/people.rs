//! Everybody who may sign in.

use super::{
    head, model,
    person::{Add, Edit},
    rpc::list_people,
};
use crate::{
    paths,
    shared::{Ago, loaded},
    texts::{common, settings as t},
    viewer::use_viewing,
};
use api::people::PersonRow;
use domain::policy::Action;
use kit::{
    Badge, Button, ButtonSize, ButtonVariant, Card, Cell, Column, Glyph, Row, StateChip, Table,
    Tone,
};
use leptos::prelude::*;

/// The page at `/settings/people`.
#[component]
pub(crate) fn PeoplePage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let people = Resource::new(|| (), |()| list_people());
    let reload = Callback::new(move |()| people.refetch());
    let adding = RwSignal::new(false);
    let editing = RwSignal::new(None::<PersonRow>);
    let refused = viewing.refused_here(Action::ManagePeople);
    view! {
        {head(viewing, paths::people(), t::people(lang))}
        <div class="actions">
            <Button variant=ButtonVariant::Primary glyph=Glyph::Plus disabled_reason=refused
                on:click=move |_| adding.set(true)>{t::add_person(lang)}</Button>
        </div>
        {loaded(people, move |people| view! { <People people editing/> })}
        <Add open=adding on_change=reload/>
        <Edit editing on_change=reload/>
    }
    .into_any()
}

#[component]
fn People(people: Vec<PersonRow>, editing: RwSignal<Option<PersonRow>>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::person_name(lang)),
        Column::text(t::login(lang)),
        Column::text(t::granted(lang)),
        Column::text(common::state(lang)),
        Column::text(t::last_sign_in(lang)),
        Column::actions(common::actions(lang)),
    ];
    let rows = people
        .into_iter()
        .map(|person| view! { <Person person editing/> })
        .collect_view();
    view! { <Card flush=true><Table caption=t::people(lang) columns dense=true>{rows}</Table></Card> }
}

#[component]
fn Person(person: PersonRow, editing: RwSignal<Option<PersonRow>>) -> impl IntoView {
    let lang = use_viewing().lang;
    let grants = person.grants.iter().map(|grant| {
        let text = model::grant_text(lang, grant);
        view! { <Badge>{text}</Badge> }
    });
    let grants = grants.collect_view();
    let (tone, label) = if person.disabled {
        (Tone::Neutral, t::is_disabled(lang))
    } else {
        (Tone::Ok, t::is_active(lang))
    };
    let seen = match person.signed_in_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => "–".into_any(),
    };
    let whole = person.clone();
    view! {
        <Row>
            <Cell heading=true>{person.name}</Cell>
            <Cell label=t::login(lang)>{person.login}</Cell>
            <Cell label=t::granted(lang)><span class="row">{grants}</span></Cell>
            <Cell label=common::state(lang)><StateChip tone label/></Cell>
            <Cell label=t::last_sign_in(lang)>{seen}</Cell>
            <Cell label=common::actions(lang)>
                <Button size=ButtonSize::Small on:click=move |_| editing.set(Some(whole.clone()))>{t::edit_person(lang)}</Button>
            </Cell>
        </Row>
    }
}
