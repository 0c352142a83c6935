//! The cards of a target, from plain values.

use super::{event_line, model};
use crate::{
    shared::{Moment, breakable, policy_kind, purchase, target_kind},
    texts::{capacity as t, common},
    viewer::use_viewing,
};
use api::capacity::EventRow;
use domain::{
    capacity::{Activity, Instance, Purchase, ScalingPolicy, ScheduledAction, Target, TargetKind},
    i18n::{
        Lang,
        changes::{buys, sets},
    },
};
use kit::{
    Badge, Callout, Card, Cell, Column, EmptyState, Glyph, KeyValue, KeyValues, Row, StateChip,
    Table, Timeline, TimelineItem, Tone,
};
use leptos::prelude::*;

/// Activities that are shown unfolded.
const ACTIVITIES_SHOWN: usize = 8;

pub(super) fn events(events: Vec<EventRow>) -> AnyView {
    let lang = use_viewing().lang;
    if events.is_empty() {
        return ().into_any();
    }
    let items = events
        .into_iter()
        .map(|event| view! { <li class="list-item">{event_line(&event)}</li> });
    view! {
        <Card title=t::events(lang)><ul class="plain-list">{items.collect_view()}</ul></Card>
    }
    .into_any()
}

/// What a target of a kind is made of.
pub(super) fn unit(lang: Lang, kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::EcsService => t::tasks(lang),
        TargetKind::Eks => t::nodes(lang),
        _ => t::instances(lang),
    }
}

