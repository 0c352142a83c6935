//! Who is on call: the rotations with their next shifts, covers, and the people.

mod form;
mod rpc;

use crate::{
    live::use_live,
    pages::notifications::{View, tabs},
    shared::{Moment, Sending, loaded},
    texts::{common, on_call as t},
    viewer::use_viewing,
};
use api::{
    on_call::{CoverRow, OnCallBoard, RotationRow},
    stream::News,
};
use domain::{
    alarms::Priority,
    i18n::{Lang, notifications as words},
    on_call::{Contact, QuietHours, Shift, ShiftLength},
    policy::Action,
};
use form::{CoverForm, Wanted};
use kit::{
    Badge, Button, ButtonSize, Card, Cell, Column, ConfirmDialog, EmptyState, Glyph, PageHeader,
    Row, Table, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::end_cover;
pub(crate) use rpc::show_on_call;

/// Shifts of a rotation that are shown.
const SHIFTS_SHOWN: usize = 8;

/// The page at `/alarms/on-call`.
#[component]
pub(crate) fn OnCallPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let board = Resource::new(|| (), |()| show_on_call());
    let reload = Callback::new(move |()| board.refetch());
    use_live().listen(move |news| {
        if matches!(news, News::Reload) {
            reload.run(());
        }
    });
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) subtitle=t::subtitle(lang)/>
        {tabs(viewing, View::OnCall)}
        {loaded(board, move |board| view! { <Content board reload/> })}
    }
    .into_any()
}

#[component]
fn Content(board: OnCallBoard, reload: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    if board.rotations.is_empty() {
        let (title, text) = (t::empty(lang), t::empty_text(lang));
        return view! { <Card><EmptyState glyph=Glyph::Users title text/></Card> }.into_any();
    }
    reload_at_handover(&board, reload);
    let wanted = RwSignal::new(None::<Wanted>);
    let people: Vec<String> = board
        .contacts
        .iter()
        .map(|one| one.name.to_string())
        .collect();
    let rotations = board.rotations.into_iter();
    let rotations = rotations.map(|rotation| view! { <Turns rotation wanted/> });
    let rotations = rotations.collect_view();
    let covers = board.covers;
    view! {
        <div class="stack">
            {rotations}
            {(!covers.is_empty()).then(|| view! { <Covers covers reload/> })}
            <People contacts=board.contacts/>
        </div>
        <CoverForm wanted people on_added=reload/>
    }
    .into_any()
}

/// Reads again when the first of the shifts that run ends, by the server's clock: a page that
/// stays open must not name who was on call.
fn reload_at_handover(board: &OnCallBoard, reload: Callback<()>) {
    let running = board.rotations.iter().filter_map(|one| one.shifts.first());
    let handover = running.map(|shift| shift.until).min();
    let now = use_live().now;
    Effect::new(move |_| {
        if handover.is_some_and(|at| at <= now.get()) {
            reload.run(());
        }
    });
}

