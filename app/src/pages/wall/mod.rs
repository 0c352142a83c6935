//! The wall board: what goes off, who has it and who is on call, to be read from across a
//! room. It stands by itself, without navigation, and says loudly when news stopped: a board
//! that looks calm because its line is dead is worse than none.

mod model;

use crate::{
    layout::{LiveState, UnreadBanner, count_alarms},
    live::{Connection, keep_fresh, use_live},
    pages::{alarms::list_alarms, on_call::show_on_call},
    paths,
    rpc::UiError,
    shared::{
        Ago, breakable, environment_badge, environment_choices, first_word, go_on_submit, loaded,
        page_query, priority_badge, priority_tone, send_on_change,
    },
    texts::{common, wall as t},
    viewer::use_viewing,
};
use api::{
    alarms::{AlarmQuery, AlarmRow},
    on_call::OnCallBoard,
    stream::News,
};
use domain::{alarms::Priority, limits};
use kit::{EmptyState, Glyph, Icon, LinkButton, Select, Tone, ToneMark};
use leptos::prelude::*;
use leptos_meta::Title;
use model::Wall;
use std::time::Duration;

async fn read(query: AlarmQuery) -> Result<Wall, UiError> {
    Ok(Wall {
        open: list_alarms(model::asked(&query, false)).await?,
        taken: list_alarms(model::asked(&query, true)).await?,
        counts: count_alarms().await?,
        on_call: show_on_call().await?,
    })
}

/// The page at `/alarms/wall`.
#[component]
pub(crate) fn WallPage() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let Some(viewer) = viewing.viewer() else {
        // The server leads strangers to the sign-in page; this is a session that just ended.
        return view! {
            <main class="signin" id="main">
                <EmptyState glyph=Glyph::Lock title=common::sign_in_again(lang)>
                    <LinkButton href=paths::sign_in(&paths::wall(&AlarmQuery::default()))>{common::sign_in(lang)}</LinkButton>
                </EmptyState>
            </main>
        }
        .into_any();
    };
    let query = page_query(paths::wall_query);
    let wall = Resource::new(move || query.get(), read);
    // Nobody presses a button of a screen that hangs on a wall.
    Effect::new(move |_| {
        let again = move || {
            if matches!(wall.try_get_untracked(), Some(Some(Err(_)))) {
                wall.refetch();
            }
        };
        let every = Duration::from_millis(limits::WALL_LOOK_MS);
        if let Ok(handle) = set_interval_with_handle(again, every) {
            on_cleanup(move || handle.clear());
        }
    });
    let now = use_live().now;
    let path = "/alarms/wall";
    let chosen =
        Signal::derive(move || query.with(|q| first_word(&q.environment, ToString::to_string)));
    view! {
        <Title text=t::title(lang)/>
        <main class="wall" id="main">
            <header class="wall-top">
                <a class="brand" href=paths::alarms(&AlarmQuery::default()) title=t::leave(lang)>
                    <Icon glyph=Glyph::Lamp/><span>{common::product(lang)}</span>
                </a>
                <h1 class="wall-title">{t::title(lang)}</h1>
                <form action=path on:submit=go_on_submit(path) on:change=send_on_change>
                    <Select name="environment" aria_label=common::environment(lang)
                        choices=environment_choices(viewing) value=chosen/>
                </form>
                <span class="wall-clock">{move || viewing.minute(now.get())}</span>
                <LiveState/>
            </header>
            <Stale/>
            <UnreadBanner unread=viewer.unread/>
            {loaded(wall, move |wall| view! { <Board wall query=query.get_untracked()/> })}
        </main>
    }
    .into_any()
}

/// Says that news stopped, by two witnesses: the connection says so, or the server's clock
/// stands still although the connection seems open.
#[component]
fn Stale() -> impl IntoView {
    let viewing = use_viewing();
    let live = use_live();
    let stands_still = RwSignal::new(false);
    let last = StoredValue::new(None);
    Effect::new(move |_| {
        let look = move || {
            let now = live.now.get_untracked();
            let was = last.try_get_value().flatten();
            let _ = stands_still.try_set(model::is_stale(was, now));
            last.try_set_value(Some(now));
        };
        let every = Duration::from_millis(limits::WALL_LOOK_MS);
        if let Ok(handle) = set_interval_with_handle(look, every) {
            on_cleanup(move || handle.clear());
        }
    });
    let since = Memo::new(move |_| {
        let lost = live.connection.get() == Connection::Lost;
        (lost || stands_still.get()).then(|| live.now.get())
    });
    view! {
        <div role="alert">
            {move || since.get().map(|at| view! { <Alert text=t::stale(viewing.lang, &viewing.second(at))/> })}
        </div>
    }
}

#[component]
fn Alert(text: String) -> impl IntoView {
    view! {
        <div class="banner wall-stale" data-tone="alarm">
            <ToneMark tone=Tone::Alarm/>
            <span class="banner-text">{text}</span>
        </div>
    }
}

