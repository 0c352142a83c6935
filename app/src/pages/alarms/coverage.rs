//! Coverage: what has no alarm, or one that would tell nobody, and the change request that
//! would close the gap.

use super::{actions, put::AskDrafted, rpc::list_coverage};
use crate::{
    live::keep_fresh,
    pages::notifications::{View, tabs},
    paths,
    shared::{
        Ago, Pages, breakable, environment_badge, environment_choices, filter_actions, first_word,
        go_on_submit, loaded, page_query, send_on_change,
    },
    texts::{checks as words, common, coverage as t},
    viewer::use_viewing,
};
use api::{
    PageQuery,
    coverage::{
        CoverageBlind, CoverageDraft, CoverageList, CoverageQuery, CoverageRow, CoverageSubject,
    },
    stream::News,
};
use domain::{
    changes::Change, checks::Severity, coverage::RULES, i18n::Lang, limits, policy::Action,
};
use kit::{
    Button, Callout, Card, Choice, EmptyState, FilterBar, Glyph, Input, InputKind, PageHeader,
    Select, Stat, StateChip, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/alarms/coverage`.
#[component]
pub(crate) fn CoveragePage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::coverage_query);
    let list = Resource::new(move || query.get(), list_coverage);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) subtitle=t::subtitle(lang)/>
        {tabs(viewing, View::Coverage)}
        <Filters query/>
        {loaded(list, move |list| view! { <List list query=query.get_untracked()/> })}
    }
    .into_any()
}

fn severity(lang: Lang, severity: Severity) -> (Tone, &'static str) {
    match severity {
        Severity::Error => (Tone::Alarm, t::error(lang)),
        Severity::Warning => (Tone::Warning, t::warning(lang)),
        Severity::Info => (Tone::Info, t::info(lang)),
    }
}

fn is_filtered(query: &CoverageQuery) -> bool {
    let open = CoverageQuery {
        page: query.page,
        ..CoverageQuery::default()
    };
    *query != open
}

#[component]
fn Filters(query: Memo<CoverageQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = "/alarms/coverage";
    let mut severities = vec![Choice::new("", words::all_severities(lang))];
    severities.extend(Severity::ALL.map(|s| Choice::new(s.as_str(), severity(lang, s).1)));
    let mut rules = vec![Choice::new("", words::all_rules(lang))];
    rules.extend(RULES.map(|rule| Choice::new(rule, rule)));
    let of = move |read: fn(&CoverageQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || filter_actions(path, move || query.with(is_filtered))>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=t::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="severity" aria_label=words::severity(lang) choices=severities
                value=of(|q| first_word(&q.severity, |s| s.as_str().into()))/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <Select name="rule" aria_label=words::rule(lang) choices=rules
                value=of(|q| first_word(&q.rule, Clone::clone))/>
        </FilterBar>
    }
}

#[component]
fn List(list: CoverageList, query: CoverageQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let again = query.clone();
    // A gap comes and goes with a change from here; an alarm's own news is nearly always its
    // state, and a form that is being filled in must not go for that.
    let concerns = |news: &News| matches!(news, News::Target { .. });
    let value = keep_fresh(list, concerns, move || list_coverage(again.clone())).value;
    move || {
        value.with(|list| {
            let page = &list.page;
            let seen = &list.seen;
            let seen = t::seen(
                lang,
                seen.alarms,
                seen.targets,
                seen.balancers,
                seen.functions,
            );
            let content = if page.total == 0 {
                nothing(lang, &query, seen.clone())
            } else {
                let items = page.rows.iter().map(|row| item(lang, row)).collect_view();
                let query = query.clone();
                let href = move |page| {
                    paths::coverage(&CoverageQuery {
                        page,
                        ..query.clone()
                    })
                };
                view! {
                    <Card><ul class="plain-list" aria-label=t::title(lang)>{items}</ul></Card>
                    <Pages total=page.total offset=page.offset limit=page.limit href/>
                }
                .into_any()
            };
            let listed = list
                .listed_at
                .map(|at| view! { " " {t::listed(lang)} " " <Ago at/> });
            view! {
                {figures(lang, list, &query)}
                {list.blind.iter().map(|one| blind(lang, one)).collect_view()}
                <p class="muted">{seen} {listed}</p>
                {content}
            }
        })
    }
}

/// What was not looked at is not covered only because nothing is told of it.
fn blind(lang: Lang, one: &CoverageBlind) -> AnyView {
    let title = t::blind(lang, &one.what, &one.scope.to_string());
    let why = one.why.clone();
    let missing = one.missing.as_deref();
    let missing = missing.map(|action| view! { <p>{common::permission_missing(lang, action)}</p> });
    view! { <Callout tone=Tone::Warning title><p>{why}</p> {missing}</Callout> }.into_any()
}

/// How many there are of each severity, with the way to them.
fn figures(lang: Lang, list: &CoverageList, query: &CoverageQuery) -> AnyView {
    let figures = Severity::ALL.map(|of| {
        let counts = list.counts.iter().filter(|count| count.severity == of);
        let here = counts.filter(|count| {
            query.environment.is_empty() || query.environment.contains(&count.environment)
        });
        let count: u32 = here.map(|count| count.count).sum();
        let (tone, label) = severity(lang, of);
        let tone = if count > 0 { tone } else { Tone::Neutral };
        let href = paths::coverage(&CoverageQuery {
            severity: vec![of],
            environment: query.environment.clone(),
            page: PageQuery::default(),
            ..CoverageQuery::default()
        });
        view! { <Stat label value=Signal::stored(count.to_string()) tone=Signal::stored(tone) href/> }
    });
    view! { <div class="stats">{figures.collect_view()}</div> }.into_any()
}

fn nothing(lang: Lang, query: &CoverageQuery, seen: String) -> AnyView {
    let (title, text) = if is_filtered(query) {
        let text = words::empty_filtered_text(lang).to_owned();
        (t::empty_filtered(lang), text)
    } else {
        (t::empty(lang), seen)
    };
    view! { <Card><EmptyState glyph=Glyph::Check title text/></Card> }.into_any()
}

fn item(lang: Lang, row: &CoverageRow) -> AnyView {
    let (tone, label) = severity(lang, row.severity);
    let kind = match row.subject {
        CoverageSubject::Alarm => t::alarm(lang),
        CoverageSubject::Target => t::target(lang),
        CoverageSubject::Balancer => t::balancer(lang),
        CoverageSubject::TargetGroup => t::target_group(lang),
        CoverageSubject::Function => t::function(lang),
    };
    let href = row.alarm.map(paths::alarm);
    let name = match href.or(row.target.map(paths::target)) {
        Some(href) => view! { <a href=href>{breakable(&row.name)}</a> }.into_any(),
        None => view! { <strong>{breakable(&row.name)}</strong> }.into_any(),
    };
    let evidence = row.evidence.iter().map(|line| {
        let line = line.clone();
        view! { <li><code class="break">{line}</code></li> }
    });
    let draft = row.draft.clone().map(|draft| {
        let (row, name) = (row.clone(), row.name.clone());
        view! { <div class="actions"><Propose draft name environment=row.environment/></div> }
    });
    let environment = environment_badge(&row.environment);
    let scope = row.scope.to_string();
    let CoverageRow {
        rule, what, fix, ..
    } = row.clone();
    view! {
        <li class="list-item">
            <span class="row">
                <StateChip tone label/> <code class="muted">{rule}</code>
                {environment} <span class="muted">{breakable(&scope)}</span>
            </span>
            <span class="row"><span>{kind} " " {name}</span></span>
            <p>{what}</p>
            <ul class="plain-list evidence" aria-label=words::evidence(lang)>{evidence.collect_view()}</ul>
            <p class="muted">{words::to_do(lang)} " " {fix}</p>
            {draft}
        </li>
    }
    .into_any()
}

/// The button that drafts what closes a gap, and the question behind it.
#[component]
fn Propose(
    draft: CoverageDraft,
    /// What the gap is about.
    name: String,
    environment: domain::estate::Environment,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let refused = viewing.refused_in(Action::ProposeChange, &environment);
    let asked = RwSignal::new(0_u32);
    let ask = move |_| asked.update(|times| *times += 1);
    let label = match &draft.change {
        Change::SetAlarmActions { .. } => t::switch_on(lang),
        Change::PutAlarm {
            replaces: Some(_), ..
        } => t::tell(lang),
        _ => t::draft(lang),
    };
    // Made for each question: it begins with the draft.
    let question = move || {
        let CoverageDraft { change, why } = (asked.get() > 0).then(|| draft.clone())?;
        match change {
            Change::PutAlarm {
                alarm,
                replaces,
                definition,
                ..
            } => Some(view! { <AskDrafted alarm replaces definition why/> }.into_any()),
            Change::SetAlarmActions { alarm, enabled, .. } => {
                let name = name.clone();
                Some(view! { <actions::Ask id=alarm name enabled/> }.into_any())
            }
            _ => None,
        }
    };
    view! {
        <Button disabled_reason=refused on:click=ask>{label}</Button>
        {question}
    }
}
