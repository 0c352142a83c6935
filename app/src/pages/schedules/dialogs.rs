//! What can be asked for on the page of a schedule: its removal, that AWS be made as it
//! says. All of it is proposed, nothing is done.

use super::model::Known;
use crate::{
    pages::changes::{ProposeDialog, ProposeWords as Words},
    shared::Sending,
    texts::schedules as t,
    viewer::use_viewing,
};
use domain::{changes::Change, estate::Scope};
use kit::ButtonVariant;
use leptos::prelude::*;

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
