//! Capacity: the targets, one target, and planning a scale event on it.

mod agent;
mod detail;
mod event;
mod mix;
mod model;
mod parts;
mod power;
mod processes;
mod refresh;
mod rpc;
mod timers;

pub(crate) use detail::TargetPage;
pub(crate) use event::{EditEventPage, NewEventPage};
pub(crate) use rpc::list_targets;

use crate::{
    live::keep_fresh,
    pages::spot::share_text,
    paths,
    shared::{
        Ago, Moment, Pages, environment_badge, environment_choices, first_word, go_on_submit,
        loaded, page_query, phase, send_on_change, target_kind,
    },
    texts::{capacity as t, checks, common, schedules, timeline},
    viewer::{Viewing, use_viewing},
};
use api::{
    Page,
    capacity::{EventRow, TargetQuery, TargetRow},
    checks::CheckQuery,
    stream::News,
    timeline::TimelineQuery,
};
use domain::{capacity::TargetKind, i18n::changes::has, limits, processes::stop_actions};
use kit::{
    Button, ButtonType, ButtonVariant, Card, Cell, Choice, Column, EmptyState, FilterBar, Glyph,
    Input, InputKind, LinkButton, PageHeader, Row, Select, StateChip, Tab, Table, Tabs,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/capacity`.
#[component]
pub(crate) fn TargetsPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::target_query);
    let page = Resource::new(move || query.get(), list_targets);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang)/>
        {tabs(viewing, View::Targets)}
        <Filters query/>
        {loaded(page, move |page| view! { <List page query=query.get_untracked()/> })}
    }
    .into_any()
}

/// What of the area is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Targets,
    Schedules,
    Timeline,
    Checks,
}

pub(crate) fn tabs(viewing: Viewing, current: View) -> impl IntoView {
    let lang = viewing.lang;
    let tabs = [
        (
            View::Targets,
            t::targets(lang),
            paths::targets(&TargetQuery::default()),
        ),
        (
            View::Schedules,
            schedules::schedules(lang),
            paths::schedules(),
        ),
        (
            View::Timeline,
            timeline::timeline(lang),
            paths::timeline(&TimelineQuery::default()),
        ),
        (
            View::Checks,
            checks::checks(lang),
            paths::checks(&CheckQuery::default()),
        ),
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

fn is_filtered(query: &TargetQuery) -> bool {
    !(query.kind.is_empty() && query.environment.is_empty() && query.text.is_empty())
}

#[component]
fn Filters(query: Memo<TargetQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = "/capacity";
    let kinds = TargetKind::ALL;
    let mut choices = vec![Choice::new("", t::all_kinds(lang))];
    choices.extend(kinds.map(|kind| Choice::new(kind.as_str(), target_kind(lang, kind))));
    let of = move |read: fn(&TargetQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || view! {
                <Button kind=ButtonType::Submit>{common::apply_filters(lang)}</Button>
                {move || query.with(is_filtered).then(|| view! {
                    <LinkButton href=path variant=ButtonVariant::Ghost>{common::clear_filters(lang)}</LinkButton>
                })}
            }>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=t::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <Select name="kind" aria_label=t::kind(lang) choices
                value=of(|q| first_word(&q.kind, |k| k.as_str().into()))/>
        </FilterBar>
    }
}

#[component]
fn List(page: Page<TargetRow>, query: TargetQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let filtered = is_filtered(&query);
    let again = query.clone();
    let value = keep_fresh(
        page,
        |news| matches!(news, News::Target { .. } | News::Change { .. }),
        move || list_targets(again.clone()),
    )
    .value;
    let columns = move || {
        vec![
            Column::text(common::name(lang)),
            Column::text(common::environment(lang)),
            Column::text(t::kind(lang)),
            Column::number(t::capacity(lang)),
            Column::number(t::in_service(lang)),
            Column::number(t::spot(lang)),
            Column::text(t::event(lang)),
            Column::text(t::next_action(lang)),
            Column::text(t::suspended(lang)),
        ]
    };
    move || {
        let query = query.clone();
        value.with(|page| {
            if page.total == 0 {
                let (title, text) = if filtered {
                    (t::empty_filtered(lang), t::empty_filtered_text(lang))
                } else {
                    (t::empty(lang), t::empty_text(lang))
                };
                return view! { <Card><EmptyState glyph=Glyph::Layers title text/></Card> }
                    .into_any();
            }
            let rows = page.rows.iter().map(line).collect_view();
            let href = move |page| {
                paths::targets(&TargetQuery {
                    page,
                    ..query.clone()
                })
            };
            view! {
                <Card flush=true>
                    <Table caption=t::targets(lang) columns=columns() dense=true>
                        {rows}
                    </Table>
                </Card>
                <Pages total=page.total offset=page.offset limit=page.limit href/>
            }
            .into_any()
        })
    }
}

fn line(row: &TargetRow) -> impl IntoView + use<> {
    let lang = use_viewing().lang;
    let pending = (row.pending > 0).then(|| format!(" (+{})", row.pending));
    let next = match row.next_action_at {
        Some(at) => view! { <Moment at/> }.into_any(),
        None if row.actions > 0 && stop_actions(&row.suspended) => parts::never_runs(lang),
        None => ().into_any(),
    };
    let event = row.event.as_ref().map(event_line);
    let row = row.clone();
    let suspended = (!row.suspended.is_empty()).then(|| row.suspended.join(", "));
    view! {
        <Row>
            <Cell heading=true><a href=paths::target(row.id)>{row.reference.name}</a></Cell>
            <Cell label=common::environment(lang)>{environment_badge(&row.environment)}</Cell>
            <Cell label=t::kind(lang)>{target_kind(lang, row.reference.kind)}</Cell>
            <Cell label=t::capacity(lang) numeric=true>{has(lang, row.reference.kind, row.capacity)}</Cell>
            <Cell label=t::in_service(lang) numeric=true>{row.in_service} {pending}</Cell>
            <Cell label=t::spot(lang) numeric=true>{share_text(row.bought)}</Cell>
            <Cell label=t::event(lang)>{event}</Cell>
            <Cell label=t::next_action(lang)>{next}</Cell>
            <Cell label=t::suspended(lang) truncate=true>{suspended}</Cell>
        </Row>
    }
}

/// A scale event in one line, with the way to its change request.
fn event_line(event: &EventRow) -> impl IntoView + use<> {
    let viewing = use_viewing();
    let (tone, label) = phase(viewing.lang, event.phase);
    let text = t::event_line(viewing.lang, event.count, &viewing.minute(event.until));
    view! {
        <span class="row"><StateChip tone label/> <a href=paths::change(event.change)>{text}</a></span>
    }
}

/// When AWS was last read.
fn read_at(lang: domain::i18n::Lang, at: domain::time::Timestamp) -> impl IntoView {
    view! { <span class="muted">{common::read_at(lang)} " " <Ago at/></span> }
}
