//! The command palette: pages at once, targets and alarms as one types.

use super::nav::areas;
use crate::{
    pages::{alarms::list_alarms, capacity::list_targets},
    paths,
    shared::{alarm_state, target_kind},
    texts::common as t,
    viewer::{Viewing, use_viewing},
};
use api::{
    PageQuery, alarms::AlarmQuery, capacity::TargetQuery, changes::ChangeQuery, checks::CheckQuery,
    notifications::NotificationQuery, timeline::TimelineQuery,
};
use domain::{i18n::Lang, limits, policy::Action};
use kit::{CommandPalette, Glyph, PaletteItem};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

#[component]
pub(super) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let pages = pages(viewing);
    let found = RwSignal::new(Vec::<PaletteItem>::new());
    let items = Signal::derive(move || {
        let mut items = pages.clone();
        found.with(|found| items.extend(found.iter().cloned()));
        items
    });
    let typed = StoredValue::new(String::new());
    let search = move |text: String| {
        typed.set_value(text.clone());
        set_timeout(
            move || {
                // Only the last of several keys asks.
                if typed.try_get_value().as_ref() == Some(&text) && !text.trim().is_empty() {
                    spawn_local(async move {
                        let _ = found.try_set(find(lang, text).await);
                    });
                }
            },
            Duration::from_millis(limits::TYPING_PAUSE_MS),
        );
    };
    let navigate = use_navigate();
    view! {
        <CommandPalette open title=t::palette_title(lang) placeholder=t::palette_placeholder(lang)
            empty_text=t::palette_empty(lang) items on_query=search
            on_pick=move |address: String| navigate(&address, NavigateOptions::default())/>
    }
}

fn item(value: String, label: &str, hint: &str, glyph: Glyph) -> PaletteItem {
    PaletteItem {
        value,
        label: label.to_owned(),
        hint: Some(hint.to_owned()),
        keywords: String::new(),
        glyph,
    }
}

/// Every page. One that the viewer may not see says why in place of what it is.
fn pages(viewing: Viewing) -> Vec<PaletteItem> {
    use crate::texts::{
        changes, checks, coverage, drills, notifications, on_call, schedules, settings, silences,
        sources, timeline,
    };
    let lang = viewing.lang;
    let page = |value, label: &str, glyph| item(value, label, t::palette_page(lang), glyph);
    let guarded = |value, label: &str, glyph, refused: Option<String>| match refused {
        Some(reason) => item(value, label, &reason, glyph),
        None => page(value, label, glyph),
    };
    let mut items: Vec<_> = areas(viewing)
        .into_iter()
        .map(|area| guarded(area.href, area.label, area.glyph, area.refused))
        .collect();
    let waiting = ChangeQuery {
        waiting_for_me: true,
        ..ChangeQuery::default()
    };
    items.extend([
        page(
            paths::coverage(&CheckQuery::default()),
            coverage::title(lang),
            Glyph::Bell,
        ),
        page(
            paths::notifications(&NotificationQuery::default()),
            notifications::title(lang),
            Glyph::Bell,
        ),
        page(paths::routing(), notifications::routing(lang), Glyph::Bell),
        page(paths::on_call(), on_call::title(lang), Glyph::Users),
        page(paths::drills(), drills::title(lang), Glyph::Play),
        page(paths::silences(), silences::title(lang), Glyph::Bell),
        page(
            paths::checks(&CheckQuery::default()),
            checks::checks(lang),
            Glyph::Check,
        ),
        page(
            paths::schedules(),
            schedules::schedules(lang),
            Glyph::Calendar,
        ),
        page(
            paths::timeline(&TimelineQuery::default()),
            timeline::timeline(lang),
            Glyph::Activity,
        ),
        page(
            paths::changes(&waiting),
            changes::waiting_for_me(lang),
            Glyph::Shield,
        ),
        page(paths::freezes(), changes::freezes(lang), Glyph::Lock),
        page(paths::security(), settings::security(lang), Glyph::Key),
        page(paths::tokens(), settings::tokens(lang), Glyph::Key),
        guarded(
            paths::people(),
            settings::people(lang),
            Glyph::Users,
            viewing.refused_here(Action::ManagePeople),
        ),
        guarded(
            paths::sources(),
            sources::title(lang),
            Glyph::Server,
            viewing.refused_here(Action::ReadSystem),
        ),
        guarded(
            paths::system(),
            settings::system(lang),
            Glyph::Server,
            viewing.refused_here(Action::ReadSystem),
        ),
    ]);
    items
}

/// What the server finds. A part that fails is left out: the pages are still there.
async fn find(lang: Lang, text: String) -> Vec<PaletteItem> {
    let page = PageQuery {
        offset: 0,
        limit: limits::PALETTE_ROWS_MAX,
    };
    let targets = list_targets(TargetQuery {
        text: text.clone(),
        page,
        ..TargetQuery::default()
    });
    let alarms = list_alarms(AlarmQuery {
        text: text.clone(),
        page,
        ..AlarmQuery::default()
    });
    let mut items = Vec::new();
    for row in targets.await.map(|page| page.rows).unwrap_or_default() {
        let hint = format!(
            "{} · {}",
            target_kind(lang, row.reference.kind),
            row.environment
        );
        items.push(PaletteItem {
            keywords: text.clone(),
            ..item(
                paths::target(row.id),
                &row.reference.name,
                &hint,
                Glyph::Layers,
            )
        });
    }
    for row in alarms.await.map(|page| page.rows).unwrap_or_default() {
        let hint = format!(
            "{} · {}",
            t::palette_alarm(lang),
            alarm_state(lang, row.state).1
        );
        items.push(PaletteItem {
            keywords: text.clone(),
            ..item(paths::alarm(row.id), &row.name, &hint, Glyph::Bell)
        });
    }
    items
}
