//! Memory and disks of a target, which only the CloudWatch agent reports.

use super::rpc::target_agent;
use crate::{
    shared::{Ago, breakable, loaded_part},
    texts::{agent as t, common},
    viewer::use_viewing,
};
use api::agent::{AgentReport, AgentRow};
use domain::{i18n::Lang, ids::TargetId};
use kit::{Callout, Card, Cell, Column, Row, Table, Tone};
use leptos::prelude::*;

/// What the agent reported last.
#[component]
pub(super) fn Agent(id: TargetId) -> impl IntoView {
    let lang = use_viewing().lang;
    let report = Resource::new(move || id, target_agent);
    let content = loaded_part(report, move |report: AgentReport| shown(lang, report));
    view! { <Card title=t::title(lang)><div class="stack-tight">{content}</div></Card> }
}

fn shown(lang: Lang, report: AgentReport) -> AnyView {
    if let Some(note) = report.note {
        let missing = report
            .missing
            .map(|action| view! { <p>{common::permission_missing(lang, &action)}</p> });
        return view! { <Callout tone=Tone::Warning>{note} {missing}</Callout> }.into_any();
    }
    if report.rows.is_empty() {
        return view! { <p class="muted">{t::empty(lang)}</p> }.into_any();
    }
    let columns = vec![
        Column::text(t::metric(lang)),
        Column::text(t::of(lang)),
        Column::number(t::percent(lang)),
        Column::text(t::at(lang)),
    ];
    let rows = report.rows.into_iter().map(move |row| line(lang, row));
    let left_out = (report.left_out > 0)
        .then(|| view! { <p class="muted">{t::left_out(lang, report.left_out)}</p> });
    view! {
        <p class="muted">{t::about(lang)}</p>
        <Table caption=t::title(lang) columns>{rows.collect_view()}</Table>
        {left_out}
    }
    .into_any()
}

fn line(lang: Lang, row: AgentRow) -> AnyView {
    let of = row.instance.unwrap_or_else(|| t::whole(lang).to_owned());
    let of = match row.part.as_str() {
        "" => of,
        part => format!("{of} {part}"),
    };
    let value = row.percent.map(|percent| format!("{percent:.1}"));
    let at = row.at.map(|at| view! { <Ago at/> });
    view! {
        <Row>
            <Cell heading=true label=t::metric(lang)><code class="break">{row.metric}</code></Cell>
            <Cell label=t::of(lang)>{breakable(&of)}</Cell>
            <Cell numeric=true label=t::percent(lang)>{value.unwrap_or_else(|| "–".to_owned())}</Cell>
            <Cell label=t::at(lang)>{at.map_or_else(|| t::silent(lang).into_any(), IntoAny::into_any)}</Cell>
        </Row>
    }
    .into_any()
}
