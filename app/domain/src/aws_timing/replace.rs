//! From the objects that AWS has to those that it should have, in calls that are
//! safe to stop after any of them.
//!
//! New objects are put before old ones are deleted, so there is never a moment
//! without any. AWS refuses an object whose next firing is that of another, and an
//! old one often stands exactly where a new one must; then the new one takes the
//! old one's name, and the put is an update in place. What fires as it did is left
//! alone, whatever its name.
//!
//! An update of a group's action may leave unchanged what it does not name ("all
//! optional parameters are left unchanged if not specified", EC2 Auto Scaling API
//! Reference of 2019; later editions are silent). So it names everything: the start,
//! an end far away instead of none, and a recurrence that ends after its first
//! firing instead of none.

use super::{
    Fault, Object, ObjectKind, Resource,
    execute::{call, quota},
    firings::firings_ahead,
};
use crate::time::{HOUR_MS, Timestamp, Zone};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, ops::Range};

/// One call. To delete what is gone already counts as done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Step {
    /// Make it, or update the one of that name.
    Put {
        /// As it is to be.
        object: Object,
    },
    /// Take it away.
    Delete {
        /// As it was.
        object: Object,
    },
}

/// How to come from old objects to new ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replacement {
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// What AWS has afterwards.
    pub objects: Vec<Object>,
}

/// 2100-01-01: an end that stands for none.
pub(crate) const NO_END_MS: i64 = 4_102_444_800_000;
/// How long an action that replaces a recurrence by one firing outlives it.
const ONCE_LIFE_MS: i64 = HOUR_MS;

/// An object with what decides whether another can stand beside it.
struct Known<'a> {
    object: &'a Object,
    /// Objects of one owner must not meet.
    owner: (ObjectKind, Resource, &'static str),
    /// Firings in the horizon, or in its beginning.
    firings: Vec<Timestamp>,
    /// They are all of them. An old horizon did not reach as far as the new, and
    /// what it left may meet a change of clock there.
    whole: bool,
    /// What is still to come after the horizon: recurrence or time, and end.
    after: Option<(String, Option<Timestamp>)>,
}

impl Known<'_> {
    fn next(&self) -> Option<Timestamp> {
        self.firings.first().copied()
    }

    fn same_owner(&self, other: &Self) -> bool {
        self.owner == other.owner
    }

    fn same_name(&self, other: &Self) -> bool {
        self.object.name == other.object.name
    }

    fn same_next(&self, other: &Self) -> bool {
        self.next().is_some() && self.next() == other.next()
    }

    fn does_the_same(&self, other: &Self) -> bool {
        (self.whole && other.whole)
            && self.firings == other.firings
            && self.after == other.after
            && self.object.timezone == other.object.timezone
            && self.object.target == other.object.target
            && self.object.input == other.object.input
            && self.object.retry_policy == other.object.retry_policy
            && self.object.flexible_time_window == other.object.flexible_time_window
    }

    /// This object as an update of an old one that names everything. None when its
    /// start could not be named.
    fn update_of(&self, old: &Object) -> Option<Object> {
        let mut object = Object {
            name: old.name.clone(),
            ..self.object.clone()
        };
        if object.kind != ObjectKind::AsgScheduledAction {
            return Some(object);
        }
        let next = self.next()?;
        object.start = object.start.or(Some(next));
        if object.recurrence.is_some() {
            let far = old.end.map(|_| Timestamp::from_ms(NO_END_MS));
            object.end = object.end.or(far);
        } else if old.recurrence.is_some() {
            let pattern = next.to_jiff().strftime("%-M %-H %-d %-m *").to_string();
            object.recurrence = Some(pattern);
            object.timezone = "UTC".into();
            object.end = Some(next.plus_ms(ONCE_LIFE_MS));
        }
        Some(object)
    }
}

