//! Activity: the audit log.

pub(crate) mod model;
mod rpc;

use crate::{
    live::keep_fresh,
    pages::changes::model::short_hash,
    paths,
    shared::{
        Moment, Pages, filter_actions, go_on_submit, loaded, outcome, page_query, send_on_change,
    },
    texts::{activity as t, common},
    viewer::use_viewing,
};
use api::{
    Page,
    audit::{AuditQuery, AuditRow},
};
use domain::{i18n::Lang, limits};
use kit::{
    Card, Cell, Choice, Column, EmptyState, FilterBar, Glyph, HiddenInput, Input, InputKind,
    PageHeader, Row, Select, StateChip, Table,
};
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::list_audit;

/// The page at `/activity`.
#[component]
pub(crate) fn ActivityPage() -> impl IntoView {
    let lang = use_viewing().lang;
    let query = page_query(paths::audit_query);
    let page = Resource::new(move || query.get(), list_audit);
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang) subtitle=t::subtitle(lang)/>
        <Filters query/>
        {loaded(page, move |page| view! { <List page query=query.get_untracked()/> })}
    }
    .into_any()
}

fn is_filtered(query: &AuditQuery) -> bool {
    let open = AuditQuery {
        page: query.page,
        ..AuditQuery::default()
    };
    *query != open
}

