//! How the console itself is doing.

use super::{head, rpc::show_system, topics, workers};
use crate::{
    live::keep_fresh,
    pages::overview::scope_list,
    paths,
    shared::{Ago, Moment, duration, loaded},
    texts::{common, settings as t},
    viewer::use_viewing,
};
use api::{
    stream::News,
    system::{SystemView, WorkerRow},
};
use domain::i18n::Lang;
use kit::{Card, Cell, Column, KeyValue, KeyValues, Row, Stat, StateChip, Table, Tone};
use leptos::prelude::*;

/// The page at `/settings/system`.
#[component]
pub(crate) fn SystemPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let system = Resource::new(|| (), |()| show_system());
    view! {
        {head(viewing, paths::system(), t::system(lang))}
        {loaded(system, |system| view! { <Content system/> })}
    }
    .into_any()
}

#[component]
fn Content(system: SystemView) -> impl IntoView {
    let lang = use_viewing().lang;
    // Workers tell nobody: the server's tick is the occasion to look again.
    let value = keep_fresh(
        system,
        |news| matches!(news, News::Tick { .. }),
        show_system,
    )
    .value;
    // The tables stay, whatever their rows say: who scrolls or has the focus in
    // one of them is not thrown out every few seconds.
    let names = Memo::new(move |_| {
        value.with(|system| {
            let names = system.workers.iter().map(|worker| worker.name.clone());
            names.collect::<Vec<_>>()
        })
    });
    let scopes = Memo::new(move |_| value.with(|system| system.scopes.clone()));
    let columns = vec![
        Column::text(t::worker(lang)),
        Column::text(common::state(lang)),
        Column::text(t::period(lang)),
        Column::text(t::last_run(lang)),
        Column::number(t::took(lang)),
        Column::number(t::runs(lang)),
        Column::number(t::failures(lang)),
        Column::text(t::result(lang)),
    ];
    let version = Signal::derive(move || value.with(|system| system.version.clone()));
    let database = Signal::derive(move || value.with(|system| system.database.clone()));
    let followers = Signal::derive(move || value.with(|s| s.stream_clients.to_string()));
    let row = move |name: String| {
        let worker_row = Memo::new(move |_| {
            value.with(|system| system.workers.iter().find(|row| row.name == name).cloned())
        });
        move || worker_row.get().map(|row| worker(lang, row))
    };
    view! {
        <div class="stats">
            <Stat label=t::version(lang) value=version/>
            <Stat label=t::database(lang) value=database/>
            <Stat label=t::followers(lang) value=followers/>
        </div>
        <p class="muted">{t::started(lang)} " " {move || view! { <Moment at=value.with(|s| s.started_at)/> }}</p>
        <Card title=t::workers(lang) flush=true>
            <Table caption=t::workers(lang) columns dense=true>
                <For each=move || names.get() key=String::clone children=row/>
            </Table>
        </Card>
        {topics::card(lang, Signal::derive(move || value.with(|system| system.topics.clone())))}
        <Card title=t::scopes(lang)>{move || scope_list(lang, scopes.get())}</Card>
        <Card title=t::approvals(lang)><KeyValues columns=true>{move || approvals(&value.read())}</KeyValues></Card>
    }
}

fn approvals(system: &SystemView) -> AnyView {
    let rows = system.approvals.iter().map(|(environment, count)| {
        let (environment, count) = (environment.clone(), *count);
        view! { <KeyValue label=environment><span class="numeric">{count}</span></KeyValue> }
    });
    rows.collect_view().into_any()
}

fn worker(lang: Lang, row: WorkerRow) -> impl IntoView {
    let (tone, label) = match (&row.error, row.begun_at) {
        (Some(_), _) => (Tone::Alarm, t::worker_failing(lang)),
        (None, Some(_)) => (Tone::Ok, t::worker_ok(lang)),
        (None, None) => (Tone::Unknown, t::worker_waiting(lang)),
    };
    let period = match i64::try_from(row.period_ms) {
        Ok(ms) if ms >= 1_000 => duration(lang, ms),
        _ => t::took_ms(lang, row.period_ms),
    };
    let begun = row.begun_at.map(|at| view! { <Ago at/> });
    let report = row.report.map(|report| workers::report(lang, &report));
    let last = row.error.or(report);
    let took = row.took_ms.map(|ms| t::took_ms(lang, ms));
    view! {
        <Row>
            <Cell heading=true><span title=row.name>{workers::duty(lang, &row.kind)}</span></Cell>
            <Cell label=common::state(lang)><StateChip tone label/></Cell>
            <Cell label=t::period(lang)>{period}</Cell>
            <Cell label=t::last_run(lang)>{begun}</Cell>
            <Cell label=t::took(lang) numeric=true>{took}</Cell>
            <Cell label=t::runs(lang) numeric=true>{row.runs}</Cell>
            <Cell label=t::failures(lang) numeric=true>{row.failures}</Cell>
            <Cell label=t::result(lang)><span class="break">{last}</span></Cell>
        </Row>
    }
}
