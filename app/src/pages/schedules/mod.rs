//! Schedules: the list, one of them, the editor, and what change requests show of
//! them.

mod detail;
mod dialogs;
mod diff;
mod editor;
#[cfg(all(test, feature = "ssr"))]
pub(in crate::pages) mod fake;
mod fit;
mod form;
mod model;
mod money;
mod overrides;
mod picture;
mod plan;
mod rpc;
mod simple;
mod start;

pub(crate) use detail::SchedulePage;
pub(crate) use editor::{EditSchedulePage, NewSchedulePage, ProposedSchedulePage};
pub(crate) use model::rule_words;
pub(crate) use plan::{Compared, effect, summary};
pub(crate) use rpc::list_schedules;

use crate::{
    live::keep_fresh,
    pages::capacity::{View, tabs},
    paths,
    shared::{Moment, environment_badge, loaded},
    texts::{capacity, common, schedules as t},
    viewer::{Viewing, use_viewing},
};
use api::{capacity::TargetQuery, schedules::ScheduleRow, stream::News};
use domain::{i18n::Lang, policy::Action};
use kit::{
    Breadcrumbs, Button, ButtonVariant, Card, Cell, Column, Crumb, EmptyState, Glyph, LinkButton,
    PageHeader, Row, StateChip, Table, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::level_words;

/// The page at `/capacity/schedules`.
#[component]
pub(crate) fn SchedulesPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let rows = Resource::new(|| (), |()| list_schedules());
    view! {
        <Title text=t::schedules(lang)/>
        <PageHeader title=capacity::title(lang) subtitle=t::subtitle(lang)
            actions=move || new_button(viewing, ButtonVariant::Primary)/>
        {tabs(viewing, View::Schedules)}
        {loaded(rows, move |rows| view! { <List rows/> })}
    }
    .into_any()
}

/// Leads to the editor, or says why it does not.
fn new_button(viewing: Viewing, variant: ButtonVariant) -> AnyView {
    let lang = viewing.lang;
    match viewing.refused_everywhere(Action::ProposeChange) {
        None => view! {
            <LinkButton href=paths::new_schedule(None) variant glyph=Glyph::Plus>{t::new(lang)}</LinkButton>
        }
        .into_any(),
        Some(reason) => view! {
            <Button variant glyph=Glyph::Plus disabled_reason=reason>{t::new(lang)}</Button>
        }
        .into_any(),
    }
}

#[component]
fn List(rows: Vec<ScheduleRow>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let concerns = |news: &News| matches!(news, News::Change { .. } | News::Target { .. });
    let value = keep_fresh(rows, concerns, list_schedules).value;
    let columns = move || {
        vec![
            Column::text(common::name(lang)),
            Column::text(common::environment(lang)),
            Column::text(t::targets(lang)),
            Column::text(t::now(lang)),
            Column::text(t::next_change(lang)),
            Column::text(t::drift(lang)),
            Column::text(t::good_until(lang)),
        ]
    };
    move || {
        value.with(|rows| {
            if rows.is_empty() {
                return view! {
                    <Card>
                        <EmptyState glyph=Glyph::Calendar title=t::empty(lang) text=t::empty_text(lang)>
                            {new_button(viewing, ButtonVariant::Secondary)}
                        </EmptyState>
                    </Card>
                }
                .into_any();
            }
            let rows = rows.iter().map(|row| line(lang, row)).collect_view();
            view! {
                <Card flush=true>
                    <Table caption=t::schedules(lang) columns=columns() dense=true>{rows}</Table>
                </Card>
            }
            .into_any()
        })
    }
}

fn line(lang: Lang, row: &ScheduleRow) -> impl IntoView + use<> {
    let rule = rule_words(lang, &row.rule);
    let level = level_words(lang, row.level);
    let next = match &row.next {
        Some(next) => {
            let level = level_words(lang, next.level);
            view! { <Moment at=next.at/> " · " <span class="numeric">{level}</span> }.into_any()
        }
        None => view! { <span class="muted">{t::no_change(lang)}</span> }.into_any(),
    };
    let (tone, label) = match row.drift {
        0 => (Tone::Ok, t::as_wanted(lang).to_owned()),
        count => (Tone::Warning, t::drift_count(lang, count)),
    };
    let (name, targets) = (row.name.clone(), row.targets.join(", "));
    let environment = environment_badge(&row.environment);
    let good_until = row.good_until;
    view! {
        <Row>
            <Cell heading=true><a href=paths::schedule(&name)>{name.clone()}</a></Cell>
            <Cell label=common::environment(lang)>{environment}</Cell>
            <Cell label=t::targets(lang)><span class="break">{targets}</span></Cell>
            <Cell label=t::now(lang)><span class="numeric">{level}</span> " · " {rule}</Cell>
            <Cell label=t::next_change(lang)><span>{next}</span></Cell>
            <Cell label=t::drift(lang)><StateChip tone label/></Cell>
            <Cell label=t::good_until(lang)><Moment at=good_until/></Cell>
        </Row>
    }
}

/// The name in the path of this page. It stands still while the address moves on.
fn page_name() -> Memo<Option<String>> {
    let params = use_params_map();
    Memo::new(move |last: Option<&Option<String>>| {
        let name = params.read().get("name");
        name.or_else(|| last.cloned().flatten())
    })
}

/// The way here, past the targets and the schedules.
fn crumbs(lang: Lang, more: Vec<(String, Option<String>)>) -> impl IntoView {
    let area = (
        capacity::title(lang).to_owned(),
        Some(paths::targets(&TargetQuery::default())),
    );
    let list = (t::schedules(lang).to_owned(), Some(paths::schedules()));
    let crumbs = [area, list].into_iter().chain(more);
    let crumbs = crumbs.map(|(label, href)| Crumb { label, href }).collect();
    view! { <Breadcrumbs label=common::you_are_here(lang) crumbs/> }
}
