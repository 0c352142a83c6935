//! The sandbox's controls, where there is a sandbox.

use crate::{Services, cx::Cx, failure::Outcome, texts};
use api::sandbox::{ClockMode, SandboxAct, SandboxView};
use domain::{
    limits,
    policy::{Action, Resource},
};

/// What the server hands in when it runs the sandbox: its simulated world.
pub trait SandboxControl: Send + Sync {
    /// How it stands.
    fn view(&self) -> SandboxView;
    /// Does something to it that has been checked against the limits; answers
    /// whether there was anything to do it to.
    fn act(&self, act: &SandboxAct) -> bool;
}

/// How the sandbox stands.
///
/// # Errors
/// `not_found` outside the sandbox.
pub async fn view(s: &Services, cx: &Cx) -> Outcome<SandboxView> {
    cx.authorize(Action::ManageSelf, Resource::Own)?;
    let sandbox = s.sandbox.as_ref().ok_or_else(|| cx.not_found())?;
    Ok(sandbox.view())
}

/// Does something to the sandbox, then lets every worker look.
///
/// # Errors
/// `not_found` outside the sandbox; `forbidden`; `invalid` out of the limits.
pub async fn act(s: &Services, cx: &Cx, act: SandboxAct) -> Outcome<SandboxView> {
    let sandbox = s.sandbox.as_ref().ok_or_else(|| cx.not_found())?;
    cx.authorize(Action::ControlSandbox, Resource::Installation)?;
    check(cx, &act)?;
    if !sandbox.act(&act) {
        return Err(cx.conflict(texts::nothing_to_interrupt(cx.lang)).into());
    }
    tracing::info!(request_id = %cx.request_id, act = ?act, "the sandbox was turned");
    s.signals.all();
    Ok(sandbox.view())
}

fn check(cx: &Cx, act: &SandboxAct) -> Result<(), api::ApiError> {
    let within = |field: &str, value: u32, least: u32, most: u32| {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(cx.invalid(field, texts::out_of_range(cx.lang, least, most)))
    };
    match act {
        SandboxAct::SetClock {
            clock: ClockMode::Running { speed },
        } => within("speed", *speed, 1, limits::SANDBOX_SPEED_MAX),
        SandboxAct::SetClock {
            clock: ClockMode::Stepped,
        }
        | SandboxAct::InterruptSpot => Ok(()),
        SandboxAct::Step { seconds } => within("seconds", *seconds, 1, limits::SANDBOX_STEP_S_MAX),
        SandboxAct::Traffic { percent, minutes } => {
            within("percent", *percent, 0, limits::SANDBOX_TRAFFIC_PERCENT_MAX)?;
            within("minutes", *minutes, 1, limits::SANDBOX_WEATHER_MINUTES_MAX)
        }
        SandboxAct::SpotShortage { zone, minutes } => {
            if zone.is_some_and(|zone| !('a'..='c').contains(&zone)) {
                return Err(cx.invalid("zone", texts::one_of(cx.lang, "a, b, c")));
            }
            within("minutes", *minutes, 1, limits::SANDBOX_WEATHER_MINUTES_MAX)
        }
        SandboxAct::Fault { fault, seconds } => {
            let known = ["throttled", "unavailable", "denied", "none"];
            if !known.contains(&fault.as_str()) {
                let known = known.join(", ");
                return Err(cx.invalid("fault", texts::one_of(cx.lang, &known)));
            }
            within("seconds", *seconds, 0, limits::SANDBOX_FAULT_S_MAX)
        }
    }
}