#[component]
fn Board(wall: Wall, query: AlarmQuery) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let again = query.clone();
    let fresh = keep_fresh(
        wall,
        |news| matches!(news, News::Alarm { .. }),
        move || read(again.clone()),
    );
    let (wall, read_at) = (fresh.value, fresh.read_at);
    let unread = Memo::new(move |_| fresh.failed.get().then(|| read_at.get()));
    let priorities = model::priorities(&query);
    let counts = priorities.into_iter().map(|priority| {
        let query = query.clone();
        let count =
            Memo::new(move |_| wall.with(|wall| model::going_off(&wall.counts, &query, priority)));
        view! { <Count priority count/> }
    });
    let counts = counts.collect_view();
    let open = Memo::new(move |_| wall.with(|wall| wall.open.total));
    let total = Memo::new(move |_| wall.with(|wall| wall.open.total + wall.taken.total));
    let hidden = Memo::new(move |_| wall.with(Wall::hidden));
    let on_call = Memo::new(move |_| wall.with(|wall| wall.on_call.clone()));
    let owners = move || match (total.get(), open.get()) {
        (0, _) => t::none_off(lang).to_owned(),
        (_, 0) => t::all_taken(lang).to_owned(),
        (_, open) => t::nobody_has(lang, open),
    };
    let owners_tone = move || {
        let tone = if open.get() > 0 {
            Tone::Alarm
        } else {
            Tone::Ok
        };
        tone.as_str()
    };
    let unknown = model::unknown(&query, &viewing.environments());
    let has_known = query.environment.is_empty() || unknown.len() < query.environment.len();
    let unknown = (!unknown.is_empty()).then(|| {
        view! {
            <EmptyState glyph=Glyph::Warning title=t::unknown(lang, &unknown.join(", ")) text=t::unknown_text(lang)/>
        }
    });
    let no_data = {
        let query = query.clone();
        Memo::new(move |_| wall.with(|wall| model::without_data(&wall.counts, &query)))
    };
    let tiles = move || {
        if !has_known {
            return ().into_any();
        }
        if total.get() == 0 {
            let tone = if no_data.get() > 0 { "unknown" } else { "ok" };
            return view! {
                <div class="wall-calm" data-tone=tone>
                    <Icon glyph=Glyph::Check/>
                    <p>{t::calm(lang)}</p>
                    {move || (no_data.get() > 0).then(|| view! { <p>{t::no_data(lang, no_data.get())}</p> })}
                    <p class="muted">{move || t::calm_text(lang, &viewing.second(read_at.get()))}</p>
                </div>
            }
            .into_any();
        }
        view! {
            <ul class="wall-alarms">
                <For each=move || wall.with(Wall::tiles) key=|row| (row.id, row.version) let:row>
                    <Tile row/>
                </For>
            </ul>
            {move || (hidden.get() > 0).then(|| view! { <p class="wall-more">{t::more(lang, hidden.get())}</p> })}
        }
        .into_any()
    };
    view! {
        <div role="alert">
            {move || unread.get().map(|at| view! { <Alert text=t::stale(lang, &viewing.second(at))/> })}
        </div>
        <section class="wall-counts" aria-label=t::counts(lang)>
            {counts}
            <p class="wall-owners" data-tone=owners_tone>{owners}</p>
            {move || (no_data.get() > 0).then(|| view! {
                <p class="wall-count" data-tone="unknown">{t::no_data(lang, no_data.get())}</p>
            })}
        </section>
        {unknown}
        <section aria-label=t::going_off(lang)>{tiles}</section>
        {move || view! { <OnCall board=on_call.get()/> }}
    }
    .into_any()
}

#[component]
fn Count(priority: Priority, count: Memo<u64>) -> impl IntoView {
    let tone = move || match count.get() {
        0 => Tone::Neutral,
        _ => priority_tone(priority),
    };
    view! {
        <p class="wall-count" data-tone=move || tone().as_str()>
            <span class="wall-number">{count}</span> " "
            <span class="wall-label">{priority.as_str()}</span>
        </p>
    }
}

/// One alarm. It is drawn anew when its version changes.
#[component]
fn Tile(row: AlarmRow) -> impl IntoView {
    let lang = use_viewing().lang;
    let owner = match &row.acknowledged {
        Some(acknowledgement) => t::looked_after(lang, &acknowledgement.by),
        None => t::nobody(lang).to_owned(),
    };
    let is_open = row.acknowledged.is_none();
    let tone = if is_open {
        priority_tone(row.priority)
    } else {
        Tone::Neutral
    };
    view! {
        <li class="wall-alarm" data-tone=tone.as_str() data-open=is_open.then_some("")>
            <p class="wall-facts">
                {priority_badge(row.priority, row.state)} {environment_badge(&row.environment)}
                <span class="muted"><Ago at=row.state_at/></span>
            </p>
            <a class="wall-name" href=paths::alarm(row.id)>{breakable(&row.name)}</a>
            <p class="wall-owner">{owner}</p>
            <p class="wall-reason">{row.reason}</p>
        </li>
    }
}

/// Who is on call now, by the server's clock: a shift ends while the board hangs there.
#[component]
fn OnCall(board: OnCallBoard) -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = use_live().now;
    let turns = board.rotations.into_iter().map(|rotation| {
        let name = rotation.name.to_string();
        let current = Memo::new(move |_| model::current(&rotation, now.get()).cloned());
        let who = move || match current.get() {
            Some(shift) => view! {
                <strong>{shift.contact.to_string()}</strong> " "
                <span class="muted">{t::until(lang, &viewing.minute(shift.until))}</span>
            }
            .into_any(),
            None => {
                view! { <strong data-tone="alarm">{t::nobody_on_call(lang)}</strong> }.into_any()
            }
        };
        view! { <div class="wall-turn"><dt>{name}</dt><dd>{who}</dd></div> }
    });
    let turns: Vec<_> = turns.collect();
    (!turns.is_empty()).then(|| {
        view! {
            <section class="wall-on-call" aria-label=t::on_call(lang)>
                <h2>{t::on_call(lang)}</h2>
                <dl>{turns}</dl>
            </section>
        }
    })
}
