//! Breaking the glass, and the review that must follow.

use super::rpc::{break_glass, review_change};
use crate::{
    live::Fresh,
    shared::{Moment, Sending, text_error},
    texts::{changes as words, common, emergencies as t},
    viewer::use_viewing,
};
use api::changes::{ChangeDetail, EmergencyView};
use domain::{changes::ChangeState, i18n::Lang, limits, text};
use kit::{Button, ButtonType, ButtonVariant, Callout, Dialog, Field, Form, TextArea, Tone};
use leptos::prelude::*;

/// The button that has a proposal carried out without an approval, while it is one.
#[component]
pub(super) fn BreakGlass(fresh: Fresh<ChangeDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let open = RwSignal::new(false);
    let is_proposed = Memo::new(move |_| {
        fresh
            .value
            .with(|detail| detail.row.state == ChangeState::Proposed)
    });
    let refused = Signal::derive(move || fresh.value.with(|detail| detail.break_refused.clone()));
    let button = move || {
        is_proposed.get().then(|| {
            view! {
                <span class="emergency-act">
                    <Button disabled_reason=refused
                        on:click=move |_| open.set(true)>{t::break_glass(lang)}</Button>
                </span>
            }
        })
    };
    view! {
        {button}
        <BreakDialog fresh open/>
    }
}

/// What stood there when the dialog was opened: that is let through, or reviewed, and nothing
/// else.
fn seen_hash(
    fresh: Fresh<ChangeDetail>,
    open: RwSignal<bool>,
    sending: Sending,
) -> RwSignal<Option<String>> {
    let seen = RwSignal::new(None);
    Effect::new(move |_| {
        let hash = || fresh.value.with_untracked(|detail| detail.hash.clone());
        seen.set(open.get().then(hash));
        sending.clear();
    });
    seen
}

#[component]
fn BreakDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let reason = RwSignal::new(String::new());
    let seen = seen_hash(fresh, open, sending);
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let reason = match text::note(&reason.get_untracked()) {
            Ok(reason) => reason,
            Err(error) => {
                sending.refuse("reason", text_error(lang, &error, t::reason_missing(lang)));
                return;
            }
        };
        let Some(hash) = seen.get_untracked() else {
            return;
        };
        let id = fresh.value.with_untracked(|detail| detail.row.id);
        sending.send(break_glass(id, hash, reason), move |()| {
            let _ = open.try_set(false);
            sending.say(Tone::Warning, t::broken_toast(lang));
            fresh.refresh();
        });
    };
    view! {
        <Dialog open title=t::break_title(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <Callout tone=Tone::Warning>{t::break_text(lang)}</Callout>
                <Field name="emergency-reason" label=words::reason(lang) required=true
                    hint=t::reason_hint(lang) error=sending.error_of("reason")>
                    <TextArea name="emergency-reason" value=reason on_input=move |text| reason.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Danger busy=sending.busy>{t::break_now(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
}

/// Who let it through, why, and what another person said about it.
#[component]
pub(super) fn Emergency(fresh: Fresh<ChangeDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let open = RwSignal::new(false);
    let emergency = Memo::new(move |_| fresh.value.with(|detail| detail.emergency.clone()));
    let refused = Signal::derive(move || fresh.value.with(|detail| detail.review_refused.clone()));
    let note = move || {
        let emergency = emergency.get()?;
        let waits = emergency.review.is_none();
        let review = waits.then(|| view! {
            <div class="actions">
                <Button disabled_reason=refused on:click=move |_| open.set(true)>{t::review(lang)}</Button>
            </div>
        });
        Some(view! { {told(lang, emergency)} {review} })
    };
    view! {
        {note}
        <ReviewDialog fresh open/>
    }
}

fn told(lang: Lang, emergency: EmergencyView) -> AnyView {
    let (at, void) = (emergency.at, emergency.void);
    let void = void.then(|| view! { <p class="muted">{words::void(lang)}</p> });
    let (tone, title) = match emergency.review {
        None => (Tone::Alarm, t::to_review(lang)),
        Some(_) => (Tone::Info, t::reviewed(lang)),
    };
    let review = emergency.review.map(|review| {
        let at = review.at;
        view! {
            <p>{t::reviewed_by(lang, &review.name)} " · " <Moment at/></p>
            <p class="prose break">{review.text}</p>
        }
    });
    view! {
        <Callout tone title>
            <p>{t::broken_by(lang, &emergency.name)} " · " <Moment at/></p>
            <p class="prose break">{emergency.reason}</p>
            {void} {review}
        </Callout>
    }
    .into_any()
}

#[component]
fn ReviewDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let written = RwSignal::new(String::new());
    let seen = seen_hash(fresh, open, sending);
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let text = match text::note(&written.get_untracked()) {
            Ok(text) => text,
            Err(error) => {
                sending.refuse("text", text_error(lang, &error, t::review_missing(lang)));
                return;
            }
        };
        let Some(hash) = seen.get_untracked() else {
            return;
        };
        let id = fresh.value.with_untracked(|detail| detail.row.id);
        sending.send(review_change(id, hash, text), move |()| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::reviewed_toast(lang));
            fresh.refresh();
        });
    };
    view! {
        <Dialog open title=t::review_title(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <p>{t::review_text(lang)}</p>
                <Field name="review" label=t::review_label(lang) required=true
                    hint=words::audit_hint(lang) error=sending.error_of("text")>
                    <TextArea name="review" value=written on_input=move |text| written.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::sign(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
}
