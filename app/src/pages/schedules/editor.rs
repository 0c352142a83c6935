//! Writing a schedule: its text, a form for the common case, and beside them what
//! will happen.
//!
//! **Flow.** The text is the truth. When typing pauses, the server reads it and
//! answers what is wrong, by line and field, or the schedule with the rules of its
//! zones; from these the browser draws the future itself. The form writes the text:
//! it sends its fields as the same file in JSON and takes over the usual form that
//! the answer brings. A check shows the calls, and what was checked can be proposed.

use super::{
    crumbs,
    form::Fields,
    model::Known,
    money::Money,
    page_name,
    picture::Picture,
    plan::effect,
    rpc::read_schedule,
    simple::Simple,
    start::{Offered, Start, start_edit, start_new, start_proposal},
};
use crate::{
    live::use_live,
    pages::changes::{
        PlannedField, PlannedText, call_list, change_key, edit_change, preview_change,
        propose_change,
    },
    paths,
    rpc::{UiError, ask_about},
    shared::{Sending, failed_part, loaded, page_id, page_query, text_error},
    texts::{changes, common, events, schedules as t},
    viewer::{Viewing, use_viewing},
};
use api::{
    changes::Preview,
    schedules::{ScheduleReading, TextError},
};
use domain::{
    changes::{Change, Proposal},
    estate::Scope,
    i18n::Lang,
    ids::ChangeId,
    limits,
    policy::Action,
    text,
};
use kit::{
    Button, ButtonType, ButtonVariant, Callout, Card, Checkbox, CheckboxGroup, Choice, CodeArea,
    EmptyState, Field, Form, Glyph, LinkButton, PageHeader, Select, Spinner, TextArea, Tone,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// How long typing must pause before the text is read.
const TYPING_PAUSE_MS: u64 = 300;

/// The page at `/capacity/new-schedule`.
#[component]
pub(crate) fn NewSchedulePage() -> impl IntoView {
    let viewing = use_viewing();
    let target = page_query(|query| query.get("target").and_then(|text| text.parse().ok()));
    let zone = viewing.zone().name().to_owned();
    let refused = viewing.refused_everywhere(Action::ProposeChange);
    let start = Resource::new(
        move || target.get(),
        move |target| start_new(target, viewing.lang, zone.clone(), refused.clone()),
    );
    loaded(start, |start| view! { <Whole start/> })
}

/// The page at `/capacity/schedules/{name}/edit`.
#[component]
pub(crate) fn EditSchedulePage() -> impl IntoView {
    let (name, so) = (page_name(), page_query(paths::schedule_edit));
    let lang = use_viewing().lang;
    let start = Resource::new(
        move || (name.get(), so.get()),
        move |(name, so)| ask_about(name, move |name| start_edit(name, so, lang)),
    );
    loaded(start, |start| view! { <Whole start/> })
}

/// The page at `/changes/{id}/schedule`.
#[component]
pub(crate) fn ProposedSchedulePage() -> impl IntoView {
    let id = page_id::<ChangeId>();
    let lang = use_viewing().lang;
    let ask = move |id| ask_about(id, move |id| start_proposal(id, lang));
    let start = Resource::new(move || id.get(), ask);
    loaded(start, |start| view! { <Whole start/> })
}

#[component]
fn Whole(start: Start) -> impl IntoView {
    let lang = use_viewing().lang;
    let own = start
        .reading
        .schedule
        .as_ref()
        .map(|schedule| schedule.name().to_string());
    let name = start.stands.clone().or(own).unwrap_or_default();
    let (title, back, more) = match (&start.proposal, &start.stands) {
        (Some((id, ..)), _) => {
            let back = paths::change(*id);
            let crumb = (changes::title(lang).to_owned(), Some(back.clone()));
            (
                t::proposal_title(lang, &name),
                back,
                vec![crumb, (t::edit(lang).into(), None)],
            )
        }
        (None, Some(name)) => {
            let back = paths::schedule(name);
            let crumb = (name.clone(), Some(back.clone()));
            (
                t::edit_title(lang, name),
                back,
                vec![crumb, (t::edit(lang).into(), None)],
            )
        }
        (None, None) => {
            let title = t::new(lang).to_owned();
            (title.clone(), paths::schedules(), vec![(title, None)])
        }
    };
    let tone = match start.proposal {
        Some(_) => Tone::Warning,
        None => Tone::Info,
    };
    let remark = start.remark.clone();
    let remark = remark.map(|remark| view! { <Callout tone>{remark}</Callout> });
    let content = match start.refused.clone() {
        Some(why) => view! {
            <Card>
                <EmptyState glyph=Glyph::Lock title=t::refused_title(lang) text=why>
                    <LinkButton href=back>{t::to_schedules(lang)}</LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any(),
        None => view! { {remark} <Written start back/> }.into_any(),
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader title above=move || crumbs(lang, more)/>
        {content}
    }
    .into_any()
}

/// Where a text came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Text,
    Form,
}

/// How far the check is.
#[derive(Clone)]
enum Checked {
    No,
    Asking,
    Ready(Box<Preview>),
    Failed(UiError),
}

/// The text, what it means, and what the form shows of it.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    lang: Lang,
    text: RwSignal<String>,
    /// The last text that could be read.
    known: RwSignal<Option<Known>>,
    error: RwSignal<Option<TextError>>,
    pub form: RwSignal<Option<Simple>>,
    pub form_error: RwSignal<Option<String>>,
    /// Something was typed that has not been read yet.
    pending: RwSignal<bool>,
    checked: RwSignal<Checked>,
    /// Counts the keys; only the answer to the last one counts.
    turn: StoredValue<u64>,
}

