//! One alarm: its state and why, what it watches, its chart and history, and
//! who looks after it.

use super::{
    actions::Switch,
    around::Around,
    log_lines::Logs,
    model,
    put::ChangeAlarm,
    rpc::{acknowledge_alarm, alarm_history, chart_alarm, give_back_alarm, show_alarm},
};
use crate::{
    live::{Fresh, keep_fresh, use_live},
    pages::{
        drills::{DrillOf, DrillThis},
        notifications::Told,
        silences::{SilenceForm, silenced},
    },
    paths,
    rpc::{UiError, ask_about},
    shared::{
        Ago, Moment, Sending, alarm_chip, alarm_state, amount_text, breakable, chart_format,
        chart_text, environment_badge, failed_part, loaded, loaded_part, page_hours, page_id,
        priority_badge, priority_meaning, range_tabs,
    },
    texts::{alarms as t, common, silences as silence_words},
    viewer::{Viewing, use_viewing},
};
use api::{
    alarms::{Acknowledgement, AlarmChart, AlarmDetail, AlarmQuery, AlarmRow, Inhibited, NextTold},
    silences::SilenceScope,
    stream::News,
};
use domain::{
    alarms::{AlarmKind, AlarmRule, AlarmState, AlarmTransition, FlapRule},
    i18n::{Lang, notifications::channel_list},
    ids::AlarmId,
    limits,
    policy::Action,
    sources::{Link, LinkKind, SourceKind},
    time::Timestamp,
};
use kit::{
    Breadcrumbs, Button, ButtonType, ButtonVariant, Callout, Card, ConfirmDialog, Crumb, Dialog,
    EmptyState, Field, Form, Glyph, KeyValue, KeyValues, LinkButton, PageHeader, Skeleton,
    TextArea, Timeline, TimelineItem, Tone,
    chart::{ChartSize, LineChart},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use std::collections::BTreeMap;

/// The page at `/alarms/{id}`.
#[component]
pub(crate) fn AlarmPage() -> impl IntoView {
    let id = page_id::<AlarmId>();
    let detail = Resource::new(move || id.get(), |id| ask_about(id, show_alarm));
    loaded(detail, |detail| view! { <Content detail/> })
}

fn concerns(id: AlarmId) -> impl Fn(&News) -> bool + Clone {
    move |news| match news {
        News::Alarm { row } => row.id == id,
        News::Notification { alarm } => *alarm == Some(id),
        _ => false,
    }
}

#[component]
fn Content(detail: AlarmDetail) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let id = detail.row.id;
    let name = detail.row.name.clone();
    let fresh = keep_fresh(detail, concerns(id), move || show_alarm(id));
    let value = fresh.value;
    let state = Memo::new(move |_| value.with(|d| d.row.state));
    let row = Memo::new(move |_| value.with(|d| d.row.clone()));
    let silences = Memo::new(move |_| value.with(|d| d.silences.clone()));
    let ahead = Memo::new(move |_| value.with(Ahead::of));
    let facts_of = Memo::new(move |_| value.with(lasting));
    let read_at = Signal::derive(move || value.with(|d| d.read_at));
    // The metric of a source that calls us is kept there.
    let charted = value.with_untracked(|d| d.row.source == SourceKind::Cloudwatch);
    let (is_drill, environment) =
        value.with_untracked(|d| (d.row.source.is_drill(), d.row.environment.clone()));
    let drill = (!is_drill).then(|| view! { <DrillThis alarm=id environment/> });
    let (title, crumb) = (name.clone(), name.clone());
    view! {
        <Title text=name/>
        <PageHeader title
            above=move || view! {
                <Breadcrumbs label=common::you_are_here(lang) crumbs=vec![
                    Crumb { label: t::title(lang).into(), href: Some(paths::alarms(&AlarmQuery::default())) },
                    Crumb { label: crumb, href: None },
                ]/>
            }
            beside=move || view! {
                {move || alarm_chip(lang, state.get())}
                {move || row.with(|row| view! { {priority_badge(row.priority, row.state)} {environment_badge(&row.environment)} })}
            }
            actions=move || view! { <Ownership fresh/> <Quiet fresh/> {drill} <ChangeAlarm value/> <Switch value/> }
        />
        {is_drill.then(|| view! { <DrillOf alarm=id/> })}
        {move || value.with(|detail| remarks(lang, detail))}
        {move || silenced(lang, silences.get())}
        <div class="split">
            <div class="stack">
                {move || why(lang, row.get(), ahead.get())}
                {charted.then(|| view! { <Chart id detail=value/> })}
                <Logs detail=value/>
                <History id/>
                <Around detail=value/>
            </div>
            <div class="stack">
                {move || facts(lang, facts_of.get(), read_at)}
                <Told alarm=id/>
            </div>
        </div>
    }
}

