//! Notifications: the messages and how they stand, the channels and the routes, and
//! who was told of one alarm.

mod model;
mod routing;
mod rpc;
mod told;
mod trial;

pub(crate) use model::labels;
pub(crate) use routing::RoutingPage;
pub(crate) use told::Told;

use crate::{
    live::keep_fresh,
    paths,
    shared::{
        Ago, Moment, Pages, Sending, environment_badge, filter_actions, first_word, go_on_submit,
        loaded, page_query, send_on_change,
    },
    texts::{
        aws_events as event_words, common, coverage as coverage_words, drills as drill_words,
        notifications as t, on_call as on_call_words, set_aside as set_aside_words,
        silences as silence_words,
    },
    viewer::{Viewing, use_viewing},
};
use api::{
    Page, PageQuery,
    alarms::AlarmQuery,
    aws_events::AwsEventQuery,
    checks::CheckQuery,
    notifications::{NotificationQuery, NotificationRow, Routing},
    stream::News,
};
use domain::{ids::DeliveryId, notifications::DeliveryState, policy::Action};
use kit::{
    Button, ButtonSize, Card, Cell, Choice, Column, EmptyState, FilterBar, Glyph, HiddenInput,
    LinkButton, PageHeader, Row, Select, StateChip, Tab, Table, Tabs, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;
use rpc::{list_notifications, send_again, show_routing};

/// What of the alarms is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    Alarms,
    Coverage,
    Events,
    SetAside,
    Notifications,
    Routing,
    Silences,
    OnCall,
    Drills,
}

/// The links between the views of the area.
pub(crate) fn tabs(viewing: Viewing, current: View) -> impl IntoView {
    let lang = viewing.lang;
    let tabs: Vec<Tab> = [
        (
            View::Alarms,
            t::alarms(lang),
            paths::alarms(&AlarmQuery::default()),
        ),
        (
            View::Coverage,
            coverage_words::title(lang),
            paths::coverage(&CheckQuery::default()),
        ),
        (
            View::Events,
            event_words::title(lang),
            paths::aws_events(&AwsEventQuery::default()),
        ),
        (
            View::SetAside,
            set_aside_words::title(lang),
            paths::set_asides(PageQuery::default()),
        ),
        (
            View::Notifications,
            t::title(lang),
            paths::notifications(&NotificationQuery::default()),
        ),
        (View::Routing, t::routing(lang), paths::routing()),
        (
            View::Silences,
            silence_words::title(lang),
            paths::silences(),
        ),
        (View::OnCall, on_call_words::title(lang), paths::on_call()),
        (View::Drills, drill_words::title(lang), paths::drills()),
    ]
    .into_iter()
    .map(|(view, label, href)| Tab {
        label: label.into(),
        href,
        current: view == current,
        disabled_reason: match view {
            View::SetAside => viewing.refused_here(Action::ManageSetAside),
            _ => None,
        },
        ..Tab::default()
    })
    .collect();
    view! { <Tabs label=t::views(lang) tabs/> }
}

/// The page at `/alarms/notifications`.
#[component]
pub(crate) fn NotificationsPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let query = page_query(paths::notification_query);
    // The filter offers the channels.
    let page = Resource::new(
        move || query.get(),
        |query| async move { Ok((list_notifications(query).await?, show_routing().await?)) },
    );
    view! {
        <Title text=t::title(lang)/>
        <PageHeader title=t::title(lang)/>
        {tabs(viewing, View::Notifications)}
        {loaded(page, move |(page, routing)| view! {
            <Filters query routing/>
            <List page query=query.get_untracked()/>
        })}
    }
    .into_any()
}

#[component]
fn Filters(query: Memo<NotificationQuery>, routing: Routing) -> impl IntoView {
    let lang = use_viewing().lang;
    let path = "/alarms/notifications";
    let mut channels = vec![Choice::new("", t::all_channels(lang))];
    channels.extend(
        routing
            .channels
            .iter()
            .map(|channel| Choice::new(channel.name.as_str(), channel.name.as_str())),
    );
    let of = move |read: fn(&NotificationQuery) -> String| Signal::derive(move || query.with(read));
    view! {
        <FilterBar label=common::filters(lang) action=path
            on:submit=go_on_submit(path) on:change=send_on_change
            actions=move || filter_actions(path, move || query.with(model::is_filtered))>
            <Select name="state" aria_label=common::state(lang) choices=model::state_choices(lang)
                value=of(|q| first_word(&q.state, |s| s.as_str().into()))/>
            <Select name="channel" aria_label=t::channel(lang) choices=channels
                value=of(|q| first_word(&q.channel, ToString::to_string))/>
            <HiddenInput name="alarm" value=of(|q| q.alarm.map(|id| id.to_string()).unwrap_or_default())/>
            {move || query.with(|q| q.alarm.is_some()).then(|| t::one_alarm(lang))}
        </FilterBar>
    }
}

