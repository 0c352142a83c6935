//! What AWS told by events: the list, and one event as it came.

mod rpc;

use crate::{
    pages::{
        activity::model::pretty,
        notifications::{View, tabs},
    },
    paths,
    rpc::ask_about,
    shared::{
        Ago, Moment, Pages, breakable, environment_badge, filter_actions, first_word, go_on_submit,
        loaded, page_id, page_query, send_on_change,
    },
    texts::{alarms as alarm_words, aws_events as t, common},
    viewer::use_viewing,
};
use api::{
    Page,
    alarms::AlarmQuery,
    aws_events::{AwsEventDetail, AwsEventQuery, AwsEventRow},
};
use domain::{
    aws_events::{AwsEventKind, EndReason},
    i18n::Lang,
    ids::AwsEventId,
    limits,
};
use kit::{
    Breadcrumbs, Card, Cell, Choice, Column, Crumb, EmptyState, FilterBar, Glyph, Input, InputKind,
    KeyValue, KeyValues, PageHeader, Row, Select, Table,
};
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::{list_aws_events, show_aws_event};

/// The page at `/alarms/events`.
#[component]
pub(crate) fn EventsPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::aws_event_query);
    let page = Resource::new(move || query.get(), list_aws_events);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang)/>
        {tabs(viewing, View::Events)}
        <Filters query/>
        {loaded(page, move |page| list(lang, &page, &query.get_untracked()))}
    }
    .into_any()
}

#[component]
fn Filters(query: Memo<AwsEventQuery>) -> impl IntoView {
    let lang = use_viewing().lang;
    let path = "/alarms/events";
    let mut kinds = vec![Choice::new("", t::all_kinds(lang))];
    kinds.extend(AwsEventKind::ALL.map(|kind| Choice::new(kind.as_str(), kind_word(lang, kind))));
    let of = move |read: fn(&AwsEventQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || filter_actions(path, move || query.with(is_filtered))>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=t::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="kind" aria_label=t::kind(lang) choices=kinds
                value=of(|q| first_word(&q.kind, |kind| kind.as_str().into()))/>
        </FilterBar>
    }
}

/// Whether anything is filtered.
fn is_filtered(query: &AwsEventQuery) -> bool {
    !query.kind.is_empty() || !query.text.is_empty()
}

fn list(lang: Lang, page: &Page<AwsEventRow>, query: &AwsEventQuery) -> AnyView {
    if page.total == 0 {
        let (title, text) = match is_filtered(query) {
            true => (
                t::empty_filtered(lang),
                alarm_words::empty_filtered_text(lang),
            ),
            false => (t::empty(lang), t::empty_text(lang)),
        };
        return view! { <Card><EmptyState glyph=Glyph::Bell title text/></Card> }.into_any();
    }
    let columns = vec![
        Column::text(t::happened(lang)),
        Column::text(t::one(lang)),
        Column::text(t::kind(lang)),
        Column::text(t::subject(lang)),
        Column::text(common::environment(lang)),
        Column::text(t::outcome(lang)),
    ];
    let (total, offset, limit) = (page.total, page.offset, page.limit);
    let pages = query.clone();
    let href = Callback::new(move |page| {
        paths::aws_events(&AwsEventQuery {
            page,
            ..pages.clone()
        })
    });
    let rows = page.rows.iter().map(|row| line(lang, row)).collect_view();
    view! {
        <Card flush=true>
            <Table caption=t::title(lang) columns dense=true>{rows}</Table>
        </Card>
        <Pages total offset limit href/>
    }
    .into_any()
}

fn line(lang: Lang, row: &AwsEventRow) -> AnyView {
    let (id, at, kind) = (row.id, row.at, row.kind);
    let (name, subject) = (row.name.clone(), row.subject.clone());
    let environment = environment_badge(&row.environment);
    let outcome = outcome(lang, row);
    view! {
        <Row>
            <Cell label=t::happened(lang)><Ago at/></Cell>
            <Cell heading=true><a href=paths::aws_event(id)>{breakable(&name)}</a></Cell>
            <Cell label=t::kind(lang)>{kind_word(lang, kind)}</Cell>
            <Cell label=t::subject(lang)><code>{breakable(&subject)}</code></Cell>
            <Cell label=common::environment(lang)>{environment}</Cell>
            <Cell label=t::outcome(lang)>{outcome}</Cell>
        </Row>
    }
    .into_any()
}

