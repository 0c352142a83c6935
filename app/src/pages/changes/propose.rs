//! Proposing from wherever an operator looks for it: a dialog that asks why, shows what
//! the checks find, and leads to the change request that comes of it.

use super::{
    model::change_key,
    plan::finding_list,
    planned::{PlannedField, PlannedText},
    rpc::{preview_change, propose_change},
};
use crate::{
    live::use_live,
    paths,
    rpc::UiError,
    shared::{Sending, failed_part, text_error},
    texts::{changes as t, common, events},
    viewer::use_viewing,
};
use api::changes::Preview;
use domain::{
    changes::{Change, Proposal},
    limits, text,
};
use kit::{Button, ButtonType, ButtonVariant, Dialog, Field, Form, Skeleton, TextArea, Tone};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// The words of a dialog.
#[derive(Clone)]
pub(crate) struct ProposeWords {
    pub title: String,
    pub text: String,
    pub label: &'static str,
    pub variant: ButtonVariant,
    pub reason_missing: &'static str,
    /// Unique on the page.
    pub reason_name: &'static str,
}

/// What is wrong with the fields of a form.
pub(crate) type Wrong = Vec<(&'static str, String)>;

/// Asks for a reason, and for what `children` ask, and proposes what comes of it.
#[component]
pub(crate) fn ProposeDialog(
    open: RwSignal<bool>,
    words: ProposeWords,
    sending: Sending,
    /// The change that is asked for, for that reason.
    make: impl Fn(String) -> Result<Change, Wrong> + Clone + Send + Sync + 'static,
    /// Shows what the checks find when it opens, and when `children` were answered otherwise.
    #[prop(optional)]
    checked: bool,
    /// No time is asked for: it has its own, or is carried out by the policy at once.
    #[prop(optional)]
    at_once: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let reason = RwSignal::new(String::new());
    let planned = PlannedText::new(viewing, None);
    let navigate = use_navigate();
    let now = use_live().now;
    let opened_at = StoredValue::new(now.get_untracked());
    let wanted = make.clone();
    let (typed, turn) = (RwSignal::new(0_u32), StoredValue::new(0_u32));
    let found = checked.then(|| {
        let wanted = Memo::new(move |_| {
            typed.track();
            // The reason changes nothing and is still missing.
            let change = open.get().then(|| wanted("–".to_owned()).ok()).flatten()?;
            let planned_for = planned.read(viewing).ok()?;
            Some(Proposal {
                change,
                planned_for,
            })
        });
        view! { <Found wanted/> }
    });
    // What is asked for is checked again when the keys have rested.
    let type_on = move |_| {
        let next = turn.get_value() + 1;
        turn.set_value(next);
        set_timeout(
            move || {
                if turn.try_get_value() == Some(next) {
                    typed.set(next);
                }
            },
            Duration::from_millis(limits::TYPING_PAUSE_MS),
        );
    };
    Effect::new(move |_| {
        if open.get() {
            opened_at.set_value(now.get_untracked());
            sending.clear();
        }
    });
    let reason_missing = words.reason_missing;
    let planned_name = format!("{}-planned", words.reason_name);
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let written = text::note(&reason.get_untracked());
        let refusal = written.as_ref().err();
        let refusal = refusal.map(|error| text_error(lang, error, reason_missing));
        let made = make(written.unwrap_or_default());
        for (field, message) in made.as_ref().err().into_iter().flatten() {
            sending.refuse(field, message);
        }
        let planned_for = planned.read(viewing);
        if let Err(message) = planned_for {
            sending.refuse("planned_for", message.to_owned());
        }
        if let Some(message) = refusal {
            return sending.refuse("reason", message);
        }
        let (Ok(change), Ok(planned_for)) = (made, planned_for) else {
            return;
        };
        let wanted = Proposal {
            change,
            planned_for,
        };
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
                <div class="stack-tight" on:input=type_on>
                    {children.map(|children| children())}
                    {(!at_once).then(|| view! { <PlannedField name=planned_name planned sending/> })}
                </div>
                {found}
                <Field name=words.reason_name label=t::reason(lang) required=true
                    hint=events::reason_hint(lang) error=sending.error_of("reason")>
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

/// What the checks find about a change, asked for when there is one.
#[component]
fn Found(wanted: Memo<Option<Proposal>>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let answer = RwSignal::new(None::<Result<Preview, UiError>>);
    Effect::new(move |_| {
        let Some(asked) = wanted.get() else { return };
        answer.set(None);
        spawn_local(async move {
            let preview = preview_change(asked.clone()).await;
            // The page may be gone by now, or something else be asked for.
            if wanted.try_get_untracked().flatten().as_ref() == Some(&asked) {
                let _ = answer.try_set(Some(preview));
            }
        });
    });
    let told = move || {
        answer.with(|answer| match answer {
            None => view! { <Skeleton label=common::loading(lang) lines=2/> }.into_any(),
            Some(Ok(preview)) => finding_list(viewing, &preview.plan.findings),
            Some(Err(error)) => failed_part(error, None),
        })
    };
    // A dialog that is shut asks for nothing and waits for nothing.
    view! {
        <div aria-live="polite">{move || wanted.with(Option::is_some).then(told)}</div>
    }
}
