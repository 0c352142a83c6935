//! The overview: what needs me now, first; then how the estate is doing.

mod model;
mod parts;
mod rpc;

pub(crate) use parts::scope_list;
pub(crate) use rpc::show_overview;

use crate::{
    live::keep_fresh,
    paths,
    shared::{Moment, loaded, priority_tone},
    texts::overview as t,
    viewer::use_viewing,
};
use api::{
    alarms::AlarmQuery, changes::ChangeQuery, checks::CheckQuery, overview::Overview, stream::News,
};
use domain::alarms::{AlarmState, Priority};
use kit::{PageHeader, Stat, Tone};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/`.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let lang = use_viewing().lang;
    let overview = Resource::new(|| (), |()| show_overview());
    view! {
        <Title text=t::title(lang)/>
        {loaded(overview, |overview| view! { <Content overview/> })}
    }
    .into_any()
}

#[component]
fn Content(overview: Overview) -> impl IntoView {
    let lang = use_viewing().lang;
    let concerns = |news: &News| {
        matches!(
            news,
            News::Alarm { .. } | News::Change { .. } | News::Target { .. } | News::Scopes { .. }
        )
    };
    let value = keep_fresh(overview, concerns, show_overview).value;
    // Each part is drawn again only when its own data changed.
    let urgent = Memo::new(move |_| value.with(|o| o.urgent.clone()));
    let waiting = Memo::new(move |_| value.with(|o| o.waiting.clone()));
    let proposed = Memo::new(move |_| value.with(|o| o.proposed.clone()));
    let to_review = Memo::new(move |_| value.with(|o| o.to_review.clone()));
    let events = Memo::new(move |_| value.with(|o| o.events.clone()));
    let drift = Memo::new(move |_| value.with(|o| o.drift.clone()));
    let upcoming = Memo::new(move |_| value.with(|o| o.upcoming.clone()));
    let days = Memo::new(move |_| value.with(|o| o.days.clone()));
    let scopes = Memo::new(move |_| value.with(|o| o.scopes.clone()));
    let subtitle = Signal::derive(move || match value.with(model::waiting) {
        0 => t::all_calm(lang).to_owned(),
        count => t::needs_you(lang, count),
    });
    view! {
        <PageHeader title=t::title(lang) subtitle=Signal::derive(move || Some(subtitle.get()))
            actions=move || view! {
                <span class="muted">{move || view! { <Moment at=value.with(|o| o.at) seconds=true/> }}</span>
            }/>
        <Figures value/>
        <div class="split overview-now">
            <div class="stack">
                {move || parts::urgent(urgent.get())}
                <div class="overview-later">{move || parts::upcoming(upcoming.get())}</div>
            </div>
            <div class="stack">
                {move || parts::to_review(to_review.get())}
                {move || parts::waiting(waiting.get())}
                {move || parts::proposed(proposed.get())}
                {move || parts::drift(drift.get())}
                {move || parts::events(events.get())}
            </div>
        </div>
        {move || parts::days(days.get())}
        {move || parts::health(scopes.get())}
    }
}

#[component]
fn Figures(value: RwSignal<Overview>) -> impl IntoView {
    let lang = use_viewing().lang;
    let alarms = Priority::ALL.map(|priority| {
        let count = Memo::new(move |_| value.with(|o| model::going_off(&o.alarms, priority)));
        let tone = Signal::derive(move || match count.get() {
            0 => Tone::Neutral,
            _ => priority_tone(priority),
        });
        let href = paths::alarms(&AlarmQuery {
            state: vec![AlarmState::Alarm],
            priority: vec![priority],
            ..AlarmQuery::default()
        });
        view! {
            <Stat label=t::alarms_of(lang, priority.as_str())
                value=Signal::derive(move || count.get().to_string()) tone href/>
        }
    });
    let waiting_href = paths::changes(&ChangeQuery {
        waiting_for_me: true,
        ..ChangeQuery::default()
    });
    let warn = |count: usize| {
        if count > 0 {
            Tone::Warning
        } else {
            Tone::Neutral
        }
    };
    view! {
        <div class="stats">
            {alarms.collect_view()}
            <Stat label=crate::texts::changes::waiting_for_me(lang) href=waiting_href
                value=Signal::derive(move || value.with(|o| o.waiting.len()).to_string())
                tone=Signal::derive(move || warn(value.with(|o| o.waiting.len())))/>
            <Stat label=t::drift(lang)
                value=Signal::derive(move || value.with(|o| o.drift.len()).to_string())
                tone=Signal::derive(move || warn(value.with(|o| o.drift.len())))/>
            <Stat label=crate::texts::checks::to_look_at(lang) href=paths::checks(&CheckQuery::default())
                value=Signal::derive(move || value.with(|o| o.checks).to_string())
                tone=Signal::derive(move || warn(value.with(|o| o.checks as usize)))/>
        </div>
    }
}
