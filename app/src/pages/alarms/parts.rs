//! The list of alarms and its filters.

use super::{
    model::{self, Patched, source_word},
    rpc::list_alarms,
};
use crate::{
    live::{keep_fresh, use_live},
    paths,
    shared::{
        Ago, Pages, alarm_chip, alarm_state, breakable, environment_badge, environment_choices,
        filter_actions, first_word, go_on_submit, priority_badge, send_on_change,
    },
    texts::{alarms as t, common, silences},
    viewer::use_viewing,
};
use api::{
    Page,
    alarms::{AlarmQuery, AlarmRow, AlarmSort},
    stream::News,
};
use domain::{
    alarms::{AlarmState, Priority},
    i18n::Lang,
    limits,
    sources::SourceKind,
};
use kit::{
    Badge, Button, Card, Cell, Choice, Column, EmptyState, FilterBar, Glyph, Input, InputKind, Row,
    Select, Sorted, Table,
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
    let mut sources = vec![Choice::new("", t::all_sources(lang))];
    sources.extend(SourceKind::ALL.map(|s| Choice::new(s.as_str(), source_word(s))));
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
            actions=move || filter_actions(path, move || query.with(model::is_filtered))>
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
            <Select name="source" aria_label=t::source(lang) choices=sources
                value=of(|q| first_word(&q.source, |s| s.as_str().into()))/>
            <Select name="acknowledged" aria_label=t::acknowledged(lang) choices=acknowledged
                value=of(|q| q.acknowledged.map_or("", |yes| if yes { "yes" } else { "no" }).into())/>
            <Select name="sort" aria_label=t::sort(lang) choices=orders
                value=of(|q| paths::alarm_sort_word(q.sort).into())/>
        </FilterBar>
    }
}

/// A page of alarms that follows the news. Rows change in place: whatever of
/// them has the focus keeps it.
#[component]
pub(super) fn List(page: Page<AlarmRow>, query: AlarmQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let again = query.clone();
    let list = keep_fresh(page, |_| false, move || list_alarms(again.clone()));
    let fresh = RwSignal::new(0_u32);
    let filters = query.clone();
    use_live().listen(move |news| {
        let News::Alarm { row } = news else { return };
        let patched =
            list.value
                .try_maybe_update(|page| match model::patch(&mut page.rows, row, &filters) {
                    Patched::Replaced => (true, Patched::Replaced),
                    other => (false, other),
                });
        if patched == Some(Patched::New) {
            fresh.try_update(|fresh| *fresh += 1);
        }
    });
    let show = move |_| {
        fresh.set(0);
        list.refresh();
    };
    let announcement = move || {
        let count = fresh.get();
        (count > 0).then(|| {
            view! { <Button glyph=Glyph::Refresh on:click=show>{t::fresh(lang, count)}</Button> }
        })
    };
    let (total, offset, limit) = (
        Memo::new(move |_| list.value.with(|page| page.total)),
        list.value.with_untracked(|page| page.offset),
        list.value.with_untracked(|page| page.limit),
    );
    let is_empty = Memo::new(move |_| total.get() == 0);
    let content = move || {
        if is_empty.get() {
            return nothing(lang, &query);
        }
        let (columns, pages) = (columns(lang, &query), query.clone());
        let href = Callback::new(move |page| {
            paths::alarms(&AlarmQuery {
                page,
                ..pages.clone()
            })
        });
        view! {
            <Card flush=true>
                <Table caption=t::title(lang) columns dense=true>
                    <For each=move || list.value.with(|page| page.rows.clone()) key=|row| row.id let:row>
                        <AlarmLine row list=list.value/>
                    </For>
                </Table>
            </Card>
            {move || view! { <Pages total=total.get() offset limit href/> }}
        }
        .into_any()
    };
    view! {
        <div class="live-news" role="status">{announcement}</div>
        {content}
    }
    .into_any()
}

fn nothing(lang: Lang, query: &AlarmQuery) -> AnyView {
    let (title, text) = if model::is_filtered(query) {
        (t::empty_filtered(lang), t::empty_filtered_text(lang))
    } else {
        (t::empty(lang), t::empty_text(lang))
    };
    view! { <Card><EmptyState glyph=Glyph::Bell title text/></Card> }.into_any()
}

fn columns(lang: Lang, query: &AlarmQuery) -> Vec<Column> {
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
fn AlarmLine(row: AlarmRow, list: RwSignal<Page<AlarmRow>>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (id, name, environment) = (row.id, row.name.clone(), row.environment.clone());
    // A row that left the list stays as it was until it is taken away.
    let row = Memo::new(move |last: Option<&AlarmRow>| {
        let now = list.with(|page| page.rows.iter().find(|row| row.id == id).cloned());
        now.unwrap_or_else(|| last.unwrap_or(&row).clone())
    });
    let owner = move || {
        row.with(|row| match (&row.acknowledged, row.state) {
            (Some(acknowledgement), _) => acknowledgement.by.clone(),
            (None, AlarmState::Alarm) => t::nobody(lang).to_owned(),
            (None, _) => "–".to_owned(),
        })
    };
    let now = use_live().now;
    // Its end is no news of the alarm.
    let until = Memo::new(move |_| {
        let until = row.with(|row| row.silenced_until);
        until.filter(|until| now.get() < *until)
    });
    let silent = move || {
        let until = until.get()?;
        let title = silences::silenced_until(lang, &viewing.minute(until));
        Some(view! { <span title=title><Badge>{silences::silenced(lang)}</Badge></span> })
    };
    view! {
        <Row>
            <Cell label=common::state(lang)>{move || alarm_chip(lang, row.with(|row| row.state))}</Cell>
            <Cell heading=true><a href=paths::alarm(id)>{breakable(&name)}</a></Cell>
            <Cell label=t::priority(lang)>{move || row.with(|row| priority_badge(row.priority, row.state))}</Cell>
            <Cell label=common::environment(lang)>{environment_badge(&environment)}</Cell>
            <Cell label=t::since(lang)>{move || view! { <Ago at=row.with(|row| row.state_at)/> }}</Cell>
            <Cell label=t::looked_after(lang)>{owner} {silent}</Cell>
            <Cell label=t::reason(lang) truncate=true><span class="muted" title=move || row.with(|row| row.reason.clone())>{move || row.with(|row| row.reason.clone())}</span></Cell>
        </Row>
    }
}
