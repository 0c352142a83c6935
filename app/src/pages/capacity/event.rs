//! Planning a scale event, and editing a proposal: a form, and beside it what
//! will happen, worked out by the services as one types.

use super::{
    model::{AT_LEAST, Draft, EXACTLY, NOW, PLANNED, Subject, keeps_minimum, read_count},
    parts::unit,
    rpc::show_target,
};
use crate::{
    live::use_live,
    pages::changes::{
        PlanView, change_key, edit_change, preview_change, propose_change, show_change,
    },
    paths,
    rpc::{UiError, ask_about},
    shared::{Sending, failed_part, loaded, page_id, page_query},
    texts::{capacity, changes, common, events as t},
    viewer::{Viewing, use_viewing},
};
use api::{
    capacity::{TargetDetail, TargetQuery},
    changes::{ChangeDetail, ChangeQuery, Preview},
};
use domain::{
    changes::Change,
    ids::{ChangeId, TargetId},
    limits,
};
use kit::{
    Breadcrumbs, Button, ButtonType, ButtonVariant, Callout, Card, Choice, Crumb, DateTimeInput,
    EmptyState, Field, Form, Glyph, LinkButton, NumberInput, PageHeader, RadioGroup, Spinner,
    TextArea, Tone,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// How long typing must pause before a preview is asked for.
const TYPING_PAUSE_MS: u64 = 300;

/// The page at `/capacity/targets/{id}/event`.
#[component]
pub(crate) fn NewEventPage() -> impl IntoView {
    let id = page_id::<TargetId>();
    let target = Resource::new(move || id.get(), |id| ask_about(id, show_target));
    loaded(target, |detail| view! { <NewEvent detail/> })
}

#[component]
fn NewEvent(detail: TargetDetail) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let span = page_query(paths::span);
    let reference = detail.target.reference;
    let subject = Subject {
        target: detail.id,
        name: reference.name.clone(),
        kind: reference.kind,
        capacity: detail.target.capacity,
    };
    let crumbs = vec![
        Crumb {
            label: capacity::title(lang).into(),
            href: Some(paths::targets(&TargetQuery::default())),
        },
        Crumb {
            label: reference.name.clone(),
            href: Some(paths::target(detail.id)),
        },
        Crumb {
            label: t::short_title(lang).into(),
            href: None,
        },
    ];
    let title = t::title(lang, &reference.name);
    let page_title = title.clone();
    let form = match detail.propose_refused {
        Some(why) => refused(
            t::refused_title(lang),
            why,
            (t::to_target(lang), paths::target(detail.id)),
        ),
        None => {
            let now = use_live().now.get_untracked();
            let mut draft = Draft::new(&viewing.zone(), subject.capacity, now);
            if let Some(span) = span.get_untracked() {
                draft.choose_span(&viewing.zone(), span, now);
            }
            view! { <EventForm subject draft editing=None/> }.into_any()
        }
    };
    view! {
        <Title text=page_title/>
        <PageHeader title subtitle=t::subtitle(lang)
            above=move || view! { <Breadcrumbs label=common::you_are_here(lang) crumbs/> }/>
        {form}
    }
}

/// Stands where the form would be: why the viewer may not fill it in, and the way back.
fn refused(title: &'static str, why: String, (label, href): (&'static str, String)) -> AnyView {
    view! {
        <Card>
            <EmptyState glyph=Glyph::Lock title text=why>
                <LinkButton href>{label}</LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}

/// The page at `/changes/{id}/edit`.
#[component]
pub(crate) fn EditEventPage() -> impl IntoView {
    let id = page_id::<ChangeId>();
    let change = Resource::new(move || id.get(), |id| ask_about(id, show_change));
    loaded(change, |detail| view! { <EditEvent detail/> })
}

#[component]
fn EditEvent(detail: ChangeDetail) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let row = detail.row;
    let (Change::ScaleEvent(event), Some(planned)) = (&row.change, detail.plan.event()) else {
        return refused(
            t::edit_refused_title(lang),
            changes::no_edit_of_end(lang).to_owned(),
            (t::to_change(lang), paths::change(row.id)),
        );
    };
    let subject = Subject {
        target: event.target,
        name: row.target_name.clone(),
        kind: planned.target.kind,
        capacity: planned.before,
    };
    let draft = Draft::of(&viewing.zone(), event);
    let crumbs = vec![
        Crumb {
            label: changes::title(lang).into(),
            href: Some(paths::changes(&ChangeQuery::default())),
        },
        Crumb {
            label: row.target_name.clone(),
            href: Some(paths::change(row.id)),
        },
        Crumb {
            label: changes::edit(lang).into(),
            href: None,
        },
    ];
    let title = t::edit_title(lang, &row.target_name);
    let page_title = title.clone();
    let form = match detail.edit_refused {
        Some(why) => refused(
            t::edit_refused_title(lang),
            why,
            (t::to_change(lang), paths::change(row.id)),
        ),
        None => view! {
            <Callout tone=Tone::Warning>{t::edit_warning(lang)}</Callout>
            <EventForm subject draft editing=Some((row.id, detail.hash))/>
        }
        .into_any(),
    };
    view! {
        <Title text=page_title/>
        <PageHeader title
            above=move || view! { <Breadcrumbs label=common::you_are_here(lang) crumbs/> }/>
        {form}
    }
    .into_any()
}