#[component]
fn Turns(
    rotation: RotationRow,
    /// What is asked for in the form.
    wanted: RwSignal<Option<Wanted>>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let name = rotation.name.clone();
    let turns = t::turns(lang, &length(lang, &rotation.shift), &rotation.timezone);
    let calendar = t::calendar_hint(lang, &format!("/api/v1/on-call/{name}/calendar.ics"));
    let current = rotation.shifts.first().map(|shift| {
        view! {
            <p class="on-call-now">
                <span class="muted">{t::now(lang)}</span> " "
                <strong>{shift.contact.to_string()}</strong> " " {covering(lang, shift)} " "
                <span class="muted">{t::until(lang)} ": " <Moment at=shift.until/></span>
            </p>
        }
    });
    let more = rotation.shifts.len().saturating_sub(SHIFTS_SHOWN);
    let more =
        (more > 0).then(|| view! { <p class="card-note muted">{t::more_shifts(lang, more)}</p> });
    let refused = viewing.refused_here(Action::ManageOnCall);
    let shifts = rotation.shifts.into_iter().take(SHIFTS_SHOWN);
    let rows = shifts.map(|shift| {
        let asked = Wanted::of(viewing, &name, &shift);
        let refused = refused.clone();
        let is_cover = shift.cover.is_some();
        let button = (!is_cover).then(|| {
            view! {
                <Button size=ButtonSize::Small disabled_reason=refused
                    on:click=move |_| wanted.set(Some(asked.clone()))>{t::cover(lang)}</Button>
            }
        });
        let (contact, covering) = (shift.contact.to_string(), covering(lang, &shift));
        view! {
            <Row>
                <Cell heading=true>{contact} " " {covering}</Cell>
                <Cell label=t::from(lang)><Moment at=shift.from/></Cell>
                <Cell label=t::until(lang)><Moment at=shift.until/></Cell>
                <Cell label=common::actions(lang)>{button}</Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    let columns = vec![
        Column::text(t::who(lang)),
        Column::text(t::from(lang)),
        Column::text(t::until(lang)),
        Column::actions(common::actions(lang)),
    ];
    let caption = t::shifts_of(lang, name.as_str());
    view! {
        <Card title=name.to_string() flush=true>
            <div class="card-note">{current} <p class="muted">{turns}</p></div>
            <Table caption=caption columns dense=true>{rows}</Table>
            {more}
            <p class="card-note muted break">{calendar}</p>
        </Card>
    }
}

/// A shift's length in the reader's language.
fn length(lang: Lang, written: &str) -> String {
    match written.parse() {
        Ok(ShiftLength::Hours(hours)) => t::shift_hours(lang, hours),
        Ok(ShiftLength::Days(days)) if days % 7 == 0 => t::shift_weeks(lang, days / 7),
        Ok(ShiftLength::Days(days)) => t::shift_days(lang, days),
        Err(_) => written.to_owned(),
    }
}

fn covering(lang: Lang, shift: &Shift) -> AnyView {
    match shift.cover {
        None => ().into_any(),
        Some(_) => view! { <Badge tone=Tone::Info>{t::covering(lang)}</Badge> }.into_any(),
    }
}

#[component]
fn Covers(covers: Vec<CoverRow>, reload: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::who(lang)),
        Column::text(t::rotation(lang)),
        Column::text(t::from(lang)),
        Column::text(t::until(lang)),
        Column::text(t::note(lang)),
        Column::text(t::by(lang)),
        Column::actions(common::actions(lang)),
    ];
    let rows = covers.into_iter();
    let rows = rows
        .map(|cover| view! { <Cover cover reload/> })
        .collect_view();
    view! {
        <Card title=t::covers(lang) flush=true>
            <Table caption=t::covers(lang) columns dense=true>{rows}</Table>
        </Card>
    }
}

#[component]
fn Cover(cover: CoverRow, reload: Callback<()>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (ending, sending) = (RwSignal::new(false), Sending::new());
    let id = cover.id;
    let end = move |()| {
        sending.send(end_cover(id), move |()| {
            sending.say(Tone::Ok, t::ended_toast(lang));
            let _ = ending.try_set(false);
            reload.run(());
        });
    };
    let refused = viewing.refused_here(Action::ManageOnCall);
    let void = cover
        .is_void
        .then(|| view! { <p class="muted">{t::void(lang)}</p> });
    view! {
        <Row>
            <Cell heading=true>{cover.contact.to_string()} {void}</Cell>
            <Cell label=t::rotation(lang)>{cover.rotation.to_string()}</Cell>
            <Cell label=t::from(lang)><Moment at=cover.from/></Cell>
            <Cell label=t::until(lang)><Moment at=cover.until/></Cell>
            <Cell label=t::note(lang)><span class="prose">{cover.note}</span></Cell>
            <Cell label=t::by(lang)>{cover.by}</Cell>
            <Cell label=common::actions(lang)>
                <Button size=ButtonSize::Small disabled_reason=refused on:click=move |_| ending.set(true)>{t::end(lang)}</Button>
                <ConfirmDialog open=ending title=t::end_title(lang) confirm_label=t::end(lang)
                    cancel_label=common::cancel(lang) busy=sending.busy on_confirm=end>
                    {t::end_text(lang)}
                </ConfirmDialog>
            </Cell>
        </Row>
    }
}

#[component]
fn People(contacts: Vec<Contact>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::person(lang)),
        Column::text(t::channels(lang)),
        Column::text(t::quiet(lang)),
    ];
    let rows = contacts.into_iter().map(|contact| {
        let quiet: Vec<String> = contact
            .quiet_hours
            .iter()
            .map(|one| quiet(lang, one))
            .collect();
        let quiet = match quiet.is_empty() {
            true => t::none(lang).to_owned(),
            false => quiet.join("; "),
        };
        view! {
            <Row>
                <Cell heading=true>{contact.name.to_string()}</Cell>
                <Cell label=t::channels(lang)>{words::channel_list(&contact.channels)}</Cell>
                <Cell label=t::quiet(lang)><span class="muted">{quiet}</span></Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=t::people(lang) flush=true>
            <Table caption=t::people(lang) columns dense=true>{rows}</Table>
        </Card>
    }
}

fn quiet(lang: Lang, hours: &QuietHours) -> String {
    let priorities: Vec<&str> = hours
        .priority
        .iter()
        .map(|one: &Priority| one.as_str())
        .collect();
    let priorities = match priorities.is_empty() {
        true => t::every_priority(lang).to_owned(),
        false => priorities.join(", "),
    };
    t::quiet_line(
        lang,
        &priorities,
        &words::interval_list(&hours.time_intervals),
    )
}