impl Editor {
    fn new(lang: Lang, reading: &ScheduleReading) -> Self {
        let schedule = reading.schedule.as_ref();
        Self {
            lang,
            text: RwSignal::new(reading.text.clone()),
            known: RwSignal::new(Known::of(reading)),
            error: RwSignal::new(reading.error.clone()),
            form: RwSignal::new(schedule.and_then(|schedule| Simple::of(schedule.draft()))),
            form_error: RwSignal::new(None),
            pending: RwSignal::new(false),
            checked: RwSignal::new(Checked::No),
            turn: StoredValue::new(0),
        }
    }

    fn write(self, text: String) {
        self.text.set(text.clone());
        self.read_soon(Source::Text, text);
    }

    /// Changes the form, and by it the text.
    pub fn fill(self, change: impl FnOnce(&mut Simple)) {
        self.form.update(|form| form.as_mut().map_or((), change));
        let kept = self.known.with_untracked(|known| {
            let draft = known.as_ref().map(|known| known.schedule.draft().clone());
            self.form.get_untracked().zip(draft)
        });
        if let Some((form, draft)) = kept {
            self.read_soon(Source::Form, form.json(&draft).to_string());
        }
    }

    fn read_soon(self, source: Source, text: String) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.pending.set(true);
        self.checked.set(Checked::No);
        set_timeout(
            move || {
                if self.turn.try_get_value() == Some(turn) {
                    self.read(turn, source, text);
                }
            },
            Duration::from_millis(TYPING_PAUSE_MS),
        );
    }

    fn read(self, turn: u64, source: Source, text: String) {
        spawn_local(async move {
            let answer = read_schedule(text).await;
            if self.turn.try_get_value() == Some(turn) {
                self.pending.set(false);
                self.take(source, answer);
            }
        });
    }

    fn take(self, source: Source, answer: Result<ScheduleReading, UiError>) {
        let (known, error, text) = match answer {
            Ok(reading) => (Known::of(&reading), reading.error, reading.text),
            Err(error) => {
                let message = error.message(self.lang);
                let error = TextError {
                    line: None,
                    field: String::new(),
                    message,
                };
                (None, Some(error), String::new())
            }
        };
        let Some(known) = known else {
            match source {
                Source::Text => self.error.set(error),
                // The lines of what the form has sent are nobody's.
                Source::Form => {
                    let words = |error| {
                        error_words(
                            self.lang,
                            &TextError {
                                line: None,
                                ..error
                            },
                        )
                    };
                    self.form_error.set(error.map(words));
                }
            }
            return;
        };
        self.error.set(None);
        self.form_error.set(None);
        match source {
            Source::Text => self.form.set(Simple::of(known.schedule.draft())),
            Source::Form => self.text.set(text),
        }
        self.known.set(Some(known));
    }

    /// Why what stands there cannot be checked; none when it can.
    fn refusal(self) -> Option<String> {
        let wrong = self.error.with(Option::is_some) || self.form_error.with(Option::is_some);
        (wrong || self.known.with(Option::is_none)).then(|| t::check_wrong(self.lang).to_owned())
    }
}