/// How far the preview is.
#[derive(Clone)]
enum Previewed {
    /// The form cannot be read yet.
    Waiting,
    /// Asked for.
    Reading,
    /// This will happen.
    Ready(Box<Preview>),
    /// It could not be worked out.
    Failed(UiError),
}

/// The draft and its preview.
#[derive(Clone, Copy)]
struct Planner {
    viewing: Viewing,
    target: TargetId,
    draft: RwSignal<Draft>,
    preview: RwSignal<Previewed>,
    /// Counts the keys; only the answer to the last one is shown.
    turn: StoredValue<u64>,
}

impl Planner {
    fn set(self, change: impl FnOnce(&mut Draft)) {
        self.draft.update(change);
        self.preview_soon(TYPING_PAUSE_MS);
    }

    fn preview_soon(self, pause_ms: u64) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        set_timeout(
            move || {
                if self.turn.try_get_value() == Some(turn) {
                    self.ask(turn);
                }
            },
            Duration::from_millis(pause_ms),
        );
    }

    fn ask(self, turn: u64) {
        let draft = self.draft.get_untracked();
        let zone = self.viewing.zone();
        let Some(event) = draft.read_for_preview(self.viewing.lang, &zone, self.target) else {
            self.preview.set(Previewed::Waiting);
            return;
        };
        // What is shown stays until the answer comes: the panel must not flicker.
        if !matches!(self.preview.get_untracked(), Previewed::Ready(_)) {
            self.preview.set(Previewed::Reading);
        }
        spawn_local(async move {
            let answer = preview_change(Change::ScaleEvent(event).into()).await;
            if self.turn.try_get_value() == Some(turn) {
                self.preview.set(match answer {
                    Ok(preview) => Previewed::Ready(Box::new(preview)),
                    Err(error) => Previewed::Failed(error),
                });
            }
        });
    }
}

#[component]
fn EventForm(
    subject: Subject,
    draft: Draft,
    /// The proposal that is edited, and the content that the editor saw.
    editing: Option<(ChangeId, String)>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let opened_at = use_live().now.get_untracked();
    let form = Planner {
        viewing,
        target: subject.target,
        draft: RwSignal::new(draft),
        preview: RwSignal::new(Previewed::Waiting),
        turn: StoredValue::new(0),
    };
    Effect::new(move |_| form.preview_soon(0));
    let sending = Sending::new();
    let navigate = use_navigate();
    let submit_label = if editing.is_some() {
        t::save_edit(lang)
    } else {
        t::propose(lang)
    };
    let back = match &editing {
        Some((id, _)) => paths::change(*id),
        None => paths::target(subject.target),
    };
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let draft = form.draft.get_untracked();
        let wanted = match draft.read(lang, &viewing.zone(), form.target) {
            Ok(wanted) => Change::ScaleEvent(wanted).into(),
            Err(errors) => {
                errors
                    .into_iter()
                    .for_each(|(field, message)| sending.refuse(field, message));
                return;
            }
        };
        let navigate = navigate.clone();
        let go = move |id| navigate(&paths::change(id), NavigateOptions::default());
        match editing.clone() {
            Some((id, hash)) => sending.send(edit_change(id, wanted, hash), move |()| {
                sending.say(Tone::Ok, t::edited_toast(lang));
                go(id);
            }),
            None => {
                let key = change_key(viewing, opened_at, &wanted);
                sending.send(propose_change(wanted, Some(key)), move |id| {
                    sending.say(Tone::Ok, t::proposed_toast(lang));
                    go(id);
                });
            }
        }
    };
    let blocked = Signal::derive(move || {
        form.preview.with(|preview| match preview {
            Previewed::Ready(preview) if preview.blocked => Some(t::blocked(lang).to_owned()),
            _ => None,
        })
    });
    view! {
        <div class="split event-plan">
            <Card title=t::what_you_want(lang)>
                <Form on:submit=submit>
                    <Fields form subject sending/>
                    {sending.failed()}
                    <div class="actions">
                        <LinkButton href=back variant=ButtonVariant::Ghost>{common::cancel(lang)}</LinkButton>
                        <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy
                            disabled_reason=blocked>{submit_label}</Button>
                    </div>
                </Form>
            </Card>
            <section class="stack" aria-label=t::preview(lang) aria-live="polite">
                {move || form.preview.with(|preview| previewed(viewing, preview))}
            </section>
        </div>
    }
}

