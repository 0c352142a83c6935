//! Freezes: those that are not over; declaring and lifting them.

use super::{
    View,
    calendars::{Followed, Import},
    rpc::{declare_freeze, lift_freeze, list_freezes},
    tabs,
};
use crate::{
    live::use_live,
    shared::{Moment, Sending, environment_badges, environment_choices, loaded, text_error},
    texts::{calendars, changes as t, common, events},
    viewer::{Viewing, use_viewing},
};
use api::{freezes::NewFreeze, stream::News};
use domain::{
    estate::Environment,
    freezes::Freeze,
    limits,
    policy::Action,
    text,
    time::{DAY_MS, HOUR_MS},
};
use kit::{
    Badge, Button, ButtonSize, ButtonType, ButtonVariant, Card, Cell, Column, ConfirmDialog,
    DateTimeInput, Dialog, EmptyState, Field, Form, Glyph, Input, PageHeader, Row, Select,
    StateChip, Table, TextArea, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/changes/freezes`.
#[component]
pub(crate) fn FreezesPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let freezes = Resource::new(|| (), |()| list_freezes());
    let reload = Callback::new(move |()| freezes.refetch());
    use_live().listen(move |news| {
        if matches!(news, News::Reload) {
            reload.run(());
        }
    });
    let (declaring, importing) = (RwSignal::new(false), RwSignal::new(false));
    let refused = viewing.refused_here(Action::ManageFreezes);
    let (lift_refused, import_refused) = (refused.clone(), refused.clone());
    view! {
        <Title text=t::freezes(lang)/>
        <PageHeader title=t::freezes(lang) subtitle=t::freezes_subtitle(lang)
            actions=move || view! {
                <Button glyph=Glyph::Plus disabled_reason=import_refused
                    on:click=move |_| importing.set(true)>{calendars::import(lang)}</Button>
                <Button variant=ButtonVariant::Primary glyph=Glyph::Plus disabled_reason=refused
                    on:click=move |_| declaring.set(true)>{t::declare(lang)}</Button>
            }/>
        {tabs(viewing, View::Freezes)}
        {loaded(freezes, move |freezes| view! {
            <List freezes refused=lift_refused.clone() on_change=reload/>
        })}
        <Followed/>
        <Declare open=declaring on_change=reload/>
        <Import open=importing on_change=reload/>
    }
    .into_any()
}

#[component]
fn List(freezes: Vec<Freeze>, refused: Option<String>, on_change: Callback<()>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    if freezes.is_empty() {
        return view! {
            <Card><EmptyState glyph=Glyph::Lock title=t::freezes_empty(lang) text=t::freezes_empty_text(lang)/></Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(t::freeze_name(lang)),
        Column::text(common::state(lang)),
        Column::text(t::freeze_environments(lang)),
        Column::text(t::freeze_period(lang)),
        Column::text(t::reason(lang)),
        Column::actions(common::actions(lang)),
    ];
    let rows = freezes
        .into_iter()
        .map(|freeze| view! { <Line freeze refused=refused.clone() on_change/> })
        .collect_view();
    view! { <Card flush=true><Table caption=t::freezes(lang) columns>{rows}</Table></Card> }
        .into_any()
}

#[component]
fn Line(freeze: Freeze, refused: Option<String>, on_change: Callback<()>) -> impl IntoView {
    let lang = use_viewing().lang;
    let now = use_live().now;
    let lifting = RwSignal::new(false);
    let sending = Sending::new();
    let id = freeze.id;
    let (from, until) = (freeze.from, freeze.until);
    let lift = move |()| {
        sending.send(lift_freeze(id), move |()| {
            sending.say(Tone::Ok, t::lifted_toast(lang));
            on_change.run(());
        });
    };
    let state = move || {
        let (tone, label) = if now.get() >= from {
            (Tone::Warning, t::in_force(lang))
        } else {
            (Tone::Info, t::planned(lang))
        };
        view! { <StateChip tone label/> }
    };
    let named = freeze.calendar.as_ref();
    let refused = refused.or_else(|| named.map(|name| calendars::of_calendar(lang, name)));
    let environments = environment_badges(lang, &freeze.environments);
    view! {
        <Row>
            <Cell heading=true>{freeze.name}</Cell>
            <Cell label=common::state(lang)>{state}</Cell>
            <Cell label=t::freeze_environments(lang)><span class="row">{environments}</span></Cell>
            <Cell label=t::freeze_period(lang)><Moment at=from/> " – " <Moment at=until/></Cell>
            <Cell label=t::reason(lang)>
                <span class="prose">{freeze.reason}</span> {freeze.calendar.map(|name| view! { <Badge>{name}</Badge> })}
            </Cell>
            <Cell label=common::actions(lang)>
                <Button size=ButtonSize::Small disabled_reason=refused on:click=move |_| lifting.set(true)>{t::lift(lang)}</Button>
                <ConfirmDialog open=lifting title=t::lift_title(lang) confirm_label=t::lift(lang)
                    cancel_label=common::cancel(lang) danger=true busy=sending.busy on_confirm=lift>
                    {t::lift_text(lang)}
                </ConfirmDialog>
            </Cell>
        </Row>
    }
}

/// The form as text, as it is typed.
#[derive(Clone)]
struct Draft {
    name: String,
    environment: String,
    from: String,
    until: String,
    reason: String,
}

impl Draft {
    /// Offered: the coming hour, for a day.
    fn new(viewing: Viewing) -> Self {
        let from = use_live()
            .now
            .get_untracked()
            .plus_ms(HOUR_MS)
            .ceil_minute();
        Self {
            name: String::new(),
            environment: String::new(),
            from: viewing.field(from),
            until: viewing.field(from.plus_ms(DAY_MS)),
            reason: String::new(),
        }
    }

    /// Tells each field that cannot be read.
    fn read(&self, viewing: Viewing, sending: Sending) -> Option<NewFreeze> {
        let lang = viewing.lang;
        let name = text::line(&self.name).map_err(|error| {
            let message = text_error(lang, &error, t::freeze_name_missing(lang));
            sending.refuse("name", message);
        });
        let reason = text::note(&self.reason).map_err(|error| {
            let message = text_error(lang, &error, t::freeze_reason_missing(lang));
            sending.refuse("reason", message);
        });
        let instant = |field: &str, text: &str| {
            let at = viewing.parse_field(text);
            at.map_err(|_| sending.refuse(field, events::time_missing(lang)))
        };
        let (from, until) = (instant("from", &self.from), instant("until", &self.until));
        if let (Ok(from), Ok(until)) = (&from, &until)
            && until <= from
        {
            sending.refuse("until", events::time_order(lang));
        }
        if sending.has_errors() {
            return None;
        }
        Some(NewFreeze {
            name: name.ok()?,
            environments: Environment::parse(&self.environment).into_iter().collect(),
            from: from.ok()?,
            until: until.ok()?,
            reason: reason.ok()?,
        })
    }
}

#[component]
fn Declare(open: RwSignal<bool>, on_change: Callback<()>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let draft = RwSignal::new(Draft::new(viewing));
    let of = move |read: fn(&Draft) -> String| Signal::derive(move || draft.with(read));
    let zone = events::zone_hint(lang, &viewing.zone_text(use_live().now.get_untracked()));
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let Some(freeze) = draft.with_untracked(|draft| draft.read(viewing, sending)) else {
            return;
        };
        sending.send(declare_freeze(freeze), move |_id| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::declared_toast(lang));
            on_change.run(());
        });
    };
    view! {
        <Dialog open title=t::declare(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <Field name="name" label=t::freeze_name(lang) required=true hint=t::freeze_name_hint(lang)
                    error=sending.error_of("name")>
                    <Input name="name" value=of(|d| d.name.clone()) autocomplete="off"
                        maxlength=limits::LINE_CHARS_MAX as u32
                        on_input=move |text| draft.update(|d| d.name = text)/>
                </Field>
                <Field name="environments" label=t::freeze_environments(lang) error=sending.error_of("environments")>
                    <Select name="environments" choices=environment_choices(viewing) value=of(|d| d.environment.clone())
                        on_change=move |text| draft.update(|d| d.environment = text)/>
                </Field>
                <div class="form-row">
                    <Field name="from" label=events::from(lang) required=true hint=zone.clone() error=sending.error_of("from")>
                        <DateTimeInput name="from" value=of(|d| d.from.clone()) on_input=move |text| {
                            sending.forget("until");
                            draft.update(|d| d.from = text);
                        }/>
                    </Field>
                    <Field name="until" label=events::until(lang) required=true hint=zone error=sending.error_of("until")>
                        <DateTimeInput name="until" value=of(|d| d.until.clone()) on_input=move |text| draft.update(|d| d.until = text)/>
                    </Field>
                </div>
                <Field name="reason" label=t::reason(lang) required=true error=sending.error_of("reason")>
                    <TextArea name="reason" value=of(|d| d.reason.clone()) on_input=move |text| draft.update(|d| d.reason = text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::declare(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
}
