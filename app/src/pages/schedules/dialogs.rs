//! What can be asked for on the page of a schedule: another capacity for a time,
//! its removal, that AWS be made as it says. All of it is proposed, nothing is done.

use super::model::Known;
use crate::{
    live::use_live,
    pages::changes::{change_key, propose_change},
    paths,
    shared::{Sending, text_error},
    texts::{changes, common, events, schedules as t},
    viewer::use_viewing,
};
use domain::{
    changes::Change,
    estate::Scope,
    i18n::{Lang, schedules::problem},
    limits,
    schedules::{Level, LevelChange, OverrideDraft, Power, Schedule},
    text,
    time::{HOUR_MS, Timestamp},
};
use kit::{
    Button, ButtonType, ButtonVariant, Choice, DateTimeInput, Dialog, Field, Form, NumberInput,
    Select, TextArea, Tone,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// How long an override is offered to last, and how soon to begin.
const OFFERED_MS: i64 = HOUR_MS;

/// The words of a dialog.
#[derive(Clone)]
struct Words {
    title: String,
    text: String,
    label: &'static str,
    variant: ButtonVariant,
    reason_missing: &'static str,
    /// Unique on the page.
    reason_name: &'static str,
}

/// What is wrong with the fields of a form.
type Wrong = Vec<(&'static str, String)>;

/// Asks for a reason, and for what `children` ask, and proposes what comes of it.
#[component]
fn ProposeDialog(
    open: RwSignal<bool>,
    words: Words,
    sending: Sending,
    /// The change that is asked for, for that reason.
    make: impl Fn(String) -> Result<Change, Wrong> + Clone + Send + Sync + 'static,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let reason = RwSignal::new(String::new());
    let navigate = use_navigate();
    let now = use_live().now;
    let opened_at = StoredValue::new(now.get_untracked());
    Effect::new(move |_| {
        if open.get() {
            opened_at.set_value(now.get_untracked());
            sending.clear();
        }
    });
    let reason_missing = words.reason_missing;
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let written = text::note(&reason.get_untracked());
        let refusal = written.as_ref().err();
        let refusal = refusal.map(|error| text_error(lang, error, reason_missing));
        let made = make(written.unwrap_or_default());
        for (field, message) in made.as_ref().err().into_iter().flatten() {
            sending.refuse(field, message);
        }
        if let Some(message) = refusal {
            return sending.refuse("reason", message);
        }
        let Ok(wanted) = made else { return };
        let navigate = navigate.clone();
        let key = change_key(viewing, opened_at.get_value(), &wanted);
        sending.send(propose_change(wanted, Some(key)), move |id| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, events::proposed_toast(lang));
            navigate(&paths::change(id), NavigateOptions::default());
        });
    };
    view! {
        <Dialog open title=words.title close_label=common::close(lang)>
            <Form on:submit=submit>
                <p>{words.text}</p>
                {children.map(|children| children())}
                <Field name=words.reason_name label=changes::reason(lang) required=true
                    hint=t::reason_hint(lang) error=sending.error_of("reason")>
                    <TextArea name=words.reason_name value=reason on_input=move |text| reason.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=words.variant busy=sending.busy>{words.label}</Button>
                </div>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// Asks for the end of a schedule.
#[component]
pub(super) fn RemoveDialog(open: RwSignal<bool>, known: Signal<Known>) -> impl IntoView {
    let lang = use_viewing().lang;
    let schedule = known.with_untracked(|known| known.schedule.name().clone());
    let words = Words {
        title: t::remove_title(lang, schedule.as_str()),
        text: t::remove_text(lang).into(),
        label: t::remove(lang),
        variant: ButtonVariant::Danger,
        reason_missing: t::remove_reason_missing(lang),
        reason_name: "remove-reason",
    };
    let make = move |reason| {
        Ok(Change::RemoveSchedule {
            schedule: schedule.clone(),
            reason,
        })
    };
    view! { <ProposeDialog open words sending=Sending::new() make/> }
}

/// Asks that the same schedule be applied again.
#[component]
pub(super) fn PutBackDialog(
    open: RwSignal<bool>,
    known: Signal<Known>,
    scope: Scope,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let name = known.with_untracked(|known| known.schedule.name().to_string());
    let words = Words {
        title: t::put_back_title(lang, &name),
        text: t::put_back_text(lang).into(),
        label: t::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::put_back_reason_missing(lang),
        reason_name: "put-back-reason",
    };
    let make = move |reason| {
        Ok(Change::ApplySchedule {
            scope: scope.clone(),
            schedule: Box::new(known.with_untracked(|known| known.schedule.clone())),
            takes_over: Vec::new(),
            reason,
        })
    };
    view! { <ProposeDialog open words sending=Sending::new() make/> }
}

/// The fields of an override as text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OverrideText {
    from: String,
    until: String,
    min: String,
    desired: String,
    max: String,
    state: String,
}

