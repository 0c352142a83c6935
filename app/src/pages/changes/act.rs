//! What can be done with a change request. What may not be done is shown with
//! the reason; what cannot be taken back is asked first.

use super::{
    model::change_key,
    rpc::{propose_change, vote_change, withdraw_change},
};
use crate::{
    live::{Fresh, use_live},
    paths,
    shared::{Sending, text_error},
    texts::{changes as t, common},
    viewer::{Viewing, use_viewing},
};
use api::changes::ChangeDetail;
use domain::{
    approvals::Vote,
    changes::{Change, ChangeState},
    i18n::{Lang, changes::sets},
    limits,
    scale_events::EventPhase,
    text,
};
use kit::{
    Button, ButtonType, ButtonVariant, Callout, ConfirmDialog, Dialog, Field, Form, Glyph,
    LinkButton, TextArea, Tone,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// How a scale event that stands in AWS ends before its time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Its start has not come: it never runs.
    Cancel,
    /// It runs: it returns now.
    Return,
}

/// The buttons that the state of the request calls for.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Offered {
    votes: bool,
    withdraw: bool,
    edit: bool,
    end: Option<Ending>,
}

fn offered(detail: &ChangeDetail) -> Offered {
    let state = detail.row.state;
    let is_open = matches!(state, ChangeState::Proposed | ChangeState::Approved);
    Offered {
        votes: state == ChangeState::Proposed,
        withdraw: is_open,
        edit: edit_path(detail).filter(|_| is_open).is_some(),
        end: match detail.row.phase {
            Some(EventPhase::Waiting) => Some(Ending::Cancel),
            Some(EventPhase::Running) => Some(Ending::Return),
            _ => None,
        },
    }
}

