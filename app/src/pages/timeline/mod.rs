//! The timeline: targets below each other, what is planned for them and what was there.
//! A span of a lane becomes the draft of an override of its schedule; where none stands, of
//! a scale event.

mod model;
mod rpc;

use crate::{
    live::keep_fresh,
    pages::capacity::{View, tabs},
    paths,
    shared::{
        Moment, Pages, chart_format, count_text, environment_choices, filter_actions, first_word,
        go_on_submit, loaded, no_events, page_query, send_on_change,
    },
    texts::{capacity, common, timeline as t},
    viewer::{Viewing, use_viewing},
};
use api::{
    PageQuery,
    stream::News,
    timeline::{Lane, Timeline, TimelineQuery},
};
use domain::{
    estate::Environment, i18n::changes::has, ids::TargetId, limits, policy::Action,
    time::Timestamp, timeline::days_later,
};
use kit::{
    Badge, Button, ButtonSize, Card, Cell, Column, EmptyState, FilterBar, Glyph, HiddenInput,
    Input, InputKind, LinkButton, Narrow, PageHeader, Row, Select, Tab, Table, Tabs, Tone,
    chart::{LaneAxis, LaneChart, LaneKey, LaneLook, LaneTime},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use rpc::show_timeline;

const PATH: &str = "/capacity/timeline";

/// The page at `/capacity/timeline`.
#[component]
pub(crate) fn TimelinePage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::timeline_query);
    let timeline = Resource::new(move || query.get(), show_timeline);
    view! {
        <Title text=t::timeline(lang)/>
        <PageHeader title=capacity::title(lang) subtitle=t::subtitle(lang)/>
        {tabs(viewing, View::Timeline)}
        <Filters query/>
        {loaded(timeline, move |timeline| view! { <Content timeline query=query.get_untracked()/> })}
    }
    .into_any()
}

#[component]
fn Filters(query: Memo<TimelineQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let of = move |read: fn(&TimelineQuery) -> String| Signal::derive(move || query.with(read));
    let is_filtered = move || query.with(|q| !(q.environment.is_empty() && q.text.is_empty()));
    view! {
        <FilterBar label=common::filters(lang) action=PATH
            on:submit=go_on_submit(PATH) on:change=send_on_change
            actions=move || filter_actions(PATH, is_filtered)>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=capacity::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <HiddenInput name="from" value=of(|q| q.from.map(|at| at.to_string()).unwrap_or_default())/>
            <HiddenInput name="days" value=of(|q| q.days.to_string())/>
        </FilterBar>
    }
}

#[component]
fn Content(timeline: Timeline, query: TimelineQuery) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let again = query.clone();
    let concerns = |news: &News| matches!(news, News::Target { .. } | News::Change { .. });
    let value = keep_fresh(timeline, concerns, move || show_timeline(again.clone())).value;
    // Lanes stay while their data changes: who points at one goes on pointing.
    let span = Memo::new(move |_| value.with(|timeline| (timeline.from, timeline.until)));
    let is_empty = Memo::new(move |_| value.with(|timeline| timeline.lanes.rows.is_empty()));
    let days = query.days;
    let filtered = !(query.environment.is_empty() && query.text.is_empty());
    let steps = query.clone();
    let pages = move || {
        let query = query.clone();
        value.with(|timeline| {
            let Timeline { lanes, .. } = timeline;
            let href = move |page: PageQuery| {
                paths::timeline(&TimelineQuery {
                    page,
                    ..query.clone()
                })
            };
            view! { <Pages total=lanes.total offset=lanes.offset limit=lanes.limit href/> }
        })
    };
    let body = move || {
        if is_empty.get() {
            let (title, text) = match filtered {
                true => (
                    capacity::empty_filtered(lang),
                    capacity::empty_filtered_text(lang),
                ),
                false => (capacity::empty(lang), capacity::empty_text(lang)),
            };
            return view! { <EmptyState glyph=Glyph::Layers title text/> }.into_any();
        }
        view! {
            <p class="muted lanes-how-to">{t::how_to(lang)}</p>
            {legend(viewing)}
            <Lanes value span=span.get() days/>
            {as_table(viewing, value)}
        }
        .into_any()
    };
    view! {
        <Card title=t::lanes(lang) actions=move || view! { <Steps span query=steps/> }>{body}</Card>
        {pages}
    }
    .into_any()
}

