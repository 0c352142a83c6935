//! The cards of the overview, from plain values.

use super::model;
use crate::{
    paths,
    shared::{
        Ago, Moment, alarm_chip, amount_text, awaited, change_chip, change_title, change_when,
        chart_format, chart_text, count_text, environment_badge, priority_badge,
    },
    texts::{common, emergencies, overview as t},
    viewer::use_viewing,
};
use api::{
    alarms::{AlarmQuery, AlarmRow},
    capacity::TargetQuery,
    changes::ChangeRow,
    overview::{Drift, EnvironmentDay, ScopeHealth, Upcoming},
};
use kit::{
    Card, Cell, Column, EmptyState, Glyph, KeyValue, KeyValues, LinkButton, Row, StateChip, Table,
    Tone,
    chart::{ChartSize, LineChart, StepChart},
};
use leptos::prelude::*;

pub(super) fn urgent(rows: Vec<AlarmRow>) -> AnyView {
    let lang = use_viewing().lang;
    let all = move || {
        view! {
            <LinkButton href=paths::alarms(&AlarmQuery::default()) size=kit::ButtonSize::Small>{t::all_alarms(lang)}</LinkButton>
        }
    };
    if rows.is_empty() {
        return view! {
            <Card title=t::urgent(lang) actions=all>
                <EmptyState glyph=Glyph::Bell title=t::urgent_empty(lang) text=t::urgent_empty_text(lang)/>
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(common::name(lang)),
        Column::text(crate::texts::alarms::priority(lang)),
        Column::text(common::environment(lang)),
        Column::text(common::state(lang)),
    ];
    let rows = rows
        .into_iter()
        .map(|row| view! {
            <Row>
                <Cell heading=true><a href=paths::alarm(row.id)>{row.name}</a></Cell>
                <Cell label=crate::texts::alarms::priority(lang)>{priority_badge(row.priority, row.state)}</Cell>
                <Cell label=common::environment(lang)>{environment_badge(&row.environment)}</Cell>
                <Cell label=common::state(lang)>
                    <span class="row">{alarm_chip(lang, row.state)} <span class="muted"><Ago at=row.state_at/></span></span>
                </Cell>
            </Row>
        })
        .collect_view();
    view! {
        <Card title=t::urgent(lang) flush=true actions=all>
            <Table caption=t::urgent(lang) columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

pub(super) fn waiting(rows: Vec<ChangeRow>) -> AnyView {
    let lang = use_viewing().lang;
    if rows.is_empty() {
        return view! {
            <Card title=t::waiting(lang)>
                <EmptyState glyph=Glyph::Shield title=t::waiting_empty(lang) text=t::waiting_empty_text(lang)/>
            </Card>
        }
        .into_any();
    }
    view! { <Card title=t::waiting(lang)><ul class="plain-list">{change_items(rows)}</ul></Card> }
        .into_any()
}

/// What the viewer proposed and others have to decide; nothing where there is none.
pub(super) fn proposed(rows: Vec<ChangeRow>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let title = t::proposed(use_viewing().lang);
    view! { <Card title><ul class="plain-list">{change_items(rows)}</ul></Card> }.into_any()
}

/// What nobody approved and nobody has reviewed yet; nothing where there is none.
pub(super) fn to_review(rows: Vec<ChangeRow>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let lang = use_viewing().lang;
    view! {
        <Card title=emergencies::needs_review(lang)>
            <p class="muted">{emergencies::needs_review_text(lang)}</p>
            <ul class="plain-list">{change_items(rows)}</ul>
        </Card>
    }
    .into_any()
}

fn change_items(rows: Vec<ChangeRow>) -> AnyView {
    let viewing = use_viewing();
    rows.into_iter()
        .map(|row| {
            let dated = row.until.or_else(|| awaited(&row)).is_some();
            let span = dated.then(|| change_when(viewing, &row));
            view! {
                <li class="list-item">
                    <a href=paths::change(row.id)>{change_title(viewing.lang, &row)}</a>
                    <span class="row">
                        {change_chip(viewing.lang, &row)} {environment_badge(&row.environment)}
                        <span class="muted">{row.author} " · " <Ago at=row.created_at/></span>
                    </span>
                    {span.map(|span| view! { <span class="muted numeric">{span}</span> })}
                </li>
            }
        })
        .collect_view()
        .into_any()
}

pub(super) fn drift(rows: Vec<Drift>) -> AnyView {
    let lang = use_viewing().lang;
    if rows.is_empty() {
        return ().into_any();
    }
    let items = rows
        .into_iter()
        .map(|row| view! {
            <li class="list-item">
                <a href=paths::change(row.change)>{row.target_name}</a>
                <span class="row">
                    <StateChip tone=Tone::Warning label=t::drift(lang)/> {environment_badge(&row.environment)}
                    <span class="muted">{t::since(lang)} " " <Ago at=row.since/></span>
                </span>
                <ul class="plain-list">{row.differences.into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}</ul>
            </li>
        })
        .collect_view();
    view! {
        <Card title=t::drift(lang)>
            <p class="muted">{t::drift_text(lang)}</p>
            <ul class="plain-list">{items}</ul>
        </Card>
    }
    .into_any()
}

pub(super) fn events(rows: Vec<ChangeRow>) -> AnyView {
    let lang = use_viewing().lang;
    if rows.is_empty() {
        return view! {
            <Card title=t::events(lang)>
                <EmptyState glyph=Glyph::Calendar title=t::events_empty(lang) text=t::events_empty_text(lang)>
                    <LinkButton href=paths::targets(&TargetQuery::default())>{t::to_targets(lang)}</LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    view! { <Card title=t::events(lang)><ul class="plain-list">{change_items(rows)}</ul></Card> }
        .into_any()
}

pub(super) fn upcoming(rows: Vec<Upcoming>) -> AnyView {
    let lang = use_viewing().lang;
    if rows.is_empty() {
        return view! {
            <Card title=t::upcoming(lang)><EmptyState glyph=Glyph::Clock title=t::upcoming_empty(lang)/></Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(t::when(lang)),
        Column::text(t::target(lang)),
        Column::text(t::sets(lang)),
        Column::text(t::action(lang)),
    ];
    let rows = rows
        .into_iter()
        .map(|row| {
            let action = match row.change {
                Some(change) => view! { <a href=paths::change(change)>{row.action}</a> }.into_any(),
                None => row.action.into_any(),
            };
            view! {
                <Row>
                    <Cell label=t::when(lang)><Moment at=row.at/></Cell>
                    <Cell heading=true><a href=paths::target(row.target)>{row.target_name}</a></Cell>
                    <Cell label=t::sets(lang)><span class="numeric">{row.sets}</span></Cell>
                    <Cell label=t::action(lang) truncate=true>{action}</Cell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Card title=t::upcoming(lang) flush=true>
            <Table caption=t::upcoming(lang) columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

pub(super) fn days(days: Vec<EnvironmentDay>) -> AnyView {
    let lang = use_viewing().lang;
    if days.is_empty() {
        return view! {
            <Card title=t::day(lang)>
                <EmptyState glyph=Glyph::Chart title=t::no_days(lang) text=t::no_days_text(lang)/>
            </Card>
        }
        .into_any();
    }
    let cards = model::largest_first(days).iter().map(day).collect_view();
    view! {
        <section class="stack" aria-labelledby="overview-day">
            <h2 id="overview-day">{t::day(lang)}</h2>
            <div class="grid overview-days">{cards}</div>
        </section>
    }
    .into_any()
}

fn day(day: &EnvironmentDay) -> impl IntoView + use<> {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let name = day.environment.as_str();
    let around = day.at.last().copied().unwrap_or_default();
    let requests = model::requests(lang, day).map(|data| {
        let title = t::requests_of(lang, name);
        view! {
            <LineChart data text=chart_text(viewing, title) size=ChartSize::Small
                format=chart_format(viewing, around, amount_text)/>
        }
    });
    let title = t::capacity_of(lang, name);
    let data = model::capacity(lang, day);
    view! {
        <Card>
            <StepChart data text=chart_text(viewing, title) size=ChartSize::Small
                format=chart_format(viewing, around, count_text)/>
            {requests}
        </Card>
    }
}

pub(super) fn health(scopes: Vec<ScopeHealth>) -> AnyView {
    let lang = use_viewing().lang;
    view! { <Card title=t::health(lang)>{scope_list(lang, scopes)}</Card> }.into_any()
}

/// Accounts and regions and how fresh they are; also on the system page.
pub(crate) fn scope_list(lang: domain::i18n::Lang, scopes: Vec<ScopeHealth>) -> AnyView {
    let items = scopes
        .into_iter()
        .map(|scope| {
            let (tone, label) = match (&scope.error, scope.read_at) {
                (Some(_), _) => (Tone::Alarm, t::failing(lang)),
                (None, Some(_)) => (Tone::Ok, t::fresh(lang)),
                (None, None) => (Tone::Unknown, t::never_read(lang)),
            };
            view! {
                <KeyValue label=scope.scope>
                    <span class="row">
                        <StateChip tone label/>
                        {scope.read_at.map(|at| view! { <span class="muted">{t::last_read(lang)} " " <Ago at/></span> })}
                    </span>
                    {scope.error.map(|error| view! { <p>{error}</p> })}
                </KeyValue>
            }
        })
        .collect_view();
    view! { <div class="scopes"><KeyValues columns=true>{items}</KeyValues></div> }.into_any()
}
