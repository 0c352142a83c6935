//! A plan for people: before, during, after; the line; what the checks found;
//! the exact calls.

use super::model::plan_line;
use crate::{
    live::use_live,
    shared::{chart_format, chart_text, count_text, severity},
    texts::events as t,
    viewer::{Viewing, use_viewing},
};
use domain::{
    capacity::{Capacity, CapacityChange},
    checks::Finding,
    i18n::changes::explain,
    plan::{AwsCall, Plan},
    time::Timestamp,
};
use kit::{
    Card, Cell, Column, EmptyState, Glyph, Row, StateChip, Table,
    chart::{ChartSize, StepChart},
};
use leptos::prelude::*;

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
    let data = plan_line(lang, &plan, opened_at);
    let text = chart_text(viewing, t::line(lang, &plan.target.name));
    let format = chart_format(viewing, plan.from.unwrap_or(opened_at), count_text);
    let phases = phases(viewing, &plan);
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

fn phases(viewing: Viewing, plan: &Plan) -> AnyView {
    let lang = viewing.lang;
    let from = plan
        .from
        .map_or_else(|| t::when_applied(lang).to_owned(), |at| viewing.minute(at));
    let columns = vec![
        Column::text(t::moment(lang)),
        Column::text(t::from_when(lang)),
        Column::number(t::min(lang)),
        Column::number(t::desired(lang)),
        Column::number(t::max(lang)),
    ];
    let mut rows = vec![
        phase(viewing, t::before(lang), String::new(), whole(plan.before)),
        phase(viewing, t::during(lang), from, plan.during),
    ];
    if let Some(until) = plan.until {
        rows.push(phase(
            viewing,
            t::after(lang),
            viewing.minute(until),
            plan.after,
        ));
    }
    view! { <Table caption=t::plan(lang) columns dense=true>{rows}</Table> }.into_any()
}

fn whole(capacity: Capacity) -> CapacityChange {
    CapacityChange::from(capacity)
}

fn phase(viewing: Viewing, label: &'static str, from: String, sets: CapacityChange) -> AnyView {
    let lang = viewing.lang;
    // AWS itself raises a desired capacity that nobody sets to the minimum.
    let desired = sets.desired.map(|desired| desired.to_string());
    let desired = desired.or_else(|| sets.min.map(|min| format!("≥ {min}")));
    let words = move |value: Option<String>| match value {
        Some(value) => value.into_any(),
        None => view! { <span class="muted">{t::unchanged(lang)}</span> }.into_any(),
    };
    view! {
        <Row>
            <Cell heading=true>{label}</Cell>
            <Cell label=t::from_when(lang)><span class="numeric">{from}</span></Cell>
            <Cell label=t::min(lang) numeric=true>{words(sets.min.map(|min| min.to_string()))}</Cell>
            <Cell label=t::desired(lang) numeric=true>{words(desired)}</Cell>
            <Cell label=t::max(lang) numeric=true>{words(sets.max.map(|max| max.to_string()))}</Cell>
        </Row>
    }
    .into_any()
}

fn findings(viewing: Viewing, findings: &[Finding]) -> AnyView {
    let lang = viewing.lang;
    if findings.is_empty() {
        return view! {
            <Card title=t::findings(lang)><EmptyState glyph=Glyph::Check title=t::findings_empty(lang)/></Card>
        }
        .into_any();
    }
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.severity());
    let items = sorted
        .into_iter()
        .map(|found| finding(viewing, found))
        .collect_view();
    view! { <Card title=t::findings(lang)><ul class="plain-list findings">{items}</ul></Card> }
        .into_any()
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
pub(super) fn call_list(viewing: Viewing, calls: Vec<AwsCall>) -> AnyView {
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

/// One call: its name and its parameters.
pub(super) fn call(call: AwsCall) -> AnyView {
    let parameters = call.parameters.into_iter().map(|(name, value)| {
        view! {
            <div><dt>{name}</dt><dd>{value}</dd></div>
        }
    });
    view! {
        <div class="call">
            <code class="call-name">{call.action}</code>
            <dl class="call-parameters">{parameters.collect_view()}</dl>
        </div>
    }
    .into_any()
}
