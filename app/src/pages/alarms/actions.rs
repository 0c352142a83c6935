//! Switching an alarm's actions: whether AWS tells anybody, and whether the policies that
//! hang on it run. It is proposed, as everything that changes AWS.

use crate::{
    pages::changes::{ProposeDialog, ProposeWords},
    shared::Sending,
    texts::alarms as t,
    viewer::use_viewing,
};
use api::alarms::AlarmDetail;
use domain::{changes::Change, ids::AlarmId, policy::Action, sources::SourceKind};
use kit::{Button, ButtonVariant};
use leptos::prelude::*;

/// The button, and the question behind it.
#[component]
pub(super) fn Switch(value: RwSignal<AlarmDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (id, name) = value.with_untracked(|detail| (detail.row.id, detail.row.name.clone()));
    let name = StoredValue::new(name);
    let asked = RwSignal::new(None::<bool>);
    let enabled = Memo::new(move |_| value.with(|detail| detail.actions_enabled));
    let refused = Signal::derive(move || {
        value.with(|detail| {
            let by_role = viewing.refused_in(Action::ProposeChange, &detail.row.environment);
            let foreign = (detail.row.source != SourceKind::Cloudwatch)
                .then(|| t::no_actions(lang).to_owned());
            let lost = (detail.gone || !detail.configured).then(|| t::no_switch(lang).to_owned());
            by_role.or(foreign).or(lost)
        })
    });
    let label = move || match enabled.get() {
        true => t::switch_off(lang),
        false => t::switch_on(lang),
    };
    let ask = move |_| asked.set(Some(!enabled.get_untracked()));
    view! {
        <Button disabled_reason=refused on:click=ask>{label}</Button>
        // Made for each question: its words are the answer's.
        {move || asked.get().map(|enabled| view! { <Ask id name=name.get_value() enabled/> })}
    }
}

/// Asks why, and proposes.
#[component]
pub(super) fn Ask(id: AlarmId, name: String, enabled: bool) -> impl IntoView {
    let lang = use_viewing().lang;
    let words = match enabled {
        true => ProposeWords {
            title: t::switch_on_title(lang, &name),
            text: t::switch_on_text(lang).into(),
            label: t::propose_on(lang),
            variant: ButtonVariant::Primary,
            reason_missing: t::switch_reason_missing(lang),
            reason_name: "actions-reason",
        },
        false => ProposeWords {
            title: t::switch_off_title(lang, &name),
            text: t::switch_off_text(lang).into(),
            label: t::propose_off(lang),
            variant: ButtonVariant::Danger,
            reason_missing: t::switch_reason_missing(lang),
            reason_name: "actions-reason",
        },
    };
    let make = move |reason| {
        Ok(Change::SetAlarmActions {
            alarm: id,
            enabled,
            reason,
        })
    };
    let open = RwSignal::new(true);
    view! { <ProposeDialog open words sending=Sending::new() make checked=true/> }
}
