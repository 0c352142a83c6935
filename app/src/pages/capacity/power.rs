//! Starting and stopping what is only on or off: a question each, and a proposal.

use crate::{
    pages::changes::{ProposeDialog, ProposeWords},
    shared::Sending,
    texts::power as t,
    viewer::use_viewing,
};
use api::capacity::TargetDetail;
use domain::{changes::Change, ids::TargetId, schedules::Power};
use kit::{Button, ButtonVariant};
use leptos::prelude::*;

/// The two buttons, of which one at most has nothing to do.
#[component]
pub(super) fn PowerButtons(value: RwSignal<TargetDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let (id, name) =
        value.with_untracked(|detail| (detail.id, detail.target.reference.name.clone()));
    let name = StoredValue::new(name);
    let asked = RwSignal::new(None::<Power>);
    let refused = move |power: Power, done: &'static str| {
        Signal::derive(move || {
            value.with(|detail| {
                let is_so = detail.target.power() == Some(power);
                let refused = detail.propose_refused.clone();
                refused.or_else(|| is_so.then(|| done.to_owned()))
            })
        })
    };
    view! {
        <Button disabled_reason=refused(Power::Running, t::all_on(lang))
            on:click=move |_| asked.set(Some(Power::Running))>{t::start(lang)}</Button>
        <Button disabled_reason=refused(Power::Stopped, t::all_off(lang))
            on:click=move |_| asked.set(Some(Power::Stopped))>{t::stop(lang)}</Button>
        // Made for each question: its words are the answer's.
        {move || asked.get().map(|power| view! { <Ask id name=name.get_value() power/> })}
    }
}

/// Asks why, and proposes.
#[component]
fn Ask(id: TargetId, name: String, power: Power) -> impl IntoView {
    let lang = use_viewing().lang;
    let words = match power {
        Power::Running => ProposeWords {
            title: t::start_title(lang, &name),
            text: t::start_text(lang).into(),
            label: t::propose_start(lang),
            variant: ButtonVariant::Primary,
            reason_missing: t::start_reason_missing(lang),
            reason_name: "power-reason",
        },
        Power::Stopped => ProposeWords {
            title: t::stop_title(lang, &name),
            text: t::stop_text(lang).into(),
            label: t::propose_stop(lang),
            variant: ButtonVariant::Danger,
            reason_missing: t::stop_reason_missing(lang),
            reason_name: "power-reason",
        },
    };
    let make = move |reason| {
        Ok(Change::SetPower {
            target: id,
            power,
            reason,
        })
    };
    let open = RwSignal::new(true);
    view! { <ProposeDialog open words sending=Sending::new() make checked=true/> }
}
