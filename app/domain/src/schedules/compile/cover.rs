//! From the exact changes of a timeline to the fewest recurrences that make them.
//!
//! Every change must happen once. A recurrence may be used wherever each of its
//! firings, inside its life, is a change that is still to be made and sets what
//! that change sets; so it can add no firing of its own, and what it cannot make
//! is made by one-time actions. Of all patterns the one that saves most objects
//! is taken first. A local time that a change of clock skips or repeats is never
//! left to a recurrence: its life ends before and another begins after.

use super::patterns::{ALL_MONTHS, Day, DaySet, Dialect, Pattern, days};
use crate::time::{HOUR_MS, Timestamp, Zone};
use jiff::{ToSpan, tz::AmbiguousOffset};
use std::{cmp::Reverse, collections::BinaryHeap};

/// How far the life of a recurrence reaches beyond its firings. The nearest one
/// that it must not make is further away, and AWS may be two minutes late.
pub(super) const REACH_MS: i64 = 12 * HOUR_MS;

/// A time of day at which windows start or end.
#[derive(Debug, Clone)]
pub(super) struct Slot<'a> {
    pub zone: &'a Zone,
    /// Since midnight, 0 to 1,439.
    pub minutes: i64,
    /// Patterns of the windows that have this edge.
    pub natives: Vec<Pattern>,
}

/// One object to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a, S> {
    /// What it sets.
    pub sets: S,
    /// When.
    pub when: When<'a>,
}

/// When a piece fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When<'a> {
    /// One time.
    Once(Timestamp),
    /// At a time of day on the days of a pattern.
    Recurring {
        zone: &'a Zone,
        minutes: i64,
        pattern: Pattern,
        /// Its first firing, if the pattern has earlier days on which it must not fire.
        first: Option<Timestamp>,
        /// Its last firing, if the pattern has later days on which it must not fire.
        last: Option<Timestamp>,
    },
}

/// What a time of day is on one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Not in the horizon.
    Outside,
    /// Skipped or repeated by a change of clock.
    Ambiguous,
    /// No change is made then.
    Quiet,
    /// The change of this place in the list.
    Change(usize),
}

/// One life of a recurrence.
#[derive(Debug, Clone, Copy)]
struct Life {
    first: usize,
    last: usize,
    changes: usize,
    cut_before: bool,
    cut_after: bool,
}

struct Candidate {
    slot: usize,
    /// The place of a change that sets what this sets.
    like: usize,
    pattern: Pattern,
    native: bool,
}

/// Covers changes, the first being the state at the start of the horizon, which
/// needs no firing and bears one that sets the same.
pub(super) fn cover<'a, S: Copy + Eq>(
    changes: &[(Timestamp, S)],
    until: Timestamp,
    slots: &[Slot<'a>],
    dialect: Dialect,
) -> Vec<Piece<'a, S>> {
    let Some(&(from, _)) = changes.first() else {
        return Vec::new();
    };
    let utc = Zone::utc();
    let first = utc.civil(from).date().saturating_sub(2.days());
    let horizon = days(first, utc.civil(until).date().saturating_add(2.days()));
    let moments: Vec<Vec<Moment>> = slots
        .iter()
        .map(|slot| moments(changes, until, slot, &horizon))
        .collect();
    let candidates = candidates(changes, slots, &moments, &horizon, dialect);
    let mut made = vec![false; changes.len()];
    let lives = |candidate: &Candidate, made: &[bool]| {
        let sets = changes[candidate.like].1;
        lives(candidate, &moments[candidate.slot], &horizon, |place| {
            !made[place] && changes[place].1 == sets
        })
    };
    // What is made is never unmade, so a saving only shrinks: the greatest of old
    // figures that still holds is the greatest of all.
    let mut queue: BinaryHeap<(usize, bool, Reverse<usize>)> = candidates
        .iter()
        .enumerate()
        .map(|(place, candidate)| {
            let saved = saving(&lives(candidate, &made));
            (saved, candidate.native, Reverse(place))
        })
        .collect();
    let mut pieces = Vec::new();
    while let Some((saved, native, Reverse(place))) = queue.pop() {
        let candidate = &candidates[place];
        let now = lives(candidate, &made);
        if saving(&now) < saved {
            queue.push((saving(&now), native, Reverse(place)));
            continue;
        }
        let slot = &slots[candidate.slot];
        let moments = &moments[candidate.slot];
        let at = |day: usize| match moments[day] {
            Moment::Change(place) => Some(changes[place].0),
            _ => None,
        };
        for life in now {
            for day in life.first..=life.last {
                if let Moment::Change(place) = moments[day]
                    && candidate.pattern.holds(&horizon[day])
                {
                    made[place] = true;
                }
            }
            pieces.push(Piece {
                sets: changes[candidate.like].1,
                when: When::Recurring {
                    zone: slot.zone,
                    minutes: slot.minutes,
                    pattern: candidate.pattern,
                    first: at(life.first).filter(|_| life.cut_before),
                    last: at(life.last).filter(|_| life.cut_after),
                },
            });
        }
    }
    let left = changes.iter().zip(made).skip(1).filter(|(_, made)| !made);
    pieces.extend(left.map(|((at, sets), _)| Piece {
        sets: *sets,
        when: When::Once(*at),
    }));
    pieces
}

