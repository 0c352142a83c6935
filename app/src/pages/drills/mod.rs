//! Drills: those that run and that did, starting one, and what each proved.

mod detail;
mod form;
mod model;
mod rpc;

pub(crate) use detail::DrillPage;
pub(crate) use form::DrillThis;

use crate::{
    live::{keep_fresh, use_live},
    pages::notifications::{View, tabs},
    paths,
    shared::{
        Ago, Moment, breakable, duration, environment_badge, loaded, loaded_part, priority_badge,
    },
    texts::{alarms as alarm_words, common, drills as t},
    viewer::use_viewing,
};
use api::{
    drills::{DrillRow, RecurringDrillRow},
    stream::News,
};
use domain::{
    alarms::AlarmState,
    i18n::Lang,
    ids::{AlarmId, DrillId},
    policy::Action,
    sources::SourceKind,
};
use form::DrillForm;
use kit::{
    Button, ButtonVariant, Callout, Card, Cell, Column, EmptyState, Glyph, PageHeader, Row,
    StateChip, Table, Tone,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use rpc::{list_drills, list_recurring_drills};

/// The page at `/alarms/drills`.
#[component]
pub(crate) fn DrillsPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let drills = Resource::new(|| (), |()| list_drills());
    let recurring = Resource::new(|| (), |()| list_recurring_drills());
    let open = RwSignal::new(false);
    let refused = viewing.refused_everywhere(Action::StartDrill);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) subtitle=t::subtitle(lang)
            actions=move || view! {
                <Button variant=ButtonVariant::Primary glyph=Glyph::Play disabled_reason=refused
                    on:click=move |_| open.set(true)>{t::start(lang)}</Button>
            }/>
        {tabs(viewing, View::Drills)}
        {loaded(drills, move |drills| view! { <List drills/> })}
        {loaded_part(recurring, move |rows| view! { <Recurring rows/> })}
        <DrillForm open/>
    }
    .into_any()
}

/// Whether news is of the alarm of some drill.
fn concerns(news: &News) -> bool {
    matches!(news, News::Alarm { row } if row.source == SourceKind::Drill)
}

#[component]
fn List(drills: Vec<DrillRow>) -> impl IntoView {
    let lang = use_viewing().lang;
    let list = keep_fresh(drills, concerns, list_drills);
    use_live().listen(move |news| {
        let settles = || {
            let settling = |rows: &Vec<DrillRow>| rows.iter().any(model::is_settling);
            list.value.try_with_untracked(settling)
        };
        if matches!(news, News::Tick { .. }) && settles() == Some(true) {
            list.refresh();
        }
    });
    let is_empty = Memo::new(move |_| list.value.with(Vec::is_empty));
    move || {
        if is_empty.get() {
            let (title, text) = (t::empty(lang), t::empty_text(lang));
            return view! { <Card><EmptyState glyph=Glyph::Bell title text/></Card> }.into_any();
        }
        let columns = vec![
            Column::text(t::drill(lang)),
            Column::text(common::state(lang)),
            Column::text(common::environment(lang)),
            Column::text(alarm_words::priority(lang)),
            Column::text(t::started_by(lang)),
            Column::text(t::started(lang)),
            Column::text(t::lasted(lang)),
        ];
        view! {
            <Card flush=true>
                <Table caption=t::title(lang) columns>
                    // A row is made anew when it has moved on; a link in the others keeps the focus.
                    <For each=move || list.value.get() key=|row| (row.id, row.ended_at, row.verdict) let:row>
                        {line(lang, &row)}
                    </For>
                </Table>
            </Card>
        }
        .into_any()
    }
}

/// Those that begin by themselves; nothing where the configuration has none.
#[component]
fn Recurring(rows: Vec<RecurringDrillRow>) -> impl IntoView {
    let lang = use_viewing().lang;
    if rows.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::text(t::drill(lang)),
        Column::text(common::environment(lang)),
        Column::text(t::plays(lang)),
        Column::text(t::when(lang)),
        Column::text(t::next(lang)),
        Column::text(t::must_acknowledge(lang)),
    ];
    let line = |row: RecurringDrillRow| {
        let environment = environment_badge(&row.environment);
        let next = match row.next_at {
            Some(at) => view! { <Moment at/> }.into_any(),
            None => "–".into_any(),
        };
        let within = row.acknowledge_minutes;
        let within = within.map_or_else(|| "–".to_owned(), |minutes| t::within(lang, minutes));
        let when = format!("{} {}", row.at, row.timezone);
        view! {
            <Row>
                <Cell heading=true>{row.name.to_string()}</Cell>
                <Cell label=common::environment(lang)>{environment}</Cell>
                <Cell label=t::plays(lang)>{breakable(&row.plays)}</Cell>
                <Cell label=t::when(lang)>{when}</Cell>
                <Cell label=t::next(lang)>{next}</Cell>
                <Cell label=t::must_acknowledge(lang)>{within}</Cell>
            </Row>
        }
    };
    let lines: Vec<_> = rows.into_iter().map(line).collect();
    view! {
        <Card title=t::recurring(lang) flush=true>
            <Table caption=t::recurring(lang) columns>{lines}</Table>
        </Card>
    }
    .into_any()
}

fn line(lang: Lang, row: &DrillRow) -> impl IntoView + use<> {
    let (tone, label) = model::state(lang, row);
    let lasted = match row.ended_at {
        Some(at) => duration(lang, at.since_ms(row.started_at).max(0)).into_any(),
        None => view! {
            <span class="muted">{t::lasts_until(lang)} " " <Moment at=row.ends_at/></span>
        }
        .into_any(),
    };
    let priority = priority_badge(row.priority, shown_state(row));
    let environment = environment_badge(&row.environment);
    let (href, name) = (paths::drill(row.id), breakable(&row.name));
    let (by, at) = (row.started_by.clone(), row.started_at);
    view! {
        <Row>
            <Cell heading=true><a href=href>{name}</a></Cell>
            <Cell label=common::state(lang)><StateChip tone label/></Cell>
            <Cell label=common::environment(lang)>{environment}</Cell>
            <Cell label=alarm_words::priority(lang)>{priority}</Cell>
            <Cell label=t::started_by(lang)>{by}</Cell>
            <Cell label=t::started(lang)><Ago at/></Cell>
            <Cell label=t::lasted(lang)>{lasted}</Cell>
        </Row>
    }
}

/// The alarm of a drill stands as long as the drill runs.
fn shown_state(row: &DrillRow) -> AlarmState {
    match row.ended_at {
        None => AlarmState::Alarm,
        Some(_) => AlarmState::Ok,
    }
}

/// Says on the page of a drill's alarm that it is one, and leads to the drill.
#[component]
pub(crate) fn DrillOf(alarm: AlarmId) -> impl IntoView {
    let lang = use_viewing().lang;
    let drill = RwSignal::new(None::<DrillId>);
    Effect::new(move |_| {
        spawn_local(async move {
            // A drill that is too old to be listed is not found: the link stays that of the list.
            let rows = list_drills().await.unwrap_or_default();
            let own = rows.into_iter().find(|row| row.alarm == alarm);
            let _ = drill.try_set(own.map(|row| row.id));
        });
    });
    let href = move || drill.get().map_or_else(paths::drills, paths::drill);
    view! {
        <Callout tone=Tone::Info title=t::banner(lang)>
            {t::banner_text(lang)} " " <a href=href>{t::to_drill(lang)}</a>
        </Callout>
    }
}