#[component]
fn List(page: Page<NotificationRow>, query: NotificationQuery) -> impl IntoView {
    let lang = use_viewing().lang;
    let again = query.clone();
    let list = keep_fresh(
        page,
        |news| matches!(news, News::Notification { .. }),
        move || list_notifications(again.clone()),
    );
    let is_empty = Memo::new(move |_| list.value.with(|page| page.total == 0));
    move || {
        if is_empty.get() {
            return nothing(&query);
        }
        let columns = vec![
            Column::text(common::state(lang)),
            Column::text(t::message(lang)),
            Column::text(t::channel(lang)),
            Column::text(common::environment(lang)),
            Column::text(t::written(lang)),
            Column::number(t::attempts(lang)),
            Column::text(t::outcome(lang)),
            Column::actions(common::actions(lang)),
        ];
        let (offset, limit) = list.value.with_untracked(|page| (page.offset, page.limit));
        let pages = query.clone();
        let href = Callback::new(move |page| {
            paths::notifications(&NotificationQuery {
                page,
                ..pages.clone()
            })
        });
        view! {
            <Card flush=true>
                <Table caption=t::title(lang) columns dense=true>
                    <For each=move || list.value.with(|page| page.rows.clone()) key=|row| row.id let:row>
                        <Line row list=list.value/>
                    </For>
                </Table>
            </Card>
            {move || view! { <Pages total=list.value.with(|page| page.total) offset limit href/> }}
        }
        .into_any()
    }
}

fn nothing(query: &NotificationQuery) -> AnyView {
    let lang = use_viewing().lang;
    let (title, text) = if model::is_filtered(query) {
        (t::empty_filtered(lang), t::empty_filtered_text(lang))
    } else {
        (t::empty(lang), t::empty_text(lang))
    };
    view! {
        <Card>
            <EmptyState glyph=Glyph::Bell title text>
                <LinkButton href=paths::routing()>{t::to_routing(lang)}</LinkButton>
            </EmptyState>
        </Card>
    }
    .into_any()
}

/// A message; it changes in place while it is on its way.
#[component]
fn Line(row: NotificationRow, list: RwSignal<Page<NotificationRow>>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let first = row.clone();
    let id = row.id;
    // A row that left the list stays as it was until it is taken away.
    let row = Memo::new(move |last: Option<&NotificationRow>| {
        let now = list.with(|page| page.rows.iter().find(|row| row.id == id).cloned());
        now.unwrap_or_else(|| last.unwrap_or(&first).clone())
    });
    let (environment, alarm, text, channel, at) = row.with_untracked(|row| {
        let text = row.text.clone();
        (
            row.environment.clone(),
            row.alarm,
            text,
            row.channel.clone(),
            row.created_at,
        )
    });
    let message = match alarm {
        Some(alarm) => view! { <a href=paths::alarm(alarm)>{text}</a> }.into_any(),
        None => text.into_any(),
    };
    let refused = match &environment {
        Some(environment) => viewing.refused_in(Action::SendNotifications, environment),
        None => viewing.refused_here(Action::SendNotifications),
    };
    let is_dead = Memo::new(move |_| row.with(|row| row.state == DeliveryState::Dead));
    view! {
        <Row>
            <Cell label=common::state(lang)>{move || state_chip(viewing, row.with(|row| row.state))}</Cell>
            <Cell heading=true>{message}</Cell>
            <Cell label=t::channel(lang)>{channel.to_string()}</Cell>
            <Cell label=common::environment(lang)>{environment.as_ref().map(environment_badge)}</Cell>
            <Cell label=t::written(lang)><Ago at/></Cell>
            <Cell label=t::attempts(lang) numeric=true>{move || row.with(|row| row.attempts)}</Cell>
            <Cell label=t::outcome(lang)>{move || row.with(|row| outcome(viewing, row))}</Cell>
            <Cell label=common::actions(lang)>
                {move || is_dead.get().then(|| view! { <Again id list refused=refused.clone()/> })}
            </Cell>
        </Row>
    }
}

fn state_chip(viewing: Viewing, state: DeliveryState) -> impl IntoView {
    let (tone, label) = model::state(viewing.lang, state);
    view! { <StateChip tone label/> }
}

/// What came of a message so far.
fn outcome(viewing: Viewing, row: &NotificationRow) -> AnyView {
    let lang = viewing.lang;
    let failure = row.failure.clone();
    let next = row.next_at.map(|at| {
        view! {
            <span class="muted">{t::tried_again(lang)} " " <Moment at seconds=true/></span>
        }
    });
    let receipt = row.receipt.as_ref().filter(|id| !id.is_empty());
    let receipt = receipt.map(|id| view! { <span class="muted">{t::receipt(lang, id)}</span> });
    view! { <div class="notification-outcome">{failure} {next} {receipt}</div> }.into_any()
}

/// Sends a message again that was given up.
#[component]
fn Again(
    id: DeliveryId,
    list: RwSignal<Page<NotificationRow>>,
    refused: Option<String>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let again = move |_| {
        sending.send(send_again(id), move |new| {
            list.try_update(|page| {
                if let Some(row) = page.rows.iter_mut().find(|row| row.id == id) {
                    *row = new;
                }
            });
            sending.say(Tone::Ok, t::sent_again(lang));
        });
    };
    view! {
        <Button size=ButtonSize::Small disabled_reason=refused busy=sending.busy on:click=again>
            {t::send_again(lang)}
        </Button>
    }
}