#[component]
fn Filters(query: Memo<AuditQuery>) -> impl IntoView {
    let lang = use_viewing().lang;
    let path = "/activity";
    let areas = [
        ("", t::all_actions(lang)),
        ("change.", t::area_change(lang)),
        ("event.", t::area_event(lang)),
        ("schedule.", t::area_schedule(lang)),
        ("alarm.", t::area_alarm(lang)),
        ("notification.", t::area_notification(lang)),
        ("cover.", t::area_on_call(lang)),
        ("drill.", t::area_drill(lang)),
        ("silence.", t::area_silence(lang)),
        ("freeze.", t::area_freeze(lang)),
        ("person.", t::area_person(lang)),
        ("session.", t::area_session(lang)),
        ("token.", t::area_token(lang)),
        ("estate.", t::area_estate(lang)),
    ];
    // A verb from a link that is none of the areas stays what is filtered by.
    let choices = Signal::derive(move || {
        let mut choices: Vec<Choice> = areas
            .iter()
            .map(|(value, label)| Choice::new(*value, *label))
            .collect();
        let action = query.with(|query| query.action.clone());
        if areas.iter().all(|(value, _)| *value != action) {
            choices.push(Choice::new(action.clone(), t::verb(lang, &action)));
        }
        choices
    });
    let of = move |read: fn(&AuditQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || filter_actions(path, move || query.with(is_filtered))>
            <Select name="action" aria_label=t::what(lang) choices value=of(|q| q.action.clone())/>
            // Chosen by a link in the list.
            <HiddenInput name="actor" value=of(|q| q.actor.clone())/>
            <Input name="person" kind=InputKind::Search aria_label=t::person_filter(lang)
                placeholder=t::person_filter(lang) value=of(|q| q.person.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
            <Select name="hours" aria_label=t::range(lang) choices=ranges(lang)
                value=of(|q| q.hours.map_or_else(String::new, |hours| hours.to_string()))/>
            <Input name="subject" kind=InputKind::Search aria_label=t::subject_filter(lang)
                placeholder=t::subject_filter(lang) value=of(|q| q.subject.clone())
                maxlength=limits::SEARCH_CHARS_MAX as u32/>
        </FilterBar>
    }
}

/// How far back one may look, in hours.
fn ranges(lang: Lang) -> Vec<Choice> {
    vec![
        Choice::new("", t::any_time(lang)),
        Choice::new("1", t::last_hour(lang)),
        Choice::new("24", t::last_day(lang)),
        Choice::new("168", t::last_week(lang)),
        Choice::new("720", t::last_month(lang)),
    ]
}

/// A page of entries. Those that come are put in, those that are there stay as
/// they are, unfolded or not.
#[component]
fn List(page: Page<AuditRow>, query: AuditQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let again = query.clone();
    let list = keep_fresh(page, |_| false, move || list_audit(again.clone())).value;
    let total = Memo::new(move |_| list.with(|page| page.total));
    let is_empty = Memo::new(move |_| total.get() == 0);
    move || {
        if is_empty.get() {
            nothing(lang, &query)
        } else {
            table(lang, list, total, query.clone())
        }
    }
}

fn nothing(lang: Lang, query: &AuditQuery) -> AnyView {
    let (title, text) = if is_filtered(query) {
        (t::empty_filtered(lang), t::empty_filtered_text(lang))
    } else {
        (t::empty(lang), t::empty_text(lang))
    };
    view! { <Card><EmptyState glyph=Glyph::Book title text/></Card> }.into_any()
}

fn table(
    lang: Lang,
    list: RwSignal<Page<AuditRow>>,
    total: Memo<u64>,
    query: AuditQuery,
) -> AnyView {
    let columns = vec![
        Column::number(t::number(lang)),
        Column::text(t::when(lang)),
        Column::text(t::who(lang)),
        Column::text(t::what(lang)),
        Column::text(t::subject(lang)),
        Column::text(t::outcome(lang)),
        Column::text(t::detail(lang)),
        Column::text(t::hash(lang)),
    ];
    let (offset, limit) = list.with_untracked(|page| (page.offset, page.limit));
    let filters = query.clone();
    let href = Callback::new(move |page| {
        paths::activity(&AuditQuery {
            page,
            ..filters.clone()
        })
    });
    view! {
        <Card flush=true>
            <Table caption=t::title(lang) columns dense=true>
                <For each=move || list.with(|page| page.rows.clone()) key=|row| row.seq
                    children=move |row| line(lang, row, &query)/>
            </Table>
        </Card>
        {move || view! { <Pages total=total.get() offset limit href/> }}
    }
    .into_any()
}

fn line(lang: Lang, row: AuditRow, query: &AuditQuery) -> AnyView {
    let (tone, label) = outcome(lang, row.outcome);
    let verb = t::verb(lang, &row.action);
    let by_actor = paths::activity(&AuditQuery {
        actor: row.actor.clone(),
        page: api::PageQuery::default(),
        ..query.clone()
    });
    let who = if row.actor == "system" {
        t::system(lang).to_owned()
    } else {
        row.actor_name
    };
    let short = short_hash(&row.hash);
    let named = match row.subject_name.as_str() {
        "" => row.subject.clone(),
        name => name.to_owned(),
    };
    let subject = match model::subject_href(&row.subject) {
        Some(href) => view! { <a class="break" href=href title=row.subject>{named}</a> }.into_any(),
        None => view! { <span class="break" title=row.subject>{named}</span> }.into_any(),
    };
    let detail = model::has_detail(&row.detail_json).then(|| {
        let text = model::pretty(&row.detail_json);
        view! {
            <details class="detail">
                <summary>{t::detail(lang)}</summary>
                <pre class="detail-json" tabindex="0">{text}</pre>
            </details>
        }
    });
    view! {
        <Row>
            <Cell label=t::number(lang) numeric=true>{row.seq}</Cell>
            <Cell label=t::when(lang)><Moment at=row.at seconds=true/></Cell>
            <Cell label=t::who(lang)><a href=by_actor>{who}</a></Cell>
            <Cell heading=true><span title=row.action>{verb}</span></Cell>
            <Cell label=t::subject(lang)>{subject}</Cell>
            <Cell label=t::outcome(lang)><StateChip tone label/></Cell>
            <Cell label=t::detail(lang)>{detail}</Cell>
            <Cell label=t::hash(lang)><code title=row.hash>{short}</code></Cell>
        </Row>
    }
    .into_any()
}
