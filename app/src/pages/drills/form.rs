//! The form that starts a drill, with whom it would tell as one types.

use super::rpc::{preview_drill, start_drill};
use crate::{
    pages::{alarms::source_word, notifications::labels},
    paths,
    rpc::UiError,
    shared::{Sending, failed_part, rested, text_error},
    texts::{alarms as alarm_words, common, drills as t, notifications as route_words},
    viewer::{Viewing, use_viewing},
};
use api::{
    ErrorCode,
    drills::{DrillPreview, DrillSubject, NewDrill},
};
use domain::{
    alarms::Priority,
    channels::ChannelName,
    drills::Expected,
    estate::Environment,
    i18n::{Lang, notifications::channel_list},
    ids::AlarmId,
    limits,
    policy::Action,
    sources::SourceKind,
    text,
};
use kit::{
    Button, ButtonType, ButtonVariant, Choice, Dialog, Field, Form, Input, NumberInput, Select,
    Skeleton, TextArea, Tone,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// What a preview was asked for: what is played, and how often it was asked for anew.
type Asked = (DrillSubject, u32);

/// The form as text, as it is typed.
#[derive(Clone, PartialEq)]
struct Draft {
    environment: String,
    source: String,
    priority: String,
    name: String,
    labels: String,
    minutes: String,
    acknowledge: String,
    note: String,
}

/// Minutes as they are typed; none for an empty field, an error for what is no such number.
fn minutes(text: &str) -> Result<Option<u32>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(minutes @ 1..=limits::DRILL_MINUTES_MAX) => Ok(Some(minutes)),
            _ => Err(()),
        },
    }
}

/// Where the viewer may start a drill.
fn environments(viewing: Viewing) -> Vec<Environment> {
    let mut known = viewing.environments();
    known.retain(|one| viewing.refused_in(Action::StartDrill, one).is_none());
    known
}

impl Draft {
    /// Empty for a drill as an alarm, which says what is left open.
    fn new(viewing: Viewing, as_alarm: Option<AlarmId>) -> Self {
        let first = environments(viewing).into_iter().next();
        let (environment, source) = match as_alarm {
            Some(_) => (String::new(), String::new()),
            None => (
                first.map(|one| one.to_string()).unwrap_or_default(),
                SourceKind::Cloudwatch.as_str().to_owned(),
            ),
        };
        Self {
            environment,
            source,
            priority: String::new(),
            name: String::new(),
            labels: String::new(),
            minutes: limits::DRILL_MINUTES_DEFAULT.to_string(),
            acknowledge: String::new(),
            note: String::new(),
        }
    }

    /// What it plays; none while something cannot be read.
    fn subject(&self, as_alarm: Option<AlarmId>) -> Option<DrillSubject> {
        let name = self.name.trim();
        Some(DrillSubject {
            as_alarm,
            environment: Environment::parse(&self.environment),
            source: SourceKind::parse(&self.source),
            source_name: None,
            name: (!name.is_empty()).then(|| name.to_owned()),
            priority: Priority::parse(&self.priority),
            labels: labels(&self.labels)?,
            scope: None,
            minutes: minutes(&self.minutes).ok()?,
        })
    }

    /// The drill that tells those whom the preview named.
    fn read(
        &self,
        lang: Lang,
        sending: Sending,
        subject: DrillSubject,
        tells: Vec<ChannelName>,
    ) -> Option<NewDrill> {
        let note = text::optional_note(&self.note).map_err(|error| {
            sending.refuse("note", text_error(lang, &error, ""));
        });
        Some(NewDrill {
            subject,
            tells,
            acknowledge_minutes: minutes(&self.acknowledge).ok()?,
            note: note.ok()?.unwrap_or_default(),
        })
    }
}

/// The button that drills an alarm, and the form behind it.
#[component]
pub(crate) fn DrillThis(alarm: AlarmId, environment: Environment) -> impl IntoView {
    let viewing = use_viewing();
    let open = RwSignal::new(false);
    let refused = viewing.refused_in(Action::StartDrill, &environment);
    view! {
        <Button disabled_reason=refused on:click=move |_| open.set(true)>{t::drill_this(viewing.lang)}</Button>
        <DrillForm open as_alarm=alarm/>
    }
}

