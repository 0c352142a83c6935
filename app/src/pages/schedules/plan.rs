//! The plan of a schedule for people: what it is about in four lines, what it does
//! to each target, the objects that AWS keeps, and what is different from now.

use super::{
    diff::{DiffLine, diff},
    model::{Known, input_text, level_words},
    money::Money,
    picture::SmallPicture,
    rpc::{find_schedule, read_schedule},
};
use crate::{
    pages::changes::findings,
    shared::{breakable, loaded_part, severity},
    texts::{overrides, schedules as t},
    viewer::{Viewing, use_viewing},
};
use api::schedules::{ScheduleDetail, ScheduleReading};
use domain::{
    aws_timing::Object,
    changes::Change,
    checks::Finding,
    i18n::{Lang, changes::has},
    plan::{Overriding, Plan, ScheduleEffect, ScheduleTarget},
    schedules::{Level, Schedule},
    time::Timestamp,
};
use kit::{Card, Cell, Column, KeyValue, KeyValues, Row, StateChip, Table, Tone};
use leptos::prelude::*;

/// What happens to each target, what the checks found, and what AWS will keep.
pub(crate) fn effect(viewing: Viewing, plan: &Plan) -> AnyView {
    let lang = viewing.lang;
    let Some(effect) = plan.schedule() else {
        return ().into_any();
    };
    let columns = vec![
        Column::text(t::target(lang)),
        Column::text(t::before(lang)),
        Column::text(t::at_apply(lang)),
        Column::number(t::objects_count(lang)),
    ];
    let rows = effect.targets.iter().map(|one| {
        let after = one.level.map(|level| level_words(lang, level));
        let after = after.unwrap_or_else(|| t::stays(lang).to_owned());
        let (name, before) = (one.target.name.clone(), before(lang, one));
        let count = one.objects.len();
        view! {
            <Row>
                <Cell heading=true>{breakable(&name)}</Cell>
                <Cell label=t::before(lang)><span class="numeric">{before}</span></Cell>
                <Cell label=t::at_apply(lang)><span class="numeric">{after}</span></Cell>
                <Cell label=t::objects_count(lang) numeric=true>{count}</Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    let objects = effect
        .targets
        .iter()
        .filter(|one| !one.objects.is_empty())
        .map(|one| folded_objects(viewing, &one.target.name, &one.objects))
        .collect_view();
    view! {
        <Card title=t::plan(lang)>
            <Table caption=t::plan(lang) columns dense=true>{rows}</Table>
            {objects}
        </Card>
        {findings(viewing, &plan.findings)}
    }
    .into_any()
}

/// The objects of one target, folded.
pub(super) fn folded_objects(viewing: Viewing, name: &str, objects: &[Object]) -> AnyView {
    let lang = viewing.lang;
    let title = t::objects_of(lang, name, objects.len());
    let columns = vec![
        Column::text(t::name(lang)),
        Column::text(t::fires(lang)),
        Column::text(t::sets(lang)),
    ];
    let rows = objects.iter().map(|object| {
        let (name, fires) = (object.name.clone(), fires_text(viewing, object));
        let sets = input_text(&object.input);
        view! {
            <Row>
                <Cell heading=true><code class="break">{name}</code></Cell>
                <Cell label=t::fires(lang)><span class="numeric break">{fires}</span></Cell>
                <Cell label=t::sets(lang)><span class="numeric break">{sets}</span></Cell>
            </Row>
        }
    });
    let rows = rows.collect_view();
    view! {
        <details class="detail">
            <summary>{title.clone()}</summary>
            <Table caption=title columns dense=true>{rows}</Table>
        </details>
    }
    .into_any()
}

/// When an object fires, in its own terms: the expression is read in its own zone.
fn fires_text(viewing: Viewing, object: &Object) -> String {
    let lang = viewing.lang;
    let Some(expression) = &object.recurrence else {
        let at = object.start.map(|at| viewing.minute(at));
        return t::once(lang, &at.unwrap_or_default());
    };
    let mut text = format!("{expression} · {}", object.timezone);
    let start = object
        .start
        .map(|at| t::valid_from(lang, &viewing.minute(at)));
    let end = object
        .end
        .map(|at| t::valid_until(lang, &viewing.minute(at)));
    for part in start.into_iter().chain(end) {
        text.push_str(" · ");
        text.push_str(&part);
    }
    text
}

/// What it is about, for somebody who decides on a telephone: what, why, when, and
/// how risky.
pub(crate) fn summary(viewing: Viewing, change: &Change, plan: &Plan) -> AnyView {
    let lang = viewing.lang;
    let Some(effect) = plan.schedule() else {
        return ().into_any();
    };
    let name = effect.schedule.to_string();
    let what = match change {
        Change::RemoveSchedule { .. } => t::what_removes(lang, &name),
        Change::ExtendSchedule { .. } => t::what_extends(lang, &name),
        Change::Override { from, until, .. } => {
            overriding(viewing, effect, (*from, *until), overrides::puts)
        }
        Change::EndOverride { from, until, .. } => {
            overriding(viewing, effect, (*from, *until), overrides::ends)
        }
        _ => format!("{} {name}", t::schedule(lang)),
    };
    let targets = effect
        .targets
        .iter()
        .map(|one| view! { <li>{target_line(viewing, one)}</li> })
        .collect_view();
    let reason = change.reason().to_owned();
    let when = when_text(viewing, plan.from, effect);
    let risk = risk(viewing, &plan.findings);
    view! {
        <Card>
            <div class="schedule-summary"><KeyValues columns=true>
                <KeyValue label=t::what(lang)>{what} <ul class="plain-list schedule-targets">{targets}</ul></KeyValue>
                <KeyValue label=t::why(lang)><span class="prose">{reason}</span></KeyValue>
                <KeyValue label=t::first_effect(lang)>{when}</KeyValue>
                <KeyValue label=t::risk(lang)>{risk}</KeyValue>
            </KeyValues></div>
        </Card>
    }
    .into_any()
}

/// Which schedule an override is of, when, and what it changes.
fn overriding(
    viewing: Viewing,
    effect: &ScheduleEffect,
    (from, until): (Timestamp, Timestamp),
    tell: fn(Lang, &str, &str, &str, &str) -> String,
) -> String {
    let lang = viewing.lang;
    let span = format!("{} – {}", viewing.minute(from), viewing.minute(until));
    let level = |read: fn(&Overriding) -> Level| {
        let one = effect.overriding.as_deref();
        one.map_or_else(String::new, |one| level_words(lang, read(one)))
    };
    let (before, after) = (level(|one| one.before), level(|one| one.after));
    tell(lang, effect.schedule.as_str(), &span, &before, &after)
}

/// `web-dev: 2–2–4 → 0–0–4`.
fn target_line(viewing: Viewing, one: &ScheduleTarget) -> String {
    let after = match one.level {
        Some(level) => level_words(viewing.lang, level),
        None => t::stays(viewing.lang).to_owned(),
    };
    format!(
        "{}: {} → {after}",
        one.target.name,
        before(viewing.lang, one)
    )
}

/// What a target had when the plan was made.
fn before(lang: Lang, one: &ScheduleTarget) -> String {
    has(lang, one.target.kind, one.before)
}

fn when_text(viewing: Viewing, from: Option<Timestamp>, effect: &ScheduleEffect) -> String {
    let lang = viewing.lang;
    let begins = match from {
        Some(at) => viewing.minute(at),
        None => t::at_once(lang).to_owned(),
    };
    match effect.good_until {
        Some(until) => t::begins_until(lang, &begins, &viewing.minute(until)),
        None => begins,
    }
}

/// The worst that the checks found, and how much they found.
fn risk(viewing: Viewing, findings: &[Finding]) -> AnyView {
    let lang = viewing.lang;
    let Some(worst) = findings.iter().map(Finding::severity).min() else {
        return view! { <StateChip tone=Tone::Ok label=t::risk_none(lang)/> }.into_any();
    };
    let (tone, label) = severity(lang, worst);
    let count = t::risk_count(lang, findings.len());
    view! { <span class="row"><StateChip tone label/> {count}</span> }.into_any()
}

/// The pictures of what is asked for, and its difference from what stands.
#[component]
pub(crate) fn Compared(
    /// The change request's content.
    change: Signal<Change>,
    /// What comes of it.
    plan: Signal<Plan>,
    /// Nothing moves the change request any more: what stands may be its own.
    settled: Signal<bool>,
) -> impl IntoView {
    // A tree of plain texts and numbers always serialises.
    let text = |schedule: &Schedule| serde_json::to_string(schedule).unwrap_or_default();
    let name = Memo::new(move |_| change.with(|change| change.schedule().map(ToString::to_string)));
    let brought = Memo::new(move |_| {
        change.with(|change| plan.with(|plan| plan.schedule()?.brought(change).map(text)))
    });
    let place = Memo::new(move |_| {
        plan.with(|plan| {
            let first = plan.schedule()?.targets.first()?;
            Some(first.target.scope.clone())
        })
    });
    // Two readings of one call each: a reading that goes on after its first call may
    // outlive the page that it was begun for.
    let standing = Resource::new(move || name.get().unwrap_or_default(), find_schedule);
    let reading = Resource::new(
        move || brought.get(),
        |text| async move {
            match text {
                Some(text) => read_schedule(text).await.map(Some),
                None => Ok(None),
            }
        },
    );
    // The prices are a third reading, which depends on the second: one that begins inside
    // another's answer does not hydrate, so the browser alone asks for them.
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| in_browser.set(true));
    loaded_part(standing, move |standing: Option<ScheduleDetail>| {
        loaded_part(reading, move |wanted: Option<ScheduleReading>| {
            let standing = standing.clone().map(|standing| standing.reading);
            let shown = wanted.as_ref().or(standing.as_ref());
            let picture = shown.and_then(Known::of).map(|known| {
                view! { <SmallPicture known=Signal::stored(known)/> }
            });
            // Once it is carried out, what was before is gone.
            let brought = wanted.as_ref().and_then(Known::of);
            let money = move || {
                let is_shown = in_browser.get() && !settled.get();
                let known = brought.clone().filter(|_| is_shown);
                known.map(|known| view! { <Money known=Signal::stored(known) scope=place.into()/> })
            };
            let different =
                move || (!settled.get()).then(|| difference(standing.as_ref(), wanted.as_ref()));
            view! { {money} {picture} {different} }
        })
    })
}

fn difference(standing: Option<&ScheduleReading>, wanted: Option<&ScheduleReading>) -> AnyView {
    let lang = use_viewing().lang;
    let text = |reading: Option<&ScheduleReading>| {
        reading
            .map(|reading| reading.text.clone())
            .unwrap_or_default()
    };
    let (old, new) = (text(standing), text(wanted));
    let remark = match (standing, wanted) {
        // Its removal and its going on change no line.
        (_, None) => return ().into_any(),
        (None, Some(_)) => Some(t::difference_new(lang)),
        (Some(_), Some(_)) => (old == new).then(|| t::difference_none(lang)),
    };
    let lines = diff(&old, &new).into_iter().map(|line| {
        let (mark, word, text) = match line {
            DiffLine::Kept(text) => (" ", None, text),
            DiffLine::Gone(text) => ("−", Some(t::gone_line(lang)), text),
            DiffLine::Added(text) => ("+", Some(t::added_line(lang)), text),
        };
        let kind = match mark {
            "−" => "gone",
            "+" => "added",
            _ => "kept",
        };
        let word = word.map(|word| view! { <span class="visually-hidden">{word} " "</span> });
        view! { <li data-line=kind><span aria-hidden="true">{mark}</span> {word} <code>{text}</code></li> }
    });
    let lines = lines.collect_view();
    view! {
        <Card title=t::difference(lang)>
            {remark.map(|remark| view! { <p class="muted">{remark}</p> })}
            <ol class="diff" tabindex="0" aria-label=t::difference(lang)>{lines}</ol>
        </Card>
    }
    .into_any()
}
