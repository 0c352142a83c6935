//! Messages of queues that could not be taken in: the list, and one with what can be done.

mod rpc;

use crate::{
    pages::{
        activity::model::pretty,
        notifications::{View, tabs},
    },
    paths,
    rpc::ask_about,
    shared::{Ago, Moment, Pages, Sending, breakable, loaded, page_id, page_query},
    texts::{alarms as alarm_words, common, set_aside as t},
    viewer::use_viewing,
};
use api::{
    Page, PageQuery,
    alarms::AlarmQuery,
    queues::{SetAsideDetail, SetAsideRow},
};
use domain::{i18n::Lang, ids::SetAsideId};
use kit::{
    Breadcrumbs, Button, ButtonVariant, Card, Cell, Column, ConfirmDialog, Crumb, EmptyState,
    Glyph, KeyValue, KeyValues, PageHeader, Row, Table, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use rpc::{discard_set_aside, list_set_aside, show_set_aside, take_again};

/// The page at `/alarms/set-aside`.
#[component]
pub(crate) fn SetAsidePage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::set_aside_page);
    let page = Resource::new(move || query.get(), list_set_aside);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) subtitle=t::subtitle(lang)/>
        {tabs(viewing, View::SetAside)}
        {loaded(page, move |page| list(lang, &page))}
    }
    .into_any()
}

fn list(lang: Lang, page: &Page<SetAsideRow>) -> AnyView {
    if page.total == 0 {
        let (title, text) = (t::empty(lang), t::empty_text(lang));
        return view! { <Card><EmptyState glyph=Glyph::Check title text/></Card> }.into_any();
    }
    let columns = vec![
        Column::text(t::at(lang)),
        Column::text(t::queue(lang)),
        Column::text(t::message(lang)),
        Column::text(t::why(lang)),
    ];
    let (total, offset, limit) = (page.total, page.offset, page.limit);
    let href = Callback::new(paths::set_asides);
    let rows = page.rows.iter().map(|row| line(lang, row)).collect_view();
    view! {
        <Card flush=true>
            <Table caption=t::title(lang) columns dense=true>{rows}</Table>
        </Card>
        <Pages total offset limit href/>
    }
    .into_any()
}

fn line(lang: Lang, row: &SetAsideRow) -> AnyView {
    let (id, at) = (row.id, row.at);
    let (queue, message) = (row.queue.to_string(), row.message.clone());
    let why = why(lang, row);
    view! {
        <Row>
            <Cell label=t::at(lang)><Ago at/></Cell>
            <Cell label=t::queue(lang)><code>{breakable(&queue)}</code></Cell>
            <Cell heading=true><a href=paths::set_aside(id)>{breakable(&message)}</a></Cell>
            <Cell label=t::why(lang)>{why}</Cell>
        </Row>
    }
    .into_any()
}

fn why(lang: Lang, row: &SetAsideRow) -> String {
    match &row.error {
        Some(error) => t::unreadable(lang, error),
        None => t::unfinished(lang, row.takings),
    }
}

/// The page at `/alarms/set-aside/{id}`.
#[component]
pub(crate) fn SetAsideMessagePage() -> impl IntoView {
    let lang = use_viewing().lang;
    let id = page_id::<SetAsideId>();
    let detail = Resource::new(move || id.get(), |id| ask_about(id, show_set_aside));
    loaded(detail, move |detail| content(lang, detail))
}

fn content(lang: Lang, detail: SetAsideDetail) -> AnyView {
    let row = detail.row;
    let (title, crumb, text) = (
        row.message.clone(),
        row.message.clone(),
        row.message.clone(),
    );
    let (id, at, queue) = (row.id, row.at, row.queue.to_string());
    let sent = row.sent_at.map(|at| {
        view! { <KeyValue label=t::sent(lang)><Moment at seconds=true/></KeyValue> }
    });
    let why = why(lang, &row);
    view! {
        <Title text/>
        <PageHeader title
            above=move || view! {
                <Breadcrumbs label=common::you_are_here(lang) crumbs=vec![
                    Crumb { label: alarm_words::title(lang).into(), href: Some(paths::alarms(&AlarmQuery::default())) },
                    Crumb { label: t::title(lang).into(), href: Some(paths::set_asides(PageQuery::default())) },
                    Crumb { label: crumb, href: None },
                ]/>
            }
            actions=move || view! { <Acts id/> }
        />
        <div class="stack">
            <Card title=t::message(lang)>
                <KeyValues>
                    <KeyValue label=t::queue(lang)><code>{breakable(&queue)}</code></KeyValue>
                    <KeyValue label=t::why(lang)>{why}</KeyValue>
                    {sent}
                    <KeyValue label=t::at(lang)><Moment at seconds=true/></KeyValue>
                </KeyValues>
            </Card>
            <Card title=t::as_it_came(lang)>
                <pre class="detail-json" tabindex="0">{pretty(&detail.body)}</pre>
            </Card>
        </div>
    }
    .into_any()
}

/// What can be done with a message; after either it is gone.
#[component]
fn Acts(id: SetAsideId) -> impl IntoView {
    let lang = use_viewing().lang;
    let discarding = RwSignal::new(false);
    let sending = Sending::new();
    let navigate = use_navigate();
    let leave = move |said: &'static str| {
        sending.say(Tone::Ok, said);
        navigate(
            &paths::set_asides(PageQuery::default()),
            leptos_router::NavigateOptions::default(),
        );
    };
    let discarded = leave.clone();
    let again = move |_| {
        let leave = leave.clone();
        sending.send(take_again(id), move |()| leave(t::taken(lang)));
    };
    let discard = move |()| {
        let leave = discarded.clone();
        sending.send(discard_set_aside(id), move |()| leave(t::discarded(lang)));
    };
    view! {
        <Button variant=ButtonVariant::Primary busy=sending.busy on:click=again>{t::take_again(lang)}</Button>
        <Button on:click=move |_| discarding.set(true)>{t::discard(lang)}</Button>
        <ConfirmDialog open=discarding title=t::discard_title(lang) confirm_label=t::discard(lang)
            cancel_label=common::cancel(lang) danger=true busy=sending.busy on_confirm=discard>
            {t::discard_text(lang)}
        </ConfirmDialog>
    }
}
