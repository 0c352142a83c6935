//! What a reader of a schedule would not expect: clocks that change under a window,
//! windows that meet, rules that never come to anything.
//!
//! A note forbids nothing. It names an instant and says what will happen there.

use super::{
    DateRange, Level, Rule, Schedule, Timetable,
    clock::{civil, local_midnight_ms},
    evaluate::{REACH_MS, days_of, edges_ms, starts},
    sweep::{Interval, Rules},
};
use crate::time::{DAY_MS, Timestamp};
use jiff::{civil::DateTime, tz::AmbiguousOffset};

/// Which end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its `from`.
    From,
    /// Its `to`.
    To,
}

/// A note: what, where, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The first instant that it is about.
    pub at: Timestamp,
    /// What happens.
    pub kind: NoteKind,
}

/// What a note can be about. Windows, exceptions and overrides are named by their
/// places in the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteKind {
    /// A local time does not exist; the first instant after the gap stands for it.
    DstGap {
        /// The window.
        window: usize,
        /// Its end that is meant.
        edge: Edge,
        /// The local time.
        local: DateTime,
    },
    /// A local time happens twice; the first stands.
    DstFold {
        /// The window.
        window: usize,
        /// Its end that is meant.
        edge: Edge,
        /// The local time.
        local: DateTime,
    },
    /// A change of clock leaves nothing of a window.
    WindowEmpty {
        /// The window.
        window: usize,
    },
    /// Two windows are on at once.
    Overlap {
        /// The later in the list.
        winner: usize,
        /// The other.
        loser: usize,
        /// How often in the range.
        times: u32,
    },
    /// An exception's days in the range.
    Exception {
        /// The exception.
        exception: usize,
        /// Starts of windows that it replaces.
        replaced: usize,
    },
    /// An exception without which the range would have the same capacities.
    ExceptionIdle {
        /// The exception.
        exception: usize,
    },
    /// A window that never starts in the range.
    WindowIdle {
        /// The window.
        window: usize,
    },
    /// A window that starts, but something else always goes before it.
    WindowHidden {
        /// The window.
        window: usize,
    },
    /// An override that is over before the range starts.
    OverridePast {
        /// The override.
        over: usize,
    },
    /// Two overrides at once.
    OverrideOverlap {
        /// The later in the list.
        winner: usize,
        /// The other.
        loser: usize,
    },
}

impl NoteKind {
    /// The word for programs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::DstGap { .. } => "dst-gap",
            Self::DstFold { .. } => "dst-fold",
            Self::WindowEmpty { .. } => "window-empty",
            Self::Overlap { .. } => "overlap",
            Self::Exception { .. } => "exception",
            Self::ExceptionIdle { .. } => "exception-idle",
            Self::WindowIdle { .. } => "window-idle",
            Self::WindowHidden { .. } => "window-hidden",
            Self::OverridePast { .. } => "override-past",
            Self::OverrideOverlap { .. } => "override-overlap",
        }
    }
}

/// A range, and what a sweep over it saw.
pub(super) struct Found<'a> {
    pub timetable: &'a Timetable<'a>,
    pub from: Timestamp,
    pub until: Timestamp,
    pub intervals: &'a [Interval],
    pub meetings: &'a Meetings,
    /// Whether each window is in force at least once.
    pub shows: &'a [bool],
}

/// How often two windows are on at once, and since when.
#[derive(Debug)]
pub(super) struct Meetings {
    count: usize,
    /// For every two windows; the row is the later in the list.
    met: Vec<Option<(Timestamp, u32)>>,
}

impl Meetings {
    /// Among so many windows.
    pub fn among(count: usize) -> Self {
        Self {
            count,
            met: vec![None; count * count],
        }
    }

    /// A rule starts while others are on.
    pub fn add(&mut self, at: Timestamp, rule: Rule, others: Rules) {
        let Rule::Window(window) = rule else { return };
        for other in others.windows() {
            let (winner, loser) = (window.max(other), window.min(other));
            if let Some(met) = self.met.get_mut(winner * self.count + loser) {
                let (_, times) = met.get_or_insert((at, 0));
                *times += 1;
            }
        }
    }
}

/// The notes of a range, in order of time.
pub(super) fn notes(found: &Found<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    clock_changes(found, &mut notes);
    empty_windows(found, &mut notes);
    overlaps(found, &mut notes);
    exceptions(found, &mut notes);
    idle_windows(found, &mut notes);
    overrides(found, &mut notes);
    notes.sort_by_key(|note| note.at);
    notes
}

impl Found<'_> {
    fn schedule(&self) -> &Schedule {
        self.timetable.schedule()
    }

    fn holds(&self, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
    }
}