/// Where a text is wrong, and how.
fn error_words(lang: Lang, error: &TextError) -> String {
    let (field, message) = (error.field.as_str(), error.message.as_str());
    match (error.line, field) {
        (Some(line), "") => t::error_at_line_only(lang, line, message),
        (Some(line), field) => t::error_at_line(lang, line, field, message),
        (None, "") => message.to_owned(),
        (None, field) => t::error_at_field(lang, field, message),
    }
}

#[component]
fn Written(start: Start, back: String) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let editor = Editor::new(lang, &start.reading);
    let (targets, calendars) = (start.targets.clone(), start.calendars.clone());
    let stands = start.stands.clone();
    let renamed = move || {
        let stands = stands.as_deref()?;
        let other = editor.known.with(|known| {
            let name = known.as_ref().map(|known| known.schedule.name().as_str());
            name.is_some_and(|name| name != stands)
        });
        let words = t::renamed(lang, stands);
        other.then(|| view! { <Callout tone=Tone::Warning>{words}</Callout> })
    };
    let error = MaybeProp::derive(move || {
        editor
            .error
            .with(|error| error.as_ref().map(|error| error_words(lang, error)))
    });
    let wrong_line = Signal::derive(move || {
        let line = editor
            .error
            .with(|error| error.as_ref().and_then(|error| error.line));
        line.and_then(|line| usize::try_from(line).ok())
    });
    let drawn = Memo::new(move |_| editor.known.with(Option::is_some));
    let known = Memo::new(move |last: Option<&Option<Known>>| {
        editor.known.get().or_else(|| last.cloned().flatten())
    });
    let (own, offered) = (start.scope.clone(), start.targets.clone());
    let place = Memo::new(move |_| {
        let places = known.with(|known| places(known.as_ref(), &offered, own.as_ref()));
        places.into_iter().next()
    });
    let is_old = Signal::derive(move || {
        editor.error.with(Option::is_some) || editor.form_error.with(Option::is_some)
    });
    let picture = move || {
        drawn
            .get()
            .then(|| known.get_untracked())
            .flatten()
            .map(|first| {
                let known = Signal::derive(move || known.get().unwrap_or_else(|| first.clone()));
                view! { <Picture known is_old/> <Money known scope=place.into()/> }
            })
    };
    view! {
        <div class="split schedule-edit">
            <div class="stack">
                <Card title=t::form(lang)><Fields editor targets calendars/></Card>
                <Card title=t::text(lang)>
                    <Field name="text" label=t::schedule(lang) hint=t::text_hint(lang) error>
                        <CodeArea name="text" value=editor.text wrong_line
                            on_input=move |text| editor.write(text)/>
                    </Field>
                    <p class="muted" role="status">
                        {move || (!editor.pending.get() && editor.refusal().is_none()).then(|| t::text_is_read(lang))}
                    </p>
                </Card>
            </div>
            <div class="stack">
                {renamed}
                {move || is_old.get().then(|| view! { <Callout tone=Tone::Info>{t::picture_old(lang)}</Callout> })}
                {picture}
                <Proposing editor start back/>
            </div>
        </div>
    }
    .into_any()
}

/// Where the targets of a schedule are: usually one place.
fn places(known: Option<&Known>, targets: &[Offered], own: Option<&Scope>) -> Vec<Scope> {
    let named = known
        .map(|known| known.schedule.targets())
        .unwrap_or_default();
    let is_named = |offered: &&Offered| {
        let mut named = named.iter();
        named.any(|target| {
            target.kind().as_str() == offered.kind && target.to_string() == offered.name
        })
    };
    let matching = targets
        .iter()
        .filter(is_named)
        .map(|offered| &offered.scope);
    let mut places: Vec<Scope> = own.into_iter().cloned().collect();
    for scope in matching {
        if !places.contains(scope) {
            places.push(scope.clone());
        }
    }
    if places.is_empty() {
        places.extend(targets.first().map(|offered| offered.scope.clone()));
    }
    places
}

