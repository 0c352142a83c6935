//! What else goes on around an alarm: what goes off beside it, and what was changed where it
//! belongs. The first question of whoever is woken is whether it is alone, the second what was
//! done before it.

use super::rpc::list_alarms;
use crate::{
    live::keep_fresh,
    pages::changes::list_changes,
    paths,
    shared::{Ago, breakable, change_chip, loaded_part, priority_badge},
    texts::alarms as t,
    viewer::use_viewing,
};
use api::{
    Page, PageQuery,
    alarms::{AlarmDetail, AlarmQuery, AlarmRow, AlarmSort},
    changes::{ChangeQuery, ChangeRow},
    stream::News,
};
use domain::{alarms::AlarmState, estate::Environment, ids::AlarmId};
use kit::Card;
use leptos::prelude::*;

/// Alarms, and changes, that are named.
const SHOWN: u32 = 6;

const fn first(limit: u32) -> PageQuery {
    PageQuery { offset: 0, limit }
}

/// What goes off in an environment.
fn going_off(environment: &Environment, limit: u32) -> AlarmQuery {
    AlarmQuery {
        state: vec![AlarmState::Alarm],
        environment: vec![environment.clone()],
        sort: AlarmSort::Newest,
        page: first(limit),
        ..AlarmQuery::default()
    }
}

/// What was asked for where an alarm belongs: of its target, or of its environment where it has
/// none that is known.
fn changed(detail: &AlarmDetail) -> ChangeQuery {
    let environment = match detail.target {
        Some(_) => Vec::new(),
        None => vec![detail.row.environment.clone()],
    };
    ChangeQuery {
        target: detail.target,
        environment,
        page: first(SHOWN),
        ..ChangeQuery::default()
    }
}

/// Both, beside the page of an alarm.
#[component]
pub(super) fn Around(detail: RwSignal<AlarmDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let (own, environment, asked) = detail.with_untracked(|detail| {
        let environment = detail.row.environment.clone();
        (detail.row.id, environment, changed(detail))
    });
    // One more than is named: it may be itself.
    let beside = going_off(&environment, SHOWN + 1);
    let (alarms_of, changes_of) = (beside.clone(), asked.clone());
    let alarms = Resource::new(|| (), move |()| list_alarms(alarms_of.clone()));
    let changes = Resource::new(|| (), move |()| list_changes(changes_of.clone()));
    view! {
        <Card title=t::beside(lang, environment.as_str())>
            {loaded_part(alarms, move |page| view! { <Beside own page query=beside.clone()/> })}
        </Card>
        <Card title=t::changed_before(lang)>
            {loaded_part(changes, move |page| view! { <Changed page query=asked.clone()/> })}
        </Card>
    }
}

#[component]
fn Beside(own: AlarmId, page: Page<AlarmRow>, query: AlarmQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let (again, all) = (
        query.clone(),
        AlarmQuery {
            page: PageQuery::default(),
            ..query
        },
    );
    let concerns = |news: &News| matches!(news, News::Alarm { .. });
    let list = keep_fresh(page, concerns, move || list_alarms(again.clone()));
    move || {
        list.value.with(|page| {
            let others = page.rows.iter().filter(|row| row.id != own);
            let rows: Vec<_> = others.take(SHOWN as usize).cloned().map(alarm).collect();
            if rows.is_empty() {
                return view! { <p class="muted">{t::beside_none(lang)}</p> }.into_any();
            }
            let more = (page.total > u64::from(SHOWN) + 1).then(
                || view! { <a href=paths::alarms(&all)>{t::beside_all(lang, page.total)}</a> },
            );
            view! { <ul class="plain-list around">{rows}</ul> {more} }.into_any()
        })
    }
}

fn alarm(row: AlarmRow) -> impl IntoView {
    view! {
        <li class="row">
            {priority_badge(row.priority, row.state)}
            <a href=paths::alarm(row.id)>{breakable(&row.name)}</a>
            <span class="muted"><Ago at=row.state_at/></span>
        </li>
    }
}

#[component]
fn Changed(page: Page<ChangeRow>, query: ChangeQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let (again, all) = (
        query.clone(),
        ChangeQuery {
            page: PageQuery::default(),
            ..query
        },
    );
    let concerns = |news: &News| matches!(news, News::Change { .. });
    let list = keep_fresh(page, concerns, move || list_changes(again.clone()));
    move || {
        list.value.with(|page| {
            if page.rows.is_empty() {
                return view! { <p class="muted">{t::changed_none(lang)}</p> }.into_any();
            }
            let rows = page.rows.iter().map(|row| change(lang, row)).collect_view();
            let more = (page.total > u64::from(SHOWN)).then(
                || view! { <a href=paths::changes(&all)>{t::changed_all(lang, page.total)}</a> },
            );
            view! { <ul class="plain-list around">{rows}</ul> {more} }.into_any()
        })
    }
}

fn change(lang: domain::i18n::Lang, row: &ChangeRow) -> impl IntoView + use<> {
    let (chip, id) = (change_chip(lang, row), row.id);
    let title = format!("{} · {}", row.target_name, row.author);
    let at = row.updated_at;
    view! {
        <li class="row">
            {chip}
            <a href=paths::change(id)>{breakable(&title)}</a>
            <span class="muted"><Ago at/></span>
        </li>
    }
}