/// What the card of facts shows, without what each reading changes: a link in
/// it keeps the focus while the alarm goes on and off.
fn lasting(detail: &AlarmDetail) -> AlarmDetail {
    let row = AlarmRow {
        state: AlarmState::Ok,
        state_at: Timestamp::default(),
        reason: String::new(),
        acknowledged: None,
        silenced_until: None,
        version: 0,
        ..detail.row.clone()
    };
    AlarmDetail {
        row,
        read_at: Timestamp::default(),
        silences: Vec::new(),
        inhibited: None,
        flapping: None,
        next_told: None,
        acknowledged_until: None,
        ..detail.clone()
    }
}

fn remarks(lang: Lang, detail: &AlarmDetail) -> AnyView {
    let reported = detail.kind == AlarmKind::Reported;
    let why = match (reported, detail.configured) {
        (false, true) => t::gone(lang),
        (false, false) => t::unconfigured(lang),
        (true, true) => t::over(lang),
        (true, false) => t::source_unconfigured(lang),
    };
    let lost = detail.gone || reported && !detail.configured;
    let gone = lost.then(|| view! { <Callout tone=Tone::Warning>{why}</Callout> });
    let silent = !detail.actions_enabled && detail.kind != AlarmKind::Composite && !reported;
    let off =
        silent.then(|| view! { <Callout tone=Tone::Warning>{t::actions_off(lang)}</Callout> });
    view! { {gone} {off} }.into_any()
}

/// Who is told next of an alarm, and what keeps others from being told.
#[derive(Clone, PartialEq)]
struct Ahead {
    /// Who is told next while nobody takes it on.
    next: Option<NextTold>,
    /// Until when somebody has it.
    until: Option<Timestamp>,
    inhibited: Option<Inhibited>,
    flapping: Option<FlapRule>,
}

impl Ahead {
    fn of(detail: &AlarmDetail) -> Self {
        Self {
            next: detail.next_told.clone(),
            until: detail.acknowledged_until,
            inhibited: detail.inhibited.clone(),
            flapping: detail.flapping,
        }
    }
}

fn why(lang: Lang, row: AlarmRow, ahead: Ahead) -> AnyView {
    let until = ahead.until;
    let inhibited = ahead.inhibited.map(|by| {
        let name = by.name.unwrap_or_else(|| t::another_alarm(lang).to_owned());
        let name = match by.by {
            Some(id) => view! { <a href=paths::alarm(id)>{breakable(&name)}</a> }.into_any(),
            None => name.into_any(),
        };
        let until = by
            .until
            .map(|at| view! { ". " {t::inhibited_until(lang)} " " <Moment at/> });
        view! { <p>{t::inhibited(lang)} " " {name} {until}</p> }
    });
    let flapping = ahead.flapping.map(|rule| {
        view! { <p>{t::flapping(lang, rule.times, rule.within_minutes)}</p> }
    });
    let next = ahead.next.map(|next| {
        let channels = channel_list(&next.channels);
        view! { <p>{t::next_told(lang, &channels)} " " <Moment at=next.at/></p> }
    });
    view! {
        <Card title=t::why(lang)>
            <p>{row.reason}</p>
            <p class="muted">{alarm_state(lang, row.state).1} " · " <Ago at=row.state_at/> " · " <Moment at=row.state_at/></p>
            {inhibited} {flapping} {next}
            {row.acknowledged.map(|held| taken(lang, held, until))}
        </Card>
    }
    .into_any()
}

fn taken(lang: Lang, held: Acknowledgement, until: Option<Timestamp>) -> impl IntoView {
    let note = held.note.map(|note| view! { <p class="prose">{note}</p> });
    let at = held.at;
    let until = until.map(|at| view! { " · " {t::taken_until(lang)} " " <Moment at/> });
    view! {
        <Callout tone=Tone::Info title=t::taken_by(lang, &held.by)>
            {note}
            <span class="muted"><Ago at/> {until}</span>
        </Callout>
    }
}