pub(super) fn instances(kind: TargetKind, instances: Vec<Instance>) -> AnyView {
    let lang = use_viewing().lang;
    let title = unit(lang, kind);
    if instances.is_empty() {
        return view! {
            <Card title>
                <EmptyState glyph=Glyph::Server title=t::instances_empty(lang) text=t::instances_empty_text(lang)/>
            </Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(t::id(lang)),
        Column::text(t::lifecycle(lang)),
        Column::text(t::health(lang)),
        Column::text(t::bought(lang)),
        Column::text(t::instance_type(lang)),
        Column::text(t::zone(lang)),
    ];
    view! {
        <Card title flush=true>
            <Table caption=title columns dense=true>{instances.into_iter().map(instance).collect_view()}</Table>
        </Card>
    }
    .into_any()
}

fn instance(instance: Instance) -> impl IntoView {
    let lang = use_viewing().lang;
    let (tone, health) = if instance.healthy {
        (Tone::Ok, t::healthy(lang))
    } else {
        (Tone::Alarm, t::unhealthy(lang))
    };
    let life = if instance.in_service() {
        Tone::Ok
    } else {
        Tone::Info
    };
    let tint = match instance.purchase {
        Purchase::Spot => Tone::Info,
        _ => Tone::Neutral,
    };
    let protected = instance
        .protected
        .then(|| view! { <Badge>{t::protected(lang)}</Badge> });
    view! {
        <Row>
            <Cell heading=true><code>{instance.id}</code></Cell>
            <Cell label=t::lifecycle(lang)><StateChip tone=life label=instance.lifecycle_state/></Cell>
            <Cell label=t::health(lang)><StateChip tone label=health/></Cell>
            <Cell label=t::bought(lang)><span class="row"><Badge tone=tint>{purchase(lang, instance.purchase)}</Badge> {protected}</span></Cell>
            <Cell label=t::instance_type(lang)>{instance.instance_type}</Cell>
            <Cell label=t::zone(lang)>{instance.zone}</Cell>
        </Row>
    }
}

pub(super) fn policies(policies: Vec<ScalingPolicy>) -> AnyView {
    let lang = use_viewing().lang;
    if policies.is_empty() {
        return view! {
            <Card title=t::policies(lang)><EmptyState glyph=Glyph::Scale title=t::policies_empty(lang)/></Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(common::name(lang)),
        Column::text(t::kind(lang)),
        Column::text(t::settings(lang)),
        Column::text(t::policy_alarms(lang)),
    ];
    let rows = policies.into_iter().map(move |policy| {
        let off = (!policy.enabled).then(|| view! { <Badge tone=Tone::Warning>{t::policy_off(lang)}</Badge> });
        view! {
            <Row>
                <Cell heading=true><span class="row">{policy.name} {off}</span></Cell>
                <Cell label=t::kind(lang)>{policy_kind(lang, policy.kind)}</Cell>
                <Cell label=t::settings(lang)><code class="break">{policy.summary}</code></Cell>
                <Cell label=t::policy_alarms(lang)><span class="break muted">{policy.alarms.join(", ")}</span></Cell>
            </Row>
        }
    });
    view! {
        <Card title=t::policies(lang) flush=true>
            <Table caption=t::policies(lang) columns dense=true>{rows.collect_view()}</Table>
        </Card>
    }
    .into_any()
}

/// Stands where the next run would, while AWS runs none.
pub(super) fn never_runs(lang: Lang) -> AnyView {
    view! { <Badge>{t::never_runs(lang)}</Badge> }.into_any()
}

/// The scheduled actions; while they are stopped, AWS runs none of them.
pub(super) fn actions(actions: Vec<ScheduledAction>, stopped: bool) -> AnyView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    if actions.is_empty() {
        return view! {
            <Card title=t::scheduled(lang)><EmptyState glyph=Glyph::Calendar title=t::scheduled_empty(lang)/></Card>
        }
        .into_any();
    }
    let columns = vec![
        Column::text(common::name(lang)),
        Column::text(t::when(lang)),
        Column::text(t::sets(lang)),
        Column::text(t::next_run(lang)),
    ];
    let zone = viewing.zone();
    let rows = actions.into_iter().map(move |action| {
        let next = match action.next_run_at {
            Some(_) if stopped => never_runs(lang),
            next => next.map(|at| view! { <Moment at/> }).into_any(),
        };
        let timing = model::timing(lang, &zone, &action.timing);
        view! {
            <Row>
                <Cell heading=true><span class="break">{action.name}</span></Cell>
                <Cell label=t::when(lang)><span class="numeric">{timing}</span></Cell>
                <Cell label=t::sets(lang)><span class="numeric">{sets(lang, &action.capacity)}</span></Cell>
                <Cell label=t::next_run(lang)>{next}</Cell>
            </Row>
        }
    });
    view! {
        <Card title=t::scheduled(lang) flush=true>
            <Table caption=t::scheduled(lang) columns dense=true>{rows.collect_view()}</Table>
        </Card>
    }
    .into_any()
}

pub(super) fn activities(activities: Vec<Activity>, note: Option<String>) -> AnyView {
    let lang = use_viewing().lang;
    let note = note.map(|note| view! { <Callout tone=Tone::Warning>{note}</Callout> });
    if activities.is_empty() {
        return view! {
            <Card title=t::activities(lang)>
                {note}
                <EmptyState glyph=Glyph::Activity title=t::activities_empty(lang)/>
            </Card>
        }
        .into_any();
    }
    let mut shown = activities;
    let older = shown.split_off(shown.len().min(ACTIVITIES_SHOWN));
    let older = (!older.is_empty()).then(|| {
        let label = t::older_activities(lang, older.len());
        view! {
            <details class="detail">
                <summary>{label}</summary>
                {timeline(older)}
            </details>
        }
    });
    view! { <Card title=t::activities(lang)>{note} {timeline(shown)} {older}</Card> }.into_any()
}

fn timeline(activities: Vec<Activity>) -> AnyView {
    let lang = use_viewing().lang;
    let items = activities.into_iter().map(|activity| {
        let tone = match activity.status.as_str() {
            "Successful" => Tone::Ok,
            "Failed" | "Cancelled" => Tone::Alarm,
            _ => Tone::Info,
        };
        let at = activity.started_at;
        view! {
            <TimelineItem tone title=activity.description who=activity.status
                when=move || view! { <Moment at seconds=true/> }>
                {activity.cause}
            </TimelineItem>
        }
    });
    let items = items.collect_view();
    view! { <Timeline label=t::activities(lang)>{items}</Timeline> }.into_any()
}

pub(super) fn facts(target: Target) -> AnyView {
    let lang = use_viewing().lang;
    let reference = target.reference;
    let is_spot = |instance: &&Instance| instance.purchase == Purchase::Spot;
    let spot = target.instances.iter().filter(is_spot).count();
    // A database is bought in its own ways.
    let spot = (!reference.kind.restarts_itself()).then(|| {
        view! { <KeyValue label=t::spot(lang)><span class="numeric">{spot}</span></KeyValue> }
    });
    let mix = target.mix.map(|mix| {
        let rebalance = if mix.rebalance {
            t::rebalance_on(lang)
        } else {
            t::rebalance_off(lang)
        };
        view! {
            <KeyValue label=t::mix(lang)>
                {buys(lang, mix.share())}
                {mix.strategy.map(|strategy| format!(" · {}", strategy.as_str()))}
                " · " {rebalance}
            </KeyValue>
        }
    });
    view! {
        <Card title=t::facts(lang)>
            <KeyValues>
                <KeyValue label=t::kind(lang)>{target_kind(lang, reference.kind)}</KeyValue>
                <KeyValue label=common::account_region(lang)><code>{breakable(&reference.scope.to_string())}</code></KeyValue>
                {spot}
                {mix}
            </KeyValues>
        </Card>
    }
    .into_any()
}