/// Looks only at the days around a change of clock.
fn clock_changes(found: &Found<'_>, notes: &mut Vec<Note>) {
    for (index, window) in found.schedule().windows().iter().enumerate() {
        let zone = found.timetable.zone_of(index);
        // A change just before the range may move an edge into it.
        let changes = zone
            .rules()
            .following(found.from.plus_ms(-DAY_MS).to_jiff());
        let changes = changes.map(|change| Timestamp::from_jiff(change.timestamp()));
        let mut seen = None;
        for change in changes.take_while(|change| *change < found.until) {
            let near = days_of(zone, change.plus_ms(-DAY_MS), change.plus_ms(DAY_MS));
            for date in starts(&window.days, near).filter(|date| !found.timetable.replaces(*date)) {
                // Two changes within days look at the same dates.
                if seen.is_some_and(|seen| date <= seen) {
                    continue;
                }
                seen = Some(date);
                let (start_ms, end_ms) = edges_ms(window.from, window.to, date);
                for (edge, local_ms) in [(Edge::From, start_ms), (Edge::To, end_ms)] {
                    let local = civil(local_ms);
                    let kind = match zone.rules().to_ambiguous_timestamp(local).offset() {
                        AmbiguousOffset::Unambiguous { .. } => continue,
                        AmbiguousOffset::Gap { .. } => NoteKind::DstGap {
                            window: index,
                            edge,
                            local,
                        },
                        AmbiguousOffset::Fold { .. } => NoteKind::DstFold {
                            window: index,
                            edge,
                            local,
                        },
                    };
                    let at = zone.instant(local);
                    if found.holds(at) {
                        notes.push(Note { at, kind });
                    }
                }
            }
        }
    }
}

fn empty_windows(found: &Found<'_>, notes: &mut Vec<Note>) {
    let empty = found
        .intervals
        .iter()
        .filter(|interval| interval.start == interval.end);
    for interval in empty.filter(|interval| found.holds(interval.start)) {
        if let Rule::Window(window) = interval.rule {
            notes.push(Note {
                at: interval.start,
                kind: NoteKind::WindowEmpty { window },
            });
        }
    }
}

/// One note for two windows, however often they meet.
fn overlaps(found: &Found<'_>, notes: &mut Vec<Note>) {
    let Meetings { count, met } = found.meetings;
    for (place, met) in met.iter().enumerate() {
        if let Some((at, times)) = *met {
            let (winner, loser) = (place / count, place % count);
            notes.push(Note {
                at,
                kind: NoteKind::Overlap {
                    winner,
                    loser,
                    times,
                },
            });
        }
    }
}

/// One note for each run of an exception's days.
fn exceptions(found: &Found<'_>, notes: &mut Vec<Note>) {
    let zone = found.timetable.zone();
    let first_day = zone.civil(found.from).date();
    let last_day = zone.civil(found.until.plus_ms(-1)).date();
    for exception in 0..found.schedule().exceptions().len() {
        let mut replaces = false;
        for range in found.timetable.dates_of(exception) {
            let (first, last) = (range.first.max(first_day), range.last.min(last_day));
            let windows = found.schedule().windows().iter();
            let days = DateRange { first, last };
            let replaced: usize = windows
                .map(|window| starts(&window.days, days).count())
                .sum();
            if replaced > 0 {
                replaces = true;
                notes.push(Note {
                    at: zone
                        .instant(civil(local_midnight_ms(first)))
                        .max(found.from),
                    kind: NoteKind::Exception {
                        exception,
                        replaced,
                    },
                });
            }
        }
        if !replaces && !changes_level(found, exception) {
            notes.push(Note {
                at: found.from,
                kind: NoteKind::ExceptionIdle { exception },
            });
        }
    }
}

/// Whether an exception gives some instant of the range another capacity: without
/// replacing the start of a window it can still cut the end of one, or stand where
/// there is none.
fn changes_level(found: &Found<'_>, exception: usize) -> bool {
    let zone = found.timetable.zone();
    let without = found.timetable.without(exception);
    let midnight = |date| zone.instant(civil(local_midnight_ms(date)));
    found.timetable.dates_of(exception).iter().any(|range| {
        // Windows of other zones start earlier, and those of the last day end later.
        let from = midnight(range.first).plus_ms(-REACH_MS).max(found.from);
        let until = midnight(range.last).plus_ms(REACH_MS).min(found.until);
        levels(found.timetable, from, until) != levels(&without, from, until)
    })
}

/// Every change of capacity, whatever its rule.
fn levels(timetable: &Timetable<'_>, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Level)> {
    let timeline = timetable.timeline(from, until);
    let levels = timeline.iter().map(|change| (change.at, change.level));
    let mut levels: Vec<_> = levels.collect();
    levels.dedup_by_key(|(_, level)| *level);
    levels
}

fn idle_windows(found: &Found<'_>, notes: &mut Vec<Note>) {
    // Whether each window starts, and whether a change of clock leaves anything of it.
    let mut seen = vec![(false, false); found.shows.len()];
    for interval in found.intervals {
        if let Rule::Window(window) = interval.rule {
            let (starts, lasts) = &mut seen[window];
            *starts = true;
            *lasts |= interval.start < interval.end;
        }
    }
    for (window, ((starts, lasts), shows)) in seen.into_iter().zip(found.shows).enumerate() {
        let kind = match (starts, lasts, shows) {
            (false, ..) => NoteKind::WindowIdle { window },
            (true, true, false) => NoteKind::WindowHidden { window },
            // One that is always empty is noted each time.
            (true, false, _) | (true, _, true) => continue,
        };
        notes.push(Note {
            at: found.from,
            kind,
        });
    }
}

fn overrides(found: &Found<'_>, notes: &mut Vec<Note>) {
    let overrides = found.schedule().overrides();
    for (winner, own) in overrides.iter().enumerate() {
        if own.until <= found.from {
            notes.push(Note {
                at: own.until,
                kind: NoteKind::OverridePast { over: winner },
            });
        }
        for (loser, other) in overrides.iter().enumerate().take(winner) {
            let start = own.from.max(other.from);
            let end = own.until.min(other.until);
            if start < end && start < found.until && end > found.from {
                notes.push(Note {
                    at: start.max(found.from),
                    kind: NoteKind::OverrideOverlap { winner, loser },
                });
            }
        }
    }
}
