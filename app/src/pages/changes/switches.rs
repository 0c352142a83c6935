//! The plan of what is set at once and stays: what is on or off, how a group buys, what
//! AWS does by itself, an alarm and its actions.

use super::plan::findings;
use crate::{
    texts::{events, mixes, processes as t, refreshes},
    viewer::Viewing,
};
use domain::{
    alarms::definition::{Edit, edits},
    i18n::{Lang, alarms::field, changes::power},
    mixes::SpotStrategy,
    plan::{AlarmEffect, Effect, MixEffect, Plan, RefreshEffect},
    processes::Process,
    schedules::{Power, SpotShare},
};
use kit::{Card, Cell, Column, Row, StateChip, Table, Tone};
use leptos::prelude::*;

/// One thing that is set: its name, and what it is before and after.
#[derive(Debug, PartialEq, Eq)]
struct Switch {
    name: String,
    /// Its name is AWS's own, and not a word of ours.
    of_aws: bool,
    before: Shown,
    after: Shown,
}

/// How a value is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// AWS does it, or does not.
    Does(bool),
    /// On or off.
    Is(Power),
    /// A number or a word of AWS's.
    Says(String),
}

impl Shown {
    fn view(self, lang: Lang) -> AnyView {
        match self {
            Self::Does(runs) => chip(lang, runs).into_any(),
            Self::Is(is) => {
                let tone = match is {
                    Power::Running => Tone::Ok,
                    Power::Stopped => Tone::Neutral,
                };
                view! { <StateChip tone label=power(lang, is)/> }.into_any()
            }
            Self::Says(text) => view! { <span class="numeric">{text}</span> }.into_any(),
        }
    }
}

/// What a plan switches, and what the checks found.
pub(super) fn switches(viewing: Viewing, plan: &Plan) -> AnyView {
    let lang = viewing.lang;
    let columns = vec![
        Column::text(t::what(lang)),
        Column::text(t::now(lang)),
        Column::text(t::then(lang)),
    ];
    let rows = moved(lang, plan).into_iter().map(|switch| {
        view! {
            <Row>
                <Cell heading=true>{name(switch.name, switch.of_aws)}</Cell>
                <Cell label=t::now(lang)>{switch.before.view(lang)}</Cell>
                <Cell label=t::then(lang)>{switch.after.view(lang)}</Cell>
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

fn name(name: String, of_aws: bool) -> AnyView {
    match of_aws {
        true => view! { <code>{name}</code> }.into_any(),
        false => name.into_any(),
    }
}

/// The switches that a plan moves; those that it only repeats are among its calls.
fn moved(lang: Lang, plan: &Plan) -> Vec<Switch> {
    match &plan.effect {
        Effect::Power(effect) => {
            let machines = effect.before.iter().map(|machine| Switch {
                name: machine.id.clone(),
                of_aws: true,
                before: Shown::Is(match machine.on {
                    true => Power::Running,
                    false => Power::Stopped,
                }),
                after: Shown::Is(effect.power),
            });
            machines.collect()
        }
        Effect::Mix(effect) => mix_rows(lang, effect),
        Effect::Refresh(effect) => refresh_rows(lang, effect),
        Effect::Processes(effect) => {
            let is_suspended = |process: &Process| effect.before.contains(process);
            let suspend = effect.suspend.iter().map(|process| (process, false));
            let resume = effect.resume.iter().map(|process| (process, true));
            let all = suspend.chain(resume).map(|(process, after)| Switch {
                name: process.to_string(),
                of_aws: true,
                before: Shown::Does(!is_suspended(process)),
                after: Shown::Does(after),
            });
            all.filter(|switch| switch.before != switch.after).collect()
        }
        Effect::AlarmActions(effect) => vec![Switch {
            name: t::alarm_actions(lang).to_owned(),
            of_aws: false,
            before: Shown::Does(effect.before),
            after: Shown::Does(effect.enabled),
        }],
        Effect::Alarm(effect) => alarm_rows(lang, effect),
        Effect::Event(_) | Effect::Schedule(_) => Vec::new(),
    }
}

/// The parts of an alarm that become others.
fn alarm_rows(lang: Lang, effect: &AlarmEffect) -> Vec<Switch> {
    let shown = |text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        Shown::Says(text.unwrap_or_else(|| "–".to_owned()))
    };
    let edits = edits(effect.before.as_deref(), effect.after.as_deref()).into_iter();
    let row = |edit: Edit| Switch {
        name: field(lang, edit.field).to_owned(),
        of_aws: false,
        before: shown(edit.before),
        after: shown(edit.after),
    };
    edits
        .map(row)
        .filter(|row| row.before != row.after)
        .collect()
}

/// How fast instances are replaced; nothing is so before.
fn refresh_rows(lang: Lang, effect: &RefreshEffect) -> Vec<Switch> {
    let row = |name: &str, after: String| Switch {
        name: name.to_owned(),
        of_aws: false,
        before: Shown::Says("–".to_owned()),
        after: Shown::Says(after),
    };
    let Some(pace) = &effect.pace else {
        return vec![row(refreshes::ends(lang), refreshes::yes(lang).to_owned())];
    };
    let or_group = |value: Option<u32>, unit: &str| match value {
        Some(value) => format!("{value} {unit}"),
        None => refreshes::as_group(lang).to_owned(),
    };
    let skips = match pace.skip_matching {
        true => refreshes::yes(lang),
        false => refreshes::no(lang),
    };
    let checkpoints = pace.checkpoints.iter().map(|one| format!("{one} %"));
    let checkpoints: Vec<_> = checkpoints.collect();
    let mut rows = vec![
        row(
            refreshes::min_healthy(lang),
            format!("{} %", pace.min_healthy_percent),
        ),
        row(
            refreshes::max_healthy(lang),
            or_group(pace.max_healthy_percent, "%"),
        ),
        row(
            refreshes::warm_up(lang),
            or_group(pace.warm_up_s, refreshes::seconds(lang)),
        ),
        row(refreshes::skip(lang), skips.to_owned()),
    ];
    if !checkpoints.is_empty() {
        rows.push(row(refreshes::checkpoints(lang), checkpoints.join(", ")));
    }
    rows
}

/// How a group buys, and in which pools where that is set.
fn mix_rows(lang: Lang, effect: &MixEffect) -> Vec<Switch> {
    let MixEffect { before, after, .. } = effect;
    let share = before.map_or(SpotShare::ALL_ON_DEMAND, |mix| mix.share);
    let row = |name: &str, before: String, after: String| Switch {
        name: name.to_owned(),
        of_aws: false,
        before: Shown::Says(before),
        after: Shown::Says(after),
    };
    let percent = |share: SpotShare| format!("{} %", share.on_demand_percent);
    let strategy = after.strategy.map(|strategy| {
        let before = before.and_then(|mix| mix.strategy);
        let before = before.map_or("–", SpotStrategy::as_str);
        row(
            mixes::strategy(lang),
            before.to_owned(),
            strategy.as_str().to_owned(),
        )
    });
    let mut rows = vec![
        row(
            mixes::base(lang),
            share.on_demand_base.to_string(),
            after.share.on_demand_base.to_string(),
        ),
        row(mixes::percent(lang), percent(share), percent(after.share)),
    ];
    rows.extend(strategy);
    rows
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
        let does = [true, false].map(Shown::Does);
        let [before, after] = does;
        assert_eq!(shown, [("ScheduledScaling".to_owned(), before, after)]);
    }
}
