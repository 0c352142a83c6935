//! What can be done with a change request. What may not be done is shown with
//! the reason; what cannot be taken back is asked first.

use super::rpc::{propose_change, vote_change, withdraw_change};
use crate::{
    live::Fresh,
    paths,
    shared::Sending,
    texts::{changes as t, common},
    viewer::use_viewing,
};
use api::changes::ChangeDetail;
use domain::{
    approvals::Vote,
    changes::{Change, ChangeState},
    limits, text,
};
use kit::{
    Button, ButtonType, ButtonVariant, ConfirmDialog, Dialog, Field, Glyph, LinkButton, TextArea,
    Tone,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The buttons that the state of the request calls for.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Offered {
    votes: bool,
    withdraw: bool,
    edit: bool,
    end: bool,
}

fn offered(detail: &ChangeDetail) -> Offered {
    let state = detail.row.state;
    let is_event = matches!(detail.row.change, Change::ScaleEvent(_));
    Offered {
        votes: state == ChangeState::Proposed,
        withdraw: matches!(state, ChangeState::Proposed | ChangeState::Approved),
        edit: is_event && matches!(state, ChangeState::Proposed | ChangeState::Approved),
        end: is_event && state.stands(),
    }
}

#[component]
pub(super) fn Acts(fresh: Fresh<ChangeDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let offered = Memo::new(move |_| fresh.value.with(offered));
    let refused = move |read: fn(&ChangeDetail) -> Option<String>| {
        Signal::derive(move || fresh.value.with(read))
    };
    let (approving, rejecting) = (RwSignal::new(false), RwSignal::new(false));
    let (withdrawing, ending) = (RwSignal::new(false), RwSignal::new(false));
    let id = fresh.value.with_untracked(|detail| detail.row.id);
    let edit = move || {
        let reason = fresh.value.with(|detail| detail.edit_refused.clone());
        match reason {
            None => view! {
                <LinkButton href=paths::edit_change(id) glyph=Glyph::Edit>{t::edit(lang)}</LinkButton>
            }
            .into_any(),
            Some(reason) => view! {
                <Button glyph=Glyph::Edit disabled_reason=reason>{t::edit(lang)}</Button>
            }
            .into_any(),
        }
    };
    let buttons = move || {
        let offered = offered.get();
        view! {
            {offered.votes.then(|| view! {
                <Button variant=ButtonVariant::Primary glyph=Glyph::Check
                    disabled_reason=refused(|d| d.approve_refused.clone())
                    on:click=move |_| approving.set(true)>{t::approve(lang)}</Button>
                <Button glyph=Glyph::X disabled_reason=refused(|d| d.reject_refused.clone())
                    on:click=move |_| rejecting.set(true)>{t::reject(lang)}</Button>
            })}
            {offered.edit.then_some(edit)}
            {offered.withdraw.then(|| view! {
                <Button disabled_reason=refused(|d| d.withdraw_refused.clone())
                    on:click=move |_| withdrawing.set(true)>{t::withdraw(lang)}</Button>
            })}
            {offered.end.then(|| view! {
                <Button variant=ButtonVariant::Danger disabled_reason=refused(|d| d.end_refused.clone())
                    on:click=move |_| ending.set(true)>{t::end(lang)}</Button>
            })}
        }
    };
    view! {
        {buttons}
        <VoteDialog fresh open=approving vote=Vote::Approve/>
        <VoteDialog fresh open=rejecting vote=Vote::Reject/>
        <WithdrawDialog fresh open=withdrawing/>
        <EndDialog fresh open=ending/>
    }
}

#[component]
fn VoteDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>, vote: Vote) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let note = RwSignal::new(String::new());
    // The voter votes on what stood there when the dialog was opened, not on
    // what news may have put there since.
    let seen = StoredValue::new(String::new());
    Effect::new(move |_| {
        if open.get() {
            seen.set_value(fresh.value.with_untracked(|detail| detail.hash.clone()));
            sending.clear();
        }
    });
    let (title, text, label, variant, toast, name) = match vote {
        Vote::Approve => (
            t::approve_title(lang),
            t::approve_text(lang),
            t::approve(lang),
            ButtonVariant::Primary,
            t::approved_toast(lang),
            "approve-note",
        ),
        Vote::Reject => (
            t::reject_title(lang),
            t::reject_text(lang),
            t::reject(lang),
            ButtonVariant::Danger,
            t::rejected_toast(lang),
            "reject-note",
        ),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let id = fresh.value.with_untracked(|detail| detail.row.id);
        sending.send(
            vote_change(id, vote, seen.get_value(), note.get_untracked()),
            move |()| {
                let _ = open.try_set(false);
                sending.say(Tone::Ok, toast);
                fresh.refresh();
            },
        );
    };
    view! {
        <Dialog open title close_label=common::close(lang)>
            <form class="form" on:submit=submit>
                <p>{text}</p>
                <Field name label=common::note(lang) hint=t::note_hint(lang) error=sending.error_of("note")>
                    <TextArea name value=note on_input=move |text| note.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant busy=sending.busy>{label}</Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn WithdrawDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let withdraw = move |()| {
        let id = fresh.value.with_untracked(|detail| detail.row.id);
        sending.send(withdraw_change(id), move |()| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::withdrawn_toast(lang));
            fresh.refresh();
        });
    };
    view! {
        <ConfirmDialog open title=t::withdraw_title(lang) confirm_label=t::withdraw(lang)
            cancel_label=common::cancel(lang) danger=true busy=sending.busy on_confirm=withdraw>
            {t::withdraw_text(lang)}
        </ConfirmDialog>
    }
}

#[component]
fn EndDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let reason = RwSignal::new(String::new());
    let navigate = use_navigate();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sending.clear();
        let Ok(reason) = text::note(&reason.get_untracked()) else {
            sending.refuse("reason", t::end_reason_missing(lang));
            return;
        };
        let event = fresh.value.with_untracked(|detail| detail.row.id);
        let navigate = navigate.clone();
        // The event itself is the key: however often it is pressed, it ends once.
        let key = Some(format!("end-{event}"));
        sending.send(
            propose_change(Change::EndScaleEvent { event, reason }, key),
            move |id| {
                sending.say(Tone::Ok, t::ended_toast(lang));
                navigate(&paths::change(id), NavigateOptions::default());
            },
        );
    };
    view! {
        <Dialog open title=t::end_title(lang) close_label=common::close(lang)>
            <form class="form" on:submit=submit>
                <p>{t::end_text(lang)}</p>
                <Field name="reason" label=t::reason(lang) required=true hint=t::end_reason_hint(lang)
                    error=sending.error_of("reason")>
                    <TextArea name="reason" value=reason on_input=move |text| reason.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Danger busy=sending.busy>{t::end(lang)}</Button>
                </div>
            </form>
        </Dialog>
    }
}