impl OverrideText {
    fn capacity(&self, lang: Lang, base: Level) -> Result<LevelChange, Wrong> {
        let mut wrong = Vec::new();
        let mut number = |field, text: &str| match text.trim().parse::<u32>() {
            Ok(number) => Some(number),
            Err(_) => {
                wrong.push((field, t::whole_number(lang).to_owned()));
                None
            }
        };
        let change = match base {
            Level::Group { .. } => LevelChange {
                min: number("min", &self.min),
                desired: number("desired", &self.desired),
                max: number("max", &self.max),
                ..LevelChange::default()
            },
            Level::Bounds { .. } => LevelChange {
                min: number("min", &self.min),
                max: number("max", &self.max),
                ..LevelChange::default()
            },
            Level::Power { .. } => LevelChange {
                state: Some(match self.state.as_str() {
                    RUNNING => Power::Running,
                    _ => Power::Stopped,
                }),
                ..LevelChange::default()
            },
        };
        if wrong.is_empty() {
            Ok(change)
        } else {
            Err(wrong)
        }
    }
}

const RUNNING: &str = "running";
const STOPPED: &str = "stopped";

/// A schedule with an override more.
fn overridden(
    lang: Lang,
    schedule: &Schedule,
    from: Timestamp,
    until: Timestamp,
    capacity: LevelChange,
    reason: String,
) -> Result<Schedule, Wrong> {
    let mut draft = schedule.draft().clone();
    draft.overrides.push(OverrideDraft {
        from,
        until,
        capacity,
        reason,
    });
    Schedule::try_from(draft).map_err(|error| {
        // A capacity that does not fit together is told at its first field.
        let field = match error.path.last().map(String::as_str) {
            Some("from") => "from",
            Some("until") => "until",
            Some("reason") => "reason",
            Some("desired") => "desired",
            Some("max") => "max",
            _ => "min",
        };
        vec![(field, problem(lang, &error.problem))]
    })
}

/// Asks for another capacity for a time.
#[component]
pub(super) fn OverrideDialog(
    open: RwSignal<bool>,
    known: Signal<Known>,
    scope: Scope,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (name, base) =
        known.with_untracked(|known| (known.schedule.name().to_string(), known.schedule.base()));
    let now = use_live().now;
    let form = RwSignal::new(offered(base, String::new(), String::new()));
    Effect::new(move |_| {
        if open.get() {
            let from = now.get_untracked().plus_ms(OFFERED_MS).ceil_minute();
            let (from, until) = (viewing.field(from), viewing.field(from.plus_ms(OFFERED_MS)));
            form.set(offered(base, from, until));
        }
    });
    let words = Words {
        title: t::add_override(lang).into(),
        text: t::override_text(lang, &name),
        label: t::propose(lang),
        variant: ButtonVariant::Primary,
        reason_missing: t::override_reason_missing(lang),
        reason_name: "override-reason",
    };
    let make = move |reason: String| {
        let written = form.get_untracked();
        let mut wrong = Vec::new();
        let mut instant = |field, text: &str| match viewing.parse_field(text) {
            Ok(at) => at,
            Err(_) => {
                wrong.push((field, t::time_missing(lang).to_owned()));
                Timestamp::default()
            }
        };
        let (from, until) = (
            instant("from", &written.from),
            instant("until", &written.until),
        );
        let capacity = written
            .capacity(lang, base)
            .map_err(|more| wrong.extend(more));
        if wrong.is_empty() && until <= now.get_untracked() {
            wrong.push(("until", t::time_past(lang).to_owned()));
        }
        let (Ok(capacity), true) = (capacity, wrong.is_empty()) else {
            return Err(wrong);
        };
        // A reason that is still missing is told by whoever asked for it.
        let said = if reason.is_empty() {
            "–".into()
        } else {
            reason.clone()
        };
        let schedule = known.with_untracked(|known| {
            overridden(lang, &known.schedule, from, until, capacity, said)
        })?;
        Ok(Change::ApplySchedule {
            scope: scope.clone(),
            schedule: Box::new(schedule),
            takes_over: Vec::new(),
            reason,
        })
    };
    let sending = Sending::new();
    view! {
        <ProposeDialog open words sending make>
            <OverrideFields form sending base/>
        </ProposeDialog>
    }
    .into_any()
}

