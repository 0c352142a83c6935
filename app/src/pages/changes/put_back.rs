//! Taking back what a change request put into an alarm.

use super::{ProposeDialog, ProposeWords};
use crate::{live::Fresh, shared::Sending, texts::alarm_puts as t, viewer::use_viewing};
use api::changes::ChangeDetail;
use domain::{changes::Change, plan::Effect, policy::Action};
use kit::{Button, ButtonVariant};
use leptos::prelude::*;

/// The button once an alarm was put, and the question behind it.
#[component]
pub(super) fn PutBack(fresh: Fresh<ChangeDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let stands = Memo::new(move |_| {
        fresh.value.with(|detail| {
            detail.row.state.stands() && matches!(detail.plan.effect, Effect::Alarm(_))
        })
    });
    let refused = Signal::derive(move || {
        let refused = |detail: &ChangeDetail| {
            viewing.refused_in(Action::ProposeChange, &detail.row.environment)
        };
        fresh.value.with(refused)
    });
    let (put, name) = fresh
        .value
        .with_untracked(|detail| (detail.row.id, detail.row.target_name.clone()));
    let words = ProposeWords {
        title: t::put_back_title(lang, &name),
        text: t::put_back_text(lang).into(),
        label: t::put_back_propose(lang),
        variant: ButtonVariant::Danger,
        reason_missing: t::put_back_reason_missing(lang),
        reason_name: "put-back-reason",
    };
    let make = move |reason| Ok(Change::PutAlarmBack { put, reason });
    let open = RwSignal::new(false);
    view! {
        {move || stands.get().then(|| view! {
            <Button disabled_reason=refused on:click=move |_| open.set(true)>{t::put_back(lang)}</Button>
        })}
        <ProposeDialog open words sending=Sending::new() make checked=true/>
    }
}
