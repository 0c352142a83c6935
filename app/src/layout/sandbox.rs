//! The sandbox's banner: what this is, the simulated clock, and controls for
//! those who may turn them.

use super::rpc::{act_on_sandbox, show_sandbox};
use crate::{
    live::use_live,
    shared::{Sending, duration},
    texts::common as t,
    viewer::use_viewing,
};
use api::{
    sandbox::{ClockMode, SandboxAct, SandboxView},
    stream::News,
};
use domain::{
    policy::Action,
    time::{HOUR_MS, MINUTE_MS},
};
use kit::{Glyph, Icon, Menu, Tone, ToneMark};
use leptos::prelude::*;

/// Speeds that are offered, simulated seconds a second.
const SPEEDS: [u32; 3] = [1, 60, 600];
/// Steps that are offered, in milliseconds.
const STEPS_MS: [i64; 4] = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];

#[component]
pub(super) fn SandboxBanner() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let now = use_live().now;
    let may = viewing.refused_here(Action::ControlSandbox).is_none();
    view! {
        <div class="banner" data-tone="info">
            <ToneMark tone=Tone::Info/>
            <span class="banner-text">
                <strong>{t::sandbox(lang)}</strong> " " <span class="banner-more">{t::sandbox_text(lang)}</span>
            </span>
            <span class="banner-clock numeric">
                <span class="banner-more">{t::sandbox_clock(lang)} " "</span>
                {move || viewing.second(now.get())}
            </span>
            {may.then(|| view! { <Controls/> })}
        </div>
    }
}

#[component]
fn Controls() -> impl IntoView {
    let viewing = use_viewing();
    let lang = viewing.lang;
    let live = use_live();
    let sending = Sending::new();
    // What the clock does is asked once; later every act answers it.
    let clock = RwSignal::new(None::<ClockMode>);
    let shown = Resource::new(|| (), |()| show_sandbox());
    let act = move |act: SandboxAct| {
        sending.send(act_on_sandbox(act), move |view: SandboxView| {
            clock.set(Some(view.clock));
            live.tell(&News::Tick { at: view.now });
            sending.say(Tone::Ok, t::sandbox_done(lang));
        });
    };
    let item = move |glyph: Glyph, label: String, does: SandboxAct| {
        view! {
            <button class="menu-item" type="button" on:click=move |_| act(does.clone())>
                <Icon glyph/>{label}
            </button>
        }
    };
    let fault = |fault: &str, seconds| SandboxAct::Fault {
        fault: fault.into(),
        seconds,
    };
    let speeds = SPEEDS.map(|speed| {
        let clock = ClockMode::Running { speed };
        item(
            Glyph::Play,
            t::sandbox_run(lang, speed),
            SandboxAct::SetClock { clock },
        )
    });
    let steps = STEPS_MS.map(|ms| {
        // The offered steps are far below the largest number.
        let seconds = u32::try_from(ms / 1_000).unwrap_or(u32::MAX);
        let label = t::sandbox_step(lang, &duration(lang, ms));
        item(Glyph::ChevronRight, label, SandboxAct::Step { seconds })
    });
    let stop = SandboxAct::SetClock {
        clock: ClockMode::Stepped,
    };
    let surge = SandboxAct::Traffic {
        percent: 300,
        minutes: 30,
    };
    let shortage = SandboxAct::SpotShortage {
        zone: None,
        minutes: 120,
    };
    view! {
        <span class="banner-clock">
            <Suspense>
                {move || Suspend::new(async move {
                    let first = shown.await.ok().map(|view| view.clock);
                    view! {
                        <span>{move || clock.get().or(first).map(|clock| match clock {
                            ClockMode::Stepped => t::sandbox_stepped(lang).to_owned(),
                            ClockMode::Running { speed } => t::sandbox_speed(lang, speed),
                        })}</span>
                    }
                })}
            </Suspense>
        </span>
        <Menu label=t::sandbox_controls(lang) button=move || view! {
            <Icon glyph=Glyph::Gear/><span class="button-text">{t::sandbox_controls(lang)}</span>
        }>
            <p class="menu-note">{t::sandbox_clock(lang)}</p>
            {item(Glyph::Pause, t::sandbox_stop(lang).into(), stop)}
            {speeds.collect_view()}
            {steps.collect_view()}
            <p class="menu-note">{t::sandbox_weather(lang)}</p>
            {item(Glyph::Activity, t::sandbox_surge(lang).into(), surge)}
            {item(Glyph::Server, t::sandbox_interrupt(lang).into(), SandboxAct::InterruptSpot)}
            {item(Glyph::Warning, t::sandbox_shortage(lang).into(), shortage)}
            {item(Glyph::Clock, t::sandbox_throttle(lang).into(), fault("throttled", 60))}
            {item(Glyph::Warning, t::sandbox_fail(lang).into(), fault("unavailable", 60))}
            {item(Glyph::Check, t::sandbox_calm(lang).into(), fault("none", 0))}
        </Menu>
    }
}