fn kind(lang: Lang, kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::Metric => t::kind_metric(lang),
        AlarmKind::MetricMath => t::kind_math(lang),
        AlarmKind::Anomaly => t::kind_anomaly(lang),
        AlarmKind::Composite => t::kind_composite(lang),
        AlarmKind::Reported => t::kind_reported(lang),
    }
}

fn facts(lang: Lang, detail: AlarmDetail, read_at: Signal<Timestamp>) -> AnyView {
    let row = detail.row;
    let meaning = priority_meaning(lang, row.priority);
    let priority = match detail.priority_rule {
        0 if row.source == SourceKind::Event => {
            t::priority_of_end(lang, row.priority.as_str(), meaning)
        }
        0 => t::priority_by_default(lang, row.priority.as_str(), meaning),
        number => {
            let because = detail.priority_because.unwrap_or_default();
            t::priority_by_rule(lang, row.priority.as_str(), meaning, number, &because)
        }
    };
    let target = detail.target.map(|target| view! {
        <KeyValue label=t::target(lang)><a href=paths::target(target)>{t::open_target(lang)}</a></KeyValue>
    });
    let told = (!detail.alarm_actions.is_empty()).then(|| {
        let told = detail.alarm_actions;
        view! {
            <KeyValue label=t::notifies(lang)>
                <ul class="plain-list">{told.into_iter().map(|arn| view! { <li><code>{breakable(&arn)}</code></li> }).collect_view()}</ul>
            </KeyValue>
        }
    });
    let console = detail.console_url.map(|href| view! {
        <LinkButton href glyph=Glyph::External attr:target="_blank" attr:rel="noreferrer">{t::aws_console(lang)}</LinkButton>
    });
    let links = links(lang, detail.notes.links);
    let scope = row.scope.as_ref().map(|scope| {
        let text = scope.to_string();
        view! { <KeyValue label=common::account_region(lang)><code>{breakable(&text)}</code></KeyValue> }
    });
    let arn = (!detail.arn.is_empty())
        .then(|| view! { <KeyValue label="ARN"><code>{breakable(&detail.arn)}</code></KeyValue> });
    let read = (row.source == SourceKind::Cloudwatch).then(|| view! {
        <KeyValue label=common::read_at(lang)>{move || view! { <Ago at=read_at.get()/> }}</KeyValue>
    });
    let description = detail.description;
    let rule = rule_facts(lang, &detail.rule);
    view! {
        <Card title=t::what(lang)>
            <KeyValues>
                {(!description.is_empty()).then(|| view! { <KeyValue label=t::description(lang)>{description}</KeyValue> })}
                <KeyValue label=t::kind(lang)>{kind(lang, detail.kind)}</KeyValue>
                {rule}
                <KeyValue label=t::priority(lang)>{priority}</KeyValue>
                {target}
                <KeyValue label=t::source(lang)>{model::source_text(&row)}</KeyValue>
                {scope} {arn} {told} {read}
                {pairs(t::labels(lang), detail.notes.labels)}
                {pairs(t::annotations(lang), detail.notes.annotations)}
            </KeyValues>
            {links}
            {console}
        </Card>
    }
    .into_any()
}

/// Names and values that a source gave; nothing where it gave none.
fn pairs(label: &'static str, pairs: BTreeMap<String, String>) -> AnyView {
    if pairs.is_empty() {
        return ().into_any();
    }
    let pairs = pairs.into_iter().map(|(name, value)| {
        view! { <li><code>{breakable(&name)}</code> " " <span class="break">{value}</span></li> }
    });
    view! {
        <KeyValue label><ul class="plain-list">{pairs.collect_view()}</ul></KeyValue>
    }
    .into_any()
}

/// Where a source says to read on. Their addresses were checked when they came in.
fn links(lang: Lang, links: Vec<Link>) -> AnyView {
    if links.is_empty() {
        return ().into_any();
    }
    let links = links.into_iter().map(|link| {
        let text = match link.kind {
            LinkKind::Runbook => t::link_runbook(lang),
            LinkKind::Rule => t::link_rule(lang),
            LinkKind::Dashboard => t::link_dashboard(lang),
            LinkKind::Panel => t::link_panel(lang),
            LinkKind::Silence => t::link_silence(lang),
        };
        view! {
            <LinkButton href=link.url glyph=Glyph::External attr:target="_blank" attr:rel="noreferrer">{text}</LinkButton>
        }
    });
    view! { <div class="actions">{links.collect_view()}</div> }.into_any()
}

