//! Checks: what is the matter in the estate, and what helps.

mod rpc;

use crate::{
    live::keep_fresh,
    pages::capacity::{View, tabs},
    paths,
    shared::{
        FindingFilters, FindingList, Pages, breakable, finding, is_filtered, loaded, page_query,
    },
    texts::{capacity, checks as t, mixes},
    viewer::use_viewing,
};
use api::{
    checks::{CheckAlarm, CheckList, CheckQuery, CheckRow},
    stream::News,
};
use domain::{
    checks::{
        Severity,
        estate::{BELOW_DESIRED, RULES},
    },
    i18n::Lang,
};
use kit::{Card, EmptyState, Glyph, LinkButton, PageHeader};
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::list_checks;

/// The page at `/capacity/checks`.
#[component]
pub(crate) fn ChecksPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::check_query);
    let list = Resource::new(move || query.get(), list_checks);
    view! {
        <Title text=t::checks(lang)/>
        <PageHeader title=capacity::title(lang) subtitle=t::subtitle(lang)/>
        {tabs(viewing, View::Checks)}
        <FindingFilters of=LIST query/>
        {loaded(list, move |list| view! { <List list query=query.get_untracked()/> })}
    }
    .into_any()
}

const LIST: FindingList = FindingList {
    path: "/capacity/checks",
    href: paths::checks,
    rules: &RULES,
    severity,
    placeholder: t::search_placeholder,
};

fn severity(lang: Lang, severity: Severity) -> &'static str {
    match severity {
        Severity::Error => t::error(lang),
        Severity::Warning => t::warning(lang),
        Severity::Info => t::info(lang),
    }
}

#[component]
fn List(list: CheckList, query: CheckQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let again = query.clone();
    // An alarm's news is nearly always its state, which no check looks at.
    let concerns = |news: &News| matches!(news, News::Target { .. });
    let value = keep_fresh(list, concerns, move || list_checks(again.clone())).value;
    move || {
        value.with(|list| {
            let page = &list.page;
            let content = if page.total == 0 {
                nothing(lang, &query)
            } else {
                let items = page.rows.iter().map(|row| item(lang, row)).collect_view();
                let query = query.clone();
                let href = move |page| {
                    paths::checks(&CheckQuery {
                        page,
                        ..query.clone()
                    })
                };
                view! {
                    <Card><ul class="plain-list" aria-label=t::checks(lang)>{items}</ul></Card>
                    <Pages total=page.total offset=page.offset limit=page.limit href/>
                }
                .into_any()
            };
            view! { {LIST.figures(lang, &list.counts, &query)} {content} }
        })
    }
}

fn nothing(lang: Lang, query: &CheckQuery) -> AnyView {
    let (title, text) = if is_filtered(query) {
        (t::empty_filtered(lang), t::empty_filtered_text(lang))
    } else {
        (t::empty(lang), t::empty_text(lang))
    };
    view! { <Card><EmptyState glyph=Glyph::Check title text/></Card> }.into_any()
}

fn item(lang: Lang, row: &CheckRow) -> AnyView {
    let target = row.target.clone().map(|target| {
        view! { <a href=paths::target(target.id)>{breakable(&target.name)}</a> }
    });
    let policy = row.policy.as_deref().map(|policy| {
        view! { <span>{t::policy(lang)} " " <strong>{breakable(policy)}</strong></span> }
    });
    let alarm = row.alarm.clone().map(|alarm| {
        view! { <span>{t::alarm(lang)} " " {alarm_link(alarm)}</span> }
    });
    let below = row.target.as_ref().filter(|_| row.rule == BELOW_DESIRED);
    let way_out = below.map(|target| {
        let href = paths::target_on_demand(target.id);
        view! { <div class="actions"><LinkButton href>{mixes::on_demand(lang)}</LinkButton></div> }
    });
    let kind = (row.severity, row.rule.as_str());
    let heading = LIST.heading(lang, kind, &row.environment, &row.scope);
    let finding = finding(lang, &row.what, &row.evidence, &row.fix);
    view! {
        <li class="list-item">
            {heading}
            <span class="row">{target} {policy} {alarm}</span>
            {finding}
            {way_out}
        </li>
    }
    .into_any()
}

fn alarm_link(alarm: CheckAlarm) -> AnyView {
    let name = breakable(&alarm.name);
    match alarm.id {
        Some(id) => view! { <a href=paths::alarm(id)>{name}</a> }.into_any(),
        None => view! { <strong>{name}</strong> }.into_any(),
    }
}
