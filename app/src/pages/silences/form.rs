//! The form that silences alarms, with what it is about as one types.

use super::rpc::{add_silence, preview_silence};
use crate::{
    live::use_live,
    paths,
    rpc::UiError,
    shared::{
        Sending, alarm_chip, breakable, duration, environment_choices, failed_part, grouped,
        rested, text_error,
    },
    texts::{common, events, silences as t},
    viewer::{Viewing, use_viewing},
};
use api::silences::{NewSilence, SilencePreview, SilenceScope};
use domain::{
    estate::Environment,
    i18n::Lang,
    limits, text,
    time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp},
};
use kit::{
    Button, ButtonSize, ButtonType, ButtonVariant, DateTimeInput, Dialog, Field, Form, Select,
    Skeleton, TextArea, Tone,
};
use leptos::{prelude::*, task::spawn_local};

/// How long a silence lasts that was not thought about.
const OFFERED_MS: i64 = 2 * HOUR_MS;
/// What is offered at a click.
const LENGTHS_MS: [i64; 5] = [30 * MINUTE_MS, 2 * HOUR_MS, 8 * HOUR_MS, DAY_MS, 7 * DAY_MS];

/// The form as text, as it is typed.
#[derive(Clone, PartialEq)]
struct Draft {
    environment: String,
    matchers: String,
    from: String,
    until: String,
    comment: String,
}

impl Draft {
    fn new(viewing: Viewing, scope: SilenceScope) -> Self {
        let environment = scope.environments.first().map(ToString::to_string);
        let mut draft = Self {
            environment: environment.unwrap_or_default(),
            matchers: scope.matchers,
            from: String::new(),
            until: String::new(),
            comment: String::new(),
        };
        draft.last(viewing, OFFERED_MS);
        draft
    }

    /// Lasts so long, from its beginning or from now.
    fn last(&mut self, viewing: Viewing, ms: i64) {
        let now = use_live().now.get_untracked();
        let from = viewing.parse_field(&self.from).unwrap_or(now);
        self.until = viewing.field(from.plus_ms(ms).ceil_minute());
    }

    fn scope(&self) -> SilenceScope {
        SilenceScope {
            environments: Environment::parse(&self.environment).into_iter().collect(),
            matchers: self.matchers.trim().to_owned(),
        }
    }

    /// Tells each field that cannot be read.
    fn read(&self, viewing: Viewing, sending: Sending) -> Option<NewSilence> {
        let lang = viewing.lang;
        let comment = text::note(&self.comment).map_err(|error| {
            let message = text_error(lang, &error, t::comment_missing(lang));
            sending.refuse("comment", message);
        });
        let instant = |field: &str, text: &str| {
            let at = viewing.parse_field(text);
            at.map_err(|_| sending.refuse(field, events::time_missing(lang)))
        };
        let from: Result<Option<Timestamp>, ()> = match self.from.as_str() {
            "" => Ok(None),
            from => instant("from", from).map(Some),
        };
        let until = instant("until", &self.until);
        Some(NewSilence {
            scope: self.scope(),
            comment: comment.ok()?,
            from: from.ok()?,
            until: until.ok()?,
        })
    }
}

