//! The plan of what AWS does by itself and is switched off or on: processes of a target,
//! the actions of an alarm.

use super::plan::findings;
use crate::{
    texts::{events, processes as t},
    viewer::Viewing,
};
use domain::{
    i18n::Lang,
    plan::{Effect, Plan},
    processes::Process,
};
use kit::{Card, Cell, Column, Row, StateChip, Table, Tone};
use leptos::prelude::*;

/// One switch: its name, and whether it is on before and after.
struct Switch {
    name: String,
    before: bool,
    after: bool,
}

/// What a plan switches, and what the checks found.
pub(super) fn switches(viewing: Viewing, plan: &Plan) -> AnyView {
    let lang = viewing.lang;
    let columns = vec![
        Column::text(t::process(lang)),
        Column::text(t::now(lang)),
        Column::text(t::then(lang)),
    ];
    let rows = moved(lang, plan).into_iter().map(|switch| {
        view! {
            <Row>
                <Cell heading=true><code>{switch.name}</code></Cell>
                <Cell label=t::now(lang)>{chip(lang, switch.before)}</Cell>
                <Cell label=t::then(lang)>{chip(lang, switch.after)}</Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=events::plan(lang) flush=true>
            <Table caption=events::plan(lang) columns dense=true>{rows}</Table>
        </Card>
        {findings(viewing, &plan.findings)}
    }
    .into_any()
}

/// The switches that a plan moves; those that it only repeats are among its calls.
fn moved(lang: Lang, plan: &Plan) -> Vec<Switch> {
    match &plan.effect {
        Effect::Processes(effect) => {
            let is_suspended = |process: &Process| effect.before.contains(process);
            let suspend = effect.suspend.iter().map(|process| (process, false));
            let resume = effect.resume.iter().map(|process| (process, true));
            let all = suspend.chain(resume).map(|(process, after)| Switch {
                name: process.to_string(),
                before: !is_suspended(process),
                after,
            });
            all.filter(|switch| switch.before != switch.after).collect()
        }
        Effect::AlarmActions(effect) => vec![Switch {
            name: t::alarm_actions(lang).to_owned(),
            before: effect.before,
            after: effect.enabled,
        }],
        Effect::Event(_) | Effect::Schedule(_) => Vec::new(),
    }
}

/// Whether AWS does it.
pub(crate) fn chip(lang: Lang, runs: bool) -> impl IntoView + use<> {
    let (tone, label) = match runs {
        true => (Tone::Ok, t::runs(lang)),
        false => (Tone::Warning, t::suspended(lang)),
    };
    view! { <StateChip tone label/> }
}

#[cfg(test)]
mod tests {
    use super::{super::model::tests::detail, *};
    use domain::plan::ProcessesEffect;

    #[test]
    fn only_what_moves_is_shown() {
        let mut plan = detail().plan;
        let target = plan.targets()[0].clone();
        plan.effect = Effect::Processes(ProcessesEffect {
            target,
            before: vec![Process::DynamicScalingIn],
            suspend: vec![Process::DynamicScalingIn, Process::ScheduledScaling],
            resume: vec![Process::DynamicScalingOut],
        });
        let shown: Vec<_> = moved(Lang::En, &plan)
            .into_iter()
            .map(|switch| (switch.name, switch.before, switch.after))
            .collect();
        assert_eq!(shown, [("ScheduledScaling".to_owned(), true, false)]);
    }
}
