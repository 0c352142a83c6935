//! The channels and how they are doing, the routes, and whom they would tell.

use super::{
    View, model,
    rpc::{explain_route, show_routing, test_channel},
    tabs, trial,
};
use crate::{
    live::keep_fresh,
    shared::{Ago, Moment, Sending, environment_choices, loaded},
    texts::{alarms, common, notifications as t},
    viewer::use_viewing,
};
use api::{
    notifications::{ChannelRow, RouteExplanation, RouteQuestion, Routing, TimeIntervalRow},
    stream::News,
};
use domain::{
    alarms::{AlarmState, Priority},
    estate::Environment,
    inhibitions::InhibitRule,
    limits,
    policy::Action,
    routes::{Route, Subject},
};
use kit::{
    Button, ButtonSize, ButtonType, ButtonVariant, Callout, Card, Cell, Choice, Column,
    ConfirmDialog, DateTimeInput, EmptyState, Field, Form, Glyph, Input, NumberInput, PageHeader,
    Row, Select, Table, TextArea, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/alarms/routes`.
#[component]
pub(crate) fn RoutingPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let routing = Resource::new(|| (), |()| show_routing());
    view! {
        <Title text=t::routing(lang)/>
        <PageHeader title=t::routing(lang)/>
        {tabs(viewing, View::Routing)}
        {loaded(routing, move |routing| view! { <Content routing/> })}
    }
    .into_any()
}

#[component]
fn Content(routing: Routing) -> impl IntoView {
    let lang = use_viewing().lang;
    let concerns = |news: &News| matches!(news, News::Notification { .. });
    let routing = keep_fresh(routing, concerns, show_routing).value;
    // The routes stay as they are while messages come and go.
    let (routes, intervals, rules) = routing.with_untracked(|routing| {
        let intervals = routing.time_intervals.clone();
        (
            routing.routes.clone(),
            intervals,
            routing.inhibit_rules.clone(),
        )
    });
    let notes = routing.with_untracked(|routing| {
        let flapping = routing.flapping;
        let flapping = flapping.map(|rule| t::flapping(lang, rule.times, rule.within_minutes));
        let minutes = routing.acknowledgement_minutes;
        let ends = minutes.map(|minutes| t::acknowledgement_ends(lang, minutes));
        let digests = routing.digests.iter();
        let digests =
            digests.map(|one| t::digest_at(lang, one.name.as_str(), &one.at, &one.timezone));
        [ends, flapping]
            .into_iter()
            .flatten()
            .chain(digests)
            .collect()
    });
    let text = routing.with_untracked(|routing| routing.text.clone());
    let has_channels = routing.with_untracked(|routing| !routing.channels.is_empty());
    let channels = match has_channels {
        true => view! { <Channels routing/> }.into_any(),
        false => {
            let (title, text) = (t::no_channels(lang), t::no_channels_text(lang));
            view! { <Card><EmptyState glyph=Glyph::Bell title text/></Card> }.into_any()
        }
    };
    view! {
        <div class="stack">
            {channels}
            <Routes routes notes/>
            {(!rules.is_empty()).then(|| view! { <Inhibitions rules/> })}
            {(!intervals.is_empty()).then(|| view! { <Intervals intervals/> })}
            <Explain/>
            <trial::TryRoutes text/>
        </div>
    }
}

#[component]
fn Channels(routing: RwSignal<Routing>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::channel(lang)),
        Column::text(t::place(lang)),
        Column::number(t::unsettled(lang)),
        Column::number(t::dead(lang)),
        Column::text(t::last_sent(lang)),
        Column::text(t::promise(lang)),
        Column::actions(common::actions(lang)),
    ];
    view! {
        <Card title=t::channels(lang) flush=true>
            <Table caption=t::channels(lang) columns>
                <For each=move || routing.with(|routing| routing.channels.clone())
                    key=|channel| channel.name.clone() let:channel>
                    <Line channel routing/>
                </For>
            </Table>
        </Card>
    }
}

#[component]
fn Line(channel: ChannelRow, routing: RwSignal<Routing>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (name, kind) = (channel.name.clone(), model::kind(lang, channel.kind));
    let (place, promise) = (channel.place.clone(), channel.promise.clone());
    let own = name.clone();
    let row = Memo::new(move |_| {
        let now =
            routing.with(|routing| routing.channels.iter().find(|row| row.name == own).cloned());
        now.unwrap_or_else(|| channel.clone())
    });
    let sent = move || match row.with(|row| row.sent_at) {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => t::never(lang).into_any(),
    };
    let rests = move || {
        row.with(|row| row.rests_until).map(|at| {
            view! {
                <span class="muted">{t::rests(lang)} " " <Moment at seconds=true/></span>
            }
        })
    };
    let testing = RwSignal::new(false);
    let sending = Sending::new();
    let tested = name.clone();
    let test = move |()| {
        sending.send(test_channel(tested.clone()), move |()| {
            let _ = testing.try_set(false);
            sending.say(Tone::Ok, t::test_sent(lang));
        });
    };
    let refused = viewing.refused_here(Action::SendNotifications);
    let title = t::test_title(lang, name.as_str());
    view! {
        <Row>
            <Cell heading=true>{name.to_string()}</Cell>
            <Cell label=t::place(lang)><div class="notification-outcome">{kind} <span class="muted">{place}</span></div></Cell>
            <Cell label=t::unsettled(lang) numeric=true>{move || row.with(|row| row.unsettled)}</Cell>
            <Cell label=t::dead(lang) numeric=true>{move || row.with(|row| row.dead)}</Cell>
            <Cell label=t::last_sent(lang)><div class="notification-outcome">{sent} {rests}</div></Cell>
            <Cell label=t::promise(lang)><span class="muted">{promise}</span></Cell>
            <Cell label=common::actions(lang)>
                <Button size=ButtonSize::Small disabled_reason=refused on:click=move |_| testing.set(true)>{t::test(lang)}</Button>
                <ConfirmDialog open=testing title confirm_label=t::test(lang)
                    cancel_label=common::cancel(lang) busy=sending.busy on_confirm=test>
                    {t::test_text(lang)}
                </ConfirmDialog>
            </Cell>
        </Row>
    }
}

#[component]
fn Routes(
    routes: Vec<Route>,
    /// What else holds for all of them.
    notes: Vec<String>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let lines = model::route_lines(lang, &routes);
    if lines.is_empty() {
        return view! { <Callout tone=Tone::Warning>{t::no_routes(lang)}</Callout> }.into_any();
    }
    let columns = vec![
        Column::text(t::route(lang)),
        Column::text(t::fits(lang)),
        Column::text(t::tells(lang)),
        Column::text(t::then(lang)),
    ];
    let rows = lines.into_iter().map(move |line| {
        view! {
            <Row>
                <Cell heading=true>{line.path}</Cell>
                <Cell label=t::fits(lang)>{line.fits}</Cell>
                <Cell label=t::tells(lang)>{line.tells}</Cell>
                <Cell label=t::then(lang)><span class="muted">{line.then}</span></Cell>
            </Row>
        }
    });
    view! {
        <Card title=t::routes(lang) flush=true>
            <Table caption=t::routes(lang) columns dense=true>{rows.collect_view()}</Table>
            {notes.into_iter().map(|note| view! { <p class="card-note muted">{note}</p> }).collect_view()}
        </Card>
    }
    .into_any()
}

/// Which alarms hold which others back.
#[component]
fn Inhibitions(rules: Vec<InhibitRule>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::while_stands(lang)),
        Column::text(t::holds_back(lang)),
        Column::text(t::with_equal(lang)),
    ];
    let rows = rules.into_iter().map(move |rule| {
        let equal = match rule.equal.is_empty() {
            true => t::whatever(lang).to_owned(),
            false => rule.equal.join(", "),
        };
        view! {
            <Row>
                <Cell heading=true><code class="break">{rule.source_matchers.to_string()}</code></Cell>
                <Cell label=t::holds_back(lang)><code class="break">{rule.target_matchers.to_string()}</code></Cell>
                <Cell label=t::with_equal(lang)>{equal}</Cell>
            </Row>
        }
    });
    view! {
        <Card title=t::inhibitions(lang) flush=true>
            <Table caption=t::inhibitions(lang) columns dense=true>{rows.collect_view()}</Table>
        </Card>
    }
}

/// The hours that routes may name.
#[component]
fn Intervals(intervals: Vec<TimeIntervalRow>) -> impl IntoView {
    let lang = use_viewing().lang;
    let columns = vec![
        Column::text(t::time_interval(lang)),
        Column::text(t::hours(lang)),
        Column::text(t::time_zone(lang)),
    ];
    let rows = intervals.into_iter().map(move |interval| {
        view! {
            <Row>
                <Cell heading=true>{interval.name.to_string()}</Cell>
                <Cell label=t::hours(lang)>{interval.hours}</Cell>
                <Cell label=t::time_zone(lang)>{interval.timezone}</Cell>
            </Row>
        }
    });
    view! {
        <Card title=t::time_intervals(lang) flush=true>
            <Table caption=t::time_intervals(lang) columns dense=true>{rows.collect_view()}</Table>
        </Card>
    }
}

/// Whom the routes would tell of an alarm that one describes.
#[component]
fn Explain() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let sending = Sending::new();
    let answer = RwSignal::new(None::<RouteExplanation>);
    // Without "all": the question is about one alarm.
    let environments: Vec<Choice> = environment_choices(viewing).into_iter().skip(1).collect();
    let known = viewing.environments();
    let prod = Environment::from("prod");
    let first = known.iter().find(|one| **one == prod).or(known.first());
    let environment = RwSignal::new(first.map(ToString::to_string).unwrap_or_default());
    let priority = RwSignal::new(Priority::P1.as_str().to_owned());
    let name = RwSignal::new(String::new());
    let priorities = Priority::ALL.map(|one| Choice::new(one.as_str(), one.as_str()));
    let (at, minutes, labels) = (
        RwSignal::new(String::new()),
        RwSignal::new("0".to_owned()),
        RwSignal::new(String::new()),
    );
    let submit = move |_: leptos::ev::SubmitEvent| {
        sending.clear();
        let asked = at.get_untracked();
        let asked_at = match asked.is_empty() {
            true => None,
            false => match viewing.parse_field(&asked) {
                Ok(at) => Some(at),
                Err(_) => {
                    sending.refuse("at", t::time_wanted(lang));
                    None
                }
            },
        };
        let unattended_minutes = minutes.get_untracked().trim().parse().unwrap_or(u32::MAX);
        if unattended_minutes > limits::ESCALATION_MINUTES_MAX {
            let most = limits::ESCALATION_MINUTES_MAX;
            sending.refuse("minutes", t::minutes_wanted(lang, most));
        }
        let labels = model::labels(&labels.get_untracked());
        if labels.is_none() {
            sending.refuse("labels", t::label_wanted(lang));
        }
        if sending.has_errors() {
            return;
        }
        let subject = Subject {
            environment: Environment::new(environment.get_untracked()),
            priority: Priority::parse(&priority.get_untracked()).unwrap_or(Priority::P1),
            name: name.get_untracked(),
            scope: None,
            state: AlarmState::Alarm,
            labels: labels.unwrap_or_default(),
        };
        let question = RouteQuestion {
            subject,
            at: asked_at,
            unattended_minutes,
        };
        sending.send(explain_route(question), move |told| {
            answer.try_set(Some(told));
        });
    };
    view! {
        <Card title=t::explain(lang)>
            <p class="muted">{t::explain_text(lang)}</p>
            <Form on:submit=submit>
                <div class="explain-fields">
                    <Field name="environment" label=common::environment(lang) error=sending.error_of("environment")>
                        <Select name="environment" choices=environments value=environment
                            on_change=move |text| environment.set(text)/>
                    </Field>
                    <Field name="priority" label=alarms::priority(lang) error=sending.error_of("priority")>
                        <Select name="priority" choices=priorities.to_vec() value=priority
                            on_change=move |text| priority.set(text)/>
                    </Field>
                    <Field name="name" label=t::explain_name(lang) hint=common::optional(lang) error=sending.error_of("name")>
                        <Input name="name" value=name on_input=move |text| name.set(text)
                            maxlength=limits::SEARCH_CHARS_MAX as u32/>
                    </Field>
                    <Field name="at" label=t::at(lang) hint=t::at_hint(lang) error=sending.error_of("at")>
                        <DateTimeInput name="at" value=at on_input=move |text| at.set(text)/>
                    </Field>
                    <Field name="minutes" label=t::unattended(lang) error=sending.error_of("minutes")>
                        <NumberInput name="minutes" value=minutes min=0 max=i64::from(limits::ESCALATION_MINUTES_MAX)
                            step="1" on_input=move |text| minutes.set(text)/>
                    </Field>
                    <Field name="labels" label=t::explain_labels(lang) hint=t::labels_hint(lang) error=sending.error_of("labels")>
                        <TextArea name="labels" value=labels rows=2 on_input=move |text| labels.set(text)/>
                    </Field>
                </div>
                {sending.failed()}
                <div class="actions">
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::ask(lang)}</Button>
                </div>
            </Form>
            <div role="status">{move || answer.get().map(explained)}</div>
        </Card>
    }
}

fn explained(told: RouteExplanation) -> impl IntoView {
    let tone = match told.explanation.told.is_empty() {
        true => Tone::Warning,
        false => Tone::Info,
    };
    let reasons = told
        .reasons
        .into_iter()
        .map(|reason| view! { <li>{reason}</li> })
        .collect_view();
    view! {
        <Callout tone title=told.conclusion>
            <ul class="plain-list">{reasons}</ul>
        </Callout>
    }
}