#[component]
fn Proposing(editor: Editor, start: Start, back: String) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let opened_at = use_live().now.get_untracked();
    let sending = Sending::new();
    let navigate = use_navigate();
    let (own, targets) = (start.scope.clone(), start.targets.clone());
    // A schedule that stands stays where it is.
    let fixed = own.filter(|_| start.stands.is_some());
    let scopes = Memo::new(move |_| {
        editor
            .known
            .with(|known| places(known.as_ref(), &targets, fixed.as_ref()))
    });
    let chosen = RwSignal::new(
        start
            .scope
            .map(|scope| scope.to_string())
            .unwrap_or_default(),
    );
    let scope = move || {
        scopes.with_untracked(|scopes| {
            let chosen = chosen.get_untracked();
            let found = scopes.iter().find(|scope| scope.to_string() == chosen);
            found.or(scopes.first()).cloned()
        })
    };
    let proposal = start.proposal;
    let reason = RwSignal::new(start.reason);
    let planned = PlannedText::new(viewing, start.planned_for);
    let taken = RwSignal::new(start.takes_over.clone());
    // What a check has found of others' actions; it stays while it is chosen from.
    let found = RwSignal::new(start.takes_over);
    Effect::new(move |_| {
        let names = editor.checked.with(|checked| match checked {
            Checked::Ready(preview) => foreign_actions(preview),
            _ => Vec::new(),
        });
        found.update(|found| {
            for name in names {
                if !found.contains(&name) {
                    found.push(name);
                }
            }
        });
    });
    let wanted = move |reason: String| {
        let known = editor.known.get_untracked()?;
        let planned_for = planned.read(viewing);
        let planned_for = planned_for.map_err(|wrong| sending.refuse("planned_for", wrong));
        Some(Proposal {
            change: Change::ApplySchedule {
                scope: scope()?,
                schedule: Box::new(known.schedule),
                takes_over: taken.get_untracked(),
                reason,
            },
            planned_for: planned_for.ok()?,
        })
    };
    let check = move |_| {
        sending.clear();
        // The reason changes nothing of the plan and may still be missing.
        let said = text::note(&reason.get_untracked()).unwrap_or_else(|_| "–".into());
        let Some(wanted) = wanted(said) else { return };
        let turn = editor.turn.get_value();
        editor.checked.set(Checked::Asking);
        spawn_local(async move {
            let answer = preview_change(wanted).await;
            if editor.turn.try_get_value() == Some(turn) {
                editor.checked.set(match answer {
                    Ok(preview) => Checked::Ready(Box::new(preview)),
                    Err(error) => Checked::Failed(error),
                });
            }
        });
    };
    let submit_label = if proposal.is_some() {
        events::save_edit(lang)
    } else {
        events::propose(lang)
    };
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let said = match text::note(&reason.get_untracked()) {
            Ok(said) => said,
            Err(error) => {
                return sending.refuse(
                    "reason",
                    text_error(lang, &error, events::reason_missing(lang)),
                );
            }
        };
        let Some(wanted) = wanted(said) else { return };
        let navigate = navigate.clone();
        let go = move |id| navigate(&paths::change(id), NavigateOptions::default());
        match proposal.clone() {
            Some((id, hash)) => sending.send(edit_change(id, wanted, hash), move |()| {
                sending.say(Tone::Ok, events::edited_toast(lang));
                go(id);
            }),
            None => {
                let key = change_key(viewing, opened_at, &wanted);
                sending.send(propose_change(wanted, Some(key)), move |id| {
                    sending.say(Tone::Ok, events::proposed_toast(lang));
                    go(id);
                });
            }
        }
    };
    let unread = MaybeProp::derive(move || editor.refusal());
    let busy = Signal::derive(move || {
        editor.pending.get()
            || editor
                .checked
                .with(|checked| matches!(checked, Checked::Asking))
    });
    let unchecked = MaybeProp::derive(move || {
        editor.refusal().or_else(|| {
            editor.checked.with(|checked| match checked {
                Checked::Ready(preview) if preview.blocked => {
                    Some(events::blocked(lang).to_owned())
                }
                Checked::Ready(_) => None,
                _ => Some(t::check_first(lang).to_owned()),
            })
        })
    });
    let place = move || {
        let scopes = scopes.get();
        (scopes.len() > 1).then(|| {
            let choices: Vec<Choice> = scopes
                .iter()
                .map(|scope| Choice::new(scope.to_string(), scope.to_string()))
                .collect();
            view! {
                <Field name="scope" label=common::account_region(lang)>
                    <Select name="scope" choices value=chosen on_change=move |text| {
                        chosen.set(text);
                        editor.checked.set(Checked::No);
                    }/>
                </Field>
            }
        })
    };
    view! {
        <Card title=t::check_and_propose(lang)>
            <Form on:submit=submit>
                {place}
                <p class="muted">{t::check_text(lang)}</p>
                <TakingOver editor found taken/>
                <PlannedField name="planned_for" planned sending on_input=move |()| editor.checked.set(Checked::No)/>
                <div><Button glyph=Glyph::Search busy disabled_reason=unread on:click=check>{t::check(lang)}</Button></div>
                <Field name="reason" label=events::reason(lang) required=true hint=events::reason_hint(lang)
                    error=sending.error_of("reason")>
                    <TextArea name="reason" value=reason on_input=move |text| reason.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <LinkButton href=back variant=ButtonVariant::Ghost>{common::cancel(lang)}</LinkButton>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy
                        disabled_reason=unchecked>{submit_label}</Button>
                </div>
            </Form>
        </Card>
        <section class="stack" aria-label=events::preview(lang) aria-live="polite">
            {move || editor.checked.with(|checked| outcome(viewing, checked))}
        </section>
    }
    .into_any()
}