/// How many days, and which.
#[component]
fn Steps(span: Memo<(Timestamp, Timestamp)>, query: TimelineQuery) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = viewing.loaded_at();
    let days = query.days;
    let at = move |days: u32, from: Option<Timestamp>| {
        paths::timeline(&TimelineQuery {
            days,
            from,
            page: PageQuery::default(),
            ..query.clone()
        })
    };
    let label = move |days| match days {
        1 => t::days_1(lang),
        7 => t::days_7(lang),
        _ => t::days_28(lang),
    };
    let tab = |offered: u32| Tab {
        label: label(offered).into(),
        href: at(offered, None),
        current: offered == days,
        ..Tab::default()
    };
    let tabs: Vec<Tab> = model::DAYS_OFFERED.into_iter().map(tab).collect();
    let today = at(days, None);
    let step = move |count: i32, label: &'static str, end: &'static str, glyph: Glyph| {
        let (from, _) = span.get();
        let moved = days_later(&viewing.zone(), from, count);
        let ahead_ms = moved.since_ms(now);
        let kept = -limits::TIMELINE_BEFORE_MS..=limits::TIMELINE_AHEAD_MS;
        match kept.contains(&ahead_ms) {
            true => view! {
                <LinkButton href=at(days, Some(moved)) size=ButtonSize::Small glyph>{label}</LinkButton>
            }
            .into_any(),
            false => view! {
                <Button size=ButtonSize::Small glyph disabled_reason=end>{label}</Button>
            }
            .into_any(),
        }
    };
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let earlier = step.clone();
    view! {
        <Tabs label=t::span(lang) tabs/>
        {move || earlier(-days, t::earlier(lang), t::earliest(lang), Glyph::ChevronLeft)}
        <LinkButton href=today size=ButtonSize::Small>{t::today(lang)}</LinkButton>
        {move || step(days, t::later(lang), t::latest(lang), Glyph::ChevronRight)}
    }
    .into_any()
}

fn legend(viewing: Viewing) -> impl IntoView {
    let lang = viewing.lang;
    view! {
        <ul class="chart-legend">
            <LaneKey look=LaneLook::Surface(1) label=t::planned(lang)/>
            <LaneKey look=LaneLook::Surface(0) label=t::up_to(lang)/>
            <LaneKey look=LaneLook::Line label=t::in_service(lang)/>
            <LaneKey look=LaneLook::Marked(Tone::Info) label=t::event(lang)/>
            <LaneKey look=LaneLook::Marked(Tone::Neutral) label=t::override_mark(lang)/>
            <LaneKey look=LaneLook::Hatched label=t::freeze(lang)/>
            <LaneKey look=LaneLook::Now label=t::now(lang)/>
        </ul>
    }
}

/// The targets of a page with the schedules that stand on them; the first of each
/// environment bears its name.
fn heads(timeline: &Timeline) -> Vec<(TargetId, Option<String>, Option<Environment>)> {
    let mut last = None;
    let rows = timeline.lanes.rows.iter();
    rows.map(|lane| {
        let is_first = last.replace(&lane.environment) != Some(&lane.environment);
        let environment = is_first.then(|| lane.environment.clone());
        (lane.target, lane.schedule.clone(), environment)
    })
    .collect()
}

