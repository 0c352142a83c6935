//! One target: what it has, what moves it, and what happened to it.

use super::{
    agent::Agent,
    mix::{Asked, MixButton, Short},
    model, parts,
    power::PowerButtons,
    processes::Processes,
    read_at,
    refresh::RefreshButton,
    rpc::{show_target, target_samples},
    timers,
};
use crate::{
    live::{keep_fresh, use_live},
    pages::{
        schedules::list_schedules,
        spot::{Spot, SpotPriceHistory},
    },
    paths,
    rpc::ask_about,
    shared::{
        chart_format, chart_text, count_text, environment_badge, loaded, loaded_part, no_events,
        page_hours, page_id, range_tabs, target_kind,
    },
    texts::{capacity as t, common, schedules as words},
    viewer::use_viewing,
};
use api::{
    capacity::{CapacitySample, TargetDetail, TargetQuery},
    schedules::ScheduleRow,
    stream::News,
};
use domain::{
    capacity::{TargetKind, TargetRef},
    ids::TargetId,
    processes::{Process, stop_actions},
    schedules::TargetKind as ScheduledKind,
};
use kit::{
    Badge, Breadcrumbs, Button, ButtonSize, ButtonVariant, Callout, Card, Crumb, Glyph, LinkButton,
    PageHeader, Stat, Tone,
    chart::{ChartSize, StepChart},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/capacity/targets/{id}`.
#[component]
pub(crate) fn TargetPage() -> impl IntoView {
    let id = page_id::<TargetId>();
    let detail = Resource::new(move || id.get(), |id| ask_about(id, show_target));
    loaded(detail, |detail| view! { <Content detail/> })
}

fn concerns(id: TargetId) -> impl Fn(&News) -> bool + Clone {
    move |news| match news {
        News::Target { id: told } => *told == id,
        // An event on this target may have begun, ended or been proposed.
        News::Change { .. } => true,
        _ => false,
    }
}

#[component]
fn Content(detail: TargetDetail) -> impl IntoView {
    let lang = use_viewing().lang;
    let id = detail.id;
    let reference = detail.target.reference.clone();
    let standing = reference.clone();
    let environment = detail.target.environment.clone();
    let value = keep_fresh(detail, concerns(id), move || show_target(id)).value;
    let asked = Asked::new(value);
    let has_actions = reference.kind.has_actions();
    let has_processes = !Process::of(reference.kind).is_empty();
    let (title, crumb) = (reference.name.clone(), reference.name.clone());
    // Each part is drawn again only when its own data changed.
    let instances = Memo::new(move |_| value.with(|d| d.target.instances.clone()));
    let policies = Memo::new(move |_| value.with(|d| d.target.policies.clone()));
    let actions = Memo::new(move |_| {
        value.with(|d| (d.target.actions.clone(), stop_actions(&d.target.suspended)))
    });
    let timing = Memo::new(move |_| value.with(|d| (d.target.timers.clone(), d.runs.clone())));
    let activities =
        Memo::new(move |_| value.with(|d| (d.activities.clone(), d.activities_note.clone())));
    let events = Memo::new(move |_| value.with(|d| d.events.clone()));
    let is_machines = matches!(reference.kind, TargetKind::Asg | TargetKind::Ec2Tag);
    let agent = is_machines.then(|| view! { <Agent id/> });
    // Only what a group launches is bought as spot by a price that EC2 tells.
    let spot =
        (reference.kind == TargetKind::Asg).then(|| view! { <Spot id/> <SpotPriceHistory id/> });
    view! {
        <Title text=reference.name.clone()/>
        <PageHeader title
            above=move || view! {
                <Breadcrumbs label=common::you_are_here(lang) crumbs=vec![
                    Crumb { label: t::title(lang).into(), href: Some(paths::targets(&TargetQuery::default())) },
                    Crumb { label: crumb, href: None },
                ]/>
            }
            beside=move || view! {
                <Badge>{target_kind(lang, reference.kind)}</Badge> {environment_badge(&environment)}
                {move || read_at(lang, value.with(|d| d.read_at))}
            }
            actions=move || view! {
                {reference.kind.is_switched().then(|| view! { <PowerButtons value/> })}
                {(reference.kind == TargetKind::Asg).then(|| view! { <MixButton value asked/> <RefreshButton value/> })}
                <PlanButton value/>
            }
        />
        {move || value.with(|detail| remarks(lang, detail))}
        <Short value asked/>
        <Figures value/>
        {move || parts::events(events.get())}
        <Chart id value/>
        {move || parts::instances(reference.kind, instances.get())}
        {agent}
        {spot}
        {has_actions.then(|| view! {
            <div class="grid capacity-wide">
                {move || { let (actions, stopped) = actions.get(); parts::actions(actions, stopped) }}
                {move || parts::policies(policies.get())}
            </div>
        })}
        <div class="grid capacity-wide">
            {move || { let (timers, runs) = timing.get(); timers::timers(timers, &runs) }}
            {move || timers::mixes_ahead(&timing.get().1)}
        </div>
        {has_processes.then(|| view! { <Processes value/> })}
        <div class="split">
            {move || { let (activities, note) = activities.get(); parts::activities(activities, note) }}
            <div class="stack">
                {move || parts::facts(value.with(|detail| detail.target.clone()))}
                <Scheduled id reference=standing/>
            </div>
        </div>
    }
}

fn remarks(lang: domain::i18n::Lang, detail: &TargetDetail) -> AnyView {
    let why = match detail.configured {
        true => t::gone(lang),
        false => t::unconfigured(lang),
    };
    let gone = detail
        .gone
        .then(|| view! { <Callout tone=Tone::Warning>{why}</Callout> });
    let suspended = &detail.target.suspended;
    let text = t::suspended_text(lang, &suspended.join(", "));
    let stopped = (!suspended.is_empty()).then(|| {
        view! {
            <Callout tone=Tone::Warning title=t::suspended_title(lang)>
                {text}
            </Callout>
        }
    });
    view! { {gone} {stopped} }.into_any()
}

/// The schedule that stands on it, or the way to one.
#[component]
fn Scheduled(id: TargetId, reference: TargetRef) -> impl IntoView {
    let lang = use_viewing().lang;
    let schedules = Resource::new(|| (), |()| list_schedules());
    use_live().listen(move |news| {
        if matches!(news, News::Reload | News::Change { .. }) {
            schedules.refetch();
        }
    });
    let kind = ScheduledKind::from(reference.kind);
    let list = loaded_part(schedules, move |rows: Vec<ScheduleRow>| {
        let rows = rows.into_iter().filter(|row| {
            row.kind == kind
                && row.scope == reference.scope
                && row.targets.contains(&reference.name)
        });
        let links: Vec<_> = rows
            .map(|row| view! { <a href=paths::schedule(&row.name)>{row.name.clone()}</a> })
            .collect();
        if links.is_empty() {
            return view! {
                <p class="muted">{words::no_schedule(lang)}</p>
                <LinkButton href=paths::new_schedule(Some(id)) size=ButtonSize::Small glyph=Glyph::Calendar>
                    {words::new(lang)}
                </LinkButton>
            }
            .into_any();
        }
        view! { <p class="row">{links}</p> }.into_any()
    });
    view! { <Card title=words::schedule(lang)><div class="stack-tight">{list}</div></Card> }
}

/// Leads to the form, or says why it does not.
#[component]
fn PlanButton(value: RwSignal<TargetDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let refused = Memo::new(move |_| {
        value.with(|detail| {
            let refused = detail.propose_refused.clone();
            refused.or_else(|| no_events(lang, detail.target.reference.kind))
        })
    });
    let id = value.with_untracked(|detail| detail.id);
    move || {
        match refused.get() {
        None => view! {
            <LinkButton href=paths::new_event(id) variant=ButtonVariant::Primary glyph=Glyph::Calendar>{t::plan_event(lang)}</LinkButton>
        }
        .into_any(),
        Some(reason) => view! {
            <Button variant=ButtonVariant::Primary glyph=Glyph::Calendar disabled_reason=reason>{t::plan_event(lang)}</Button>
        }
        .into_any(),
    }
    }
}

#[component]
fn Figures(value: RwSignal<TargetDetail>) -> impl IntoView {
    let lang = use_viewing().lang;
    let of =
        move |read: fn(&TargetDetail) -> u32| Signal::derive(move || value.with(read).to_string());
    let is_switched = value.with_untracked(|detail| detail.target.reference.kind.is_switched());
    let sizes = match is_switched {
        true => view! {
            <Stat label=t::switched_on(lang) value=of(|d| d.target.capacity.desired)/>
            <Stat label=t::all(lang) value=of(|d| d.target.capacity.max)/>
        }
        .into_any(),
        false => view! {
            <Stat label=t::min(lang) value=of(|d| d.target.capacity.min)/>
            <Stat label=t::desired(lang) value=of(|d| d.target.capacity.desired)/>
            <Stat label=t::max(lang) value=of(|d| d.target.capacity.max)/>
        }
        .into_any(),
    };
    view! {
        <div class="stats">
            <Stat label=t::in_service(lang) value=of(|d| d.target.in_service)/>
            <Stat label=t::pending(lang) value=of(|d| d.target.pending)/>
            {sizes}
        </div>
    }
}

#[component]
fn Chart(id: TargetId, value: RwSignal<TargetDetail>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let hours = page_hours();
    let samples = Resource::new(move || hours.get(), move |hours| target_samples(id, hours));
    let concerns = concerns(id);
    use_live().listen(move |news| {
        if matches!(news, News::Reload) || concerns(news) {
            samples.refetch();
        }
    });
    view! {
        <Card title=t::over_time(lang)>
            {range_tabs(viewing, hours, move |hours| paths::target_over(id, hours))}
            {loaded_part(samples, move |samples: Vec<CapacitySample>| {
                let around = samples.last().map(|sample| sample.at).unwrap_or_default();
                let name = value.with_untracked(|detail| detail.target.reference.name.clone());
                let data = Signal::derive(move || value.with(|detail| model::chart(lang, &samples, detail)));
                view! {
                    <StepChart size=ChartSize::Large data
                        text=chart_text(viewing, t::chart(lang, &name))
                        format=chart_format(viewing, around, count_text)/>
                }
            })}
        </Card>
    }
}
