//! A schedule as pictures: weeks of days, a line, the next changes, what is worth
//! knowing. The browser works them out itself, as one types.

use super::model::{self, Known, WEEKS_SHOWN, level_words, rule_words};
use crate::{
    live::use_live,
    shared::{Moment, chart_format, chart_text, count_text},
    texts::schedules as t,
    viewer::use_viewing,
};
use domain::schedules::Level;
use kit::{
    Button, ButtonSize, Card, Cell, Column, EmptyState, Glyph, Narrow, Row, Table,
    chart::{ChartData, ChartSize, ChartText, HeatMap, StepChart},
};
use leptos::prelude::*;

/// Everything about what is to come.
#[component]
pub(super) fn Picture(
    known: Signal<Known>,
    /// What is typed cannot be read: nothing is known of it.
    #[prop(optional, into)]
    is_old: Signal<bool>,
) -> impl IntoView {
    // The weeks say all there is to say of what is only on or off.
    let has_sizes = Memo::new(move |_| {
        known.with(|known| !matches!(known.schedule.base(), Level::Power { .. }))
    });
    view! {
        <Weeks known/>
        {move || has_sizes.get().then(|| view! { <Line known/> })}
        <Coming known is_old/>
    }
}

/// The weeks and the next changes only, where there are other things to read.
#[component]
pub(super) fn SmallPicture(known: Signal<Known>) -> impl IntoView {
    view! {
        <Weeks known/>
        <Coming known/>
    }
}

/// Days below each other, a week at a time.
#[component]
fn Weeks(known: Signal<Known>) -> impl IntoView {
    let lang = use_viewing().lang;
    let now = use_live().now;
    let week = RwSignal::new(0_i64);
    let data = Memo::new(move |_| {
        let (now, week) = (now.get(), week.get());
        known.with(|known| known.ask(|timetable| model::week(lang, timetable, now, week)))
    });
    let zone = known.with_untracked(|known| known.schedule.zone().to_string());
    let text = ChartText {
        time: t::day(lang).into(),
        ..chart_text(use_viewing(), t::week_title(lang, &zone))
    };
    let first =
        MaybeProp::derive(move || (week.get() == 0).then(|| t::week_first(lang).to_owned()));
    let last = MaybeProp::derive(move || {
        (week.get() + 1 >= WEEKS_SHOWN).then(|| t::week_last(lang).to_owned())
    });
    view! {
        <Card title=t::coming_weeks(lang) actions=move || view! {
            <Button size=ButtonSize::Small glyph=Glyph::ChevronLeft disabled_reason=first
                on:click=move |_| week.update(|week| *week -= 1)>{t::earlier_week(lang)}</Button>
            <Button size=ButtonSize::Small glyph=Glyph::ChevronRight disabled_reason=last
                on:click=move |_| week.update(|week| *week += 1)>{t::later_week(lang)}</Button>
        }>
            <HeatMap data=Signal::derive(move || data.get().unwrap_or_default()) text
                value_head=t::what_holds(lang)/>
        </Card>
    }
    .into_any()
}

#[component]
fn Line(known: Signal<Known>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = use_live().now;
    let data = Memo::new(move |_| -> ChartData {
        let now = now.get().floor_minute();
        let line = known.with(|known| known.ask(|timetable| model::line(lang, timetable, now)));
        line.unwrap_or_default()
    });
    let text = chart_text(viewing, t::line_title(lang));
    let format = chart_format(viewing, now.get_untracked(), count_text);
    view! {
        <Card><StepChart data text format size=ChartSize::Small/></Card>
    }
    .into_any()
}

/// The next changes, and what is worth knowing about the time to come.
#[component]
fn Coming(known: Signal<Known>, #[prop(optional)] is_old: Signal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let now = use_live().now;
    let runs = Memo::new(move |_| {
        let now = now.get();
        known.with(|known| known.ask(|timetable| model::next_runs(timetable, now)))
    });
    // Notes look at weeks to come: a minute more does not change them.
    let notes = Memo::new(move |_| {
        let now = now.get().floor_minute();
        known.with(|known| known.ask(|timetable| model::notes(lang, timetable, now)))
    });
    let columns = move || {
        vec![
            Column::text(t::when(lang)),
            Column::text(t::rule(lang)),
            Column::text(t::capacity(lang)),
        ]
    };
    let list = move || {
        let runs = runs.get().unwrap_or_default();
        if runs.is_empty() {
            return view! { <EmptyState glyph=Glyph::Clock title=t::runs_empty(lang)/> }.into_any();
        }
        let rows = runs.into_iter().map(|run| view! {
            <Row>
                <Cell heading=true><Moment at=run.at/></Cell>
                <Cell label=t::rule(lang)>{rule_words(lang, &run.rule)}</Cell>
                <Cell label=t::capacity(lang)><span class="numeric">{level_words(lang, run.level)}</span></Cell>
            </Row>
        });
        let (rows, columns) = (rows.collect_view(), columns());
        view! {
            <Table caption=t::next_runs(lang) columns dense=true narrow=Narrow::Scroll>{rows}</Table>
        }
        .into_any()
    };
    let told = move || {
        let notes = notes.get().unwrap_or_default();
        if notes.is_empty() {
            if is_old.get() {
                return view! { <p class="muted">{t::picture_old(lang)}</p> }.into_any();
            }
            return view! { <p class="muted">{t::notes_empty(lang)}</p> }.into_any();
        }
        let items = notes.into_iter().map(|(at, text)| {
            view! {
                <li class="list-item"><span class="muted"><Moment at/></span><p>{text}</p></li>
            }
        });
        view! { <ul class="plain-list">{items.collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="grid schedule-coming">
            <Card title=t::next_runs(lang)>{list}</Card>
            <Card title=t::notes(lang)>{told}</Card>
        </div>
    }
    .into_any()
}

/// A text for those who look at the file itself.
pub(super) fn folded_text(text: String) -> impl IntoView {
    let lang = use_viewing().lang;
    view! {
        <details class="detail">
            <summary>{t::as_text(lang)}</summary>
            <pre class="detail-json schedule-text" tabindex="0">{text}</pre>
        </details>
    }
}