/// Plans the replacement of objects in AWS at the start of `horizon`; firings
/// after its end are not looked at.
///
/// # Errors
/// [`Fault`] when an object is none that AWS would take.
pub fn replace(
    old: &[Object],
    new: &[Object],
    zones: &dyn Fn(&str) -> Option<Zone>,
    horizon: &Range<Timestamp>,
) -> Result<Replacement, Fault> {
    let known = |object| know(object, zones, horizon);
    let old: Vec<Known<'_>> = old.iter().map(known).collect::<Result<_, _>>()?;
    let new: Vec<Known<'_>> = new.iter().map(known).collect::<Result<_, _>>()?;
    let mut pairs = Pairs {
        of_new: vec![None; new.len()],
        taken: vec![false; old.len()],
    };
    let rules: [fn(&Known<'_>, &Known<'_>) -> bool; 5] = [
        |new, old| new.does_the_same(old) && new.same_name(old),
        |new, old| new.does_the_same(old),
        |new, old| new.same_next(old) && new.same_name(old),
        |new, old| new.same_next(old),
        |new, old| new.same_name(old) && new.update_of(old.object).is_some(),
    ];
    for rule in rules {
        pairs.join(&new, &old, rule);
    }
    pairs.make_room(&new, &old);

    let mut names: BTreeSet<String> = old.iter().map(|old| old.object.name.clone()).collect();
    let mut result = Replacement::default();
    let mut updates = Vec::new();
    for (new, pair) in new.iter().zip(&pairs.of_new) {
        let object = match pair.map(|place| &old[place]) {
            Some(old) if new.does_the_same(old) => old.object.clone(),
            Some(old) => {
                let object = new.update_of(old.object);
                let object = object.unwrap_or_else(|| new.object.clone());
                updates.push(Step::Put {
                    object: object.clone(),
                });
                object
            }
            None => {
                let object = Object {
                    name: free_name(&new.object.name, &names),
                    ..new.object.clone()
                };
                names.insert(object.name.clone());
                result.steps.push(Step::Put {
                    object: object.clone(),
                });
                object
            }
        };
        result.objects.push(object);
    }
    result.steps.extend(updates);
    let left = old.iter().zip(pairs.taken).filter(|(_, taken)| !taken);
    result.steps.extend(left.map(|(old, _)| Step::Delete {
        object: old.object.clone(),
    }));
    Ok(result)
}

fn know<'a>(
    object: &'a Object,
    zones: &dyn Fn(&str) -> Option<Zone>,
    horizon: &Range<Timestamp>,
) -> Result<Known<'a>, Fault> {
    let zone = zones(&object.timezone)
        .ok_or_else(|| Fault::refused(object, "its time zone is unknown"))?;
    let (resource, effect) = call(object)?;
    let (firings, whole) = known_firings(object, &zone, horizon)?;
    let end = object.end.filter(|end| end.ms() < NO_END_MS);
    let recurrence = object.recurrence.as_deref();
    let after = match recurrence.filter(|text| !text.trim_start().starts_with("at(")) {
        Some(text) if end.is_none_or(|end| end > horizon.end) => Some((text.to_owned(), end)),
        Some(_) => None,
        // One time: done in the horizon, past, or still to come.
        None if !firings.is_empty() || object.start.is_some_and(|at| at < horizon.start) => None,
        None => {
            let start = object.start.map(|at| at.to_string());
            start
                .or_else(|| recurrence.map(str::to_owned))
                .map(|at| (at, None))
        }
    };
    Ok(Known {
        object,
        owner: (object.kind, resource, effect.aspect()),
        firings,
        whole,
        after,
    })
}

/// The firings before the first that is documented nowhere, roughly, and whether
/// those are all.
fn known_firings(
    object: &Object,
    zone: &Zone,
    horizon: &Range<Timestamp>,
) -> Result<(Vec<Timestamp>, bool), Fault> {
    let mut length_ms = horizon.end.since_ms(horizon.start);
    let mut whole = true;
    while length_ms >= HOUR_MS {
        let beginning = horizon.start..horizon.start.plus_ms(length_ms);
        match firings_ahead(object, zone, &beginning) {
            Err(Fault::Undefined { .. }) => {}
            firings => return firings.map(|firings| (firings, whole)),
        }
        length_ms /= 2;
        whole = false;
    }
    Ok((Vec::new(), whole))
}

/// Which new object takes the place of which old one.
struct Pairs {
    of_new: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs {
    /// Joins those that a rule joins, first come first served.
    fn join(
        &mut self,
        new: &[Known<'_>],
        old: &[Known<'_>],
        rule: impl Fn(&Known<'_>, &Known<'_>) -> bool,
    ) {
        for (new, pair) in new.iter().zip(&mut self.of_new) {
            if pair.is_some() {
                continue;
            }
            let fits = |place: &usize| {
                !self.taken[*place] && new.same_owner(&old[*place]) && rule(new, &old[*place])
            };
            *pair = (0..old.len()).find(fits);
            if let Some(place) = *pair {
                self.taken[place] = true;
            }
        }
    }

    /// Where old and new together are more than AWS keeps for one target, new ones
    /// take the places of old ones that would be deleted anyway.
    fn make_room(&mut self, new: &[Known<'_>], old: &[Known<'_>]) {
        for place in 0..new.len() {
            let alone = self.of_new[place].is_none();
            let added = new.iter().zip(&self.of_new).take(place + 1);
            let added =
                added.filter(|(other, pair)| pair.is_none() && other.same_owner(&new[place]));
            let kept = old.iter().filter(|old| old.same_owner(&new[place]));
            if alone && added.count() + kept.count() > quota(new[place].object.kind) {
                let left = |other: &usize| {
                    !self.taken[*other]
                        && new[place].same_owner(&old[*other])
                        && new[place].update_of(old[*other].object).is_some()
                };
                self.of_new[place] = (0..old.len()).find(left);
                if let Some(other) = self.of_new[place] {
                    self.taken[other] = true;
                }
            }
        }
    }
}

/// The name, or with the first number that makes it new.
fn free_name(name: &str, names: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !names.contains(name))
        .unwrap_or_default()
}