fn offered(base: Level, from: String, until: String) -> OverrideText {
    let (min, desired, max) = match base {
        Level::Group { capacity, .. } => (capacity.min, capacity.desired, capacity.max),
        Level::Bounds { min, max } => (min, min, max),
        Level::Power { .. } => (0, 0, 0),
    };
    OverrideText {
        from,
        until,
        min: min.to_string(),
        desired: desired.to_string(),
        max: max.to_string(),
        state: RUNNING.into(),
    }
}

#[component]
fn OverrideFields(form: RwSignal<OverrideText>, sending: Sending, base: Level) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let of = move |read: fn(&OverrideText) -> String| Signal::derive(move || form.with(read));
    let zone = events::zone_hint(lang, &viewing.zone_text(use_live().now.get_untracked()));
    let number = move |name: &'static str,
                       label: &'static str,
                       read: fn(&OverrideText) -> String,
                       write: fn(&mut OverrideText, String)| {
        view! {
            <Field name id=format!("override-{name}") label required=true error=sending.error_of(name)>
                <NumberInput name value=of(read) min=0 max=i64::from(limits::CAPACITY_MAX) step="1"
                    on_input=move |text| form.update(|form| write(form, text))/>
            </Field>
        }
    };
    let min = move || {
        number(
            "min",
            t::min(lang),
            |f| f.min.clone(),
            |f, text| f.min = text,
        )
    };
    let max = move || {
        number(
            "max",
            t::max(lang),
            |f| f.max.clone(),
            |f, text| f.max = text,
        )
    };
    let capacity = match base {
        Level::Group { .. } => view! {
            <div class="form-row">
                {min()}
                {number("desired", t::desired(lang), |f| f.desired.clone(), |f, text| f.desired = text)}
                {max()}
            </div>
        }
        .into_any(),
        Level::Bounds { .. } => view! { <div class="form-row">{min()} {max()}</div> }.into_any(),
        Level::Power { .. } => {
            let choices = vec![
                Choice::new(RUNNING, t::running(lang)),
                Choice::new(STOPPED, t::stopped(lang)),
            ];
            view! {
                <Field name="state" label=t::state(lang)>
                    <Select name="state" choices value=of(|f| f.state.clone())
                        on_change=move |text| form.update(|form| form.state = text)/>
                </Field>
            }
            .into_any()
        }
    };
    view! {
        <div class="form-row">
            <Field name="from" label=t::starts_at(lang) required=true hint=zone.clone() error=sending.error_of("from")>
                <DateTimeInput name="from" value=of(|f| f.from.clone()) on_input=move |text| form.update(|form| form.from = text)/>
            </Field>
            <Field name="until" label=t::until(lang) required=true hint=zone error=sending.error_of("until")>
                <DateTimeInput name="until" value=of(|f| f.until.clone()) on_input=move |text| form.update(|form| form.until = text)/>
            </Field>
        </div>
        {capacity}
    }
    .into_any()
}
