//! What the timers of a target do in the coming days.

use api::capacity::TimerRun;
use domain::{
    capacity::Target,
    limits,
    time::{Timestamp, Zone},
    timers::Timer,
};

/// The runs of a target's timers from now on, soonest first.
pub(crate) fn timer_runs(target: &Target, now: Timestamp) -> Vec<TimerRun> {
    let timers = target.timers.iter().filter(|timer| timer.enabled);
    let mut ahead: Vec<_> = timers.flat_map(|timer| firings(timer, now)).collect();
    ahead.sort_by(|one, other| (one.at, &one.timer).cmp(&(other.at, &other.timer)));
    ahead.truncate(limits::TIMER_RUNS_SHOWN_MAX);
    ahead
}

/// The next firings of one; none of one that nobody can read.
fn firings(timer: &Timer, now: Timestamp) -> Vec<TimerRun> {
    let object = &timer.object;
    let (Ok(zone), Ok(sets)) = (Zone::named(&object.timezone), object.effect()) else {
        return Vec::new();
    };
    let until = now.plus_ms(limits::TIMER_RUNS_SHOWN_MS);
    let next = |after: Timestamp| object.next_firing(&zone, after).ok().flatten();
    std::iter::successors(next(now), |last| next(*last))
        .take_while(|at| *at <= until)
        .take(limits::TIMER_RUNS_SHOWN_MAX)
        .map(|at| TimerRun {
            at,
            timer: object.name.clone(),
            sets,
        })
        .collect()
}