/// Where its content is edited; the end of something has nothing to edit.
fn edit_path(detail: &ChangeDetail) -> Option<String> {
    match detail.row.change {
        Change::ScaleEvent(_) => Some(paths::edit_change(detail.row.id)),
        Change::ApplySchedule { .. } => Some(paths::edit_schedule_change(detail.row.id)),
        _ => None,
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
    let edit = move || {
        let href = fresh.value.with(edit_path).unwrap_or_default();
        let reason = fresh.value.with(|detail| detail.edit_refused.clone());
        match reason {
            None => view! {
                <LinkButton href glyph=Glyph::Edit>{t::edit(lang)}</LinkButton>
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
            {offered.end.map(|how| view! {
                <Button variant=ButtonVariant::Danger disabled_reason=refused(|d| d.end_refused.clone())
                    on:click=move |_| ending.set(true)>{end_words(lang, how).label}</Button>
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

/// Why a vote would no longer be about what its voter saw; none while it is.
fn overtaken(lang: Lang, detail: &ChangeDetail, seen_hash: &str) -> Option<&'static str> {
    if detail.row.state != ChangeState::Proposed {
        return Some(t::decided_meanwhile(lang));
    }
    (detail.hash != seen_hash).then(|| t::edited_meanwhile(lang))
}

/// What an approval means, which may be edited while the page is open.
fn approve_text(viewing: Viewing, fresh: Fresh<ChangeDetail>) -> Signal<String> {
    Signal::derive(move || {
        let planned_for = fresh.value.with(|detail| detail.row.planned_for);
        planned_for.map_or_else(
            || t::approve_text(viewing.lang).to_owned(),
            |at| t::approve_planned_text(viewing.lang, &viewing.minute(at)),
        )
    })
}

#[component]
fn VoteDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>, vote: Vote) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let note = RwSignal::new(String::new());
    // The voter votes on what stood there when the dialog was opened, not on
    // what news may have put there since.
    let seen = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if open.get() {
            seen.set(Some(
                fresh.value.with_untracked(|detail| detail.hash.clone()),
            ));
            sending.clear();
        } else {
            seen.set(None);
        }
    });
    let stale = Memo::new(move |_| {
        // One's own vote decides, too.
        let seen = seen.get().filter(|_| !sending.busy.get())?;
        fresh.value.with(|detail| overtaken(lang, detail, &seen))
    });
    let (title, text, hint, label, variant, toast, name) = match vote {
        Vote::Approve => (
            t::approve_title(lang),
            approve_text(viewing, fresh),
            t::note_hint(lang),
            t::approve(lang),
            ButtonVariant::Primary,
            t::approved_toast(lang),
            "approve-note",
        ),
        Vote::Reject => (
            t::reject_title(lang),
            Signal::stored(t::reject_text(lang).to_owned()),
            t::reject_hint(lang),
            t::reject(lang),
            ButtonVariant::Danger,
            t::rejected_toast(lang),
            "reject-note",
        ),
    };
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let Some(hash) = seen.get_untracked() else {
            return;
        };
        if stale.get_untracked().is_some() {
            return;
        }
        let note = note.get_untracked();
        if let Err(error) = vote.note(&note) {
            sending.refuse("note", text_error(lang, &error, t::reject_why(lang)));
            return;
        }
        let id = fresh.value.with_untracked(|detail| detail.row.id);
        sending.send(vote_change(id, vote, hash, note), move |()| {
            let _ = open.try_set(false);
            sending.say(Tone::Ok, toast);
            fresh.refresh();
        });
    };
    view! {
        <Dialog open title close_label=common::close(lang)>
            <Form on:submit=submit>
                {move || stale.get().map(|why| view! {
                    <Callout tone=Tone::Warning title=why>{t::read_again(lang)}</Callout>
                })}
                <p>{move || text.get()}</p>
                <Field name label=common::note(lang) hint error=sending.error_of("note")>
                    <TextArea name value=note on_input=move |text| note.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant busy=sending.busy
                        disabled_reason=MaybeProp::derive(move || stale.get().map(ToOwned::to_owned))>{label}</Button>
                </div>
            </Form>
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

/// What is said where an event is ended before its time.
struct EndWords {
    label: &'static str,
    title: &'static str,
    reason_missing: &'static str,
    toast: &'static str,
}

fn end_words(lang: Lang, ending: Ending) -> EndWords {
    match ending {
        Ending::Cancel => EndWords {
            label: t::cancel(lang),
            title: t::cancel_title(lang),
            reason_missing: t::cancel_reason_missing(lang),
            toast: t::cancelled_toast(lang),
        },
        Ending::Return => EndWords {
            label: t::end(lang),
            title: t::end_title(lang),
            reason_missing: t::end_reason_missing(lang),
            toast: t::ended_toast(lang),
        },
    }
}

/// What will happen to the target.
fn end_text(viewing: Viewing, ending: Ending, detail: &ChangeDetail) -> String {
    let target = &detail.row.target_name;
    match ending {
        Ending::Cancel => {
            let from = detail.row.from.map(|at| viewing.minute(at));
            t::cancel_text(viewing.lang, target, &from.unwrap_or_default())
        }
        Ending::Return => {
            let after = detail.plan.event().map(|event| event.after);
            let back = after.map(|after| sets(viewing.lang, &after));
            let text = t::end_text(viewing.lang, target, &back.unwrap_or_default());
            match after.is_some_and(|after| after.desired.is_none()) {
                true => format!("{text} {}", t::end_desired_stays(viewing.lang)),
                false => text,
            }
        }
    }
}

#[component]
fn EndDialog(fresh: Fresh<ChangeDetail>, open: RwSignal<bool>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
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
    // An event may begin while the dialog is open: then it returns.
    let ending = Memo::new(move |_| fresh.value.with(offered).end.unwrap_or(Ending::Return));
    let words = move || end_words(lang, ending.get());
    let text = move || {
        fresh
            .value
            .with(|detail| end_text(viewing, ending.get(), detail))
    };
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let words = end_words(lang, ending.get_untracked());
        let reason = match text::note(&reason.get_untracked()) {
            Ok(reason) => reason,
            Err(error) => {
                sending.refuse("reason", text_error(lang, &error, words.reason_missing));
                return;
            }
        };
        let event = fresh.value.with_untracked(|detail| detail.row.id);
        let navigate = navigate.clone();
        let wanted = Change::EndScaleEvent { event, reason }.into();
        let key = change_key(viewing, opened_at.get_value(), &wanted);
        sending.send(propose_change(wanted, Some(key)), move |id| {
            sending.say(Tone::Ok, words.toast);
            navigate(&paths::change(id), NavigateOptions::default());
        });
    };
    view! {
        <Dialog open title=Signal::derive(move || words().title.to_owned()) close_label=common::close(lang)>
            <Form on:submit=submit>
                <p>{text}</p>
                <p class="muted">{t::no_new_approval(lang)}</p>
                <Field name="reason" label=t::reason(lang) required=true hint=t::audit_hint(lang)
                    error=sending.error_of("reason")>
                    <TextArea name="reason" value=reason on_input=move |text| reason.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{t::keep_event(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Danger busy=sending.busy>
                        {move || words().label}
                    </Button>
                </div>
            </Form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::{super::model::tests::detail, *};

    #[test]
    fn what_is_offered_follows_the_phase() {
        let end = |phase| {
            let mut detail = detail();
            detail.row.state = ChangeState::Applied;
            detail.row.phase = Some(phase);
            offered(&detail)
                .end
                .map(|how| end_words(Lang::En, how).label)
        };
        assert_eq!(end(EventPhase::Waiting), Some("Cancel the event"));
        assert_eq!(end(EventPhase::Running), Some("End early"));
        for over in [
            EventPhase::Returning,
            EventPhase::Over,
            EventPhase::Cancelled,
        ] {
            assert_eq!(end(over), None, "{over:?}");
        }
        assert!(offered(&detail()).end.is_none(), "a proposal is withdrawn");
    }

    #[test]
    fn a_vote_is_about_what_its_voter_saw() {
        let mut detail = detail();
        let seen = detail.hash.clone();
        assert_eq!(overtaken(Lang::En, &detail, &seen), None);
        detail.hash = "cd".repeat(32);
        let edited = overtaken(Lang::En, &detail, &seen);
        assert_eq!(edited, Some(t::edited_meanwhile(Lang::En)));
        detail.row.state = ChangeState::Withdrawn;
        let decided = overtaken(Lang::En, &detail, &seen);
        assert_eq!(decided, Some(t::decided_meanwhile(Lang::En)));
    }
}
