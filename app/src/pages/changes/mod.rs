//! Change requests: the list, one of them, and freezes.

mod act;
mod calendars;
mod comments;
mod detail;
mod emergency;
mod freezes;
pub(crate) mod model;
mod parts;
mod plan;
mod planned;
mod propose;
mod put_back;
mod refresh;
mod rpc;
mod switches;

pub(crate) use detail::ChangePage;
pub(crate) use freezes::FreezesPage;
pub(crate) use model::change_key;
pub(crate) use plan::{PlanView, call_list, findings};
pub(crate) use planned::{PlannedField, PlannedText};
pub(crate) use propose::{ProposeDialog, ProposeWords, Wrong};
pub(crate) use rpc::{
    edit_change, list_calendars, list_changes, preview_change, propose_change, show_change,
};
pub(crate) use switches::chip as switch_chip;

use crate::{
    live::keep_fresh,
    paths,
    shared::{
        Ago, Pages, change_chip, change_title, change_when, environment_badge, environment_choices,
        first_word, go_on_submit, loaded, page_query, send_on_change,
    },
    texts::{changes as t, common},
    viewer::{Viewing, use_viewing},
};
use api::{
    Page,
    capacity::TargetQuery,
    changes::{ChangeQuery, ChangeRow},
    stream::News,
};
use domain::limits;
use kit::{
    Button, ButtonType, ButtonVariant, Card, Cell, Column, EmptyState, FilterBar, Glyph,
    HiddenInput, Input, InputKind, LinkButton, PageHeader, Row, Select, Tab, Table, Tabs,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/changes`.
#[component]
pub(crate) fn ChangesPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::change_query);
    let page = Resource::new(move || query.get(), list_changes);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang)/>
        {move || tabs(viewing, if query.with(|q| q.waiting_for_me) { View::Waiting } else { View::All })}
        <Filters query/>
        {loaded(page, move |page| view! { <List page query=query.get_untracked()/> })}
    }
    .into_any()
}

/// What of the area is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    All,
    Waiting,
    Freezes,
}

fn tabs(viewing: Viewing, current: View) -> impl IntoView {
    let lang = viewing.lang;
    let waiting = ChangeQuery {
        waiting_for_me: true,
        ..ChangeQuery::default()
    };
    let tabs = [
        (
            View::All,
            t::all(lang),
            paths::changes(&ChangeQuery::default()),
        ),
        (
            View::Waiting,
            t::waiting_for_me(lang),
            paths::changes(&waiting),
        ),
        (View::Freezes, t::freezes(lang), paths::freezes()),
    ];
    let tabs: Vec<Tab> = tabs
        .into_iter()
        .map(|(view, label, href)| Tab {
            label: label.into(),
            href,
            current: view == current,
            ..Tab::default()
        })
        .collect();
    view! { <Tabs label=t::views(lang) tabs/> }
}

#[component]
fn Filters(query: Memo<ChangeQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = "/changes";
    let states = model::state_choices(lang);
    let of = move |read: fn(&ChangeQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || view! {
                <Button kind=ButtonType::Submit>{common::apply_filters(lang)}</Button>
                {move || query.with(model::is_filtered).then(|| view! {
                    <LinkButton href=path variant=ButtonVariant::Ghost>{common::clear_filters(lang)}</LinkButton>
                })}
            }>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=t::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="state" aria_label=common::state(lang) choices=states
                value=of(model::state_word)/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <HiddenInput name="waiting" value=of(|q| if q.waiting_for_me { "me" } else { "" }.into())/>
            <HiddenInput name="target" value=of(|q| q.target.map(|id| id.to_string()).unwrap_or_default())/>
        </FilterBar>
    }
}

#[component]
fn List(page: Page<ChangeRow>, query: ChangeQuery) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let again = query.clone();
    let value = keep_fresh(
        page,
        |news| matches!(news, News::Change { .. }),
        move || list_changes(again.clone()),
    )
    .value;
    move || {
        let query = query.clone();
        value.with(|page| {
            if page.total == 0 {
                return empty(viewing, &query);
            }
            let columns = vec![
                Column::text(t::change(lang)),
                Column::text(common::state(lang)),
                Column::text(common::environment(lang)),
                Column::text(t::when(lang)),
                Column::text(t::author(lang)),
                Column::number(t::votes_column(lang)),
                Column::text(t::updated(lang)),
            ];
            let rows = page.rows.iter().cloned().map(|row| line(viewing, row)).collect_view();
            let href = move |page| paths::changes(&ChangeQuery { page, ..query.clone() });
            view! {
                <Card flush=true><Table caption=t::title(lang) columns dense=true>{rows}</Table></Card>
                <Pages total=page.total offset=page.offset limit=page.limit href/>
            }
            .into_any()
        })
    }
}

fn empty(viewing: Viewing, query: &ChangeQuery) -> AnyView {
    let lang = viewing.lang;
    let (title, text) = if model::is_filtered(query) {
        (t::empty_filtered(lang), t::empty_filtered_text(lang))
    } else if query.waiting_for_me {
        (t::empty_waiting(lang), t::empty_waiting_text(lang))
    } else {
        (t::empty(lang), t::empty_text(lang))
    };
    view! {
        <Card>
            <EmptyState glyph=Glyph::Shield title text>
                <LinkButton href=paths::targets(&TargetQuery::default())>{t::to_targets(lang)}</LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}

fn line(viewing: Viewing, row: ChangeRow) -> impl IntoView {
    let lang = viewing.lang;
    let (chip, badge) = (change_chip(lang, &row), environment_badge(&row.environment));
    let (title, span) = (change_title(lang, &row), change_when(viewing, &row));
    let votes = model::votes_short(lang, &row);
    view! {
        <Row>
            <Cell heading=true><a href=paths::change(row.id)>{title}</a></Cell>
            <Cell label=common::state(lang)>{chip}</Cell>
            <Cell label=common::environment(lang)>{badge}</Cell>
            <Cell label=t::when(lang)><span class="numeric">{span}</span></Cell>
            <Cell label=t::author(lang)>{row.author}</Cell>
            <Cell label=t::votes_column(lang) numeric=true>{votes}</Cell>
            <Cell label=t::updated(lang)><Ago at=row.updated_at/></Cell>
        </Row>
    }
}
