//! A plan for people: before, during, after; the line; what the checks found;
//! the exact calls.

use super::model::{self, Phase, plan_line};
use crate::{
    live::use_live,
    shared::{chart_format, chart_text, count_text, severity},
    texts::events as t,
    viewer::{Viewing, use_viewing},
};
use domain::{
    checks::Finding,
    i18n::{Lang, changes::explain},
    plan::{AwsCall, Plan},
    time::Timestamp,
};
use kit::{
    Card, Cell, Column, EmptyState, Glyph, Row, StateChip, Table,
    chart::{ChartSize, StepChart},
};
use leptos::prelude::*;

/// Parameters of a call that are shown without being asked for.
const PARAMETERS_SHOWN_MAX: usize = 12;

/// The whole plan.
#[component]
pub(crate) fn PlanView(
    plan: Plan,
    /// The exact calls; none where they are shown as steps elsewhere.
    #[prop(optional, into)]
    calls: Option<Vec<AwsCall>>,
    /// When nothing moved it any more; a plan without a start is drawn from
    /// there, and from now while it is open.
    #[prop(optional_no_strip)]
    settled_at: Option<Timestamp>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let opened_at = settled_at.unwrap_or_else(|| use_live().now.get_untracked());
    let now = use_live().now;
    let begins = plan.from.is_some();
    let line = plan_line(lang, &plan, opened_at);
    // One without a start moves along with the clock until it begins: none of its
    // values is the present one.
    let data = Signal::derive(move || match begins {
        true => model::with_now(lang, line.clone(), now.get()),
        false => line.clone(),
    });
    let name = plan
        .event()
        .map(|event| event.target.name.clone())
        .unwrap_or_default();
    let text = chart_text(viewing, t::line(lang, &name));
    let format = chart_format(viewing, plan.from.unwrap_or(opened_at), count_text);
    let phases = phases(viewing, &plan, opened_at);
    view! {
        <Card title=t::plan(lang)>
            {phases}
            <StepChart data text format size=ChartSize::Medium/>
        </Card>
        {findings(viewing, &plan.findings)}
        {calls.map(|calls| view! {
            <Card title=t::calls(lang)>{call_list(viewing, calls)}</Card>
        })}
    }
}

fn phases(viewing: Viewing, plan: &Plan, opened_at: Timestamp) -> AnyView {
    let lang = viewing.lang;
    let columns = vec![
        Column::text(t::moment(lang)),
        Column::text(t::from_when(lang)),
        Column::number(t::min(lang)),
        Column::number(t::desired(lang)),
        Column::number(t::max(lang)),
    ];
    let (rows, left_out) = model::phases(lang, plan, opened_at);
    // What is there before has no beginning that matters.
    let from = |at: usize, row: &Phase| {
        let from = match row.from {
            None => t::when_applied(lang).to_owned(),
            Some(from) => viewing.minute(from),
        };
        (at > 0).then(|| view! { <span class="numeric">{from}</span> })
    };
    let rows = rows.into_iter().enumerate();
    let rows = rows
        .map(|(at, row)| phase(lang, from(at, &row), row))
        .collect_view();
    let more =
        (left_out > 0).then(|| view! { <p class="muted">{t::more_firings(lang, left_out)}</p> });
    view! { <Table caption=t::plan(lang) columns dense=true>{rows}</Table> {more} }.into_any()
}

fn phase(lang: Lang, from: Option<impl IntoView + 'static>, phase: Phase) -> AnyView {
    let sets = phase.sets;
    // AWS itself raises a desired capacity that nobody sets to the minimum.
    let desired = sets.desired.map(|desired| desired.to_string());
    let desired = desired.or_else(|| sets.min.map(|min| format!("≥ {min}")));
    let words = move |value: Option<String>| match value {
        Some(value) => value.into_any(),
        None => view! { <span class="muted">{t::unchanged(lang)}</span> }.into_any(),
    };
    view! {
        <Row>
            <Cell heading=true>{phase.label}</Cell>
            <Cell label=t::from_when(lang)>{from}</Cell>
            <Cell label=t::min(lang) numeric=true>{words(sets.min.map(|min| min.to_string()))}</Cell>
            <Cell label=t::desired(lang) numeric=true>{words(desired)}</Cell>
            <Cell label=t::max(lang) numeric=true>{words(sets.max.map(|max| max.to_string()))}</Cell>
        </Row>
    }
    .into_any()
}

/// What the checks found, the worst first.
pub(crate) fn findings(viewing: Viewing, findings: &[Finding]) -> AnyView {
    let lang = viewing.lang;
    if findings.is_empty() {
        return view! {
            <Card title=t::findings(lang)><EmptyState glyph=Glyph::Check title=t::findings_empty(lang)/></Card>
        }
        .into_any();
    }
    let list = finding_list(viewing, findings);
    view! { <Card title=t::findings(lang)>{list}</Card> }.into_any()
}

/// The same without a card of its own.
pub(super) fn finding_list(viewing: Viewing, findings: &[Finding]) -> AnyView {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity());
    let items = sorted
        .into_iter()
        .map(|found| finding(viewing, found))
        .collect_view();
    view! { <ul class="plain-list findings">{items}</ul> }.into_any()
}

fn finding(viewing: Viewing, finding: &Finding) -> AnyView {
    let lang = viewing.lang;
    let (tone, label) = severity(lang, finding.severity());
    let explanation = explain(lang, &viewing.zone(), finding);
    let rule = finding.rule();
    let fix = (!explanation.fix.is_empty())
        .then(|| view! { <p class="muted">{t::to_do(lang)} " " {explanation.fix}</p> });
    view! {
        <li class="list-item">
            <span class="row"><StateChip tone label/> <code class="muted">{rule}</code></span>
            <p>{explanation.what}</p>
            {fix}
        </li>
    }
    .into_any()
}

/// Calls in AWS's own terms, in order.
pub(crate) fn call_list(viewing: Viewing, calls: Vec<AwsCall>) -> AnyView {
    let lang = viewing.lang;
    if calls.is_empty() {
        return view! { <p class="muted">{t::calls_empty(lang)}</p> }.into_any();
    }
    let items = calls
        .into_iter()
        .map(|one| view! { <li>{call(one)}</li> })
        .collect_view();
    view! { <ol class="calls">{items}</ol> }.into_any()
}

/// One call: its name and its parameters, of which those of many things are folded.
pub(super) fn call(call: AwsCall) -> AnyView {
    let mut named = call.parameters;
    let members = match named.len() > PARAMETERS_SHOWN_MAX {
        true => named
            .iter()
            .position(|(name, _)| name.contains(".member."))
            .map(|first| named.split_off(first)),
        false => None,
    };
    let folded = members.map(|members| {
        let title = t::more_parameters(use_viewing().lang, members.len());
        view! { <details class="detail"><summary>{title}</summary>{parameters(members)}</details> }
    });
    view! {
        <div class="call">
            <code class="call-name">{call.action}</code>
            {parameters(named)}
            {folded}
        </div>
    }
    .into_any()
}

fn parameters(parameters: Vec<(String, String)>) -> impl IntoView {
    let parameters = parameters.into_iter().map(|(name, value)| {
        view! {
            <div><dt>{name}</dt><dd>{value}</dd></div>
        }
    });
    view! { <dl class="call-parameters">{parameters.collect_view()}</dl> }
}
