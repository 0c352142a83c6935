//! Coverage: what has no alarm, or one that would tell nobody, and the change request that
//! would close the gap.

use super::{actions, put::AskDrafted, rpc::list_coverage};
use crate::{
    live::keep_fresh,
    pages::notifications::{View, tabs},
    paths,
    shared::{
        Ago, FindingFilters, FindingList, Pages, breakable, finding, is_filtered, loaded,
        page_query,
    },
    texts::{checks as words, common, coverage as t},
    viewer::use_viewing,
};
use api::{
    checks::CheckQuery,
    coverage::{CoverageBlind, CoverageDraft, CoverageList, CoverageRow, CoverageSubject},
    stream::News,
};
use domain::{changes::Change, checks::Severity, coverage::RULES, i18n::Lang, policy::Action};
use kit::{Button, Callout, Card, EmptyState, Glyph, PageHeader, Tone};
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
        <FindingFilters of=LIST query/>
        {loaded(list, move |list| view! { <List list query=query.get_untracked()/> })}
    }
    .into_any()
}

const LIST: FindingList = FindingList {
    path: "/alarms/coverage",
    href: paths::coverage,
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
fn List(list: CoverageList, query: CheckQuery) -> impl IntoView {
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
                    paths::coverage(&CheckQuery {
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
                {LIST.figures(lang, &list.counts, &query)}
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

fn nothing(lang: Lang, query: &CheckQuery, seen: String) -> AnyView {
    let (title, text) = if is_filtered(query) {
        let text = words::empty_filtered_text(lang).to_owned();
        (t::empty_filtered(lang), text)
    } else {
        (t::empty(lang), seen)
    };
    view! { <Card><EmptyState glyph=Glyph::Check title text/></Card> }.into_any()
}

fn item(lang: Lang, row: &CoverageRow) -> AnyView {
    let subject = match row.subject {
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
    let draft = row.draft.clone().map(|draft| {
        let (row, name) = (row.clone(), row.name.clone());
        view! { <div class="actions"><Propose draft name environment=row.environment/></div> }
    });
    let kind = (row.severity, row.rule.as_str());
    let heading = LIST.heading(lang, kind, &row.environment, &row.scope);
    let finding = finding(lang, &row.what, &row.evidence, &row.fix);
    view! {
        <li class="list-item">
            {heading}
            <span class="row"><span>{subject} " " {name}</span></span>
            {finding}
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
