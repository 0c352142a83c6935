//! Ending an instance refresh that goes on.

use super::{ProposeDialog, ProposeWords};
use crate::{live::Fresh, shared::Sending, texts::refreshes as t, viewer::use_viewing};
use api::changes::ChangeDetail;
use domain::changes::{Change, ChangeState};
use kit::{Button, ButtonVariant};
use leptos::prelude::*;

/// The button while one goes on, and the question behind it.
#[component]
pub(super) fn CancelRefresh(fresh: Fresh<ChangeDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let goes_on = Memo::new(move |_| {
        fresh.value.with(|detail| {
            detail.row.state == ChangeState::Applying && detail.plan.starts_refresh()
        })
    });
    let refused = Signal::derive(move || fresh.value.with(|detail| detail.end_refused.clone()));
    let (id, name) = fresh
        .value
        .with_untracked(|detail| (detail.row.id, detail.row.target_name.clone()));
    let words = ProposeWords {
        title: t::cancel_title(lang, &name),
        text: t::cancel_text(lang).into(),
        label: t::cancel(lang),
        variant: ButtonVariant::Danger,
        reason_missing: t::keep_reason_missing(lang),
        reason_name: "cancel-refresh-reason",
    };
    let make = move |reason| {
        Ok(Change::CancelRefresh {
            refresh: id,
            reason,
        })
    };
    let open = RwSignal::new(false);
    view! {
        {move || goes_on.get().then(|| view! {
            <Button variant=ButtonVariant::Danger disabled_reason=refused
                on:click=move |_| open.set(true)>{t::cancel(lang)}</Button>
        })}
        <ProposeDialog open words sending=Sending::new() make checked=true at_once=true/>
    }
}