fn rule_facts(lang: Lang, rule: &AlarmRule) -> AnyView {
    let condition = rule.threshold.map(|threshold| {
        let text = model::threshold_label(lang, rule, threshold);
        view! { <KeyValue label=t::condition(lang)>{text}</KeyValue> }
    });
    let metric = rule.metric.as_ref().map(|metric| {
        let text = model::metric_text(metric);
        view! { <KeyValue label=t::metric(lang)><code>{breakable(&text)}</code></KeyValue> }
    });
    let expression = rule.expression.clone().map(|text| {
        view! {
            <KeyValue label=t::expression(lang)><code class="break">{text}</code></KeyValue>
        }
    });
    let missing = (!rule.missing_data.is_empty()).then(|| {
        let missing = rule.missing_data.clone();
        view! { <KeyValue label=t::missing_data(lang)><code>{missing}</code></KeyValue> }
    });
    view! { {condition} {metric} {expression} {missing} }.into_any()
}

/// The chart is asked for by the browser only: CloudWatch may be slow or
/// throttled exactly when this page is needed at once. The last chart stays
/// until the next one is there.
#[component]
fn Chart(id: AlarmId, detail: RwSignal<AlarmDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let hours = page_hours();
    let chart = RwSignal::new(None::<Result<AlarmChart, UiError>>);
    let turn = StoredValue::new(0_u32);
    let read = Callback::new(move |hours: u32| {
        turn.update_value(|turn| *turn += 1);
        let own = turn.get_value();
        spawn_local(async move {
            let answer = chart_alarm(id, hours).await;
            // Another range may have been chosen since, or the page left.
            if turn.try_get_value() == Some(own) {
                chart.set(Some(answer));
            }
        });
    });
    Effect::new(move |_| read.run(hours.get()));
    let concerns = concerns(id);
    use_live().listen(move |news| {
        if matches!(news, News::Reload) || concerns(news) {
            read.run(hours.get_untracked());
        }
    });
    let retry = Callback::new(move |()| read.run(hours.get_untracked()));
    view! {
        <Card title=t::chart_title(lang)>
            {range_tabs(viewing, hours, move |hours| paths::alarm_over(id, hours))}
            <div class="chart-space">
                {move || chart.with(|chart| match chart {
                    None => view! { <Skeleton label=common::loading(lang) lines=5/> }.into_any(),
                    Some(Ok(chart)) => detail.with_untracked(|detail| drawn(viewing, detail, chart)),
                    Some(Err(error)) => failed_part(error, Some(retry)),
                })}
            </div>
        </Card>
    }
}

fn drawn(viewing: Viewing, detail: &AlarmDetail, chart: &AlarmChart) -> AnyView {
    let lang = viewing.lang;
    let metric = detail
        .rule
        .metric
        .as_ref()
        .map_or(&detail.row.name, |metric| &metric.name);
    let text = chart_text(viewing, t::chart(lang, metric));
    let note = chart
        .note
        .clone()
        .map(|note| view! { <p class="muted">{note}</p> });
    view! {
        <LineChart data=model::chart(lang, metric, chart, &detail.rule) text size=ChartSize::Large
            format=chart_format(viewing, chart.until, amount_text)/>
        {note}
    }
    .into_any()
}

#[component]
fn History(id: AlarmId) -> impl IntoView {
    let lang = use_viewing().lang;
    let history = Resource::new(|| (), move |()| alarm_history(id));
    let concerns = concerns(id);
    use_live().listen(move |news| {
        if matches!(news, News::Reload) || concerns(news) {
            history.refetch();
        }
    });
    view! {
        <Card title=t::history(lang)>
            {loaded_part(history, move |items| transitions(lang, items))}
        </Card>
    }
}

fn transitions(lang: Lang, items: Vec<AlarmTransition>) -> AnyView {
    if items.is_empty() {
        return view! { <EmptyState glyph=Glyph::Clock title=t::history_empty(lang)/> }.into_any();
    }
    let items = items.into_iter().map(move |item| {
        let (tone, to) = alarm_state(lang, item.to);
        let title = match item.from {
            Some(from) => t::became(lang, alarm_state(lang, from).1, to),
            None => to.to_owned(),
        };
        let at = item.at;
        view! {
            <TimelineItem tone title when=move || view! { <Moment at seconds=true/> }>{item.reason}</TimelineItem>
        }
    });
    view! { <Timeline label=t::history(lang)>{items.collect_view()}</Timeline> }.into_any()
}

