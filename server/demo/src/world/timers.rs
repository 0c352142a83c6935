//! The schedules of EventBridge Scheduler that act on one target: what AWS accepts,
//! and what is due.

use super::Refusal;
use domain::{
    aws_timing::Fault,
    time::{Timestamp, Zone},
    timers::Timer,
};

struct Entry {
    timer: Timer,
    zone: Zone,
    next: Option<Timestamp>,
}

/// The timers of a target, by name.
#[derive(Default)]
pub(super) struct Timers {
    entries: Vec<Entry>,
}

fn refused(fault: &Fault) -> Refusal {
    Refusal::invalid(format!("ValidationException: {fault}"))
}

impl Timers {
    /// Creates or replaces one, as AWS would.
    pub fn put(&mut self, timer: Timer, now: Timestamp) -> Result<(), Refusal> {
        let object = &timer.object;
        let past = |at: Option<Timestamp>| at.is_some_and(|at| at < now);
        if past(object.start) || past(object.end) {
            let message = "The StartDate you specify cannot be earlier than 5 minutes ago.";
            return Err(Refusal::invalid(message));
        }
        object.effect().map_err(|fault| refused(&fault))?;
        let zone = Zone::named(&object.timezone)
            .map_err(|_| Refusal::invalid("Invalid Schedule Expression Timezone."))?;
        let next = object
            .next_firing(&zone, now)
            .map_err(|fault| refused(&fault))?;
        self.delete(&object.name.clone());
        let place = self
            .entries
            .partition_point(|other| other.timer.object.name < timer.object.name);
        self.entries.insert(place, Entry { timer, zone, next });
        Ok(())
    }

    /// Deletes one; one that is not there is fine.
    pub fn delete(&mut self, name: &str) {
        self.entries.retain(|entry| entry.timer.object.name != name);
    }

    /// When the next one fires or ends.
    pub fn next_event(&self) -> Option<Timestamp> {
        let events = self.entries.iter();
        events
            .filter_map(|entry| match (entry.next, entry.timer.object.end) {
                (Some(next), Some(end)) => Some(next.min(end)),
                (next, end) => next.or(end),
            })
            .min()
    }

    /// Those that fire now, by time and name. What never fires again is gone
    /// afterwards: ours are deleted after completion.
    pub fn take_due(&mut self, now: Timestamp) -> Vec<Timer> {
        let mut due = Vec::new();
        for entry in &mut self.entries {
            while let Some(at) = entry.next.filter(|at| *at <= now) {
                if entry.timer.enabled {
                    due.push((at, entry.timer.clone()));
                }
                // It was readable when it was put.
                entry.next = entry
                    .timer
                    .object
                    .next_firing(&entry.zone, at)
                    .unwrap_or(None);
            }
        }
        self.entries
            .retain(|entry| !entry.timer.object.has_ended(now));
        due.sort_by(|a, b| (a.0, &a.1.object.name).cmp(&(b.0, &b.1.object.name)));
        due.into_iter().map(|(_, timer)| timer).collect()
    }

    /// As described to a caller.
    pub fn list(&self) -> Vec<Timer> {
        let timers = self.entries.iter();
        timers.map(|entry| entry.timer.clone()).collect()
    }
}
