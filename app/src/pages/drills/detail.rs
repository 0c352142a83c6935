//! One drill: how it stands, what each channel got, and its end.

use super::{
    model,
    rpc::{end_drill, show_drill},
    shown_state,
};
use crate::{
    live::{Fresh, keep_fresh, use_live},
    paths,
    rpc::ask_about,
    shared::{Moment, Sending, environment_badge, loaded, page_id, priority_badge},
    texts::{common, drills as t},
    viewer::use_viewing,
};
use api::{
    drills::{DrillDetail, DrillRow},
    stream::News,
};
use domain::{
    drills::Receipt,
    i18n::Lang,
    ids::{AlarmId, DrillId},
    notifications::Event,
};
use kit::{
    Breadcrumbs, Button, Callout, Card, Cell, Column, ConfirmDialog, Crumb, EmptyState, Glyph,
    KeyValue, KeyValues, PageHeader, Row, StateChip, Table, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/alarms/drills/{id}`.
#[component]
pub(crate) fn DrillPage() -> impl IntoView {
    let id = page_id::<DrillId>();
    let detail = Resource::new(move || id.get(), |id| ask_about(id, show_drill));
    loaded(detail, |detail| view! { <Content detail/> }).into_any()
}

fn concerns(alarm: AlarmId) -> impl Fn(&News) -> bool + Clone {
    move |news| match news {
        News::Alarm { row } => row.id == alarm,
        News::Notification { alarm: told } => *told == Some(alarm),
        _ => false,
    }
}

#[component]
fn Content(detail: DrillDetail) -> impl IntoView {
    let lang = use_viewing().lang;
    let (id, alarm) = (detail.row.id, detail.row.alarm);
    let name = detail.row.name.clone();
    let fresh = keep_fresh(detail, concerns(alarm), move || show_drill(id));
    let value = fresh.value;
    use_live().listen(move |news| {
        let settles = || value.try_with_untracked(|detail| model::is_settling(&detail.row));
        if matches!(news, News::Tick { .. }) && settles() == Some(true) {
            fresh.refresh();
        }
    });
    let row = Memo::new(move |_| value.with(|detail| detail.row.clone()));
    let receipts = Memo::new(move |_| value.with(|detail| detail.receipts.clone()));
    let said = Memo::new(move |_| value.with(|detail| model::verdict(lang, detail)));
    let chips = move || {
        row.with(|row| {
            let (tone, label) = model::state(lang, row);
            view! {
                <StateChip tone label/> {priority_badge(row.priority, shown_state(row))}
                {environment_badge(&row.environment)}
            }
        })
    };
    let (title, crumb) = (name.clone(), name.clone());
    view! {
        <Title text=name/>
        <PageHeader title
            above=move || view! {
                <Breadcrumbs label=common::you_are_here(lang) crumbs=vec![
                    Crumb { label: t::title(lang).into(), href: Some(paths::drills()) },
                    Crumb { label: crumb, href: None },
                ]/>
            }
            beside=move || view! { {chips} }
            actions=move || view! { <End fresh/> }
        />
        <Callout tone=Tone::Info title=t::banner(lang)>{t::banner_text(lang)}</Callout>
        <div class="stack">
            <Card title=t::result(lang)><p aria-live="polite">{move || said.get()}</p></Card>
            {move || table(lang, receipts.get())}
            {move || facts(lang, row.get(), value)}
        </div>
    }
}

fn table(lang: Lang, receipts: Vec<Receipt>) -> AnyView {
    if receipts.is_empty() {
        let (title, text) = (t::nobody(lang), t::nobody_text(lang));
        return view! { <Card><EmptyState glyph=Glyph::Bell title text/></Card> }.into_any();
    }
    let columns = vec![
        Column::text(t::channel(lang)),
        Column::text(t::expected(lang)),
        Column::text(t::outcome(lang)),
        Column::text(t::told_at(lang)),
        Column::text(t::took(lang)),
        Column::text(t::receipt(lang)),
        Column::text(t::acknowledged(lang)),
        Column::text(t::why_not(lang)),
    ];
    let rows = receipts.into_iter().map(|receipt| line(lang, receipt));
    let rows = rows.collect_view();
    view! {
        <Card title=t::receipts(lang) flush=true>
            <Table caption=t::receipts(lang) columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn line(lang: Lang, receipt: Receipt) -> impl IntoView {
    let (tone, label) = model::outcome(lang, receipt.outcome);
    let expected = match receipt.expected.after_minutes {
        0 => t::at_once(lang).to_owned(),
        minutes => t::after(lang, minutes),
    };
    let of = |event| receipt.messages.iter().find(move |one| one.event == event);
    let called = of(Event::Firing);
    let told = called.map(|one| view! { <Moment at=one.written_at seconds=true/> });
    let took = called.and_then(|one| one.took_ms);
    let took = took.map(|ms| model::seconds(lang, ms));
    let got = called
        .and_then(|one| one.receipt.clone())
        .filter(|receipt| !receipt.is_empty());
    let got = got.map(|receipt| view! { <code class="break">{receipt}</code> });
    let taken =
        of(Event::Acknowledged).map(|one| view! { <Moment at=one.written_at seconds=true/> });
    let held = receipt.expected.held.as_ref();
    let held = held
        .filter(|_| called.is_none())
        .map(|held| model::held(lang, held));
    let failures = receipt.messages.iter().rev();
    let why = held.or_else(|| failures.filter_map(|one| one.failure.clone()).next());
    let channel = receipt.expected.channel.to_string();
    view! {
        <Row>
            <Cell heading=true>{channel}</Cell>
            <Cell label=t::expected(lang)>{expected}</Cell>
            <Cell label=t::outcome(lang)><StateChip tone label/></Cell>
            <Cell label=t::told_at(lang)>{told}</Cell>
            <Cell label=t::took(lang)>{took}</Cell>
            <Cell label=t::receipt(lang)>{got}</Cell>
            <Cell label=t::acknowledged(lang)>{taken}</Cell>
            <Cell label=t::why_not(lang)><span class="break">{why}</span></Cell>
        </Row>
    }
}

fn facts(lang: Lang, row: DrillRow, value: RwSignal<DrillDetail>) -> AnyView {
    let wanted = row.acknowledge_minutes.map(|minutes| {
        view! { <KeyValue label=t::must_acknowledge(lang)>{t::within(lang, minutes)}</KeyValue> }
    });
    let note = row.note.map(|note| {
        view! { <KeyValue label=t::note(lang)><span class="prose">{note}</span></KeyValue> }
    });
    let by = row.ended_by.map(|name| t::ended_by(lang, &name));
    let (label, at) = match row.ended_at {
        Some(at) => (t::ended(lang), at),
        None => (t::ends(lang), row.ends_at),
    };
    let taken = Memo::new(move |_| value.with(|detail| detail.acknowledged.clone()));
    let taken = move || {
        let taken = taken.get()?;
        let (by, at) = (taken.by, taken.at);
        Some(view! {
            <KeyValue label=t::acknowledged(lang)>{by} " · " <Moment at seconds=true/></KeyValue>
        })
    };
    let href = paths::alarm(row.alarm);
    view! {
        <Card title=t::facts(lang)>
            <KeyValues>
                <KeyValue label=t::started_by(lang)>{row.started_by}</KeyValue>
                <KeyValue label=t::started(lang)><Moment at=row.started_at seconds=true/></KeyValue>
                <KeyValue label><Moment at seconds=true/> " " {by}</KeyValue>
                {wanted} {taken} {note}
                <KeyValue label=t::alarm(lang)><a href=href>{t::open_alarm(lang)}</a></KeyValue>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// Ends the drill while it runs.
#[component]
fn End(fresh: Fresh<DrillDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let (ending, sending) = (RwSignal::new(false), Sending::new());
    let id = fresh.value.with_untracked(|detail| detail.row.id);
    let runs = Memo::new(move |_| fresh.value.with(|detail| detail.row.ended_at.is_none()));
    let refused = Signal::derive(move || fresh.value.with(|d| d.row.end_refused.clone()));
    let end = move |()| {
        sending.send(end_drill(id), move |()| {
            sending.say(Tone::Ok, t::ended_toast(lang));
            let _ = ending.try_set(false);
            fresh.refresh();
        });
    };
    let button = move || {
        runs.get().then(|| view! {
            <Button disabled_reason=refused on:click=move |_| ending.set(true)>{t::end(lang)}</Button>
        })
    };
    view! {
        {button}
        <ConfirmDialog open=ending title=t::end_title(lang) confirm_label=t::end(lang)
            cancel_label=common::cancel(lang) busy=sending.busy on_confirm=end>
            {t::end_text(lang)}
        </ConfirmDialog>
    }
}