/// Takes the alarm on, or gives it back.
#[component]
fn Ownership(fresh: Fresh<AlarmDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let (taking, giving) = (RwSignal::new(false), RwSignal::new(false));
    let held = Memo::new(move |_| fresh.value.with(|d| d.row.acknowledged.is_some()));
    let refused = Signal::derive(move || {
        fresh.value.with(|detail| {
            let by_role = viewing.refused_in(Action::AcknowledgeAlarm, &detail.row.environment);
            by_role.or_else(|| {
                (detail.row.state != AlarmState::Alarm).then(|| t::not_in_alarm(lang).to_owned())
            })
        })
    });
    // Two buttons, each there or not: one patched into the other would keep what
    // the other does.
    let give = move || {
        held.get().then(|| view! {
            <Button disabled_reason=refused on:click=move |_| giving.set(true)>{t::give_back(lang)}</Button>
        })
    };
    let take =
        move || {
            (!held.get()).then(|| view! {
            <Button variant=ButtonVariant::Primary glyph=Glyph::Check disabled_reason=refused
                on:click=move |_| taking.set(true)>{t::acknowledge(lang)}</Button>
        })
        };
    view! {
        {give} {take}
        <Take fresh open=taking/>
        <Give fresh open=giving/>
    }
}

/// Silences the alarm and its like.
#[component]
fn Quiet(fresh: Fresh<AlarmDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let open = RwSignal::new(false);
    let (environment, matchers) = fresh
        .value
        .with_untracked(|detail| (detail.row.environment.clone(), detail.matchers.clone()));
    let is_drill = fresh
        .value
        .with_untracked(|detail| detail.row.source.is_drill());
    // A silence would be of the alarm that it plays.
    let refused = match is_drill {
        true => Some(t::drill_ends(viewing.lang).to_owned()),
        false => viewing.refused_in(Action::SilenceAlarms, &environment),
    };
    let scope = SilenceScope {
        environments: vec![environment],
        matchers,
    };
    let on_added = Callback::new(move |()| fresh.refresh());
    view! {
        <Button disabled_reason=refused on:click=move |_| open.set(true)>{silence_words::add(viewing.lang)}</Button>
        <SilenceForm open scope on_added/>
    }
}

/// Takes the services' row as it stands after the act.
fn show_row(fresh: Fresh<AlarmDetail>, row: AlarmRow) {
    fresh.value.try_update(|detail| detail.row = row);
}

#[component]
fn Take(fresh: Fresh<AlarmDetail>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let note = RwSignal::new(String::new());
    let submit = move |_: leptos::ev::SubmitEvent| {
        let id = fresh.value.with_untracked(|d| d.row.id);
        sending.send(acknowledge_alarm(id, note.get_untracked()), move |row| {
            show_row(fresh, row);
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::acknowledged_toast(lang));
        });
    };
    view! {
        <Dialog open title=t::acknowledge_title(lang) close_label=common::close(lang)>
            <Form on:submit=submit>
                <p>{t::acknowledge_text(lang)}</p>
                <Field name="note" label=common::note(lang) hint=t::acknowledge_hint(lang) error=sending.error_of("note")>
                    <TextArea name="note" value=note on_input=move |text| note.set(text)
                        maxlength=limits::NOTE_CHARS_MAX as u32/>
                </Field>
                {sending.failed()}
                <div class="actions">
                    <Button on:click=move |_| open.set(false)>{common::cancel(lang)}</Button>
                    <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=sending.busy>{t::acknowledge(lang)}</Button>
                </div>
            </Form>
        </Dialog>
    }
}

#[component]
fn Give(fresh: Fresh<AlarmDetail>, open: RwSignal<bool>) -> impl IntoView {
    let lang = use_viewing().lang;
    let sending = Sending::new();
    let give = move |()| {
        let id = fresh.value.with_untracked(|d| d.row.id);
        sending.send(give_back_alarm(id), move |row| {
            show_row(fresh, row);
            let _ = open.try_set(false);
            sending.say(Tone::Ok, t::given_back_toast(lang));
        });
    };
    view! {
        <ConfirmDialog open title=t::give_back_title(lang) confirm_label=t::give_back(lang)
            cancel_label=common::cancel(lang) busy=sending.busy on_confirm=give>
            {t::give_back_text(lang)}
        </ConfirmDialog>
    }
}