/// Starts a drill, in a dialog; then leads to it.
#[component]
pub(super) fn DrillForm(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// As this alarm.
    #[prop(optional, into)]
    as_alarm: Option<AlarmId>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let draft = RwSignal::new(Draft::new(viewing, as_alarm));
    // Counts what makes a preview old that is about the same.
    let turn = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if open.get() {
            sending.clear();
            draft.set(Draft::new(viewing, as_alarm));
            turn.update(|turn| *turn += 1);
        }
    });
    let answer = RwSignal::new(None::<(Asked, Result<DrillPreview, UiError>)>);
    // What is confirmed is the preview of exactly what is typed.
    let ready = Memo::new(move |_| {
        let now = (draft.with(|draft| draft.subject(as_alarm))?, turn.get());
        answer.with(|answer| {
            let (_, preview) = answer.as_ref().filter(|(asked, _)| *asked == now)?;
            Some((now.0, preview.as_ref().ok()?.clone()))
        })
    });
    let navigate = use_navigate();
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let Some((subject, preview)) = ready.get_untracked() else {
            return;
        };
        let new = draft.with_untracked(|draft| draft.read(lang, sending, subject, preview.tells));
        let Some(new) = new else { return };
        let navigate = navigate.clone();
        let work = async move {
            let started = start_drill(new).await;
            let refused = started.as_ref().err();
            if refused.is_some_and(|error| error.code() == Some(ErrorCode::Conflict)) {
                // Others would be told by now: whom is asked for and to be confirmed again.
                let _ = turn.try_update(|turn| *turn += 1);
            }
            started
        };
        sending.send(work, move |id| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::started_toast(lang));
            navigate(&paths::drill(id), NavigateOptions::default());
        });
    };
    let confirm = move || {
        ready.with(|ready| match ready {
            None => t::start(lang).to_owned(),
            Some((_, preview)) if preview.tells.is_empty() => t::tell_nobody(lang).to_owned(),
            Some((_, preview)) => t::tell(lang, &channel_list(&preview.tells)),
        })
    };
    let refused = Signal::derive(move || {
        let readable = draft.with(|draft| minutes(&draft.acknowledge).is_ok());
        let waits = ready.with(Option::is_none) || !readable;
        waits.then(|| t::preview_wanted(lang).to_owned())
    });
    let hint = as_alarm.map(|_| view! { <p class="muted">{t::as_alarm_text(lang)}</p> });
    view! {
        <Dialog open title=t::start_title(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                {hint}
                <Subject draft sending is_like=as_alarm.is_some()/>
                <Minutes draft sending/>
                <Field name="note" id="drill-note" label=t::note(lang) hint=common::optional(lang) error=sending.error_of("note")>
                    <TextArea name="note" rows=2 value=of(draft, |d| &d.note) maxlength=limits::NOTE_CHARS_MAX as u32
                        on_input=move |text| draft.update(|d| d.note = text)/>
                </Field>
                <Preview open draft turn answer as_alarm/>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy
                        disabled_reason=refused>{confirm}</Button>
                </div>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn of(draft: RwSignal<Draft>, read: fn(&Draft) -> &String) -> Signal<String> {
    Signal::derive(move || draft.with(|draft| read(draft).clone()))
}

/// What is played.
#[component]
fn Subject(
    draft: RwSignal<Draft>,
    sending: Sending,
    /// As an alarm, which says what is left open.
    is_like: bool,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let like = is_like.then(|| Choice::new("", t::as_the_alarm(lang)));
    let own = environments(viewing);
    let own = own
        .iter()
        .map(|one| Choice::new(one.as_str(), one.as_str()));
    let environments: Vec<Choice> = like.clone().into_iter().chain(own).collect();
    let kinds = SourceKind::ALL.into_iter().filter(|kind| !kind.is_drill());
    let kinds = kinds.map(|kind| Choice::new(kind.as_str(), source_word(kind)));
    let sources: Vec<Choice> = like.clone().into_iter().chain(kinds).collect();
    let unsaid = like.unwrap_or_else(|| Choice::new("", t::by_rules(lang)));
    let ranks = Priority::ALL.map(|one| Choice::new(one.as_str(), one.as_str()));
    let priorities: Vec<Choice> = std::iter::once(unsaid).chain(ranks).collect();
    let labels_wrong = Signal::derive(move || {
        let wrong = draft.with(|draft| labels(&draft.labels).is_none());
        wrong.then(|| route_words::label_wanted(lang).to_owned())
    });
    view! {
        <div class="form-row">
            <Field name="environment" id="drill-environment" label=common::environment(lang) error=sending.error_of("environment")>
                <Select name="environment" choices=environments value=of(draft, |d| &d.environment)
                    on_change=move |text| draft.update(|d| d.environment = text)/>
            </Field>
            <Field name="priority" id="drill-priority" label=alarm_words::priority(lang) error=sending.error_of("priority")>
                <Select name="priority" choices=priorities value=of(draft, |d| &d.priority)
                    on_change=move |text| draft.update(|d| d.priority = text)/>
            </Field>
            <Field name="source" id="drill-source" label=alarm_words::source(lang) error=sending.error_of("source")>
                <Select name="source" choices=sources value=of(draft, |d| &d.source)
                    on_change=move |text| draft.update(|d| d.source = text)/>
            </Field>
        </div>
        <Field name="name" id="drill-name" label=common::name(lang) hint=t::name_hint(lang) error=sending.error_of("name")>
            <Input name="name" value=of(draft, |d| &d.name) maxlength=limits::LINE_CHARS_MAX as u32
                on_input=move |text| draft.update(|d| d.name = text)/>
        </Field>
        <Field name="labels" id="drill-labels" label=alarm_words::labels(lang) hint=t::labels_hint(lang)
            typed=labels_wrong error=sending.error_of("labels")>
            <TextArea name="labels" rows=2 value=of(draft, |d| &d.labels)
                on_input=move |text| draft.update(|d| d.labels = text)/>
        </Field>
    }
    .into_any()
}

/// How long it stands, and until when somebody has to take it on.
#[component]
fn Minutes(draft: RwSignal<Draft>, sending: Sending) -> impl IntoView {
    let lang = use_viewing().lang;
    let most = limits::DRILL_MINUTES_MAX;
    let wrong = move |read: fn(&Draft) -> &String| {
        Signal::derive(move || {
            let wrong = draft.with(|draft| minutes(read(draft)).is_err());
            wrong.then(|| t::minutes_wanted(lang, most))
        })
    };
    view! {
        <div class="form-row">
            <Field name="minutes" id="drill-minutes" label=t::minutes(lang) hint=t::minutes_hint(lang)
                typed=wrong(|d| &d.minutes) error=sending.error_of("minutes")>
                <NumberInput name="minutes" value=of(draft, |d| &d.minutes) min=1 max=i64::from(most) step="1"
                    on_input=move |text| draft.update(|d| d.minutes = text)/>
            </Field>
            <Field name="acknowledge_minutes" id="drill-acknowledge" label=t::acknowledge(lang) hint=t::acknowledge_hint(lang)
                typed=wrong(|d| &d.acknowledge) error=sending.error_of("acknowledge_minutes")>
                <NumberInput name="acknowledge_minutes" value=of(draft, |d| &d.acknowledge) min=1 max=i64::from(most) step="1"
                    on_input=move |text| draft.update(|d| d.acknowledge = text)/>
            </Field>
        </div>
    }
    .into_any()
}

/// Whom the drill would tell, asked for when the keys have rested.
#[component]
fn Preview(
    open: RwSignal<bool>,
    draft: RwSignal<Draft>,
    turn: RwSignal<u32>,
    answer: RwSignal<Option<(Asked, Result<DrillPreview, UiError>)>>,
    as_alarm: Option<AlarmId>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let typed = rested(move || draft.with(|draft| draft.subject(as_alarm)));
    let wanted = Memo::new(move |_| {
        let subject = typed.get().filter(|_| open.get())?;
        Some((subject, turn.get()))
    });
    Effect::new(move |_| {
        let Some(asked) = wanted.get() else { return };
        spawn_local(async move {
            let preview = preview_drill(asked.0.clone()).await;
            // The page may be gone by now, or something else be asked for.
            if wanted.try_get_untracked().flatten().as_ref() == Some(&asked) {
                let _ = answer.try_set(Some((asked, preview)));
            }
        });
    });
    let told = move || {
        answer.with(|answer| match answer {
            None => view! { <Skeleton label=common::loading(lang) lines=2/> }.into_any(),
            Some((_, Ok(preview))) => previewed(lang, preview),
            Some((_, Err(error))) => failed_part(error, None),
        })
    };
    view! {
        <div role="group" aria-label=t::preview(lang) aria-live="polite">
            {move || wanted.with(Option::is_some).then(told)}
        </div>
    }
    .into_any()
}

fn previewed(lang: Lang, preview: &DrillPreview) -> AnyView {
    let what = format!(
        "{} · {} · {}",
        preview.environment,
        preview.priority.as_str(),
        preview.name
    );
    let nobody = preview
        .tells
        .is_empty()
        .then(|| view! { <p>{t::tells_nobody(lang)}</p> });
    let steps = preview
        .expected
        .chunk_by(|one, next| one.after_minutes == next.after_minutes);
    let steps = steps.map(|step| at_step(lang, step)).collect_view();
    view! {
        <p><strong class="break">{t::preview_of(lang, &what, preview.minutes)}</strong></p>
        {nobody}
        <ul class="plain-list">{steps}</ul>
    }
    .into_any()
}

/// Those of one step: who is told then, and each who is not.
fn at_step(lang: Lang, step: &[Expected]) -> AnyView {
    let after = step.first().map_or(0, |one| one.after_minutes);
    let told = step.iter().filter(|one| one.held.is_none());
    let told: Vec<ChannelName> = told.map(|one| one.channel.clone()).collect();
    let told = (!told.is_empty()).then(|| {
        let names = channel_list(&told);
        let text = match after {
            0 => t::step_now(lang, &names),
            after => t::step_later(lang, after, &names),
        };
        view! { <li>{text}</li> }
    });
    let kept = step.iter().filter_map(|one| {
        let why = super::model::held(lang, one.held.as_ref()?);
        let text = t::step_held(lang, one.channel.as_str(), &why);
        Some(view! { <li class="muted break">{text}</li> })
    });
    let kept = kept.collect_view();
    view! { {told} {kept} }.into_any()
}