/// What became of an event: an explanation, an alarm, or nothing to tell.
fn outcome(lang: Lang, row: &AwsEventRow) -> AnyView {
    let why = row.explanation.map(|why| explanation_word(lang, why));
    match (why, row.alarm) {
        (Some(why), None) => view! { {why} }.into_any(),
        (None, Some(alarm)) => {
            view! { <a href=paths::alarm(alarm)>{t::became_alarm(lang)}</a> }.into_any()
        }
        (Some(why), Some(alarm)) => {
            view! { {why} " · " <a href=paths::alarm(alarm)>{t::became_alarm(lang)}</a> }.into_any()
        }
        (None, None) => view! { "–" }.into_any(),
    }
}

/// The page at `/alarms/events/{id}`.
#[component]
pub(crate) fn EventPage() -> impl IntoView {
    let lang = use_viewing().lang;
    let id = page_id::<AwsEventId>();
    let detail = Resource::new(move || id.get(), |id| ask_about(id, show_aws_event));
    loaded(detail, move |detail| content(lang, detail))
}

fn content(lang: Lang, detail: AwsEventDetail) -> AnyView {
    let row = detail.row;
    let (title, crumb, text) = (row.name.clone(), row.name.clone(), row.name.clone());
    let (at, received_at) = (row.at, row.received_at);
    let environment = environment_badge(&row.environment);
    let scope = row.scope.as_ref().map(|scope| {
        let text = scope.to_string();
        view! { <KeyValue label=common::account_region(lang)><code>{breakable(&text)}</code></KeyValue> }
    });
    let outcome = outcome(lang, &row);
    view! {
        <Title text/>
        <PageHeader title
            above=move || view! {
                <Breadcrumbs label=common::you_are_here(lang) crumbs=vec![
                    Crumb { label: alarm_words::title(lang).into(), href: Some(paths::alarms(&AlarmQuery::default())) },
                    Crumb { label: t::title(lang).into(), href: Some(paths::aws_events(&AwsEventQuery::default())) },
                    Crumb { label: crumb, href: None },
                ]/>
            }
        />
        <div class="stack">
            <Card title=t::one(lang)>
                <KeyValues>
                    <KeyValue label=t::kind(lang)>{kind_word(lang, row.kind)}</KeyValue>
                    <KeyValue label=t::subject(lang)><code>{breakable(&row.subject)}</code></KeyValue>
                    <KeyValue label=common::environment(lang)>{environment}</KeyValue>
                    {scope}
                    <KeyValue label=t::happened(lang)><Moment at seconds=true/></KeyValue>
                    <KeyValue label=t::received(lang)><Moment at=received_at seconds=true/></KeyValue>
                    <KeyValue label=t::outcome(lang)>{outcome}</KeyValue>
                </KeyValues>
            </Card>
            <Card title=t::as_it_came(lang)>
                <pre class="detail-json" tabindex="0">{pretty(&detail.payload)}</pre>
            </Card>
        </div>
    }
    .into_any()
}

fn kind_word(lang: Lang, kind: AwsEventKind) -> &'static str {
    match kind {
        AwsEventKind::Alarm => t::kind_alarm(lang),
        AwsEventKind::Instance => t::kind_instance(lang),
        AwsEventKind::Spot => t::kind_spot(lang),
        AwsEventKind::Scaling => t::kind_scaling(lang),
        AwsEventKind::Ecs => t::kind_ecs(lang),
        AwsEventKind::Rds => t::kind_rds(lang),
        AwsEventKind::Health => t::kind_health(lang),
        AwsEventKind::Other => t::kind_other(lang),
    }
}

fn explanation_word(lang: Lang, why: EndReason) -> &'static str {
    match why {
        EndReason::Spot => t::why_spot(lang),
        EndReason::ScheduledAction => t::why_scheduled_action(lang),
        EndReason::ScaleIn => t::why_scale_in(lang),
        EndReason::HealthReplacement => t::why_health_replacement(lang),
        EndReason::Rebalanced => t::why_rebalanced(lang),
        EndReason::Change => t::why_change(lang),
    }
}