/// Scheduled actions of the targets that are nobody's here.
fn foreign_actions(preview: &Preview) -> Vec<String> {
    let targets = preview
        .plan
        .schedule()
        .map(|effect| effect.targets.as_slice());
    let actions = targets
        .unwrap_or_default()
        .iter()
        .flat_map(|one| &one.base.actions);
    let names = actions.map(|action| action.name.clone());
    names
        .filter(|name| !name.starts_with("lamplighter"))
        .collect()
}

/// Offers to take the place of actions that others have scheduled.
#[component]
fn TakingOver(
    editor: Editor,
    found: RwSignal<Vec<String>>,
    taken: RwSignal<Vec<String>>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let names = Memo::new(move |_| found.get());
    move || {
        let names = names.get();
        (!names.is_empty()).then(|| {
            let boxes = names.into_iter().map(move |name| {
                let own = name.clone();
                let checked = Signal::derive(move || taken.with(|taken| taken.contains(&own)));
                let own = name.clone();
                let change = move |on| {
                    taken.update(|taken| {
                        taken.retain(|name| *name != own);
                        if on {
                            taken.push(own.clone());
                        }
                    });
                    editor.checked.set(Checked::No);
                };
                view! { <Checkbox name="takes_over" value=name.clone() label=name checked on_change=change/> }
            });
            view! {
                <CheckboxGroup label=t::takes_over(lang)>{boxes.collect_view()}</CheckboxGroup>
                <p class="field-hint">{t::takes_over_hint(lang)}</p>
            }
        })
    }
}

fn outcome(viewing: Viewing, checked: &Checked) -> AnyView {
    let lang = viewing.lang;
    match checked {
        Checked::No => ().into_any(),
        Checked::Asking => {
            view! { <Card><Spinner label=events::previewing(lang)/></Card> }.into_any()
        }
        Checked::Failed(error) => {
            let failed = failed_part(error, None);
            view! { <Card title=events::preview_failed(lang)>{failed}</Card> }.into_any()
        }
        Checked::Ready(preview) => {
            let needed = events::approvals_needed(lang, preview.approvals_needed);
            let calls = call_list(viewing, preview.calls.clone());
            let blocked = preview.blocked.then(|| {
                view! { <Callout tone=Tone::Alarm>{events::blocked(lang)}</Callout> }
            });
            let effect = effect(viewing, &preview.plan);
            view! {
                {blocked}
                {effect}
                <Card title=events::calls(lang)>{calls}</Card>
                <p class="muted">{needed}</p>
            }
            .into_any()
        }
    }
}
