//! How a group will buy its instances: what its timers set in the coming days.

use api::capacity::MixChange;
use domain::{
    aws_timing::Effect,
    capacity::Target,
    limits,
    time::{Timestamp, Zone},
    timers::Timer,
};

/// What the timers of a target set from now on, soonest first.
pub(crate) fn mixes_ahead(target: &Target, now: Timestamp) -> Vec<MixChange> {
    let timers = target.timers.iter().filter(|timer| timer.enabled);
    let mut ahead: Vec<_> = timers.flat_map(|timer| firings(timer, now)).collect();
    ahead.sort_by(|one, other| (one.at, &one.timer).cmp(&(other.at, &other.timer)));
    ahead.truncate(limits::MIXES_SHOWN_MAX);
    ahead
}

/// The next firings of one; none of one that nobody can read.
fn firings(timer: &Timer, now: Timestamp) -> Vec<MixChange> {
    let object = &timer.object;
    let (Ok(zone), Ok(Effect::Mix(mix))) = (Zone::named(&object.timezone), object.effect()) else {
        return Vec::new();
    };
    let until = now.plus_ms(limits::MIXES_SHOWN_MS);
    let next = |after: Timestamp| object.next_firing(&zone, after).ok().flatten();
    std::iter::successors(next(now), |last| next(*last))
        .take_while(|at| *at <= until)
        .take(limits::MIXES_SHOWN_MAX)
        .map(|at| MixChange {
            at,
            timer: object.name.clone(),
            mix,
        })
        .collect()
}
