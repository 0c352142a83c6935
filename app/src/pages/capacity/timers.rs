//! What EventBridge Scheduler does to a target: the timers, and what they set next.

use super::model;
use crate::{
    shared::Moment,
    texts::{capacity as t, common},
    viewer::use_viewing,
};
use api::capacity::TimerRun;
use domain::{
    aws_timing::Effect,
    i18n::changes::{buys, does},
    timers::Timer,
};
use kit::{Badge, Card, Cell, Column, Row, Table, Tone};
use leptos::prelude::*;

/// The timers of a target; nothing where there are none.
pub(super) fn timers(timers: Vec<Timer>, runs: &[TimerRun]) -> AnyView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    if timers.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::text(common::name(lang)),
        Column::text(t::when(lang)),
        Column::text(t::sets(lang)),
        Column::text(t::next_run(lang)),
    ];
    let zone = viewing.zone();
    let buys = |timer: &Timer| matches!(timer.object.effect(), Ok(Effect::Mix(_)));
    let text = timers.iter().any(buys).then(|| t::timers_text(lang));
    let rows = timers.into_iter().map(|timer| {
        let object = timer.object;
        let next = runs.iter().find(|next| next.timer == object.name);
        let next = next.map(|next| next.at).map(|at| view! { <Moment at/> });
        let off = (!timer.enabled)
            .then(|| view! { <Badge tone=Tone::Warning>{t::timer_off(lang)}</Badge> });
        let timing = object.timing().map(|timing| model::timing(lang, &zone, &timing));
        let sets = match object.effect() {
            Ok(effect) => does(lang, effect),
            Err(_) => object.input.to_string(),
        };
        view! {
            <Row>
                <Cell heading=true><span class="row"><span class="break">{object.name}</span> {off}</span></Cell>
                <Cell label=t::when(lang)><span class="numeric">{timing}</span></Cell>
                <Cell label=t::sets(lang)><span class="numeric break">{sets}</span></Cell>
                <Cell label=t::next_run(lang)>{next}</Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=t::timers(lang)>
            {text.map(|text| view! { <p class="muted">{text}</p> })}
            <Table caption=t::timers(lang) columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}

/// How the group will buy, change by change; nothing where nothing changes it.
pub(super) fn mixes_ahead(runs: &[TimerRun]) -> AnyView {
    let lang = use_viewing().lang;
    let mixes = runs.iter().filter_map(|run| match run.sets {
        Effect::Mix(mix) => Some((run.at, mix)),
        _ => None,
    });
    let mixes: Vec<_> = mixes.collect();
    if mixes.is_empty() {
        return ().into_any();
    }
    let columns = vec![Column::text(t::when(lang)), Column::text(t::mix(lang))];
    let rows = mixes.into_iter().map(|(at, mix)| {
        let mix = buys(lang, mix);
        view! {
            <Row>
                <Cell heading=true><Moment at/></Cell>
                <Cell label=t::mix(lang)><span class="numeric">{mix}</span></Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=t::mix_ahead(lang) flush=true>
            <Table caption=t::mix_ahead(lang) columns dense=true>{rows}</Table>
        </Card>
    }
    .into_any()
}
