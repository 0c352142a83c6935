//! Checks: what is the matter in the estate, and what helps.

mod rpc;

use crate::{
    live::keep_fresh,
    pages::capacity::{View, tabs},
    paths,
    shared::{
        Pages, breakable, environment_badge, environment_choices, filter_actions, first_word,
        go_on_submit, loaded, page_query, send_on_change,
    },
    texts::{capacity, checks as t, common, mixes},
    viewer::use_viewing,
};
use api::{
    PageQuery,
    checks::{CheckAlarm, CheckList, CheckQuery, CheckRow},
    stream::News,
};
use domain::{
    checks::{
        Severity,
        estate::{BELOW_DESIRED, RULES},
    },
    i18n::Lang,
    limits,
};
use kit::{
    Card, Choice, EmptyState, FilterBar, Glyph, Input, InputKind, LinkButton, PageHeader, Select,
    Stat, StateChip, Tone,
};
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
        <Filters query/>
        {loaded(list, move |list| view! { <List list query=query.get_untracked()/> })}
    }
    .into_any()
}

/// How bad a finding is; nobody's plan is blocked by it.
fn severity(lang: Lang, severity: Severity) -> (Tone, &'static str) {
    match severity {
        Severity::Error => (Tone::Alarm, t::error(lang)),
        Severity::Warning => (Tone::Warning, t::warning(lang)),
        Severity::Info => (Tone::Info, t::info(lang)),
    }
}

fn is_filtered(query: &CheckQuery) -> bool {
    let open = CheckQuery {
        page: query.page,
        ..CheckQuery::default()
    };
    *query != open
}

#[component]
fn Filters(query: Memo<CheckQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = "/capacity/checks";
    let mut severities = vec![Choice::new("", t::all_severities(lang))];
    severities.extend(Severity::ALL.map(|s| Choice::new(s.as_str(), severity(lang, s).1)));
    let mut rules = vec![Choice::new("", t::all_rules(lang))];
    rules.extend(RULES.map(|rule| Choice::new(rule, rule)));
    let of = move |read: fn(&CheckQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || filter_actions(path, move || query.with(is_filtered))>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=t::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="severity" aria_label=t::severity(lang) choices=severities
                value=of(|q| first_word(&q.severity, |s| s.as_str().into()))/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <Select name="rule" aria_label=t::rule(lang) choices=rules
                value=of(|q| first_word(&q.rule, Clone::clone))/>
        </FilterBar>
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
            view! { {figures(lang, list, &query)} {content} }
        })
    }
}

/// How many there are of each severity, with the way to them.
fn figures(lang: Lang, list: &CheckList, query: &CheckQuery) -> AnyView {
    let figures = Severity::ALL.map(|of| {
        let counts = list.counts.iter().filter(|count| count.severity == of);
        let here = counts.filter(|count| {
            query.environment.is_empty() || query.environment.contains(&count.environment)
        });
        let count: u32 = here.map(|count| count.count).sum();
        let (tone, label) = severity(lang, of);
        let tone = if count > 0 { tone } else { Tone::Neutral };
        let href = paths::checks(&CheckQuery {
            severity: vec![of],
            environment: query.environment.clone(),
            page: PageQuery::default(),
            ..CheckQuery::default()
        });
        view! { <Stat label value=Signal::stored(count.to_string()) tone=Signal::stored(tone) href/> }
    });
    view! { <div class="stats">{figures.collect_view()}</div> }.into_any()
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
    let (tone, label) = severity(lang, row.severity);
    let target = row.target.clone().map(|target| {
        view! { <a href=paths::target(target.id)>{breakable(&target.name)}</a> }
    });
    let policy = row.policy.as_deref().map(|policy| {
        view! { <span>{t::policy(lang)} " " <strong>{breakable(policy)}</strong></span> }
    });
    let alarm = row.alarm.clone().map(|alarm| {
        view! { <span>{t::alarm(lang)} " " {alarm_link(alarm)}</span> }
    });
    let evidence = row.evidence.iter().map(|line| {
        let line = line.clone();
        view! { <li><code class="break">{line}</code></li> }
    });
    let below = row.target.as_ref().filter(|_| row.rule == BELOW_DESIRED);
    let way_out = below.map(|target| {
        let href = paths::target_on_demand(target.id);
        view! { <div class="actions"><LinkButton href>{mixes::on_demand(lang)}</LinkButton></div> }
    });
    let environment = environment_badge(&row.environment);
    let scope = row.scope.to_string();
    let CheckRow {
        rule, what, fix, ..
    } = row.clone();
    view! {
        <li class="list-item">
            <span class="row">
                <StateChip tone label/> <code class="muted">{rule}</code>
                {environment} <span class="muted">{breakable(&scope)}</span>
            </span>
            <span class="row">{target} {policy} {alarm}</span>
            <p>{what}</p>
            <ul class="plain-list evidence" aria-label=t::evidence(lang)>{evidence.collect_view()}</ul>
            <p class="muted">{t::to_do(lang)} " " {fix}</p>
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