fn moments<S>(
    changes: &[(Timestamp, S)],
    until: Timestamp,
    slot: &Slot<'_>,
    horizon: &[Day],
) -> Vec<Moment> {
    let from = changes[0].0;
    let hours = i8::try_from(slot.minutes / 60).unwrap_or_default();
    let minutes = i8::try_from(slot.minutes % 60).unwrap_or_default();
    let mut unsure = Vec::new();
    let mut moments = Vec::with_capacity(horizon.len());
    for day in horizon {
        let local = day.date.at(hours, minutes, 0, 0);
        let ambiguous = slot.zone.rules().to_ambiguous_timestamp(local);
        let instant = |offset: jiff::tz::Offset| {
            let at = offset.to_timestamp(local).ok().map(Timestamp::from_jiff);
            at.filter(|at| *at >= from && *at < until)
        };
        moments.push(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => match instant(offset) {
                None => Moment::Outside,
                Some(at) => changes
                    .binary_search_by_key(&at, |(at, _)| *at)
                    .map_or(Moment::Quiet, Moment::Change),
            },
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                let either = [before, after].into_iter().filter_map(instant);
                let count = unsure.len();
                unsure.extend(either);
                match unsure.len() == count {
                    true => Moment::Outside,
                    false => Moment::Ambiguous,
                }
            }
        });
    }
    // A change of clock of a whole day may bring a skipped time upon another day's.
    for moment in &mut moments {
        let near = |at: Timestamp| {
            unsure
                .iter()
                .any(|other| at.since_ms(*other).abs() <= REACH_MS)
        };
        if let Moment::Change(place) = *moment
            && near(changes[place].0)
        {
            *moment = Moment::Ambiguous;
        }
    }
    moments
}

/// The windows' own patterns, and every set of weekdays on which changes happen.
fn candidates<S: Copy + Eq>(
    changes: &[(Timestamp, S)],
    slots: &[Slot<'_>],
    moments: &[Vec<Moment>],
    horizon: &[Day],
    dialect: Dialect,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (place, (slot, moments)) in slots.iter().zip(moments).enumerate() {
        // Of each thing set at that time of day: a change that sets it, the weekdays.
        let mut kinds: Vec<(usize, u32)> = Vec::new();
        for (day, moment) in horizon.iter().zip(moments) {
            let Moment::Change(change) = *moment else {
                continue;
            };
            if change == 0 {
                continue;
            }
            let sets = changes[change].1;
            match kinds.iter_mut().find(|(like, _)| changes[*like].1 == sets) {
                Some((_, weekdays)) => *weekdays |= 1 << day.weekday,
                None => kinds.push((change, 1 << day.weekday)),
            }
        }
        for (like, weekdays) in kinds {
            let natives = slot.natives.iter().map(|pattern| (*pattern, true));
            let dirty = broken_weekdays(moments, horizon, |change| {
                changes[change].1 == changes[like].1
            });
            let clean = weekdays & !dirty;
            let broken = (0..=weekdays).filter(|set| set & !(weekdays & dirty) == 0);
            // Weekdays that nothing breaks save most together, whatever is beside them.
            let sets = broken.flat_map(|set| match clean {
                0 => vec![set],
                clean => vec![set | clean, set],
            });
            let weekly = sets.filter(|set| *set != 0).map(|set| Pattern {
                days: DaySet::Week(set),
                months: ALL_MONTHS,
            });
            let all = natives.chain(weekly.map(|pattern| (pattern, false)));
            candidates.extend(
                all.filter(|(pattern, _)| pattern.expression(dialect, 0).is_some())
                    .map(|(pattern, native)| Candidate {
                        slot: place,
                        like,
                        pattern,
                        native,
                    }),
            );
        }
    }
    candidates
}

/// Weekdays on some of which this change is not made.
fn broken_weekdays(moments: &[Moment], horizon: &[Day], same: impl Fn(usize) -> bool) -> u32 {
    let days = horizon.iter().zip(moments);
    days.filter(|(_, moment)| match moment {
        Moment::Outside => false,
        Moment::Ambiguous | Moment::Quiet => true,
        Moment::Change(change) => !same(*change),
    })
    .fold(0, |bits, (day, _)| bits | 1 << day.weekday)
}

/// The lives in which a pattern fires only where it may, and that are worth an
/// object: two changes, or one that goes on beyond the horizon as its window does.
fn lives(
    candidate: &Candidate,
    moments: &[Moment],
    horizon: &[Day],
    wanted: impl Fn(usize) -> bool,
) -> Vec<Life> {
    let mut lives = Vec::new();
    let mut open: Option<Life> = None;
    let mut cut = false;
    let mut close = |life: Option<Life>| {
        let worth = |life: &Life| {
            life.changes > 1 || (life.changes == 1 && candidate.native && !life.cut_after)
        };
        lives.extend(life.filter(worth));
    };
    for (place, (day, moment)) in horizon.iter().zip(moments).enumerate() {
        if *moment == Moment::Outside || !candidate.pattern.holds(day) {
            continue;
        }
        match *moment {
            Moment::Change(change) if wanted(change) => {
                let life = open.get_or_insert(Life {
                    first: place,
                    last: place,
                    changes: 0,
                    cut_before: cut,
                    cut_after: false,
                });
                life.last = place;
                // The first is the state at the start: no change to be made.
                life.changes += usize::from(change > 0);
            }
            _ => {
                cut = true;
                close(open.take().map(|life| Life {
                    cut_after: true,
                    ..life
                }));
            }
        }
    }
    close(open);
    lives
}

/// Objects that lives save against one-time actions.
fn saving(lives: &[Life]) -> usize {
    lives.iter().map(|life| life.changes - 1).sum()
}