#[component]
fn Fields(form: Planner, subject: Subject, sending: Sending) -> impl IntoView {
    let viewing = form.viewing;
    let lang = viewing.lang;
    let of = move |read: fn(&Draft) -> String| Signal::derive(move || form.draft.with(read));
    let planned = Memo::new(move |_| form.draft.with(|draft| draft.start == PLANNED));
    let min = subject.capacity.min;
    let keeps = Memo::new(move |_| form.draft.with(|draft| keeps_minimum(draft, min)));
    let miscounted = MaybeProp::derive(move || {
        let wrong = form.draft.with(|draft| read_count(draft).is_none());
        wrong.then(|| t::count_missing(lang, limits::CAPACITY_MAX))
    });
    let holds = vec![
        Choice::new(AT_LEAST, t::at_least(lang)).hint(t::at_least_hint(lang)),
        Choice::new(EXACTLY, t::exactly(lang)).hint(t::exactly_hint(lang)),
    ];
    let starts = vec![
        Choice::new(NOW, t::start_now(lang)),
        Choice::new(PLANNED, t::start_planned(lang)),
    ];
    let unit = unit(lang, subject.kind);
    let zone = t::zone_hint(lang, &viewing.zone_text(use_live().now.get_untracked()));
    let from_zone = zone.clone();
    view! {
        <RadioGroup name="hold" label=t::hold(lang) choices=holds value=of(|d| d.hold.clone())
            on_change=move |text| form.set(|d| d.hold = text)/>
        <Field name="count" label=t::count(lang) required=true error=sending.error_of("count") typed=miscounted
            hint=t::count_hint(lang, &subject.capacity.to_string())>
            <NumberInput name="count" value=of(|d| d.count.clone()) min=0 max=i64::from(limits::CAPACITY_MAX)
                step="1" unit on_input=move |text| form.set(|d| d.count = text)/>
        </Field>
        {move || keeps.get().then(|| view! {
            <Callout tone=Tone::Info>{t::never_lowered(lang, min)}</Callout>
        })}
        <RadioGroup name="start" label=t::start(lang) choices=starts value=of(|d| d.start.clone())
            on_change=move |text| {
                sending.forget("until");
                form.set(|d| d.choose_start(&viewing.zone(), text));
            }/>
        {move || planned.get().then(|| view! {
            <Field name="from" label=t::from(lang) required=true hint=from_zone.clone() error=sending.error_of("from")>
                <DateTimeInput name="from" value=of(|d| d.from.clone()) on_input=move |text| {
                    sending.forget("until");
                    form.set(|d| d.from = text);
                }/>
            </Field>
        })}
        <Field name="until" label=t::until(lang) required=true hint=zone error=sending.error_of("until")>
            <DateTimeInput name="until" value=of(|d| d.until.clone()) on_input=move |text| form.set(|d| d.until = text)/>
        </Field>
        <Field name="reason" label=t::reason(lang) required=true hint=t::reason_hint(lang) error=sending.error_of("reason")>
            <TextArea name="reason" value=of(|d| d.reason.clone()) on_input=move |text| form.set(|d| d.reason = text)
                maxlength=limits::NOTE_CHARS_MAX as u32/>
        </Field>
    }
}

fn previewed(viewing: Viewing, preview: &Previewed) -> AnyView {
    let lang = viewing.lang;
    match preview {
        Previewed::Waiting => view! {
            <Card title=t::preview(lang)><p class="muted">{t::preview_waiting(lang)}</p></Card>
        }
        .into_any(),
        Previewed::Reading => view! {
            <Card title=t::preview(lang)><Spinner label=t::previewing(lang)/></Card>
        }
        .into_any(),
        Previewed::Failed(error) => {
            let error = error.clone();
            view! {
                <Card title=t::preview_failed(lang)>{failed_part(&error, None)}</Card>
            }
            .into_any()
        }
        Previewed::Ready(preview) => {
            let preview = (**preview).clone();
            let needed = t::approvals_needed(lang, preview.approvals_needed);
            view! {
                {preview.blocked.then(|| view! { <Callout tone=Tone::Alarm>{t::blocked(lang)}</Callout> })}
                <PlanView plan=preview.plan calls=preview.calls/>
                <p class="muted">{needed}</p>
            }
            .into_any()
        }
    }
}
