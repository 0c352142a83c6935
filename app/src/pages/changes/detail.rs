//! One change request: where it stands, what it does, who decided, what
//! happened. It follows the news; forms that somebody is typing in stay.

use super::{
    act::Acts,
    comments::Comments,
    emergency::{BreakGlass, Emergency},
    model, parts,
    plan::PlanView,
    put_back::PutBack,
    refresh::CancelRefresh,
    rpc::show_change,
    switches::switches,
};
use crate::{
    live::{keep_fresh, use_live},
    pages::schedules::{Compared, effect, summary},
    paths,
    rpc::ask_about,
    shared::{
        awaited, change_chip, change_span, change_title, change_when, environment_badge, loaded,
        page_id,
    },
    texts::{changes as t, common},
    viewer::{Viewing, use_viewing},
};
use api::{
    changes::{ChangeDetail, ChangeQuery, ChangeRow},
    stream::News,
};
use domain::{
    changes::{ChangeState, planned_until},
    ids::ChangeId,
    plan::Effect as Planned,
    scale_events::EventPhase,
};
use kit::{Breadcrumbs, Callout, Card, Crumb, PageHeader, Stepper, Tone};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/changes/{id}`.
#[component]
pub(crate) fn ChangePage() -> impl IntoView {
    let id = page_id::<ChangeId>();
    let change = Resource::new(move || id.get(), |id| ask_about(id, show_change));
    loaded(change, |detail| view! { <Content detail/> })
}

#[component]
fn Content(detail: ChangeDetail) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let id = detail.row.id;
    let title = change_title(lang, &detail.row);
    let crumb = title.clone();
    let concerns = move |news: &News| matches!(news, News::Change { id: told, .. } if *told == id);
    let fresh = keep_fresh(detail, concerns, move || show_change(id));
    let value = fresh.value;
    // Each part is drawn again only when its own data changed.
    let row = Memo::new(move |_| value.with(|d| d.row.clone()));
    // A phase begins by the clock alone, and no news tells of it.
    let now = use_live().now;
    let passed = Memo::new(move |_| {
        let now = now.get();
        row.with(|row| [row.from, row.until].map(|at| at.is_some_and(|at| at <= now)))
    });
    Effect::new(move |before: Option<[bool; 2]>| {
        let passed = passed.get();
        if before.is_some_and(|before| before != passed) {
            fresh.refresh();
        }
        passed
    });
    let life = Memo::new(move |_| value.with(|d| model::life(lang, d)));
    let plan = Memo::new(move |_| value.with(|d| (d.plan.clone(), model::settled_at(&d.row))));
    let steps = Memo::new(move |_| value.with(model::steps));
    let began = Memo::new(move |_| value.with(|d| !d.steps.is_empty()));
    let votes = Memo::new(move |_| value.with(|d| d.votes.clone()));
    let story = Memo::new(move |_| value.with(|d| d.story.clone()));
    let settled = Signal::derive(move || row.with(|row| model::settled_at(row).is_some()));
    let about_schedule = row.with_untracked(|row| row.change.schedule().is_some());
    let compared = about_schedule.then(|| {
        let change = Signal::derive(move || row.with(|row| row.change.clone()));
        let plan = Signal::derive(move || plan.with(|(plan, _)| plan.clone()));
        view! { <Compared change plan settled/> }
    });
    // Plain text: the server writes the head last of all, when the page's signals may be gone.
    let document_title = title.clone();
    let title = Signal::derive(move || row.with(|row| change_title(lang, row)));
    view! {
        <Title text=document_title/>
        <PageHeader title subtitle=Signal::derive(move || Some(row.with(|row| change_span(viewing, row))))
            above=move || view! {
                <Breadcrumbs label=common::you_are_here(lang) crumbs=vec![
                    Crumb { label: t::title(lang).into(), href: Some(paths::changes(&ChangeQuery::default())) },
                    Crumb { label: crumb, href: None },
                ]/>
            }
            beside=move || view! {
                {move || row.with(|row| view! { {change_chip(lang, row)} {environment_badge(&row.environment)} })}
            }
            actions=move || view! { <Acts fresh/> <CancelRefresh fresh/> <PutBack fresh/> <BreakGlass fresh/> }
        />
        <Emergency fresh/>
        {move || {
            let (change, (plan, _)) = (row.with(|row| row.change.clone()), plan.get());
            summary(viewing, &change, &plan)
        }}
        // The summary of a schedule says it.
        {move || (!about_schedule).then(|| row.with(|row| parts::why(lang, row.change.reason())))}
        {move || row.with(|row| awaiting(viewing, row))}
        {move || value.with(outcome)}
        <Card title=t::progress(lang)>
            <Stepper label=t::progress(lang) steps=Signal::derive(move || life.get()) horizontal=true/>
        </Card>
        <div class="split">
            <div class="stack">
                {move || {
                    let (plan, settled_at) = plan.get();
                    match &plan.effect {
                        Planned::Schedule(_) => effect(viewing, &plan),
                        Planned::Power(_)
                        | Planned::Mix(_)
                        | Planned::Refresh(_)
                        | Planned::Processes(_)
                        | Planned::AlarmActions(_)
                        | Planned::Alarm(_) => switches(viewing, &plan),
                        Planned::Event(_) => view! { <PlanView plan settled_at/> }.into_any(),
                    }
                }}
                {compared}
                {move || parts::steps(viewing, steps.get(), began.get())}
                {move || parts::story(lang, story.get())}
            </div>
            <div class="stack">
                {move || parts::about(viewing, value.get())}
                {move || parts::votes(lang, votes.get())}
                <Comments fresh/>
            </div>
        </div>
    }
}

/// When it is to be carried out, where that is to come.
fn awaiting(viewing: Viewing, row: &ChangeRow) -> Option<impl IntoView + use<>> {
    let at = awaited(row)?;
    let until = viewing.minute(planned_until(at));
    let when = change_when(viewing, row);
    Some(view! {
        <Callout tone=Tone::Info>
            <span class="numeric">{when}</span> " · " {t::begun_by(viewing.lang, &until)}
        </Callout>
    })
}

/// What came of it, when that is not what was wanted.
fn outcome(detail: &ChangeDetail) -> AnyView {
    let lang = use_viewing().lang;
    let (tone, title) = match detail.row.state {
        ChangeState::Applying => (Tone::Info, t::progress(lang)),
        ChangeState::Failed => (Tone::Alarm, t::result_failed(lang)),
        ChangeState::AppliedWithDifference => (Tone::Warning, t::result_different(lang)),
        _ => (Tone::Warning, t::result(lang)),
    };
    let lines = detail.result.clone();
    let result = (!lines.is_empty()).then(|| view! {
        <Callout tone title=title>
            <ul class="plain-list">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        </Callout>
    });
    let ended = detail.ended_by.map(|by| {
        let text = match detail.row.phase {
            Some(EventPhase::Cancelled) => t::cancelled_by(lang),
            Some(EventPhase::Waiting | EventPhase::Running) => t::ending_by(lang),
            _ => t::ended_by(lang),
        };
        view! {
            <Callout tone=Tone::Info>
                {text} " " <a href=paths::change(by)>{t::open_it(lang)}</a>
            </Callout>
        }
    });
    view! { {result} {ended} }.into_any()
}
