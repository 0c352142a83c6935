//! What AWS does to a target by itself: each process with a button that asks to suspend
//! or resume it.

use crate::{
    pages::changes::{ProposeDialog, ProposeWords, switch_chip},
    shared::Sending,
    texts::processes as t,
    viewer::use_viewing,
};
use api::capacity::TargetDetail;
use domain::{changes::Change, i18n::processes::stops, ids::TargetId, processes::Process};
use kit::{Button, ButtonSize, ButtonVariant, Card, Cell, Column, Row, Table};
use leptos::prelude::*;

/// What is asked for: a process, and whether it is to be suspended.
type Asked = (Process, bool);

/// The card of a target's processes.
#[component]
pub(super) fn Processes(value: RwSignal<TargetDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let (id, name, kind) = value.with_untracked(|detail| {
        let reference = &detail.target.reference;
        (detail.id, reference.name.clone(), reference.kind)
    });
    let name = StoredValue::new(name);
    let asked = RwSignal::new(None::<Asked>);
    let columns = vec![
        Column::text(t::process(lang)),
        Column::text(t::state(lang)),
        Column::text(t::while_suspended(lang)),
        Column::actions(t::act(lang)),
    ];
    let rows = Process::of(kind)
        .iter()
        .map(|process| view! { <Line value process=*process asked/> })
        .collect_view();
    view! {
        <Card title=t::title(lang) flush=true>
            <Table caption=t::title(lang) columns dense=true>{rows}</Table>
        </Card>
        // Made for each question: its words are the process's.
        {move || asked.get().map(|asked| view! { <Ask id name=name.get_value() asked/> })}
    }
}

#[component]
fn Line(
    value: RwSignal<TargetDetail>,
    process: Process,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let runs = Memo::new(move |_| value.with(|detail| !detail.target.is_suspended(process)));
    let refused = Signal::derive(move || value.with(|detail| detail.propose_refused.clone()));
    let label = move || match runs.get() {
        true => t::suspend(lang),
        false => t::resume(lang),
    };
    let name = Signal::derive(move || match runs.get() {
        true => t::suspend_one(lang, process.as_str()),
        false => t::resume_one(lang, process.as_str()),
    });
    let ask = move |_| asked.set(Some((process, runs.get_untracked())));
    view! {
        <Row>
            <Cell heading=true><code>{process.as_str()}</code></Cell>
            <Cell label=t::state(lang)>{move || switch_chip(lang, runs.get())}</Cell>
            <Cell label=t::while_suspended(lang)><span class="muted">{stops(lang, process)}</span></Cell>
            <Cell label=t::act(lang)>
                <Button size=ButtonSize::Small disabled_reason=refused attr:aria-label=name on:click=ask>{label}</Button>
            </Cell>
        </Row>
    }
}

/// Asks why, and proposes.
#[component]
fn Ask(id: TargetId, name: String, asked: Asked) -> impl IntoView {
    let lang = use_viewing().lang;
    let (process, suspended) = asked;
    let word = process.as_str();
    let words = match suspended {
        true => ProposeWords {
            title: t::suspend_title(lang, word, &name),
            text: t::suspend_text(lang).into(),
            label: t::propose_suspension(lang),
            variant: ButtonVariant::Danger,
            reason_missing: t::suspend_reason_missing(lang),
            reason_name: "process-reason",
        },
        false => ProposeWords {
            title: t::resume_title(lang, word, &name),
            text: t::resume_text(lang).into(),
            label: t::propose_resumption(lang),
            variant: ButtonVariant::Primary,
            reason_missing: t::resume_reason_missing(lang),
            reason_name: "process-reason",
        },
    };
    let make = move |reason| {
        Ok(Change::SetProcesses {
            target: id,
            processes: vec![process],
            suspended,
            reason,
        })
    };
    let open = RwSignal::new(true);
    view! { <ProposeDialog open words sending=Sending::new() make checked=true/> }
}
