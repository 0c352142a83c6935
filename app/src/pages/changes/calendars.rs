//! Calendars whose times are freezes: those that are followed, and one that is
//! imported once.

use super::rpc::{import_calendar, list_calendars};
use crate::{
    live::use_live,
    shared::{Ago, Sending, environment_badge, environment_choices, loaded, text_error},
    texts::{calendars as t, changes, common},
    viewer::use_viewing,
};
use api::{
    calendars::{CalendarRow, NewCalendar},
    stream::News,
};
use domain::{estate::Environment, i18n::Lang, limits, text};
use kit::{
    Badge, Button, ButtonType, ButtonVariant, Callout, Card, Dialog, Field, Form, Select, TextArea,
    Tone,
};
use leptos::prelude::*;

/// The calendars that are followed; nothing where there is none.
#[component]
pub(super) fn Followed() -> impl IntoView {
    let lang = use_viewing().lang;
    let calendars = Resource::new(|| (), |()| list_calendars());
    use_live().listen(move |news| {
        if matches!(news, News::Reload) {
            calendars.refetch();
        }
    });
    loaded(calendars, move |calendars| {
        if calendars.is_empty() {
            return ().into_any();
        }
        let items = calendars.into_iter().map(|row| item(lang, row));
        let items = items.collect_view();
        view! {
            <Card title=t::followed(lang)>
                <p class="muted">{t::followed_text(lang)}</p>
                <ul class="plain-list">{items}</ul>
            </Card>
        }
        .into_any()
    })
}

fn item(lang: Lang, row: CalendarRow) -> impl IntoView {
    let environments = match row.environments.is_empty() {
        _ if !row.freezes => view! { <Badge>{t::for_schedules(lang)}</Badge> }.into_any(),
        true => view! { <Badge>{changes::freeze_all(lang)}</Badge> }.into_any(),
        false => row
            .environments
            .iter()
            .map(environment_badge)
            .collect_view()
            .into_any(),
    };
    let read = row
        .read_at
        .map(|at| view! { {t::read(lang)} " " <Ago at/> });
    let failed = row.error.map(|why| {
        view! { <Callout tone=Tone::Warning title=t::unread(lang)>{why}</Callout> }
    });
    view! {
        <li class="list-item">
            <span class="row"><strong>{row.name}</strong> <Badge>{row.timezone}</Badge> {environments}</span>
            <span class="muted">{row.place} " · " {read}</span>
            {failed}
        </li>
    }
}

/// The form as text, as it is typed.
#[derive(Clone, Default)]
struct Draft {
    calendar: String,
    environment: String,
    reason: String,
}

impl Draft {
    /// Tells each field that cannot be read.
    fn read(&self, lang: Lang, sending: Sending) -> Option<NewCalendar> {
        if self.calendar.trim().is_empty() {
            sending.refuse("calendar", t::calendar_missing(lang));
        }
        let reason = text::note(&self.reason).map_err(|error| {
            let message = text_error(lang, &error, changes::freeze_reason_missing(lang));
            sending.refuse("reason", message);
        });
        if sending.has_errors() {
            return None;
        }
        Some(NewCalendar {
            calendar: self.calendar.clone(),
            environments: Environment::parse(&self.environment).into_iter().collect(),
            reason: reason.ok()?,
        })
    }
}

/// Takes the text of an `.ics` file.
#[component]
pub(super) fn Import(open: RwSignal<bool>, on_change: Callback<()>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let draft = RwSignal::new(Draft::default());
    let of = move |read: fn(&Draft) -> String| Signal::derive(move || draft.with(read));
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let Some(calendar) = draft.with_untracked(|draft| draft.read(lang, sending)) else {
            return;
        };
        sending.send(import_calendar(calendar), move |ids| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::imported_toast(lang, ids.len()));
            on_change.run(());
        });
    };
    view! {
        <Dialog open title=t::import(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <Field name="calendar" label=t::calendar(lang) required=true hint=t::calendar_hint(lang, limits::CALENDAR_AHEAD_DAYS)
                    error=sending.error_of("calendar")>
                    <TextArea name="calendar" rows=8 value=of(|d| d.calendar.clone())
                        on_input=move |text| draft.update(|d| d.calendar = text)/>
                </Field>
                <Field name="environments" id="import-environments" label=changes::freeze_environments(lang) error=sending.error_of("environments")>
                    <Select name="environments" choices=environment_choices(viewing) value=of(|d| d.environment.clone())
                        on_change=move |text| draft.update(|d| d.environment = text)/>
                </Field>
                <Field name="reason" id="import-reason" label=changes::reason(lang) required=true error=sending.error_of("reason")>
                    <TextArea name="reason" value=of(|d| d.reason.clone()) on_input=move |text| draft.update(|d| d.reason = text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::import(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
}