#[component]
fn Lanes(value: RwSignal<Timeline>, span: (Timestamp, Timestamp), days: u32) -> impl IntoView {
    let viewing = use_viewing();
    let (from, until) = span;
    let time = LaneTime::new(from.ms(), until.ms(), model::grid_ms(days));
    let format = chart_format(viewing, from, count_text);
    let heads = Memo::new(move |_| value.with(heads));
    view! {
        <div class="lanes">
            <div class="lanes-inner">
                <LaneAxis time format/>
                <For each=move || heads.get() key=Clone::clone let((target, schedule, environment))>
                    {environment.map(|environment| view! { <h2 class="lane-group">{environment.to_string()}</h2> })}
                    <LaneRow value target schedule time/>
                </For>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn LaneRow(
    value: RwSignal<Timeline>,
    target: TargetId,
    schedule: Option<String>,
    time: LaneTime,
) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let lane = Memo::new(move |_| {
        value.with(|timeline| {
            let mut lanes = timeline.lanes.rows.iter();
            lanes.find(|lane| lane.target == target).cloned()
        })
    });
    let first = lane.get_untracked()?;
    let drawn = Memo::new(move |_| {
        value
            .with(|timeline| {
                lane.with(|lane| lane.as_ref().map(|lane| model::drawn(lang, timeline, lane)))
            })
            .unwrap_or_default()
    });
    let read = move |at: Timestamp| {
        let words = lane.with(|lane| lane.as_ref().map(|lane| model::reading(lang, lane, at)));
        format!("{} · {}", viewing.minute(at), words.unwrap_or_default())
    };
    // What is told while nobody points is the present.
    let at = move || match time.at_ms() {
        Some(at_ms) => Timestamp::from_ms(at_ms),
        None => value.with(|timeline| timeline.now.max(timeline.from).min(timeline.until)),
    };
    let spoken = Memo::new(move |_| read(at()));
    let said = Signal::derive(move || time.at_ms().map(|_| spoken.get()).unwrap_or_default());
    let suspended = Memo::new(move |_| {
        lane.with(|lane| lane.as_ref().map(|lane| lane.suspended.join(", ")))
            .unwrap_or_default()
    });
    let refused = viewing.refused_in(Action::ProposeChange, &first.environment);
    let no_event = refused
        .clone()
        .or_else(|| no_events(lang, first.reference.kind));
    let name = first.reference.name;
    // Where a schedule stands, another capacity for a time is an override of it.
    let override_button = schedule.as_deref().map(|schedule| {
        let words = (t::draft_override(lang), t::draft_override_for(lang, &name));
        draft_button(words, paths::new_override(schedule), refused.clone())
    });
    let event_button = draft_button(
        (t::draft(lang), t::draft_for(lang, &name)),
        paths::new_event(target),
        no_event.clone(),
    );
    let may = match &schedule {
        Some(_) => refused.is_none(),
        None => no_event.is_none(),
    };
    let navigate = use_navigate();
    let draft = Callback::new(move |(from_ms, until_ms)| {
        let (from, until) = (Timestamp::from_ms(from_ms), Timestamp::from_ms(until_ms));
        let href = match &schedule {
            Some(schedule) => paths::new_override_over(schedule, from, until),
            None => paths::new_event_over(target, from, until),
        };
        navigate(&href, NavigateOptions::default());
    });
    let on_span = may.then_some(draft);
    let format = chart_format(
        viewing,
        value.with_untracked(|timeline| timeline.from),
        count_text,
    );
    let lane_name = t::lane(lang, &name);
    Some(view! {
        <section class="lane" aria-label=name.clone()>
            <div class="lane-head">
                <p class="lane-name">
                    <a href=paths::target(target)>{name.clone()}</a>
                    {move || suspended.with(|list| (!list.is_empty()).then(|| view! {
                        <Badge tone=Tone::Warning>{capacity::suspended(lang)}</Badge>
                    }))}
                </p>
                <p class="lane-said">{said}</p>
                <div class="row">{override_button} {event_button}</div>
            </div>
            <LaneChart time data=drawn name=lane_name spoken format on_span/>
        </section>
    })
}

/// Leads to a form, or says why it does not.
fn draft_button(
    (word, label): (&'static str, String),
    href: String,
    refused: Option<String>,
) -> AnyView {
    match refused {
        None => view! {
            <LinkButton href size=ButtonSize::Small attr:aria-label=label>{word}</LinkButton>
        }
        .into_any(),
        Some(reason) => view! {
            <Button size=ButtonSize::Small disabled_reason=reason attr:aria-label=label>{word}</Button>
        }
        .into_any(),
    }
}

/// All planned changes, for who does not see lanes.
fn as_table(viewing: Viewing, value: RwSignal<Timeline>) -> impl IntoView {
    let lang = viewing.lang;
    let columns = vec![
        Column::text(capacity::target(lang)),
        Column::text(t::from_when(lang)),
        Column::text(capacity::capacity(lang)),
        Column::text(t::because(lang)),
    ];
    let rows = move || {
        value.with(|timeline| {
            let lanes = timeline.lanes.rows.iter();
            lanes
                .flat_map(|lane| table_rows(viewing, lane))
                .collect_view()
        })
    };
    view! {
        <details class="chart-table">
            <summary>{t::as_table(lang)}</summary>
            <Table caption=t::as_table(lang) columns dense=true narrow=Narrow::Scroll>{rows}</Table>
        </details>
    }
}

fn table_rows(viewing: Viewing, lane: &Lane) -> Vec<AnyView> {
    let lang = viewing.lang;
    let steps = lane.planned.iter().map(|step| {
        let (at, name) = (step.at, lane.reference.name.clone());
        let (capacity, cause) = (
            has(lang, lane.reference.kind, step.capacity),
            model::cause_words(lang, &step.by),
        );
        view! {
            <Row>
                <Cell heading=true>{name}</Cell>
                <Cell><Moment at/></Cell>
                <Cell><span class="numeric">{capacity}</span></Cell>
                <Cell>{cause}</Cell>
            </Row>
        }
        .into_any()
    });
    steps.collect()
}
