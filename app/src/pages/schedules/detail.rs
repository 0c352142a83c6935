//! One schedule: what holds now and next, what AWS keeps of it, where AWS differs,
//! and how it came to be.

use super::{
    crumbs,
    dialogs::{PutBackDialog, RemoveDialog},
    fit::TrafficFit,
    model::{Known, level_words, rule_words},
    overrides::{OverrideDialog, Overrides},
    page_name,
    picture::{Picture, folded_text},
    plan::folded_objects,
    rpc::show_schedule,
};
use crate::{
    live::{keep_fresh, use_live},
    pages::spot::SpotNotices,
    paths,
    rpc::ask_about,
    shared::{
        Ago, Moment, breakable, change_chip, change_title, environment_badge, loaded, page_query,
    },
    texts::{calendars as calendar, common, overrides, schedules as t},
    viewer::{Viewing, use_viewing},
};
use api::{
    schedules::{ScheduleCalendar, ScheduleDetail, SchedulePart},
    stream::News,
};
use domain::{
    capacity::TargetKind,
    i18n::{Lang, changes::difference},
    ids::ChangeId,
    plan::Difference,
    time::Timestamp,
    trail::Attribution,
};
use kit::{
    Badge, Button, ButtonVariant, Callout, Card, Glyph, KeyValue, KeyValues, LinkButton,
    PageHeader, Stat, Tone,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Of an instant's text, those that tell the day.
const DATE_CHARS: usize = 10;

/// The page at `/capacity/schedules/{name}`.
#[component]
pub(crate) fn SchedulePage() -> impl IntoView {
    let name = page_name();
    let detail = Resource::new(move || name.get(), |name| ask_about(name, show_schedule));
    loaded(detail, |detail| view! { <Content detail/> })
}

#[component]
fn Content(detail: ScheduleDetail) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let name = detail.row.name.clone();
    let environment = detail.row.environment.clone();
    let timezone = detail.row.timezone.clone();
    let scope = detail.row.scope.clone();
    let first = Known::of(&detail.reading);
    let again = name.clone();
    let concerns = |news: &News| matches!(news, News::Change { .. } | News::Target { .. });
    let value = keep_fresh(detail, concerns, move || show_schedule(again.clone())).value;
    let drift = Memo::new(move |_| value.with(Drift::of));
    let parts = Memo::new(move |_| value.with(|d| d.parts.clone()));
    let changes = Memo::new(move |_| value.with(|d| d.changes.clone()));
    let calendars = Memo::new(move |_| value.with(|d| d.calendars.clone()));
    let calendar_edit = Memo::new(move |_| value.with(|d| d.calendar_edit));
    let text = Memo::new(move |_| value.with(|d| d.reading.text.clone()));
    let groups = value.with_untracked(|detail| {
        let groups = detail.parts.iter();
        let groups = groups.filter(|part| part.target.kind == TargetKind::Asg);
        groups.filter_map(|part| part.id).collect::<Vec<_>>()
    });
    let (overriding, removing, putting_back) = (
        RwSignal::new(false),
        RwSignal::new(false),
        RwSignal::new(false),
    );
    // The timeline leads here with a time.
    let (drafts, span) = (page_query(paths::drafts_override), page_query(paths::span));
    Effect::new(move |_| {
        let may = value.with_untracked(|detail| detail.propose_refused.is_none());
        overriding.set(drafts.get() && may);
    });
    let rest = first.map(|first| {
        let known = Memo::new(move |last: Option<&Known>| {
            let read = value.with(|detail| Known::of(&detail.reading));
            read.or_else(|| last.cloned())
                .unwrap_or_else(|| first.clone())
        });
        let known = Signal::from(known);
        view! {
            <Figures value known/>
            <Overrides value known/>
            <Picture known/>
            <TrafficFit value known/>
            <OverrideDialog open=overriding known span/>
            <PutBackDialog open=putting_back known scope/>
            <RemoveDialog open=removing known/>
        }
    });
    view! {
        <Title text=name.clone()/>
        <PageHeader title=name.clone()
            above=move || crumbs(lang, vec![(name, None)])
            beside=move || view! { <Badge>{timezone}</Badge> {environment_badge(&environment)} }
            actions=move || view! { <Acts value overriding removing/> }
        />
        {move || drifted(viewing, drift.get(), value, putting_back)}
        {move || calendar_edit.get().map(|edit| proposed(lang, edit))}
        {rest}
        <div class="split">
            <div class="stack">{move || kept(viewing, parts.get())}</div>
            <div class="stack">
                {move || facts(viewing, &value.get())}
                {move || named(lang, calendars.get())}
                <SpotNotices targets=groups/>
                {move || requests(viewing, changes.get())}
                {move || as_text(lang, text.get())}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Acts(
    value: RwSignal<ScheduleDetail>,
    overriding: RwSignal<bool>,
    removing: RwSignal<bool>,
) -> impl IntoView {
    let lang = use_viewing().lang;
    let refused = Memo::new(move |_| value.with(|detail| detail.propose_refused.clone()));
    let reason = MaybeProp::derive(move || refused.get());
    let edit = move || {
        let href = value.with_untracked(|detail| paths::edit_schedule(&detail.row.name));
        match refused.get() {
            None => {
                view! { <LinkButton href glyph=Glyph::Edit>{t::edit(lang)}</LinkButton> }.into_any()
            }
            Some(reason) => view! {
                <Button glyph=Glyph::Edit disabled_reason=reason>{t::edit(lang)}</Button>
            }
            .into_any(),
        }
    };
    view! {
        {edit}
        <Button glyph=Glyph::Plus disabled_reason=reason on:click=move |_| overriding.set(true)>
            {overrides::add(lang)}
        </Button>
        <Button variant=ButtonVariant::Danger disabled_reason=reason on:click=move |_| removing.set(true)>
            {t::remove(lang)}
        </Button>
    }
}

/// What holds now, by the schedule and the server's clock, and until when it is sure.
#[component]
fn Figures(value: RwSignal<ScheduleDetail>, known: Signal<Known>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = use_live().now;
    let holds = Memo::new(move |_| {
        let now = now.get();
        known.with(|known| {
            let schedule = &known.schedule;
            known.ask(|timetable| {
                let (rule, level) = timetable.capacity_at(now);
                let next = timetable
                    .next(now, 1)
                    .first()
                    .map(|next| (next.at, next.level));
                (rule.text(schedule), level, next)
            })
        })
    });
    let level = move || {
        holds
            .get()
            .map(|(_, level, _)| level_words(lang, level))
            .unwrap_or_default()
    };
    let rule = move || holds.get().map(|(rule, ..)| rule_words(lang, &rule));
    let next = move || holds.get().and_then(|(.., next)| next);
    let next_level = move || match next() {
        Some((_, level)) => level_words(lang, level),
        None => t::no_change(lang).to_owned(),
    };
    let next_at = move || next().map(|(at, _)| viewing.minute(at));
    // AWS is told whole days.
    let good_until = move || {
        let until = value.with(|detail| viewing.minute(detail.row.good_until));
        until.chars().take(DATE_CHARS).collect::<String>()
    };
    view! {
        <div class="stats">
            <Stat label=t::now(lang) value=Signal::derive(level) note=MaybeProp::derive(rule)/>
            <Stat label=t::next_change(lang) value=Signal::derive(next_level) note=MaybeProp::derive(next_at)/>
            <Stat label=t::good_until(lang) value=Signal::derive(good_until) note=t::good_until_hint(lang)/>
        </div>
    }
    .into_any()
}

/// What is not as the schedule wants it.
#[derive(Clone, PartialEq, Eq)]
struct Drift {
    since: Option<Timestamp>,
    found: Vec<Difference>,
    by: Option<Attribution>,
}

impl Drift {
    fn of(detail: &ScheduleDetail) -> Self {
        Self {
            since: detail.drift_since,
            found: detail.differences.clone(),
            by: detail.drift_by.clone(),
        }
    }
}

/// Who made the differences, as CloudTrail tells it.
fn made_by(lang: Lang, by: Attribution) -> AnyView {
    match by {
        Attribution::Calls { calls } => {
            let items = calls.into_iter().map(|call| {
                view! {
                    <li><code>{breakable(&call.who)}</code> " · " <code>{call.call}</code> " · " <Moment at=call.at seconds=true/></li>
                }
            });
            let items = items.collect_view();
            view! {
                <p>{t::changed_by(lang)}</p>
                <ul class="plain-list" aria-label=t::changed_by(lang)>{items}</ul>
            }
            .into_any()
        }
        Attribution::None => {
            view! { <p class="muted">{t::changed_by_nobody(lang)}</p> }.into_any()
        }
        Attribution::Denied { action } => {
            view! { <p class="muted">{t::changed_by_denied(lang)} " " {common::permission_missing(lang, &action)}</p> }.into_any()
        }
        Attribution::Failed => {
            view! { <p class="muted">{t::changed_by_failed(lang)}</p> }.into_any()
        }
    }
}

/// Where AWS is not as it should be, and the way back.
fn drifted(
    viewing: Viewing,
    drift: Drift,
    value: RwSignal<ScheduleDetail>,
    putting_back: RwSignal<bool>,
) -> AnyView {
    let lang = viewing.lang;
    let Drift { since, found, by } = drift;
    if found.is_empty() {
        return ().into_any();
    }
    let lines = found.iter().map(|one| difference(lang, one));
    let lines = lines.map(|line| view! { <li>{line}</li> }).collect_view();
    let refused = MaybeProp::derive(move || value.with(|detail| detail.propose_refused.clone()));
    view! {
        <Callout tone=Tone::Warning title=t::drifted(lang)>
            {since.map(|at| view! { <p class="muted">{t::drifted_since(lang)} " " <Moment at/></p> })}
            <ul class="plain-list">{lines}</ul>
            {by.map(|by| made_by(lang, by))}
            <div class="actions">
                <Button disabled_reason=refused on:click=move |_| putting_back.set(true)>{t::put_back(lang)}</Button>
            </div>
        </Callout>
    }
    .into_any()
}

/// Its targets, and the objects of each.
fn kept(viewing: Viewing, parts: Vec<SchedulePart>) -> AnyView {
    let lang = viewing.lang;
    let items = parts.into_iter().map(|part| {
        let name = part.target.name.clone();
        let title = match part.id {
            Some(id) => view! { <a href=paths::target(id)>{breakable(&name)}</a> }.into_any(),
            None => view! { <span>{breakable(&name)}</span> }.into_any(),
        };
        let objects = if part.objects.is_empty() {
            view! { <p class="muted">{t::objects_empty(lang)}</p> }.into_any()
        } else {
            folded_objects(viewing, &name, &part.objects)
        };
        view! { <li class="list-item">{title} {objects}</li> }
    });
    let items = items.collect_view();
    view! { <Card title=t::objects(lang)><ul class="plain-list">{items}</ul></Card> }.into_any()
}

fn facts(viewing: Viewing, detail: &ScheduleDetail) -> AnyView {
    let lang = viewing.lang;
    let row = &detail.row;
    let (scope, change, at) = (row.scope.to_string(), row.change, row.applied_at);
    let targets = row.targets.join(", ");
    view! {
        <Card title=t::facts(lang)>
            <KeyValues>
                <KeyValue label=t::targets(lang)><span class="break">{targets}</span></KeyValue>
                <KeyValue label=common::account_region(lang)><code>{breakable(&scope)}</code></KeyValue>
                <KeyValue label=t::applied(lang)><Moment at/></KeyValue>
                <KeyValue label=t::approved_in(lang)><a href=paths::change(change)>{t::open_it(lang)}</a></KeyValue>
            </KeyValues>
        </Card>
    }
    .into_any()
}

/// An edit that waits because a calendar has changed.
fn proposed(lang: Lang, edit: ChangeId) -> AnyView {
    view! {
        <Callout tone=Tone::Info title=calendar::edit_waits(lang)>
            <p>{calendar::edit_waits_text(lang)}</p>
            <div class="actions"><LinkButton href=paths::change(edit)>{calendar::open_edit(lang)}</LinkButton></div>
        </Callout>
    }
    .into_any()
}

/// The calendars that it names, and when each was last read.
fn named(lang: Lang, calendars: Vec<ScheduleCalendar>) -> AnyView {
    if calendars.is_empty() {
        return ().into_any();
    }
    let items = calendars.into_iter().map(|row| {
        let read = row.read_at.filter(|_| row.followed);
        let read = read
            .map(|at| view! { <span class="muted">{calendar::read(lang)} " " <Ago at/></span> });
        let left = (!row.followed).then(|| calendar::not_followed(lang));
        let failed = row.error.map(|why| {
            view! { <Callout tone=Tone::Warning title=calendar::unread(lang)>{why}</Callout> }
        });
        view! {
            <li class="list-item">
                <span class="row"><strong>{row.name}</strong> {read}</span>
                <span class="muted">{left}</span> {failed}
            </li>
        }
    });
    let items = items.collect_view();
    view! { <Card title=calendar::calendars(lang)><ul class="plain-list">{items}</ul></Card> }
        .into_any()
}

fn as_text(lang: Lang, text: String) -> AnyView {
    view! { <Card title=t::text(lang)>{folded_text(text)}</Card> }.into_any()
}

fn requests(viewing: Viewing, changes: Vec<api::changes::ChangeRow>) -> AnyView {
    let lang = viewing.lang;
    let items = changes.into_iter().map(|row| {
        let (title, chip) = (change_title(lang, &row), change_chip(lang, &row));
        view! {
            <li class="list-item">
                <a href=paths::change(row.id)>{title}</a>
                <span class="row">{chip} <span class="muted">{row.author.clone()} " · " <Ago at=row.updated_at/></span></span>
            </li>
        }
    });
    let items = items.collect_view();
    view! { <Card title=t::requests(lang)><ul class="plain-list">{items}</ul></Card> }.into_any()
}
