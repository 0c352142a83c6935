//! The list of alarms and its filters.

use super::model::{self, Patched};
use crate::{
    live::use_live,
    paths,
    shared::{
        Ago, Pages, alarm_chip, alarm_state, environment_badge, environment_choices, first_word,
        go_on_submit, priority_badge, send_on_change,
    },
    texts::{alarms as t, common},
    viewer::use_viewing,
};
use api::{
    Page,
    alarms::{AlarmQuery, AlarmRow, AlarmSort},
    stream::News,
};
use domain::{
    alarms::{AlarmState, Priority},
    limits,
};
use kit::{
    Button, ButtonType, Card, Cell, Choice, Column, EmptyState, FilterBar, Glyph, Input, InputKind,
    LinkButton, Row, Select, Sorted, Table,
};
use leptos::prelude::*;

/// The filters; the address holds them.
#[component]
pub(super) fn Filters(query: Memo<AlarmQuery>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = "/alarms";
    let mut states = vec![Choice::new("", t::all_states(lang))];
    states.extend(AlarmState::ALL.map(|s| Choice::new(s.as_str(), alarm_state(lang, s).1)));
    let mut priorities = vec![Choice::new("", t::all_priorities(lang))];
    priorities.extend(Priority::ALL.map(|p| Choice::new(p.as_str(), p.as_str())));
    let acknowledged = vec![
        Choice::new("", t::any_acknowledgement(lang)),
        Choice::new("no", t::only_open(lang)),
        Choice::new("yes", t::only_acknowledged(lang)),
    ];
    let orders = vec![
        Choice::new("urgency", t::sort_urgency(lang)),
        Choice::new("newest", t::sort_newest(lang)),
        Choice::new("name", t::sort_name(lang)),
    ];
    let of = move |read: fn(&AlarmQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || view! {
                <Button kind=ButtonType::Submit>{common::apply_filters(lang)}</Button>
                {move || query.with(model::is_filtered).then(|| view! {
                    <LinkButton href=path variant=kit::ButtonVariant::Ghost>{common::clear_filters(lang)}</LinkButton>
                })}
            }>
            <Input name="text" kind=InputKind::Search aria_label=common::search(lang)
                placeholder=t::search_placeholder(lang) value=of(|q| q.text.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="state" aria_label=common::state(lang) choices=states
                value=of(|q| first_word(&q.state, |s| s.as_str().into()))/>
            <Select name="environment" aria_label=common::environment(lang)
                choices=environment_choices(viewing)
                value=of(|q| first_word(&q.environment, ToString::to_string))/>
            <Select name="priority" aria_label=t::priority(lang) choices=priorities
                value=of(|q| first_word(&q.priority, |p| p.as_str().into()))/>
            <Select name="acknowledged" aria_label=t::acknowledged(lang) choices=acknowledged
                value=of(|q| q.acknowledged.map_or("", |yes| if yes { "yes" } else { "no" }).into())/>
            <Select name="sort" aria_label=t::sort(lang) choices=orders
                value=of(|q| paths::alarm_sort_word(q.sort).into())/>
        </FilterBar>
    }
}

/// A page of alarms that follows the news.
#[component]
pub(super) fn List(
    page: Page<AlarmRow>,
    query: AlarmQuery,
    /// Reads the list again.
    on_reload: Callback<()>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let (total, offset, limit) = (page.total, page.offset, page.limit);
    let rows = RwSignal::new(page.rows);
    let fresh = RwSignal::new(0_u32);
    let filters = query.clone();
    use_live().listen(move |news| {
        let News::Alarm { row } = news else { return };
        let mut patched = Patched::Ignored;
        rows.try_update(|rows| patched = model::patch(rows, row, &filters));
        if patched == Patched::New {
            fresh.try_update(|fresh| *fresh += 1);
        }
    });
    let announcement = move || {
        (fresh.get() > 0).then(|| view! {
            <Button glyph=Glyph::Refresh on:click=move |_| on_reload.run(())>{t::fresh(lang, fresh.get())}</Button>
        })
    };
    if total == 0 {
        let (title, text) = if model::is_filtered(&query) {
            (t::empty_filtered(lang), t::empty_filtered_text(lang))
        } else {
            (t::empty(lang), t::empty_text(lang))
        };
        return view! {
            <div class="live-news" role="status">{announcement}</div>
            <Card><EmptyState glyph=Glyph::Bell title text/></Card>
        }
        .into_any();
    }
    let pages = query.clone();
    let href = move |page| {
        paths::alarms(&AlarmQuery {
            page,
            ..pages.clone()
        })
    };
    view! {
        <div class="live-news" role="status">{announcement}</div>
        <Card flush=true>
            <Table caption=t::title(lang) columns=columns(lang, &query) dense=true>
                <For each=move || rows.get() key=|row| (row.id, row.version) let:row>
                    <AlarmLine row/>
                </For>
            </Table>
        </Card>
        <Pages total offset limit href/>
    }
    .into_any()
}

fn columns(lang: domain::i18n::Lang, query: &AlarmQuery) -> Vec<Column> {
    let sorted_by = |sort: AlarmSort, direction: Sorted| {
        let sorted = if query.sort == sort {
            direction
        } else {
            Sorted::No
        };
        let mut query = query.clone();
        (query.sort, query.page.offset) = (sort, 0);
        (sorted, paths::alarms(&query))
    };
    let (by_name, name_href) = sorted_by(AlarmSort::Name, Sorted::Ascending);
    let (by_urgency, urgency_href) = sorted_by(AlarmSort::Urgency, Sorted::Descending);
    let (by_age, age_href) = sorted_by(AlarmSort::Newest, Sorted::Descending);
    vec![
        Column::text(common::state(lang)).sort(by_urgency, urgency_href),
        Column::text(common::name(lang)).sort(by_name, name_href),
        Column::text(t::priority(lang)),
        Column::text(common::environment(lang)),
        Column::text(t::since(lang)).sort(by_age, age_href),
        Column::text(t::looked_after(lang)),
        Column::text(t::reason(lang)),
    ]
}

#[component]
fn AlarmLine(row: AlarmRow) -> impl IntoView {
    let lang = use_viewing().lang;
    let owner = match (&row.acknowledged, row.state) {
        (Some(acknowledgement), _) => acknowledgement.by.clone(),
        (None, AlarmState::Alarm) => t::nobody(lang).to_owned(),
        (None, _) => "–".to_owned(),
    };
    view! {
        <Row>
            <Cell label=common::state(lang)>{alarm_chip(lang, row.state)}</Cell>
            <Cell heading=true><a href=paths::alarm(row.id)>{row.name}</a></Cell>
            <Cell label=t::priority(lang)>{priority_badge(row.priority, row.state)}</Cell>
            <Cell label=common::environment(lang)>{environment_badge(&row.environment)}</Cell>
            <Cell label=t::since(lang)><Ago at=row.state_at/></Cell>
            <Cell label=t::looked_after(lang)>{owner}</Cell>
            <Cell label=t::reason(lang) truncate=true><span class="muted">{row.reason}</span></Cell>
        </Row>
    }
}