/// Silences alarms, in a dialog.
#[component]
pub(crate) fn SilenceForm(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// What it begins with.
    scope: SilenceScope,
    /// Told when one was added.
    on_added: Callback<()>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let begun = scope.clone();
    let draft = RwSignal::new(Draft::new(viewing, scope));
    Effect::new(move |_| {
        if open.get() {
            sending.clear();
            draft.set(Draft::new(viewing, begun.clone()));
        }
    });
    let of = move |read: fn(&Draft) -> String| Signal::derive(move || draft.with(read));
    let zone = events::zone_hint(lang, &viewing.zone_text(use_live().now.get_untracked()));
    let lengths = LENGTHS_MS.map(|ms| {
        let label = duration(lang, ms);
        view! {
            <Button size=ButtonSize::Small on:click=move |_| draft.update(|d| d.last(viewing, ms))>{label}</Button>
        }
    });
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let Some(silence) = draft.with_untracked(|draft| draft.read(viewing, sending)) else {
            return;
        };
        sending.send(add_silence(silence), move |_id| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::added_toast(lang));
            on_added.run(());
        });
    };
    view! {
        <Dialog open title=t::add_title(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <Field name="environments" label=common::environment(lang) error=sending.error_of("environments")>
                    <Select name="environments" choices=environment_choices(viewing) value=of(|d| d.environment.clone())
                        on_change=move |text| draft.update(|d| d.environment = text)/>
                </Field>
                <Field name="matchers" label=t::matchers(lang) hint=t::matchers_hint(lang) error=sending.error_of("matchers")>
                    <TextArea name="matchers" value=of(|d| d.matchers.clone()) maxlength=limits::MATCHERS_CHARS_MAX as u32
                        on_input=move |text| {
                            sending.forget("matchers");
                            draft.update(|d| d.matchers = text);
                        }/>
                </Field>
                <Fitting open draft/>
                <div class="form-row">
                    <Field name="from" label=t::from(lang) hint=t::from_hint(lang) error=sending.error_of("from")>
                        <DateTimeInput name="from" value=of(|d| d.from.clone()) on_input=move |text| draft.update(|d| d.from = text)/>
                    </Field>
                    <Field name="until" label=t::until(lang) required=true hint=zone error=sending.error_of("until")>
                        <DateTimeInput name="until" value=of(|d| d.until.clone()) on_input=move |text| draft.update(|d| d.until = text)/>
                    </Field>
                </div>
                <div class="actions" role="group" aria-label=t::lasts(lang)>{lengths.collect_view()}</div>
                <Field name="comment" label=t::comment(lang) required=true hint=t::comment_hint(lang) error=sending.error_of("comment")>
                    <TextArea name="comment" value=of(|d| d.comment.clone()) maxlength=limits::NOTE_CHARS_MAX as u32
                        on_input=move |text| draft.update(|d| d.comment = text)/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::add(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// What the silence would be about, asked for when the keys have rested.
#[component]
fn Fitting(open: RwSignal<bool>, draft: RwSignal<Draft>) -> impl IntoView {
    let lang = use_viewing().lang;
    let typed = rested(move || draft.with(Draft::scope));
    let wanted = Memo::new(move |_| open.get().then(|| typed.get()));
    let answer = RwSignal::new(None::<Result<SilencePreview, UiError>>);
    Effect::new(move |_| {
        let Some(asked) = wanted.get() else { return };
        spawn_local(async move {
            let preview = preview_silence(asked.clone()).await;
            // The page may be gone by now, or something else be asked for.
            if wanted.try_get_untracked().flatten() == Some(asked) {
                let _ = answer.try_set(Some(preview));
            }
        });
    });
    let told = move || {
        answer.with(|answer| match answer {
            None => view! { <Skeleton label=common::loading(lang) lines=2/> }.into_any(),
            Some(Ok(preview)) => fitting(lang, preview),
            Some(Err(error)) => failed_part(error, None),
        })
    };
    view! {
        <div aria-live="polite">{move || wanted.with(Option::is_some).then(told)}</div>
    }
}

fn fitting(lang: Lang, preview: &SilencePreview) -> AnyView {
    let cut = preview
        .cut
        .then(|| view! { <p class="muted">{t::fits_cut(lang)}</p> });
    if preview.alarms == 0 {
        return view! { <p class="muted">{t::fits_none(lang)}</p> {cut} }.into_any();
    }
    let shown = preview.first.len() as u64;
    let more = preview.alarms.saturating_sub(shown);
    let more =
        (more > 0).then(|| view! { <li class="muted">{t::fits_more(lang, &grouped(more))}</li> });
    let first = preview.first.iter().map(|row| {
        let (href, state) = (paths::alarm(row.id), row.state);
        view! { <li>{alarm_chip(lang, state)} " " <a href=href target="_blank">{breakable(&row.name)}</a></li> }
    });
    let counts = t::fits_some(lang, &grouped(preview.alarms), &grouped(preview.firing));
    view! {
        <p><strong>{counts}</strong></p>
        <ul class="plain-list">{first.collect_view()} {more}</ul>
        {cut}
    }
    .into_any()
}
