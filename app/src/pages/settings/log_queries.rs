//! The queries of logs that run on a schedule, on the page of the sources.

use super::rpc::list_log_queries;
use crate::{
    live::keep_fresh,
    paths,
    shared::{Ago, alarm_state, loaded},
    texts::log_queries as t,
    viewer::use_viewing,
};
use api::{log_queries::LogQueryView, stream::News};
use domain::{i18n::Lang, log_queries::in_words};
use kit::{Card, Cell, Column, Row, StateChip, Table};
use leptos::prelude::*;

/// Their card; nothing where there are none.
#[component]
pub(super) fn LogQueries() -> impl IntoView {
    let queries = Resource::new(|| (), |()| list_log_queries());
    loaded(queries, |queries| view! { <Listed queries/> })
}

#[component]
fn Listed(queries: Vec<LogQueryView>) -> impl IntoView {
    let lang = use_viewing().lang;
    if queries.is_empty() {
        return ().into_any();
    }
    // A run that changes no alarm tells nobody: the server's tick is the occasion to look again.
    let concerns = |news: &News| matches!(news, News::Tick { .. });
    let fresh = keep_fresh(queries, concerns, list_log_queries).value;
    let columns = vec![
        Column::text(t::name(lang)),
        Column::text(t::groups(lang)),
        Column::text(t::every(lang)),
        Column::text(t::last(lang)),
        Column::text(t::rows(lang)),
        Column::text(t::scanned(lang)),
        Column::text(t::alarm(lang)),
    ];
    let rows = move || {
        let queries = fresh.get().into_iter();
        queries.map(|query| row(lang, query)).collect_view()
    };
    view! {
        <Card title=t::title(lang) flush=true>
            <Table caption=t::title(lang) columns dense=true>{rows}</Table>
        </Card>
        <p class="muted">{t::text(lang)}</p>
    }
    .into_any()
}

fn row(lang: Lang, query: LogQueryView) -> impl IntoView {
    let ran = match query.ran_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => t::never(lang).into_any(),
    };
    let rows = match (query.rows, query.ran_at) {
        (Some(rows), _) => t::rows_of(lang, rows, query.above),
        (None, Some(_)) => t::no_rows(lang).to_owned(),
        (None, None) => String::new(),
    };
    let (today, last) = (
        in_words(query.scanned_today_bytes),
        in_words(query.scanned_bytes),
    );
    let scanned = t::scanned_of(lang, &today, query.scan_gb_a_day, &last);
    let every = t::every_minutes(lang, query.every_minutes, query.window_minutes);
    let (tone, label) = alarm_state(lang, query.state);
    let chip = view! { <StateChip tone label/> };
    let chip = match query.alarm {
        Some(alarm) => view! { <a href=paths::alarm(alarm)>{chip}</a> }.into_any(),
        None => chip.into_any(),
    };
    view! {
        <Row>
            <Cell heading=true>{query.name.to_string()} " " <span class="muted">{query.scope.to_string()}</span></Cell>
            <Cell label=t::groups(lang)><code class="break">{query.groups.join(", ")}</code></Cell>
            <Cell label=t::every(lang)>{every}</Cell>
            <Cell label=t::last(lang)>{ran}</Cell>
            <Cell label=t::rows(lang)>{rows}</Cell>
            <Cell label=t::scanned(lang)>{scanned}</Cell>
            <Cell label=t::alarm(lang)>{chip} " " <span class="break muted">{query.reason}</span></Cell>
        </Row>
    }
}
