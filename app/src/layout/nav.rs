//! The navigation: the areas that exist, with the number of alarms going off.

use super::rpc::count_alarms;
use crate::{
    live::keep_fresh,
    paths,
    texts::common as t,
    viewer::{Viewing, use_viewing},
};
use api::{
    alarms::{AlarmCount, AlarmQuery},
    audit::AuditQuery,
    capacity::TargetQuery,
    changes::ChangeQuery,
    stream::News,
};
use domain::{alarms::AlarmState, policy::Action};
use kit::{BlockedLink, Glyph, Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// An area: its root, its name and its icon.
pub(super) struct Area {
    pub href: String,
    pub label: &'static str,
    pub glyph: Glyph,
    /// Why the viewer may not see it.
    pub refused: Option<String>,
}

/// The areas, in order.
pub(super) fn areas(viewing: Viewing) -> Vec<Area> {
    let lang = viewing.lang;
    let area = |href: String, label, glyph| Area {
        href,
        label,
        glyph,
        refused: None,
    };
    vec![
        area(paths::overview(), t::nav_overview(lang), Glyph::Activity),
        area(
            paths::alarms(&AlarmQuery::default()),
            t::nav_alarms(lang),
            Glyph::Bell,
        ),
        area(
            paths::targets(&TargetQuery::default()),
            t::nav_capacity(lang),
            Glyph::Layers,
        ),
        area(
            paths::changes(&ChangeQuery::default()),
            t::nav_changes(lang),
            Glyph::Shield,
        ),
        Area {
            refused: viewing.refused_everywhere(Action::ReadAudit),
            ..area(
                paths::activity(&AuditQuery::default()),
                t::nav_activity(lang),
                Glyph::Book,
            )
        },
        area(paths::settings(), t::nav_settings(lang), Glyph::Gear),
    ]
}

/// Whether a path lies in an area.
fn is_inside(path: &str, root: &str) -> bool {
    match path.strip_prefix(root) {
        Some(rest) => rest.is_empty() || (root != "/" && rest.starts_with('/')),
        None => false,
    }
}

/// Alarms that go off.
pub(super) fn going_off(counts: &[AlarmCount]) -> u64 {
    let alarming = counts
        .iter()
        .filter(|count| count.state == AlarmState::Alarm);
    alarming.map(|count| count.count).sum()
}

#[component]
pub(super) fn Nav() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let path = use_location().pathname;
    let counts = Resource::new(|| (), |()| count_alarms());
    let alarms_root = paths::alarms(&AlarmQuery::default());
    let links = areas(viewing)
        .into_iter()
        .map(|area| {
            let root = area.href.clone();
            if let Some(reason) = area.refused {
                return view! {
                    <li><BlockedLink reason><Icon glyph=area.glyph/><span>{area.label}</span></BlockedLink></li>
                }
                .into_any();
            }
            let counted = (root == alarms_root).then(|| view! {
                // Without the count the link is still whole: nothing is said when it fails.
                <Suspense>
                    {move || Suspend::new(async move {
                        counts.await.ok().map(|counts| view! { <AlarmsCount counts/> })
                    })}
                </Suspense>
            });
            view! {
                <li>
                    <a href=area.href aria-current=move || is_inside(&path.get(), &root).then_some("page")>
                        <Icon glyph=area.glyph/><span>{area.label}</span>{counted}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! { <nav class="sidenav" aria-label=t::nav(lang)><ul>{links}</ul></nav> }
}

#[component]
fn AlarmsCount(counts: Vec<AlarmCount>) -> impl IntoView {
    let fresh = keep_fresh(
        counts,
        |news| matches!(news, News::Alarm { .. }),
        count_alarms,
    );
    let count = Memo::new(move |_| fresh.value.with(|counts| going_off(counts)));
    move || {
        (count.get() > 0).then(|| {
            view! {
                <span class="nav-count" data-tone="alarm">{count.get()}</span>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_of_a_page_is_marked() {
        for (path, root, inside) in [
            ("/", "/", true),
            ("/alarms", "/", false),
            ("/alarms", "/alarms", true),
            ("/alarms/alm_1", "/alarms", true),
            ("/alarmsx", "/alarms", false),
        ] {
            assert_eq!(is_inside(path, root), inside, "{path} in {root}");
        }
    }
}
