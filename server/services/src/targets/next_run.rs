//! When a scheduled action fires next.

use domain::{
    capacity::{ScheduledAction, Target, Timing},
    cron,
    processes::stop_actions,
    time::{DAY_MS, Timestamp},
};

/// Ranges searched for the next firing, nearest first: most actions fire within
/// a day, and a minute-by-minute one must not be listed for a year.
const SEARCHED_MS: [i64; 3] = [DAY_MS, 35 * DAY_MS, 367 * DAY_MS];

/// The next firing after `now`; none when there is none within a year, when the
/// recurrence cannot be read, or while AWS runs no action of the target.
pub(crate) fn next_run(
    target: &Target,
    action: &ScheduledAction,
    now: Timestamp,
) -> Option<Timestamp> {
    if stop_actions(&target.suspended) {
        return None;
    }
    if let Timing::Once { at } = action.timing {
        return (at > now).then_some(at);
    }
    if let Some(told) = action.next_run_at.filter(|at| *at > now) {
        return Some(told);
    }
    for range_ms in SEARCHED_MS {
        let (from, until) = (now.plus_ms(1), now.plus_ms(range_ms));
        let firings = cron::firings(target.reference.kind, action, from, until).ok()?;
        if let Some(first) = firings.first() {
            return Some(*first);
        }
    }
    None
}
